"""Are these the servers, and is this the tenant, that the environment means? [semantics §4]."""

from __future__ import annotations

from itertools import combinations
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from fixtures.facts.pair import Migration
    from fixtures.facts.result import Result
    from fixtures.facts.server import ServerFacts

ALWAYS = (
    "prepare", "deployed", "promote", "switched", "soak", "finish", "rollback", "rolled-back", "in-place", "upgraded",
    "nightly",
)  # fmt: skip


@pytest.mark.check(
    "ID-01v1",
    title="The servers are different machines",
    severity="blocking",
    gates=ALWAYS,
    claims=("S0-6", "S3-25", "S3-30"),
    reads=("computer_name", "global_settings"),
    waivable=False,
)
def test_the_servers_are_different_machines(migration: Migration, result: Result) -> None:
    """Two names of one machine must never be judged as a pair.

    Why: an alias, a copied address or a load balancer makes one server answer twice; every comparison is then true.
    Judged: computer names and the InstanceId of the sync database differ between every two servers.
    Fix: correct host in the environment, or the name resolution, until each name leads to its own machine.
    """
    servers = [server for server in migration.servers.values() if not migration.retired(server)]
    if len(servers) == 1:
        result.passed(servers[0].name, "it is the only server read", {"InstanceId": servers[0].instance_id})
    for one, other in combinations(servers, 2):
        subject = f"{one.name} and {other.name}"
        same = [
            f"{what} is {mine} on both"
            for what, mine, theirs in (
                ("ComputerName", one.computer_name.casefold(), other.computer_name.casefold()),
                ("InstanceId", one.instance_id, other.instance_id),
            )
            if mine == theirs
        ]
        if same:
            result.failed(subject, f"these are two names of one machine: {', '.join(same)}")
        else:
            names = f"{one.computer_name} and {other.computer_name}"
            result.passed(
                subject, f"{names} are two machines", {one.name: one.instance_id, other.name: other.instance_id}
            )


@pytest.mark.check(
    "ID-02v1",
    title="Each server is the machine the environment names",
    severity="blocking",
    gates=ALWAYS,
    claims=("S3-25",),
    reads=("computer_name",),
    servers="each",
    waivable=False,
)
def test_the_server_is_the_one_that_was_meant(server: ServerFacts, migration: Migration, result: Result) -> None:
    """The machine itself must answer with the configured name.

    Why: the address in the environment may lead to another server than the one somebody had in mind.
    Judged: the answered ComputerName is computer_name of the environment, letter case aside.
    Fix: correct computer_name or host of this server in the environment.
    """
    if why := migration.retired(server):
        result.not_applicable(server.name, why, {"old_exit": migration.plan.old_exit})
        return
    meant = server.settings.computer_name
    if server.computer_name.casefold() == meant.casefold():
        result.passed(server.name, f"it answers as {server.computer_name}", {"ComputerName": server.computer_name})
    else:
        result.failed(server.name, f"{meant} was meant, {server.computer_name} answered")


@pytest.mark.check(
    "ID-03v1",
    title="Each server synchronizes to the tenant that was read",
    severity="blocking",
    gates=ALWAYS,
    claims=("S3-64", "S3-65"),
    reads=("connectors", "tenant.organization"),
    optional_reads=("entra_connector_account",),
    servers="each",
    waivable=False,
)
def test_the_server_belongs_to_the_tenant(server: ServerFacts, migration: Migration, result: Result) -> None:
    """The Entra connector must lead to the very tenant that Graph answered for.

    Why: a server of another tenant compares well with nothing, and a group missing there proves nothing here.
    Judged: the tenant's id is the configured one; the domain in the Entra connector's name, and in its account where
    there is one, is a verified domain of it.
    Fix: correct tenant.id in the environment, or name the servers that synchronize to this tenant.
    """
    if why := migration.retired(server):
        result.not_applicable(server.name, why, {"old_exit": migration.plan.old_exit})
        return
    tenant = migration.tenant
    account = server.account
    domains = {server.entra.tenant_domain, *([account.rpartition("@")[2].casefold()] if account else [])}
    strange = sorted(domains - tenant.verified_domains)
    if tenant.id != tenant.settings.id:
        result.failed(server.name, f"Graph answered for tenant {tenant.id}, the environment names {tenant.settings.id}")
    elif strange:
        result.failed(server.name, f"{', '.join(strange)} is no verified domain of tenant {tenant.id}")
    else:
        domain = server.entra.tenant_domain
        result.passed(
            server.name, f"{domain} is a verified domain of tenant {tenant.id}", {"connector": server.entra.name}
        )
