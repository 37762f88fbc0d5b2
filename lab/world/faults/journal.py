"""Faults that only the Application log or the run history shows."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from lab.world.connectors import DELTA_SYNCHRONIZATION, FULL_SYNCHRONIZATION
from lab.world.enums import EventLevel
from lab.world.events import ENGINE, TRACER
from lab.world.faults.catalogue import FAULTS
from lab.world.table import NEW, Argument, Arguments
from lab.world.windows import PRODUCT_KEY

if TYPE_CHECKING:
    from collections.abc import Callable

    from lab.world.world import World

    Undo = Callable[[], None]


@FAULTS.add("audit-off", server=NEW)
def _audit_off(_world: World, arguments: Arguments) -> Undo:
    """Somebody switched the product's audit of what administrators change off."""
    values = arguments.server().registry[PRODUCT_KEY]
    before = dict(values)
    values["AuditEventLogging"] = 0
    return lambda: values.update(before)


@FAULTS.add("conditional-access-blocks-sync", server=NEW)
def _conditional_access(_world: World, arguments: Arguments) -> None:
    """A policy by address lets only the old server sign in: event 906, which means nothing by its id."""
    text = "AADSTS53003: Access has been blocked by Conditional Access policies."
    arguments.server().log_event(TRACER, 906, text, EventLevel.Error)


@FAULTS.add("assembly-not-loaded", server=NEW)
def _assembly_not_loaded(_world: World, arguments: Arguments) -> None:
    """A part of another build is left over, and one of this build cannot be loaded."""
    text = "System.IO.FileLoadException: Could not load file or assembly 'System.Diagnostics.DiagnosticSource'."
    arguments.server().log_event(TRACER, 906, text, EventLevel.Error)


@FAULTS.add("watermark-not-saved", server=NEW)
def _watermark_not_saved(_world: World, arguments: Arguments) -> None:
    """A run ended without saving how far it came."""
    server = arguments.server()
    text = f'The management agent "{server.entra_connector.name}" completed, but the watermark was not saved.'
    server.log_event(ENGINE, 6110, text, EventLevel.Warning)


@FAULTS.add("step-errors-in-another-form", server=NEW)
def _step_errors(_world: World, arguments: Arguments) -> None:
    """A build words the event of a step with errors differently: its counts cannot be read."""
    arguments.server().log_event(ENGINE, 6100, "A run step completed with errors.", EventLevel.Warning)


@FAULTS.add("rule-saved-after-full-synchronization", server=NEW)
def _rule_saved(_world: World, arguments: Arguments) -> None:
    """Somebody saved a rule and took back the full synchronization it demands; only the audit knows."""
    arguments.server().log_event(
        TRACER, 2510, "Custom synchronization rule updated. Rule name: Out to AAD - Group Join."
    )


@FAULTS.add("connector-changed", server=NEW)
def _connector_changed(_world: World, arguments: Arguments) -> None:
    """The AD connector was changed after its last full import."""
    connector = arguments.server().ad_connector
    connector.version += 1
    connector.last_modification_time = arguments.server().now()


@FAULTS.add("slow-import", server=NEW, minutes=Argument("how long the newest import from Entra ID took", 45))
def _slow_import(_world: World, arguments: Arguments) -> None:
    """The newest import from Entra ID took longer than the interval between two cycles."""
    server = arguments.server()
    run = next(
        run
        for run in reversed(server.runs)
        if run.connector_id == server.entra_connector.identifier and "Import" in run.run_profile_name and run.end_date
    )
    run.start_date -= timedelta(minutes=arguments.number("minutes"))


@FAULTS.add("synchronized-days-ago", server=NEW, days=Argument("how long ago", 8))
def _synchronized_days_ago(_world: World, arguments: Arguments) -> None:
    """Imports go on, but nothing was synchronized for days."""
    away = timedelta(days=arguments.number("days"))
    for run in arguments.server().runs:
        if run.run_profile_name in (DELTA_SYNCHRONIZATION, FULL_SYNCHRONIZATION):
            run.start_date -= away
            run.end_date = run.end_date - away if run.end_date else None
