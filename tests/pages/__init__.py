"""The pages that are generated from the tables of the suite, and what keeps them true."""

from __future__ import annotations

from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING

from . import catalogue, coverage, gates, reads

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

DOCS = Path(__file__).resolve().parents[2] / "docs"
PAGES: Mapping[Path, Callable[[], str]] = MappingProxyType(
    {
        DOCS / "checks.md": catalogue.page,
        DOCS / "coverage.md": coverage.page,
        DOCS / "gates.md": gates.page,
        DOCS / "reads.md": reads.page,
    }
)
