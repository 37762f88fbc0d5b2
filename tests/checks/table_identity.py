"""Identity: what each check says to which change."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .running import Case

if TYPE_CHECKING:
    from .world import World

ISOLATED = {"old_exit": "isolated"}


def one_machine(world: World) -> None:
    world["new", "computer_name"]["ComputerName"] = "sync01"
    world["new", "global_settings"]["InstanceId"] = world["old", "global_settings"]["InstanceId"]


def same_database(world: World) -> None:
    world["new", "global_settings"]["InstanceId"] = world["old", "global_settings"]["InstanceId"].upper()


def other_tenant(world: World) -> None:
    world["tenant", "organization"]["id"] = "00000000-1111-4222-8333-444444444444"


def other_domain(world: World) -> None:
    world["new", "connectors"][1]["Name"] = "fabrikam.onmicrosoft.com - AAD"


def other_account(world: World) -> None:
    world["new", "entra_connector_account"]["Value"] = "Sync_SYNC02_0123456789ab@fabrikam.onmicrosoft.com"


def application_identity(world: World) -> None:
    world["new", "entra_connector_account"] = None


CASES = [
    Case("ID-01v1", "two machines", "pass", "SYNC01 and SYNC02 are two machines", "deployed"),
    Case("ID-01v1", "two names of one machine", "fail", "two names of one machine", "deployed", one_machine),
    Case("ID-01v1", "one database", "fail", "InstanceId is", "rollback", same_database),
    Case("ID-01v1", "the old one is isolated", "pass", "the only server read", "soak",
         lambda world: world.silence("old"), plan=ISOLATED),
    Case("ID-01v1", "one server cannot be reached", "error", "unreachable", "soak", lambda world: world.silence("old")),
    Case("ID-02v1", "meant", "pass", "it answers as SYNC02", "promote", server="new"),
    Case("ID-02v1", "another machine", "fail", "SYNC02 was meant, SYNC09 answered", "promote",
         lambda world: world["new", "computer_name"].update(ComputerName="SYNC09"), "new"),
    Case("ID-02v1", "isolated", "not-applicable", "the plan has it isolated", "soak",
         lambda world: world.silence("old"), "old", ISOLATED),
    Case("ID-03v1", "verified", "pass", "contoso.onmicrosoft.com is a verified domain", "deployed", server="new"),
    Case("ID-03v1", "no account", "pass", "is a verified domain", "deployed", application_identity, "new"),
    Case("ID-03v1", "another tenant answered", "fail", "Graph answered for tenant 00000000", "deployed", other_tenant,
         "new"),
    Case("ID-03v1", "a server of another tenant", "fail", "fabrikam.onmicrosoft.com is no verified domain", "deployed",
         other_domain, "new"),
    Case("ID-03v1", "an account of another tenant", "fail", "fabrikam", "deployed", other_account, "new"),
    Case("ID-03v1", "isolated", "not-applicable", "isolated", "soak", lambda world: world.silence("old"), "old",
         ISOLATED),
]  # fmt: skip
