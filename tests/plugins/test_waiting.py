"""What `--wait` accepts, what it asks again, and that it judges nothing away."""

from __future__ import annotations

import inspect
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any, cast

import pytest

from fixtures.answers import Answer, Answers, Outcome
from plugins.definition import Need
from plugins.freshness import COLLECTOR
from plugins.recorder import Recorder
from plugins.results import _before_the_wait
from plugins.run import Row
from plugins.states import State
from plugins.waiting import again_to_ask, arguments, overlay, wait_of
from tests.checks.running import checks

NOW = datetime.now(UTC)


def answer(system: str, read: str, value: object = "first", outcome: Outcome = Outcome.OK, age: float = 0) -> Answer:
    at = NOW - timedelta(minutes=age)
    made = Answer.without_value(system, read, Outcome.FAILED, "", "", started_at=at, ended_at=at)
    return replace(made, outcome=outcome, value=value, error=None)


@pytest.mark.parametrize(("text", "wait"), [("90s", 90), ("20m", 1200), ("1h", 3600), (None, 0)])
def test_a_wait_is_a_number_of_seconds_minutes_or_hours(text: str | None, wait: int) -> None:
    assert wait_of(text, "switched") == timedelta(seconds=wait)


@pytest.mark.parametrize(
    ("text", "gate", "said"),
    [("soon", "switched", "accepted: a time"), ("5h", "soak", "at most"), ("20m", "promote", "switched and soak")],
)
def test_what_is_no_wait_is_refused(text: str, gate: str, said: str) -> None:
    with pytest.raises(pytest.UsageError, match=said):
        wait_of(text, gate)


def test_only_what_an_export_brings_and_what_is_too_old_is_asked_again() -> None:
    first = Answers([answer("new", "runs"), answer("new", "rules"), answer("old", "scheduler", age=14.5)])
    needs = [Need("new", "runs"), Need("new", "rules"), Need("old", "runs"), Need("old", "scheduler")]

    again = again_to_ask(first, needs, {"new": "has not exported since the switch"})

    assert again == {("new", "runs"), ("old", "scheduler")}


def test_a_torn_answer_is_asked_again() -> None:
    first = Answers([answer("new", "rules", None, Outcome.TORN)])

    assert again_to_ask(first, [Need("new", "rules")], {"new": "runs a sync cycle"}) == {("new", "rules")}


def test_answers_that_were_ready_stay_as_they_were() -> None:
    first = Answers([answer("new", "runs"), answer("new", "rules"), answer("new", "events", None, Outcome.TORN)])
    fresh = Answers([answer("new", read, "second") for read in ("runs", "rules", "events")])

    both = overlay(first, fresh, {("new", "runs")})

    assert {each.read: each.value for each in both} == {"rules": "first", "runs": "second", "events": "second"}


def test_the_trails_of_groups_are_exchanged_with_the_proof_only() -> None:
    first, fresh = (Answers([answer(COLLECTOR, "group_trail", value)]) for value in ("first", "second"))

    assert [each.value for each in overlay(first, fresh, {("new", "runs")})] == ["first"]
    assert [each.value for each in overlay(first, fresh, {("tenant", "members")})] == ["second"]


def test_what_was_no_before_the_wait_stands_beside_a_later_yes() -> None:
    check = next(iter(checks().values())).definition
    recorder = Recorder()
    recorder.passed("one", "it is well now")
    recorder.failed("two", "it is still wrong")
    rows = (Row("one", State.FAIL, "it was wrong"), Row("two", State.FAIL, "it was wrong"))
    run = cast("Any", SimpleNamespace(carried={(check.id, "new"): rows}))

    carried = _before_the_wait(run, check, "new", recorder)

    assert [(row.subject, row.state, row.reason) for row in carried] == [
        ("one", State.FAIL, "before the wait: it was wrong")
    ]


def test_every_check_can_be_looked_at_before_the_wait() -> None:
    known = set(arguments(cast("Any", None), "", Recorder()))

    for check in checks().values():
        assert set(inspect.signature(check.function).parameters) <= known, check.definition.id
