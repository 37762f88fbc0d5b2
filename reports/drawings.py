"""What the report draws beside the pair: chosen from the numbers of the run, in the order people look for."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from reports.bars import Bars, bars
from reports.timeline import Timeline, timeline

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

MOST_BARS = 12
"""Subjects of one drawing."""
OPERATIONS = ("adds", "updates", "deletes")


@dataclass(frozen=True, slots=True)
class Drawings:
    """The drawings of one run; None where nothing was read to draw."""

    members: Bars | None
    pending: Bars | None
    timeline: Timeline | None


def drawings(pictures: Mapping[str, Any]) -> Drawings:
    """Lay out the pictures of a run."""
    members = sorted(pictures["members"], key=lambda group: -(group["on_premises"] or 0))[:MOST_BARS]
    limit = next((group["sendable"] for group in members if group["sendable"]), None)
    return Drawings(
        members=bars(
            ("on-premises", "in Entra"),
            [(group["name"], (group["on_premises"], group["entra"])) for group in members],
            limit=limit,
        ),
        pending=bars(OPERATIONS, list(_pending(pictures["pending"]))[:MOST_BARS]),
        timeline=timeline(pictures["timeline"]["servers"], pictures["timeline"]["switch"]),
    )


def _pending(rows: Sequence[Mapping[str, Any]]) -> list[tuple[str, tuple[int, ...]]]:
    """Return a connector's operations, followed by its types of objects where a csexport file tells them."""
    found: list[tuple[str, tuple[int, ...]]] = []
    for row in rows:
        found.append((f"{row['server']}: {row['connector']}", tuple(row[kind] for kind in OPERATIONS)))
        types: dict[str, dict[str, int]] = {}
        for kind in row["by_type"]:
            operation, _, object_type = kind["type"].partition(" ")
            counts = types.setdefault(object_type, dict.fromkeys(OPERATIONS, 0))
            counts[f"{operation}s"] += kind["objects"]
        found += [(f"    {name}", tuple(counts.values())) for name, counts in sorted(types.items())]
    return found
