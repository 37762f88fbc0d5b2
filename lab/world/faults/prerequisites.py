"""Faults of what a server stands on: Windows, .NET, TLS, the database, automatic upgrade."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lab.world.faults.catalogue import FAULTS
from lab.world.table import NEW, OLD, Argument, Arguments
from lab.world.upgrade import set_version
from lab.world.windows import DOTNET_KEY, NET_KEYS, SCHANNEL_KEYS, TLS_KEYS, WINDOWS_KEY, Database

if TYPE_CHECKING:
    from collections.abc import Callable

    from lab.world.server import SyncServer
    from lab.world.world import World

    Undo = Callable[[], None]


def _registry(server: SyncServer, key: str, **values: object) -> Undo:
    """Write values into a key; undoing puts the whole key back."""
    before = dict(server.registry[key])
    server.registry[key].update(values)
    return lambda: server.registry.update({key: before})


@FAULTS.add("windows-too-old", server=NEW)
def _windows_too_old(_world: World, arguments: Arguments) -> Undo:
    """The server runs on Windows Server 2012 R2."""
    name = "Windows Server 2012 R2 Standard"
    return _registry(arguments.server(), WINDOWS_KEY, ProductName=name, CurrentBuild="9600", CurrentBuildNumber="9600")


@FAULTS.add("windows-2025", server=NEW)
def _windows_2025(_world: World, arguments: Arguments) -> Undo:
    """The server runs on Windows Server 2025, which the documents exclude for now."""
    name = "Windows Server 2025 Standard"
    return _registry(
        arguments.server(), WINDOWS_KEY, ProductName=name, CurrentBuild="26100", CurrentBuildNumber="26100"
    )


@FAULTS.add("server-core", server=NEW)
def _server_core(_world: World, arguments: Arguments) -> Undo:
    """The server has no desktop."""
    return _registry(arguments.server(), WINDOWS_KEY, InstallationType="Server Core")


@FAULTS.add("dotnet-too-old", server=NEW)
def _dotnet_too_old(_world: World, arguments: Arguments) -> Undo:
    """The server has .NET Framework 4.7.1."""
    return _registry(arguments.server(), DOTNET_KEY, Release=461308, Version="4.7.02558")


@FAULTS.add("tls-off", server=NEW)
def _tls_off(_world: World, arguments: Arguments) -> Undo:
    """A hardening switched TLS 1.2 off for clients."""
    return _registry(arguments.server(), SCHANNEL_KEYS[0], Enabled=0, DisabledByDefault=1)


@FAULTS.add("strong-crypto-off", server=NEW)
def _strong_crypto_off(_world: World, arguments: Arguments) -> Undo:
    """Programs of .NET may not use strong protocols; only the 32-bit hive says so."""
    return _registry(arguments.server(), NET_KEYS[1], SchUseStrongCrypto=0)


@FAULTS.add("tls-not-set", server=NEW)
def _tls_not_set(_world: World, arguments: Arguments) -> Undo:
    """No fault: the keys are not there, as Windows Server 2022 comes."""
    registry = arguments.server().registry
    before = {key: registry.pop(key) for key in TLS_KEYS}
    return lambda: registry.update(before)


@FAULTS.add("local-database", server=NEW, used_mb=Argument("used space in MB", 812))
def _local_database(_world: World, arguments: Arguments) -> Undo:
    """The server was installed with LocalDB, for more than 250,000 objects."""
    server, before = arguments.server(), arguments.server().database
    server.database = Database(
        local=True,
        used_mb=float(arguments.number("used_mb")),
        server="(localdb)",
        instance=r".\ADSync2019",
        version="15.0.4138.2",
        edition="Express Edition (64-bit)",
    )
    return lambda: setattr(server, "database", before)


@FAULTS.add("auto-upgrade-enabled", server=OLD)
def _auto_upgrade_enabled(_world: World, arguments: Arguments) -> Undo:
    """The server upgrades itself when the product wants it to."""
    name = "Microsoft.OptionalFeature.AutoUpgradeState"
    parameters = arguments.server().parameters
    before = parameters[name]
    parameters[name] = "Enabled"
    return lambda: parameters.update({name: before})


@FAULTS.add("engine-configuration-edited", server=NEW, version=Argument("the build both servers run", "2.6.92.0"))
def _engine_configuration_edited(world: World, arguments: Arguments) -> Undo:
    """Both servers run one build; the configuration file of the engine was edited on this one."""
    before = [(server, server.product_version, server.configuration_version) for server in world.servers.values()]
    for server, _, _ in before:
        set_version(server, arguments.text("version"))
    edited = arguments.server()
    edited.engine_configuration = '<enforceFIPSPolicy enabled="false"/>'

    def undo() -> None:
        edited.engine_configuration = ""
        for server, version, configured in before:
            set_version(server, version)
            server.configuration_version = configured

    return undo


@FAULTS.add("known-issue", server=NEW, version=Argument("the build it runs", "2.6.91.0"))
def _known_issue(_world: World, arguments: Arguments) -> Undo:
    """The server runs a build that a hotfix followed."""
    server, before = arguments.server(), arguments.server().product_version
    set_version(server, arguments.text("version"))
    return lambda: set_version(server, before)


@FAULTS.add("german-cloud", server=NEW)
def _german_cloud(_world: World, arguments: Arguments) -> Undo:
    """The Entra connector is of a tenant in the German cloud, which never had the V2 endpoint."""
    connector, before = arguments.server().entra_connector, arguments.server().entra_connector.name
    connector.name = "contoso.onmicrosoft.de - AAD"
    return lambda: setattr(connector, "name", before)
