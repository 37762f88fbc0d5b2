"""Starting, stopping and setting up the ADSync service."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lab.powershell import members
from lab.powershell.clr import NetObject
from lab.powershell.commands import CommandInfo, Parameter, switch
from lab.powershell.convert import OBJECT, STRING, array
from lab.powershell.core.services import no_service, service
from lab.powershell.errors import not_simulated
from lab.powershell.text import has_wildcard, to_text, wildcard
from lab.world.errors import SyncError

if TYPE_CHECKING:
    from collections.abc import Callable

    from lab.powershell.commands import Call, Objects
    from lab.world.server import SyncServer

_KEY = r"HKLM:\SYSTEM\CurrentControlSet\Services\ADSync"
_NUMBERS = {"automatic": 2, "manual": 3, "disabled": 4}


def start(server: SyncServer) -> None:
    """Start the service."""
    server.start_service()


def stop(server: SyncServer) -> None:
    """Stop the service."""
    server.stop_service()


def restart(server: SyncServer) -> None:
    """Stop the service and start it."""
    server.stop_service()
    server.start_service()


def set_start_type(server: SyncServer, start_type: str) -> None:
    """Choose how the service starts, in Windows' own list and in the registry."""
    server.set_service_start_type(start_type)
    server.registry.setdefault(_KEY, {})["Start"] = _NUMBERS[start_type.casefold()]


async def _chosen(call: Call) -> list[str]:
    given = [value async for value in call.source] if call.source is not None else []
    piped = [to_text(members.get(item, "Name") if isinstance(item, NetObject) else item) for item in given]
    return piped or call.texts("Name")


def _failed(call: Call, name: str, error: SyncError, word: str) -> None:
    call.write_error(
        call.error(
            f"Service 'Microsoft Azure AD Sync (ADSync)' cannot be {word} due to the following error: {error.message}",
            f"CouldNot{call.info.name.partition('-')[0]}Service",
            "OpenError",
            exception="Microsoft.PowerShell.Commands.ServiceCommandException",
            target=name,
        ),
    )


def _runner(work: Callable[[SyncServer], None], word: str) -> Callable[[Call], Objects]:
    async def run(call: Call) -> Objects:
        for name in await _chosen(call):
            if not wildcard(name).match("ADSync"):
                if not has_wildcard(name):
                    no_service(call, name)
                continue
            try:
                if not call.on("WhatIf"):
                    work(call.session.server)
            except SyncError as error:
                _failed(call, name, error, word)
                continue
            if call.on("PassThru"):
                yield service(call.session.server)

    return run


async def _set_service(call: Call) -> Objects:
    for name in await _chosen(call):
        if not wildcard(name).match("ADSync"):
            no_service(call, name)
            continue
        server = call.session.server
        if call.on("WhatIf"):
            continue
        if call.given("StartupType"):
            set_start_type(server, call.text("StartupType"))
        try:
            match call.text("Status").casefold():
                case "running":
                    start(server)
                case "stopped":
                    stop(server)
                case "":
                    pass
                case other:
                    raise not_simulated(f"Set-Service -Status {other}")
        except SyncError as error:
            _failed(call, name, error, "configured")
        if call.on("PassThru"):
            yield service(server)


_NAMES = Parameter("Name", array(STRING), aliases=("ServiceName",), position=0, mandatory=True, pipeline=True)
_COMMON = (_NAMES, switch("PassThru"), switch("Force"), Parameter("InputObject", array(OBJECT)))


def _command(name: str, run: Callable[[Call], Objects], *more: Parameter) -> CommandInfo:
    return CommandInfo(
        name,
        "Microsoft.PowerShell.Management",
        run,
        (*_COMMON, *more),
        implementing_type=f"Microsoft.PowerShell.Commands.{name.replace('-', '')}Command",
        should_process=True,
    )


SERVICE_WRITING = (
    _command("Start-Service", _runner(start, "started")),
    _command("Stop-Service", _runner(stop, "stopped"), switch("NoWait")),
    _command("Restart-Service", _runner(restart, "started")),
    _command(
        "Set-Service",
        _set_service,
        Parameter("StartupType", STRING, allowed=("Automatic", "Manual", "Disabled")),
        Parameter("Status", STRING),
    ),
)
"""Cmdlets that change the service."""
