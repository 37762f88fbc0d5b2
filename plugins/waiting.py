"""`--wait`: a gate that is asked right after a change waits for what is not there yet.

It waits for a sync cycle to end, and for the first export since the switch; then only the reads that were not ready,
and those that have grown too old meanwhile, are asked again. What is wrong stays wrong: with a blocking fail there is
no wait at all, and what an advisory check said no to before the wait stands beside what it says afterwards.
"""

from __future__ import annotations

import inspect
import re
import time
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest

from fixtures.answers import AT_END, TENANT, Answers, MissingAnswer, Outcome
from fixtures.collect import Options, collect
from fixtures.collect.wants import GROUP_READS
from fixtures.facts.pair import Migration
from fixtures.facts.windows_json import UnreadableFactError
from plugins.catalogue import CHECK, SUBJECT
from plugins.freshness import COLLECTOR, lacks, limit
from plugins.recorder import Recorder
from plugins.states import State

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from fixtures.environment import Environment
    from plugins.definition import Need
    from plugins.run import Row, Run

GATES_THAT_WAIT = ("switched", "soak")
LONGEST = timedelta(hours=4)
PROBE = ("scheduler", "runs", "connectors")
"""What tells whether the wait is over."""
AN_EXPORT_BRINGS = GROUP_READS | {
    "runs",
    "run_status",
    "events_adsync",
    "events_directory_synchronization",
    "connector_statistics",
    "group_statistics",
    "organization",
    "current_export_data",
    "password_sync",
}
"""What is another answer once the first export has run."""
_UNITS = {"s": "seconds", "m": "minutes", "h": "hours"}
_FIRST_PAUSE, _LONGEST_PAUSE = 2.0, 15.0
_SOON = timedelta(minutes=1)


def wait_of(text: str | None, gate: str) -> timedelta:
    """How long `--wait` allows; raises pytest.UsageError when it is no time, or the gate has nothing to wait for."""
    if text is None:
        return timedelta()
    found = re.fullmatch(r"(\d{1,5})([smh])", text.strip())
    if found is None:
        raise pytest.UsageError(f"--wait: found {text!r}; accepted: a time as 90s, 20m or 1h")
    wait = timedelta(**{_UNITS[found[2]]: int(found[1])})
    if wait > LONGEST:
        raise pytest.UsageError(f"--wait: found {text!r}; accepted: at most {LONGEST}")
    if gate not in GATES_THAT_WAIT:
        raise pytest.UsageError(f"--wait: {gate} judges what is there; accepted at {' and '.join(GATES_THAT_WAIT)}")
    return wait


def wait_until_ready(run: Run, items: Iterable[pytest.Item], needs: list[Need], say: Callable[[str], None]) -> None:
    """Wait, at most as long as the run allows, and ask again what was not ready. Prints what it waits for."""
    reasons = not_ready(run, run.answers)
    if not reasons:
        return
    fails, blocking = first_look(run, items)
    if blocking:
        say(f"Not waiting: {blocking} says no, and no wait changes that.\n")
        return
    first, probed = run.answers, run.answers
    waiting_for = dict(reasons)
    end, pause, told = time.monotonic() + run.wait.total_seconds(), _FIRST_PAUSE, ""
    while reasons and time.monotonic() + pause < end:
        line = "; ".join(f"{system} {reason}" for system, reason in reasons.items())
        if line != told:
            left = timedelta(seconds=int(end - time.monotonic()))
            say(f"Waiting: {line}. At most {left} more.")
            told = line
        time.sleep(pause)
        pause = min(pause * 1.5, _LONGEST_PAUSE)
        probe = {(system, read) for system in reasons for read in PROBE}
        probed = overlay(probed, collect(_impatient(run.environment), probe, run.gate), probe)
        reasons = not_ready(run, probed)
        waiting_for |= reasons
    again = again_to_ask(first, needs, waiting_for)
    say(f"{'Not there in time' if reasons else 'Ready'}: asking {len(again)} reads again.\n")
    run.fetched = overlay(first, collect(run.environment, again, run.gate, Options(now=run.clock.now())), again)
    run.carried = fails


