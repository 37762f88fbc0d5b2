"""Small plots over time: places and words only; the template draws.

Every plot has its numbers in words beside it, so that nothing is told by a line alone.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

WIDTH, HEIGHT = 320, 96
LEFT, RIGHT, TOP, BOTTOM = 4, 316, 10, 82
"""The part of a plot that holds its lines."""
ROOM = 1.08
"""How much higher than its highest value a plot is."""


@dataclass(frozen=True, slots=True)
class Line:
    """One line: its points, and the last one of them, which is marked."""

    name: str
    number: int
    """Which line of its plot it is, from 0: lines differ in dash as well as in colour."""
    points: str
    dots: tuple[tuple[float, float], ...]
    first: float
    last: float


@dataclass(frozen=True, slots=True)
class Plot:
    """One plot."""

    title: str
    about: str
    """What a reader must know besides the title."""
    summary: str
    """The plot in one sentence."""
    lines: tuple[Line, ...]
    limit: float | None
    limit_y: float | None
    unit: str
    flat: bool
    """No line moves: its numbers say all, and nothing is drawn."""
    width: int = WIDTH
    height: int = HEIGHT


def plot(
    title: str,
    series: Mapping[str, Sequence[tuple[datetime, float]]],
    *,
    about: str = "",
    limit: float | None = None,
    limit_of: str = "",
    unit: str = "",
    span: tuple[datetime, datetime],
) -> Plot:
    """Place some series over the same span of time. `limit_of` names whose limit it is.

    Raises ValueError without any point.
    """
    values = [value for points in series.values() for _, value in points]
    top = max([*values, limit or 0.0, 1.0]) * ROOM
    lines = tuple(
        _line(name, number, sorted(points), top, span) for number, (name, points) in enumerate(series.items()) if points
    )
    if not lines:
        raise ValueError(f"{title} has no point")
    return Plot(
        title=title,
        about=about,
        summary=_summary(lines, limit, limit_of, unit),
        lines=lines,
        limit=limit,
        limit_y=None if limit is None else _y(limit, top),
        unit=unit,
        flat=all(len({value for _, value in points}) <= 1 for points in series.values()),
    )


def _line(
    name: str, number: int, points: Sequence[tuple[datetime, float]], top: float, span: tuple[datetime, datetime]
) -> Line:
    dots = tuple((x_of(at, span), _y(value, top)) for at, value in points)
    return Line(name, number, " ".join(f"{x:g},{y:g}" for x, y in dots), dots, points[0][1], points[-1][1])


def x_of(at: datetime, span: tuple[datetime, datetime], left: float = LEFT + 4, right: float = RIGHT - 4) -> float:
    """Return where a moment stands on the way from left to right; in the middle when all are one."""
    length = (span[1] - span[0]).total_seconds()
    share = (at - span[0]).total_seconds() / length if length else 0.5
    return round(left + (right - left) * share, 1)


def _y(value: float, top: float) -> float:
    return round(BOTTOM - (BOTTOM - TOP) * value / top, 1)


def _summary(lines: Sequence[Line], limit: float | None, limit_of: str, unit: str) -> str:
    told = [f"{line.name}: {_way(line)}{unit}" for line in lines]
    if limit:
        whose = f"limit of {limit_of}" if limit_of else "limit"
        last = max(line.last for line in lines)
        reached = f"{_number(last - limit)} above it" if last > limit else f"{int(100 * last // limit)}% of it reached"
        told.append(f"{whose} {_number(limit)}, {reached}")
    return "; ".join(told)


def _way(line: Line) -> str:
    first, last = _number(line.first), _number(line.last)
    return last if first == last else f"{first} to {last}"


def _number(value: float) -> str:
    return f"{value:,.0f}"
