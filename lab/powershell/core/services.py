"""Get-Service; the one service the lab knows is ADSync."""

from __future__ import annotations

from enum import IntEnum
from typing import TYPE_CHECKING

from lab.powershell.clr import NetObject
from lab.powershell.commands import CommandInfo, Parameter, switch
from lab.powershell.convert import OBJECT, STRING, array
from lab.powershell.errors import not_simulated
from lab.powershell.text import has_wildcard, wildcard

if TYPE_CHECKING:
    from lab.powershell.commands import Call, Objects
    from lab.world.server import SyncServer

_NAME, _DISPLAY = "Default", "DisplayName"
_DISPLAY_NAME = "Microsoft Azure AD Sync"


class ServiceControllerStatus(IntEnum):
    """System.ServiceProcess.ServiceControllerStatus."""

    __clr_name__ = "System.ServiceProcess.ServiceControllerStatus"
    Stopped = 1
    StartPending = 2
    StopPending = 3
    Running = 4
    ContinuePending = 5
    PausePending = 6
    Paused = 7


class ServiceStartMode(IntEnum):
    """System.ServiceProcess.ServiceStartMode."""

    __clr_name__ = "System.ServiceProcess.ServiceStartMode"
    Boot = 0
    System = 1
    Automatic = 2
    Manual = 3
    Disabled = 4


class ServiceType(IntEnum):
    """System.ServiceProcess.ServiceType."""

    __clr_name__ = "System.ServiceProcess.ServiceType"
    Win32OwnProcess = 16


def service(server: SyncServer) -> NetObject:
    """Give the ADSync service."""
    running = server.service_status == "Running"
    return NetObject(
        ("System.ServiceProcess.ServiceController", "System.ComponentModel.Component", "System.Object"),
        {
            "CanPauseAndContinue": False,
            "CanShutdown": running,
            "CanStop": running,
            "DisplayName": _DISPLAY_NAME,
            "DependentServices": [],
            "MachineName": ".",
            "ServiceName": "ADSync",
            "ServicesDependedOn": [],
            "ServiceHandle": None,
            "Status": ServiceControllerStatus[server.service_status],
            "ServiceType": ServiceType.Win32OwnProcess,
            "StartType": ServiceStartMode[server.service_start_type],
            "Site": None,
            "Container": None,
        },
        notes={"Name": "ADSync", "RequiredServices": []},
    )


def no_service(call: Call, name: str, *, by_display: bool = False) -> None:
    """Say that there is no service of this name."""
    which = "display name" if by_display else "service name"
    call.write_error(
        call.error(
            f"Cannot find any service with {which} '{name}'.",
            "NoServiceFoundForGivenDisplayName" if by_display else "NoServiceFoundForGivenName",
            "ObjectNotFound",
            exception="Microsoft.PowerShell.Commands.ServiceCommandException",
            target=name,
        ),
    )


async def _run(call: Call) -> Objects:
    if call.given("ComputerName"):
        raise not_simulated("Get-Service -ComputerName")
    by_display = call.parameter_set == _DISPLAY
    known = _DISPLAY_NAME if by_display else "ADSync"
    for name in call.texts("DisplayName" if by_display else "Name") or ["*"]:
        if wildcard(name).match(known):
            yield service(call.session.server)
        elif not has_wildcard(name):
            no_service(call, name, by_display=by_display)


GET_SERVICE = CommandInfo(
    "Get-Service",
    "Microsoft.PowerShell.Management",
    _run,
    (
        Parameter("Name", array(STRING), aliases=("ServiceName",), position=0, sets=frozenset({_NAME})),
        Parameter("DisplayName", array(STRING), mandatory=True, sets=frozenset({_DISPLAY})),
        Parameter("ComputerName", array(STRING), aliases=("Cn",)),
        switch("DependentServices", aliases=("DS",)),
        switch("RequiredServices", aliases=("SDO", "ServicesDependedOn")),
        Parameter("Include", array(STRING)),
        Parameter("Exclude", array(STRING)),
        Parameter("InputObject", array(OBJECT), sets=frozenset({"InputObject"})),
    ),
    implementing_type="Microsoft.PowerShell.Commands.GetServiceCommand",
    default_set=_NAME,
)