def not_ready(run: Run, answers: Answers) -> dict[str, str]:
    """Name of each server whose answers are not final yet, and what it waits for."""
    migration = Migration(run.environment, answers, run.gate, run.clock.now())
    found = {server.name: "runs a sync cycle" for server in migration.present if _moves(answers, server.name)}
    with suppress(MissingAnswer, UnreadableFactError, LookupError):
        if migration.last_export_since_the_switch is None:
            found.setdefault(migration.active.name, "has not exported since the switch")
    return found


def _moves(answers: Answers, server: str) -> bool:
    mine = [answer for answer in answers if answer.system == server]
    if any(answer.outcome is Outcome.TORN for answer in mine):
        return True
    marks = [answer for answer in mine if answer.ok and answer.read in {"scheduler", f"scheduler{AT_END}"}]
    return bool(marks) and bool(marks[-1].value.get("SyncCycleInProgress"))


def first_look(run: Run, items: Iterable[pytest.Item]) -> tuple[dict[tuple[str, str], tuple[Row, ...]], str]:
    """What the checks say no to before the wait, and the id of a blocking one among them, or nothing."""
    fails: dict[tuple[str, str], tuple[Row, ...]] = {}
    blocking = ""
    migration = Migration(run.environment, run.answers, run.gate, run.clock.now())
    for item in items:
        check, subject = item.stash[CHECK], item.stash[SUBJECT]
        if lacks(run, check.required(run.environment, subject), datetime.now(UTC)):
            continue
        rows = tuple(row for row in _rows_of(item, migration, subject) if row.state is State.FAIL)
        if rows:
            fails[check.id, subject] = rows
            blocking = blocking or (check.id if check.blocking else "")
    return fails, blocking


def _rows_of(item: pytest.Item, migration: Migration, subject: str) -> list[Row]:
    """Run a check as it stands, apart from pytest. One that cannot run yet has nothing to say."""
    recorder, function = Recorder(), getattr(item, "function", None)
    if function is None:
        return []
    given = arguments(migration, subject, recorder)
    try:
        function(**{name: given[name]() for name in inspect.signature(function).parameters})
    except AssertionError as error:
        recorder.failed(subject, str(error) or "an assertion failed")
    except Exception:  # noqa: BLE001, S110 - not ready: pytest's own run of the check tells what is wrong
        pass
    return recorder.rows


def arguments(migration: Migration, subject: str, recorder: Recorder) -> dict[str, Callable[[], Any]]:
    """Every fixture a check may ask for, as `fixtures.pytest_fixtures` has them."""
    return {
        "migration": lambda: migration,
        "environment": lambda: migration.environment,
        "gate": lambda: migration.gate,
        "now": lambda: migration.now,
        "tenant": lambda: migration.tenant,
        "old": lambda: migration.old,
        "new": lambda: migration.new,
        "server": lambda: migration.servers[subject],
        "result": lambda: recorder,
    }


def again_to_ask(first: Answers, needs: Iterable[Need], waiting_for: dict[str, str]) -> set[tuple[str, str]]:
    """The reads that were not ready, and those that are about to be too old."""
    now = datetime.now(UTC)
    late = {
        (answer.system, answer.read.removesuffix(AT_END))
        for answer in first
        if answer.system != COLLECTOR
        and (answer.outcome is Outcome.TORN or (answer.ok and limit(answer) <= now + _SOON))
    }
    return {
        (need.system, need.read)
        for need in needs
        if (need.system, need.read) in late or (need.read in AN_EXPORT_BRINGS and need.system in {*waiting_for, TENANT})
    }


def overlay(first: Answers, fresh: Answers, asked: set[tuple[str, str]]) -> Answers:
    """The first answers, with those that were asked again, or that had no value, exchanged."""
    proof = any(read in GROUP_READS for _, read in asked)
    valueless = {(answer.system, answer.read) for answer in first if not answer.ok}
    known = {(answer.system, answer.read) for answer in first}

    def exchanged(system: str, read: str) -> bool:
        if system == COLLECTOR:
            return proof
        return (system, read) in asked or (system, read) in valueless or (system, read) not in known

    newer = [answer for answer in fresh if exchanged(answer.system, answer.read)]
    gone = {(answer.system, answer.read) for answer in newer}
    return Answers([*(answer for answer in first if (answer.system, answer.read) not in gone), *newer])


def _impatient(environment: Environment) -> Environment:
    """The same environment, for a look that does not itself wait for a cycle."""
    policy = environment.policy.model_copy(update={"cycle_wait_seconds": 0})
    return environment.model_copy(update={"policy": policy})
