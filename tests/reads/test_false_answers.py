"""A tenant or a server that answers something else than it was asked: it never counts as an answer."""

from __future__ import annotations

import asyncio
import json
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from typing import TYPE_CHECKING, Any

import httpx
import pytest
from azure.core.credentials import AccessToken

from fixtures.answers import Answer, Outcome
from fixtures.environment import Environment
from fixtures.reads import SERVER_READS, TENANT_READS, IncompleteError, statement
from fixtures.wire import graph
from fixtures.wire.error_values import meaning
from fixtures.wire.failures import ErrorText, Failure

if TYPE_CHECKING:
    from collections.abc import Callable

GROUP, OTHER = "11111111-2222-4333-8444-555555555555", "99999999-2222-4333-8444-555555555555"
SID = "S-1-5-21-1-2-3-1104"
TENANT = "https://graph.example"


class Credential:
    async def get_token(self, *_: str, **__: Any) -> AccessToken:
        return AccessToken("token", 4102444800)

    async def close(self) -> None:
        return None


def ask(
    monkeypatch: pytest.MonkeyPatch, read: str, subject: str, answer: Callable[[httpx.Request], httpx.Response]
) -> tuple[Answer, list[httpx.URL]]:
    """Ask a Graph that answers so, without a wire; return the answer and every address that was asked for."""
    asked: list[httpx.URL] = []

    def handle(request: httpx.Request) -> httpx.Response:
        asked.append(request.url)
        return answer(request)

    monkeypatch.setattr(graph, "credential", lambda _: Credential())
    monkeypatch.setattr(graph, "_BACKOFF", lambda _: 0.0)
    monkeypatch.setattr(httpx, "AsyncHTTPTransport", lambda **_: httpx.MockTransport(handle))
    environment = Environment.model_validate(
        {
            "servers": {"new": {"purpose": "new", "host": "x", "computer_name": "X", "authentication": "kerberos"}},
            "tenant": {
                "id": GROUP, "client_id": OTHER, "authentication": "secret", "client_secret": "env:X",
                "graph_url": TENANT, "authority_url": TENANT,
            },
            "plan": {"kind": "in-place"},
        }
    )  # fmt: skip

    async def once() -> Answer:
        async with graph.GraphWire(environment) as wire:
            return await wire.ask(TENANT_READS[read], subject)

    return asyncio.run(once()), asked


def says(value: Any, status: int = 200, **headers: str) -> Callable[[httpx.Request], httpx.Response]:
    content = json.dumps(value)
    return lambda _: httpx.Response(status, text=content, headers={"content-type": "application/json", **headers})


def test_the_stand_in_answers_as_graph_does(monkeypatch: pytest.MonkeyPatch) -> None:
    answer, _ = ask(monkeypatch, "group_by_id", GROUP, says({"id": GROUP}))
    assert answer.value == {"id": GROUP}


@pytest.mark.parametrize(
    ("read", "subject", "value", "why"),
    [
        ("group_by_id", GROUP, {"id": OTHER}, f"about {OTHER}, not about {GROUP}"),
        ("group_by_id", GROUP, None, "null came"),
        (
            "group_by_sid",
            SID,
            {"value": [{"id": OTHER, "onPremisesSecurityIdentifier": f"{SID}9"}]},
            f"about {SID}9, not about {SID}",
        ),
        ("group_by_sid", SID, {"value": [], "@odata.nextLink": f"{TENANT}/v1.0/groups?x"}, "next link leads away"),
        ("sync_accounts", "", {"value": {}}, "a page without value"),
        ("members_count", GROUP, True, "no number"),
    ],
)
def test_an_answer_of_another_meaning_is_partial(
    monkeypatch: pytest.MonkeyPatch, read: str, subject: str, value: Any, why: str
) -> None:
    answer, _ = ask(monkeypatch, read, subject, says(value))
    assert answer.outcome is Outcome.PARTIAL
    assert why in str(answer.error)


@pytest.mark.parametrize("status", [202, 203, 204, 206])
def test_another_status_than_200_is_no_whole_answer(monkeypatch: pytest.MonkeyPatch, status: int) -> None:
    answer, _ = ask(monkeypatch, "organization", "", says({"value": [{"id": "x"}]}, status))
    assert answer.outcome is Outcome.PARTIAL
    assert f"HTTP status {status}" in str(answer.error)


