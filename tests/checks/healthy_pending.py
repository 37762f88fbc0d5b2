"""Healthy answers of the reads of runs and events beside the core ones."""

from __future__ import annotations

from typing import Any


def more_answers(name: str) -> dict[tuple[str, str, str], Any]:
    """What a server answers besides."""
    return {(name, "events_audit", ""): []}
