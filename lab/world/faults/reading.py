"""Faults of reading: what cannot be reached, is denied, is slow, moves while one looks, or is too old."""

from __future__ import annotations

from datetime import UTC, timedelta, timezone
from typing import TYPE_CHECKING

from lab.world.errors import UnknownArgumentError
from lab.world.faults.catalogue import FAULTS
from lab.world.server_state import WireInterference
from lab.world.table import NEW, OLD, Argument, Arguments
from lab.world.tenant import ChaosEntry

if TYPE_CHECKING:
    from collections.abc import Callable

    from lab.world.world import World

    Undo = Callable[[], None]

_FOREVER = "forever"
_INTERFERENCES = ("reset", "lose-answer", "hang", "unavailable", "no-soap")


@FAULTS.add(
    "cycle-starts-while-reading",
    server=NEW,
    after=Argument("how many pipelines of that server are answered first", 1),
    times=Argument("once, or forever: again after every so many pipelines", "once"),
    seconds=Argument("how long the cycle takes", 2),
)
def _cycle_starts_while_reading(world: World, arguments: Arguments) -> Undo:
    """A cycle starts between two reads of one collection."""
    server, after = arguments.server(), arguments.number("after")
    forever, seconds = arguments.text("times") == _FOREVER, arguments.number("seconds")
    seen = 0

    def watch(system: str, kind: str) -> None:
        nonlocal seen
        if system != server.purpose or kind != "pipeline":
            return
        seen += 1
        if seen < after:
            return
        seen = 0
        if not forever:
            world.watchers.remove(watch)
        if server.cycle is None:
            server.start_sync_cycle(seconds=seconds)

    world.watchers.append(watch)
    return lambda: world.watchers.remove(watch) if watch in world.watchers else None


@FAULTS.add("tenant-unreachable")
def _tenant_unreachable(world: World, _arguments: Arguments) -> Undo:
    """Graph and the token endpoint refuse connections."""
    world.tenant.unreachable = True
    return lambda: setattr(world.tenant, "unreachable", False)


@FAULTS.add("server-unreachable", server=OLD)
def _server_unreachable(_world: World, arguments: Arguments) -> Undo:
    """The server refuses connections."""
    server = arguments.server()
    server.unreachable = True
    return lambda: setattr(server, "unreachable", False)


@FAULTS.add("server-slow", server=NEW, milliseconds=Argument("how much longer every answer takes", 500))
def _server_slow(_world: World, arguments: Arguments) -> Undo:
    """Every answer of the server takes longer."""
    server = arguments.server()
    server.delay = arguments.number("milliseconds") / 1000
    return lambda: setattr(server, "delay", 0.0)


@FAULTS.add("read-denied", server=NEW, cmdlet=Argument("name of the cmdlet", "Get-ADSyncScheduler"))
def _read_denied(_world: World, arguments: Arguments) -> Undo:
    """One cmdlet answers access denied on the server."""
    server, cmdlet = arguments.server(), arguments.text("cmdlet")
    server.denied.add(cmdlet)
    return lambda: server.denied.discard(cmdlet)


@FAULTS.add("read-hangs", server=NEW, cmdlet=Argument("name of the cmdlet", "Get-ADSyncRule"))
def _read_hangs(_world: World, arguments: Arguments) -> Undo:
    """One cmdlet never answers on the server."""
    server, cmdlet = arguments.server(), arguments.text("cmdlet")
    server.hang.add(cmdlet)
    return lambda: server.hang.discard(cmdlet)


@FAULTS.add("graph-denied", path=Argument("beginning of the path below the version", "/groups"))
def _graph_denied(world: World, arguments: Arguments) -> Undo:
    """Graph answers 403 below a path."""
    path = arguments.text("path")
    world.tenant.denied_paths.add(path)
    return lambda: world.tenant.denied_paths.discard(path)


@FAULTS.add("directory-synchronization-delegated-only")
def _delegated_only(world: World, _arguments: Arguments) -> Undo:
    """An application may not read /directory/onPremisesSynchronization."""
    world.tenant.directory_synchronization_app_only = False
    return lambda: setattr(world.tenant, "directory_synchronization_app_only", True)


@FAULTS.add(
    "throttled",
    times=Argument("how many requests are answered 429; a negative number: all", 3),
    retry_after=Argument("seconds that the answers ask for", 1),
)
def _throttled(world: World, arguments: Arguments) -> Undo:
    """Graph throttles."""
    world.tenant.throttle = arguments.number("times")
    world.tenant.retry_after = arguments.number("retry_after")
    return lambda: setattr(world.tenant, "throttle", 0)


@FAULTS.add(
    "graph-chaos",
    path=Argument("text that the address holds"),
    kind=Argument("a kind of lab.tenant.chaos.KINDS"),
    times=Argument("how many answers", 1),
)
def _graph_chaos(world: World, arguments: Arguments) -> Undo:
    """Graph or the token endpoint answers in a broken way."""
    entry = ChaosEntry(arguments.text("path"), arguments.text("kind"), arguments.number("times"))
    world.tenant.chaos.append(entry)
    return lambda: world.tenant.chaos.remove(entry) if entry in world.tenant.chaos else None


