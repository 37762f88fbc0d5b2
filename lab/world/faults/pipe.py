"""The management pipe: where most ADSync cmdlets end when a session is a network logon."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from lab.world.errors import UnknownArgumentError
from lab.world.faults.catalogue import FAULTS
from lab.world.table import NEW, Argument, Arguments

if TYPE_CHECKING:
    from collections.abc import Callable

    from lab.world.world import World

_ENDPOINTS: dict[str, Literal["full", "every"]] = {"full": "full", "every": "every"}


@FAULTS.add(
    "management-pipe-refuses",
    server=NEW,
    endpoints=Argument("full: sessions of administrators, as real servers do; every: constrained ones too", "every"),
)
def _management_pipe_refuses(_world: World, arguments: Arguments) -> Callable[[], None]:
    """Rules, runs, settings and objects cannot be read: their pipe takes no network logon."""
    server, endpoints = arguments.server(), arguments.text("endpoints")
    if endpoints not in _ENDPOINTS:
        raise UnknownArgumentError(f"endpoints is full or every, not {endpoints!r}")
    server.pipe_closed_on = _ENDPOINTS[endpoints]
    return lambda: setattr(server, "pipe_closed_on", "")
