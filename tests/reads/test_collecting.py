"""The decisions of a collection that need no wire: what is torn, whose members are needed, who may sign in."""

from __future__ import annotations

import struct
import threading
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest
from pypsrp.exceptions import FragmentError
from pypsrp.powershell import RunspacePool
from pypsrp.wsman import WSMan

from fixtures.answers import Answer, Answers, MissingAnswer, Outcome, Provenance
from fixtures.collect import plan
from fixtures.collect.need import Situation, members_needed
from fixtures.collect.torn import Kept, why_torn, withdraw
from fixtures.collect.trails import Trail, distinct
from fixtures.collect.wants import UnknownReadError, complete
from fixtures.environment import Environment, Server, load
from fixtures.wire.failures import Failure, SystemFailedError
from fixtures.wire.fragments import LinearFragmenter, make_linear
from fixtures.wire.identities import Identities, identity_of
from fixtures.wire.session import read_clock

if TYPE_CHECKING:
    from pathlib import Path

ENVIRONMENT = """
[servers.old]
purpose = "old"
host = "sync01"
username = 'CONTOSO\\reader'
password = "env:OLD"
computer_name = "SYNC01"
[servers.new]
purpose = "new"
host = "sync02"
username = 'contoso\\Reader'
password = "env:NEW"
computer_name = "SYNC02"
configuration_name = "Microsoft.PowerShell"
[tenant]
id = "00000000-0000-0000-0000-000000000001"
client_id = "00000000-0000-0000-0000-000000000002"
authentication = "secret"
client_secret = "env:GRAPH"
[plan]
kind = "v2-endpoint"
"""


@pytest.fixture
def environment(tmp_path: Path) -> Environment:
    path = tmp_path / "environment.toml"
    path.write_text(ENVIRONMENT)
    return load(path)


def marks(version: int = 1, number: int = 7, *, running: bool = False, suffix: str = "") -> list[Answer]:
    row = {"ConnectorId": "a", "RunNumber": number, "IsRunComplete": True}
    return [
        Answer.of("new", "scheduler" + suffix, {"SyncCycleInProgress": running}),
        Answer.of("new", "run_marks" + suffix, [row]),
        Answer.of("new", "global_settings" + suffix, {"Version": version}),
    ]


def kept(*answers: Answer) -> Kept:
    return {(answer.read, answer.subject): answer for answer in answers}


def test_marks_that_did_not_move_prove_that_nothing_is_torn() -> None:
    assert why_torn(kept(*marks(), *marks(suffix="@end"))) is None


@pytest.mark.parametrize(
    ("first", "last", "reason"),
    [
        (marks(), marks(version=2, suffix="@end"), "global_settings moved"),
        (marks(), marks(number=8, suffix="@end"), "run_marks moved"),
        (marks(), marks(running=True, suffix="@end"), "cycle was running"),
        (marks(running=True), marks(suffix="@end"), "cycle was running"),
        (marks(), [], "could not be read"),
    ],
)
def test_marks_that_moved_tear_what_lies_between(first: list[Answer], last: list[Answer], reason: str) -> None:
    assert reason in (why_torn(kept(*first, *last)) or "")


def test_what_the_engine_has_no_part_in_is_not_torn() -> None:
    answers = kept(
        Answer.of("new", "rules", []), Answer.of("new", "service", {}), Answer.of("new", "computer_name", {})
    )
    withdraw(answers, "moved")
    assert {read: str(answer.outcome) for (read, _), answer in answers.items()} == {
        "rules": "torn",
        "service": "ok",
        "computer_name": "ok",
    }
    assert answers["rules", ""].raw == "[]"


@pytest.mark.parametrize(
    ("gate", "count", "exported", "needed"),
    [
        ("deployed", 49_000, False, True),
        ("promote", 60_000, True, False),
        ("promote", None, False, True),
        ("switched", 60_000, False, False),
        ("switched", 60_000, True, True),
        ("switched", 40_000, False, True),
        ("soak", 250_000, False, True),
        ("finish", 250_000, False, True),
        ("rollback", 10, True, False),
        ("rolled-back", 10, True, False),
    ],
)
def test_members_are_read_only_where_they_can_already_match(
    gate: str, count: int | None, *, exported: bool, needed: bool
) -> None:
    situation = Situation(gate, sendable=50_000, old_sendable=50_000, exported=exported)
    found, why = members_needed(situation, count)
    assert found is needed
    assert why


