"""The one table of states."""

from __future__ import annotations

import pytest

import reports
from plugins.states import STATES, State, worst


def test_what_could_not_be_told_never_shows_as_skipped_and_waived_never_as_passed() -> None:
    for state in (State.ERROR, State.INCONCLUSIVE):
        assert STATES[state].outcome == "failed"
        assert STATES[state].junit == "error"
    assert STATES[State.WAIVED].outcome != "passed"
    assert STATES[State.WAIVED].junit is not None


@pytest.mark.parametrize(
    ("states", "expected"),
    [
        ([State.PASS, State.NOT_APPLICABLE], State.PASS),
        ([State.PASS, State.INCONCLUSIVE], State.INCONCLUSIVE),
        ([State.INCONCLUSIVE, State.ERROR], State.ERROR),
        ([State.ERROR, State.FAIL], State.FAIL),
        ([], None),
    ],
)
def test_the_worst_state_counts(states: list[State], expected: State | None) -> None:
    assert worst(states) is expected


def test_every_state_has_its_own_word_and_symbol_so_that_colour_is_never_alone() -> None:
    assert len({shown.symbol for shown in STATES.values()}) == len(State)
    assert len({shown.word for shown in STATES.values()}) == len(State)


def test_the_report_shows_states_by_the_words_and_symbols_of_the_table() -> None:
    assert {state.value: (shown.word, shown.symbol) for state, shown in STATES.items()} == reports.STATES
    assert [state.value for state in STATES] == list(reports.STATES)
