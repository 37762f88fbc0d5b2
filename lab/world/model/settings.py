"""Scheduler, overrides, parameters and event records [adsync §2, §7, §10]."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import datetime, timedelta
    from uuid import UUID

    from lab.world.enums import EventLevel, SynchronizationPolicyType


@dataclass(slots=True)
class SchedulerSettings:
    """Get-ADSyncScheduler [adsync §2]; intervals are TimeSpans, the next start is UTC."""

    allowed_sync_cycle_interval: timedelta
    currently_effective_sync_cycle_interval: timedelta
    customized_sync_cycle_interval: timedelta | None
    next_sync_cycle_policy_type: SynchronizationPolicyType
    next_sync_cycle_start_time_in_utc: datetime
    purge_run_history_interval: timedelta
    sync_cycle_enabled: bool
    maintenance_enabled: bool
    staging_mode_enabled: bool
    scheduler_suspended: bool
    sync_cycle_in_progress: bool


@dataclass(slots=True)
class SchedulerConnectorOverride:
    """Get-ADSyncSchedulerConnectorOverride [adsync §2]."""

    connector_identifier: UUID
    full_import_required: bool
    full_sync_required: bool


@dataclass(slots=True)
class ConfigurationParameter:
    """A named setting; the value is always text [adsync §7]."""

    name: str
    value: str
    input_type: str = "String"
    scope: str = "SynchronizationGlobal"
    default_value: str = ""
    data_type: str = "String"


@dataclass(slots=True)
class EventRecord:
    """A record of a Windows event log; the time is UTC."""

    log_name: str
    provider_name: str
    id: int
    level: EventLevel
    time_created: datetime
    record_id: int
    message: str