def test_a_limit_that_could_not_be_read_is_taken_for_the_smallest() -> None:
    situation = Situation("promote", sendable=None, old_sendable=None, exported=False)
    assert members_needed(situation, 50_000)[0]
    assert not members_needed(situation, 50_001)[0]


def test_two_names_of_one_group_are_one_trail() -> None:
    named, listed = Trail(key="CN=A,DC=x", ad="1"), Trail(key="1", ad="1")
    assert distinct([named, listed]) == [named]


def test_an_identity_that_was_refused_is_not_tried_again(environment: Environment) -> None:
    identities = Identities()
    refused = SystemFailedError(Failure(Outcome.AUTHENTICATION, "wrong password"))
    with pytest.raises(SystemFailedError), identities.attempt(environment.old):
        raise refused
    with pytest.raises(SystemFailedError, match="refused by sync01:5986"), identities.attempt(environment.new):
        pytest.fail("it was tried again")


def test_an_unreachable_server_is_no_refusal(environment: Environment) -> None:
    identities = Identities()
    away = SystemFailedError(Failure(Outcome.UNREACHABLE, "refused"))
    with pytest.raises(SystemFailedError), identities.attempt(environment.old):
        raise away
    with identities.attempt(environment.new):
        pass


def test_the_first_attempts_of_one_identity_are_made_one_after_the_other(environment: Environment) -> None:
    identities, order = Identities(), []
    inside = threading.Event()

    def second() -> None:
        inside.wait(5)
        with identities.attempt(environment.new):
            order.append("new")

    thread = threading.Thread(target=second)
    thread.start()
    with identities.attempt(environment.old):
        inside.set()
        thread.join(0.2)
        order.append("old")
    thread.join(5)
    assert order == ["old", "new"]


@pytest.mark.parametrize(
    ("username", "key"),
    [
        ("CONTOSO\\Reader", "contoso\\reader"),
        ("reader@contoso.com", "reader@contoso.com"),
        ("reader", "sync02:5986/reader"),
        (".\\reader", "sync02:5986/.\\reader"),
        ("SYNC02\\reader", "sync02:5986/sync02\\reader"),
    ],
)
def test_a_local_account_is_its_machines_own(environment: Environment, username: str, key: str) -> None:
    server: Server = environment.new.model_copy(update={"username": username})
    assert identity_of(server) == key


def test_wants_bring_what_they_rest_on(environment: Environment) -> None:
    wanted = complete(environment, {("tenant", "members"), ("new", "computer_name")})
    assert {("old", "group_statistics"), ("old", "rules"), ("new", "scheduler"), ("new", "connectors")} <= wanted
    assert complete(environment, {("new", "computer_name")}) == {("new", "computer_name")}


@pytest.mark.parametrize("wanted", [("new", "nothing"), ("other", "rules"), ("tenant", "rules"), ("new", "members")])
def test_an_unknown_read_is_a_mistake(environment: Environment, wanted: tuple[str, str]) -> None:
    with pytest.raises(UnknownReadError):
        complete(environment, {wanted})


def test_the_plan_names_request_right_and_what_is_not_offered(environment: Environment) -> None:
    found = {
        (read.system, read.read): read
        for read in plan(
            environment, {("old", "export_api_version"), ("new", "export_api_version"), ("new", "connector_statistics")}
        )
    }
    assert not found["old", "export_api_version"].offered
    assert found["new", "export_api_version"].offered
    assert found["new", "connector_statistics"].request.startswith("Get-ADSyncConnectorStatistics -ConnectorName")
    assert "ADSyncAdmins" in found["new", "connector_statistics"].right


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("2026-03-01T08:00:00.1234567+01:00", datetime(2026, 3, 1, 7, 0, 0, 123456, UTC)),
        ("2026-03-01T08:00:00.1234567Z", datetime(2026, 3, 1, 8, 0, 0, 123456, UTC)),
        ("2026-03-01T08:00:00.1234567", datetime(2026, 3, 1, 8, 0, 0, 123456, UTC)),
        ("2026-03-01", None),
        ('"2026-03-01T08:00:00.1234567Z"', None),
    ],
)
def test_the_trailer_is_the_servers_clock(text: str, moment: datetime | None) -> None:
    assert read_clock(text) == moment


