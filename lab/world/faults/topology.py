"""Faults of the topology and of the tenant's settings: who else is there, and what it was told."""

from __future__ import annotations

from datetime import timedelta
from time import sleep
from typing import TYPE_CHECKING

from lab.world.faults.catalogue import FAULTS, group_named
from lab.world.table import NEW, OLD, Argument, Arguments
from lab.world.tenant import ProvisioningError

if TYPE_CHECKING:
    from collections.abc import Callable

    from lab.world.world import World

    Undo = Callable[[], None]

_TOLD_APART = 0.02  # seconds; JSON tells the times of runs in milliseconds
_COMPUTER = Argument("computer name of the third server", "CONTOSO-SYNC00")


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
