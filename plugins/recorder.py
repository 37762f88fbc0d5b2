"""How a check speaks: the object behind the `result` fixture."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fixtures.answers import MissingAnswer
from plugins.causes import Lack
from plugins.plain import plain
from plugins.run import Row
from plugins.states import State

if TYPE_CHECKING:
    from collections.abc import Mapping


class Recorder:
    """Takes the rows of one check on one subject of its own. The most serious row is the state of the check."""

    def __init__(self) -> None:
        self.rows: list[Row] = []
        self._missed: list[Lack] = []

    def passed(self, subject: str, reason: str, facts: Mapping[str, object] | None = None) -> None:
        """Record that the subject is as it must be."""
        self._record(subject, State.PASS, reason, facts)

    def failed(self, subject: str, reason: str, facts: Mapping[str, object] | None = None) -> None:
        """Record that the subject is not as it must be."""
        self._record(subject, State.FAIL, reason, facts)

    def inconclusive(
        self, subject: str, reason: str | MissingAnswer, facts: Mapping[str, object] | None = None
    ) -> None:
        """Record that the subject was read, but what was read does not decide; or which answer it would take."""
        if isinstance(reason, MissingAnswer):
            self._missed.append(Lack.of(reason))
        self._record(subject, State.INCONCLUSIVE, str(reason), facts)

    def not_applicable(self, subject: str, reason: str, facts: Mapping[str, object] | None = None) -> None:
        """Record that the question does not arise; the facts prove it. Raises ValueError without facts."""
        if not facts:
            msg = "not applicable needs the fact that proves it"
            raise ValueError(msg)
        self._record(subject, State.NOT_APPLICABLE, reason, facts)

    @property
    def missed(self) -> list[Lack]:
        """The answers whose lack is all that is inconclusive; none where something else does not decide either."""
        inconclusive = sum(row.state is State.INCONCLUSIVE for row in self.rows)
        return self._missed if inconclusive == len(self._missed) else []

    def _record(self, subject: str, state: State, reason: str, facts: Mapping[str, object] | None) -> None:
        if not isinstance(reason, str) or not reason.strip():
            msg = f"a result of {state} needs a reason"
            raise ValueError(msg)
        self.rows.append(
            Row(str(subject), state, reason.strip(), {str(name): plain(fact) for name, fact in (facts or {}).items()})
        )
