from __future__ import annotations

import pytest

from fixtures.environment import ExpectedDifference
from fixtures.facts.parity import Difference, Weight
from fixtures.facts.parity.difference import approved

MISSING = Difference("rule", "In from AD - User Title", "presence", "enabled at precedence 50", "(not there)")


@pytest.mark.parametrize(
    "listed",
    [
        {"name": "in from ad - user title"},
        {"name": "In from AD - User T*", "aspect": "pres*"},
        {"name": "*", "new": "(not there)"},
    ],
)
def test_a_listed_difference_is_expected_and_says_why(listed: dict[str, str]) -> None:
    item = ExpectedDifference.model_validate({"kind": "rule", "reason": "change 4711", **listed})
    (found,) = approved([MISSING], [item])
    assert (found.weight, found.why) == (Weight.EXPECTED, "listed: change 4711")


@pytest.mark.parametrize(
    "listed",
    [
        {"kind": "connector"},
        {"name": "In from AD - User"},
        {"aspect": "flow title"},
        {"new": "enabled at precedence 50"},
    ],
)
def test_another_difference_stays_blocking(listed: dict[str, str]) -> None:
    item = ExpectedDifference.model_validate({"kind": "rule", "name": "*", "reason": "change 4711", **listed})
    assert approved([MISSING], [item]) == (MISSING,)


def test_brackets_in_a_listed_name_stand_for_themselves_in_no_pattern() -> None:
    """A list is written by people: `[` must not turn into a set of characters without anybody noticing."""
    named = Difference("rule", "Out [pilot]", "presence", "enabled at precedence 1", "(not there)")
    item = ExpectedDifference(kind="rule", name="Out [pilot]", reason="change 4711")
    assert approved([named], [item])[0].weight is Weight.EXPECTED
