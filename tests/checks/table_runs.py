"""Runs and pending exports: what each check says to which change."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from .healthy import AD, AD_NAME, ENTRA, ENTRA_NAME, event, filtered, run, statistics
from .running import Case, all_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from .world import World

BUDGETS = {"contoso.com": {"deletes": 5}}


def add(server: str, *more: dict[str, Any]) -> Callable[[World], None]:
    return lambda world: world[server, "runs"].extend(more)


def drop(server: str, *profiles: str) -> Callable[[World], None]:
    def change(world: World) -> None:
        world[server, "runs"] = [one for one in world[server, "runs"] if one["RunProfileName"] not in profiles]

    return change


def exports(*minutes: float, result: str = "success") -> Callable[[World], None]:
    def change(world: World) -> None:
        drop("new", "Export")(world)
        add("new", *(run(300 + number, ENTRA, "Export", ago, result) for number, ago in enumerate(minutes)))(world)

    return change


def informational(world: World) -> None:
    exports(16, 46, 76, 1500, result="completed-export-errors")(world)
    world["new", "events_adsync"].append(filtered(8, 15.5))


def real_errors(world: World) -> None:
    informational(world)
    message = "ECMA2 MA export run caused an error.\nDN: CN={00}\nError Name: LargeObject\nError Detail: x"
    world["new", "events_adsync"].append(event(6941, message, 15.5))


def stale(server: str) -> Callable[[World], None]:
    def change(world: World) -> None:
        drop(server, "Delta Import")(world)
        add(server, run(400, AD, "Delta Import", 300), run(401, ENTRA, "Delta Import", 300))(world)

    return change


def rules_changed(world: World) -> None:
    world["new", "events_adsync"].append(event(6127, "The synchronization rules configuration has changed", 60))


def rules_changed_before(world: World) -> None:
    world["new", "events_adsync"].append(event(6127, "The synchronization rules configuration has changed", 4000))


def budget(**numbers: int) -> Callable[[World], None]:
    return lambda world: world["new", "connector_statistics", ENTRA_NAME].update(numbers)


def own_budget(world: World) -> None:
    world["new", "connector_statistics", AD_NAME] = statistics(ExportDeletes=3)
    world.environment["policy"]["budgets"] = BUDGETS


CASES = [
    Case("PE-01v2", "nothing", "pass", "0 deletes", "promote"),
    Case("PE-01v2", "many adds", "pass", "5 adds", "promote", budget(ExportAdds=5, ExportUpdates=9_000)),
    Case("PE-01v2", "600 deletes", "fail", "600 deletes (budget 0)", "promote", budget(ExportDeletes=600)),
    Case("PE-01v2", "3 deletes", "fail", "pending exports on contoso.onmicrosoft.com - AAD over budget: 3 deletes",
         "promote",
         budget(ExportDeletes=3)),
    Case("PE-01v2", "a budget of adds", "fail", "12 adds (budget 10)", "promote",
         all_of(budget(ExportAdds=12), lambda world: world.environment["policy"].update(budget={"adds": 10}))),
    Case("PE-01v2", "a budget per connector", "pass", "3 deletes", "promote",
         own_budget),
    Case("PE-01v2", "not read", "error", "connector_statistics", "promote",
         lambda world: world.refuse("new", "connector_statistics", subject=AD_NAME)),
    Case("PE-02v1", "nothing", "pass", "0 adds", "deployed"),
    Case("PE-02v1", "3 deletes", "fail", "3 deletes (budget 0)", "deployed", budget(ExportDeletes=3)),
    Case("RH-01v1", "green", "pass", "Delta Import #200 on contoso.com: success", "deployed"),
    Case("RH-01v1", "sync errors", "fail", "completed-sync-errors", "promote",
         add("new", run(900, AD, "Delta Synchronization", 5, "completed-sync-errors"))),
    Case("RH-01v1", "no connection", "fail", "no-start-connection", "deployed",
         add("new", run(900, AD, "Delta Import", 5, "no-start-connection"))),
    Case("RH-01v1", "never", "fail", "no import of contoso.com is in the run history", "deployed",
         drop("new", "Delta Import", "Full Import")),
    Case("RH-01v1", "a later good one", "pass", "success", "deployed",
         add("new", run(900, AD, "Delta Import", 30, "no-start-connection"))),
    Case("RH-02v1", "newer", "pass", "no later change is known than Full Synchronization", "promote",
         rules_changed_before),
    Case("RH-02v1", "rules changed since", "fail", "event 6127", "promote", rules_changed),
    Case("RH-02v1", "forgotten", "inconclusive", "no successful full synchronization", "promote",
         drop("new", "Full Synchronization")),
    Case("RH-03v1", "exporting", "pass", "Export #300", "switched"),
    Case("RH-03v1", "not yet", "inconclusive", "wait for its next cycle", "switched", exports()),
    Case("RH-03v1", "only from before", "inconclusive", "has not exported since the switch", "switched", exports(9000)),
    Case("RH-03v1", "threshold", "fail", "stopped-deletion-threshold-exceeded", "soak",
         exports(16, result="stopped-deletion-threshold-exceeded")),
    Case("RH-03v1", "filtered references only", "pass", "for filtered references only", "soak", informational),
    Case("RH-03v1", "real errors", "fail", "completed-export-errors", "soak", real_errors),
    Case("RH-03v1", "errors without an event", "fail", "completed-export-errors", "soak",
         exports(16, result="completed-export-errors")),
    Case("RH-04v1", "long enough", "pass", "5 good exports since", "soak"),
    Case("RH-04v1", "informational errors", "inconclusive", "1 of 3 good exports", "soak",
         all_of(informational, lambda world: world["new", "events_adsync"].clear(), add("new", run(390, ENTRA,
         "Export", 10)))),
    Case("RH-04v1", "too few", "inconclusive", "2 of 3 good exports", "soak", exports(16, 1500)),
    Case("RH-04v1", "too short", "inconclusive", "1 day, 0:00:00 are wanted", "soak", exports(16, 46, 76)),
    Case("RH-05v1", "both", "pass", "both are in the history", "deployed"),
    Case("RH-05v1", "forgotten", "inconclusive", "no successful Full Import of contoso.com is in the history",
         "deployed",
         drop("new", "Full Import")),
    Case("RH-06v1", "fresh", "pass", "success", "promote", server="old"),
    Case("RH-06v1", "stale", "fail", "older than 3:00:00", "promote", stale("new"), "new"),
    Case("RH-06v1", "never", "fail", "no successful import", "promote", drop("new", "Delta Import", "Full Import"),
         "new"),
    Case("RH-06v1", "isolated", "not-applicable", "isolated", "soak", lambda world: world.silence("old"), "old",
         {"old_exit": "isolated"}),
    Case("RH-07v1", "quiet", "pass", "no export since", "deployed"),
    Case("RH-07v1", "forced", "fail", "it is staging, and exported", "deployed", add("new", run(900, ENTRA, "Export",
         90))),
]  # fmt: skip
