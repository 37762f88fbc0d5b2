"""A server whose error records come late, or without a name: no read takes another one's silence for "none"."""

from __future__ import annotations

import json
import logging
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest

from fixtures.answers import Answer, Outcome
from fixtures.collect.server import ServerReads
from fixtures.environment import Environment
from fixtures.reads import SERVER_READS, statement
from fixtures.wire import psrp
from fixtures.wire.failures import ErrorText
from fixtures.wire.identities import Identities
from fixtures.wire.session import Conversation, Segment, _Talk

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from fixtures.reads import Statement

NOW = datetime(2026, 11, 20, 8, 0, tzinfo=UTC)
NONE = "NoMatchingEventsFound,Microsoft.PowerShell.Commands.GetWinEventCommand"
ENVIRONMENT = Environment.model_validate(
    {
        "servers": {"new": {"purpose": "new", "host": "x", "computer_name": "X", "authentication": "kerberos"}},
        "tenant": {
            "id": "00000000-0000-0000-0000-000000000001", "client_id": "00000000-0000-0000-0000-000000000002",
            "authentication": "secret", "client_secret": "env:X",
        },
        "plan": {"kind": "in-place"},
    }
)  # fmt: skip


@dataclass
class Server:
    """Answers pipelines out of a table; in a pipeline of several statements each error comes `late`."""

    texts: dict[str, str] = field(default_factory=dict)
    errors: dict[str, ErrorText] = field(default_factory=dict)
    late: int = 0
    pipelines: list[list[str]] = field(default_factory=list)

    def converse(self, statements: Sequence[Statement], *_: object) -> Conversation:
        self.pipelines.append([asked.read for asked in statements])
        segments = [Segment(asked, NOW, ended_at=NOW, clock=NOW) for asked in statements]
        for number, segment in enumerate(segments):
            if (text := self.texts.get(segment.statement.read)) is not None:
                segment.texts.append(text)
            if (error := self.errors.get(segment.statement.read)) is not None:
                segments[min(number + self.late, len(segments) - 1)].errors.append(error)
        return Conversation(tuple(segments))

    def close(self) -> None:
        return None


def ask(monkeypatch: pytest.MonkeyPatch, server: Server, *reads: str) -> dict[str, Answer]:
    monkeypatch.setattr(psrp, "Session", lambda *_: server)
    arguments = {"since": "2026-11-19T08:00:00.000Z"}
    questions = [
        psrp.Question(SERVER_READS[read], statement(SERVER_READS[read], arguments, jea=True)) for read in reads
    ]
    with psrp.ServerWire(ENVIRONMENT.new, ENVIRONMENT, Identities()) as wire:
        return dict(zip(reads, wire.ask(questions), strict=True))


def denied(activity: str) -> ErrorText:
    return ErrorText("UnauthorizedAccess", "access denied", activity, permission=True)


@pytest.mark.parametrize("activity", ["", "Get-ADSyncSchedulerConnectorOverride", "Write-Error"])
def test_an_error_that_comes_late_leaves_no_empty_list_behind(monkeypatch: pytest.MonkeyPatch, activity: str) -> None:
    """`overrides` came back as an empty list, and the full synchronization that was still owed was not seen."""
    server = Server(errors={"overrides": denied(activity)}, late=1)

    found = ask(monkeypatch, server, "overrides", "run_status", "runs")

    assert found["overrides"].outcome is Outcome.DENIED
    assert [found[read].value for read in ("run_status", "runs")] == [[], []]


