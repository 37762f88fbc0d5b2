"""Cmdlets that change settings of the server and of the tenant [adsync §7; entra_docs §10].

What the real cmdlets ask a person for in a sign-in window, they take here without one.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from lab.powershell.adsync.base import cmdlet
from lab.powershell.adsync.objects import made
from lab.powershell.adsync.settings import FEATURES, AutoUpgradeConfigurationState, company_feature
from lab.powershell.clr import NetObject, UInt32
from lab.powershell.commands import Parameter
from lab.powershell.convert import BOOLEAN, INT32, STRING, TIME_SPAN, enum, nullable
from lab.world.saving import purge_runs

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import timedelta

    from lab.powershell.commands import Call
    from lab.world.server import SyncServer

_OPTION = "Microsoft.OptionalFeature."
_THRESHOLD = f"{_OPTION}ExportDeletionThreshold"


def _set_auto_upgrade(call: Call, server: SyncServer) -> Iterable[object]:
    state: AutoUpgradeConfigurationState = call.get("AutoUpgradeState")  # type: ignore[assignment]
    server.parameters[f"{_OPTION}AutoUpgradeState"] = state.name
    server.parameters[f"{_OPTION}AutoUpgradeSuspensionReason"] = call.text("SuspensionReason")
    return ()


def _threshold(call: Call) -> NetObject:
    guard = call.session.tenant.accidental_deletion_prevention
    kinds = {"disabled": 0, "enabledForCount": 1, "enabledForPercentage": 2}
    by_percentage = guard.synchronization_prevention_type == "enabledForPercentage"
    return made(
        "DeletionThresholdConfiguration",
        {
            "DeletionPrevention": UInt32(kinds[guard.synchronization_prevention_type]),
            "ThresholdPercentage": UInt32(guard.alert_threshold if by_percentage else 0),
            "ThresholdCount": UInt32(0 if by_percentage else guard.alert_threshold),
        },
    )


def _get_threshold(call: Call, _server: SyncServer) -> Iterable[object]:
    return [_threshold(call)]


def _enable_threshold(call: Call, server: SyncServer) -> Iterable[object]:
    """Set the tenant's threshold, and this server's own copy of it."""
    if call.on("WhatIf"):
        return ()
    guard = call.session.tenant.accidental_deletion_prevention
    guard.synchronization_prevention_type = "enabledForCount"
    guard.alert_threshold = call.integer("DeletionThreshold")
    server.parameters |= {_THRESHOLD: "True", f"{_THRESHOLD}Value": str(guard.alert_threshold)}
    return [_threshold(call)]


def _disable_threshold(call: Call, server: SyncServer) -> Iterable[object]:
    if call.on("WhatIf"):
        return ()
    call.session.tenant.accidental_deletion_prevention.synchronization_prevention_type = "disabled"
    server.parameters[_THRESHOLD] = "False"
    return [_threshold(call)]


def _set_company_feature(call: Call, server: SyncServer) -> Iterable[object]:
    features = call.session.tenant.features
    for name, in_graph in FEATURES.items():
        value = call.get(name)
        if isinstance(value, bool):
            features[in_graph] = value
    return company_feature(call, server)


def _set_password_sync(call: Call, server: SyncServer) -> Iterable[object]:
    server.connector(call.text("SourceConnector"))
    server.connector(call.text("TargetConnector"))
    server.parameters[f"{_OPTION}PasswordHashSync"] = str(call.get("Enable") is True)
    return ()


def _purge(call: Call, server: SyncServer) -> Iterable[object]:
    kept: timedelta | None = call.get("PurgeRunHistoryInterval")  # type: ignore[assignment]
    purge_runs(server, server.now() - (server.scheduler.purge_run_history_interval if kept is None else kept))
    return ()


_ACCOUNT = Parameter("AADUserName", STRING, position=1, mandatory=True)
_FLAG = nullable(BOOLEAN)

SETTING_WRITING = (
    cmdlet(
        "AutoUpgrade",
        _set_auto_upgrade,
        Parameter("AutoUpgradeState", enum(AutoUpgradeConfigurationState), position=0, mandatory=True),
        Parameter("SuspensionReason", STRING, position=1),
        verb="Set",
    ),
    cmdlet("ExportDeletionThreshold", _get_threshold, _ACCOUNT, should_process=True),
    cmdlet(
        "ExportDeletionThreshold",
        _enable_threshold,
        Parameter("DeletionThreshold", INT32, position=0, mandatory=True, bounds=(0, 2**31 - 1)),
        _ACCOUNT,
        verb="Enable",
        should_process=True,
    ),
    cmdlet("ExportDeletionThreshold", _disable_threshold, _ACCOUNT, verb="Disable", should_process=True),
    cmdlet(
        "AADCompanyFeature",
        _set_company_feature,
        *(Parameter(name, _FLAG) for name in FEATURES),
        Parameter("ConnectorName", STRING),
        Parameter("AADUserName", STRING),
        verb="Set",
    ),
    cmdlet(
        "AADPasswordSyncConfiguration",
        _set_password_sync,
        Parameter("SourceConnector", STRING, mandatory=True),
        Parameter("TargetConnector", STRING, mandatory=True),
        Parameter("Enable", BOOLEAN, mandatory=True),
        verb="Set",
    ),
    cmdlet(
        "PurgeRunHistory",
        _purge,
        Parameter("PurgeRunHistoryInterval", nullable(TIME_SPAN), position=0),
        verb="Start",
    ),
)
"""Cmdlets that change settings."""
