"""The functions of the JEA endpoint that the product ships, written again for the lab.

A role capability file names them; what they do stands in the product's module, which the lab does not read. They run
with all of the language and all providers, as functions of a role capability do [psrp §3.3].
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from lab.powershell.clr import NetObject
from lab.powershell.commands import CommandInfo
from lab.world.server import COMPUTER_NAME_KEY, EXPORT_API_VERSION, IMPORT_API_VERSION, PARAMETERS_KEY

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from lab.powershell.commands import Call, Objects
    from lab.world.server import SyncServer

_MODULE = "SwingGate"


def _values(server: SyncServer, key: str, names: Iterable[str]) -> NetObject:
    """Take some values of a registry key, as Select-Object does: a value that is not there is $null."""
    found = next((values for known, values in server.registry.items() if known.casefold() == key.casefold()), {})
    return NetObject.custom(
        {name: found.get(name) for name in names},
        selected_from="System.Management.Automation.PSCustomObject",
    )


def _computer_name(server: SyncServer) -> NetObject:
    return _values(server, COMPUTER_NAME_KEY, ("ComputerName",))


def _adsync_parameters(server: SyncServer) -> NetObject:
    return _values(server, PARAMETERS_KEY, (IMPORT_API_VERSION, EXPORT_API_VERSION, "Path"))


def _product_version(server: SyncServer) -> NetObject:
    version = server.product_version
    return NetObject.custom(
        {"FileVersion": version, "ProductVersion": version},
        selected_from="System.Diagnostics.FileVersionInfo",
    )


def _function(name: str, read: Callable[[SyncServer], NetObject]) -> CommandInfo:
    async def run(call: Call) -> Objects:
        yield read(call.session.server)

    return CommandInfo(name, _MODULE, run)


FUNCTIONS = (
    _function("Get-SwingGateComputerName", _computer_name),
    _function("Get-SwingGateADSyncParameters", _adsync_parameters),
    _function("Get-SwingGateProductVersion", _product_version),
)
"""Every function a role capability may name here."""
