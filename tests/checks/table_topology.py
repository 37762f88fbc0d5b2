"""Roles: what each check says to which change."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fixtures.answers import Outcome

from .healthy import ENTRA, run
from .running import Case, all_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from .world import World

ISOLATED = {"old_exit": "isolated"}
STOPPED = {"old_exit": "stopped"}


def staging(server: str, flag: bool) -> Callable[[World], None]:
    def change(world: World) -> None:
        world[server, "scheduler"]["StagingModeEnabled"] = flag
        world[server, "global_parameters"][0]["Value"] = str(flag)

    return change


def refused(system: str, read: str) -> Callable[[World], None]:
    return lambda world: world.refuse(system, read)


def swapped(world: World) -> None:
    staging("old", True)(world)
    staging("new", False)(world)


def forced_export(world: World) -> None:
    world["new", "runs"].append(run(999, ENTRA, "Export", 5))


def service(status: int, start: int) -> Callable[[World], None]:
    def change(world: World) -> None:
        world.silence("old")
        world["old", "service"] = {"Name": "ADSync", "Status": status, "StartType": start}

    return change


def exporter(name: str | None) -> Callable[[World], None]:
    def change(world: World) -> None:
        world["tenant", "current_export_data"]["configuration"]["currentExportData"]["clientMachineName"] = name

    return change


def attested(world: World, until: str = "2026-12-01T00:00:00Z") -> None:
    world.silence("old")
    world.environment["attestations"] = [
        {"name": "old-isolated", "author": "network", "made_at": "2026-11-19T08:00:00Z", "expires_at": until,
         "statement": "its switch port is down"}
    ]  # fmt: skip


def attested_but_exporting(world: World) -> None:
    attested(world)
    exporter("SYNC01")(world)


def interleaved(world: World) -> None:
    world["old", "runs"].append(run(999, ENTRA, "Export", 60))


CASES = [
    Case("TO-01v1", "as planned", "pass", "old is the only active server", "deployed"),
    Case("TO-01v1", "as planned", "pass", "new is the only active server", "switched"),
    Case("TO-01v1", "as planned", "pass", "new is the only active server", "rolled-back"),
    Case("TO-01v1", "swung back", "fail", "new is active, and must be staging", "rolled-back",
         plan={"rollback": "swing"}),
    Case("TO-01v1", "both active", "fail", "old and new are active at once", "deployed", staging("new", False)),
    Case("TO-01v1", "one flag says active", "fail", "active at once", "deployed",
         lambda world: world["new", "global_parameters"][0].update(Value="False")),
    Case("TO-01v1", "neither active", "fail", "no server is active", "promote", staging("old", True)),
    Case("TO-01v1", "not switched", "fail", "old is active, and must be staging at switched", "switched",
         all_of(staging("old", False), staging("new", True))),
    Case("TO-01v1", "the wrong one", "fail", "old is staging, and must be active", "promote", swapped),
    Case("TO-01v1", "nightly", "fail", "must be active at nightly", "nightly", plan={"expected_active": "old"}),
    Case("TO-01v1", "the old one is stopped already", "pass", "none is active: old is out of service", "promote",
         service(1, 4), plan=STOPPED),
    Case("TO-01v1", "a forced export", "fail", "new is staging, but exported after the active server", "deployed",
         forced_export),
    Case("TO-01v1", "the tenant knows better", "fail", "the tenant names SYNC02", "promote", exporter("SYNC02")),
    Case("TO-01v1", "no optional witness", "pass", "the only active server", "deployed",
         all_of(refused("tenant", "current_export_data"), refused("new", "runs"))),
    Case("TO-02v1", "stays in service", "not-applicable", "the plan keeps it", "switched"),
    Case("TO-02v1", "stopped", "pass", "stopped and disabled", "switched", service(1, 4), plan=STOPPED),
    Case("TO-02v1", "starts again", "fail", "is Stopped and starts Automatic", "soak", service(1, 2), plan=STOPPED),
    Case("TO-02v1", "attested", "pass", "network attests that it is isolated", "soak", attested, plan=ISOLATED),
    Case("TO-02v1", "attested but exporting", "fail", "the tenant names SYNC01", "soak", attested_but_exporting,
         plan=ISOLATED),
    Case("TO-02v1", "silent", "inconclusive", "nobody has attested", "soak", lambda world: world.silence("old"),
         plan=ISOLATED),
    Case("TO-02v1", "attestation expired", "inconclusive", "expired on 2026-11-20", "soak",
         lambda world: attested(world, "2026-11-20T00:00:00Z"), plan=ISOLATED),
    Case("TO-02v1", "refused", "error", "service: denied", "soak",
         lambda world: world.refuse("old", "service", Outcome.DENIED), plan=STOPPED),
    Case("TO-03v1", "in order", "pass", "its last export is Export", "switched"),
    Case("TO-03v1", "interleaved", "fail", "it exported while new did", "switched", interleaved),
    Case("TO-03v1", "no export yet", "inconclusive", "it has not exported yet", "switched",
         lambda world: world["new", "runs"].clear()),
    Case("TO-03v1", "isolated", "not-applicable", "isolated", "soak", lambda world: world.silence("old"),
         plan=ISOLATED),
    Case("TO-04v1", "known", "pass", "SYNC01 ran the last export", "promote"),
    Case("TO-04v1", "unknown", "fail", "ROGUE ran the last export", "promote", exporter("ROGUE")),
    Case("TO-04v1", "not told", "inconclusive", "Graph did not tell", "promote", exporter(None)),
]  # fmt: skip
