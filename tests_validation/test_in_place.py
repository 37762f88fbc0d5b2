"""May this server be upgraded in place, and did the upgrade end well? [entra §5.1]."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from fixtures.facts.events import rule_was_edited
from fixtures.facts.rules import ENTRA_CONNECTOR, normalised_name
from fixtures.facts.runs import RunKind
from fixtures.versions import Build, load_table, newest

if TYPE_CHECKING:
    from datetime import datetime

    from fixtures.facts.pair import Migration
    from fixtures.facts.result import Result
    from fixtures.facts.server import ServerFacts

MOST_OBJECTS = 100_000
STANDARD_LIMITS = {50_000, 250_000}


@pytest.mark.check(
    "IP-01v1",
    title="The server has fewer than 100,000 objects",
    severity="blocking",
    gates=("in-place",),
    claims=("S3-1", "S3-12", "S3-24"),
    reads=("connectors",),
    optional_reads=("connector_statistics",),
    servers="new",
)
def test_the_server_is_small_enough(server: ServerFacts, result: Result) -> None:
    """An in-place upgrade is for one server with few objects.

    Why: the full import and full synchronization that follow can take days, and nothing is exported until they end.
    Judged: the joined objects of the largest connector, under 100,000.
    Fix: plan a swing to a second server.
    """
    counts = {connector.name: server.statistics(connector).total for connector in server.connectors}
    largest = max(counts.values(), default=0)
    if largest < MOST_OBJECTS:
        result.passed(server.name, f"the largest connector has {largest:,} objects", dict(counts))
    else:
        result.failed(
            server.name, f"{largest:,} objects: an in-place upgrade is for fewer than {MOST_OBJECTS:,}", counts
        )


@pytest.mark.check(
    "IP-02v1",
    title="No standard rule shows signs of an edit",
    severity="blocking",
    gates=("in-place",),
    claims=("S3-13", "S3-17", "S3-18", "S3-19"),
    pitfalls=("P22",),
    reads=("rules", "events_audit", "events_oldest"),
    servers="new",
)
def test_no_standard_rule_was_edited(server: ServerFacts, now: datetime, result: Result) -> None:
    """An upgrade puts every standard rule back to what Microsoft ships.

    Why: what somebody wrote into one is gone afterwards, without a word.
    Judged: an enabled standard rule that an audit event (2510) names, one with a disabled twin of the same name, or a
    member limit that no build ships is an edit. A log younger than the window does not decide. What was edited before
    the window leaves no other trace that this suite can read without a clean server of the same build.
    Fix: move the change into a copy of the rule, and put the standard rule back.
    """
    edits = [event for event in server.audit if rule_was_edited(event)]
    for rule in (rule for rule in server.rules if rule.is_standard and rule.enabled):
        named = next((event for event in edits if normalised_name(event.message).endswith(_told(rule.name))), None)
        twins = [
            other
            for other in server.rules
            if other is not rule and other.name == rule.name and other.connector == rule.connector
        ]
        limits = {found.literal for found in server.limit.limits if found.rule is rule} - STANDARD_LIMITS
        if named:
            result.failed(rule.name, f"'{rule.name}' was edited: event {named.id} at {named.time:%F %R}Z")
        elif twins:
            result.failed(rule.name, f"'{rule.name}' stands there twice: one of them is the edited one")
        elif limits:
            result.failed(rule.name, f"'{rule.name}' holds a limit of {min(limits):,}, which no build ships")
    if server.log_covers(now):
        result.passed(
            server.name, f"the log shows no edit of the {sum(rule.is_standard for rule in server.rules)} rules"
        )
    else:
        result.inconclusive(server.name, f"no edit is known, but {server.log_reach}")


def _told(name: str) -> str:
    """How the audit event ends that names a rule."""
    return normalised_name(f"Rule name: {name}.")


@pytest.mark.check(
    "IP-03v1",
    title="The Entra connector is there, with its fixed identifier",
    severity="blocking",
    gates=("in-place", "upgraded"),
    claims=("S3-64", "S3-65"),
    reads=("connectors",),
    servers="new",
)
def test_the_entra_connector_is_there(server: ServerFacts, result: Result) -> None:
    """The installer looks for one connector by its identifier, which is the same everywhere.

    Why: without it the upgrade ends halfway, and the configuration is out of support.
    Judged: a connector with the identifier b891884f-051e-4a83-95af-2544101c9083 is in the list.
    Fix: there is no repair: uninstall, and install anew from an exported configuration.
    """
    found = [connector for connector in server.connectors if connector.is_entra]
    if found:
        result.passed(server.name, f"{found[0].name} is there", {"Identifier": ENTRA_CONNECTOR})
    else:
        names = ", ".join(connector.name for connector in server.connectors) or "none"
        result.failed(server.name, f"no connector has the identifier {ENTRA_CONNECTOR}; found {names}")


@pytest.mark.check(
    "IP-04v1",
    title="No full run was owed before the upgrade",
    severity="advisory",
    gates=("in-place",),
    claims=("S3-55", "S3-56", "S3-57"),
    reads=("overrides", "connectors"),
    servers="new",
)
def test_no_full_run_was_owed_before(server: ServerFacts, result: Result) -> None:
    """The upgrade adds its own overrides to those that are there.

    Why: afterwards nobody can tell which of them were there before, and deferring takes them all away.
    Judged: the overrides of every connector, which this result keeps as evidence.
    Fix: let a cycle do what is owed, or note these overrides, then upgrade.
    """
    names = {connector.identifier: connector.name for connector in server.connectors}
    owed = [override for override in server.overrides if override.pending]
    for override in owed:
        name = names.get(override.connector, str(override.connector))
        result.failed(name, f"{name}: {' and '.join(override.pending)} is owed already", {"id": override.connector})
    if not owed:
        result.passed(server.name, "no override is there", {"overrides": 0})


@pytest.mark.check(
    "IP-05v1",
    title="The full runs that the upgrade asked for were done",
    severity="blocking",
    gates=("upgraded",),
    claims=("S3-13", "S3-20", "S3-52", "S3-53", "S3-58", "S3-59", "S3-61", "S3-62"),
    reads=("connectors", "runs", "overrides"),
    optional_reads=("events_adsync", "events_directory_synchronization"),
    servers="new",
)
def test_the_full_runs_were_done(server: ServerFacts, result: Result) -> None:
    """Full runs can be deferred by taking the overrides away; then nothing asks for them any more.

    Why: a deferred full run that is forgotten leaves old values, for as long as their objects do not change.
    Judged: a successful Full Import and Full Synchronization of each connector began after its configuration was last
    changed. Without one the result does not decide: an override that is there says that the run is owed, one that was
    taken away says nothing.
    Fix: add the overrides again with Set-ADSyncSchedulerConnectorOverride, and let a cycle run.
    """
    owed = {override.connector for override in server.overrides if override.pending}
    for connector in server.connectors:
        changed = connector.modified
        if changed is None:
            result.inconclusive(connector.name, f"{connector.name} does not tell when it was last changed")
            continue
        lacking = [
            kind.value
            for kind in (RunKind.FULL_IMPORT, RunKind.FULL_SYNCHRONIZATION)
            if (run := server.history.last_success(connector.identifier, {kind})) is None or run.started_at < changed
        ]
        told = f"no successful {' and '.join(lacking)} of {connector.name} began after its change at {changed:%F %R}Z"
        if not lacking:
            result.passed(connector.name, f"both came after its change at {changed:%F %R}Z")
        elif connector.identifier in owed:
            result.failed(connector.name, f"{told}, and it is owed")
        else:
            result.inconclusive(connector.name, f"{told}: deferred, or not asked for")


@pytest.mark.check(
    "IP-06v1",
    title="The upgrade has another server to fall back on, or says that it has none",
    severity="advisory",
    gates=("in-place",),
    claims=("S3-8", "S3-12", "S3-23", "S3-28"),
    reads=("scheduler",),
)
def test_there_is_another_server(migration: Migration, result: Result) -> None:
    """An in-place upgrade cannot be rolled back.

    Why: with a standby in staging mode a failed upgrade is an hour without exports; without one it is a rebuild.
    Judged: another server of the environment is in staging mode, with its scheduler on; with a single server the
    backup is all there is, and it is judged apart.
    Fix: add a standby server, or make sure that the backup can be restored.
    """
    others = [server for server in migration.servers.values() if server.purpose == "standby"]
    ready = [server for server in others if server.staging and server.scheduler.sync_cycle_enabled]
    if ready:
        result.passed(ready[0].name, f"{ready[0].name} stands by in staging mode")
    elif others:
        result.failed(others[0].name, f"{others[0].name} is no standby: it must stage, with its scheduler on")
    else:
        result.not_applicable("servers", "the environment has one server only", {"servers": list(migration.servers)})


@pytest.mark.check(
    "IP-07v1",
    title="The build that was to be installed is installed",
    severity="blocking",
    gates=("upgraded",),
    claims=("S3-2", "S3-38", "S0-13"),
    reads=("product_version",),
    servers="new",
)
def test_the_target_build_is_installed(
    server: ServerFacts, migration: Migration, now: datetime, result: Result
) -> None:
    """Everything else about an upgrade is also true of a server that nobody has upgraded.

    Why: an installer that gave up leaves the old build running, in good health.
    Judged: the build of miiserver.exe is plan.target of the environment; where none is named, an older build than the
    newest of the version table does not decide.
    Fix: run the installer again, or name the intended build in plan.target.
    """
    target = migration.plan.target
    wanted = Build.parse(str(target)) if target else newest(now.date(), load_table()).version
    facts = {"ProductVersion": server.build, "target": target or "not set"}
    if server.build == wanted or (not target and server.build > wanted):
        result.passed(server.name, f"{server.build} is installed", facts)
    elif target:
        result.failed(server.name, f"{server.build} is installed, {wanted} was to be", facts)
    else:
        result.inconclusive(server.name, f"{server.build} is installed; is it the target? {wanted} is out", facts)
