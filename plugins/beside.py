"""What the screen says about a run beside others: a replay beside its bundle, a run beside its baseline."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

MOST_LINES = 8
"""Entries of one kind on the screen; the others stand in the report."""
KINDS = (
    ("newly_failing", "newly failing"),
    ("still_failing", "still failing"),
    ("fixed", "fixed"),
    ("newly_waived", "newly waived"),
    ("waivers_ending", "waiver ends soon"),
)


def replay_lines(replay: Mapping[str, Any]) -> Iterator[str]:
    """Yield what a replay says about its bundle."""
    states = replay["states_only"] and not replay["differences"]
    came = "the same results" if replay["reproduced"] else "the same states" if states else "OTHER RESULTS"
    if replay["states_only"]:
        came += ", judged from a copy without names"
    yield f"  Replay  of {replay['run_id']} ({replay['verdict']}, made {replay['made_at']}): {came}"
    if replay["versions"]:
        yield f"          checks that differ in version: {', '.join(replay['versions'])}"
    yield f"          result digest {replay['result_digest']}"


def baseline_lines(baseline: Mapping[str, Any]) -> Iterator[str]:
    """Yield what changed since the baseline: counts in one line, then what is worth reading."""
    counts = [f"{len(baseline[key])} {word}" for key, word in KINDS if baseline[key]]
    counts += [f"{len(baseline[key])} {word}" for key, word in _MORE if baseline[key]]
    if facts := len(baseline["facts"]):
        counts.append(f"{facts} {'fact' if facts == 1 else 'facts'} changed")
    yield f"  Beside  {baseline['run_id']} ({baseline['verdict']}): {', '.join(counts) or 'nothing changed'}"
    for key, word in KINDS:
        lines = [f"{word}: {_about(entry)}: {entry['reason']}" for entry in baseline[key]]
        yield from _some(lines if key != "still_failing" else [])
    flapping = (f"flapping: {_named(entry)}: {' '.join(entry['states'])}" for entry in baseline["flapping"])
    yield from _some(list(flapping))
    yield from _some([f"method changed: {sentence}" for sentence in baseline["method_changed"]])
    yield from _some([f"fact changed: {_fact(change)}" for change in baseline["facts"]])


_MORE = (("flapping", "flapping"), ("method_changed", "with another method"))


def _some(lines: Sequence[str]) -> Iterator[str]:
    for line in lines[:MOST_LINES]:
        text = " ".join(line.split())
        yield f"          {text[:180]}{' …' if len(text) > 180 else ''}"  # noqa: PLR2004 - two lines of a screen
    if len(lines) > MOST_LINES:
        yield f"          and {len(lines) - MOST_LINES} more in the report"


def _about(entry: Mapping[str, Any]) -> str:
    places = [place for place in (entry["server"], entry["subject"]) if place]
    return " · ".join([entry["id"], *dict.fromkeys(places)])


def _named(entry: Mapping[str, Any]) -> str:
    return f"{entry['id']} on {entry['server']}" if entry["server"] else str(entry["id"])


def _fact(change: Mapping[str, Any]) -> str:
    was, now = ("not there" if value is None else value for value in (change["before"], change["after"]))
    return f"{change['system']} {change['read']} {change['fact']}: {was} → {now}"
