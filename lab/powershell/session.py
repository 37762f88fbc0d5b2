"""What one runspace is: the server it runs on, the commands it shows, and what its language permits."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from lab.powershell.clr import LocalZone
from lab.powershell.errors import not_simulated

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from lab.powershell.commands import CommandTable
    from lab.world.server import SyncServer
    from lab.world.tenant import Tenant


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
    cloud: Tenant | None = None
    """The tenant that the server synchronises to."""

    @property
    def server(self) -> SyncServer:
        """The sync server this runspace runs on."""
        return self.host()

    @property
    def tenant(self) -> Tenant:
        """The tenant.

        Raises:
            TerminatingError: this session was opened without one.

        """
        if self.cloud is None:
            raise not_simulated("a call to the tenant from this session")
        return self.cloud

    @property
    def zone(self) -> LocalZone:
        """The server's time zone, as DateTime values of Kind Local carry it."""
        return LocalZone(self.server.time_zone)

    def now(self) -> datetime:
        """The server's clock, Kind Local."""
        return self.server.now().astimezone(self.zone)
