"""Events, clocks, tenant and attestations: what each check says to which change."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone
from typing import TYPE_CHECKING, Any

from fixtures.answers import Outcome

from .healthy import NOW, ago, date, entra_dn, event, filtered
from .running import Case, all_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from .world import World

SUPPRESSED = (
    "Prevent Accidental Deletes: The number of deletions for this sync cycle (600 pending deletes) has exceeded the "
    "current threshold of 500 objects. Deletions will be suppressed for this sync cycle."
)
TRACER = "Directory Synchronization"


def logged(*events: dict[str, Any], server: str = "new") -> Callable[[World], None]:
    return lambda world: world[server, "events_adsync"].extend(events)


def traced(*events: dict[str, Any]) -> Callable[[World], None]:
    return lambda world: world["new", "events_directory_synchronization"].extend(events)


def reference(value: Any, *events: dict[str, Any]) -> Callable[[World], None]:
    def change(world: World) -> None:
        logged(*(events or (filtered(8),)))(world)
        world["new", "reference_object", entra_dn(8)] = value

    return change


def found(**flags: bool) -> dict[str, Any]:
    return {"ObjectId": "x", "DistinguishedName": entra_dn(8), "IsConnector": False, "IsPlaceHolder": False, **flags}


def young_log(server: str = "new") -> Callable[[World], None]:
    return lambda world: world[server, "events_oldest"].update(TimeCreated=ago(hours=2))


def export_error(name: str) -> dict[str, Any]:
    return event(6941, f"ECMA2 MA export run caused an error.\nDN: CN={{00}}\nError Name: {name}\nError Detail: x")


def clock(minutes: float) -> Callable[[World], None]:
    return lambda world: setattr(world, "server_clock", NOW + timedelta(minutes=minutes))


def rehearsed(world: World) -> None:
    world.shift = timedelta(days=-1900)
    world.server_clock = NOW + world.shift


def no_clock(world: World) -> None:
    world.server_clock = None  # type: ignore[assignment] # a system that tells no time


def in_zone(hours: int, *, settled: bool, alive: bool = False) -> Callable[[World], None]:
    """A server in another zone whose run times came out shifted, with or without an event inside an export."""

    def shifted(text: str) -> str:
        moment = datetime.fromtimestamp(int(text[6:-2]) / 1000, NOW.tzinfo)
        return date(moment - timedelta(hours=hours))

    def change(world: World) -> None:
        world.server_clock = NOW.astimezone(timezone(timedelta(hours=hours)))
        world["new", "scheduler"]["SyncCycleEnabled"] = alive
        for one in world["new", "runs"]:
            one.update(StartDate=shifted(one["StartDate"]), EndDate=shifted(one["EndDate"]))
        if settled:
            world["new", "events_adsync"].append(filtered(8, 15.5))

    return change


def prevention(kind: str) -> Callable[[World], None]:
    def change(world: World) -> None:
        guard = world["tenant", "on_premises_synchronization"]["configuration"]["accidentalDeletionPrevention"]
        guard["synchronizationPreventionType"] = kind

    return change


def organization(**changes: Any) -> Callable[[World], None]:
    return lambda world: world["tenant", "organization"].update(changes)


def attested(
    name: str, made: str = "2026-11-19T08:00:00Z", until: str = "2026-12-19T08:00:00Z"
) -> Callable[[World], None]:
    return lambda world: world.environment.update(
        attestations=[{"name": name, "author": "dba", "made_at": made, "expires_at": until, "statement": "seen"}]
    )


ISOLATED = {"old_exit": "isolated"}

CASES = [
    Case("EV-01v1", "none", "pass", "no filtered reference since", "soak"),
    Case("EV-01v1", "a placeholder", "pass", "1 members out of scope in 1 events 6949", "soak",
         reference(found(IsPlaceHolder=True))),
    Case("EV-01v1", "nothing there", "pass", "informational", "soak", reference(None)),
    Case("EV-01v1", "a disconnector", "pass", "informational", "soak", reference(found())),
    Case("EV-01v1", "in scope", "fail", "this member is in scope and was left out", "soak",
         reference(found(IsConnector=True))),
    Case("EV-01v1", "not looked up", "inconclusive", "1 references in 6949 events were not looked up", "soak",
         logged(filtered(8))),
    Case("EV-01v1", "another text", "inconclusive", "not looked up", "soak", logged(event(6949,
         "Reference filtered."))),
    Case("EV-01v1", "look-up refused", "error", "reference_object", "soak",
         all_of(reference(None), lambda world: world.refuse("new", "reference_object", Outcome.DENIED))),
    Case("EV-01v1", "a young log", "inconclusive", "the log begins at", "soak", young_log()),
    Case("EV-02v1", "none", "pass", "no suppressed delete", "soak"),
    Case("EV-02v1", "the threshold told", "pass", "no suppressed delete", "soak",
         traced(event(116, "Prevent Accidental Deletes is enabled, threshold 500.", provider=TRACER))),
    Case("EV-02v1", "suppressed", "fail", "600 pending deletes", "switched", traced(event(116, SUPPRESSED,
         provider=TRACER))),
    Case("EV-02v1", "a young log", "inconclusive", "the log begins at", "soak", young_log()),
    Case("EV-03v1", "none", "pass", "no export error of another kind", "soak"),
    Case("EV-03v1", "filtered references", "pass", "no export error", "soak",
         logged(export_error("dn-attributes-failure"))),
    Case("EV-03v1", "another kind", "fail", "AttributeValueMustBeUnique: 1 export errors", "soak",
         logged(export_error("AttributeValueMustBeUnique"))),
    Case("EV-03v1", "a young log", "inconclusive", "the log begins at", "soak", young_log()),
    Case("EV-04v1", "none", "pass", "no old assembly", "deployed", server="new"),
    Case("EV-04v1", "old", "fail", "is earlier than the actual version", "deployed",
         logged(event(6947, 'Assembly version ("1.1") is earlier than the actual version ("1.2").')), "new"),
    Case("EV-04v1", "a young log", "inconclusive", "the log begins at", "deployed", young_log(), "new"),
    Case("EV-04v1", "stopped", "not-applicable", "stopped", "nightly", lambda world: world.silence("old"), "old",
         {"old_exit": "stopped"}),
    Case("EV-05v1", "none", "pass", "no password synchronization error", "soak"),
    Case("EV-05v1", "611", "fail", "event 611", "soak", traced(event(611, "Password synchronization failed",
         provider=TRACER))),
    Case("EV-05v1", "a young log", "inconclusive", "the log begins at", "soak", young_log()),
    Case("CL-01v1", "right", "pass", "its clock is within 0:05:00", "deployed", server="new"),
    Case("CL-01v1", "ahead", "inconclusive", "0:06:00 ahead", "deployed", clock(6), "new"),
    Case("CL-01v1", "rehearsed with the reads of its day", "pass", "within", "deployed", rehearsed, "new"),
    Case("CL-01v1", "behind", "inconclusive", "0:06:00 behind", "deployed", clock(-6), "new"),
    Case("CL-01v1", "no time", "inconclusive", "no read told the time", "deployed", no_clock, "new"),
    Case("CL-01v1", "isolated", "not-applicable", "isolated", "soak", lambda world: world.silence("old"), "old",
         ISOLATED),
    Case("CL-02v1", "UTC", "pass", "run times are settled", "promote", server="new"),
    Case("CL-02v1", "settled by an event", "pass", "run times are settled", "soak", in_zone(2, settled=True), "new"),
    Case("CL-02v1", "settled by the scheduler", "pass", "run times are settled", "soak",
         in_zone(2, settled=False, alive=True), "new"),
    Case("CL-02v1", "in doubt", "inconclusive", "run times may be off by 2:00:00", "soak", in_zone(2, settled=False),
         "new"),
    Case("CL-02v1", "isolated", "not-applicable", "isolated", "soak", lambda world: world.silence("old"), "old",
         ISOLATED),
    Case("TE-01v1", "on", "pass", "onPremisesSyncEnabled is true", "deployed"),
    Case("TE-01v1", "off", "fail", "is not true", "deployed", organization(onPremisesSyncEnabled=None)),
    Case("TE-02v1", "on", "pass", "enabledForCount, threshold 500", "promote"),
    Case("TE-02v1", "off", "fail", "is disabled", "promote", prevention("disabled")),
    Case("TE-02v1", "by percentage", "pass", "enabledForPercentage, threshold 500", "promote",
         prevention("enabledForPercentage")),
    Case("TE-02v1", "of a kind nobody knows yet", "inconclusive", "unknownFutureValue, which is not known", "promote",
         prevention("unknownFutureValue")),
    Case("TE-02v1", "refused", "inconclusive", "denied", "promote",
         lambda world: world.refuse("tenant", "on_premises_synchronization")),
    Case("TE-03v1", "fresh", "pass", "the last sync was 2026-11-20 07:44Z", "deployed"),
    Case("TE-03v1", "old", "fail", "older than 3:00:00", "deployed",
         organization(onPremisesLastSyncDateTime="2026-11-19T08:00:00Z")),
    Case("TE-03v1", "never", "inconclusive", "is not set", "deployed", organization(onPremisesLastSyncDateTime=None)),
    Case("AT-01v1", "attested", "pass", "attested by dba on 2026-11-19", "promote", attested("database-backup")),
    Case("AT-01v1", "missing", "inconclusive", "nobody has attested 'database-backup'", "promote"),
    Case("AT-01v1", "expired", "inconclusive", "expired on", "promote",
         attested("database-backup", until="2026-11-20T07:00:00Z")),
    Case("AT-01v1", "from the future", "inconclusive", "in the future", "promote",
         attested("database-backup", made="2026-11-20T09:00:00Z")),
    Case("AT-02v1", "attested", "pass", "attested by dba", "soak", attested("connect-health-green")),
    Case("AT-02v1", "missing", "inconclusive", "nobody has attested", "soak"),
    Case("AT-03v1", "attested", "pass", "attested by dba", "in-place", attested("database-backup")),
    Case("AT-03v1", "missing", "inconclusive", "nobody has attested", "in-place"),
    Case("AT-04v1", "the old server stays", "not-applicable", "stays in service", "promote"),
    Case("AT-04v1", "attested", "pass", "attested by dba", "finish", attested("pass-through-agents"),
         plan={"old_exit": "stopped"}),
    Case("AT-04v1", "missing", "inconclusive", "nobody has attested 'pass-through-agents'", "promote",
         plan={"old_exit": "isolated"}),
]  # fmt: skip
