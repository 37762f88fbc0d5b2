"""Who can sign in to the tenant as a sync server? [entra §7]."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from fixtures.answers import MissingAnswer
from fixtures.facts.identities import account_name, signs_in_as_application, sync_accounts, sync_applications
from fixtures.versions import Build

if TYPE_CHECKING:
    from datetime import datetime

    from fixtures.facts.identities import SyncIdentity
    from fixtures.facts.pair import Migration
    from fixtures.facts.result import Result
    from fixtures.facts.server import ServerFacts
    from fixtures.facts.tenant import TenantFacts

ROTATION = timedelta(days=30)
WIPES_PARAMETERS = Build(2, 5, 3, 0), Build(2, 6, 1, 0)
"""From the first of these builds to below the second, editing the Entra connector wipes its parameters [entra §3]."""


def judge_identities(identities: tuple[SyncIdentity, ...], live: set[str], result: Result) -> None:
    """Each identity by the server its name tells; one whose name tells none does not decide."""
    for identity in identities:
        if identity.server in live:
            result.passed(identity.name, f"it is {identity.server}'s", {"server": identity.server})
        elif identity.server is None:
            result.inconclusive(identity.name, f"the name of {identity.name} does not tell its server")
        else:
            result.failed(identity.name, f"{identity.name} is left of {identity.server}, which is no server in service")
    if not identities:
        result.passed("tenant", "nobody has the role and no application has such a name", {"identities": 0})


@pytest.mark.check(
    "TO-05v1",
    title="Every sync identity in the tenant belongs to a server of the environment",
    severity="advisory",
    gates=("prepare", "promote", "soak", "in-place", "nightly"),
    claims=("S3-25", "S3-41", "S3-42"),
    pitfalls=("P4", "P6"),
    optional_reads=("tenant.sync_accounts", "tenant.sync_applications"),
)
def test_every_sync_identity_belongs_to_a_server(migration: Migration, tenant: TenantFacts, result: Result) -> None:
    """Every sync server has an account or an application of its own, staging servers too.

    Why: one of a server that nobody has listed is a third server, or what is left of one.
    Judged: the computer name in the name of each member of Directory Synchronization Accounts, and of each application
    ConnectSyncProvisioning_, is a server of the environment. Advisory, because an identity alone exports nothing.
    Fix: find that server; if it is gone, remove its identity from the tenant.
    """
    live = {server.settings.computer_name.casefold() for server in migration.servers.values()}
    try:
        judge_identities((*sync_accounts(tenant), *sync_applications(tenant)), live, result)
    except MissingAnswer as missing:
        result.inconclusive("tenant", missing)


@pytest.mark.check(
    "TO-06v1",
    title="No identity of a server that is gone is left in the tenant",
    severity="blocking",
    gates=("finish",),
    claims=("S3-40", "S3-41", "S3-42"),
    pitfalls=("P6",),
    reads=("tenant.sync_accounts", "tenant.sync_applications"),
)
def test_no_identity_of_a_gone_server_is_left(migration: Migration, tenant: TenantFacts, result: Result) -> None:
    """Decommissioned fully means that the server cannot come back.

    Why: a machine that is started again, or restored, signs in with what was left and writes old data every cycle.
    Judged: each identity belongs to a server that is in service; one of a server that the plan stops or isolates, or
    that the environment does not name, is left over.
    Fix: Remove-ADSyncAADServiceAccount, or delete the application.
    """
    live = {server.settings.computer_name.casefold() for server in migration.present}
    judge_identities((*sync_accounts(tenant), *sync_applications(tenant)), live, result)


@pytest.mark.check(
    "TO-07v1",
    title="The certificates of application identities hold for a while",
    severity="advisory",
    gates=("prepare", "promote", "soak", "in-place", "nightly"),
    claims=("S3-2", "S3-42"),
    pitfalls=("P33",),
    optional_reads=("tenant.sync_applications",),
)
def test_certificates_hold_for_a_while(tenant: TenantFacts, now: datetime, result: Result) -> None:
    """The sync server renews its certificate itself, while its scheduler runs.

    Why: a scheduler that was off for the change does not renew, and the day it ends every export stops.
    Judged: the latest certificate of each application ConnectSyncProvisioning_ ends more than 30 days from now.
    Fix: let the maintenance task run, or rotate the certificate in the wizard.
    """
    try:
        applications = sync_applications(tenant)
    except MissingAnswer as missing:
        result.inconclusive("tenant", missing)
        return
    for application in applications:
        ends = application.certificate_ends
        if ends is None:
            result.inconclusive(application.name, f"{application.name} shows no certificate")
        elif ends - now <= ROTATION:
            result.failed(application.name, f"the certificate of {application.name} ends at {ends:%F %R}Z")
        else:
            result.passed(application.name, f"its certificate ends at {ends:%F}", {"ends": ends})
    if not applications:
        result.not_applicable("tenant", "no server signs in with an application", {"applications": 0})


@pytest.mark.check(
    "TO-08v1",
    title="No server has fallen back from its application to a password account",
    severity="advisory",
    gates=("prepare", "deployed", "promote", "soak", "nightly"),
    claims=("S3-2", "S3-47"),
    pitfalls=("P34",),
    reads=("connectors",),
    optional_reads=("entra_connector_account", "tenant.sync_applications"),
)
def test_no_server_has_fallen_back(migration: Migration, tenant: TenantFacts, result: Result) -> None:
    """Builds below 2.6.84.0 fall back to the password account in silence.

    Why: the account is outside the protection that the application was introduced for, and nobody is told.
    Judged: a server for which the tenant has an application does not sign in with a Sync_ account.
    Fix: look at Get-ADSyncEntraConnectorCredential on that server, and repair its certificate.
    """
    try:
        own = {application.server for application in sync_applications(tenant)}
    except MissingAnswer as missing:
        result.inconclusive("tenant", missing)
        return
    for server in migration.present:
        computer = server.settings.computer_name.casefold()
        if computer not in own:
            result.not_applicable(server.name, "the tenant has no application for it", {"ComputerName": computer})
        elif server.account:
            result.failed(server.name, f"the tenant has an application for it, and it signs in as {server.account}")
        else:
            result.passed(server.name, "it signs in as an application")


@pytest.mark.check(
    "TO-09v1",
    title="No server has two applications",
    severity="advisory",
    gates=("prepare", "promote", "soak", "finish", "nightly"),
    claims=("S3-41",),
    pitfalls=("P7",),
    optional_reads=("tenant.sync_applications",),
)
def test_no_server_has_two_applications(tenant: TenantFacts, result: Result) -> None:
    """A server that was installed again leaves the application of its first life in the tenant.

    Why: one of the two holds a certificate that nobody renews, and which of them signs in is not to be seen by name.
    Judged: the applications ConnectSyncProvisioning_ name each computer once. Advisory, because both may still work.
    Fix: find out which application the server signs in with, and delete the other one.
    """
    try:
        applications = sync_applications(tenant)
    except MissingAnswer as missing:
        result.inconclusive("tenant", str(missing))
        return
    servers = {application.server for application in applications}
    for server in sorted(name for name in servers if name is not None):
        names = [application.name for application in applications if application.server == server]
        if len(names) > 1:
            told = f"{server} has {len(names)} applications: {', '.join(names)}"
            result.failed(server, told, {"applications": names})
        else:
            result.passed(server, f"{server} has one application", {"applications": names})
    for application in applications:
        if application.server is None:
            result.inconclusive(application.name, f"the name of {application.name} does not tell its server")
    if not applications:
        result.not_applicable("tenant", "no server signs in with an application", {"applications": 0})


@pytest.mark.check(
    "TO-10v1",
    title="The Entra connector still has what it signs in with",
    severity="advisory",
    gates=("deployed", "promote", "soak", "nightly"),
    claims=("S3-2", "S3-47"),
    pitfalls=("P37",),
    reads=("product_version",),
    optional_reads=("entra_connector_account", "entra_connector_identity"),
    servers="each",
)
def test_the_entra_connector_can_sign_in(server: ServerFacts, migration: Migration, result: Result) -> None:
    """On 2.5 builds, editing the Entra connector in the Synchronization Service wiped its application parameters.

    Why: the connector is left with nothing to sign in with, and the next run ends before it began.
    Judged: on a 2.5 build, a connector that names no account is one of an application by its own word. What the
    emptied parameters look like is not documented, so one that cannot be asked does not decide. Advisory, because the
    runs that then fail are judged by their results.
    Fix: run the wizard's task that configures application-based authentication again; upgrade to 2.6.1.0 or later.
    """
    first, repaired = WIPES_PARAMETERS
    if why := migration.retired(server):
        result.not_applicable(server.name, why, {"old_exit": migration.plan.old_exit})
        return
    if not first <= server.build < repaired:
        result.not_applicable(server.name, f"{server.build} does not wipe them", {"ProductVersion": str(server.build)})
        return
    try:
        if account := account_name(server):
            result.passed(server.name, f"it signs in as {account}")
        elif signs_in_as_application(server):
            result.passed(server.name, "it signs in as an application", {"ConnectorIdentityType": "Application"})
        else:
            result.failed(server.name, f"{server.name} is on {server.build} and names no account and no application")
    except MissingAnswer as missing:
        result.inconclusive(server.name, f"whether {server.build} has lost its parameters cannot be told: {missing}")
