"""Run history and event texts: what each check says to which change."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from .healthy import AD, ENTRA, ago, event, run, span
from .running import Case, all_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from .world import World

TRACER = "Directory Synchronization"
BLOCKED = "AADSTS53003: Access has been blocked by Conditional Access policies."
MISSING = "System.IO.FileLoadException: Could not load file or assembly 'System.Diagnostics.DiagnosticSource'"
COUNTS = (
    'The management agent "contoso.com" step execution completed on run profile "Delta Synchronization" with errors.\n'
    "Discovery Errors : 0\nSynchronization Errors : 3\nMetaverse Retry Errors : 0\nExport Errors : 0\nWarnings : 0"
)
AUDIT = "Custom synchronization rule updated. Rule name: Group Join. Changed by: CONTOSO\\admin."


def logged(*events: dict[str, Any], server: str = "new", read: str = "events_adsync") -> Callable[[World], None]:
    return lambda world: world[server, read].extend(events)


def young_log(server: str = "new") -> Callable[[World], None]:
    return lambda world: world[server, "events_oldest"].update(TimeCreated=ago(hours=2))


def only(server: str, *runs: dict[str, Any]) -> Callable[[World], None]:
    return lambda world: world.__setitem__((server, "runs"), list(runs))


def modified(connector: int, **span_ago: float) -> Callable[[World], None]:
    return lambda world: world["new", "connectors"][connector].update(LastModificationTime=ago(**span_ago))


def both_modified(world: World) -> None:
    modified(0, days=5)(world)
    modified(1, days=5)(world)


def interval(minutes: int) -> Callable[[World], None]:
    return lambda world: world["new", "scheduler"].update(CurrentlyEffectiveSyncCycleInterval=span(minutes))


def long_run(world: World) -> None:
    slow = {**run(900, ENTRA, "Delta Import", 200), "EndDate": ago(minutes=5)}
    world["new", "runs"].append(slow)


def synchronized(days: float, result: str = "success") -> Callable[[World], None]:
    return only("new", *(run(1, one, "Delta Synchronization", days * 1440, result) for one in (AD, ENTRA)))


STOPPED = {"old_exit": "stopped"}


def silent(world: World) -> None:
    world.silence("old")


def not_told(world: World) -> None:
    for connector in world["new", "connectors"]:
        connector.pop("LastModificationTime")


def empty_log(server: str) -> Callable[[World], None]:
    def clear(world: World) -> None:
        world[server, "events_oldest"] = None

    return clear


CASES = [
    Case("RH-08v1", "lately", "pass", "Delta Synchronization", "promote", server="new"),
    Case("RH-08v1", "six days", "pass", "success", "promote", synchronized(6), "new"),
    Case("RH-08v1", "eight days", "fail", "older than seven days", "promote", synchronized(8), "new"),
    Case("RH-08v1", "with errors", "pass", "completed-sync-errors", "promote",
         synchronized(2, "completed-sync-errors"), "new"),
    Case("RH-08v1", "never to its end", "fail", "no finished synchronization of contoso.com", "prepare",
         only("old", run(1, AD, "Delta Synchronization", 9, "stopped-error-limit")), "old"),
    Case("RH-08v1", "not set up", "not-applicable", "is not set up yet", "prepare", server="new"),
    Case("RH-08v1", "stopped", "not-applicable", "stopped after the switch", "soak", silent, "old", STOPPED),
    Case("RH-09v1", "short", "pass", "the newest runs take 0:04:00 of 0:30:00", "promote"),
    Case("RH-09v1", "long", "fail", "most of it the import of Entra ID", "promote", long_run),
    Case("RH-09v1", "a longer interval", "pass", "of 5:00:00", "promote", all_of(long_run, interval(300))),
    Case("RH-09v1", "the old one unread", "pass", "the newest runs take", "promote",
         lambda world: world.refuse("old", "runs")),
    Case("RH-09v1", "no runs", "inconclusive", "no finished run", "promote", only("new")),
    Case("RH-10v1", "after it", "pass", "after the last change", "promote", both_modified),
    Case("RH-10v1", "changed since", "inconclusive", "contoso.com was changed", "promote",
         all_of(both_modified, modified(0, minutes=30))),
    Case("RH-10v1", "never imported", "inconclusive", "no full import of contoso.com is in the history", "promote",
         all_of(both_modified, only("new"))),
    Case("RH-10v1", "not told", "inconclusive", "is not told", "promote", not_told),
    Case("RH-02v1", "a rule saved since", "fail", "event 2510", "promote",
         logged(event(2510, AUDIT, 60, TRACER), read="events_audit")),
    Case("RH-02v1", "diagnostics with that id", "pass", "no later change is known", "promote",
         logged(event(2510, "Diagnostics finished.", 60, TRACER), read="events_audit")),
    Case("RH-02v1", "a log cleared since", "inconclusive", "the log is empty", "promote", empty_log("new")),
    Case("RH-02v1", "a log that begins since", "inconclusive", "the log begins at", "promote",
         lambda world: world["new", "events_oldest"].update(TimeCreated=ago(minutes=2))),
    Case("RH-02v1", "no audit", "pass", "no later change is known", "promote",
         lambda world: world.refuse("new", "events_audit")),
    Case("EV-06v1", "none", "pass", "no unconfirmed export", "promote", server="new"),
    Case("EV-06v1", "a watermark", "fail", "event 6110", "soak", logged(event(6110, "The watermark was not saved.")),
         "new"),
    Case("EV-06v1", "long ago", "pass", "no unconfirmed export", "soak", logged(event(6110, "Not saved.", 3000)),
         "new"),
    Case("EV-06v1", "a young log", "inconclusive", "the log begins at", "soak", young_log(), "new"),
    Case("EV-06v1", "stopped", "not-applicable", "stopped", "soak", silent, "old", STOPPED),
    Case("EV-07v1", "none", "pass", "no sign-in stopped by a policy", "promote", server="old"),
    Case("EV-07v1", "906 about something else", "pass", "no sign-in stopped", "promote",
         logged(event(906, "Something went wrong.", provider=TRACER), read="events_directory_synchronization"), "new"),
    Case("EV-07v1", "906 about Conditional Access", "fail", "event 906", "promote",
         logged(event(906, BLOCKED, provider=TRACER), read="events_directory_synchronization"), "new"),
    Case("EV-07v1", "a young log", "inconclusive", "the log begins at", "promote", young_log(), "new"),
    Case("EV-07v1", "stopped", "not-applicable", "stopped", "soak", silent, "old", STOPPED),
    Case("EV-08v1", "none", "pass", "no part that could not be loaded", "promote", server="new"),
    Case("EV-08v1", "one", "fail", "FileLoadException", "deployed", logged(event(6801, MISSING)), "new"),
    Case("EV-08v1", "a young log", "inconclusive", "the log begins at", "promote", young_log(), "new"),
    Case("EV-08v1", "stopped", "not-applicable", "stopped", "soak", silent, "old", STOPPED),
    Case("EV-09v1", "none", "pass", "0 steps with errors", "promote", server="new"),
    Case("EV-09v1", "some", "pass", "2 steps with errors, of 1 kinds", "promote",
         logged(event(6100, COUNTS), event(6100, COUNTS, 90)), "new"),
    Case("EV-09v1", "another text", "inconclusive", "1 of 2 events 6100 cannot be read", "promote",
         logged(event(6100, COUNTS), event(6100, "Etwas ging schief.")), "new"),
    Case("EV-09v1", "stopped", "not-applicable", "stopped", "soak", silent, "old", STOPPED),
    Case("EV-10v2", "none", "pass", "0 changes by administrators", "promote", server="new"),
    Case("EV-10v2", "a rule", "pass", "1 changes by administrators", "promote",
         logged(event(2510, AUDIT, provider=TRACER), event(2511, "Diagnostics updated its report.", provider=TRACER),
                read="events_audit"), "new"),
    Case("EV-10v2", "never set", "pass", "0 changes by administrators", "promote",
         lambda world: world.__setitem__(("new", "audit_switch"), {"AuditEventLogging": None}), "new"),
    Case("EV-10v2", "switched off", "fail", "AuditEventLogging is 0", "promote",
         lambda world: world.__setitem__(("new", "audit_switch"), {"AuditEventLogging": 0}), "new"),
    Case("EV-10v2", "not readable", "error", "events_audit", "promote",
         lambda world: world.refuse("new", "events_audit"), "new"),
    Case("EV-10v2", "stopped", "not-applicable", "stopped", "nightly", silent, "old", STOPPED),
    Case("EV-11v1", "long", "pass", "it begins at 2026-10-21", "promote", server="new"),
    Case("EV-11v1", "short", "fail", "1 day, 0:00:00 are wanted", "prepare", young_log("old"), "old"),
    Case("EV-11v1", "cleared", "fail", "the log is empty", "prepare", empty_log("old"), "old"),
    Case("EV-11v1", "stopped", "not-applicable", "stopped", "soak", silent, "old", STOPPED),
]  # fmt: skip
