"""The table of faults, and helpers that several of them share."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lab.world.enums import SynchronizationPolicyType
from lab.world.errors import UnknownArgumentError
from lab.world.table import Table

if TYPE_CHECKING:
    from lab.world.forest import ForestGroup
    from lab.world.server import SyncServer
    from lab.world.world import World

FAULTS = Table("fault")


def settle(world: World, server: SyncServer) -> None:
    """Run the cycle that a change demands, so that nothing but the change itself stands out."""
    world.complete_cycle(server, SynchronizationPolicyType.Initial)


def group_named(world: World, name: str) -> ForestGroup:
    """The group with this name.

    Raises:
        UnknownArgumentError: there is none.
    """
    try:
        return world.forest.group_named(name)
    except KeyError as error:
        raise UnknownArgumentError(str(error)) from error
