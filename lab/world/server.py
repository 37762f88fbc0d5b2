"""One sync server: what the ADSync cmdlets read of it and change in it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from email.utils import format_datetime
from typing import TYPE_CHECKING, get_args

from lab.world import objects
from lab.world.enums import SynchronizationPolicyType
from lab.world.errors import SyncError
from lab.world.events import ENGINE, TRACER
from lab.world.model import ENTRA_CONNECTOR, ConfigurationParameter, ConnectorStatistics, SchedulerConnectorOverride
from lab.world.server_state import ServerState, ServiceStartType

if TYPE_CHECKING:
    from uuid import UUID

    from lab.world.model import (
        CsObject,
        ExtensionConfiguration,
        GroupStatistics,
        MvObject,
        SynchronizationRule,
    )

PARAMETERS_KEY = r"HKLM:\SYSTEM\CurrentControlSet\Services\ADSync\Parameters"
COMPUTER_NAME_KEY = r"HKLM:\SYSTEM\CurrentControlSet\Control\ComputerName\ActiveComputerName"
IMPORT_API_VERSION = "AadConnectorImportApiVersion"
EXPORT_API_VERSION = "AadConnectorExportApiVersion"
EXPORT_TYPE_OF_VERSION = {1: 2, 2: 5}
"""ExportType of the Entra connector for each API version [adsync §3]."""
V1_MEMBER_LIMIT = 50_000
"""Members that the V1 endpoint takes per group [entra_docs §2.3]."""


@dataclass(slots=True)
class SyncServer(ServerState):
    """A server that runs Entra Connect Sync."""

    # --- connector spaces ---

    def connector_statistics(self, name: str) -> ConnectorStatistics:
        """Pending exports and size of one connector space; imports wait only while a cycle is between two steps."""
        identifier = self.connector(name).identifier
        if identifier != ENTRA_CONNECTOR:
            mine = identifier == self.ad_connector.identifier
            waiting = [export.operation for export in self.ad_exports.values()] if mine else []
            return ConnectorStatistics(
                export_adds=waiting.count("add"),
                export_updates=waiting.count("update"),
                export_deletes=waiting.count("delete"),
                total_connectors=len(self.ad.everything) if mine else 0,
            )
        space = self.entra
        return ConnectorStatistics(
            export_adds=len(space.pending("add")),
            export_updates=len(space.pending("update")),
            export_deletes=len(space.pending("delete")),
            total_connectors=len(space.everything),
        )

    def group_statistics(self, connector: str | UUID, minimum: int, start: int, maximum: int) -> list[GroupStatistics]:
        """Groups of a connector with at least `minimum` members, largest first, from row `start` (0-based)."""
        return objects.group_statistics(self, self.connector(connector), minimum)[start : start + maximum]

    def cs_object(self, identifier: UUID) -> CsObject | None:
        """The connector space object with this id, or None."""
        return objects.cs_object(self, identifier)

    def cs_object_by_dn(self, connector: str | UUID, dn: str) -> CsObject | None:
        """The connector space object with this name, or None."""
        return objects.cs_object_by_dn(self, self.connector(connector), dn)

    def mv_object(self, identifier: UUID) -> MvObject | None:
        """The metaverse object with this id, or None."""
        return objects.mv_object(self, identifier)

    # --- API versions [adsync §3] ---

    def _registry_version(self, value: str) -> int:
        found = self.registry[PARAMETERS_KEY].get(value)
        if isinstance(found, int):
            return found
        return 1 if self.product_version.startswith("1.") else 2

    @property
    def _extension(self) -> ExtensionConfiguration:
        extension = self.entra_connector.extension_configuration
        if extension is None:
            raise SyncError("The Entra connector has no extension configuration.", "ConnectorInvalid")
        return extension

    def import_api_version(self) -> int:
        """The API version of imports; without a registry value 2 on 2.x builds."""
        return self._registry_version(IMPORT_API_VERSION)

    def export_api_version(self) -> int:
        """The API version of exports, as the registry and the connector agree on.

        Raises:
            SyncError: they disagree.
        """
        version = self._registry_version(EXPORT_API_VERSION)
        if EXPORT_TYPE_OF_VERSION.get(version) != self._extension.export_type:
            raise SyncError(
                "Version mismatch in Registry and AAD Connector. "
                "Run Set-ADSyncAADConnectorExportApiVersion to fix the issue",
                "VersionMismatch",
            )
        return version

    @property
    def exports_with_v2(self) -> bool:
        """Whether exports really use V2: the registry and the connector both say so."""
        return self._registry_version(EXPORT_API_VERSION) == 2 and self._extension.export_type == 5  # noqa: PLR2004

    def set_import_api_version(self, version: int) -> int:
        """Set the API version of imports to 1 or 2; returns it."""
        self._check_version(version)
        self.registry[PARAMETERS_KEY][IMPORT_API_VERSION] = version
        return version

    def set_export_api_version(self, version: int) -> int:
        """Set the API version of exports to 1 or 2, in the registry and on the connector; returns it."""
        self._check_version(version)
        self.registry[PARAMETERS_KEY][EXPORT_API_VERSION] = version
        self.set_export_type(EXPORT_TYPE_OF_VERSION[version])
        return version

    def set_export_type(self, export_type: int) -> None:
        """Change the Entra connector's ExportType."""
        connector = self.entra_connector
        self._extension.export_type = export_type
        connector.version += 1
        connector.last_modification_time = self.now()
        self.global_settings_version += 1

    @staticmethod
    def _check_version(version: int) -> None:
        if version not in EXPORT_TYPE_OF_VERSION:
            raise SyncError(f"Version {version} is not supported. Use 1 or 2.", "InvalidApiVersion")

    # --- scheduler ---

    def set_scheduler(self, **changes: object) -> None:
        """Change settable scheduler fields [adsync §2].

        Raises:
            SyncError: a field that cannot be set.
        """
        settable = {
            "customized_sync_cycle_interval",
            "sync_cycle_enabled",
            "next_sync_cycle_policy_type",
            "purge_run_history_interval",
            "maintenance_enabled",
            "scheduler_suspended",
        }
        if unknown := set(changes) - settable:
            raise SyncError(f"The scheduler setting {', '.join(sorted(unknown))} cannot be changed.", "InvalidSetting")
        for name, value in changes.items():
            setattr(self.scheduler, name, value)
        custom = self.scheduler.customized_sync_cycle_interval
        allowed = self.scheduler.allowed_sync_cycle_interval
        self.scheduler.currently_effective_sync_cycle_interval = max(custom, allowed) if custom else allowed

    def set_staging(self, staging: bool) -> None:
        """Turn staging mode on or off, in the scheduler and in the local flag."""
        self.staging = staging
        self.scheduler.staging_mode_enabled = staging

    def start_sync_cycle(
        self, policy: SynchronizationPolicyType = SynchronizationPolicyType.Unspecified, seconds: float | None = None
    ) -> None:
        """Start a cycle; the world's ticks carry it on. `seconds` is how long it takes, the world's default if None.

        Raises:
            SyncError: one runs already, or the scheduler is suspended.
        """
        from lab.world.cycle import SyncCycle  # noqa: PLC0415 - the cycle needs the server's type

        self.require_service()
        if self.scheduler.sync_cycle_in_progress:
            raise SyncError("Sync is already running. Cannot start a new run till this one completes.", "SyncRunning")
        if self.scheduler.scheduler_suspended:
            raise SyncError("The scheduler is suspended. Close the wizard and try again.", "SchedulerSuspended")
        if policy is SynchronizationPolicyType.Unspecified:
            policy = self.scheduler.next_sync_cycle_policy_type
        self.cycle = SyncCycle(self, policy, seconds)
        self.scheduler.sync_cycle_in_progress = True
        self.log_event(TRACER, 904, f"Scheduler: a synchronization cycle has started. Policy type: {policy.name}.")

    # --- overrides ---

    def set_override(
        self, connector: str | UUID, full_import: bool | None = None, full_sync: bool | None = None
    ) -> None:
        """Ask for full runs on a connector, or take that back; a row without any demand disappears."""
        identifier = self.connector(connector).identifier
        row = next((item for item in self.overrides if item.connector_identifier == identifier), None)
        if row is None:
            row = SchedulerConnectorOverride(identifier, full_import_required=False, full_sync_required=False)
            self.overrides.append(row)
        row.full_import_required = row.full_import_required if full_import is None else full_import
        row.full_sync_required = row.full_sync_required if full_sync is None else full_sync
        if not row.full_import_required and not row.full_sync_required:
            self.overrides.remove(row)

    def override(self, connector: UUID) -> SchedulerConnectorOverride:
        """What the scheduler must do in full on a connector (nothing, when there is no row)."""
        found = next((row for row in self.overrides if row.connector_identifier == connector), None)
        return replace(found) if found else SchedulerConnectorOverride(connector, False, False)

    # --- rules ---

    def rule(self, identifier_or_name: UUID | str) -> SynchronizationRule:
        """The rule with this identifier, or the first with this name (an enabled one before a disabled one).

        Raises:
            SyncError: there is none.
        """
        found = [
            rule
            for rule in self.rules
            if rule.identifier == identifier_or_name
            or (isinstance(identifier_or_name, str) and rule.name.casefold() == identifier_or_name.casefold())
        ]
        if not found:
            raise SyncError(f"The synchronization rule '{identifier_or_name}' could not be found.", "RuleNotFound")
        return min(found, key=lambda rule: rule.disabled)

    def remove_rule(self, identifier: UUID) -> None:
        """Delete a rule.

        Raises:
            SyncError: there is no such rule.
        """
        rule = self.rule(identifier)
        self.rules.remove(rule)
        self.rule_changed(rule, "deleted")

    def rule_changed(self, rule: SynchronizationRule, what: str) -> None:
        """Saving a rule demands a full synchronisation of its connector and is audited [adsync §4.4, §10]."""
        self.rules_changed = True
        self.global_settings_version += 1
        self.set_override(rule.connector, full_sync=True)
        self.log_event(TRACER, 2510, f"Custom synchronization rule {what}. Rule name: {rule.name}.")

    # --- settings and service ---

    @property
    def global_parameters(self) -> list[ConfigurationParameter]:
        """Get-ADSyncGlobalSettingsParameter; every value is text [adsync §7]."""
        scheduler = self.scheduler
        own = {
            "Microsoft.Synchronize.ServerConfigurationVersion": self.configuration_version or self.product_version,
            "Microsoft.Synchronize.StagingMode": str(self.staging),
            "Microsoft.Synchronize.SchedulerSuspended": str(scheduler.scheduler_suspended),
            "Microsoft.Synchronize.SynchronizationPolicy": scheduler.next_sync_cycle_policy_type.name,
            "Microsoft.Synchronize.TimeInterval": str(scheduler.currently_effective_sync_cycle_interval).zfill(8),
            "Microsoft.Synchronize.NextStartTime": format_datetime(
                scheduler.next_sync_cycle_start_time_in_utc, usegmt=True
            ),
            "Microsoft.Synchronize.MaintenanceEnabled": str(scheduler.maintenance_enabled),
        }
        return [ConfigurationParameter(name, value) for name, value in sorted({**self.parameters, **own}.items())]

    def set_service_start_type(self, start_type: str) -> None:
        """Choose how the service starts.

        Raises:
            SyncError: no such start type.
        """
        for known in get_args(ServiceStartType):
            if known.casefold() == start_type.casefold():
                self.service_start_type = known
                return
        raise SyncError(f"{start_type!r} is no start type; use {', '.join(get_args(ServiceStartType))}", "StartType")

    def start_service(self) -> None:
        """Start the ADSync service.

        Raises:
            SyncError: it is disabled.
        """
        if self.service_start_type == "Disabled":
            raise SyncError("The ADSync service is disabled and cannot be started.", "ServiceDisabled")
        if self.service_status == "Stopped":
            self.service_status = "Running"
            self.log_event(ENGINE, 2001, "The service was started successfully.")

    def stop_service(self) -> None:
        """Stop the ADSync service; a running cycle ends where it is."""
        if self.service_status == "Running":
            if self.cycle is not None:
                self.cycle.abort()
            self.service_status = "Stopped"
            self.log_event(ENGINE, 2002, "The service was stopped successfully.")
