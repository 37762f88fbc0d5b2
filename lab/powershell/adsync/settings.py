"""Settings of the server and of the tenant as the ADSync module shows them [adsync §7]."""

from __future__ import annotations

from enum import IntEnum
from typing import TYPE_CHECKING

from lab.powershell.adsync.base import cmdlet
from lab.powershell.adsync.objects import keyed_parameters, made, net
from lab.powershell.clr import OBJECT_MODEL
from lab.powershell.commands import Parameter, switch
from lab.powershell.convert import STRING
from lab.world.passwords import writeback_configured, writeback_service

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from lab.powershell.commands import Call
    from lab.world.server import SyncServer

_OPTION = "Microsoft.OptionalFeature."


class AutoUpgradeConfigurationState(IntEnum):
    """OM.AutoUpgradeConfigurationState."""

    __clr_name__ = f"{OBJECT_MODEL}.AutoUpgradeConfigurationState"
    Suspended = 0
    Enabled = 1
    Disabled = 2


class ConnectorIdentityType(IntEnum):
    """What the Entra connector signs in as."""

    ServiceAccount = 0
    Application = 1


class PasswordSyncCycleStatus(IntEnum):
    """Outcome of a password hash synchronisation cycle."""

    __clr_name__ = f"{OBJECT_MODEL}.PasswordSyncCycleStatus"
    NONE = 0
    Successful = 1
    Failed = 2
    InProgress = 3
    Interrupted = 4


class PasswordResetServiceStatus(IntEnum):
    """What the password writeback service does; the order is the documented one, the numbers are ours."""

    __clr_name__ = f"{OBJECT_MODEL}.PasswordResetServiceStatus"
    Unknown = 0
    Stopped = 1
    Started = 2


class OnboardingRequiredStatus(IntEnum):
    """Whether password writeback must be set up again."""

    __clr_name__ = f"{OBJECT_MODEL}.OnboardingRequiredStatus"
    NotRequired = 0
    Optional = 1
    Must = 2
    Unknown = 3


def _parameter(server: SyncServer, name: str) -> str:
    return next((item.value for item in server.global_parameters if item.name == name), "")


def _on(server: SyncServer, option: str) -> bool:
    return _parameter(server, f"{_OPTION}{option}").casefold() == "true"


def _global_settings(_call: Call, server: SyncServer) -> Iterable[object]:
    return [
        made(
            "GlobalSettings",
            {
                "Version": server.global_settings_version,
                "SqlSchemaVersion": server.sql_schema_version,
                "InstanceId": server.instance_id,
                "Schema": made("Schema", {}),
                "Parameters": keyed_parameters(server.global_parameters),
            },
        ),
    ]


def _global_parameters(_call: Call, server: SyncServer) -> Iterable[object]:
    return [net(item) for item in server.global_parameters]


def _auto_upgrade(call: Call, server: SyncServer) -> Iterable[object]:
    text = _parameter(server, f"{_OPTION}AutoUpgradeState")
    state = AutoUpgradeConfigurationState.__members__.get(text, AutoUpgradeConfigurationState.Disabled)
    if not call.on("Detail"):
        return [state]
    reason = _parameter(server, f"{_OPTION}AutoUpgradeSuspensionReason")
    return [made("AutoUpgradeStatus", {"State": state, "SuspensionReason": reason})]


def _database(_call: Call, server: SyncServer) -> Iterable[object]:
    database = server.database
    return [
        made(
            "DatabaseConfiguration",
            {
                "IsLocalDBInstalled": database.local,
                "UsedSpaceInMb": database.used_mb,
                "SqlServerName": database.server,
                "SqlServerInstanceName": database.instance,
                "SqlServerDBName": "ADSync",
                "SqlFullVersion": f"Microsoft SQL Server {database.version} {database.edition}",
                "SqlProductVersion": database.version,
                "SqlEdition": database.edition,
            },
        ),
    ]


