"""Did the imports, synchronizations and exports run, lately and well? [adsync §6]."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING

import pytest

from fixtures.answers import MissingAnswer
from fixtures.facts.events import EXPORT_ERROR, REFERENCE_FILTERED, RULES_CHANGED, rule_was_edited, with_id
from fixtures.facts.runs import EXPORTS, IMPORTS, RunKind

if TYPE_CHECKING:
    from datetime import datetime

    from fixtures.facts.pair import Migration
    from fixtures.facts.result import Result
    from fixtures.facts.runs import Run
    from fixtures.facts.server import ServerFacts


@pytest.mark.check(
    "RH-01v1",
    title="The last import and synchronization of every connector succeeded",
    severity="blocking",
    gates=("deployed", "promote", "switched", "soak", "finish", "upgraded"),
    claims=("S0-8", "S0-32", "S3-34"),
    pitfalls=("P35", "P38"),
    reads=("runs", "connectors"),
    optional_reads=("events_adsync", "events_directory_synchronization"),
    servers="new",
)
def test_the_last_runs_succeeded(server: ServerFacts, result: Result) -> None:
    """Imports are what the new server shows of itself before it may export.

    Why: a connector that could not be read looks like one whose objects are gone.
    Judged: per connector the newest finished import and the newest finished synchronization; only success is green.
    Fix: open the run in the Synchronization Service, repair its first error, and run a cycle.
    """
    for connector in server.connectors:
        for what, run in (
            ("import", server.last_import(connector)),
            ("synchronization", server.last_synchronization(connector)),
        ):
            subject = f"{connector.name}, {what}"
            if run is None:
                result.failed(subject, f"no {what} of {connector.name} is in the run history")
            elif run.succeeded:
                result.passed(subject, str(run), {"RunNumber": run.run_number})
            else:
                result.failed(subject, str(run), {"RunNumber": run.run_number, "Result": run.result})


@pytest.mark.check(
    "RH-02v1",
    title="The last full synchronization is newer than the last change of rules",
    severity="blocking",
    gates=("promote",),
    claims=("S3-34", "S3-36", "S3-52", "S0-28"),
    reads=("runs", "connectors", "events_adsync", "events_directory_synchronization", "events_oldest"),
    optional_reads=("events_audit",),
    servers="new",
)
def test_the_full_synchronization_is_newer_than_the_rules(server: ServerFacts, result: Result) -> None:
    """Exports that were staged before the rules changed are not what will be exported.

    Why: everybody has reviewed the old ones.
    Judged: a successful full synchronization of the Entra connector is in the history, and no event says that rules
    changed after it. A log that begins after that synchronization does not decide.
    Fix: Start-ADSyncSyncCycle -PolicyType Initial, then review the pending exports again.
    """
    full = server.history.last_success(server.entra.identifier, {RunKind.FULL_SYNCHRONIZATION})
    if full is None or full.ended_at is None:
        result.inconclusive(server.name, "no successful full synchronization of the Entra connector is in the history")
        return
    changed = [event for event in server.events if event.id in RULES_CHANGED]
    with suppress(MissingAnswer):  # builds before 2.4.129.0 and servers without the audit log no such event
        changed += [event for event in server.audit if rule_was_edited(event)]
    later = [event for event in changed if event.time > full.ended_at]
    facts = {"RunNumber": full.run_number, "ended": full.ended_at}
    if later:
        result.failed(server.name, f"event {later[0].id} at {later[0].time:%F %R}Z is newer than {full}", facts)
    elif not server.log_reaches(full.ended_at):
        result.inconclusive(server.name, f"no later change is known than {full}, but {server.log_reach}", facts)
    else:
        result.passed(server.name, f"no later change is known than {full}", facts)


@pytest.mark.check(
    "RH-03v1",
    title="The active server exports to Entra ID",
    severity="blocking",
    gates=("switched", "soak", "finish", "nightly"),
    claims=("S0-9", "S0-10", "S0-32", "S0-33", "S0-34"),
    pitfalls=("P14",),
    reads=("connectors", "runs"),
    optional_reads=("events_adsync", "events_directory_synchronization"),
)
def test_the_active_server_exports(migration: Migration, result: Result) -> None:
    """Leaving staging mode is done when export steps run.

    Why: a threshold, a lost permission or a wrong endpoint stops exports while imports go on.
    Judged: the newest export of the active server since the switch ended success, or had no error but references that
    were filtered (6949), which are judged apart.
    Fix: open the export in the Synchronization Service; stopped-deletion-threshold-exceeded needs a review first.
    """
    server, run = migration.active, migration.last_export_since_the_switch
    if run is None:
        result.inconclusive(server.name, "it has not exported since the switch: wait for its next cycle")
    elif run.succeeded:
        result.passed(server.name, str(run), {"RunNumber": run.run_number})
    elif only_filtered_references(server, run):
        result.passed(server.name, f"{run}, for filtered references only", {"RunNumber": run.run_number})
    else:
        result.failed(server.name, str(run), {"RunNumber": run.run_number, "Result": run.result})


def only_filtered_references(server: ServerFacts, run: Run) -> bool:
    """Whether an export that ended with errors had none but references that V2 leaves out [adsync §10]."""
    if run.result != "completed-export-errors" or run.ended_at is None:
        return False
    filtered = with_id(server.events, REFERENCE_FILTERED, since=run.started_at)
    errors = with_id(server.events, EXPORT_ERROR, since=run.started_at)
    return bool(filtered) and all(event.error_name == "dn-attributes-failure" for event in errors)


@pytest.mark.check(
    "RH-04v1",
    title="The new server has exported well for long enough",
    severity="blocking",
    gates=("soak",),
    claims=("S0-11", "S0-33"),
    reads=("connectors", "runs"),
    optional_reads=("events_adsync", "events_directory_synchronization"),
)
def test_the_new_server_has_exported_long_enough(migration: Migration, now: datetime, result: Result) -> None:
    """The documents ask to watch for a period; how long is policy.

    Why: the first cycles after the switch carry the large groups, and each later one can still fail.
    Judged: soak_cycles exports since the switch succeeded, and the first of them began soak_hours ago.
    Fix: wait.
    """
    server, policy = migration.active, migration.policy
    exports = migration.exports_since_the_switch
    good = [run for run in exports if run.succeeded or only_filtered_references(server, run)]
    began = min((run.started_at for run in exports), default=now) + server.history.uncertainty
    facts = {"exports": len(exports), "good": len(good), "since": began}
    if len(good) < policy.soak_cycles:
        result.inconclusive(server.name, f"{len(good)} of {policy.soak_cycles} good exports since the switch", facts)
    elif now - began < policy.soak:
        result.inconclusive(server.name, f"it exports since {began:%F %R}Z, {policy.soak} are wanted", facts)
    else:
        result.passed(server.name, f"{len(good)} good exports since {began:%F %R}Z", facts)


@pytest.mark.check(
    "RH-05v1",
    title="Full import and full synchronization were done on every connector",
    severity="advisory",
    gates=("deployed", "promote"),
    claims=("S3-13", "S3-34", "S0-8"),
    reads=("runs", "connectors"),
    servers="new",
)
def test_full_runs_were_done(server: ServerFacts, result: Result) -> None:
    """The documents ask for full runs on the staging server.

    Why: deltas after a change of rules see only what moved since. Advisory, because the history keeps seven days.
    Judged: a successful Full Import and Full Synchronization of each connector is in the run history.
    Fix: Start-ADSyncSyncCycle -PolicyType Initial
    """
    for connector in server.connectors:
        lacking = [
            kind.value
            for kind in (RunKind.FULL_IMPORT, RunKind.FULL_SYNCHRONIZATION)
            if server.history.last_success(connector.identifier, {kind}) is None
        ]
        if lacking:
            result.inconclusive(
                connector.name, f"no successful {' and '.join(lacking)} of {connector.name} is in the history"
            )
        else:
            result.passed(connector.name, "both are in the history")


@pytest.mark.check(
    "RH-06v1",
    title="Every server in service has imported lately",
    severity="blocking",
    gates=("deployed", "promote", "switched", "soak", "finish", "nightly"),
    claims=("S0-8", "S3-31", "S0-32"),
    pitfalls=("P8",),
    reads=("runs", "connectors"),
    optional_reads=("events_adsync", "events_directory_synchronization"),
    servers="each",
)
def test_every_server_has_imported_lately(
    server: ServerFacts, migration: Migration, now: datetime, result: Result
) -> None:
    """A server that has not looked for a while exports what it remembers.

    Why: a staging server that is taken over stale writes old values back.
    Judged: the newest successful import of every connector is not older than the freshness of the policy.
    Fix: see why its scheduler does not run, then Start-ADSyncSyncCycle.
    """
    if why := migration.spared(server):
        result.not_applicable(server.name, why, {"gate": migration.gate})
        return
    allowed = migration.policy.freshness
    for connector in server.connectors:
        subject = f"{server.name}, {connector.name}"
        run = server.history.last_success(connector.identifier, IMPORTS)
        if run is None or run.ended_at is None:
            result.failed(subject, f"no successful import of {connector.name} is in the run history")
        elif now - run.ended_at > allowed:
            result.failed(subject, f"{run}, older than {allowed}", {"RunNumber": run.run_number})
        else:
            result.passed(subject, str(run), {"RunNumber": run.run_number})


@pytest.mark.check(
    "RH-07v1",
    title="The staging server does not export",
    severity="advisory",
    gates=("deployed", "promote"),
    claims=("S0-7", "S3-31"),
    pitfalls=("P1",),
    reads=("runs", "connectors"),
    servers="new",
)
def test_the_staging_server_does_not_export(
    server: ServerFacts, migration: Migration, now: datetime, result: Result
) -> None:
    """Staging mode suppresses scheduled exports; somebody can still force one.

    Why: a forced export is a second active server for a moment.
    Judged: no export of the new server lies within the event window of the policy.
    Fix: find out who ran it, and compare what it wrote.
    """
    since = now - migration.policy.event_window
    exports = [
        run
        for connector in server.connectors
        for run in server.history.of(connector.identifier, EXPORTS)
        if run.ended_at and run.ended_at >= since
    ]
    if exports:
        result.failed(server.name, f"it is staging, and exported: {exports[0]}", {"exports": len(exports)})
    else:
        result.passed(server.name, f"no export since {since:%F %R}Z")
