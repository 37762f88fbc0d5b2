"""Faults of a server's state: scheduler, staging, identity, build, configuration."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import UUID

from lab.world.faults.catalogue import FAULTS, settle
from lab.world.forest import CONTACTS_OU, SERVICE_ACCOUNTS
from lab.world.model import ENTRA_CONNECTOR
from lab.world.server import COMPUTER_NAME_KEY
from lab.world.table import NEW, OLD, Argument, Arguments
from lab.world.tenant import TenantIdentity
from lab.world.upgrade import set_version

if TYPE_CHECKING:
    from collections.abc import Callable

    from lab.world.server import SyncServer
    from lab.world.world import World

    Undo = Callable[[], None]


@FAULTS.add("override-pending", server=NEW)
def _override_pending(_world: World, arguments: Arguments) -> Undo:
    """A full synchronisation of the Entra connector is still demanded."""
    server = arguments.server()
    server.set_override(ENTRA_CONNECTOR, full_sync=True)
    return lambda: server.set_override(ENTRA_CONNECTOR, full_sync=False)


@FAULTS.add("scheduler-off", server=NEW)
def _scheduler_off(_world: World, arguments: Arguments) -> Undo:
    """The scheduler was left off."""
    server = arguments.server()
    server.set_scheduler(sync_cycle_enabled=False)
    return lambda: server.set_scheduler(sync_cycle_enabled=True)


@FAULTS.add("scheduler-suspended", server=NEW)
def _scheduler_suspended(_world: World, arguments: Arguments) -> Undo:
    """The scheduler is suspended: a wizard is open, or an upgrade did not finish."""
    server = arguments.server()
    server.set_scheduler(scheduler_suspended=True)
    return lambda: server.set_scheduler(scheduler_suspended=False)


def _staged(server: SyncServer, staging: bool) -> Undo:
    before = server.staging
    server.set_staging(staging)
    return lambda: server.set_staging(before)


@FAULTS.add("both-active", server=NEW)
def _both_active(_world: World, arguments: Arguments) -> Undo:
    """The new server left staging mode while the old one still exports."""
    return _staged(arguments.server(), staging=False)


@FAULTS.add("neither-active", server=OLD)
def _neither_active(_world: World, arguments: Arguments) -> Undo:
    """The old server was switched to staging and no other one exports."""
    return _staged(arguments.server(), staging=True)


@FAULTS.add("staging-flags-disagree", server=NEW)
def _staging_flags_disagree(_world: World, arguments: Arguments) -> Undo:
    """The local staging parameter says the opposite of the scheduler."""
    server = arguments.server()
    before = server.staging
    server.staging = not server.scheduler.staging_mode_enabled
    return lambda: setattr(server, "staging", before)


@FAULTS.add("same-machine", alias=NEW, server=OLD)
def _same_machine(world: World, arguments: Arguments) -> Undo:
    """The new server's address leads to the old machine."""
    world.aliases[arguments.text("alias")] = arguments.text("server")
    return world.aliases.clear


@FAULTS.add("same-instance", server=NEW)
def _same_instance(world: World, arguments: Arguments) -> None:
    """The server is a copy of the other one's disk: it has the same installation identifier."""
    server = arguments.server()
    server.instance_id = next(item for item in world.servers.values() if item is not server).instance_id


@FAULTS.add("computer-renamed", server=NEW, computer=Argument("the name it answers with", "CONTOSO-SYNC77"))
def _computer_renamed(_world: World, arguments: Arguments) -> Undo:
    """The machine answers with another computer name than the environment names."""
    server, before = arguments.server(), arguments.server().computer_name

    def rename(name: str) -> None:
        server.computer_name = name
        server.registry[COMPUTER_NAME_KEY]["ComputerName"] = name

    rename(arguments.text("computer"))
    return lambda: rename(before)


