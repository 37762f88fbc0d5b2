"""The runs of each server over time, and the moment of the switch: places and words only; the template draws.

Each kind of run has a line of its own, and a run that did not succeed has a cross above it.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from reports.plot import x_of

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

WIDTH, LEFT, RIGHT = 1000, 130, 984
LINES = ("import", "synchronization", "export", "other")
"""Kinds of runs, top to bottom."""
LINE, NAME, GAP, AXIS = 20, 30, 16, 34
NARROWEST = 2.5
TICKS = 5
SWITCH = 24
"""Room above the lanes for the word at the switch."""


@dataclass(frozen=True, slots=True)
class Mark:
    """One run."""

    x: float
    width: float
    succeeded: bool
    told: str


@dataclass(frozen=True, slots=True)
class Line:
    """The runs of one kind on one server."""

    kind: str
    y: int
    marks: tuple[Mark, ...]


@dataclass(frozen=True, slots=True)
class Lane:
    """One server."""

    name: str
    y: int
    lines: tuple[Line, ...]
    told: str


@dataclass(frozen=True, slots=True)
class Tick:
    """One moment on the axis."""

    x: float
    word: str
    anchor: str


@dataclass(frozen=True, slots=True)
class Timeline:
    """The whole drawing."""

    width: int
    height: int
    left: int
    right: int
    axis: int
    lanes: tuple[Lane, ...]
    ticks: tuple[Tick, ...]
    switch_x: float | None
    switch_anchor: str
    switch: str
    summary: str


def timeline(servers: Sequence[Mapping[str, Any]], switch: Mapping[str, str] | None) -> Timeline | None:
    """Place the runs of the servers on one span of time. No run at all: no drawing."""
    runs = [run for server in servers for run in server["runs"]]
    if not runs:
        return None
    begin, end = min(map(_start, runs)), max(map(_end, runs))
    span = (begin, max(end, begin + timedelta(minutes=1)))
    kinds = tuple(kind for kind in LINES if any(run["kind"] == kind for run in runs))
    height = NAME + len(kinds) * LINE + GAP
    lanes = tuple(_lane(server, SWITCH + place * height, kinds, span) for place, server in enumerate(servers))
    axis = SWITCH + len(lanes) * height
    at = datetime.fromisoformat(switch["at"]) if switch else None
    switch_x = _x(at, span) if at and span[0] <= at <= span[1] else None
    word = f"{switch['server']} exports from {at:%H:%M}Z" if switch and at else ""
    told = [f"{lane.name}: {lane.told}" for lane in lanes]
    if switch and at:
        told.append(f"the exports went over to {switch['server']} at {at:%Y-%m-%d %H:%M:%S} UTC")
    return Timeline(
        width=WIDTH,
        height=axis + AXIS,
        left=LEFT,
        right=RIGHT,
        axis=axis,
        lanes=lanes,
        ticks=_ticks(span),
        switch_x=switch_x,
        switch_anchor="end" if switch_x and switch_x > (LEFT + RIGHT) / 2 else "start",
        switch=word,
        summary="; ".join(told),
    )


def _lane(server: Mapping[str, Any], y: int, kinds: Sequence[str], span: tuple[datetime, datetime]) -> Lane:
    lines = tuple(
        Line(
            kind,
            y + NAME + place * LINE,
            tuple(_mark(run, span) for run in server["runs"] if run["kind"] == kind),
        )
        for place, kind in enumerate(kinds)
    )
    failed = sum(not run["succeeded"] for run in server["runs"])
    shown = f"{len(server['runs']):,} runs, {failed:,} of them without success" if server["runs"] else "no runs read"
    return Lane(server["server"], y, lines, shown)


def _mark(run: Mapping[str, Any], span: tuple[datetime, datetime]) -> Mark:
    x = _x(_start(run), span)
    return Mark(
        x,
        max(NARROWEST, round(_x(_end(run), span) - x, 1)),
        run["succeeded"],
        f"{run['profile']} on {run['connector']}, {_start(run):%Y-%m-%d %H:%M:%S} UTC: {run['result']}",
    )


def _ticks(span: tuple[datetime, datetime]) -> tuple[Tick, ...]:
    """Return moments at equal distances, named by day where the span is longer than one."""
    form = "%H:%M UTC" if span[1] - span[0] < timedelta(days=1) else "%m-%d %H:%M UTC"
    step = (span[1] - span[0]) / (TICKS - 1)
    moments = [span[0] + step * place for place in range(TICKS)]
    anchors = ("start", *["middle"] * (TICKS - 2), "end")
    return tuple(
        Tick(_x(at, span), f"{at.astimezone(UTC):{form}}", anchor) for at, anchor in zip(moments, anchors, strict=True)
    )


def _x(at: datetime, span: tuple[datetime, datetime]) -> float:
    return x_of(at, span, LEFT, RIGHT)


def _start(run: Mapping[str, Any]) -> datetime:
    return datetime.fromisoformat(run["started_at"])


def _end(run: Mapping[str, Any]) -> datetime:
    return datetime.fromisoformat(run["ended_at"] or run["started_at"])
