"""What the new server would write in its first export [adsync §5]."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from fixtures.facts.pair import Migration
    from fixtures.facts.result import Result
    from fixtures.facts.server import ServerFacts


def judge_pending_exports(server: ServerFacts, migration: Migration, result: Result) -> None:
    """One row per connector of the server, against its budget."""
    for connector in server.connectors:
        pending = server.statistics(connector)
        facts = {"adds": pending.adds, "updates": pending.updates, "deletes": pending.deletes}
        if beyond := pending.beyond(migration.policy.budget_of(connector.name)):
            result.failed(
                connector.name, f"pending exports on {connector.name} over budget: {', '.join(beyond)}", facts
            )
        else:
            result.passed(connector.name, f"pending exports on {connector.name}: {pending}", facts)


@pytest.mark.check(
    "PE-01v1",
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
    Judged: adds, updates and deletes per connector against the budget of the policy; by default no delete.
    Fix: find the missing scope or rule, run a full synchronization, and read again.
    """
    judge_pending_exports(server, migration, result)


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
    judge_pending_exports(server, migration, result)