@pytest.mark.parametrize(("seconds", "skew"), [(-10, -10), (0, 0), (1, 0), (2, 0), (12, 10)])
def test_skew_is_only_what_lies_outside_the_time_of_the_read(seconds: int, skew: int) -> None:
    start = datetime(2026, 3, 1, tzinfo=UTC)
    about = Provenance("x", "x", "x", "x", start, start + timedelta(seconds=2), "x")
    clock = start + timedelta(seconds=seconds)
    told = Provenance(**{name: getattr(about, name) for name in about.__slots__} | {"server_clock": clock})
    assert about.clock_skew is None
    assert told.clock_skew == timedelta(seconds=skew)


def test_one_question_has_one_answer() -> None:
    with pytest.raises(ValueError, match="answered twice"):
        Answers([Answer.of("new", "rules", []), Answer.of("new", "rules", [])])


def test_an_answer_without_a_value_says_why() -> None:
    answer = Answer.without_value("new", "rules", Outcome.DENIED, "access denied")
    with pytest.raises(MissingAnswer, match=r"new: rules: denied \(access denied\)"):
        answer.get()


@pytest.fixture
def fragmenter() -> LinearFragmenter:
    pool = RunspacePool(WSMan("localhost", username="u", password="p"))
    make_linear(pool)
    assert isinstance(pool._fragmenter, LinearFragmenter)
    return pool._fragmenter


def fragment(number: int, flags: int, data: bytes, length: int | None = None) -> bytes:
    return struct.pack(">QQBI", 1, number, flags, len(data) if length is None else length) + data


@pytest.mark.parametrize(
    "data",
    [
        fragment(1, 2, b"x"),
        fragment(0, 1, b"x") + fragment(2, 2, b"x"),
        fragment(0, 0, b"x"),
        fragment(0, 3, b"x", length=2),
        b"short",
    ],
)
def test_a_fragment_that_is_missing_breaks_the_stream(fragmenter: LinearFragmenter, data: bytes) -> None:
    with pytest.raises(FragmentError):
        fragmenter.defragment(data)


def test_a_message_in_pieces_waits_for_its_last_one(fragmenter: LinearFragmenter) -> None:
    assert fragmenter.defragment(fragment(0, 1, b"x" * 100) + fragment(1, 0, b"x")) == []


@pytest.mark.parametrize("value", [None, "False", 0, "", True])
def test_a_cycle_may_run_unless_the_scheduler_plainly_says_that_none_does(value: object) -> None:
    found = kept(*marks(), *marks(suffix="@end"))
    found["scheduler", ""].value["SyncCycleInProgress"] = value
    assert "cycle was running" in (why_torn(found) or "")


@pytest.mark.parametrize("read", ["scheduler", "run_marks", "global_settings"])
def test_a_mark_that_cannot_be_read_again_proves_nothing(read: str) -> None:
    """The two others did not move, and that was taken for proof."""
    found = kept(*marks(), *marks(suffix="@end"))
    found[f"{read}@end", ""] = found[f"{read}@end", ""].become(Outcome.DENIED, "access denied")
    assert f"{read} could not be read again" in (why_torn(found) or "")


def test_a_mark_without_a_number_is_no_mark() -> None:
    found = kept(*marks(), *marks(suffix="@end"))
    for key in ("run_marks", "run_marks@end"):
        found[key, ""].value[0]["RunNumber"] = None
    assert "run_marks holds no mark" in (why_torn(found) or "")
