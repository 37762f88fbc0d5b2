"""The whole world: forest, tenant and servers, one clock, and the ticks that move them."""

from __future__ import annotations

import time
from dataclasses import dataclass, field, fields
from typing import TYPE_CHECKING, Any

from lab.world.cycle import run_profile
from lab.world.enums import SynchronizationPolicyType
from lab.world.errors import UnknownArgumentError

if TYPE_CHECKING:
    from collections.abc import Callable

    from lab.world.clock import Clock
    from lab.world.forest import Forest
    from lab.world.model import RunProfileResult
    from lab.world.server import SyncServer
    from lab.world.tenant import Tenant

DEFAULT_CYCLE_SECONDS = 0.3


@dataclass(slots=True)
class World:
    """Everything the lab simulates. One thread, no locks."""

    scenario: str
    clock: Clock
    forest: Forest
    tenant: Tenant
    servers: dict[str, SyncServer]
    cycle_seconds: float = DEFAULT_CYCLE_SECONDS
    """How long a cycle takes in real time."""
    aliases: dict[str, str] = field(default_factory=dict)
    """Purpose of an address to the purpose of the server that really answers there."""
    watchers: list[Callable[[str, str], None]] = field(default_factory=list)
    """Called with system and kind for every request that was answered; a fault may wait here."""
    monotonic: Callable[[], float] = time.monotonic

    def host(self, purpose: str) -> SyncServer:
        """The server that answers behind the address of `old` or `new`."""
        return self.servers[self.aliases.get(purpose, purpose)]

    def server(self, purpose: str) -> SyncServer:
        """The server itself.

        Raises:
            UnknownArgumentError: there is none of that purpose.
        """
        if purpose not in self.servers:
            raise UnknownArgumentError(f"no server {purpose!r}; servers: {', '.join(self.servers)}")
        return self.servers[purpose]

    @property
    def active(self) -> list[SyncServer]:
        """The servers that export."""
        return [server for server in self.servers.values() if not server.scheduler.staging_mode_enabled]

    def tick(self) -> None:
        """Start the cycles that are due and carry on those under way."""
        for server in self.servers.values():
            scheduler = server.scheduler
            due = (
                server.cycle is None
                and server.service_status == "Running"
                and scheduler.sync_cycle_enabled
                and not scheduler.scheduler_suspended
                and self.clock.now() >= scheduler.next_sync_cycle_start_time_in_utc
            )
            if due:
                server.start_sync_cycle()
            if server.cycle is not None:
                server.cycle.advance(self.tenant, self.monotonic(), self.cycle_seconds)

    def finish_cycle(self, server: SyncServer) -> None:
        """Carry a running cycle to its end at once."""
        if server.cycle is not None:
            server.cycle.advance(self.tenant, float("inf"), self.cycle_seconds)

    def complete_cycle(
        self, server: SyncServer, policy: SynchronizationPolicyType = SynchronizationPolicyType.Unspecified
    ) -> None:
        """Run one cycle from start to end at once (after the one under way, if any)."""
        self.finish_cycle(server)
        server.start_sync_cycle(policy)
        self.finish_cycle(server)

    def run_profile(self, server: SyncServer, connector: str, profile: str) -> RunProfileResult:
        """Run one profile of a connector from the console.

        Raises:
            SyncError: no such connector, or the service does not run.
            UnknownArgumentError: the connector has no such profile.
        """
        server.require_service()
        found = server.connector(connector)
        names = {item.name.casefold(): item.name for item in found.run_profiles}
        if profile.casefold() not in names:
            raise UnknownArgumentError(
                f"{found.name} has no run profile {profile!r}; it has {', '.join(names.values())}"
            )
        return run_profile(server, self.tenant, found, names[profile.casefold()])

    def request_answered(self, system: str, kind: str) -> None:
        """Tell the watchers that a request was answered."""
        for watcher in tuple(self.watchers):
            watcher(system, kind)

    def become(self, fresh: World) -> None:
        """Take over the state of a freshly built world, keeping every object that others hold on to.

        The tenant's applications stay: their secret and certificate are files of a running lab.

        Raises:
            UnknownArgumentError: the fresh world has other servers; their addresses are open already.
        """
        if fresh.servers.keys() != self.servers.keys():
            have, want = (" and ".join(world.servers) for world in (self, fresh))
            raise UnknownArgumentError(f"this lab runs {have}, {fresh.scenario} has {want}: start another lab")
        apps = self.tenant.apps
        _copy(self.clock, fresh.clock.__dict__)
        _copy_fields(self.forest, fresh.forest)
        _copy_fields(self.tenant, fresh.tenant)
        self.tenant.apps, self.tenant.forest = apps, self.forest
        for purpose, server in fresh.servers.items():
            mine = self.servers[purpose]
            _copy_fields(mine, server)
            mine.forest, mine.clock = self.forest, self.clock
        self.scenario = fresh.scenario
        self.aliases, self.watchers = {}, []


def _copy(target: object, values: dict[str, Any]) -> None:
    for name, value in values.items():
        setattr(target, name, value)


def _copy_fields(target: Any, source: Any) -> None:  # noqa: ANN401 - any two of one dataclass
    _copy(target, {item.name: getattr(source, item.name) for item in fields(source)})
