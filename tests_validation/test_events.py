"""What the Application log says about the exports [adsync §10]."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from fixtures.facts.events import (
    ASSEMBLY_TOO_OLD,
    EXPORT_ERROR,
    PASSWORD_SYNC_ERRORS,
    REFERENCE_FILTERED,
    deletes_were_suppressed,
    filtered_reference,
    with_id,
)
from fixtures.facts.groups import in_scope

if TYPE_CHECKING:
    from datetime import datetime

    from fixtures.facts.pair import Migration
    from fixtures.facts.result import Result
    from fixtures.facts.server import ServerFacts

LOG = ("events_adsync", "events_directory_synchronization", "events_oldest")
NEW_LOG = tuple(f"new.{read}" for read in LOG)
EXPORTING = ("switched", "soak", "finish", "nightly")


def nothing_found(server: ServerFacts, what: str, now: datetime, result: Result) -> None:
    """An empty search proves something only when the log reaches back through the window."""
    since = now - server.policy.event_window
    if server.log_covers(now):
        result.passed(server.name, f"no {what} since {since:%F %R}Z", {"events": len(server.events)})
    else:
        result.inconclusive(server.name, f"no {what}, but {server.log_reach}")


@pytest.mark.check(
    "EV-01v1",
    title="References were only left out for members out of scope",
    severity="blocking",
    gates=EXPORTING,
    claims=("S0-31", "S0-33", "S0-34", "S0-35", "S0-36"),
    pitfalls=("P41",),
    reads=NEW_LOG,
    optional_reads=(*LOG, "reference_object"),
)
def test_filtered_references_are_out_of_scope(migration: Migration, now: datetime, result: Result) -> None:
    """Version 2 logs 6949 for each member it leaves out.

    Why: it is informational when that member is not synchronized, and a lost member when it is.
    Judged: every Reference DN is looked up on the Entra connector of the active server: joined there is a fault; a
    placeholder or nothing is informational. One that nobody looked up does not decide.
    Fix: resolve the provisioning error of the named member, then let a cycle run.
    """
    server = migration.active
    events = with_id(server.events, REFERENCE_FILTERED, since=now - migration.policy.event_window)
    if not events:
        nothing_found(server, "filtered reference", now, result)
        return
    references = {found.reference_dn: found for event in events if (found := filtered_reference(event))}
    unreadable = [event for event in events if filtered_reference(event) is None]
    scopes = {dn: in_scope(migration.answers, server.name, dn) for dn in references}
    informational = sum(1 for joined in scopes.values() if joined is False)
    for dn, joined in scopes.items():
        if joined:
            group = references[dn].object_dn
            result.failed(
                dn, f"this member is in scope and was left out of {group}", {"event": references[dn].event.id}
            )
    unknown = sum(1 for joined in scopes.values() if joined is None) + len(unreadable)
    if unknown:
        result.inconclusive(server.name, f"{unknown:,} references in 6949 events were not looked up")
    result.passed(server.name, f"{informational:,} members out of scope in {len(events):,} events 6949, informational")


@pytest.mark.check(
    "EV-02v1",
    title="No deletes were suppressed",
    severity="blocking",
    gates=EXPORTING,
    claims=("S0-31",),
    pitfalls=("P14",),
    reads=NEW_LOG,
    optional_reads=LOG,
)
def test_no_deletes_were_suppressed(migration: Migration, now: datetime, result: Result) -> None:
    """Over the threshold the export stops, and the portal stays green.

    Why: the server wants to delete more objects than anybody expected.
    Judged: by the text of event 116, because the same id also tells the threshold.
    Fix: review the pending deletes of the Entra connector before anybody raises the threshold.
    """
    server = migration.active
    since = now - migration.policy.event_window
    found = [event for event in server.events if deletes_were_suppressed(event) and event.time >= since]
    if found:
        result.failed(server.name, f"{found[0].time:%F %R}Z: {found[0].message[:160]}", {"events": len(found)})
    else:
        nothing_found(server, "suppressed delete", now, result)


@pytest.mark.check(
    "EV-03v1",
    title="Exports have no errors of another kind",
    severity="blocking",
    gates=EXPORTING,
    claims=("S0-31", "S0-33"),
    pitfalls=("P18", "P20", "P41"),
    reads=NEW_LOG,
    optional_reads=LOG,
)
def test_exports_have_no_other_errors(migration: Migration, now: datetime, result: Result) -> None:
    """Many informational messages hide the one that is not.

    Why: an error of another type than filtered references is an object that was not written.
    Judged: event 6941 with another error name than dn-attributes-failure.
    Fix: repair the named object; its error name says how.
    """
    server = migration.active
    events = with_id(server.events, EXPORT_ERROR, since=now - migration.policy.event_window)
    others = [event for event in events if event.error_name != "dn-attributes-failure"]
    for name in sorted({event.error_name or "unnamed" for event in others}):
        of_name = [event for event in others if (event.error_name or "unnamed") == name]
        result.failed(name, f"{len(of_name):,} export errors, the last at {of_name[0].time:%F %R}Z", {"event": 6941})
    if not others:
        nothing_found(server, "export error of another kind", now, result)


@pytest.mark.check(
    "EV-04v1",
    title="No connector is configured for an older assembly",
    severity="advisory",
    gates=("prepare", "deployed", "promote", "upgraded", "nightly"),
    claims=("S3-21", "S3-22"),
    reads=LOG,
    servers="each",
)
def test_no_connector_has_an_old_assembly(
    server: ServerFacts, migration: Migration, now: datetime, result: Result
) -> None:
    """Generic LDAP and SQL connectors must be refreshed after an upgrade.

    Why: their imports and exports fail until somebody does.
    Judged: event 6947 in the window.
    Fix: refresh the connector in the Synchronization Service.
    """
    if why := migration.retired(server):
        result.not_applicable(server.name, why, {"old_exit": migration.plan.old_exit})
        return
    found = with_id(server.events, ASSEMBLY_TOO_OLD, since=now - migration.policy.event_window)
    if found:
        result.failed(server.name, found[0].message[:200], {"events": len(found)})
    else:
        nothing_found(server, "old assembly", now, result)


@pytest.mark.check(
    "EV-05v1",
    title="Password hash synchronization reports no errors",
    severity="advisory",
    gates=EXPORTING,
    claims=("S0-31", "S3-15"),
    pitfalls=("P19",),
    reads=NEW_LOG,
    optional_reads=LOG,
)
def test_password_synchronization_has_no_errors(migration: Migration, now: datetime, result: Result) -> None:
    """Password hashes resume where they stopped when staging mode ends.

    Why: people notice only when an old password still works.
    Judged: events 611, 652 and 655 in the window.
    Fix: run the password synchronization diagnostics of the product.
    """
    server = migration.active
    found = with_id(server.events, *PASSWORD_SYNC_ERRORS, since=now - migration.policy.event_window)
    if found:
        result.failed(server.name, f"event {found[0].id}: {found[0].message[:160]}", {"events": len(found)})
    else:
        nothing_found(server, "password synchronization error", now, result)
