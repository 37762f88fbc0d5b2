"""Does the server stand on what this product needs? [entra §4]."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from fixtures.facts import prerequisites
from fixtures.facts.prerequisites import AutoUpgradeState

if TYPE_CHECKING:
    from fixtures.facts.pair import Migration
    from fixtures.facts.result import Result
    from fixtures.facts.server import ServerFacts

HOST = ("deployed", "promote", "finish", "in-place", "upgraded")
SWING = ("prepare", "deployed", "promote", "switched", "soak")


@pytest.mark.check(
    "PR-01v1",
    title="Windows is one the product supports",
    severity="blocking",
    gates=HOST,
    claims=("S3-9", "S3-24", "S3-30"),
    reads=("operating_system",),
    servers="new",
)
def test_windows_is_supported(server: ServerFacts, result: Result) -> None:
    """A new server is the occasion to leave an old Windows: an upgrade of Windows in place is not supported.

    Why: the product needs the desktop for its wizard, and setup refuses or fails later on other builds.
    Judged: by the build in the registry: Windows Server 2016, 2019 or 2022 with the desktop. 2025 does not decide: the
    documents exclude it and announce it for a later release.
    Fix: install the new server on Windows Server 2022 with Desktop Experience.
    """
    found = prerequisites.windows(server)
    facts = {"ProductName": found.name, "CurrentBuild": found.build, "InstallationType": found.installation}
    if found.core:
        result.failed(server.name, f"{found}: there is no desktop", facts)
    elif found.build in prerequisites.WINDOWS:
        result.passed(server.name, str(found), facts)
    elif found.build < prerequisites.FIRST_WINDOWS:
        result.failed(server.name, f"{found} is older than Windows Server 2016", facts)
    elif found.build == prerequisites.WINDOWS_2025:
        result.inconclusive(server.name, f"{found}: support for Windows Server 2025 is announced, not stated", facts)
    else:
        result.inconclusive(server.name, f"{found} is not one the documents name", facts)


@pytest.mark.check(
    "PR-02v1",
    title=".NET Framework is 4.7.2 or later",
    severity="blocking",
    gates=HOST,
    claims=("S3-30",),
    reads=("dotnet",),
    servers="new",
)
def test_dotnet_is_new_enough(server: ServerFacts, result: Result) -> None:
    """The sync engine is a program of .NET Framework 4.

    Why: on an older one the service starts and its extensions fail.
    Judged: Release in the registry is at least 461808; the documents name several numbers, this is the highest.
    Fix: install .NET Framework 4.8 and restart the server.
    """
    release, least = prerequisites.dotnet_release(server), prerequisites.DOTNET_472
    facts = {"Release": release, "least": least}
    if release >= least:
        result.passed(server.name, f"Release {release}", facts)
    else:
        result.failed(server.name, f"Release {release} is below {least} (4.7.2)", facts)


@pytest.mark.check(
    "PR-03v1",
    title="TLS 1.2 is not switched off",
    severity="blocking",
    gates=(*HOST, "nightly"),
    claims=("S3-30",),
    reads=("tls", "product_version"),
    servers="new",
)
def test_tls_is_not_switched_off(server: ServerFacts, result: Result) -> None:
    """Entra ID takes TLS 1.2 or later only.

    Why: a hardening that writes a zero into one of these keys ends every sign-in and every cycle.
    Judged: of the eight values none is explicitly off. Values that are not there are fine, except for builds from
    2.3.20.0 to 2.4.129.0, whose setup demands them.
    Fix: set SystemDefaultTlsVersions, SchUseStrongCrypto and Enabled to 1, DisabledByDefault to 0, and restart.
    """
    found = prerequisites.tls(server)
    first, last = prerequisites.TLS_DEMANDED
    facts = {"off": found.off, "absent": found.absent}
    if found.off:
        result.failed(server.name, f"TLS 1.2 is switched off by {found.off[0]}", facts)
    elif found.absent and first <= server.build <= last:
        result.failed(server.name, f"{server.build} demands a value that is not there: {found.absent[0]}", facts)
    elif found.absent:
        result.passed(server.name, f"{len(found.absent)} of the values are not set, as Windows leaves them", facts)
    else:
        result.passed(server.name, "all values switch TLS 1.2 on", facts)


@pytest.mark.check(
    "PR-04v1",
    title="The database has room",
    severity="blocking",
    gates=("prepare", "deployed", "promote", "in-place", "nightly"),
    claims=("S3-12",),
    pitfalls=("P39",),
    reads=("database",),
    servers="each",
)
def test_the_database_has_room(server: ServerFacts, migration: Migration, result: Result) -> None:
    """LocalDB and Express end at 10 GB.

    Why: at that size every cycle stops with a database error, and the first full cycle after a switch writes a lot.
    Judged: UsedSpaceInMb is below 10 GB where the edition has that end; a full SQL Server has none.
    Fix: purge the run history, or move the database to a full SQL Server.
    """
    if why := migration.spared(server):
        result.not_applicable(server.name, why, {"old_exit": migration.plan.old_exit})
        return
    found = prerequisites.database(server)
    facts = {"UsedSpaceInMb": found.used_mb, "SqlEdition": found.edition, "IsLocalDBInstalled": found.local}
    if found.limited and found.used_mb >= prerequisites.LOCAL_LIMIT_MB:
        result.failed(server.name, f"{found}: it ends at 10 GB", facts)
    else:
        result.passed(server.name, str(found), facts)


@pytest.mark.check(
    "PR-05v1",
    title="The database suits the number of objects",
    severity="advisory",
    gates=("deployed", "promote", "nightly"),
    claims=("S3-12",),
    pitfalls=("P39",),
    reads=("database", "connectors"),
    optional_reads=("connector_statistics",),
    servers="new",
)
def test_the_database_suits_the_objects(server: ServerFacts, result: Result) -> None:
    """From 100,000 objects on the documents ask for a full SQL Server.

    Why: LocalDB near its end grows slow first, and from 8 GB on is not upgraded automatically.
    Judged: on LocalDB or Express the database is below 8 GB, and no connector space holds 100,000 objects.
    Fix: plan the next server with a full SQL Server.
    """
    found = prerequisites.database(server)
    if not found.limited:
        result.passed(server.name, str(found))
        return
    counts = prerequisites.object_counts(server)
    most = max(counts, key=lambda name: counts[name])
    facts = {"UsedSpaceInMb": found.used_mb, **counts}
    if found.used_mb >= prerequisites.LOCAL_ADVISED_MB:
        result.failed(server.name, f"{found}: from 8 GB on it is not upgraded automatically", facts)
    elif counts[most] >= prerequisites.LOCAL_OBJECTS:
        result.failed(server.name, f"{counts[most]:,} objects on {most} are too many for {found}", facts)
    else:
        result.passed(server.name, f"{found}, {counts[most]:,} objects on {most}", facts)


@pytest.mark.check(
    "PR-06v1",
    title="No server upgrades itself during the migration",
    severity="advisory",
    gates=SWING,
    claims=("S3-7",),
    pitfalls=("P40",),
    reads=("auto_upgrade", "global_parameters"),
    servers="each",
)
def test_no_server_upgrades_itself(server: ServerFacts, migration: Migration, result: Result) -> None:
    """Automatic upgrade is on by default after an express installation.

    Why: a server that changes its build between two gates is not the one that was judged, and its rules are reset.
    Judged: Get-ADSyncAutoUpgrade does not say Enabled, and the global parameter says the same.
    Fix: Set-ADSyncAutoUpgrade -AutoUpgradeState Disabled until the migration is complete.
    """
    if why := migration.retired(server):
        result.not_applicable(server.name, why, {"old_exit": migration.plan.old_exit})
        return
    state, reason = prerequisites.auto_upgrade(server)
    local = server.parameters.get("Microsoft.OptionalFeature.AutoUpgradeState", "").strip()
    facts = {"State": state.name, "SuspensionReason": reason, "AutoUpgradeState": local}
    if AutoUpgradeState.Enabled.name.casefold() in {state.name.casefold(), local.casefold()}:
        result.failed(server.name, "automatic upgrade is enabled", facts)
    elif local and local.casefold() != state.name.casefold():
        result.inconclusive(server.name, f"the cmdlet says {state.name}, the global parameter {local}", facts)
    else:
        result.passed(server.name, f"automatic upgrade is {state.name.lower()}{f': {reason}' if reason else ''}", facts)


@pytest.mark.check(
    "PR-07v1",
    title="The engine's configuration file is the product's own",
    severity="advisory",
    gates=("finish", "nightly"),
    claims=("S3-38", "S3-39"),
    pitfalls=("P36",),
    reads=("engine_configuration", "product_version"),
)
def test_the_engine_configuration_is_the_products_own(migration: Migration, result: Result) -> None:
    """A miiserver.exe.config that was edited, for FIPS or a redirect, has broken the service after an upgrade.

    Why: the edit is invisible until the next upgrade, and is missing on a server that was built anew.
    Judged: servers of one build must have one file; between different builds nothing can be told, and an edit that
    stands on all servers is not seen.
    Fix: find the edit, and make it on both servers or on none before the next upgrade.
    """
    found = {server.name: server for server in migration.present}
    if len(found) < 2:  # noqa: PLR2004 - two servers are the least that can be compared
        result.not_applicable("all servers", "there is nothing to compare with", {"present": ", ".join(found)})
        return
    files = {name: (server.build, prerequisites.engine_configuration(server)) for name, server in found.items()}
    facts = {name: f"{build}: {digest}" for name, (build, digest) in files.items()}
    builds = {build for build, _ in files.values()}
    if len(set(files.values())) > len(builds):
        result.failed("all servers", "servers of one build have different files: one of them was edited", facts)
    elif len(builds) == len(files):
        result.inconclusive("all servers", "every server has a build of its own, so no file can be compared", facts)
    else:
        result.passed("all servers", "servers of one build have the same file", facts)
