"""How long these builds will do, and what is known about them [entra §3]."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from fixtures.versions import load_table

if TYPE_CHECKING:
    from fixtures.facts.pair import Migration
    from fixtures.facts.result import Result
    from fixtures.facts.server import ServerFacts

YEAR = timedelta(days=365)
NOTICE = timedelta(days=60)
NOT_THE_CLOUD = (".onmicrosoft.de",)
CLOUDS = (".onmicrosoft.com", ".onmicrosoft.us", ".partner.onmschina.cn")


@pytest.mark.check(
    "VE-07v1",
    title="The build is not about to lapse",
    severity="advisory",
    gates=("prepare", "finish", "nightly"),
    claims=("S3-2", "S3-6"),
    reads=("product_version",),
    servers="each",
)
def test_the_build_is_not_about_to_lapse(server: ServerFacts, migration: Migration, result: Result) -> None:
    """A server that was left alone for a year or more is better replaced than upgraded.

    Why: each build retires twelve months after its successor, and large gaps are where upgrades fail.
    Judged: on the day of the judging clock the build came out less than twelve months ago, and its support does not
    end within 60 days.
    Fix: plan the next upgrade now; after 12 to 18 months a swing migration.
    """
    if why := migration.retired(server):
        result.not_applicable(server.name, why, {"old_exit": migration.plan.old_exit})
        return
    row, today = load_table().builds.get(server.build), migration.now.date()
    if row is None or row.released is None:
        result.inconclusive(server.name, f"the version table does not say when {server.build} came out")
        return
    facts = {"released": str(row.released), "end_of_support": str(row.end_of_support or "not announced")}
    age = today - row.released
    if row.end_of_support and row.end_of_support - today < NOTICE:
        result.failed(server.name, f"support of {server.build} ends on {row.end_of_support}", facts)
    elif age >= YEAR:
        result.failed(server.name, f"{server.build} came out {age.days // 30} months ago, on {row.released}", facts)
    else:
        result.passed(server.name, f"{server.build} came out on {row.released}", facts)


@pytest.mark.check(
    "VE-08v1",
    title="Nothing is known to be wrong with the build",
    severity="advisory",
    gates=("deployed", "finish", "nightly"),
    claims=("S3-2", "S3-4"),
    pitfalls=("P43",),
    reads=("product_version",),
    servers="new",
)
def test_nothing_is_known_to_be_wrong_with_the_build(server: ServerFacts, result: Result) -> None:
    """Some builds were followed by a hotfix, and the fault they had stays where they stay.

    Why: what the new server will stumble over is better known before the switch.
    Judged: no row of known issues in the version table names the build; a build the table does not know cannot be told.
    Fix: install the build that repairs it, or keep clear of what the row says.
    """
    table = load_table()
    found = [issue for issue in table.issues if server.build in issue.builds]
    for issue in found:
        result.failed(server.name, f"{server.build}: {issue.why}", {"sources": issue.sources})
    if not found and server.build in table.builds:
        result.passed(server.name, f"no known issue of the table names {server.build}")
    elif not found:
        result.inconclusive(server.name, f"{server.build} is not in the version table")


@pytest.mark.check(
    "VE-09v1",
    title="Both servers have one build",
    severity="advisory",
    gates=("finish", "nightly"),
    claims=("S0-12", "S3-27", "S3-32", "S3-38"),
    reads=("product_version",),
)
def test_both_servers_have_one_build(migration: Migration, result: Result) -> None:
    """Two builds side by side are fine for the days of a swing, not for the years after it.

    Why: settings can only be exchanged between servers of one build, and the standby must be able to take over.
    Judged: all servers that are in service have the same build.
    Fix: upgrade the server that is behind, while it is in staging mode.
    """
    builds = {server.name: server.build for server in migration.present}
    shown = ", ".join(f"{name} has {build}" for name, build in builds.items())
    if len(set(builds.values())) > 1:
        result.failed("all servers", shown, builds)
    else:
        result.passed("all servers", shown, builds)


@pytest.mark.check(
    "VE-10v1",
    title="The tenant is in a cloud that has the V2 endpoint",
    severity="blocking",
    gates=("prepare", "deployed", "promote"),
    claims=("S1-5", "S1-6", "S2-4", "S4-1"),
    reads=("connectors",),
    servers="each",
)
def test_the_cloud_has_the_v2_endpoint(server: ServerFacts, migration: Migration, result: Result) -> None:
    """The endpoint is there in the commercial cloud, in 21Vianet and for the US government, and nowhere else.

    Why: in a cloud without it every export fails once the connector is switched to version 2.
    Judged: by the initial domain of the tenant that the Entra connector is named after; where it is named otherwise, by
    the cloud of the environment.
    Fix: leave the connector on version 1 where the endpoint is missing.
    """
    if why := migration.retired(server):
        result.not_applicable(server.name, why, {"old_exit": migration.plan.old_exit})
        return
    domain = server.entra.tenant_domain
    facts = {"domain": domain, "cloud": migration.environment.tenant.cloud}
    if domain.endswith(NOT_THE_CLOUD):
        result.failed(server.name, f"{domain} is in the German cloud, which never had the V2 endpoint", facts)
    elif domain.endswith(CLOUDS):
        result.passed(server.name, f"{domain} is in a cloud with the V2 endpoint", facts)
    else:
        cloud = migration.environment.tenant.cloud
        result.passed(server.name, f"{domain} tells no cloud, the environment says {cloud}, which has it", facts)
