"""Run history: how a run begins and ends, in the words of the product [adsync §6]."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING
from uuid import uuid4

from lab.world.enums import EventLevel, RunState
from lab.world.events import ENGINE, step_with_errors
from lab.world.model import ConnectorRunStatus, RunProfileResult, RunStepErrorObject, RunStepResult

if TYPE_CHECKING:
    from datetime import datetime

    from lab.world.model import Connector
    from lab.world.server import SyncServer

USERNAME = "NT SERVICE\\ADSync"
SUCCESS = "success"
IN_PROGRESS = "in-progress"


@dataclass(slots=True)
class Work:
    """What a step did."""

    result: str = SUCCESS
    counters: dict[str, int] = field(default_factory=dict)
    """By field name of `RunStepResult`."""
    errors: list[RunStepErrorObject] = field(default_factory=list)


def begin(server: SyncServer, connector: Connector, profile: str, when: datetime) -> RunProfileResult:
    """Open a run: it stands in the history, unfinished, and the connector is busy."""
    number = server.run_numbers.get(connector.identifier, 0) + 1
    server.run_numbers[connector.identifier] = number
    profile_id = next(item.identifier for item in connector.run_profiles if item.name == profile)
    run = RunProfileResult(
        run_history_id=uuid4(),
        connector_id=connector.identifier,
        connector_name=connector.name,
        run_profile_id=profile_id,
        run_profile_name=profile,
        run_number=number,
        username=USERNAME,
        is_run_complete=False,
        result=IN_PROGRESS,
        current_step_number=1,
        total_steps=1,
        start_date=when,
        end_date=None,
    )
    run.run_step_results.append(RunStepResult(run.run_history_id, uuid4(), 1, IN_PROGRESS, when, None))
    server.runs.append(run)
    server.connector_run_status.append(ConnectorRunStatus(RunState.Busy, connector.name))
    return run


def end(server: SyncServer, run: RunProfileResult, work: Work, when: datetime) -> None:
    """Close a run with what it did; errors are logged as event 6100."""
    run.is_run_complete = True
    run.result = work.result
    run.end_date = when
    step = run.run_step_results[0]
    step.step_result = work.result
    step.end_date = when
    step.sync_errors = work.errors
    for counter, value in work.counters.items():
        setattr(step, counter, value)
    server.connector_run_status[:] = [
        status for status in server.connector_run_status if status.connector_name != run.connector_name
    ]
    if work.errors and work.result.startswith("completed-"):
        exporting = "export" in work.result
        counts = (0, len(work.errors)) if exporting else (len(work.errors), 0)
        message = step_with_errors(run.connector_name, run.run_profile_name, *counts)
        server.event_log.write(ENGINE, 6100, message, when, EventLevel.Warning)
