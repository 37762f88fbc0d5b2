"""What was read counts only when the marks were read again after it."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

import pytest

from fixtures.answers import AT_END, Answer, Outcome
from fixtures.collect.server import ServerReads
from fixtures.environment import Environment
from fixtures.wire.failures import Failure
from fixtures.wire.identities import Identities

if TYPE_CHECKING:
    from collections.abc import Sequence

    from fixtures.offline.wire import Wire
    from fixtures.wire.psrp import Question

VALUES = {
    "scheduler": {"SyncCycleInProgress": False},
    "run_marks": [{"ConnectorId": "c", "RunNumber": 7, "IsRunComplete": True}],
    "global_settings": {"Version": 3},
    "rules": [{"Name": "In from AD - User Join"}],
}
LOST = Failure(Outcome.UNREACHABLE, "no connection: Connection reset by peer")


class FakeWire:
    """Answers from memory, refuses some names, and can go down."""

    bracketed = True
    seconds_left = 0.0

    def __init__(self) -> None:
        self.down: Failure | None = None
        self.denied: set[str] = set()

    def ask(self, questions: Sequence[Question]) -> list[Answer]:
        return [self._answer(question.name, question.subject) for question in questions]

    def _answer(self, name: str, subject: str) -> Answer:
        if self.down is not None:
            return Answer.without_value("old", name, self.down.outcome, self.down.text, subject)
        if name in self.denied:
            return Answer.without_value("old", name, Outcome.DENIED, "Access denied.", subject)
        return Answer.of("old", name, VALUES[name.removesuffix(AT_END)], subject)


@pytest.fixture
def wire(monkeypatch: pytest.MonkeyPatch) -> FakeWire:
    fake = FakeWire()
    monkeypatch.setattr("fixtures.collect.server.wire_of", lambda *_: cast("Wire", fake))
    return fake


@pytest.fixture
def reads(wire: FakeWire) -> ServerReads:
    server = {"username": "reader", "password": "env:READER"}
    environment = Environment.model_validate(
        {
            "servers": {
                "old": {**server, "purpose": "old", "host": "old", "computer_name": "SYNC01"},
                "new": {**server, "purpose": "new", "host": "new", "computer_name": "SYNC02"},
            },
            "tenant": {
                "id": "00000000-0000-0000-0000-000000000001",
                "client_id": "00000000-0000-0000-0000-000000000002",
                "authentication": "secret",
                "client_secret": "env:GRAPH",
            },
            "plan": {"kind": "v2-endpoint"},
        }
    )
    assert wire.bracketed
    return ServerReads(environment.old, environment, Identities(), sorted(VALUES), 0)


def test_marks_that_stand_where_they_stood_let_the_answers_count(reads: ServerReads) -> None:
    reads.read_core()

    assert reads.read_end() is None


def test_a_server_that_is_lost_before_its_last_marks_has_proven_nothing(reads: ServerReads, wire: FakeWire) -> None:
    reads.read_core()
    wire.down = LOST

    reason = reads.read_end()

    assert reason is not None
    assert "could not be read again" in reason
    assert "Connection reset by peer" in reason


@pytest.mark.parametrize("mark", ["scheduler", "run_marks", "global_settings"])
def test_every_single_mark_has_to_be_read_again(reads: ServerReads, wire: FakeWire, mark: str) -> None:
    reads.read_core()
    wire.denied = {mark + AT_END}

    assert f"{mark} could not be read again" in (reads.read_end() or "")


def test_a_mark_that_was_never_told_is_missed_by_its_own_checks(reads: ServerReads, wire: FakeWire) -> None:
    wire.denied = {"scheduler", "scheduler" + AT_END}
    reads.read_core()

    assert reads.read_end() is None


def test_a_server_that_never_answered_has_nothing_to_withdraw(reads: ServerReads, wire: FakeWire) -> None:
    wire.down = LOST
    reads.read_core()

    assert reads.read_end() is None
