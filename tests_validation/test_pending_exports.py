"""What the new server would write in its first export [adsync §5]."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from fixtures.facts.pending import pending_files, plain
from fixtures.facts.review import approved_deletes, review_of

if TYPE_CHECKING:
    from fixtures.facts.connectors import ConnectorStatistics
    from fixtures.facts.pair import Migration
    from fixtures.facts.result import Result
    from fixtures.facts.server import ServerFacts


def approved_by_name(counted: ConnectorStatistics, migration: Migration) -> int:
    """Deletes of one connector that the review names; none while its csexport file is not what the server counts."""
    if migration.environment.review is None or not counted.deletes:
        return 0
    files = {plain(file.connector): file for file in pending_files(migration.answers, migration.new.name)}
    file = files.get(plain(counted.connector))
    if file is None or file.differs(counted):
        return 0
    return approved_deletes(review_of(migration.answers), file)


def judge_pending_exports(server: ServerFacts, migration: Migration, result: Result, *, reviewed: bool) -> None:
    """One row per connector of the server, against its budget."""
    for connector in server.connectors:
        pending = server.statistics(connector)
        approved = approved_by_name(pending, migration) if reviewed else 0
        facts = {"adds": pending.adds, "updates": pending.updates, "deletes": pending.deletes, "approved": approved}
        left = replace(pending, deletes=pending.deletes - approved)
        if beyond := left.beyond(migration.policy.budget_of(connector.name)):
            result.failed(
                connector.name, f"pending exports on {connector.name} over budget: {', '.join(beyond)}", facts
            )
        else:
            result.passed(connector.name, f"pending exports on {connector.name}: {pending}", facts)


@pytest.mark.check(
    "PE-01v2",
    title="Pending exports are within budget",
    severity="blocking",
    gates=("promote",),
    claims=("S3-35", "S3-36"),
    pitfalls=("P13",),
    reads=("connectors",),
    optional_reads=("connector_statistics",),
    servers="new",
    waivable=False,
)
def test_pending_exports_are_within_budget(server: ServerFacts, migration: Migration, result: Result) -> None:
    """Everything that waits is written as soon as staging mode ends.

    Why: the product's own guard lets 499 wrong deletes pass.
    Judged: adds, updates and deletes per connector against the budget of the policy; by default no delete. A delete
    that the review approves by name needs no budget, as long as its csexport file is what the server counts.
    Fix: find the missing scope or rule, run a full synchronization, and read again.
    """
    judge_pending_exports(server, migration, result, reviewed=True)


@pytest.mark.check(
    "PE-02v1",
    title="Pending exports are known",
    severity="advisory",
    gates=("deployed",),
    claims=("S3-35",),
    pitfalls=("P13",),
    reads=("connectors",),
    optional_reads=("connector_statistics",),
    servers="new",
)
def test_pending_exports_are_known(server: ServerFacts, migration: Migration, result: Result) -> None:
    """The same question early, so that nobody is surprised at the switch.

    Why: a wrong scope is cheaper to repair before the full synchronization than after it.
    Judged: as at the gate promote, without stopping anything.
    Fix: compare the scope and the rules of both servers.
    """
    judge_pending_exports(server, migration, result, reviewed=False)
