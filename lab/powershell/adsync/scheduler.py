"""Scheduler, cycles and overrides [adsync §2]."""

from __future__ import annotations

from enum import IntEnum
from typing import TYPE_CHECKING

from lab.powershell.adsync.base import chosen_connector, cmdlet
from lab.powershell.adsync.objects import made, net
from lab.powershell.clr import OBJECT_MODEL
from lab.powershell.commands import Parameter, switch
from lab.powershell.convert import BOOLEAN, GUID, STRING, TIME_SPAN, enum, nullable
from lab.world.model import SynchronizationPolicyType

if TYPE_CHECKING:
    from collections.abc import Iterable

    from lab.powershell.commands import Call
    from lab.world.server import SyncServer

_FLAG = nullable(BOOLEAN)
_POLICY = nullable(enum(SynchronizationPolicyType))


class Status(IntEnum):
    """OM.Status."""

    __clr_name__ = f"{OBJECT_MODEL}.Status"
    Success = 0


_SETTINGS = {
    "CustomizedSyncCycleInterval": "customized_sync_cycle_interval",
    "SyncCycleEnabled": "sync_cycle_enabled",
    "NextSyncCyclePolicyType": "next_sync_cycle_policy_type",
    "PurgeRunHistoryInterval": "purge_run_history_interval",
    "MaintenanceEnabled": "maintenance_enabled",
    "SchedulerSuspended": "scheduler_suspended",
}
"""Parameter of Set-ADSyncScheduler to field of the world."""
_CLEARABLE = {"CustomizedSyncCycleInterval"}
"""Settings that $null takes away; for all others it means unchanged."""


def _get_scheduler(_call: Call, server: SyncServer) -> Iterable[object]:
    return [net(server.scheduler)]


def _set_scheduler(call: Call, server: SyncServer) -> Iterable[object]:
    changes = {
        field: call.get(name)
        for name, field in _SETTINGS.items()
        if call.given(name) and (call.get(name) is not None or name in _CLEARABLE)
    }
    server.set_scheduler(**changes)
    return ()


def _start_cycle(call: Call, server: SyncServer) -> Iterable[object]:
    policy = call.get("PolicyType")
    server.start_sync_cycle(
        policy if isinstance(policy, SynchronizationPolicyType) else SynchronizationPolicyType.Unspecified,
    )
    return [made("SchedulerOperationStatus", {"Result": Status.Success})]


def _stop_cycle(_call: Call, server: SyncServer) -> Iterable[object]:
    if server.cycle is not None:
        server.cycle.abort()
    return [made("SchedulerOperationStatus", {"Result": Status.Success})]


def _get_override(call: Call, server: SyncServer) -> Iterable[object]:
    connector = chosen_connector(call, server)
    return [
        net(row) for row in server.overrides if connector is None or row.connector_identifier == connector.identifier
    ]


def _flag(call: Call, name: str) -> bool | None:
    value = call.get(name)
    return value if isinstance(value, bool) else None


def _set_override(call: Call, server: SyncServer) -> Iterable[object]:
    connector = chosen_connector(call, server)
    if connector is not None:
        server.set_override(
            connector.identifier,
            full_import=_flag(call, "FullImportRequired"),
            full_sync=_flag(call, "FullSyncRequired"),
        )
    return ()


_BY_ID, _BY_NAME = frozenset({"ConnectorIdentifier"}), frozenset({"ConnectorName"})

SCHEDULER = (
    cmdlet("Scheduler", _get_scheduler),
    cmdlet(
        "Scheduler",
        _set_scheduler,
        Parameter("CustomizedSyncCycleInterval", nullable(TIME_SPAN)),
        Parameter("SyncCycleEnabled", _FLAG),
        Parameter("NextSyncCyclePolicyType", _POLICY),
        Parameter("PurgeRunHistoryInterval", nullable(TIME_SPAN)),
        Parameter("MaintenanceEnabled", _FLAG),
        Parameter("SchedulerSuspended", _FLAG),
        switch("Force"),
        verb="Set",
    ),
    cmdlet(
        "SyncCycle",
        _start_cycle,
        Parameter("PolicyType", _POLICY, position=0),
        Parameter("InteractiveMode", BOOLEAN),
        verb="Start",
    ),
    cmdlet("SyncCycle", _stop_cycle, verb="Stop"),
    cmdlet(
        "SchedulerConnectorOverride",
        _get_override,
        Parameter("ConnectorIdentifier", GUID),
        Parameter("ConnectorName", STRING),
    ),
    cmdlet(
        "SchedulerConnectorOverride",
        _set_override,
        Parameter("ConnectorIdentifier", GUID, mandatory=True, sets=_BY_ID),
        Parameter("ConnectorName", STRING, mandatory=True, sets=_BY_NAME),
        Parameter("FullImportRequired", _FLAG),
        Parameter("FullSyncRequired", _FLAG),
        verb="Set",
        default_set="ConnectorIdentifier",
    ),
)
