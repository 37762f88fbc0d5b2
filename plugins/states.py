"""The states of a check, and what each is called in every output: one table.

A result starts unset. Unset at the end is an error; it is no state of its own [semantics §2].
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping


class State(StrEnum):
    """What a check says about one subject."""

    FAIL = "fail"
    ERROR = "error"
    INCONCLUSIVE = "inconclusive"
    WAIVED = "waived"
    PASS = "pass"  # noqa: S105 - no password
    NOT_APPLICABLE = "not-applicable"


@dataclass(frozen=True, slots=True)
class Shown:
    """How a state appears: as pytest's outcome, as an element of JUnit, and to a reader."""

    outcome: Literal["passed", "failed", "skipped"]
    junit: Literal["failure", "error", "skipped"] | None
    word: str
    symbol: str
    told: bool
    """Whether the check could tell. What could not be told decides UNDECIDED."""


STATES: Mapping[State, Shown] = MappingProxyType(
    {
        State.FAIL: Shown("failed", "failure", "Fail", "✕", told=True),
        State.ERROR: Shown("failed", "error", "Error", "!", told=False),
        State.INCONCLUSIVE: Shown("failed", "error", "Inconclusive", "?", told=False),
        State.WAIVED: Shown("skipped", "skipped", "Waived", "~", told=True),
        State.PASS: Shown("passed", None, "Pass", "✓", told=True),
        State.NOT_APPLICABLE: Shown("passed", None, "Not applicable", "–", told=True),  # noqa: RUF001 - a dash
    }
)
"""Most serious first."""

SERIOUSNESS: Mapping[State, int] = MappingProxyType({state: rank for rank, state in enumerate(STATES)})
"""Rank of a state; 0 is the most serious."""


def worst(states: Iterable[State]) -> State | None:
    """Return the most serious of some states; None when there are none."""
    return min(states, key=SERIOUSNESS.__getitem__, default=None)
