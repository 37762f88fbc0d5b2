"""Identifiers that are the same everywhere."""

from __future__ import annotations

from uuid import UUID

NO_GUID = UUID(int=0)
ENTRA_CONNECTOR = UUID("b891884f-051e-4a83-95af-2544101c9083")
"""The Entra connector has this identifier on every installation [adsync §5]."""
