"""The past of a server: service starts, a day of cycles, and the events they left."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from lab.world import connectors as profiles
from lab.world import runs
from lab.world.enums import EventLevel
from lab.world.events import ENGINE, TRACER, step_with_errors
from lab.world.model import ENTRA_CONNECTOR, RunStepErrorObject

if TYPE_CHECKING:
    from collections.abc import Sequence

    from lab.world.model import Connector
    from lab.world.server import SyncServer

INTERVAL = timedelta(minutes=30)
LOG_AGE = timedelta(days=40)
_RUN = timedelta(seconds=14)
_GAP = timedelta(seconds=2)


def write_background(server: SyncServer, until: datetime) -> None:
    """What stands in the log before the last day: the service's starts, and a line a day."""
    started = until - LOG_AGE
    server.event_log.write(ENGINE, 2001, "The service was started successfully.", started)
    day = started + timedelta(days=1)
    while day < until:
        server.event_log.write(TRACER, 904, "Scheduler: run history older than 7 days has been purged.", day)
        day += timedelta(days=1)


def write_cycle(
    server: SyncServer,
    start: datetime,
    *,
    full: bool = False,
    staging: bool,
    sync_errors: Sequence[RunStepErrorObject] = (),
) -> None:
    """A finished cycle in run history and event log; `sync_errors` hit its AD synchronisation."""
    log, moment = server.event_log, start
    policy = "Initial" if full else "Delta"
    log.write(TRACER, 904, f"Scheduler: a synchronization cycle has started. Policy type: {policy}.", moment)
    ad, entra = server.ad_connector, server.entra_connector
    import_profile = profiles.FULL_IMPORT if full else profiles.DELTA_IMPORT
    sync_profile = profiles.FULL_SYNCHRONIZATION if full else profiles.DELTA_SYNCHRONIZATION
    steps: list[tuple[Connector, str]] = [
        (ad, import_profile),
        (entra, import_profile),
        (ad, sync_profile),
        (entra, sync_profile),
    ]
    if not staging:
        steps += [(entra, profiles.EXPORT), (ad, profiles.EXPORT)]
    for connector, profile in steps:
        moment += _GAP
        run = runs.begin(server, connector, profile, moment)
        moment += _RUN
        failed = bool(sync_errors) and profile == sync_profile and (connector is ad or full)
        run.is_run_complete, run.end_date = True, moment
        run.result = "completed-sync-errors" if failed else runs.SUCCESS
        step = run.run_step_results[0]
        step.step_result, step.end_date = run.result, moment
        if failed:
            step.sync_errors = list(sync_errors)
            message = step_with_errors(connector.name, profile, len(sync_errors), 0)
            log.write(ENGINE, 6100, message, moment, EventLevel.Warning)
        if profile == profiles.EXPORT and connector.identifier == ENTRA_CONNECTOR:
            log.write(TRACER, 114, "Export finished. Objects exported: 0, errors: 0.", moment)
    server.connector_run_status.clear()
    log.write(TRACER, 904, "Scheduler: the synchronization cycle has finished.", moment)
    if not staging:
        log.write(TRACER, 654, f"Provision credentials ping end. TrackingID: {server.instance_id}", moment)


def cycle_starts(last: datetime, since: datetime) -> list[datetime]:
    """When cycles started, every half hour back from the last one, oldest first."""
    starts = [last]
    while starts[-1] - INTERVAL >= since:
        starts.append(starts[-1] - INTERVAL)
    return starts[::-1]
