"""Is the scheduler on, and is nothing owed to it? [adsync §2]."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from fixtures.facts.scheduler import DELTA_RULE, SynchronizationPolicy

if TYPE_CHECKING:
    from fixtures.facts.pair import Migration
    from fixtures.facts.result import Result
    from fixtures.facts.server import ServerFacts

GATES = ("prepare", "deployed", "promote", "switched", "soak", "finish", "rolled-back", "upgraded", "nightly")


@pytest.mark.check(
    "SC-01v1",
    title="The scheduler is on",
    severity="blocking",
    gates=GATES,
    claims=("S0-29", "S0-40", "S3-54", "S3-60"),
    pitfalls=("P8", "P31"),
    reads=("scheduler",),
    servers="each",
)
def test_the_scheduler_is_on(server: ServerFacts, migration: Migration, result: Result) -> None:
    """Switched off for the change, it must be on again on every server.

    Why: part of the scheduler's settings lives in the tenant: off on the staging server can be off on the active one.
    Judged: SyncCycleEnabled is True.
    Fix: Set-ADSyncScheduler -SyncCycleEnabled $true
    """
    if why := migration.spared(server):
        result.not_applicable(server.name, why, {"gate": migration.gate})
    elif server.scheduler.sync_cycle_enabled:
        result.passed(server.name, "SyncCycleEnabled is True")
    else:
        result.failed(server.name, "SyncCycleEnabled is False: the scheduler was left off")


@pytest.mark.check(
    "SC-02v1",
    title="The scheduler is not suspended",
    severity="blocking",
    gates=GATES,
    claims=("S0-29", "S3-15"),
    pitfalls=("P31", "P32"),
    reads=("scheduler",),
    servers="each",
)
def test_the_scheduler_is_not_suspended(server: ServerFacts, migration: Migration, result: Result) -> None:
    """A wizard that is open, or an upgrade that stopped halfway, suspends the scheduler.

    Why: nothing runs until it ends, and the scheduler still says that it is enabled.
    Judged: SchedulerSuspended is False.
    Fix: close the wizard, or finish the upgrade.
    """
    if why := migration.spared(server):
        result.not_applicable(server.name, why, {"gate": migration.gate})
    elif server.scheduler.scheduler_suspended:
        result.failed(server.name, "SchedulerSuspended is True: a wizard is open or an upgrade is half done")
    else:
        result.passed(server.name, "SchedulerSuspended is False")


@pytest.mark.check(
    "SC-03v1",
    title="No full run is owed",
    severity="blocking",
    gates=("deployed", "promote", "switched", "soak", "finish", "upgraded"),
    claims=("S0-28", "S3-17", "S3-52", "S3-53", "S3-55", "S3-56", "S3-58", "S3-59", "S3-61", "S3-62"),
    pitfalls=("P30",),
    reads=("overrides", "connectors", "scheduler"),
    servers="new",
)
def test_no_full_run_is_owed(server: ServerFacts, result: Result) -> None:
    """A change of rules or schema leaves an override until the full run has been done.

    Why: pending exports counted before that run are not final, and the run would happen after the switch.
    Judged: FullImportRequired and FullSyncRequired are False for every connector, and NextSyncCyclePolicyType is not
    Initial.
    Fix: let a cycle finish: Start-ADSyncSyncCycle -PolicyType Initial
    """
    names = {connector.identifier: connector.name for connector in server.connectors}
    owed = [override for override in server.overrides if override.pending]
    for override in owed:
        name = names.get(override.connector, str(override.connector))
        result.failed(name, f"{name}: {' and '.join(override.pending)} required", {"connector": override.connector})
    if server.scheduler.next_policy is SynchronizationPolicy.INITIAL:
        result.failed(server.name, "NextSyncCyclePolicyType is Initial: the next cycle does everything in full")
    elif not owed:
        result.passed(server.name, "no override is pending")


@pytest.mark.check(
    "SC-04v1",
    title="The staging flag of the scheduler and of the database agree",
    severity="blocking",
    gates=(*GATES, "rollback", "in-place"),
    claims=("S0-7", "S0-9"),
    reads=("scheduler", "global_parameters"),
    servers="each",
)
def test_both_staging_flags_agree(server: ServerFacts, migration: Migration, result: Result) -> None:
    """The flag stands in two places.

    Why: a server whose two flags differ may export although one of them says that it does not.
    Judged: StagingModeEnabled equals the local global parameter Microsoft.Synchronize.StagingMode.
    Fix: configure staging mode again in the wizard, and read both.
    """
    if why := migration.retired(server):
        result.not_applicable(server.name, why, {"old_exit": migration.plan.old_exit})
    elif server.staging == server.local_staging:
        result.passed(server.name, f"both say StagingMode {server.staging}")
    else:
        result.failed(server.name, f"the scheduler says {server.staging}, the local parameter {server.local_staging}")


@pytest.mark.check(
    "SC-05v1",
    title="The cycle runs often enough, and maintenance is on",
    severity="advisory",
    gates=GATES,
    claims=("S0-29", "S1-4"),
    pitfalls=("P8",),
    reads=("scheduler",),
    servers="each",
)
def test_the_cycle_runs_often_enough(server: ServerFacts, migration: Migration, result: Result) -> None:
    """A delta synchronization must follow the last one within seven days, on staging servers too.

    Why: after that, deltas may be incomplete and a full synchronization is needed; without maintenance, keys expire.
    Judged: CurrentlyEffectiveSyncCycleInterval is under seven days and MaintenanceEnabled is True.
    Fix: Set-ADSyncScheduler -CustomizedSyncCycleInterval and -MaintenanceEnabled $true
    """
    scheduler = server.scheduler
    if why := migration.spared(server):
        result.not_applicable(server.name, why, {"gate": migration.gate})
    elif scheduler.effective_interval >= DELTA_RULE:
        result.failed(server.name, f"a cycle every {scheduler.effective_interval} breaks the seven-day rule")
    elif not scheduler.maintenance_enabled:
        result.failed(server.name, "MaintenanceEnabled is False")
    else:
        result.passed(server.name, f"a cycle every {scheduler.effective_interval}")


@pytest.mark.check(
    "SC-06v1",
    title="The sync service runs, and starts by itself",
    severity="blocking",
    gates=GATES,
    claims=("S0-29", "S3-60"),
    pitfalls=("P1", "P31"),
    reads=("service",),
    servers="each",
)
def test_the_service_runs(server: ServerFacts, migration: Migration, result: Result) -> None:
    """The scheduler lives in the ADSync service.

    Why: while it is stopped nothing runs and hardly anything can be read; one that does not start by itself is gone
    after the next restart of Windows.
    Judged: Get-Service says that ADSync is Running and that its StartType is Automatic.
    Fix: Set-Service ADSync -StartupType Automatic; Start-Service ADSync
    """
    if why := migration.spared(server):
        result.not_applicable(server.name, why, {"gate": migration.gate})
        return
    status, start = server.service
    if status != "Running":
        result.failed(server.name, f"the ADSync service is {status}")
    elif start != "Automatic":
        result.failed(server.name, f"the ADSync service is Running, but its start type is {start}")
    else:
        result.passed(server.name, "Running, and its start type is Automatic")
