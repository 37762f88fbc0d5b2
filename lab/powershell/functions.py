"""The functions of the JEA endpoint that the product ships, written again for the lab.

A role capability file names them; what they do stands in the product's module, which the lab does not read. They run
with all of the language and all providers, as functions of a role capability do [psrp §3.3].
"""

from __future__ import annotations

from hashlib import sha256
from typing import TYPE_CHECKING

from lab.powershell.clr import NetObject
from lab.powershell.commands import CommandInfo
from lab.powershell.files import engine_configuration
from lab.world.server import COMPUTER_NAME_KEY, EXPORT_API_VERSION, IMPORT_API_VERSION, PARAMETERS_KEY
from lab.world.windows import DOTNET_KEY, PRODUCT_KEY, TLS_KEYS, TLS_VALUES, WINDOWS_KEY

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from lab.powershell.commands import Call, Objects
    from lab.world.server import SyncServer

_MODULE = "SwingGate"
_CUSTOM = "System.Management.Automation.PSCustomObject"


def _values(server: SyncServer, key: str, names: Iterable[str]) -> NetObject:
    """Take some values of a registry key, as Select-Object does: a value that is not there is $null."""
    found = next((values for known, values in server.registry.items() if known.casefold() == key.casefold()), {})
    return NetObject.custom(
        {name: found.get(name) for name in names},
        selected_from=_CUSTOM,
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


def _operating_system(server: SyncServer) -> NetObject:
    return _values(server, WINDOWS_KEY, ("ProductName", "CurrentBuild", "InstallationType"))


def _dotnet(server: SyncServer) -> NetObject:
    return _values(server, DOTNET_KEY, ("Release", "Version"))


def _tls(server: SyncServer) -> Iterator[NetObject]:
    """Take the keys that are there, each with its provider path."""
    for key in TLS_KEYS:
        if any(known.casefold() == key.casefold() for known in server.registry):
            found = _values(server, key, TLS_VALUES)
            path = "Microsoft.PowerShell.Core\\Registry::" + key.replace("HKLM:", "HKEY_LOCAL_MACHINE")
            yield NetObject.custom({"PSPath": path, **found.notes}, selected_from=_CUSTOM)


def _engine_configuration(server: SyncServer) -> NetObject:
    return NetObject.custom(
        {"Algorithm": "SHA256", "Hash": sha256(engine_configuration(server)).hexdigest().upper()},
        selected_from="Microsoft.Powershell.Utility.FileHash",
    )


def _audit_switch(server: SyncServer) -> NetObject:
    return _values(server, PRODUCT_KEY, ("AuditEventLogging",))


def _function(name: str, read: Callable[[SyncServer], NetObject | Iterator[NetObject]]) -> CommandInfo:
    async def run(call: Call) -> Objects:
        found = read(call.session.server)
        for value in (found,) if isinstance(found, NetObject) else found:
            yield value

    return CommandInfo(name, _MODULE, run)


FUNCTIONS = (
    _function("Get-SwingGateComputerName", _computer_name),
    _function("Get-SwingGateADSyncParameters", _adsync_parameters),
    _function("Get-SwingGateProductVersion", _product_version),
    _function("Get-SwingGateOperatingSystem", _operating_system),
    _function("Get-SwingGateDotNet", _dotnet),
    _function("Get-SwingGateTls", _tls),
    _function("Get-SwingGateEngineConfiguration", _engine_configuration),
    _function("Get-SwingGateAuditSwitch", _audit_switch),
)
"""Every function a role capability may name here."""