@pytest.mark.parametrize(
    "place", ["https://evil.example/v1.0/organization", f"{TENANT}/v1.0/groups/{OTHER}", "http://graph.example/x"]
)
def test_a_redirect_is_never_followed(monkeypatch: pytest.MonkeyPatch, place: str) -> None:
    """Within the table too: it would be the answer of another group."""
    answer, asked = ask(monkeypatch, "group_by_id", GROUP, says({}, 302, location=place))
    assert answer.outcome is Outcome.PARTIAL
    assert {str(url) for url in asked} == {TENANT_READS["group_by_id"].url(TENANT, GROUP).replace("%2C", ",")}


@pytest.mark.parametrize(
    "following",
    [
        f"{TENANT}/v1.0/groups/{OTHER}/members?$skiptoken=2",
        f"{TENANT}/beta/groups/{GROUP}/members?$skiptoken=2",
        f"{TENANT}.evil.example/v1.0/groups/{GROUP}/members?$skiptoken=2",
        f"http://graph.example/v1.0/groups/{GROUP}/members?$skiptoken=2",
        f"{TENANT}@evil.example/v1.0/groups/{GROUP}/members?$skiptoken=2",
        7,
    ],
)
def test_a_next_link_of_another_group_or_place_is_not_followed(
    monkeypatch: pytest.MonkeyPatch, following: object
) -> None:
    """The members of another group would have filled what this one has lost."""
    page = {"value": [{"@odata.type": "#microsoft.graph.user", "id": "1"}], "@odata.nextLink": following}
    answer, asked = ask(monkeypatch, "members", GROUP, says(page))
    assert answer.outcome is Outcome.PARTIAL
    assert {url.path for url in asked} == {f"/v1.0/groups/{GROUP}/members"}
    assert {url.host for url in asked} == {"graph.example"}


@pytest.mark.parametrize("hours", [-1, 1])
def test_an_answer_of_another_time_is_no_answer(monkeypatch: pytest.MonkeyPatch, hours: int) -> None:
    """A proxy may keep one, and what it says was true then."""
    date = format_datetime(datetime.now(UTC) + timedelta(hours=hours), usegmt=True)
    answer, _ = ask(monkeypatch, "organization", "", says({"value": [{"id": "x"}]}, date=date))
    assert answer.outcome is Outcome.PARTIAL
    now = format_datetime(datetime.now(UTC), usegmt=True)
    assert ask(monkeypatch, "organization", "", says({"value": [{"id": "x"}]}, date=now))[0].ok


NONE = ErrorText("NoMatchingEventsFound,Microsoft.PowerShell.Commands.GetWinEventCommand", "No events were found")
DENIED = ErrorText("UnauthorizedAccess", "Attempted to perform an unauthorized operation")


@pytest.mark.parametrize(
    ("errors", "text", "outcome"),
    [
        ([NONE, DENIED], "", Outcome.DENIED),
        ([NONE], '[{"Id":6100}]', Outcome.PARTIAL),
        ([], "", Outcome.PARTIAL),
    ],
)
def test_no_events_is_only_what_the_record_says_alone(errors: list[ErrorText], text: str, outcome: Outcome) -> None:
    """Each of these was an empty list before: no event had ever gone wrong."""
    found = meaning(SERVER_READS["events_adsync"], errors, text, "SwingGate")
    assert isinstance(found, Failure)
    assert found.outcome is outcome
    assert meaning(SERVER_READS["events_adsync"], [NONE], "", "SwingGate") == ""


@pytest.mark.parametrize(
    ("read", "arguments", "row"),
    [
        ("group_statistics", {"connector": "contoso.com", "minimum": 0, "start": 0}, {"ConnectorName": "other.com"}),
        ("group_object", {"identifier": GROUP}, {"ObjectId": OTHER}),
        ("group_object_by_dn", {"connector": "c", "dn": "CN=A,DC=x"}, {"DistinguishedName": "CN=B,DC=x"}),
        ("reference_object", {"dn": "CN={41}"}, {"DistinguishedName": "CN={42}"}),
    ],
)
def test_an_object_of_another_question_is_told_from_the_one_asked_for(
    read: str, arguments: dict[str, Any], row: dict[str, str]
) -> None:
    found = SERVER_READS[read]
    asked = statement(found, arguments, jea=True)
    with pytest.raises(IncompleteError, match="was asked for"):
        found.check_echo([row], asked)
    (name, parameter) = found.echo or ("", "")
    found.check_echo([{name: str(dict(asked.commands[0].parameters)[parameter]).upper().replace(",", ", ")}], asked)