def _password_sync(call: Call, server: SyncServer) -> Iterable[object]:
    source = server.connector(call.text("SourceConnector"))
    return [
        made(
            "PasswordSyncConfiguration",
            {
                "SourceConnector": source.name,
                "TargetConnector": server.entra_connector.name,
                "Enabled": _on(server, "PasswordHashSync"),
            },
        ),
    ]


def _password_sync_state(_call: Call, server: SyncServer) -> Iterator[object]:
    status = PasswordSyncCycleStatus.NONE if server.staging else PasswordSyncCycleStatus.Successful
    for connector in server.connectors:
        for partition in connector.partitions:
            yield made(
                "PartitionPasswordSyncState",
                {
                    "ConnectorId": connector.identifier,
                    "DN": partition.dn or "default",
                    "PasswordSyncLastSuccessfulCycleStartTimestamp": None,
                    "PasswordSyncLastSuccessfulCycleEndTimestamp": None,
                    "PasswordSyncLastCycleStartTimestamp": None,
                    "PasswordSyncLastCycleEndTimestamp": None,
                    "PasswordSyncLastCycleStatus": status,
                },
            )


def _password_reset(call: Call, server: SyncServer) -> Iterable[object]:
    connector = server.connector(call.text("Connector"))
    return [
        made(
            "PasswordResetConfiguration",
            {
                "Connector": connector.name,
                "Enabled": writeback_configured(server),
                "ModifiedTimestamp": None,
                "OnboardingRequiredStatus": OnboardingRequiredStatus.NotRequired,
                "ServiceStatus": PasswordResetServiceStatus[writeback_service(server)],
            },
        ),
    ]


FEATURES = {
    "PasswordHashSync": "passwordSyncEnabled",
    "ForcePasswordChangeOnLogOn": "userForcePasswordChangeOnLogonEnabled",
    "UserWriteback": "userWritebackEnabled",
    "DeviceWriteback": "deviceWritebackEnabled",
    "UnifiedGroupWriteback": "unifiedGroupWritebackEnabled",
    "GroupWritebackV2": "groupWriteBackEnabled",
}
"""Company feature to the feature of onPremisesDirectorySynchronization in Graph; both are the tenant's."""


def company_feature(call: Call, _server: SyncServer) -> Iterable[object]:
    """Give the features of the company, which the tenant keeps."""
    features = call.session.tenant.features
    return [made("AADCompanyFeature", {name: features[in_graph] for name, in_graph in FEATURES.items()})]


def _entra_credential(_call: Call, server: SyncServer) -> Iterable[object]:
    named = {item.name for item in server.entra_connector.connectivity_parameters}
    if not named:
        return []
    account = "UserName" in named
    kind = ConnectorIdentityType.ServiceAccount if account else ConnectorIdentityType.Application
    certificate = None if account else made("CertificateCredential", {"CertificateManagedBy": "EntraConnect"})
    return [made("EntraConnectorCredential", {"ConnectorIdentityType": kind, "CertificateCredential": certificate})]


SETTINGS = (
    cmdlet("GlobalSettings", _global_settings, should_process=True),
    cmdlet("GlobalSettingsParameter", _global_parameters),
    cmdlet("AutoUpgrade", _auto_upgrade, switch("Detail")),
    cmdlet("DatabaseConfiguration", _database),
    cmdlet(
        "AADPasswordSyncConfiguration",
        _password_sync,
        Parameter("SourceConnector", STRING, position=0, mandatory=True),
    ),
    cmdlet("PartitionPasswordSyncState", _password_sync_state),
    cmdlet(
        "AADPasswordResetConfiguration",
        _password_reset,
        Parameter("Connector", STRING, position=0, mandatory=True),
    ),
    cmdlet("AADCompanyFeature", company_feature),
)
ENTRA_CREDENTIAL = cmdlet("EntraConnectorCredential", _entra_credential)
"""Since build 2.5.3.0 only [adsync §7]."""
