"""After going back: does the server that took over do its work again? [entra §2.2]."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from fixtures.facts.events import RULES_CHANGED, rule_was_edited
from fixtures.facts.pair import EXPORTED
from fixtures.facts.runs import IMPORTS, RunKind

if TYPE_CHECKING:
    from datetime import datetime

    from fixtures.facts.pair import Migration
    from fixtures.facts.result import Result
    from fixtures.facts.server import ServerFacts


@pytest.mark.check(
    "RB-08v1",
    title="The active server has exported since the rollback",
    severity="blocking",
    gates=("rolled-back",),
    claims=("S0-9", "S0-37", "S0-40"),
    reads=("runs", "connectors"),
    optional_reads=("events_adsync", "events_directory_synchronization"),
)
def test_the_active_server_has_exported(migration: Migration, result: Result) -> None:
    """A rollback is done when the other way round works, not when the last switch was thrown.

    Why: with a wrong endpoint or a lost permission nothing is exported, and every setting looks right.
    Judged: the newest export of the active server ran to its end; after a swing it is newer than the last one of the
    server that was left. Without one the result does not decide.
    Fix: let a cycle run, and open its export in the Synchronization Service.
    """
    server, run = migration.active, migration.last_export_since_the_switch
    if run is None:
        result.inconclusive(server.name, "it has not exported since the rollback: wait for its next cycle")
    elif run.complete and run.result in EXPORTED:
        result.passed(server.name, str(run), {"RunNumber": run.run_number, "Result": run.result})
    else:
        result.failed(server.name, str(run), {"RunNumber": run.run_number, "Result": run.result})


@pytest.mark.check(
    "RB-09v1",
    title="A full synchronization came after the rules were put back",
    severity="blocking",
    gates=("rolled-back",),
    claims=("S0-37", "S0-38", "S0-39"),
    reads=("runs", "connectors", "overrides", "events_adsync", "events_directory_synchronization", "events_audit"),
    servers="new",
)
def test_a_full_synchronization_came_after(server: ServerFacts, migration: Migration, result: Result) -> None:
    """The groups that version 1 does not take are deleted by the full synchronization, not by the switches.

    Why: until it has run, the state that everybody has accepted is not the state of the tenant.
    Judged: where the plan goes back by endpoint: no full run is owed, and a full synchronization of the Entra connector
    ended after the last change of rules. It may end with the errors of groups that are too large for version 1.
    Fix: Start-ADSyncSyncCycle -PolicyType Initial
    """
    if migration.plan.rollback != "endpoint":
        result.not_applicable(server.name, "the plan goes back by a swing", {"rollback": migration.plan.rollback})
        return
    changes = [
        *(event for event in server.events if event.id in RULES_CHANGED),
        *(event for event in server.audit if rule_was_edited(event)),
    ]
    last = max(changes, key=lambda event: event.time, default=None)
    full = server.history.last(server.entra.identifier, {RunKind.FULL_SYNCHRONIZATION})
    owed = [override for override in server.overrides if override.pending]
    if owed:
        result.failed(server.name, f"a full run is owed on {len(owed)} connectors", {"overrides": len(owed)})
    elif full is None or full.ended_at is None:
        result.inconclusive(server.name, "no full synchronization of the Entra connector is in the history")
    elif last is not None and last.time > full.ended_at:
        result.failed(server.name, f"event {last.id} at {last.time:%F %R}Z is newer than {full}")
    else:
        result.passed(server.name, f"no later change is known than {full}", {"Result": full.result})


@pytest.mark.check(
    "RB-10v1",
    title="The active server imports again",
    severity="blocking",
    gates=("rolled-back",),
    claims=("S0-8", "S0-40"),
    reads=("runs", "connectors"),
)
def test_the_active_server_imports(migration: Migration, now: datetime, result: Result) -> None:
    """The steady state is verified as before the migration began.

    Why: the scheduler was off, and a connector whose import fails looks like one without changes.
    Judged: the newest import of every connector of the active server succeeded, within the freshness of the policy.
    Fix: open the run in the Synchronization Service, and repair its first error.
    """
    server, allowed = migration.active, migration.policy.freshness
    for connector in server.connectors:
        run = server.history.last(connector.identifier, IMPORTS)
        if run is None or run.ended_at is None:
            result.failed(connector.name, f"no import of {connector.name} is in the run history")
        elif not run.succeeded:
            result.failed(connector.name, str(run), {"Result": run.result})
        elif now - run.ended_at > allowed:
            result.failed(connector.name, f"{run}, older than {allowed}")
        else:
            result.passed(connector.name, str(run), {"RunNumber": run.run_number})
