"""Faults around an upgrade in place, and of a rollback that is half done."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lab.world import rule_editing
from lab.world.default_rules import GROUP_JOIN
from lab.world.faults.catalogue import FAULTS, settle
from lab.world.keys import KeySet
from lab.world.table import NEW, Argument, Arguments
from lab.world.upgrade import set_version

if TYPE_CHECKING:
    from collections.abc import Callable

    from lab.world.world import World

    Undo = Callable[[], None]


@FAULTS.add("too-many-objects", server=NEW, count=Argument("how many users", 120_000))
def _too_many_objects(world: World, arguments: Arguments) -> None:
    """The forest has more users than an in-place upgrade is for."""
    world.forest.users |= KeySet.of(range(arguments.number("count")))
    settle(world, arguments.server())


@FAULTS.add("entra-connector-missing", server=NEW)
def _entra_connector_missing(_world: World, arguments: Arguments) -> Undo:
    """The Entra connector was deleted from the server's configuration."""
    server = arguments.server()
    before = list(server.connectors)
    server.connectors.remove(server.entra_connector)
    return lambda: setattr(server, "connectors", before)


@FAULTS.add("full-runs-deferred", server=NEW)
def _full_runs_deferred(_world: World, arguments: Arguments) -> None:
    """Every override was taken away before the full runs it asks for."""
    server = arguments.server()
    for row in list(server.overrides):
        server.set_override(row.connector_identifier, full_import=False, full_sync=False)


@FAULTS.add("upgrade-gave-up", server=NEW, version=Argument("the build that is left", "2.6.91.0"))
def _upgrade_gave_up(_world: World, arguments: Arguments) -> Undo:
    """The installer put back the build that was there, and nobody read its last page."""
    server = arguments.server()
    before = server.product_version
    set_version(server, arguments.text("version"))
    return lambda: set_version(server, before)


@FAULTS.add("clone-left-behind", server=NEW)
def _clone_left_behind(world: World, arguments: Arguments) -> None:
    """The copy of Group Join is still there, disabled; a full cycle ran since."""
    server = arguments.server()
    default = rule_editing.default_rule(server, GROUP_JOIN)
    copy = rule_editing.clone(server, default, 98, None, world.clock.now().date())
    rule_editing.set_disabled(server, copy, disabled=True)
    rule_editing.set_disabled(server, default, disabled=False)
    settle(world, server)
