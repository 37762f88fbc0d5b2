"""What several tests of the world ask."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

from lab.world.faults import FAULTS
from lab.world.rule_editing import member_mapping
from lab.world.steps import STEPS

if TYPE_CHECKING:
    from lab.world.model import ConnectorStatistics, SynchronizationRule
    from lab.world.server import SyncServer
    from lab.world.world import World


T = TypeVar("T")


def there(found: T | None) -> T:
    """What was found; a test fails when it was not."""
    assert found is not None
    return found


def expression_of(rule: SynchronizationRule) -> str:
    """The rule's flow of member."""
    return there(there(member_mapping(rule)).expression)


def key_of(world: World, name: str) -> int:
    return world.forest.group_named(name).key


def pending(server: SyncServer) -> ConnectorStatistics:
    return server.connector_statistics(server.entra_connector.name)


def cloud_count(world: World, name: str) -> int | None:
    group = world.tenant.groups.get(key_of(world, name))
    return None if group is None or group.deleted else len(group.members)


def step(world: World, name: str, **arguments: object) -> None:
    STEPS[name].apply(world, arguments)


def fault(world: World, name: str, **arguments: object) -> None:
    FAULTS[name].apply(world, arguments)


def last_result(server: SyncServer, profile: str, connector: str = "contoso.onmicrosoft.com - AAD") -> str:
    return [run for run in server.runs if run.run_profile_name == profile and run.connector_name == connector][
        -1
    ].result


def switch(world: World) -> None:
    """The old server to staging, then the new one active, each with a cycle."""
    for purpose, on in (("old", True), ("new", False)):
        step(world, "set-staging-mode", server=purpose, on=on, start_cycle=False)
        step(world, "complete-cycles", server=purpose)
