"""A synchronisation cycle as a state machine: one run after another, in the documented order [entra_docs §8]."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

from lab.world import connectors as profiles
from lab.world import runs
from lab.world.enums import EventLevel, SynchronizationPolicyType
from lab.world.events import ENGINE, TRACER, rules_not_applied
from lab.world.export import export_ad, export_entra
from lab.world.model import ENTRA_CONNECTOR, Connector, RunProfileResult
from lab.world.passwords import show_life
from lab.world.runs import Work
from lab.world.synchronise import import_ad, import_entra, synchronise

if TYPE_CHECKING:
    from uuid import UUID

    from lab.world.server import SyncServer
    from lab.world.tenant import Tenant

Kind = Literal["import", "synchronise", "export"]
STOPPED = "stopped-user-termination"
NO_CONNECTION = "no-start-connection"


def work_of(server: SyncServer, tenant: Tenant, connector: Connector, profile: str) -> Work:
    """Do what a run profile does, at once."""
    on_entra = connector.identifier == ENTRA_CONNECTOR
    if server.isolated and "Synchronization" not in profile:
        return Work(result=NO_CONNECTION)
    if profile in (profiles.FULL_IMPORT, profiles.DELTA_IMPORT):
        return import_entra(server, tenant) if on_entra else import_ad(server)
    if profile == profiles.EXPORT:
        return export_entra(server, tenant) if on_entra else export_ad(server)
    full = profile == profiles.FULL_SYNCHRONIZATION
    work = synchronise(server, connector, full=full)
    if full and on_entra:
        server.rules_changed = False
    elif server.rules_changed and on_entra:
        server.log_event(ENGINE, 6127, rules_not_applied(connector.name, profile), EventLevel.Warning)
    return work


def clear_override(server: SyncServer, connector: Connector, profile: str) -> None:
    """A full run that was done is no longer demanded."""
    if profile == profiles.FULL_IMPORT:
        server.set_override(connector.identifier, full_import=False)
    elif profile == profiles.FULL_SYNCHRONIZATION:
        server.set_override(connector.identifier, full_sync=False)


def run_profile(server: SyncServer, tenant: Tenant, connector: Connector, profile: str) -> RunProfileResult:
    """Run one profile from beginning to end, as the Synchronization Service console does; staging does not stop it."""
    run = runs.begin(server, connector, profile, server.clock.now())
    runs.end(server, run, work_of(server, tenant, connector, profile), server.clock.now())
    clear_override(server, connector, profile)
    return run


@dataclass(slots=True)
class SyncCycle:
    """A cycle under way on one server."""

    server: SyncServer
    policy: SynchronizationPolicyType
    seconds: float | None
    """How long it takes in all; None is the world's default."""
    stages: list[tuple[UUID, Kind]] = field(default_factory=list)
    """What is still to do, the stage under way first."""
    run: RunProfileResult | None = None
    due: float = 0.0
    """When the stage under way ends, on the monotonic clock."""

    def __post_init__(self) -> None:
        forests = [item.identifier for item in self.server.connectors if item.connector_type_name == "AD"]
        entra: list[UUID] = [ENTRA_CONNECTOR]
        kinds: tuple[tuple[list[UUID], Kind], ...] = (
            (forests, "import"),
            (entra, "import"),
            (forests, "synchronise"),
            (entra, "synchronise"),
            (entra, "export"),
            (forests, "export"),
        )
        self.stages = [(identifier, kind) for identifiers, kind in kinds for identifier in identifiers]

    def profile(self, identifier: UUID, kind: Kind) -> str:
        """The run profile of a stage: full when the policy or an override says so."""
        override = self.server.override(identifier)
        initial = self.policy is SynchronizationPolicyType.Initial
        if kind == "import":
            return profiles.FULL_IMPORT if initial or override.full_import_required else profiles.DELTA_IMPORT
        if kind == "synchronise":
            full = initial or override.full_sync_required
            return profiles.FULL_SYNCHRONIZATION if full else profiles.DELTA_SYNCHRONIZATION
        return profiles.EXPORT

    def advance(self, tenant: Tenant, monotonic: float, default_seconds: float) -> None:
        """Carry the cycle on to this moment of the monotonic clock (infinity: to its end)."""
        each = (self.seconds if self.seconds is not None else default_seconds) / 6
        while self.stages:
            identifier, kind = self.stages[0]
            if kind == "export" and self.server.scheduler.staging_mode_enabled:
                self.stages.pop(0)
                continue
            connector = self.server.connector(identifier)
            if self.run is None:
                self.run = runs.begin(self.server, connector, self.profile(identifier, kind), self.server.clock.now())
                self.due = max(self.due, monotonic if monotonic != float("inf") else 0.0) + each
            if monotonic < self.due:
                return
            profile = self.run.run_profile_name
            runs.end(
                self.server,
                self.run,
                work_of(self.server, tenant, connector, profile),
                self.server.clock.now(),
            )
            clear_override(self.server, connector, profile)
            self.run = None
            self.stages.pop(0)
        self._finish()

    def abort(self) -> None:
        """End the cycle where it is; the run under way counts as stopped."""
        if self.run is not None:
            runs.end(self.server, self.run, Work(result=STOPPED), self.server.clock.now())
        self.stages.clear()
        self._finish()

    def _finish(self) -> None:
        server, scheduler = self.server, self.server.scheduler
        server.cycle = None
        scheduler.sync_cycle_in_progress = False
        scheduler.next_sync_cycle_policy_type = SynchronizationPolicyType.Delta
        scheduler.next_sync_cycle_start_time_in_utc = (
            server.clock.now() + scheduler.currently_effective_sync_cycle_interval
        )
        server.log_event(TRACER, 904, "Scheduler: the synchronization cycle has finished.")
        if not scheduler.staging_mode_enabled:
            show_life(server)
