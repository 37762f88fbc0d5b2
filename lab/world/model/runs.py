"""Run history [adsync §6]."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import datetime
    from uuid import UUID


@dataclass(slots=True)
class RunStepErrorObject:
    """One object a step could not process [adsync §6]."""

    object_dn: str
    cs_guid: UUID
    mv_guid: UUID
    error_type: str
    algorithm_step: str = ""
    extension_error_info: str = ""
    retry_count: int = 0
    first_occurred: datetime | None = None
    date_occurred: datetime | None = None


@dataclass(slots=True)
class RunStepResult:
    """A step of a run, with the counters this world fills [adsync §6]."""

    run_history_id: UUID
    step_history_id: UUID
    step_number: int
    step_result: str
    start_date: datetime
    end_date: datetime | None
    stage_no_change: int = 0
    stage_add: int = 0
    stage_update: int = 0
    stage_rename: int = 0
    stage_delete: int = 0
    stage_delete_add: int = 0
    stage_failure: int = 0
    flow_failure: int = 0
    export_add: int = 0
    export_update: int = 0
    export_rename: int = 0
    export_delete: int = 0
    export_delete_add: int = 0
    export_failure: int = 0
    sync_errors: list[RunStepErrorObject] = field(default_factory=list)


@dataclass(slots=True)
class RunProfileResult:
    """A run of a run profile; dates are UTC, the end is None while it runs [adsync §6]."""

    run_history_id: UUID
    connector_id: UUID
    connector_name: str
    run_profile_id: UUID
    run_profile_name: str
    run_number: int
    username: str
    is_run_complete: bool
    result: str
    current_step_number: int
    total_steps: int
    start_date: datetime
    end_date: datetime | None
    run_step_results: list[RunStepResult] = field(default_factory=list)
