"""Scheduler: what each check says to which change."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from .healthy import ENTRA, span
from .running import Case

if TYPE_CHECKING:
    from collections.abc import Callable

    from .world import World

ISOLATED = {"old_exit": "isolated"}


def scheduler(server: str, **changes: Any) -> Callable[[World], None]:
    return lambda world: world[server, "scheduler"].update(changes)


def service(server: str, **changes: Any) -> Callable[[World], None]:
    return lambda world: world[server, "service"].update(changes)


def override(connector: str, **flags: bool) -> Callable[[World], None]:
    flags = {"FullImportRequired": False, "FullSyncRequired": False, **flags}
    return lambda world: world["new", "overrides"].append({"ConnectorIdentifier": connector, **flags})


def local_flag(world: World) -> None:
    world["new", "global_parameters"][0]["Value"] = "False"


CASES = [
    Case("SC-01v1", "on", "pass", "SyncCycleEnabled is True", "deployed", server="new"),
    Case("SC-01v1", "left off", "fail", "the scheduler was left off", "deployed",
         scheduler("new", SyncCycleEnabled=False), "new"),
    Case("SC-01v1", "not yet set up", "not-applicable", "not set up yet", "prepare",
         scheduler("new", SyncCycleEnabled=False), "new"),
    Case("SC-01v1", "left behind after a rollback", "not-applicable", "takes over", "rolled-back", server="old"),
    Case("SC-02v1", "running", "pass", "SchedulerSuspended is False", "promote", server="new"),
    Case("SC-02v1", "suspended", "fail", "a wizard is open", "deployed", scheduler("new", SchedulerSuspended=True),
         "new"),
    Case("SC-02v1", "isolated", "not-applicable", "isolated", "soak", lambda world: world.silence("old"), "old",
         ISOLATED),
    Case("SC-03v1", "none", "pass", "no override is pending", "deployed"),
    Case("SC-03v1", "a row without need", "pass", "no override is pending", "deployed", override(ENTRA)),
    Case("SC-03v1", "full synchronization", "fail", "contoso.onmicrosoft.com - AAD: full synchronization required",
         "deployed", override(ENTRA, FullSyncRequired=True)),
    Case("SC-03v1", "both", "fail", "full import and full synchronization", "promote",
         override(ENTRA, FullSyncRequired=True, FullImportRequired=True)),
    Case("SC-03v1", "the next cycle does everything", "fail", "NextSyncCyclePolicyType is Initial", "deployed",
         scheduler("new", NextSyncCyclePolicyType=2)),
    Case("SC-03v1", "whatever the cycle finds fit", "pass", "no override is pending", "promote",
         scheduler("new", NextSyncCyclePolicyType="Unspecified")),
    Case("SC-04v1", "agree", "pass", "both say StagingMode True", "deployed", server="new"),
    Case("SC-04v1", "disagree", "fail", "the scheduler says True, the local parameter False", "deployed", local_flag,
         "new"),
    Case("SC-04v1", "isolated", "not-applicable", "isolated", "soak", lambda world: world.silence("old"), "old",
         ISOLATED),
    Case("SC-05v1", "half an hour", "pass", "a cycle every 0:30:00", "deployed", server="new"),
    Case("SC-05v1", "eight days", "fail", "breaks the seven-day rule", "deployed",
         scheduler("new", CurrentlyEffectiveSyncCycleInterval=span(8 * 1440)), "new"),
    Case("SC-05v1", "no maintenance", "fail", "MaintenanceEnabled is False", "deployed",
         scheduler("new", MaintenanceEnabled=False), "new"),
    Case("SC-05v1", "not yet set up", "not-applicable", "not set up yet", "prepare", server="new"),
    Case("SC-06v1", "runs", "pass", "its start type is Automatic", "deployed", server="old"),
    Case("SC-06v1", "stopped", "fail", "the ADSync service is Stopped", "prepare", service("old", Status=1), "old"),
    Case("SC-06v1", "gone after a restart", "fail", "its start type is Manual", "promote", service("new", StartType=3),
         "new"),
    Case("SC-06v1", "about to be retired, too early", "fail", "its start type is Disabled", "deployed",
         service("old", StartType="Disabled"), "old"),
    Case("SC-06v1", "not yet set up", "not-applicable", "not set up yet", "prepare", service("new", Status=1), "new"),
    Case("SC-06v1", "isolated", "not-applicable", "isolated", "soak", lambda world: world.silence("old"), "old",
         ISOLATED),
]  # fmt: skip
