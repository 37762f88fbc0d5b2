"""What one runspace is: the server it runs on, the commands it shows, and what its language permits."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from lab.powershell.clr import LocalZone

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from lab.powershell.commands import CommandTable
    from lab.world.server import SyncServer


@dataclass
class Session:
    """One open runspace."""

    host: Callable[[], SyncServer]
    """Which server answers: an alias fault may change that while the runspace is open."""
    table: CommandTable
    language: bool = False
    """FullLanguage: script text is taken, as far as the lab can run it."""
    providers: bool = False
    """Whether provider paths (files, registry, environment) can be reached by visible commands."""
    local: bool = False
    """Whether the runspace is one of the server's own console, not a network logon."""
    closed: bool = False

    @property
    def server(self) -> SyncServer:
        """The sync server this runspace runs on."""
        return self.host()

    @property
    def zone(self) -> LocalZone:
        """The server's time zone, as DateTime values of Kind Local carry it."""
        return LocalZone(self.server.time_zone)

    def now(self) -> datetime:
        """The server's clock, Kind Local."""
        return self.server.now().astimezone(self.zone)
