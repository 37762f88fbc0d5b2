"""After a rollback: what each check says to which change."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .healthy import AD, AD_NAME, ENTRA, ago, event, run
from .running import Case, all_of

if TYPE_CHECKING:
    from .running import Change
    from .world import World

SWING = {"rollback": "swing"}


def newest_export(result: str) -> Change:
    return lambda world: world["new", "runs"].append(run(999, ENTRA, "Export", 3, result))


def newest_import(result: str) -> Change:
    return lambda world: world["new", "runs"].append(run(999, AD, "Delta Import", 3, result))


def without(*profiles: str) -> Change:
    def change(world: World) -> None:
        world["new", "runs"] = [run for run in world["new", "runs"] if run["RunProfileName"] not in profiles]

    return change


def rule_edited(world: World) -> None:
    told = "Custom synchronization rule deleted. Rule name: Out to AAD - Group Join - Cloned."
    world["new", "events_audit"].append(event(2510, told, 60, "Directory Synchronization"))


def full_synchronization(world: World) -> None:
    world["new", "runs"].append(run(999, ENTRA, "Full Synchronization", 30, "completed-sync-errors"))


def override(world: World) -> None:
    world["new", "overrides"].append({"ConnectorIdentifier": AD, "FullImportRequired": False, "FullSyncRequired": True})


def stale_imports(world: World) -> None:
    for each in world["new", "runs"]:
        if each["RunProfileName"] == "Delta Import":
            each.update(StartDate=ago(hours=9), EndDate=ago(hours=8.9))


CASES = [
    Case("RB-08v1", "exports", "pass", "Export #300", "rolled-back"),
    Case("RB-08v1", "errors of groups", "pass", "completed-export-errors", "rolled-back",
         newest_export("completed-export-errors")),
    Case("RB-08v1", "stopped", "fail", "stopped-extension-dll-exception", "rolled-back",
         newest_export("stopped-extension-dll-exception")),
    Case("RB-08v1", "nothing yet", "inconclusive", "has not exported since the rollback", "rolled-back", plan=SWING),
    Case("RB-09v1", "no later change", "pass", "no later change is known", "rolled-back"),
    Case("RB-09v1", "done after the change", "pass", "completed-sync-errors", "rolled-back",
         all_of(rule_edited, full_synchronization)),
    Case("RB-09v1", "rules changed later", "fail", "event 2510", "rolled-back", rule_edited),
    Case("RB-09v1", "owed", "fail", "a full run is owed on 1 connectors", "rolled-back", override),
    Case("RB-09v1", "none in the history", "inconclusive", "no full synchronization", "rolled-back",
         without("Full Synchronization")),
    Case("RB-09v1", "a swing", "not-applicable", "goes back by a swing", "rolled-back", plan=SWING),
    Case("RB-10v1", "fresh", "pass", "Delta Import", "rolled-back"),
    Case("RB-10v1", "failed", "fail", "stopped-connectivity", "rolled-back", newest_import("stopped-connectivity")),
    Case("RB-10v1", "stale", "fail", "older than", "rolled-back", stale_imports),
    Case("RB-10v1", "none", "fail", f"no import of {AD_NAME}", "rolled-back", without("Delta Import", "Full Import")),
]  # fmt: skip
