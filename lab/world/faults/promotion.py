"""Faults that only a list of pending exports shows: which attribute, which anchor, whose members."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lab.world.errors import UnknownArgumentError
from lab.world.faults.catalogue import FAULTS, group_named
from lab.world.population import IN_NO_GROUP
from lab.world.space import AdExport
from lab.world.table import NEW, Argument, Arguments

if TYPE_CHECKING:
    from collections.abc import Callable

    from lab.world.server import SyncServer
    from lab.world.world import World

    Undo = Callable[[], None]


def _change(server: SyncServer, attribute: str, count: int) -> Undo:
    """So many users have another value of an attribute to export."""
    space = server.entra
    before = space.changed, dict(space.changed_attributes)
    users = (space.objects & space.desired & server.ad.users).first(count)
    space.changed |= users
    space.changed_attributes |= dict.fromkeys(users, attribute)

    def undo() -> None:
        space.changed, space.changed_attributes = before

    return undo


@FAULTS.add(
    "attribute-rewritten",
    server=NEW,
    attribute=Argument("the attribute", "extensionAttribute1"),
    count=Argument("how many users", 30_000),
)
def _attribute_rewritten(_world: World, arguments: Arguments) -> Undo:
    """A rule of the old server is missing on the new one: an attribute is about to be rewritten on many users."""
    return _change(arguments.server(), arguments.text("attribute"), arguments.number("count"))


@FAULTS.add("source-anchor-changes", server=NEW, count=Argument("how many users", 2))
def _source_anchor_changes(_world: World, arguments: Arguments) -> Undo:
    """The new server takes the source anchor from another attribute: users are about to get another one."""
    return _change(arguments.server(), "sourceAnchor", arguments.number("count"))


@FAULTS.add(
    "group-loses-members", server=NEW, group=Argument("name of the group", "Team 05"), count=Argument("how many", 3)
)
def _group_loses_members(world: World, arguments: Arguments) -> Undo:
    """Members are about to leave a group in Entra ID that have not left it in Active Directory."""
    held = arguments.server().entra.groups[group_named(world, arguments.text("group")).key]
    if held.desired is None or len(held.desired) < arguments.number("count"):
        raise UnknownArgumentError("the group has fewer members than that")
    before = held.desired
    held.desired = before - before.last(arguments.number("count"))
    return lambda: setattr(held, "desired", before)


@FAULTS.add(
    "writeback-pending",
    server=NEW,
    operation=Argument("add, update or delete", "delete"),
    count=Argument("how many users", 5),
)
def _writeback_pending(_world: World, arguments: Arguments) -> Undo:
    """Changes wait on the AD connector too: what Entra ID's deletion threshold does not guard."""
    server, operation = arguments.server(), arguments.text("operation")
    if operation not in ("add", "update", "delete"):
        raise UnknownArgumentError(f"operation is add, update or delete, not {operation!r}")
    before = dict(server.ad_exports)
    attribute = "" if operation == "delete" else "msDS-KeyCredentialLink"
    users = (server.ad.users & IN_NO_GROUP).first(arguments.number("count"))
    server.ad_exports |= dict.fromkeys(users, AdExport(operation, attribute))  # type: ignore[arg-type]
    return lambda: setattr(server, "ad_exports", before)