@FAULTS.add("other-tenant")
def _other_tenant(world: World, _arguments: Arguments) -> Undo:
    """Graph answers for another tenant, whose domains are not those of the Entra connector."""
    world.tenant.answers_as = TenantIdentity(
        UUID("0a4f6b3d-52c7-4f6e-8a75-9d2f3c1b7e55"),
        "Fabrikam",
        "fabrikam.onmicrosoft.com",
        ("fabrikam.onmicrosoft.com", "fabrikam.com"),
    )
    return lambda: setattr(world.tenant, "answers_as", None)


@FAULTS.add("connector-of-other-tenant", server=NEW)
def _connector_of_other_tenant(_world: World, arguments: Arguments) -> Undo:
    """The server's Entra connector signs in to another tenant."""
    connector = arguments.server().entra_connector
    account = next(item for item in connector.connectivity_parameters if item.name == "UserName")
    before = account.value, connector.name
    account.value = before[0].partition("@")[0] + "@fabrikam.onmicrosoft.com"
    connector.name = "fabrikam.onmicrosoft.com - AAD"

    def undo() -> None:
        account.value, connector.name = before

    return undo


@FAULTS.add("application-identity", server=NEW)
def _application_identity(_world: World, arguments: Arguments) -> Undo:
    """The Entra connector signs in as an application: no user name stands in its parameters."""
    connector = arguments.server().entra_connector
    before = list(connector.connectivity_parameters)
    connector.connectivity_parameters = [item for item in before if item.name != "UserName"]
    return lambda: setattr(connector, "connectivity_parameters", before)


def _build(arguments: Arguments) -> Undo:
    server = arguments.server()
    before = server.product_version, server.configuration_version

    def undo() -> None:
        set_version(server, before[0])
        server.configuration_version = before[1]

    set_version(server, arguments.text("version"))
    return undo


_VERSION = "the build it runs"


@FAULTS.add("new-below-floor", server=NEW, version=Argument(_VERSION, "2.5.76.0"))
def _new_below_floor(_world: World, arguments: Arguments) -> Undo:
    """The server runs a build below the floor of 2.5.79.0."""
    return _build(arguments)


@FAULTS.add("recalled-build", server=NEW, version=Argument(_VERSION, "2.6.79.0"))
def _recalled_build(_world: World, arguments: Arguments) -> Undo:
    """The server runs a build that was recalled."""
    return _build(arguments)


@FAULTS.add("unknown-build", server=NEW, version=Argument(_VERSION, "2.7.13.0"))
def _unknown_build(_world: World, arguments: Arguments) -> Undo:
    """The server runs a build that no table lists."""
    return _build(arguments)


@FAULTS.add("old-below-wizard-floor", server=OLD, version=Argument(_VERSION, "2.3.20.0"))
def _old_below_wizard_floor(_world: World, arguments: Arguments) -> Undo:
    """The old server's wizard cannot sign in any more, so it cannot be switched to staging."""
    return _build(arguments)


@FAULTS.add("partial-upgrade", server=NEW, version=Argument("what the configuration says", "2.6.84.0"))
def _partial_upgrade(_world: World, arguments: Arguments) -> Undo:
    """The configuration is of another build than the files."""
    server = arguments.server()
    before = server.configuration_version
    server.configuration_version = arguments.text("version")
    return lambda: setattr(server, "configuration_version", before)


@FAULTS.add("container-left-out", server=NEW)
def _container_left_out(world: World, arguments: Arguments) -> None:
    """The server does not bring in the contacts' container: 25 contacts are to be deleted."""
    server = arguments.server()
    scope = server.ad_connector.partitions[0].connector_partition_scope
    scope.container_inclusion_list.remove(CONTACTS_OU)
    settle(world, server)


@FAULTS.add("container-too-many", server=NEW)
def _container_too_many(world: World, arguments: Arguments) -> None:
    """The server brings in the service accounts too: 1,000 users are to be added."""
    server = arguments.server()
    scope = server.ad_connector.partitions[0].connector_partition_scope
    scope.container_inclusion_list.append(SERVICE_ACCOUNTS)
    settle(world, server)
