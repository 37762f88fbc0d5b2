"""Waivers as a pure function: what lets a result pass, what does not and why, and that nothing is ever made a pass."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from plugins.definition import CheckDefinition
from plugins.run import CheckResult, Row
from plugins.states import State
from plugins.verdict import Expected, Reported, Word, decide
from plugins.waivers import Waiver
from plugins.waiving import Effect, Waived, observed, waive

NOW = datetime(2026, 11, 20, 6, 45, 31, tzinfo=UTC)
TENANT = "00000000-0000-0000-0000-000000000001"
GATE = "promote"
ROW = Row("Staff", State.FAIL, "it has 12 members too many", {"extra": 12})


def _check(name: str = "LG-01v2", **changes: Any) -> CheckDefinition:
    about: dict[str, Any] = {
        "id": name, "title": "t", "severity": "blocking", "gates": (GATE,), "claims": ("S0-1",), "pitfalls": (),
        "reads": (), "optional_reads": (), "servers": None, "fix": "mend it", "why": "w", "judged": "j", "links": (),
        "function": "f",
    }  # fmt: skip
    return CheckDefinition(**{**about, **changes})


CATALOGUE = (
    _check(),
    _check("TO-01v1", waivable=False),
    _check("SC-01v1", servers="new"),
    _check("FI-01v1", gates=("finish",)),
)


def _waiver(**changes: Any) -> Waiver:
    about: dict[str, Any] = {
        "check": "LG-01v2",
        "subject": "Staff",
        "digest": observed(TENANT, "LG-01v2", "", ROW),
        "reason": "they leave on Friday",
        "ticket": "CHG-1",
        "author": "anna",
        "approver": "otto",
        "approved_at": NOW - timedelta(hours=1),
        "expires_at": NOW + timedelta(hours=1),
    }
    return Waiver(**{**about, **changes})


def _apply(*waivers: Waiver, rows: tuple[Row, ...] = (ROW,), name: str = "LG-01v2", server: str = "") -> Waived:
    check = next(check for check in CATALOGUE if check.id == name)
    results = {(name, server): CheckResult(check, server, rows)}
    return waive(waivers, results, catalogue=CATALOGUE, gate=GATE, tenant=TENANT, at=NOW)


def test_a_waived_fail_is_waived_and_keeps_its_true_state_reason_and_facts() -> None:
    waived = _apply(_waiver())

    (row,) = waived.results["LG-01v2", ""].rows
    assert (row.state, row.true_state) == (State.WAIVED, State.FAIL)
    assert (row.reason, row.facts) == (ROW.reason, ROW.facts)
    assert row.waiver == _waiver()
    assert waived.results["LG-01v2", ""].state is State.WAIVED
    assert waived.results["LG-01v2", ""].true_state is State.FAIL
    assert [found.effect for found in waived.waivers] == [Effect.APPLIED]
    assert waived.expiries == [NOW + timedelta(hours=1)]


def test_what_was_inconclusive_can_be_waived_too() -> None:
    row = replace(ROW, state=State.INCONCLUSIVE)

    waived = _apply(_waiver(digest=observed(TENANT, "LG-01v2", "", row)), rows=(row,))

    assert waived.results["LG-01v2", ""].true_state is State.INCONCLUSIVE
    assert waived.results["LG-01v2", ""].state is State.WAIVED


def test_a_fail_of_another_subject_stays_a_fail() -> None:
    other = Row("Guests", State.FAIL, "it has 3 members too many", {"extra": 3})

    waived = _apply(_waiver(), rows=(ROW, other))

    assert waived.results["LG-01v2", ""].state is State.FAIL
    assert [row.state for row in waived.results["LG-01v2", ""].rows] == [State.WAIVED, State.FAIL]


def test_the_results_given_stay_as_they_were() -> None:
    results = {("LG-01v2", ""): CheckResult(_check(), "", (ROW,))}

    waive([_waiver()], results, catalogue=CATALOGUE, gate=GATE, tenant=TENANT, at=NOW)

    assert results["LG-01v2", ""].state is State.FAIL


INERT: dict[str, tuple[dict[str, Any], str]] = {
    "an unknown check": ({"check": "ZZ-09v1"}, "no check has the id ZZ-09v1"),
    "another version of the check": ({"check": "LG-01v1"}, "it is for another version: the check is LG-01v2 now"),
    "a check that cannot be waived": ({"check": "TO-01v1"}, "TO-01v1 cannot be waived"),
    "approved by its author": ({"approver": "anna"}, "anna approved a request of their own"),
    "approved by its author in other letters": ({"approver": " ANNA "}, " ANNA  approved a request of their own"),
    "approved in the future": (
        {"approved_at": NOW + timedelta(seconds=1)},
        "it is approved in the future, at 2026-11-20T06:45:32Z",
    ),
    "expired": ({"expires_at": NOW}, "it expired at 2026-11-20T06:45:31Z"),
    "a server where the check judges the whole": ({"server": "new"}, "the check runs on no server"),
    "no server where the check runs on each": (
        {"check": "SC-01v1"},
        "it must name a server: the check runs on each",
    ),
    "a check that did not report": (
        {"check": "SC-01v1", "server": "new"},
        "SC-01v1 did not report on new",
    ),
    "a subject the check did not find": ({"subject": "Nobody"}, "the check found no such subject"),
    "a value that changed": (
        {"digest": "0" * 64},
        f"the observed value is another one: {observed(TENANT, 'LG-01v2', '', ROW)}",
    ),
}


@pytest.mark.parametrize("case", INERT)
def test_a_waiver_that_does_not_hold_is_inert_and_says_why(case: str) -> None:
    changes, why = INERT[case]

    waived = _apply(_waiver(**changes))

    assert [(found.effect, found.why) for found in waived.waivers] == [(Effect.INERT, why)]
    assert waived.results["LG-01v2", ""].state is State.FAIL
    assert waived.expiries == []


def test_a_waiver_the_file_holds_twice_is_inert_both_times() -> None:
    waived = _apply(_waiver(), _waiver(ticket="CHG-2"))

    assert [(found.effect, found.why) for found in waived.waivers] == [
        (Effect.INERT, "the file holds it more than once")
    ] * 2
    assert waived.results["LG-01v2", ""].state is State.FAIL


def test_an_error_is_never_waived() -> None:
    row = replace(ROW, state=State.ERROR)

    waived = _apply(_waiver(digest=observed(TENANT, "LG-01v2", "", row)), rows=(row,))

    assert waived.waivers[0][1:] == (Effect.INERT, "an error cannot be waived: nothing was observed")
    assert waived.results["LG-01v2", ""].state is State.ERROR


@pytest.mark.parametrize("state", [State.PASS, State.NOT_APPLICABLE])
def test_a_waiver_that_is_no_longer_needed_says_so(state: State) -> None:
    assert _apply(_waiver(), rows=(replace(ROW, state=state),)).waivers[0][1:] == (
        Effect.UNNEEDED,
        f"the result is {state}",
    )
    assert _apply(_waiver(), rows=(Row("Others", state, "fine"),)).waivers[0][1:] == (
        Effect.UNNEEDED,
        f"the check is {state} and found no such subject",
    )


def test_a_waiver_for_another_gate_is_neither_inert_nor_applied() -> None:
    assert _apply(_waiver(check="FI-01v1")).waivers[0][1:] == (
        Effect.OTHER_GATE,
        "FI-01v1 is not asked at promote",
    )


@pytest.mark.parametrize(
    "changed",
    [
        replace(ROW, facts={"extra": 13}),
        replace(ROW, reason="it has 13 members too many"),
        replace(ROW, subject="Guests"),
        replace(ROW, state=State.INCONCLUSIVE),
    ],
)
def test_the_digest_covers_everything_that_was_observed(changed: Row) -> None:
    assert observed(TENANT, "LG-01v2", "", changed) != observed(TENANT, "LG-01v2", "", ROW)


def test_the_digest_is_of_one_tenant_one_check_and_one_server() -> None:
    digests = {
        observed(TENANT, "LG-01v2", "", ROW),
        observed("another", "LG-01v2", "", ROW),
        observed(TENANT, "LG-01v1", "", ROW),
        observed(TENANT, "LG-01v2", "new", ROW),
    }

    assert len(digests) == 4


def test_a_waived_row_has_the_digest_it_had_as_a_fail() -> None:
    (row,) = _apply(_waiver()).results["LG-01v2", ""].rows

    assert observed(TENANT, "LG-01v2", "", row) == _waiver().digest


rows = st.builds(
    Row,
    st.sampled_from(["Staff", "Guests"]),
    st.sampled_from([State.FAIL, State.ERROR, State.INCONCLUSIVE, State.PASS, State.NOT_APPLICABLE]),
    st.sampled_from(["one", "two"]),
    st.just({"n": 1}),
)


@st.composite
def suites(draw: st.DrawFn) -> tuple[list[CheckDefinition], dict[tuple[str, str], CheckResult], list[Waiver]]:
    """Checks, what they said, and waivers that try everything: right digests for every row, and wrong ones."""
    checks = [
        _check(f"AB-{n:02}v1", waivable=draw(st.booleans()), severity=draw(st.sampled_from(["blocking", "advisory"])))
        for n in range(draw(st.integers(1, 4)))
    ]
    results = {
        (check.id, ""): CheckResult(check, "", tuple(draw(st.lists(rows, max_size=3))))
        for check in checks
        if draw(st.integers(0, 9))
    }
    waivers = [
        _waiver(
            check=check.id,
            subject=row.subject,
            digest=observed(TENANT, check.id, "", draw(st.sampled_from([row, replace(row, state=State.FAIL)]))),
            approver=draw(st.sampled_from(["otto", "otto", "anna"])),
            expires_at=NOW + timedelta(hours=draw(st.sampled_from([1, 1, 2]))),
        )
        for (_, _), result in results.items()
        for row in result.rows
        for check in [draw(st.sampled_from([result.check, result.check, *checks]))]
        if draw(st.integers(0, 4))
    ]
    return checks, results, waivers


@given(suites())
def test_no_set_of_waivers_makes_go_out_of_an_unwaivable_fail_an_error_or_an_unset(
    suite: tuple[list[CheckDefinition], dict[tuple[str, str], CheckResult], list[Waiver]],
) -> None:
    checks, results, waivers = suite

    settled = waive(waivers, results, catalogue=checks, gate=GATE, tenant=TENANT, at=NOW).results

    verdict = decide(
        [Expected(check.id, check.title, check.blocking, check.fix) for check in checks],
        [Reported(*key, result.state, "r") for key, result in settled.items()],
        made_at=NOW,
    )
    for key, result in results.items():
        assert settled[key].true_state is result.state
        assert (settled[key].state is State.PASS) == (result.state is State.PASS)
        for before, after in zip(result.rows, settled[key].rows, strict=True):
            assert after.true_state is before.state
            if after.state is not before.state:
                assert after.state is State.WAIVED
                assert before.state in (State.FAIL, State.INCONCLUSIVE)
                assert result.check.waivable
    if verdict.word is Word.GO:
        assert {check.id for check in checks} == {name for name, _ in results}
        for result in results.values():
            if result.check.blocking:
                assert result.state is not State.ERROR
                assert not (result.state is State.FAIL and not result.check.waivable)
