"""The verdict: pure, and GO only when everything blocking was proven."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from plugins.causes import Cause
from plugins.states import State
from plugins.verdict import Expected, Reported, Verdict, Word, decide

if TYPE_CHECKING:
    from random import Random

NOW = datetime(2026, 11, 20, 6, 45, 31, tzinfo=UTC)
PROVEN = {State.PASS, State.NOT_APPLICABLE}


@st.composite
def suites(draw: st.DrawFn) -> tuple[list[Expected], list[Reported]]:
    """Draw registered checks with subjects, and what some of them reported."""
    names = draw(st.lists(st.sampled_from([f"AB-{number:02}v1" for number in range(12)]), unique=True, max_size=8))
    expected = [
        Expected(
            name, "a title", draw(st.booleans()), "mend it", draw(st.sampled_from([("",), ("new",), ("old", "new")]))
        )
        for name in names
    ]
    reported = [
        Reported(check.id, subject, draw(st.sampled_from(list(State))), "because")
        for check in expected
        for subject in check.subjects
        if draw(st.integers(0, 9))
    ]
    return expected, reported


@given(
    suites(),
    st.lists(st.integers(-5, 60).map(lambda minutes: NOW + timedelta(minutes=minutes)), max_size=3),
    st.lists(st.just("something is wrong."), max_size=1),
    st.sampled_from([None, None, None, 2, 3, 5]),
)
def test_go_means_that_everything_blocking_was_proven_and_everything_registered_reported(
    suite: tuple[list[Expected], list[Reported]], limits: list[datetime], troubles: list[str], broken: int | None
) -> None:
    expected, reported = suite
    verdict = decide(expected, reported, made_at=NOW, limits=limits, troubles=troubles, broken=broken)
    said = {(result.id, result.subject): result.state for result in reported}
    blocking = [(check.id, subject) for check in expected if check.blocking for subject in check.subjects]

    assert (verdict.exit_code == 0) == (verdict.word is Word.GO)
    if verdict.word is Word.GO:
        assert blocking
        assert all(said.get(key) in {*PROVEN, State.WAIVED} for key in blocking)
        assert len(said) == sum(len(check.subjects) for check in expected)
        assert not troubles
        assert broken is None
        assert all(limit > NOW for limit in limits)


@given(suites())
def test_no_go_means_that_something_blocking_failed_and_nothing_else_hides_it(
    suite: tuple[list[Expected], list[Reported]],
) -> None:
    expected, reported = suite
    blocking = {check.id for check in expected if check.blocking}
    failed = any(result.state is State.FAIL and result.id in blocking for result in reported)

    assert (decide(expected, reported, made_at=NOW).word is Word.NO_GO) == failed


@given(suites(), st.randoms())
def test_the_order_of_what_was_reported_changes_nothing(
    suite: tuple[list[Expected], list[Reported]], random: Random
) -> None:
    expected, reported = suite
    shuffled = list(reported)
    random.shuffle(shuffled)

    assert decide(expected, shuffled, made_at=NOW) == decide(expected, reported, made_at=NOW)


@given(suites(), st.data())
def test_leaving_a_report_out_never_makes_a_verdict_better(
    suite: tuple[list[Expected], list[Reported]], data: st.DataObject
) -> None:
    expected, reported = suite
    kept = [result for result in reported if data.draw(st.booleans())]

    if len(kept) < len(reported):
        assert decide(expected, kept, made_at=NOW).word is not Word.GO


def _check(number: int, *, blocking: bool = True, subjects: tuple[str, ...] = ("",)) -> Expected:
    return Expected(f"AB-0{number}v1", "a title", blocking, "mend it", subjects)


def _said(number: int, state: State, subject: str = "") -> Reported:
    return Reported(f"AB-0{number}v1", subject, state, "because")


@pytest.mark.parametrize(
    ("states", "word", "code"),
    [
        ([State.PASS, State.PASS], Word.GO, 0),
        ([State.PASS, State.NOT_APPLICABLE], Word.GO, 0),
        ([State.PASS, State.FAIL], Word.NO_GO, 1),
        ([State.ERROR, State.FAIL], Word.NO_GO, 1),
        ([State.PASS, State.ERROR], Word.UNDECIDED, 10),
        ([State.PASS, State.INCONCLUSIVE], Word.UNDECIDED, 10),
    ],
)
def test_blocking_states_decide_by_seriousness(states: list[State], word: Word, code: int) -> None:
    expected = [_check(number) for number, _ in enumerate(states)]

    verdict = decide(expected, [_said(number, state) for number, state in enumerate(states)], made_at=NOW)

    assert (verdict.word, verdict.exit_code) == (word, code)


@pytest.mark.parametrize("state", [State.FAIL, State.ERROR, State.INCONCLUSIVE])
def test_an_advisory_check_is_listed_with_go_and_never_stops_it(state: State) -> None:
    verdict = decide([_check(1), _check(2, blocking=False)], [_said(1, State.PASS), _said(2, state)], made_at=NOW)

    assert verdict.word is Word.GO
    assert [reason.partition(",")[0] for reason in verdict.reasons] == ["AB-02v1"]


def test_an_advisory_check_that_did_not_report_rules_out_go() -> None:
    verdict = decide([_check(1), _check(2, blocking=False)], [_said(1, State.PASS)], made_at=NOW)

    assert verdict.word is Word.UNDECIDED
    assert (verdict.registered, verdict.reported) == (2, 1)


def test_a_check_reports_only_when_every_server_of_it_did() -> None:
    verdict = decide([_check(1, subjects=("old", "new"))], [_said(1, State.PASS, "old")], made_at=NOW)

    assert verdict.word is Word.UNDECIDED
    assert verdict.reported == 0
    assert verdict.reasons[0].startswith("AB-01v1 on new did not report")


def test_no_blocking_check_proves_nothing() -> None:
    assert decide([], [], made_at=NOW).word is Word.UNDECIDED
    assert decide([_check(1, blocking=False)], [_said(1, State.PASS)], made_at=NOW).word is Word.UNDECIDED


def test_a_report_of_a_check_that_is_not_registered_rules_out_go() -> None:
    verdict = decide([_check(1)], [_said(1, State.PASS), _said(2, State.PASS)], made_at=NOW)

    assert verdict.word is Word.UNDECIDED
    assert verdict.reasons == ("AB-02v1 reported but is not registered.",)


def test_the_first_result_counts() -> None:
    verdict = decide([_check(1)], [_said(1, State.FAIL), _said(1, State.PASS)], made_at=NOW)

    assert verdict.word is Word.NO_GO


def test_it_holds_until_the_first_thing_it_rests_on_stops_to_hold() -> None:
    soon, later = NOW + timedelta(minutes=3), NOW + timedelta(minutes=15)

    verdict = decide([_check(1)], [_said(1, State.PASS)], made_at=NOW, limits=[later, soon])

    assert (verdict.word, verdict.valid_until) == (Word.GO, soon)


def test_what_no_longer_holds_when_it_is_made_is_no_go() -> None:
    verdict = decide([_check(1)], [_said(1, State.PASS)], made_at=NOW, limits=[NOW])

    assert verdict.word is Word.UNDECIDED


def test_reasons_are_one_line_each_most_serious_first_with_what_to_do() -> None:
    expected = [_check(1), _check(2), _check(3), _check(4, blocking=False)]
    reported = [
        _said(1, State.INCONCLUSIVE),
        Reported("AB-02v1", "new", State.FAIL, "first\nsecond"),
        _said(3, State.ERROR),
        _said(4, State.FAIL),
    ]
    reported[1] = Reported("AB-02v1", "", State.FAIL, "first\n  second")

    verdict = decide(expected, reported, made_at=NOW)

    assert verdict.reasons == (
        "AB-02v1, fail: first second. What to do: mend it.",
        "AB-03v1, error: because. What to do: mend it.",
        "AB-01v1, inconclusive: because. What to do: mend it.",
        "AB-04v1, advisory fail: because. What to do: mend it.",
    )


@pytest.mark.parametrize(
    ("word", "code", "after", "code_after"),
    [
        (Word.GO, 0, Word.UNDECIDED, 10),
        (Word.NO_GO, 1, Word.NO_GO, 1),
        (Word.UNDECIDED, 10, Word.UNDECIDED, 10),
        (Word.UNDECIDED, 2, Word.UNDECIDED, 2),
    ],
)
def test_a_writer_that_fails_takes_go_away_and_nothing_else(
    word: Word, code: int, after: Word, code_after: int
) -> None:
    verdict = Verdict(word, (), 0, 1, 1, NOW, None, code).downgraded("it broke.")

    assert (verdict.word, verdict.exit_code) == (after, code_after)
    assert verdict.reasons == ("it broke.",)


def test_one_sentence_is_said_for_all_checks_that_share_a_cause() -> None:
    away = Cause("old", "", "unreachable (no route)", "see that old:5986 can be reached from here.")
    denied = Cause("tenant", "organization", "denied (403)", "give this right.")
    reported = [
        Reported("AB-01v1", "", State.ERROR, "long", (away,)),
        Reported("AB-02v1", "old", State.ERROR, "longer", (away, denied)),
        Reported("AB-03v1", "", State.ERROR, "a bug"),
        Reported("AB-04v1", "", State.ERROR, "long", (denied,)),
        Reported("AB-05v1", "", State.FAIL, "bad", (away,)),
    ]
    expected = [_check(1), _check(2, subjects=("old",)), _check(3), _check(4, blocking=False), _check(5)]

    verdict = decide(expected, reported, made_at=NOW)

    assert verdict.reasons == (
        "AB-05v1, fail: bad. What to do: mend it.",
        (
            "old: unreachable (no route): AB-01v1, AB-02v1 could not be told. "
            "What to do: see that old:5986 can be reached from here."
        ),
        "tenant: organization: denied (403): AB-02v1, AB-04v1 could not be told. What to do: give this right.",
        "AB-03v1, error: a bug. What to do: mend it.",
    )
    assert verdict.deciding == 4


def test_a_cause_that_only_advisory_checks_have_does_not_decide() -> None:
    denied = Cause("tenant", "organization", "denied", "give this right.")
    reported = [_said(1, State.PASS), Reported("AB-02v1", "", State.ERROR, "long", (denied,))]

    verdict = decide([_check(1), _check(2, blocking=False)], reported, made_at=NOW)

    assert verdict.word is Word.GO
    assert (len(verdict.reasons), verdict.deciding) == (1, 0)


def test_reads_that_share_a_reason_and_a_remedy_stand_together() -> None:
    causes = [Cause("old", f"read{n:02}", "not-offered (no such endpoint)", "name another one.") for n in range(10)]
    reported = [Reported(f"AB-{n:02}v1", "", State.ERROR, "long", (cause,)) for n, cause in enumerate(causes)]

    verdict = decide([_check(n) for n in range(10)], reported, made_at=NOW)

    assert verdict.reasons == (
        (
            "old: read00, read01, read02, read03, read04, read05, read06, read07 and 2 more: "
            "not-offered (no such endpoint): AB-00v1, AB-01v1, AB-02v1, AB-03v1, AB-04v1, AB-05v1, AB-06v1, AB-07v1 "
            "and 2 more could not be told. What to do: name another one."
        ),
    )


def test_what_is_inconclusive_for_want_of_an_answer_is_told_with_its_cause() -> None:
    away = Cause("tenant", "", "unreachable (no route)", "see that it can be reached.")
    reported = [
        Reported("AB-01v1", "", State.ERROR, "long", (away,)),
        Reported("AB-02v1", "", State.INCONCLUSIVE, "long", (away,)),
        Reported("AB-03v1", "", State.INCONCLUSIVE, "no age is known"),
    ]
    expected = [_check(1), _check(2, blocking=False), _check(3, blocking=False)]

    verdict = decide(expected, reported, made_at=NOW)

    assert verdict.reasons == (
        ("tenant: unreachable (no route): AB-01v1, AB-02v1 could not be told. What to do: see that it can be reached."),
        "AB-03v1, advisory inconclusive: no age is known. What to do: mend it.",
    )
