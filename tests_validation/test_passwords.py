"""Do passwords still travel both ways, now that another server is active? [entra §6 P9, P12]."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from fixtures.facts.passwords import (
    HASHES,
    HEARTBEAT,
    WRITEBACK,
    last_hashes,
    last_open_channel,
    switched_on,
    writeback_started,
)

if TYPE_CHECKING:
    from datetime import datetime

    from fixtures.facts.pair import Migration
    from fixtures.facts.result import Result


@pytest.mark.check(
    "PW-01v1",
    title="Password writeback has its channel on the active server",
    severity="advisory",
    gates=("switched", "soak", "upgraded", "nightly"),
    claims=("S3-47",),
    pitfalls=("P12",),
    reads=("scheduler", "global_parameters", "connectors"),
    optional_reads=("password_writeback", "events_password_writeback"),
)
def test_password_writeback_has_its_channel(migration: Migration, now: datetime, result: Result) -> None:
    """Only one server can hold the channel to the service bus, and a second active one takes it away.

    Why: people reset their passwords in the cloud, are told that it worked, and cannot sign in at their desk.
    Judged: where writeback is configured, its service on the active server is started, and the log of the window holds
    event 31042. Started without that event does not decide: the channel may be another server's.
    Fix: switch password writeback off and on in the wizard of the active server, with every other one in staging mode.
    """
    server = migration.active
    if not switched_on(server, WRITEBACK):
        result.not_applicable(server.name, "password writeback is not configured", {WRITEBACK: "False"})
    elif not writeback_started(server):
        result.failed(server.name, f"password writeback is configured on {server.name}, and its service is not started")
    elif (last := last_open_channel(server, now)) is None:
        result.inconclusive(server.name, "its service is started, and no event 31042 shows that the channel is open")
    else:
        result.passed(server.name, f"its service is started, its channel was open at {last:%F %R}Z", {"31042": last})


@pytest.mark.check(
    "PW-02v1",
    title="Password hash synchronization shows signs of life",
    severity="advisory",
    gates=("switched", "soak", "upgraded", "nightly"),
    claims=("S3-15", "S3-47"),
    pitfalls=("P9",),
    reads=("scheduler", "global_parameters", "connectors", "events_password_hashes", "events_oldest"),
    optional_reads=("runs",),
)
def test_password_hash_synchronization_lives(migration: Migration, now: datetime, result: Result) -> None:
    """It has a schedule of its own, beside the cycle, and starts on a server when that becomes active.

    Why: cycles go on and stay green while new passwords no longer reach Entra ID.
    Judged: where it is configured, an event 654, 656 or 657 of the active server is not older than 3 hours. A server
    that became active less than 3 hours ago has that time.
    Fix: look at the events 611 and 652 on the active server; restart its service.
    """
    server = migration.active
    if not switched_on(server, HASHES):
        result.not_applicable(server.name, "password hash synchronization is not configured", {HASHES: "False"})
        return
    last = last_hashes(server, now)
    facts = {"last": last, "log_begins": server.log_begins}
    if last is not None and now - last <= HEARTBEAT:
        result.passed(server.name, f"its last sign of life came at {last:%F %R}Z", facts)
        return
    exports = migration.exports_since_the_switch
    if not exports or now - exports[-1].started_at <= HEARTBEAT:
        result.inconclusive(server.name, f"{server.name} was not seen active for {HEARTBEAT} yet", facts)
    elif not server.log_reaches(now - HEARTBEAT):
        result.inconclusive(server.name, server.log_reach, facts)
    else:
        told = f"its last sign of life came at {last:%F %R}Z" if last else "the log shows no sign of life"
        result.failed(server.name, f"{told}, which is older than {HEARTBEAT}", facts)
