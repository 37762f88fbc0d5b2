"""How long ago and how long: the run history of both servers [entra_docs §8, §9]."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from fixtures.answers import MissingAnswer
from fixtures.facts.runs import EXPORTS, IMPORTS, SUCCESS, SYNCHRONIZATIONS, RunKind

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from fixtures.facts.pair import Migration
    from fixtures.facts.result import Result
    from fixtures.facts.server import ServerFacts

SEVEN_DAYS = timedelta(days=7)


@pytest.mark.check(
    "RH-08v1",
    title="Every server has synchronized within seven days",
    severity="blocking",
    gates=("prepare", "deployed", "promote", "switched", "soak", "finish", "nightly"),
    claims=("S3-23", "S3-34"),
    pitfalls=("P8",),
    reads=("runs", "connectors"),
    optional_reads=("events_adsync", "events_directory_synchronization"),
    servers="each",
)
def test_every_server_has_synchronized_within_seven_days(
    server: ServerFacts, migration: Migration, now: datetime, result: Result
) -> None:
    """Seven days without a delta synchronization need a full one; a staging server is no exception.

    Why: Entra ID and Active Directory forget what was deleted, and a server that comes back late puts it back.
    Judged: the newest synchronization of every connector that ran to its end, with errors or without, is not older than
    seven days. The history keeps seven days itself, so one that is not in it is too old or never was.
    Fix: Start-ADSyncSyncCycle -PolicyType Initial, then review the pending exports.
    """
    if why := migration.spared(server):
        result.not_applicable(server.name, why, {"gate": migration.gate})
        return
    for connector in server.connectors:
        subject = f"{server.name}, {connector.name}"
        finished = server.history.of(connector.identifier, SYNCHRONIZATIONS)
        run = next((run for run in finished if run.result == SUCCESS or run.result.startswith("completed-")), None)
        if run is None or run.ended_at is None:
            result.failed(subject, f"no finished synchronization of {connector.name} is in the run history")
        elif now - run.ended_at > SEVEN_DAYS:
            result.failed(subject, f"{run}, older than seven days", {"RunNumber": run.run_number})
        else:
            result.passed(subject, str(run), {"RunNumber": run.run_number})


def durations(server: ServerFacts) -> Mapping[str, timedelta]:
    """How long the newest finished run of each kind took, by kind and connector."""
    found = {}
    for connector in server.connectors:
        side = "Entra ID" if connector.is_entra else connector.name
        for what, kinds in (("import", IMPORTS), ("synchronization", SYNCHRONIZATIONS), ("export", EXPORTS)):
            run = server.history.last(connector.identifier, kinds)
            if run is not None and run.ended_at is not None:
                found[f"{what} of {side}"] = run.ended_at - run.started_at
    return found


@pytest.mark.check(
    "RH-09v1",
    title="A cycle is over before the next one begins",
    severity="advisory",
    gates=("deployed", "promote", "soak", "nightly"),
    claims=("S0-3", "S1-4", "S2-3"),
    reads=("new.runs", "new.connectors", "new.scheduler"),
    optional_reads=("old.runs", "old.connectors"),
)
def test_a_cycle_is_over_before_the_next_begins(migration: Migration, result: Result) -> None:
    """Version 2 is said to be faster; no figure is published, and none is made up here.

    Why: large groups can make a cycle longer than the interval, and changes then wait for two of them.
    Judged: the newest run of every kind on the new server, added up, against the interval in effect. The same runs of
    the old server stand in the facts, for comparing: another machine and other groups make any factor meaningless.
    Fix: raise group sizes in steps, and give the first cycles time.
    """
    own = durations(migration.new)
    try:
        others = {name: str(length) for name, length in durations(migration.old).items()}
    except MissingAnswer as missing:
        others = {"old": str(missing)}
    interval, whole = migration.new.scheduler.effective_interval, sum(own.values(), timedelta())
    facts = {"new": {name: str(length) for name, length in own.items()}, "old": others, "interval": str(interval)}
    if not own:
        result.inconclusive(migration.new.name, "no finished run is in the history", facts)
    elif whole > interval:
        longest = max(own, key=lambda name: own[name])
        result.failed(migration.new.name, f"the newest runs take {whole}, most of it the {longest}", facts)
    else:
        result.passed(migration.new.name, f"the newest runs take {whole} of {interval}", facts)


@pytest.mark.check(
    "RH-10v1",
    title="The last full import is newer than the last change of a connector",
    severity="advisory",
    gates=("promote",),
    claims=("S3-34", "S3-36", "S3-52"),
    reads=("runs", "connectors"),
    servers="new",
)
def test_the_full_import_is_newer_than_the_connector(server: ServerFacts, result: Result) -> None:
    """A filter or a schema that was changed only counts after a full import.

    Why: what the filter now leaves out is still in the connector space, and what it lets in is not there yet.
    Judged: LastModificationTime of every connector against its last successful full import. The time also moves for
    changes that need no import, so a later one does not decide.
    Fix: run a full import of the connector, then a full synchronization.
    """
    for connector in server.connectors:
        full = server.history.last_success(connector.identifier, {RunKind.FULL_IMPORT})
        facts = {"LastModificationTime": connector.modified, "full import": str(full or "not in the history")}
        if connector.modified is None:
            result.inconclusive(connector.name, f"when {connector.name} was changed is not told", facts)
        elif full is None or full.ended_at is None:
            result.inconclusive(connector.name, f"no full import of {connector.name} is in the history", facts)
        elif connector.modified > full.ended_at:
            changed = f"{connector.name} was changed {connector.modified:%F %R}Z"
            result.inconclusive(connector.name, f"{changed}, after {full}", facts)
        else:
            result.passed(connector.name, f"{full}, after the last change", facts)
