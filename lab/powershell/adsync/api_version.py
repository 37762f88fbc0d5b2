"""The V2 endpoint's switch: functions of AADConnector.psm1 [adsync §3].

They are functions, not cmdlets, and offered without Import-Module: as if the session's profile had imported the
module. The module sets $ErrorActionPreference to Stop: an error in it ends the whole pipeline.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from lab.powershell.adsync.base import guarded
from lab.powershell.commands import CommandInfo, Parameter, StoppedByPreferenceError
from lab.powershell.convert import INT32
from lab.world.errors import SyncError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from lab.powershell.commands import Call
    from lab.world.server import SyncServer


def _reported(call: Call, work: Callable[[], int]) -> Iterable[object]:
    try:
        return [work()]
    except SyncError as error:
        raise StoppedByPreferenceError(
            call.error(
                error.message,
                "Microsoft.PowerShell.Commands.WriteErrorException",
                exception="Microsoft.PowerShell.Commands.WriteErrorException",
            ),
        ) from None


def _get_import(call: Call, server: SyncServer) -> Iterable[object]:
    return _reported(call, server.import_api_version)


def _get_export(call: Call, server: SyncServer) -> Iterable[object]:
    return _reported(call, server.export_api_version)


def _set_import(call: Call, server: SyncServer) -> Iterable[object]:
    return _reported(call, lambda: server.set_import_api_version(call.integer("version")))


def _set_export(call: Call, server: SyncServer) -> Iterable[object]:
    return _reported(call, lambda: server.set_export_api_version(call.integer("version")))


def _function(
    name: str,
    work: Callable[[Call, SyncServer], Iterable[object]],
    *parameters: Parameter,
) -> CommandInfo:
    return CommandInfo(name, "AADConnector", guarded(work), parameters)


_VERSION = Parameter("version", INT32, position=0, mandatory=True)

API_VERSION = (
    _function("Get-ADSyncAADConnectorImportApiVersion", _get_import),
    _function("Get-ADSyncAADConnectorExportApiVersion", _get_export),
    _function("Set-ADSyncAADConnectorImportApiVersion", _set_import, _VERSION),
    _function("Set-ADSyncAADConnectorExportApiVersion", _set_export, _VERSION),
)
