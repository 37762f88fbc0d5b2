"""One run: what one invocation of pytest for one gate knows. Plugins hand it to one another through pytest's stash."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest

from plugins.states import State, worst

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from fixtures.answers import Answers
    from fixtures.environment import Environment
    from plugins.bundle.opened import Replayed
    from plugins.causes import Cause
    from plugins.definition import CheckDefinition
    from plugins.gates import Gate
    from plugins.waivers import Waiver


@dataclass(frozen=True, slots=True)
class Clock:
    """The clock that judges: the real one, or another day's that runs on from the start of the run."""

    started_at: datetime
    as_of: datetime | None = None
    read_at: datetime | None = None
    """When the reading ended: the one moment that all checks of a run judge by, and a replay of it again."""
    made_at: datetime | None = None
    """When the verdict was made; known beforehand only in a replay."""

    def now(self) -> datetime:
        """Return the time checks judge by, aware and in UTC."""
        return self.at(self.real())

    def at(self, real: datetime) -> datetime:
        """Return what this clock shows at a real time."""
        return real if self.as_of is None else self.as_of + (real - self.started_at)

    def real(self) -> datetime:
        """Return the same moment on the clock the reads were stamped by."""
        return self.read_at or datetime.now(UTC)


@dataclass(frozen=True, slots=True)
class Row:
    """What a check said about one subject it found."""

    subject: str
    state: State
    reason: str
    facts: Mapping[str, object] = field(default_factory=dict)
    """Plain data that proves the reason."""
    waived: State | None = None
    """The true state, where a waiver lets it pass."""
    waiver: Waiver | None = None

    @property
    def true_state(self) -> State:
        """The state as it was found, whatever was waived."""
        return self.waived or self.state


@dataclass(frozen=True, slots=True)
class CheckResult:
    """The first result of one check on one subject of its own (a server, or the whole)."""

    check: CheckDefinition
    subject: str
    """Name of the server, or empty."""
    rows: tuple[Row, ...]
    traceback: str = ""
    """Of an exception nobody expected; empty otherwise."""
    causes: tuple[Cause, ...] = ()
    """What kept it from being told, when it was not told for want of an answer."""

    @property
    def state(self) -> State:
        """The most serious state of its rows. No row at all is an error: nothing was recorded."""
        return worst(row.state for row in self.rows) or State.ERROR

    @property
    def true_state(self) -> State:
        """The most serious state as it was found, whatever was waived."""
        return worst(row.true_state for row in self.rows) or State.ERROR

    @property
    def deciding(self) -> Row:
        """The first of the most serious rows."""
        state = self.state
        return next(
            (row for row in self.rows if row.state is state),
            Row(self.subject, State.ERROR, "the check recorded no result"),
        )

    @property
    def reason(self) -> str:
        """Why it has its state, in one line; says how many more subjects share it."""
        line, state = first_line(self.deciding.reason), self.state
        more = sum(row.state is state for row in self.rows) - 1
        return f"{line} (and {more:,} more {'subject' if more == 1 else 'subjects'})" if more > 0 else line

    @property
    def told(self) -> str:
        """The reason as it stands alone: with what it is about, unless that is the server, or the reason names it."""
        subject, reason = self.deciding.subject, self.reason
        named = not subject or subject == self.subject or re.search(rf"\b{re.escape(subject)}\b", reason)
        return reason if named else f"{subject}: {reason}"

    @property
    def remedy(self) -> str:
        """What to do about it: the remedies of its causes when it was not told, else the fix of the check."""
        if self.state in (State.ERROR, State.INCONCLUSIVE) and self.causes:
            return " ".join(dict.fromkeys(cause.remedy for cause in self.causes))
        return self.check.fix


@dataclass(slots=True)
class Run:
    """One invocation for one gate."""

    gate_row: Gate
    environment: Environment
    clock: Clock
    rehearsal: bool
    registered: tuple[CheckDefinition, ...] = ()
    """Every check of the suite that names this gate, whatever was selected."""
    catalogue: tuple[CheckDefinition, ...] = ()
    """Every check of the suite, of any gate."""
    waivers: tuple[Waiver, ...] = ()
    fetched: Answers | None = None
    results: dict[tuple[str, str], CheckResult] = field(default_factory=dict)
    """By check id and subject, as they were found: before waivers. The first result counts."""
    wait: timedelta = timedelta()
    """How long the run may wait for answers that are not ready."""
    carried: Mapping[tuple[str, str], tuple[Row, ...]] = field(default_factory=dict)
    """What checks said no to before a wait, by check id and subject: it stands."""
    troubles: list[str] = field(default_factory=list)
    """What went wrong around the checks; any of it rules out GO."""
    attachments: dict[str, Any] = field(default_factory=dict)
    """Plain data that other plugins judge by, by name: it is kept in the bundle, and stands here again in a replay."""
    replayed: Replayed | None = None
    """The bundle this run judges again; None when systems are asked."""
    baseline: Replayed | None = None
    """The bundle of an accepted run that this one is compared with."""

    @property
    def gate(self) -> str:
        """Name of the gate."""
        return self.gate_row.name

    @property
    def as_of(self) -> datetime | None:
        """The other day this run judges by, in a rehearsal."""
        return self.clock.as_of

    @property
    def answers(self) -> Answers:
        """What the systems answered. Raises RuntimeError before anything was fetched."""
        if self.fetched is None:
            msg = "nothing was fetched yet: answers exist once collection is complete"
            raise RuntimeError(msg)
        return self.fetched

    def record(self, result: CheckResult) -> None:
        """Keep a result; a later one for the same check and subject is dropped."""
        self.results.setdefault((result.check.id, result.subject), result)

    def missing(self) -> Sequence[tuple[CheckDefinition, str]]:
        """Return each registered check and subject that has no result."""
        return [
            (check, subject)
            for check in self.registered
            for subject in check.subjects(self.environment) or ("",)
            if (check.id, subject) not in self.results
        ]


RUN = pytest.StashKey[Run]()
"""Where the run lies in `config.stash`; absent in a run without a gate."""


def first_line(text: str) -> str:
    """Return the first line that says something, without the spaces around it."""
    return next((line.strip() for line in text.splitlines() if line.strip()), "")
