"""May this server be upgraded in place, and did the upgrade end well? What it was, it must still be."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from fixtures.facts.kept_rules import compared, not_kept, rules_then

if TYPE_CHECKING:
    from fixtures.facts.pair import Migration
    from fixtures.facts.result import Result
    from fixtures.facts.server import ServerFacts


@pytest.mark.check(
    "IP-08v1",
    title="The upgrade kept the rules",
    severity="blocking",
    gates=("upgraded",),
    claims=("S3-13", "S3-18", "S3-19"),
    pitfalls=("P21", "P22"),
    reads=("rules", "connector_settings"),
    servers="new",
)
def test_the_upgrade_kept_the_rules(server: ServerFacts, migration: Migration, result: Result) -> None:
    """An upgrade sets standard rules back, and may move, enable or drop what somebody made.

    Why: the server is active, and its next export writes what the rules say now.
    Judged: with --baseline, the run of the gate in-place: custom rules, their order and state, and what a standard rule
    of the same version holds, are as they were. Without that run there is nothing to compare: the rules of now are then
    judged by the other checks alone, and the result says so.
    Fix: put the named rule back as it was before the next cycle exports; give --baseline the evidence of in-place.
    """
    if not compared(migration.answers, server):
        nothing = (
            f"no accepted run tells the rules {server.name} had before: give the evidence of in-place to --baseline"
        )
        result.not_applicable(server.name, nothing, {"baseline": "none was given"})
        return
    then = rules_then(migration.answers, server)
    if isinstance(then, str):
        result.inconclusive(server.name, then)
        return
    lost = not_kept(then, server)
    for difference in lost:
        facts = {"before": difference.old, "now": difference.new, "aspect": difference.aspect}
        told = f"{difference.name}: {difference.aspect}: was {difference.old}, is {difference.new}"
        result.failed(difference.name, told, facts)
    if not lost:
        result.passed(server.name, f"{len(then)} rules of before were compared, none is lost or changed")
