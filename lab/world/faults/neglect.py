"""Faults of neglect: nobody broke anything, somebody did not look."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

from lab.world import connectors as profiles
from lab.world.enums import EventLevel
from lab.world.errors import UnknownArgumentError
from lab.world.events import ENGINE, TRACER
from lab.world.faults.catalogue import FAULTS, group_named
from lab.world.table import NEW, OLD, Argument, Arguments

if TYPE_CHECKING:
    from collections.abc import Callable

    from lab.world.world import World

    Undo = Callable[[], None]


@FAULTS.add("assembly-too-old", server=NEW)
def _assembly_too_old(_world: World, arguments: Arguments) -> None:
    """A generic connector was not refreshed after an upgrade: the engine complains about its assembly."""
    arguments.server().log_event(
        ENGINE,
        6947,
        'Assembly version in AAD Connector configuration ("1.1.830.0") is earlier than the actual version '
        '("1.1.1301.0") of Microsoft.IAM.Connector.GenericLdap.dll.',
        EventLevel.Error,
    )


@FAULTS.add("password-synchronization-fails", server=NEW)
def _password_synchronization_fails(_world: World, arguments: Arguments) -> None:
    """Password hashes cannot be read: the AD account lacks the right to replicate."""
    arguments.server().log_event(
        TRACER,
        611,
        "Password hash synchronization failed for domain: contoso.com. Error 8453: Replication access was denied.",
        EventLevel.Error,
    )


@FAULTS.add("maintenance-off", server=NEW)
def _maintenance_off(_world: World, arguments: Arguments) -> Undo:
    """The scheduler's maintenance was switched off: keys and certificates are no longer renewed."""
    server = arguments.server()
    server.set_scheduler(maintenance_enabled=False)
    return lambda: server.set_scheduler(maintenance_enabled=True)


@FAULTS.add("tenant-not-synchronized-lately", hours=Argument("hours since the tenant last heard from a server", 8))
def _not_synchronized_lately(world: World, arguments: Arguments) -> Undo:
    """The tenant has not heard from any server for hours, whatever the servers remember."""
    before = world.tenant.last_sync
    world.tenant.last_sync = world.clock.now() - timedelta(hours=arguments.number("hours"))
    return lambda: setattr(world.tenant, "last_sync", before)


@FAULTS.add("directory-synchronization-off")
def _directory_synchronization_off(world: World, _arguments: Arguments) -> Undo:
    """Directory synchronization was switched off in the tenant, as a repair."""
    world.tenant.on_premises_sync_enabled = False
    return lambda: setattr(world.tenant, "on_premises_sync_enabled", True)


@FAULTS.add("export-forced", server=NEW)
def _export_forced(world: World, arguments: Arguments) -> None:
    """Somebody ran an export from the console of a staging server. The active one has run two cycles since."""
    server = arguments.server()
    world.run_profile(server, server.entra_connector.name, profiles.EXPORT)
    for active in world.active * 2:
        world.complete_cycle(active)


@FAULTS.add("member-not-sent", server=OLD, group=Argument("name of the group", "Finance"))
def _member_not_sent(world: World, arguments: Arguments) -> None:
    """The server leaves one synchronised member out of a group, and Entra ID agrees: nothing waits to be exported."""
    key = group_named(world, arguments.text("group")).key
    group, cloud = arguments.server().entra.group(key), world.tenant.groups.get(key)
    if group.imported is None or cloud is None:
        raise UnknownArgumentError("the group does not exist in Entra ID yet")
    left_out = (group.imported & world.tenant.users).last()
    group.imported -= left_out
    group.desired = group.imported
    cloud.members -= left_out


@FAULTS.add("forgotten-server-exports", computer=Argument("name of the machine", "CONTOSO-SYNC09"))
def _forgotten_server_exports(world: World, arguments: Arguments) -> Undo:
    """A machine that is on nobody's list ran the last export to the tenant."""
    before = world.tenant.current_export_data
    world.tenant.current_export_data = replace(before, client_machine_name=arguments.text("computer"))
    return lambda: setattr(world.tenant, "current_export_data", before)


@FAULTS.add("asked-too-early")
def _asked_too_early(_world: World, _arguments: Arguments) -> None:
    """Nothing is broken: what the gate asks for was not done yet."""