@FAULTS.add(
    "wire-interference",
    server=NEW,
    verb=Argument("Create, Command, Receive, Signal or Delete", "Receive"),
    kind=Argument("reset, lose-answer, hang, unavailable or no-soap", "reset"),
    times=Argument("how many requests; a negative number: all", 1),
)
def _wire_interference(_world: World, arguments: Arguments) -> Undo:
    """A WS-Man request is lost, hangs, or is answered by something in between."""
    server, kind = arguments.server(), arguments.text("kind")
    if kind not in _INTERFERENCES:
        raise UnknownArgumentError(f"kind is one of {', '.join(_INTERFERENCES)}, not {kind!r}")
    entry = WireInterference(arguments.text("verb"), kind, arguments.number("times"))
    server.interferences.append(entry)
    return lambda: server.interferences.remove(entry) if entry in server.interferences else None


@FAULTS.add(
    "server-in-another-zone",
    server=NEW,
    hours=Argument("offset of the server's zone from UTC", 2),
    scheduler=Argument("off, when nothing is left that settles the times", "on"),
)
def _server_in_another_zone(_world: World, arguments: Arguments) -> Undo:
    """The server's time zone is not UTC: nothing is wrong, but run times shift in JSON [semantics §5]."""
    server = arguments.server()
    server.time_zone = timezone(timedelta(hours=arguments.number("hours")))
    server.set_scheduler(sync_cycle_enabled=arguments.text("scheduler") == "on")

    def undo() -> None:
        server.time_zone = UTC
        server.set_scheduler(sync_cycle_enabled=True)

    return undo


@FAULTS.add("clock-skew", server=NEW, seconds=Argument("how far the server's clock is ahead", 600))
def _clock_skew(_world: World, arguments: Arguments) -> Undo:
    """The server's clock is wrong."""
    server = arguments.server()
    server.clock_skew = timedelta(seconds=arguments.number("seconds"))
    return lambda: setattr(server, "clock_skew", timedelta())


@FAULTS.add("stale-runs", server=NEW, hours=Argument("hours without a run", 8))
def _stale_runs(world: World, arguments: Arguments) -> Undo:
    """The server has run nothing for hours: the history ends there."""
    server, before = arguments.server(), list(arguments.server().runs)
    edge = world.clock.now() - timedelta(hours=arguments.number("hours"))
    server.runs[:] = [run for run in before if run.start_date < edge]

    def undo() -> None:
        server.runs[:] = before

    return undo


@FAULTS.add("no-full-synchronization", server=NEW)
def _no_full_synchronization(_world: World, arguments: Arguments) -> Undo:
    """The history holds no full synchronisation: it was purged, or never ran."""
    server, before = arguments.server(), list(arguments.server().runs)
    server.runs[:] = [run for run in before if not run.run_profile_name.startswith("Full")]

    def undo() -> None:
        server.runs[:] = before

    return undo


@FAULTS.add(
    "failed-run",
    server=NEW,
    connector=Argument("name of the connector", "contoso.onmicrosoft.com - AAD"),
    profile=Argument("run profile", "Delta Import"),
    result=Argument("how it ended", "no-start-connection"),
)
def _failed_run(_world: World, arguments: Arguments) -> Undo:
    """The last run of a profile failed."""
    server, profile = arguments.server(), arguments.text("profile")
    connector = server.connector(arguments.text("connector"))
    runs = [run for run in server.runs if run.connector_id == connector.identifier and run.run_profile_name == profile]
    if not runs:
        raise UnknownArgumentError(f"{connector.name} on {server.computer_name} has no run of {profile!r}")
    before = runs[-1].result
    runs[-1].result = runs[-1].run_step_results[0].step_result = arguments.text("result")

    def undo() -> None:
        runs[-1].result = runs[-1].run_step_results[0].step_result = before

    return undo


@FAULTS.add("event-log-young", server=NEW, hours=Argument("age of the oldest record in hours", 1))
def _event_log_young(world: World, arguments: Arguments) -> None:
    """The Application log was overwritten: its oldest record is young."""
    server = arguments.server()
    server.event_log.forget_before(world.clock.now() - timedelta(hours=arguments.number("hours")))


@FAULTS.add("references-only-in-xml", server=NEW)
def _references_only_in_xml(_world: World, arguments: Arguments) -> Undo:
    """Attributes of a connector space object do not list its references."""
    server = arguments.server()
    server.options.references_in_attributes = False
    return lambda: setattr(server.options, "references_in_attributes", True)


@FAULTS.add("service-stopped", server=NEW)
def _service_stopped(_world: World, arguments: Arguments) -> Undo:
    """The ADSync service does not run."""
    server = arguments.server()
    server.stop_service()
    return server.start_service
