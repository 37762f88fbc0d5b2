"""Faults of the identities that sync servers sign in with: accounts, applications, certificates."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from lab.world.connectors import account_suffix
from lab.world.faults.catalogue import FAULTS
from lab.world.ids import IdSpace
from lab.world.table import NEW, Argument, Arguments
from lab.world.tenant import DEFAULT_DOMAIN, SyncIdentity
from lab.world.upgrade import set_version

if TYPE_CHECKING:
    from collections.abc import Callable

    from lab.world.server import SyncServer
    from lab.world.world import World

    Undo = Callable[[], None]

_IDS = IdSpace("identities of faults")
_COMPUTER = Argument("computer name of the third server", "CONTOSO-SYNC00")


def _joined(world: World, identity: SyncIdentity) -> Undo:
    world.tenant.sync_identities.append(identity)
    return lambda: world.tenant.sync_identities.remove(identity)


def _together(*undo: Undo) -> Undo:
    def everything() -> None:
        for each in undo:
            each()

    return everything


def _application(world: World, computer: str, days: int, *, life: int = 0) -> SyncIdentity:
    """An application of a server; each `life` of the server, one installation, has another one."""
    return SyncIdentity(
        "application",
        _IDS.uuid(1 + 2 * life),
        f"ConnectSyncProvisioning_{computer}_{account_suffix(computer + '+' * life)}",
        app_id=_IDS.uuid(2 + 2 * life),
        key_expires=world.clock.now() + timedelta(days=days),
    )


@FAULTS.add("third-server-account", computer=_COMPUTER)
def _third_server_account(world: World, arguments: Arguments) -> Undo:
    """A server that nobody has listed still has its account in the role Directory Synchronization Accounts."""
    computer = arguments.text("computer")
    name = f"Sync_{computer}_{account_suffix(computer)}@{DEFAULT_DOMAIN}"
    title = "On-Premises Directory Synchronization Service Account"
    return _joined(world, SyncIdentity("user", _IDS.uuid(0), title, user_principal_name=name))


@FAULTS.add("third-server-application", computer=_COMPUTER)
def _third_server_application(world: World, arguments: Arguments) -> Undo:
    """A server that nobody has listed has an application for its sign-in."""
    return _joined(world, _application(world, arguments.text("computer"), 200))


@FAULTS.add("application-fell-back", server=NEW)
def _application_fell_back(world: World, arguments: Arguments) -> Undo:
    """The server has an application, and signs in with its password account all the same."""
    return _joined(world, _application(world, arguments.server().computer_name, 200))


def _without(server: SyncServer, *names: str) -> Undo:
    """The Entra connector without some of its sign-in parameters; without an account it signs in as an application."""
    connector = server.entra_connector
    before = list(connector.connectivity_parameters)
    connector.connectivity_parameters = [item for item in before if item.name not in names]
    return lambda: setattr(connector, "connectivity_parameters", before)


@FAULTS.add("certificate-ends-soon", server=NEW, days=Argument("days until its certificate ends", 10))
def _certificate_ends_soon(world: World, arguments: Arguments) -> Undo:
    """The server signs in with an application whose certificate was not renewed."""
    server = arguments.server()
    application = _application(world, server.computer_name, arguments.number("days"))
    return _together(_without(server, "UserName"), _joined(world, application))


@FAULTS.add("application-twice", server=NEW)
def _application_twice(world: World, arguments: Arguments) -> Undo:
    """The server was installed again: the application of its first life is still in the tenant."""
    server = arguments.server()
    lives = [_joined(world, _application(world, server.computer_name, 200, life=life)) for life in (0, 1)]
    return _together(_without(server, "UserName"), *lives)


@FAULTS.add("sign-in-parameters-wiped", server=NEW, version=Argument("build of the server", "2.5.190.0"))
def _sign_in_parameters_wiped(_world: World, arguments: Arguments) -> Undo:
    """On a 2.5 build somebody edited the Entra connector: nothing is left that it could sign in with."""
    server, before = arguments.server(), arguments.server().product_version
    set_version(server, arguments.text("version"))
    return _together(_without(server, "UserName", "Password"), lambda: set_version(server, before))