def test_an_error_that_comes_late_to_the_same_cmdlet_leaves_no_empty_list_behind(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    late = {
        "events_adsync": denied("Get-WinEvent"),
        "events_directory_synchronization": ErrorText(NONE, "none", "Get-WinEvent"),
    }

    found = ask(monkeypatch, Server(errors=late, late=1), *late)

    assert {answer.outcome for answer in found.values()} == {Outcome.DENIED}


def test_events_are_never_dropped_for_a_record_of_another_log(monkeypatch: pytest.MonkeyPatch) -> None:
    event = '{"Id":6100,"ProviderName":"x","Level":2,"RecordId":1,"TimeCreated":"/Date(0)/","Message":"x"}'
    server = Server(
        texts={"events_directory_synchronization": event},
        errors={"events_adsync": ErrorText(NONE, "none", "Get-WinEvent")},
        late=1,
    )

    found = ask(monkeypatch, server, "events_adsync", "events_directory_synchronization")

    assert not any(answer.ok and answer.value == [] for answer in found.values())


def test_a_healthy_batch_is_asked_once(monkeypatch: pytest.MonkeyPatch) -> None:
    server = Server(errors={"events_adsync": ErrorText(NONE, "none", "Get-WinEvent")})

    found = ask(monkeypatch, server, "overrides", "events_adsync", "runs")

    assert all(answer.ok for answer in found.values())
    assert len(server.pipelines) == 1


CLOCK = "2026-11-20T08:00:00.0000000+00:00"
OWED = '{"ConnectorIdentifier":"a","FullImportRequired":true,"FullSyncRequired":true}'
BUSY = '{"RunState":1,"ConnectorName":"a"}'
READS = ("overrides", "run_status", "entra_connector_account")


@pytest.mark.parametrize(
    "output",
    [
        [CLOCK, OWED, BUSY, CLOCK, CLOCK],
        [CLOCK, OWED, CLOCK, BUSY, CLOCK],
        [CLOCK, CLOCK, CLOCK, OWED, BUSY],
        [CLOCK, OWED, CLOCK, CLOCK],
        [OWED, CLOCK, CLOCK, CLOCK, BUSY],
    ],
)
def test_output_in_another_order_is_asked_for_again_alone(monkeypatch: pytest.MonkeyPatch, output: list[str]) -> None:
    """What was owed came after its own trailer, and the list of what is owed was empty."""

    class Disordered(Server):
        def converse(self, statements: Sequence[Statement], *more: object) -> Conversation:
            if len(statements) == 1:
                return super().converse(statements, *more)
            talk = _Talk(statements)
            for text in output:
                talk.output(text)
            return Conversation(tuple(talk.segments))

    found = ask(monkeypatch, Disordered(texts={"overrides": OWED, "run_status": BUSY}), *READS)

    rows = {read: found[read].value for read in ("overrides", "run_status") if found[read].ok}
    assert rows.get("overrides", [json.loads(OWED)]) == [json.loads(OWED)]
    assert rows.get("run_status", [json.loads(BUSY)]) == [json.loads(BUSY)]


class Scripted:
    """A wire in the place of a server's, which gives each read's rows."""

    down = None
    bracketed = True
    seconds_left = 60.0

    def __init__(self, values: dict[str, object]) -> None:
        self._values = values

    def ask(self, questions: Sequence[psrp.Question]) -> list[Answer]:
        return [
            Answer.of("new", question.name, self._values.get(question.read.name), question.subject)
            for question in questions
        ]


@pytest.fixture
def reads(monkeypatch: pytest.MonkeyPatch) -> Callable[[dict[str, object]], ServerReads]:
    def made(values: dict[str, object]) -> ServerReads:
        monkeypatch.setattr("fixtures.collect.server.wire_of", lambda *_: Scripted(values))
        wanted = ("connectors", "connector_statistics", "group_statistics")
        server = ServerReads(ENVIRONMENT.new, ENVIRONMENT, Identities(), wanted, 0)
        server.calm = True
        server.keep([Answer.of("new", "connectors", values["connectors"])])
        return server

    return made


@pytest.mark.parametrize("name", ["*", "contoso.co[a-z]", "O'Brien.com", "$(Stop-Service ADSync)"])
def test_a_connector_with_a_strange_name_is_not_asked_for_and_stops_nobody_else(
    reads: Callable[[dict[str, object]], ServerReads], name: str
) -> None:
    """The whole run broke off before."""
    connectors = [{"Name": name, "Identifier": "1"}, {"Name": "contoso.com", "Identifier": "2"}]
    server = reads({"connectors": connectors, "connector_statistics": {"ExportAdds": 0}, "group_statistics": []})

    server.read_statistics()

    strange, plain = server.kept["connector_statistics", name], server.kept["connector_statistics", "contoso.com"]
    assert (strange.outcome, plain.outcome) == (Outcome.FAILED, Outcome.OK)
    assert "does not look like a name" in str(strange.error)
    assert server.kept["group_statistics", name].outcome is Outcome.FAILED


def test_answers_that_do_not_fit_together_are_withdrawn(
    reads: Callable[[dict[str, object]], ServerReads],
) -> None:
    server = reads({"connectors": [{"Name": "a", "Identifier": "1"}]})

    server.give_up("its answers do not fit together (TypeError: x)")

    assert server.kept["connectors", ""].outcome is Outcome.FAILED
    assert "do not fit together" in str(server.kept["connectors", ""].error)


def test_the_tokens_of_a_sign_in_stand_in_no_log() -> None:
    assert not logging.getLogger("spnego._negotiate").isEnabledFor(logging.DEBUG)
