"""What no machine can read, in somebody's own words [semantics §3]."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from fixtures.facts.pair import Migration
    from fixtures.facts.result import Result


def judge_attestation(name: str, migration: Migration, result: Result) -> None:
    """Passed with author and date, inconclusive without one in force."""
    found = migration.attestation(name)
    if isinstance(found, str):
        result.inconclusive(name, found)
    else:
        facts = {"statement": found.statement, "expires_at": found.expires_at}
        result.passed(name, f"attested by {found.author} on {found.made_at:%F}", facts)


@pytest.mark.check(
    "AT-01v1",
    title="A backup of the sync database was made",
    severity="advisory",
    gates=("prepare", "deployed", "promote"),
    claims=("S3-8",),
    waivable=False,
)
def test_a_backup_was_made(migration: Migration, result: Result) -> None:
    """The documents call the backup optional for a swing; it is the only way back for the database.

    Why: no read can tell whether a backup can be restored.
    Judged: the attestation database-backup is in force.
    Fix: make the backup, then add [[attestations]] with name = "database-backup" to the environment.
    """
    judge_attestation("database-backup", migration, result)


@pytest.mark.check(
    "AT-02v1",
    title="Connect Health is green",
    severity="advisory",
    gates=("promote", "switched", "soak"),
    claims=("S0-30",),
    waivable=False,
)
def test_connect_health_is_green(migration: Migration, result: Result) -> None:
    """Connect Health has no interface that this suite may read.

    Why: its alerts see what run results do not, such as data that has stopped to arrive.
    Judged: the attestation connect-health-green is in force.
    Fix: look at Connect Health, then add [[attestations]] with name = "connect-health-green" to the environment.
    """
    judge_attestation("connect-health-green", migration, result)


@pytest.mark.check(
    "AT-03v1",
    title="An in-place upgrade has a way back",
    severity="blocking",
    gates=("in-place",),
    claims=("S3-8", "S3-23"),
    waivable=False,
)
def test_an_in_place_upgrade_has_a_way_back(migration: Migration, result: Result) -> None:
    """An in-place upgrade cannot be undone.

    Why: only a backup of the database, or another server in staging mode, leads back.
    Judged: the attestation database-backup is in force.
    Fix: make the backup, then add [[attestations]] with name = "database-backup" to the environment.
    """
    judge_attestation("database-backup", migration, result)


@pytest.mark.check(
    "AT-04v1",
    title="Pass-through authentication keeps two agents when the old server leaves",
    severity="advisory",
    gates=("promote", "finish"),
    claims=("S3-41",),
    pitfalls=("P47",),
    waivable=False,
)
def test_pass_through_authentication_keeps_its_agents(migration: Migration, result: Result) -> None:
    """The wizard puts the first agent on the sync server itself, and it leaves with that server.

    Why: without an agent nobody whose password is checked on-premises can sign in any more.
    Judged: where the plan stops or isolates the old server, the attestation pass-through-agents is in force: two active
    agents stay, or the tenant uses none. No read right shows the agents of a tenant.
    Fix: count the active agents in the admin center, then add [[attestations]] with name = "pass-through-agents".
    """
    if migration.plan.old_exit in {"stopped", "isolated"}:
        judge_attestation("pass-through-agents", migration, result)
    else:
        result.not_applicable("servers", "the old server stays in service", {"old_exit": migration.plan.old_exit})
