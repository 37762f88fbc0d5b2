"""The numbers behind the pictures are what was read; what was not read is not made up."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

from plugins.pictures import NEWEST_RUNS, pictures
from tests.checks import healthy
from tests.checks.world import World


def drawn(world: World) -> dict[str, Any]:
    run: Any = SimpleNamespace(
        environment=world.settings(),
        fetched=world.answers(),
        gate=world.gate,
        clock=SimpleNamespace(now=lambda: world.now),
    )
    return pictures(run)


def test_without_answers_there_is_nothing_to_draw() -> None:
    run: Any = SimpleNamespace(fetched=None)

    assert pictures(run) == {"members": [], "pending": [], "timeline": {"servers": [], "switch": None}}


def test_each_group_to_prove_has_its_counts() -> None:
    members = drawn(World("promote"))["members"]

    assert members
    for group in members:
        assert group["on_premises"] > 0
        assert group["server"] == "old"
    assert any(group["entra"] == group["expected"] != 0 for group in members)


def test_a_count_that_was_not_read_is_none() -> None:
    world = World("promote")
    world.refuse("tenant", "members_count")

    assert all(group["entra"] in (None, 0) for group in drawn(world)["members"])


def test_pending_exports_are_those_of_each_connector() -> None:
    pending = drawn(World("promote"))["pending"]

    assert {row["server"] for row in pending} == {"old", "new"}
    assert all(row.keys() >= {"connector", "adds", "updates", "deletes", "by_type"} for row in pending)


def test_before_the_switch_no_switch_is_drawn_and_after_it_the_first_export_is() -> None:
    before, after = drawn(World("promote"))["timeline"], drawn(World("soak"))["timeline"]

    assert before["switch"] is None
    exports = [run["started_at"] for lane in after["servers"] if lane["server"] == "new" for run in lane["runs"]]
    assert after["switch"]["server"] == "new"
    assert after["switch"]["at"] in exports


def test_a_long_history_is_cut_to_the_newest_runs_and_counted() -> None:
    world = World("promote")
    many = [healthy.run(number, healthy.AD, "Delta Import", number) for number in range(1, NEWEST_RUNS + 31)]
    world["new", "runs"] = many

    lane = next(lane for lane in drawn(world)["timeline"]["servers"] if lane["server"] == "new")

    assert (len(lane["runs"]), lane["known"]) == (NEWEST_RUNS, NEWEST_RUNS + 30)
    assert lane["runs"][-1]["number"] == 1
