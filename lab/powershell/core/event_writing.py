"""Writing to the Application log, and clearing it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lab.powershell.commands import SILENCE, CommandInfo, Parameter
from lab.powershell.convert import INT32, OBJECT, STRING, array
from lab.powershell.core.events import LOGS, providers
from lab.powershell.errors import not_simulated
from lab.world.enums import EventLevel

if TYPE_CHECKING:
    from lab.powershell.commands import Call, Objects

_COMMANDS, _MANAGEMENT = "Microsoft.PowerShell.Commands", "Microsoft.PowerShell.Management"
_APPLICATION = "application"
_LEVELS = {
    "error": EventLevel.Error,
    "warning": EventLevel.Warning,
    "information": EventLevel.Information,
}


def _no_log(call: Call, name: str) -> None:
    call.write_error(
        call.error(
            f'The Log name "{name}" does not exist in the computer "localhost".',
            "System.InvalidOperationException",
            "InvalidOperation",
            exception="System.InvalidOperationException",
            target=name,
        ),
    )


async def _write(call: Call) -> Objects:
    log, source = call.text("LogName"), call.text("Source")
    if log.casefold() != _APPLICATION:
        if log.casefold() not in {known.casefold() for known in LOGS}:
            _no_log(call, log)
        else:
            raise not_simulated(f"writing to the log {log}")
    known = next((name for name in providers(call.session.server) if name.casefold() == source.casefold()), None)
    if known is None:
        call.write_error(
            call.error(
                f'The source name "{source}" does not exist on computer "localhost".',
                "System.InvalidOperationException",
                "InvalidOperation",
                exception="System.InvalidOperationException",
                target=source,
            ),
        )
    else:
        level = _LEVELS[call.text("EntryType", "Information").casefold()]
        call.session.server.log_event(known, call.integer("EventId"), call.text("Message"), level)
    for nothing in SILENCE:
        yield nothing


async def _clear(call: Call) -> Objects:
    for log in call.texts("LogName"):
        if log.casefold() == _APPLICATION:
            if not call.on("WhatIf"):
                call.session.server.event_log.records.clear()
        elif log.casefold() not in {known.casefold() for known in LOGS}:
            _no_log(call, log)
    for nothing in SILENCE:
        yield nothing


EVENT_WRITING = (
    CommandInfo(
        "Write-EventLog",
        _MANAGEMENT,
        _write,
        (
            Parameter("LogName", STRING, aliases=("LN",), position=0, mandatory=True),
            Parameter("Source", STRING, aliases=("SRC",), position=1, mandatory=True),
            Parameter("EventId", INT32, aliases=("ID", "EID"), position=2, mandatory=True, bounds=(0, 65535)),
            Parameter("Message", STRING, aliases=("MSG",), position=4, mandatory=True),
            Parameter("EntryType", STRING, aliases=("ET",), position=3, allowed=tuple(_LEVELS)),
            Parameter("Category", OBJECT),
            Parameter("RawData", OBJECT),
        ),
        implementing_type=f"{_COMMANDS}.WriteEventLogCommand",
    ),
    CommandInfo(
        "Clear-EventLog",
        _MANAGEMENT,
        _clear,
        (Parameter("LogName", array(STRING), aliases=("LN",), position=0, mandatory=True),),
        implementing_type=f"{_COMMANDS}.ClearEventLogCommand",
        should_process=True,
    ),
)
"""Cmdlets that change the event log."""
