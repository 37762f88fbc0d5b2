"""Faults of password hash synchronisation and of password writeback."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lab.world.errors import UnknownArgumentError
from lab.world.faults.catalogue import FAULTS
from lab.world.passwords import ALIVE, WRITEBACK, show_life
from lab.world.table import NEW, Argument, Arguments

if TYPE_CHECKING:
    from collections.abc import Callable

    from lab.world.world import World

    Undo = Callable[[], None]


@FAULTS.add("password-writeback", state=Argument("open, stopped or stolen", "stopped"))
def _password_writeback(world: World, arguments: Arguments) -> Undo:
    """Password writeback is configured on every server; on the active one its service is stopped, or has no channel."""
    state = arguments.text("state")
    if state not in ("open", "stopped", "stolen"):
        raise UnknownArgumentError(f"state is open, stopped or stolen, not {state!r}")
    for server in world.servers.values():
        server.parameters[WRITEBACK] = "True"
    for server in world.active:
        server.writeback_service = "Stopped" if state == "stopped" else ""
        server.writeback_channel_lost = state == "stolen"
        show_life(server)

    def undo() -> None:
        for server in world.servers.values():
            server.parameters[WRITEBACK] = "False"
            server.writeback_service, server.writeback_channel_lost = "", False

    return undo


@FAULTS.add("password-hashes-silent", server=NEW)
def _password_hashes_silent(_world: World, arguments: Arguments) -> Undo:
    """Cycles go on, and password hash synchronisation shows no sign of life."""
    server = arguments.server()
    server.event_log.records = [record for record in server.event_log.records if record.id not in ALIVE]
    server.password_hashes_stopped = True
    return lambda: setattr(server, "password_hashes_stopped", False)
