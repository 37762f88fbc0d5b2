"""Markdown, as far as the pages need it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import timedelta

LINK = re.compile(r"\]\(([^)]+)\)")
_MINUTE = 60


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> list[str]:
    """A table; a bar inside a cell does not end it."""
    return [_row(head), _row(["---"] * len(head)), *map(_row, rows)]


def code(text: str) -> str:
    """Text as it is typed."""
    return f"`{text}`"


def codes(texts: Iterable[str]) -> str:
    """Several of them in one cell."""
    return ", ".join(map(code, texts))


def link(text: str, target: str) -> str:
    """A link."""
    return f"[{text}]({target})"


def plain(text: str) -> str:
    """Text of a docstring on one line."""
    return " ".join(text.split())


def shown(length: timedelta) -> str:
    """A time in the unit it was meant in."""
    seconds = int(length.total_seconds())
    if seconds % (60 * _MINUTE) == 0:
        return f"{seconds // (60 * _MINUTE)} h"
    return f"{seconds // _MINUTE} min" if seconds % _MINUTE == 0 else f"{seconds} s"


def document(*blocks: Iterable[str]) -> str:
    """Blocks of lines with one empty line between them."""
    return "\n\n".join("\n".join(block) for block in blocks) + "\n"


def _row(cells: Sequence[str]) -> str:
    return f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in cells)} |"
