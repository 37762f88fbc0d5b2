"""The drawings place what they are given, leave out what was not read, and say everything in words."""

from __future__ import annotations

from typing import Any

import pytest

from reports.bars import LABELS, bars
from reports.drawings import MOST_BARS, drawings
from reports.timeline import LEFT, RIGHT, timeline


def run(kind: str, start: str, end: str | None, **about: Any) -> dict[str, Any]:
    return {
        "connector": "contoso.com", "profile": kind, "kind": kind, "number": 1, "result": "success", "succeeded": True,
        "started_at": start, "ended_at": end, **about,
    }  # fmt: skip


def server(name: str, *runs: dict[str, Any]) -> dict[str, Any]:
    return {"server": name, "purpose": name, "known": len(runs), "uncertain_seconds": 0, "runs": list(runs)}


def test_bars_are_as_long_as_their_numbers() -> None:
    drawn = bars(("here", "there"), [("Finance", (200, 100)), ("Staff", (50, 0))])

    assert drawn is not None
    widths = [[bar.width for bar in row.bars] for row in drawn.rows]
    assert widths[0][0] == 2 * widths[0][1] == 4 * widths[1][0]
    assert widths[1][1] == 0


def test_a_number_that_was_not_read_is_said_and_not_drawn_as_none_of_them() -> None:
    drawn = bars(("here", "there"), [("Finance", (200, None))])

    assert drawn is not None
    assert (drawn.rows[0].bars[1].width, drawn.rows[0].bars[1].told) == (0, "not read")
    assert drawn.summary == "Finance: 200 here, not read there"


@pytest.mark.parametrize(("limit", "shown"), [(100, True), (200, True), (201, False), (None, False)])
def test_a_limit_is_drawn_where_it_lies_within_the_bars(limit: int | None, *, shown: bool) -> None:
    drawn = bars(("here",), [("Finance", (200,))], limit=limit)

    assert drawn is not None
    assert (drawn.limit_x is not None) is shown
    assert drawn.limit_x is None or drawn.limit_x > LABELS


def test_without_subjects_and_runs_nothing_is_drawn() -> None:
    drawn = drawings({"members": [], "pending": [], "timeline": {"servers": [server("old")], "switch": None}})

    assert (drawn.members, drawn.pending, drawn.timeline) == (None, None, None)


def test_the_largest_groups_are_drawn_first_and_no_more_than_fit() -> None:
    members = [
        {"name": f"group {n}", "on_premises": n, "expected": n, "entra": None, "sendable": 50_000, "server": "old"}
        for n in range(MOST_BARS + 5)
    ]

    drawn = drawings({"members": members, "pending": [], "timeline": {"servers": [], "switch": None}}).members

    assert drawn is not None
    assert [row.name for row in drawn.rows] == [f"group {n}" for n in range(MOST_BARS + 4, 4, -1)]


def test_types_of_objects_stand_below_their_connector() -> None:
    types = [
        {"type": "add user", "objects": 3},
        {"type": "delete user", "objects": 1},
        {"type": "add group", "objects": 2},
    ]
    row = {"server": "new", "connector": "AAD", "adds": 5, "updates": 0, "deletes": 1, "by_type": types}

    drawn = drawings({"members": [], "pending": [row], "timeline": {"servers": [], "switch": None}}).pending

    assert drawn is not None
    told = {row.name.strip(): [bar.told for bar in row.bars] for row in drawn.rows}
    assert told == {"new: AAD": ["5", "0", "1"], "group": ["2", "0", "0"], "user": ["3", "0", "1"]}


def test_runs_stand_on_the_line_of_their_kind_in_the_order_of_time() -> None:
    drawn = timeline(
        [
            server("old", run("export", "2026-11-20T06:00:00Z", "2026-11-20T06:30:00Z")),
            server("new", run("import", "2026-11-20T07:00:00Z", "2026-11-20T08:00:00Z", succeeded=False)),
        ],
        {"server": "new", "at": "2026-11-20T07:00:00Z"},
    )

    assert drawn is not None
    assert [[(line.kind, len(line.marks)) for line in lane.lines] for lane in drawn.lanes] == [
        [("import", 0), ("export", 1)],
        [("import", 1), ("export", 0)],
    ]
    export, later = drawn.lanes[0].lines[1].marks[0], drawn.lanes[1].lines[0].marks[0]
    assert (export.x, later.x, later.x + later.width) == (LEFT, (LEFT + RIGHT) / 2, RIGHT)
    assert drawn.switch_x == later.x
    assert (drawn.ticks[0].word, drawn.ticks[-1].word) == ("06:00 UTC", "08:00 UTC")
    assert drawn.summary == (
        "old: 1 runs, 0 of them without success; new: 1 runs, 1 of them without success; "
        "the exports went over to new at 2026-11-20 07:00:00 UTC"
    )


def test_a_switch_before_the_first_run_that_is_shown_is_told_and_not_drawn() -> None:
    drawn = timeline(
        [server("new", run("export", "2026-11-20T06:00:00Z", None))], {"server": "new", "at": "2026-11-19T06:00:00Z"}
    )

    assert drawn is not None
    assert drawn.switch_x is None
    assert "went over to new at 2026-11-19" in drawn.summary
