"""Can times of different systems be compared? [semantics §5]."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from fixtures.facts.pair import Migration
    from fixtures.facts.result import Result
    from fixtures.facts.server import ServerFacts

ALWAYS = (
    "prepare", "deployed", "promote", "switched", "soak", "finish", "rollback", "rolled-back", "in-place", "upgraded",
    "nightly",
)  # fmt: skip


@pytest.mark.check(
    "CL-01v1",
    title="The server's clock is right",
    severity="blocking",
    gates=ALWAYS,
    claims=("S0-11", "S3-37"),
    reads=("scheduler",),
    servers="each",
    waivable=False,
)
def test_the_clock_is_right(server: ServerFacts, migration: Migration, result: Result) -> None:
    """Freshness and order of events are judged by times of three systems.

    Why: with a clock that is off, an old run looks fresh and the order of the switch looks right.
    Judged: the clock at the end of every read against ours; further apart than the policy allows does not decide.
    Fix: repair the time service of the server, or of the machine this suite runs on.
    """
    if why := migration.retired(server):
        result.not_applicable(server.name, why, {"old_exit": migration.plan.old_exit})
        return
    skew, allowed = migration.skew_of(server), migration.policy.clock_skew
    if skew is None:
        result.inconclusive(server.name, "no read told the time of the server")
    elif abs(skew) > allowed:
        off = timedelta(seconds=round(abs(skew).total_seconds()))
        result.inconclusive(server.name, f"its clock is {off} {'ahead' if skew > allowed else 'behind'}")
    else:
        result.passed(server.name, f"its clock is within {allowed}", {"skew_seconds": skew.total_seconds()})


@pytest.mark.check(
    "CL-02v1",
    title="The times of the run history are certain",
    severity="advisory",
    gates=("promote", "switched", "soak", "nightly"),
    claims=("S0-11",),
    reads=("runs",),
    optional_reads=("events_adsync", "events_directory_synchronization"),
    servers="each",
)
def test_run_times_are_certain(server: ServerFacts, migration: Migration, result: Result) -> None:
    """Run times are UTC without saying so, and may come out shifted by the server's zone.

    Why: a shift of hours makes a stale run fresh, or a fresh one stale.
    Judged: settled where the server's zone is UTC, or by events that lie inside exports; otherwise every check takes
    the reading that fails closed, and this one says so.
    Fix: nothing; compare one run's time with the server's own console where it matters.
    """
    if why := migration.retired(server):
        result.not_applicable(server.name, why, {"old_exit": migration.plan.old_exit})
    elif server.history.uncertainty:
        result.inconclusive(server.name, f"run times may be off by {server.history.uncertainty}")
    else:
        result.passed(server.name, "run times are settled", {"runs": len(server.history.runs)})
