"""What the Application log says in its texts, and who changed what [adsync §10]."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from fixtures.facts.event_texts import UNCONFIRMED, assembly_not_loaded, blocked_by_policy, is_audit, step_errors, who
from fixtures.facts.events import with_id

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from fixtures.facts.events import Event
    from fixtures.facts.pair import Migration
    from fixtures.facts.result import Result
    from fixtures.facts.server import ServerFacts

LOG = ("events_adsync", "events_directory_synchronization", "events_oldest")
IN_SERVICE = ("deployed", "promote", "switched", "soak", "finish", "nightly")


def judge_events(
    server: ServerFacts, migration: Migration, result: Result, what: str, wanted: Callable[[Event], bool]
) -> None:
    """Any event that is wanted is a fault; none proves something only when the log reaches back far enough."""
    if why := migration.retired(server):
        result.not_applicable(server.name, why, {"old_exit": migration.plan.old_exit})
        return
    since = migration.now - migration.policy.event_window
    found = [event for event in server.events if event.time >= since and wanted(event)]
    if found:
        first = found[0]
        facts = {"events": len(found), "id": first.id, "time": first.time}
        result.failed(server.name, f"event {first.id} at {first.time:%F %R}Z: {first.message[:160]}", facts)
    elif server.log_covers(migration.now):
        result.passed(server.name, f"no {what} since {since:%F %R}Z", {"events": len(server.events)})
    else:
        result.inconclusive(server.name, f"no {what}, but {server.log_reach}")


@pytest.mark.check(
    "EV-06v1",
    title="Every export was confirmed, and every watermark saved",
    severity="advisory",
    gates=IN_SERVICE,
    claims=("S0-31", "S0-33"),
    pitfalls=("P42",),
    reads=LOG,
    servers="each",
)
def test_every_export_was_confirmed(server: ServerFacts, migration: Migration, result: Result) -> None:
    """What was exported has to come back with the next import.

    Why: an export that is not confirmed is sent again in every cycle; without a watermark every delta is a full one.
    Judged: events 6105, 6110 and 6951 in the window.
    Fix: run a full import of the connector that the event names.
    """
    judge_events(server, migration, result, "unconfirmed export", lambda event: event.id in UNCONFIRMED)


@pytest.mark.check(
    "EV-07v1",
    title="No policy keeps the sync identity out",
    severity="advisory",
    gates=("prepare", *IN_SERVICE),
    claims=("S0-31", "S0-32"),
    pitfalls=("P35",),
    reads=LOG,
    servers="each",
)
def test_no_policy_keeps_the_sync_identity_out(server: ServerFacts, migration: Migration, result: Result) -> None:
    """A Conditional Access policy by address knows the old server, and not the new one.

    Why: the new server works until the hour in which it has to export.
    Judged: by the text of any event: Conditional Access, multi-factor, or the sign-in errors that stand for them. The
    id 906 alone means only that something went wrong.
    Fix: leave the sync identity out of the policy, or add the new server's address to the named location.
    """
    judge_events(server, migration, result, "sign-in stopped by a policy", blocked_by_policy)


@pytest.mark.check(
    "EV-08v1",
    title="Every part of the product could be loaded",
    severity="advisory",
    gates=("prepare", *IN_SERVICE, "upgraded"),
    claims=("S0-31", "S3-21", "S3-22"),
    reads=LOG,
    servers="each",
)
def test_every_part_could_be_loaded(server: ServerFacts, migration: Migration, result: Result) -> None:
    """An upgrade that did not replace everything leaves parts of two builds.

    Why: the step that needs the missing part fails, often only in the next export.
    Judged: FileLoadException in the text of any event.
    Fix: restore miiserver.exe.config from a clean installation of the build, or repair the installation.
    """
    judge_events(server, migration, result, "part that could not be loaded", assembly_not_loaded)


@pytest.mark.check(
    "EV-09v1",
    title="What the runs count as errors is known",
    severity="advisory",
    gates=("promote", "soak", "nightly"),
    claims=("S0-33", "S0-34"),
    pitfalls=("P41",),
    reads=LOG,
    servers="each",
)
def test_what_the_runs_count_as_errors_is_known(
    server: ServerFacts, migration: Migration, now: datetime, result: Result
) -> None:
    """Version 2 reports some errors differently, so numbers are compared and not forbidden.

    Why: only somebody who knows yesterday's numbers sees today's.
    Judged: the counts of every event 6100 in the window stand in the facts. One that cannot be read does not decide.
    Fix: compare with the other server; the errors themselves stand in the run they are named with.
    """
    if why := migration.retired(server):
        result.not_applicable(server.name, why, {"old_exit": migration.plan.old_exit})
        return
    events = with_id(server.events, 6100, since=now - migration.policy.event_window)
    read = [found for event in events if (found := step_errors(event))]
    facts = {str(found): sum(str(other) == str(found) for other in read) for found in read}
    if len(read) < len(events):
        result.inconclusive(
            server.name, f"{len(events) - len(read)} of {len(events)} events 6100 cannot be read", facts
        )
    else:
        result.passed(server.name, f"{len(events)} steps with errors, of {len(facts)} kinds", facts)


@pytest.mark.check(
    "EV-10v2",
    title="Who changed what is on record",
    severity="advisory",
    gates=("deployed", "promote", "nightly"),
    claims=("S0-28", "S1-10", "S3-36"),
    reads=("events_audit", "audit_switch"),
    servers="each",
)
def test_who_changed_what_is_on_record(
    server: ServerFacts, migration: Migration, now: datetime, result: Result
) -> None:
    """Builds from 2.4.129.0 on log what administrators do: evidence, and no judgement.

    Why: a review asks who raised the limit and when, and the log is overwritten.
    Judged: never by what somebody changed, only whether it would be on record: AuditEventLogging in the registry is not
    0. The audit events of the window stand in the facts; the diagnostics use the same ids, so the text decides.
    Fix: set AuditEventLogging to 1 before the next change, and write down by hand what was changed without it.
    """
    if why := migration.retired(server):
        result.not_applicable(server.name, why, {"old_exit": migration.plan.old_exit})
        return
    since = now - migration.policy.event_window
    found = [event for event in server.audit if event.time >= since and is_audit(event)]
    facts = {
        f"{event.time:%F %T}Z, {event.id}, record {event.record_id}": f"{who(event)}: {event.message[:200]}"
        for event in found
    }
    if server.audit_is_off:
        result.failed(server.name, "the audit is switched off: AuditEventLogging is 0", facts)
    else:
        result.passed(server.name, f"{len(found)} changes by administrators since {since:%F %R}Z", facts)


@pytest.mark.check(
    "EV-11v1",
    title="The Application log reaches back far enough",
    severity="advisory",
    gates=("prepare", *IN_SERVICE),
    claims=("S0-31",),
    reads=("events_oldest",),
    servers="each",
)
def test_the_application_log_reaches_back(server: ServerFacts, migration: Migration, result: Result) -> None:
    """No event is only good news while the log still holds the time it would be from.

    Why: the log is 20 MB by default, and a busy server fills it in hours.
    Judged: its oldest record is older than the event window of the policy.
    Fix: make the Application log larger before the migration begins.
    """
    if why := migration.retired(server):
        result.not_applicable(server.name, why, {"old_exit": migration.plan.old_exit})
    elif server.log_covers(migration.now):
        result.passed(server.name, f"it begins at {server.log_begins:%F %R}Z")
    else:
        window = migration.policy.event_window
        result.failed(server.name, f"{server.log_reach}, {window} are wanted")
