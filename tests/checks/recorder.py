"""A result that only remembers, and the state its rows add up to."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from fixtures.answers import MissingAnswer

SERIOUSNESS = ("fail", "error", "inconclusive", "pass", "not-applicable")


@dataclass(frozen=True)
class Row:
    subject: str
    state: str
    reason: str


@dataclass
class Recorder:
    rows: list[Row] = field(default_factory=list)

    def passed(self, subject: str, reason: str, facts: Mapping[str, object] | None = None) -> None:
        self._add(subject, "pass", reason, facts)

    def failed(self, subject: str, reason: str, facts: Mapping[str, object] | None = None) -> None:
        self._add(subject, "fail", reason, facts)

    def inconclusive(
        self, subject: str, reason: str | MissingAnswer, facts: Mapping[str, object] | None = None
    ) -> None:
        self._add(subject, "inconclusive", str(reason), facts)

    def not_applicable(self, subject: str, reason: str, facts: Mapping[str, object] | None = None) -> None:
        assert facts, "not applicable needs the fact that proves it"
        self._add(subject, "not-applicable", reason, facts)

    def _add(self, subject: str, state: str, reason: str, facts: Mapping[str, object] | None) -> None:
        assert subject
        assert reason.strip()
        assert facts is None or all(isinstance(name, str) for name in facts)
        self.rows.append(Row(subject, state, reason))

    @property
    def state(self) -> str:
        states = {row.state for row in self.rows}
        return next((state for state in SERIOUSNESS if state in states), "unset")

    @property
    def reasons(self) -> list[str]:
        return [f"{row.subject}: {row.reason}" for row in self.rows if row.state == self.state]
