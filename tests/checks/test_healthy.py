"""The healthy migration must not be stopped at any gate, and every check must speak there."""

from __future__ import annotations

import pytest

from fixtures.answers import Outcome
from plugins.gates import GATES

from .running import checks, judge_world
from .world import World

HEALTHY = [
    (check.definition.id, gate, server)
    for check in checks().values()
    for gate in check.definition.gates
    for server in (("old", "new") if check.definition.servers == "each" else (check.definition.servers or "",))
]


@pytest.mark.parametrize(("identity", "gate", "server"), HEALTHY)
def test_a_blocking_check_passes_in_a_healthy_migration(identity: str, gate: str, server: str) -> None:
    check = checks()[identity]
    world = World(gate)
    if gate == "rollback":
        world.environment["plan"]["rollback"] = "swing"
        world["old", "adsync_parameters"] |= {"AadConnectorImportApiVersion": 2, "AadConnectorExportApiVersion": 2}
        world["old", "connectors"][1]["ExtensionConfiguration"]["ExportType"] = 5
    if gate == "in-place":
        world.environment["attestations"] = [
            {"name": "database-backup", "author": "dba", "made_at": "2026-11-19T08:00:00Z",
             "expires_at": "2026-12-19T08:00:00Z", "statement": "restored once"}
        ]  # fmt: skip
    if gate == "upgraded":
        world["collector", "baseline_rules", "new"] = {"gate": "in-place", "rules": world["new", "rules"]}
    state, reasons = judge_world(check, world, server)
    allowed = {"pass", "not-applicable"} if check.definition.blocking else {"pass", "not-applicable", "inconclusive"}
    assert state in allowed, reasons


REQUIRED = [(check.definition.id, read) for check in checks().values() for read in check.definition.reads]


@pytest.mark.parametrize(("identity", "read"), REQUIRED)
def test_a_required_read_that_was_refused_makes_the_check_an_error(identity: str, read: str) -> None:
    check = checks()[identity]
    world = World(check.definition.gates[0])
    system, _, name = read.rpartition(".")
    for refused in [system] if system else ["old", "new"]:
        world.refuse(refused, name, Outcome.DENIED)
    state, reasons = judge_world(check, world)
    assert state == "error"
    assert name in reasons
    assert "denied" in reasons


def test_every_gate_has_blocking_checks() -> None:
    for gate in GATES:
        assert any(check.definition.blocking and gate in check.definition.gates for check in checks().values()), gate
