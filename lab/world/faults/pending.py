"""Faults of pending exports: deletions and changes that wait on the new server."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lab.world.errors import UnknownArgumentError
from lab.world.faults.catalogue import FAULTS
from lab.world.population import IN_NO_GROUP
from lab.world.table import NEW, Argument, Arguments

if TYPE_CHECKING:
    from collections.abc import Callable

    from lab.world.world import World

    Undo = Callable[[], None]


def _delete_users(world: World, arguments: Arguments) -> Undo:
    """Users leave Active Directory; only the named server has seen it yet."""
    server, count = arguments.server(), arguments.number("count")
    candidates = IN_NO_GROUP & world.forest.users
    if count > len(candidates):
        raise UnknownArgumentError(f"at most {len(candidates)} users can be deleted without touching a group")
    gone = candidates.last(count)
    world.forest.users -= gone
    world.complete_cycle(server)

    def undo() -> None:
        world.forest.users |= gone
        world.complete_cycle(server)

    return undo


@FAULTS.add("partial-import", server=NEW, count=Argument("how many users the import did not see", 3_000))
def _partial_import(_world: World, arguments: Arguments) -> Undo:
    """The AD account may not read a part of the forest: the import was green, and saw fewer users."""
    space = arguments.server().ad
    before = space.users
    space.users = before - (before & IN_NO_GROUP).first(arguments.number("count"))
    return lambda: setattr(space, "users", before)


@FAULTS.add("deletes-600", server=NEW, count=Argument("how many users", 600))
def _deletes_600(world: World, arguments: Arguments) -> Undo:
    """600 users left Active Directory: more deletions wait on the server than the tenant's threshold of 500."""
    return _delete_users(world, arguments)


@FAULTS.add("deletes-3", server=NEW, count=Argument("how many users", 3))
def _deletes_3(world: World, arguments: Arguments) -> Undo:
    """3 users left Active Directory: few deletions wait on the server, but some."""
    return _delete_users(world, arguments)


@FAULTS.add("updates-pending", server=NEW, count=Argument("how many users", 250))
def _updates_pending(_world: World, arguments: Arguments) -> Undo:
    """An attribute of so many users changed; the server has the updates pending."""
    space = arguments.server().entra
    before = space.changed
    space.changed = (space.objects & space.desired).first(arguments.number("count"))
    return lambda: setattr(space, "changed", before)


@FAULTS.add("deletion-threshold-off")
def _deletion_threshold_off(world: World, _arguments: Arguments) -> Undo:
    """The tenant no longer guards against accidental deletions."""
    guard = world.tenant.accidental_deletion_prevention
    before = guard.synchronization_prevention_type
    guard.synchronization_prevention_type = "disabled"
    return lambda: setattr(guard, "synchronization_prevention_type", before)
