"""May these builds do what the plan asks of them, on this day? [entra §3]."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from fixtures.versions import Standing, load_table, newest, wizard_floor

if TYPE_CHECKING:
    from fixtures.facts.pair import Migration
    from fixtures.facts.result import Result
    from fixtures.facts.server import ServerFacts


@pytest.mark.check(
    "VE-01v1",
    title="The new server's build is allowed",
    severity="blocking",
    gates=("prepare", "deployed", "promote", "switched", "soak", "finish", "upgraded"),
    claims=("S0-13", "S1-7", "S1-11", "S2-5", "S2-6", "S2-7", "S3-2", "S3-3", "S3-4", "S4-3"),
    pitfalls=("P43",),
    reads=("product_version",),
    servers="new",
)
def test_the_new_build_is_allowed(server: ServerFacts, migration: Migration, result: Result) -> None:
    """A build is judged by its own row of the version table, on the day of the judging clock.

    Why: below the floor nothing synchronizes, a recalled build breaks servers, one out of support may stop any day.
    Judged: below a floor in force, recalled, or out of support and not approved is a no; an unknown build does not
    decide until a row of the environment resolves it.
    Fix: install a supported build, or add a row with its source to [[versions]] of the environment.
    """
    judged = migration.version(server.build)
    facts = {"ProductVersion": server.build, "standing": judged.standing, "sources": judged.sources}
    if judged.allowed:
        result.passed(server.name, judged.reason, facts)
    elif judged.standing is Standing.UNKNOWN:
        result.inconclusive(server.name, judged.reason, facts)
    else:
        result.failed(server.name, judged.reason, facts)


@pytest.mark.check(
    "VE-02v1",
    title="The old server can be put into staging mode",
    severity="blocking",
    gates=("prepare", "promote"),
    claims=("S3-4", "S3-31", "S3-37"),
    pitfalls=("P3",),
    reads=("product_version",),
    servers="old",
)
def test_the_old_server_can_step_back(server: ServerFacts, migration: Migration, result: Result) -> None:
    """The wizard of an old build cannot sign in any more, and only the wizard sets staging mode.

    Why: a plan that begins with the old server in staging mode would end with two active servers.
    Judged: against the wizard's floor and the hard floor of its cloud, only where old_exit is staging; otherwise the
    build is recorded.
    Fix: upgrade the old server first, or plan to stop or isolate it.
    """
    cloud = migration.environment.tenant.cloud
    floor = wizard_floor(server.build, migration.now.date(), load_table(), cloud)
    facts = {"ProductVersion": server.build, "old_exit": migration.plan.old_exit}
    if migration.plan.old_exit != "staging":
        result.not_applicable(server.name, f"the plan has it {migration.plan.old_exit}, its build is recorded", facts)
    elif floor:
        result.failed(server.name, f"{server.build} is below {floor.below}: {floor.why} (since {floor.since})", facts)
    else:
        result.passed(server.name, f"{server.build} is above the wizard's floor", facts)


@pytest.mark.check(
    "VE-03v1",
    title="Program and configuration are of one build",
    severity="blocking",
    gates=("prepare", "deployed", "promote", "in-place", "upgraded", "nightly"),
    claims=("S3-23", "S3-38"),
    reads=("product_version", "global_parameters"),
    servers="new",
)
def test_program_and_configuration_are_of_one_build(server: ServerFacts, result: Result) -> None:
    """An upgrade that stopped halfway leaves a new program with an old configuration.

    Why: such a server runs, and fails later in ways that do not name the cause.
    Judged: the build of miiserver.exe equals Microsoft.Synchronize.ServerConfigurationVersion.
    Fix: run the installer again and let the wizard finish.
    """
    facts = {"ProductVersion": server.build, "ServerConfigurationVersion": server.configured_build}
    if str(server.build) == server.configured_build.strip():
        result.passed(server.name, f"both are {server.build}", facts)
    else:
        result.failed(server.name, f"the program is {server.build}, its configuration {server.configured_build}", facts)


@pytest.mark.check(
    "VE-04v1",
    title="No published vulnerability is open",
    severity="advisory",
    gates=("prepare", "promote", "soak", "finish", "nightly"),
    claims=("S3-2",),
    reads=("product_version",),
    servers="each",
)
def test_no_published_vulnerability_is_open(server: ServerFacts, migration: Migration, result: Result) -> None:
    """A sync server can write to every account.

    Why: a local elevation of privilege on it reaches the directory.
    Judged: against the advisories of the version table that were public on the day of the judging clock.
    Fix: install a build that repairs it.
    """
    if why := migration.retired(server):
        result.not_applicable(server.name, why, {"old_exit": migration.plan.old_exit})
        return
    today, cloud = migration.now.date(), migration.environment.tenant.cloud
    found = [advisory for advisory in load_table().advisories if advisory.stops(server.build, today, cloud)]
    for advisory in found:
        result.failed(server.name, f"{advisory.id}: {advisory.why}; repaired in {advisory.below}")
    if not found:
        result.passed(server.name, f"no advisory of the table names {server.build}")


@pytest.mark.check(
    "VE-05v1",
    title="The new server has the newest build",
    severity="advisory",
    gates=("prepare", "deployed", "promote", "finish", "nightly"),
    claims=("S0-13", "S3-2", "S3-6", "S3-38"),
    reads=("product_version",),
    servers="new",
)
def test_the_newest_build_is_installed(server: ServerFacts, migration: Migration, result: Result) -> None:
    """The documents ask for the latest version first.

    Why: each build retires twelve months after the next one.
    Judged: against the newest build of the table; a table whose sources are older than 30 days cannot tell.
    Fix: bring the version table up to date, or compare with Microsoft's version history; install a newer build before
    the migration, not during it.
    """
    table, today = load_table(), migration.now.date()
    latest = newest(today, table).version
    if server.build < latest:
        result.failed(server.name, f"{server.build} is installed, {latest} is out")
    elif not table.fresh(today):
        result.inconclusive(
            server.name, f"{latest} is the newest the table knows, and it was checked on {table.checked}"
        )
    else:
        result.passed(server.name, f"{server.build} is the newest build")


@pytest.mark.check(
    "VE-06v1",
    title="The new server is not older than the old one",
    severity="advisory",
    gates=("prepare", "deployed", "promote", "finish"),
    claims=("S0-12", "S3-26", "S3-27", "S3-31", "S3-32"),
    reads=("product_version",),
)
def test_the_new_server_is_not_older(migration: Migration, result: Result) -> None:
    """Two servers may differ in version, but the newer one takes over.

    Why: rules and schema of a newer build may not exist on an older one.
    Judged: the new server's build is at least the old one's.
    Fix: upgrade the new server before the switch.
    """
    if why := migration.retired(migration.old):
        result.not_applicable(migration.old.name, why, {"old_exit": migration.plan.old_exit})
        return
    old, new = migration.old.build, migration.new.build
    if new < old:
        result.failed("both servers", f"new has {new}, old has {old}")
    else:
        result.passed("both servers", f"new has {new}, old has {old}")
