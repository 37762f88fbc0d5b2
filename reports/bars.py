"""Bars side by side, for numbers of several kinds about several subjects: places and words only; the template draws.

Kinds differ in pattern as well as in colour, and every bar has its number beside it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

WIDTH = 1000
LABELS = 310
"""Where the bars begin: left of it stand the subjects."""
NUMBERS = 150
"""Room for the number behind the longest bar."""
BAR, BETWEEN, ROW_GAP, TOP = 15, 4, 18, 8
LONGEST = 34
"""Characters of a subject's name that fit."""


@dataclass(frozen=True, slots=True)
class Bar:
    """One number."""

    kind: int
    """Which of the kinds it is of, from 0."""
    y: int
    width: float
    told: str


@dataclass(frozen=True, slots=True)
class Row:
    """One subject with its bars."""

    name: str
    y: int
    bars: tuple[Bar, ...]


@dataclass(frozen=True, slots=True)
class Bars:
    """The whole drawing."""

    width: int
    height: int
    left: int
    bar: int
    kinds: tuple[str, ...]
    rows: tuple[Row, ...]
    limit: str
    limit_x: float | None
    summary: str
    """What it shows, in words."""


def bars(
    kinds: Sequence[str], subjects: Sequence[tuple[str, Sequence[int | None]]], *, limit: int | None = None
) -> Bars | None:
    """Place a number of each kind for each subject, on one scale; None is not read. No subject: no drawing."""
    if not subjects:
        return None
    known = [number for _, numbers in subjects for number in numbers if number is not None]
    top = max([*known, 1])
    scale = (WIDTH - LABELS - NUMBERS) / top
    height = len(kinds) * (BAR + BETWEEN) + ROW_GAP
    rows = tuple(
        Row(
            _short(name),
            TOP + place * height,
            tuple(
                Bar(kind, TOP + place * height + kind * (BAR + BETWEEN), round((number or 0) * scale, 1), _told(number))
                for kind, number in enumerate(numbers)
            ),
        )
        for place, (name, numbers) in enumerate(subjects)
    )
    return Bars(
        width=WIDTH,
        height=TOP + len(rows) * height,
        left=LABELS,
        bar=BAR,
        kinds=tuple(kinds),
        rows=rows,
        limit=f"{limit:,}" if limit else "",
        limit_x=round(LABELS + limit * scale, 1) if limit and limit <= top else None,
        summary="; ".join(_sentence(kinds, name, numbers) for name, numbers in subjects),
    )


def _sentence(kinds: Sequence[str], name: str, numbers: Sequence[int | None]) -> str:
    return f"{name}: " + ", ".join(f"{_told(number)} {kind}" for kind, number in zip(kinds, numbers, strict=True))


def _told(number: int | None) -> str:
    return "not read" if number is None else f"{number:,}"


def _short(text: str) -> str:
    return text if len(text) <= LONGEST else f"{text[: LONGEST - 1]}…"
