"""The state of one sync server: settings, connector spaces, history, and the switches that faults throw."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta, tzinfo
from typing import TYPE_CHECKING, Literal

from lab.world.enums import EventLevel
from lab.world.errors import SyncError
from lab.world.events import EventLog
from lab.world.ids import IdSpace
from lab.world.model import ENTRA_CONNECTOR
from lab.world.space import AdExport, AdSpace, EntraSpace
from lab.world.windows import Database

if TYPE_CHECKING:
    from uuid import UUID

    from lab.world.clock import Clock
    from lab.world.cycle import SyncCycle
    from lab.world.forest import Forest
    from lab.world.model import (
        Connector,
        ConnectorRunStatus,
        EventRecord,
        RunProfileResult,
        SchedulerConnectorOverride,
        SchedulerSettings,
        SynchronizationRule,
    )

Purpose = Literal["old", "new"]
ServiceStatus = Literal["Running", "Stopped"]
ServiceStartType = Literal["Automatic", "Manual", "Disabled"]


@dataclass(slots=True)
class Options:
    """Levers for what differs between real installations and is not documented."""

    references_in_attributes: bool = True
    """Whether `CsObject.attributes` lists `member` with its values."""
    export_holograms: bool = True
    """Whether `CsObject.serialized_xml` repeats a pending object as it will be, after its changes."""


@dataclass(slots=True)
class WireInterference:
    """What happens to the next requests of a verb, as Create or Receive; kinds are those of lab.wsman.interference."""

    verb: str
    kind: str
    times: int = 1


@dataclass(slots=True)
class ServerState:
    """What one server holds and is."""

    purpose: Purpose
    computer_name: str
    instance_id: UUID
    product_version: str
    forest: Forest
    clock: Clock
    scheduler: SchedulerSettings
    connectors: list[Connector]
    rules: list[SynchronizationRule]
    registry: dict[str, dict[str, object]]
    """Registry key path to its values."""
    parameters: dict[str, str]
    """Global parameters that do not follow from the other state."""
    event_log: EventLog = field(default_factory=EventLog)
    options: Options = field(default_factory=Options)
    database: Database = field(default_factory=Database)
    engine_configuration: str = ""
    """What somebody added to miiserver.exe.config; empty as the product leaves it."""
    engine_configuration_replaced: str | None = None
    """What somebody put in its place as a whole."""
    name_after_restart: str = ""
    """What the computer will be called once it has restarted; empty when nobody renamed it."""
    writeback_service: str = ""
    """Status of the password writeback service; empty where it follows from role and configuration."""
    writeback_channel_lost: bool = False
    """Another server has taken the channel of password writeback: nothing says any more that it is open."""
    password_hashes_stopped: bool = False
    """Password hash synchronisation writes no sign of life."""
    configuration_version: str = ""
    """Microsoft.Synchronize.ServerConfigurationVersion; differs from the product version after a partial upgrade."""
    install_path: str = "C:\\Program Files\\Microsoft Azure AD Sync\\"
    service_status: ServiceStatus = "Running"
    service_start_type: ServiceStartType = "Automatic"
    staging: bool = False
    """The local staging flag; the scheduler reports its own."""
    global_settings_version: int = 20_100
    sql_schema_version: int = 616
    overrides: list[SchedulerConnectorOverride] = field(default_factory=list)
    runs: list[RunProfileResult] = field(default_factory=list)
    """Oldest first."""
    run_numbers: dict[UUID, int] = field(default_factory=dict)
    """Last run number of each connector."""
    connector_run_status: list[ConnectorRunStatus] = field(default_factory=list)
    ad: AdSpace = field(default_factory=AdSpace)
    entra: EntraSpace = field(default_factory=EntraSpace)
    ad_exports: dict[int, AdExport] = field(default_factory=dict)
    """Pending exports of the AD connector."""
    rules_changed: bool = False
    """A rule was edited after the last full synchronisation."""
    cycle: SyncCycle | None = None
    time_zone: tzinfo = UTC
    clock_skew: timedelta = timedelta()

    # Switches that faults throw.
    unreachable: bool = False
    delay: float = 0.0
    """Seconds that every answer takes longer."""
    interferences: list[WireInterference] = field(default_factory=list)
    denied: set[str] = field(default_factory=set)
    """Cmdlets that answer access denied."""
    hang: set[str] = field(default_factory=set)
    """Cmdlets that never answer."""
    pipe_closed_on: Literal["", "full", "every"] = ""
    """Endpoints whose sessions the management pipe refuses."""
    isolated: bool = False
    """Its runs reach nothing."""
    domain: str = "contoso.com"

    # --- identity and time ---

    @property
    def fqdn(self) -> str:
        """The server's DNS name."""
        return f"{self.computer_name}.{self.domain}".lower()

    def next_interference(self, verb: str) -> str | None:
        """What is to happen to this request, or None; it counts as done."""
        for item in self.interferences:
            if item.verb.casefold() == verb.casefold() and item.times:
                item.times -= 1
                return item.kind
        return None

    def now(self) -> datetime:
        """What the server's own clock shows, in UTC."""
        return self.clock.now() + self.clock_skew

    @property
    def events(self) -> list[EventRecord]:
        """The Application log, oldest first."""
        return self.event_log.records

    def log_event(self, provider: str, event_id: int, message: str, level: EventLevel = EventLevel.Information) -> None:
        """Write a record to the Application log."""
        self.event_log.write(provider, event_id, message, self.now(), level)

    def require_service(self) -> None:
        """Every ADSync cmdlet needs the service.

        Raises:
            SyncError: it does not run.
        """
        if self.service_status != "Running":
            raise SyncError("The ADSync service is not running. Start the service and try again.", "ServiceNotRunning")

    # --- connectors ---

    def connector(self, name_or_identifier: str | UUID) -> Connector:
        """The connector with this name (case-insensitive) or identifier.

        Raises:
            SyncError: there is none.
        """
        for connector in self.connectors:
            if name_or_identifier == connector.identifier or (
                isinstance(name_or_identifier, str) and name_or_identifier.casefold() == connector.name.casefold()
            ):
                return connector
        raise SyncError(f"The connector '{name_or_identifier}' could not be found.", "ConnectorNotFound")

    @property
    def entra_connector(self) -> Connector:
        """The connector to Entra ID."""
        return self.connector(ENTRA_CONNECTOR)

    @property
    def ad_connector(self) -> Connector:
        """The connector to the forest."""
        return next(connector for connector in self.connectors if connector.connector_type_name == "AD")

    @property
    def mv_ids(self) -> IdSpace:
        """Identifiers of metaverse objects."""
        return IdSpace(f"{self.instance_id}/mv")

    def cs_ids(self, connector: UUID) -> IdSpace:
        """Identifiers of a connector's objects."""
        return IdSpace(f"{self.instance_id}/cs/{connector}")
