"""Whether what was read can still be used: it came back with a value, and it is not too old."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from fixtures.answers import AT_END, TENANT
from plugins import sources
from plugins.run import Row
from plugins.states import State

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from datetime import datetime

    from fixtures.answers import Answer
    from plugins.definition import Need
    from plugins.run import CheckResult, Run

COLLECTOR = "collector"
"""The name the collector's own notes stand under; no wire is behind them."""


def unmet(run: Run, needs: Iterable[Need], at: datetime) -> str:
    """Say which needed reads cannot be used and why: system, read, reason. Empty when all can."""
    return "; ".join(problem for need in needs for problem in _problems(run, need, at))


def _problems(run: Run, need: Need, at: datetime) -> Iterator[str]:
    found = run.answers.about(*need)
    known = need.system == TENANT or need.system in run.environment.servers
    if not found and not (known and sources.per_subject(need.read)):
        yield f"{need.system}: {need.read}: not asked"
    for answer in found.values():
        about = f"{need.system}: {need.read}" + (f" of {answer.subject}" if answer.subject else "")
        if not answer.ok:
            yield f"{about}: {answer.outcome}" + (f" ({answer.error})" if answer.error else "")
        elif limit(answer) <= at:
            holds = sources.max_age(need.read)
            yield f"{about}: stale (it came at {answer.provenance.ended_at:%H:%M:%SZ} and holds {holds})"


def asked(answers: Iterable[Answer]) -> list[Answer]:
    """Return the answers of systems; what the collector notes about its own work is none."""
    return [answer for answer in answers if answer.system != COLLECTOR]


def limit(answer: Answer) -> datetime:
    """Return the time at which an answer stops to hold."""
    return answer.provenance.ended_at + sources.max_age(answer.read.removesuffix(AT_END))


def limits(answers: Iterable[Answer]) -> list[datetime]:
    """Return the times at which the answers with a value stop to hold."""
    return [limit(answer) for answer in asked(answers) if answer.ok]


def withdraw_stale(run: Run, at: datetime) -> dict[tuple[str, str], CheckResult]:
    """Return the results as they stand at a time: good news that rests on a read too old by then becomes an error."""
    settled = {}
    for key, result in run.results.items():
        settled[key] = result
        if result.state in (State.PASS, State.NOT_APPLICABLE):
            problem = unmet(run, result.check.required(run.environment, result.subject), at)
            if problem:
                row = Row(result.subject, State.ERROR, f"no longer holds at the verdict: {problem}")
                settled[key] = replace(result, rows=(row, *result.rows))
    return settled
