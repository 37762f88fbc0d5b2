"""A page over many runs: verdicts, sizes of the large groups towards their limit, pending exports, cycle durations.

    python -m reports.history DIR [--out FILE]

It reads the `verdict.json` of every run below DIR and writes one static file, `history.html`, beside them. Replays are
left out; rehearsals stand in the list of runs only.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections import defaultdict
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from reports.plot import Plot, plot, x_of
from reports.render import page_environment, style

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

MOST_RUNS = 400
"""Newest runs that are shown."""
MOST_GROUPS = 24
NEAR = 0.5
"""Groups are drawn that came at least so near to the limit in some run: its share."""
MOST_CONNECTORS = 12
STRIP_WIDTH = 1040
NAME = "history.html"
VERDICTS = ("GO", "UNDECIDED", "NO-GO")

Document = dict[str, Any]
Points = dict[str, list[tuple[datetime, float]]]


class Mark(NamedTuple):
    """One run on the strip of its gate."""

    x: float
    verdict: str
    run_id: str
    made_at: str


class Strip(NamedTuple):
    """One gate's runs over time."""

    gate: str
    marks: tuple[Mark, ...]
    told: str


def read_runs(folder: Path) -> tuple[list[Document], list[str]]:
    """Return the verdicts below a folder, oldest first, and the names of folders whose verdict cannot be read."""
    found: list[Document] = []
    unread = []
    for path in sorted(folder.iterdir()):
        verdict = path / "verdict.json"
        if path.is_symlink() or not verdict.exists():
            continue
        document = _read(verdict)
        if document is None:
            unread.append(path.name)
        elif "replay" not in document:
            found.append(document)
    return sorted(found, key=lambda document: str(document["made_at"])), unread


def _read(verdict: Path) -> Document | None:
    """Return a verdict, or None when the file is no whole one."""
    try:
        document: Document = json.loads(verdict.read_text(encoding="utf-8"))
        datetime.fromisoformat(document["made_at"])
    except (OSError, ValueError, KeyError, TypeError):
        return None
    return document if document.get("verdict") in VERDICTS else None


def history(runs: Sequence[Document], unread: Sequence[str] = ()) -> str:
    """Return the page over some runs, oldest first. `unread` names folders that hold no verdict one can read."""
    shown = list(runs[-MOST_RUNS:])
    real = [run for run in shown if not run["rehearsal"]]
    span = (_made(real[0]), _made(real[-1])) if real else None
    template = page_environment().get_template("history.jinja2")
    return template.render(
        style=style(),
        runs=shown[::-1],
        left_out=len(runs) - len(shown),
        unread=list(unread),
        strips=list(_strips(real, span)) if span else [],
        strip_width=STRIP_WIDTH,
        groups=list(_groups(real, span)) if span else [],
        groups_read=any(_figures(run, "groups") for run in real),
        span=[run["made_at"] for run in (real[0], real[-1])] if real else [],
        pending=list(_pending(real, span)) if span else [],
        cycles=list(_cycles(real)) if span else [],
        caps={"groups": MOST_GROUPS, "near": f"{NEAR:.0%}", "connectors": MOST_CONNECTORS},
    )


def _made(run: Mapping[str, Any]) -> datetime:
    return datetime.fromisoformat(run["made_at"])


def _strips(runs: Sequence[Document], span: tuple[datetime, datetime]) -> Iterator[Strip]:
    by_gate: dict[str, list[Document]] = defaultdict(list)
    for run in runs:
        by_gate[run["gate"]].append(run)
    for gate, found in by_gate.items():
        marks = tuple(
            Mark(x_of(_made(run), span, 12, STRIP_WIDTH - 12), run["verdict"], run["run_id"], run["made_at"])
            for run in found
        )
        counts = {word: sum(run["verdict"] == word for run in found) for word in VERDICTS}
        yield Strip(gate, marks, ", ".join(f"{count} {word}" for word, count in counts.items() if count))


def _groups(runs: Sequence[Document], span: tuple[datetime, datetime]) -> Iterator[Plot]:
    """Yield a plot per group that came near to its limit, or whose limit is not known; nearest first."""
    points: Points = defaultdict(list)
    last: dict[str, dict[str, Any]] = {}
    for run in runs:
        for group in _figures(run, "groups"):
            points[group["id"]].append((_made(run), group["members"]))
            last[group["id"]] = group

    def nearness(key: str) -> tuple[float, str]:
        return -last[key]["members"] / (last[key]["limit"] or float("inf")), last[key]["name"]

    def near(key: str) -> bool:
        return max(members for _, members in points[key]) >= NEAR * (last[key]["limit"] or 0)

    for key in sorted(filter(near, last), key=nearness)[:MOST_GROUPS]:
        group = last[key]
        about = f"as {group['server']} counts it" + ("" if group["limit"] else "; its limit was not read")
        yield plot(
            group["name"],
            {"members": points[key]},
            about=about,
            limit=group["limit"],
            limit_of=group["server"],
            span=span,
        )


def _pending(runs: Sequence[Document], span: tuple[datetime, datetime]) -> Iterator[Plot]:
    """Yield a plot per connector of each server."""
    found: dict[tuple[str, str], Points] = {}
    for run in runs:
        for row in _figures(run, "pending"):
            series = found.setdefault((row["server"], row["connector"]), {"adds": [], "updates": [], "deletes": []})
            for kind, points in series.items():
                points.append((_made(run), row[kind]))
    for (server, connector), series in sorted(found.items())[:MOST_CONNECTORS]:
        yield plot(connector, series, about=f"on {server}", span=span)


def _cycles(runs: Sequence[Document]) -> Iterator[Plot]:
    """Yield a plot per server. Each cycle counts once, however many runs have read it; the last reading stands."""
    found: dict[str, dict[datetime, float]] = defaultdict(dict)
    for run in runs:
        for cycle in _figures(run, "cycles"):
            found[cycle["server"]][datetime.fromisoformat(cycle["started_at"])] = cycle["seconds"]
    for server, cycles in sorted(found.items()):
        points = sorted(cycles.items())
        yield plot(
            server, {"cycle": points}, about=f"{len(points):,} cycles", unit=" s", span=(points[0][0], points[-1][0])
        )


def _figures(run: Mapping[str, Any], name: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = run.get("figures", {}).get(name, [])
    return found


def main() -> int:
    """Write the page and print where it lies. Returns 2 when there is no run to show."""
    parser = argparse.ArgumentParser(prog="python -m reports.history", description=__doc__)
    parser.add_argument("folder", type=Path, metavar="DIR", help="where runs were written")
    parser.add_argument("--out", type=Path, metavar="FILE", help=f"DIR/{NAME}")
    options = parser.parse_args()
    if not options.folder.is_dir():
        parser.error(f"{options.folder} is no folder")
    runs, unread = read_runs(options.folder)
    if not runs:
        parser.error(f"{options.folder} holds no run")
    out: Path = options.out or options.folder / NAME
    beside = out.with_name(f".{out.name}.partial")
    beside.write_text(history(runs, unread), encoding="utf-8")
    beside.replace(out)
    sys.stdout.write(f"{out}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
