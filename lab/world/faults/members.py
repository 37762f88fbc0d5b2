"""Faults of group membership: what Entra ID holds is not what it should."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lab.world.errors import UnknownArgumentError
from lab.world.faults.catalogue import FAULTS, group_named
from lab.world.population import IN_NO_GROUP, OUT_OF_SCOPE_IN_FIELD
from lab.world.table import Argument, Arguments

if TYPE_CHECKING:
    from collections.abc import Callable

    from lab.world.keys import KeySet
    from lab.world.server import SyncServer
    from lab.world.tenant import CloudGroup
    from lab.world.world import World

    Undo = Callable[[], None]


def _cloud_group(world: World, name: str) -> CloudGroup:
    group = world.tenant.groups.get(group_named(world, name).key)
    if group is None or group.deleted:
        raise UnknownArgumentError(f"{name!r} does not exist in Entra ID yet")
    return group


def _set_members(group: CloudGroup, members: KeySet) -> Undo:
    before = group.members
    group.members = members
    return lambda: setattr(group, "members", before)


@FAULTS.add("small-group-member-missing", group=Argument("name of the group", "Finance"))
def _small_group_member_missing(world: World, arguments: Arguments) -> Undo:
    """One member of a small group is missing in Entra ID, and no import has noticed yet."""
    group = _cloud_group(world, arguments.text("group"))
    return _set_members(group, group.members - (group.members & world.tenant.users).last())


@FAULTS.add("small-group-member-swapped", group=Argument("name of the group", "Finance"))
def _small_group_member_swapped(world: World, arguments: Arguments) -> Undo:
    """One member of a small group was exchanged for another user in Entra ID: the count is right."""
    group = _cloud_group(world, arguments.text("group"))
    gone = (group.members & world.tenant.users).last()
    stranger = (IN_NO_GROUP & world.tenant.users - group.members).first()
    return _set_members(group, group.members - gone | stranger)


@FAULTS.add("large-group-member-missing", group=Argument("name of the group", "Field"))
def _large_group_member_missing(world: World, arguments: Arguments) -> Undo:
    """One synchronised member of a large group is missing in Entra ID (once the group is there at all)."""
    group = _cloud_group(world, arguments.text("group"))
    return _set_members(group, group.members - (group.members & world.tenant.users).last())


@FAULTS.add("group-missing", group=Argument("name of the group", "Finance"))
def _group_missing(world: World, arguments: Arguments) -> Undo:
    """The group was deleted in Entra ID, and no import has noticed yet."""
    group = _cloud_group(world, arguments.text("group"))
    group.deleted = True
    return lambda: setattr(group, "deleted", False)


def _active(world: World) -> SyncServer:
    if len(world.active) != 1:
        raise UnknownArgumentError("exactly one server has to be active for this fault")
    return world.active[0]


@FAULTS.add("member-filtered-though-in-scope", group=Argument("name of the group", "Members"))
def _member_filtered(world: World, arguments: Arguments) -> Undo:
    """Entra ID refuses a user for a conflicting address; the active server's next export leaves references out.

    The user is in scope, so event 6949 is not informational here. One cycle of the active server is run.
    """
    server, tenant = _active(world), world.tenant
    group = _cloud_group(world, arguments.text("group"))
    refused = (group.members & tenant.users).last()
    tenant.rejected |= refused
    tenant.users -= refused
    for cloud in tenant.groups.values():
        cloud.members -= refused
    world.complete_cycle(server)

    def undo() -> None:
        tenant.rejected -= refused
        world.complete_cycle(server)

    return undo


@FAULTS.add("out-of-scope-member-filtered", group=Argument("name of the group", "Field"))
def _out_of_scope_member_filtered(world: World, arguments: Arguments) -> Undo:
    """The active server's exports report references to three service accounts outside the scope: informational.

    One cycle of the active server is run.
    """
    server = _active(world)
    key = group_named(world, arguments.text("group")).key
    for item in world.servers.values():
        item.entra.unprovisioned[key] = OUT_OF_SCOPE_IN_FIELD
    world.complete_cycle(server)

    def undo() -> None:
        for item in world.servers.values():
            item.entra.unprovisioned.pop(key, None)
        world.complete_cycle(server)

    return undo


@FAULTS.add("group-grows", group=Argument("name of the group", "Field"), by=Argument("how many more", 100_000))
def _group_grows(world: World, arguments: Arguments) -> None:
    """So many users joined the group in Active Directory. Every server has run a cycle since."""
    group = group_named(world, arguments.text("group"))
    group.members |= (world.forest.users - world.forest.service_accounts - group.members).first(arguments.number("by"))
    for server in world.servers.values():
        world.complete_cycle(server)


@FAULTS.add("group-above-250000", group=Argument("name of the group", "All Staff"))
def _group_above_250000(world: World, arguments: Arguments) -> None:
    """A user was added in Active Directory: the group has 250,001 members. Every server has run a cycle since."""
    group = group_named(world, arguments.text("group"))
    group.members |= (IN_NO_GROUP - group.members).first()
    for server in world.servers.values():
        world.complete_cycle(server)
