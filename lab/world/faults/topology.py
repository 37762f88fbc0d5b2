"""Faults of the topology and of the tenant's settings: who else is there, and what it was told."""

from __future__ import annotations

from datetime import timedelta
from time import sleep
from typing import TYPE_CHECKING

from lab.world.connectors import account_suffix
from lab.world.faults.catalogue import FAULTS, group_named
from lab.world.ids import IdSpace
from lab.world.table import NEW, OLD, Argument, Arguments
from lab.world.tenant import DEFAULT_DOMAIN, ProvisioningError, SyncIdentity

if TYPE_CHECKING:
    from collections.abc import Callable

    from lab.world.world import World

    Undo = Callable[[], None]

_IDS = IdSpace("identities of faults")
_TOLD_APART = 0.02  # seconds; JSON tells the times of runs in milliseconds
_COMPUTER = Argument("computer name of the third server", "CONTOSO-SYNC00")


def _joined(world: World, identity: SyncIdentity) -> Undo:
    world.tenant.sync_identities.append(identity)
    return lambda: world.tenant.sync_identities.remove(identity)


def _application(world: World, computer: str, days: int) -> SyncIdentity:
    return SyncIdentity(
        "application",
        _IDS.uuid(1),
        f"ConnectSyncProvisioning_{computer}_{account_suffix(computer)}",
        app_id=_IDS.uuid(2),
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


@FAULTS.add("certificate-ends-soon", server=NEW, days=Argument("days until its certificate ends", 10))
def _certificate_ends_soon(world: World, arguments: Arguments) -> Undo:
    """The server signs in with an application whose certificate was not renewed."""
    server = arguments.server()
    connector = server.entra_connector
    before = list(connector.connectivity_parameters)
    connector.connectivity_parameters = [item for item in before if item.name != "UserName"]
    leave = _joined(world, _application(world, server.computer_name, arguments.number("days")))

    def undo() -> None:
        connector.connectivity_parameters = before
        leave()

    return undo


@FAULTS.add("unknown-exporter", computer=_COMPUTER)
def _unknown_exporter(world: World, arguments: Arguments) -> Undo:
    """A machine that nobody has listed ran the last export, as the tenant tells it."""
    data, before = world.tenant.current_export_data, world.tenant.current_export_data.client_machine_name
    data.client_machine_name = arguments.text("computer")
    return lambda: setattr(data, "client_machine_name", before)


@FAULTS.add("forced-export", server=NEW)
def _forced_export(world: World, arguments: Arguments) -> None:
    """Somebody ran Export on the staging server from the console."""
    server = arguments.server()
    world.run_profile(server, server.entra_connector.name, "Export")


@FAULTS.add("old-exports-after-the-switch", server=OLD)
def _old_exports_after_the_switch(world: World, arguments: Arguments) -> None:
    """The old server exported once more between two exports of the new one."""
    server = arguments.server()
    sleep(_TOLD_APART)
    world.run_profile(server, server.entra_connector.name, "Export")
    sleep(_TOLD_APART)
    for other in world.active:
        world.complete_cycle(other)


@FAULTS.add("deletion-threshold-raised", threshold=Argument("the number of deletions to let through", 5_000))
def _deletion_threshold_raised(world: World, arguments: Arguments) -> Undo:
    """The threshold was raised for a mass delete and not put back."""
    guard = world.tenant.accidental_deletion_prevention
    before = guard.alert_threshold
    guard.alert_threshold = arguments.number("threshold")
    return lambda: setattr(guard, "alert_threshold", before)


def _feature(world: World, name: str, *, value: bool) -> Undo:
    features = world.tenant.features
    before = features[name]
    features[name] = value
    return lambda: features.update({name: before})


@FAULTS.add("password-hash-sync-off")
def _password_hash_sync_off(world: World, _arguments: Arguments) -> Undo:
    """The tenant no longer takes password hashes."""
    return _feature(world, "passwordSyncEnabled", value=False)


@FAULTS.add("device-writeback-in-the-tenant-only")
def _device_writeback(world: World, _arguments: Arguments) -> Undo:
    """Device writeback is on in the tenant, and no server asks for it."""
    return _feature(world, "deviceWritebackEnabled", value=True)


@FAULTS.add("password-hashes-behind", hours=Argument("hours behind the last synchronization", 9))
def _password_hashes_behind(world: World, arguments: Arguments) -> Undo:
    """Password hashes have not caught up with the new server."""
    world.tenant.password_sync_lag = timedelta(hours=arguments.number("hours"))
    return lambda: setattr(world.tenant, "password_sync_lag", timedelta())


@FAULTS.add("directory-synchronization-off")
def _directory_synchronization_off(world: World, _arguments: Arguments) -> Undo:
    """Somebody switched directory synchronization off in the tenant."""
    world.tenant.on_premises_sync_enabled = False
    return lambda: setattr(world.tenant, "on_premises_sync_enabled", True)


@FAULTS.add("tenant-not-synchronized-lately", hours=Argument("hours since the last synchronization", 9))
def _tenant_not_synchronized_lately(world: World, arguments: Arguments) -> Undo:
    """The tenant was last synchronized hours ago."""
    before = world.tenant.last_sync
    world.tenant.last_sync = world.clock.now() - timedelta(hours=arguments.number("hours"))
    return lambda: setattr(world.tenant, "last_sync", before)


@FAULTS.add("group-provisioning-error", group=Argument("name of the group", "Finance"))
def _group_provisioning_error(world: World, arguments: Arguments) -> Undo:
    """Entra ID keeps a conflict of addresses on the group."""
    errors, key = world.tenant.provisioning_errors, group_named(world, arguments.text("group")).key
    errors[key] = ProvisioningError("PropertyConflict", world.clock.now(), "ProxyAddresses", "SMTP:all@contoso.com")

    def undo() -> None:
        errors.pop(key, None)

    return undo
