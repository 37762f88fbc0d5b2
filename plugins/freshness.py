"""Whether what was read can still be used: it came back with a value, and it is not too old."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from fixtures.answers import AT_END, TENANT, Outcome
from fixtures.facts.plan import may_be_silent
from plugins import sources
from plugins.causes import NOT_ASKED, Lack, causes, describe
from plugins.run import Row
from plugins.states import State

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from datetime import datetime

    from fixtures.answers import Answer
    from plugins.definition import Need
    from plugins.run import CheckResult, Run

COLLECTOR = "collector"
"""The name the collector's own notes stand under; no wire is behind them."""


def lacks(run: Run, needs: Iterable[Need], at: datetime) -> list[Lack]:
    """Return the needed reads that cannot be used at a time: without a value, too old, or never asked.

    A server that the plan takes out of service need not answer: whether it may be silent is for the checks to judge,
    which miss the answer themselves where they need it [semantics §3].
    """
    return [lack for need in needs for lack in _lacks(run, need, at)]


def _lacks(run: Run, need: Need, at: datetime) -> Iterator[Lack]:
    found = run.answers.about(*need)
    server = need.system in run.environment.servers
    silent = server and may_be_silent(run.environment, run.gate, need.system)
    asked_for_none = (server or need.system == TENANT) and sources.per_subject(need.read)
    if run.replayed is not None and not run.replayed.asked_for(need):
        asked_for_none = False  # the bundle is older than the check: nobody looked for subjects then
    if not found and not asked_for_none and not silent:
        yield Lack(*need, "", NOT_ASKED, "")
    for answer in found.values():
        if not answer.ok and not silent:
            yield Lack(*need, answer.subject, str(answer.outcome), answer.error or "")
        elif answer.ok and limit(answer) <= at:
            holds = f"it came at {answer.provenance.ended_at:%H:%M:%SZ} and holds {sources.max_age(need.read)}"
            yield Lack(*need, answer.subject, str(Outcome.STALE), holds)


def asked(answers: Iterable[Answer]) -> list[Answer]:
    """Return the answers of systems; what the collector notes about its own work is none."""
    return [answer for answer in answers if answer.system != COLLECTOR]


def limit(answer: Answer) -> datetime:
    """Return the time at which an answer stops to hold."""
    return answer.provenance.ended_at + sources.max_age(answer.read.removesuffix(AT_END))


def limits(answers: Iterable[Answer]) -> list[datetime]:
    """Return the times at which the answers with a value stop to hold."""
    return [limit(answer) for answer in asked(answers) if answer.ok]


def withdraw_stale(
    run: Run, results: Mapping[tuple[str, str], CheckResult], at: datetime
) -> dict[tuple[str, str], CheckResult]:
    """Return the results as they stand at a time: good news that rests on a read too old by then becomes an error."""
    settled = {}
    for key, result in results.items():
        settled[key] = result
        if result.state in (State.PASS, State.NOT_APPLICABLE, State.WAIVED):
            missing = lacks(run, result.check.required(run.environment, result.subject), at)
            if missing:
                row = Row(result.subject, State.ERROR, f"no longer holds at the verdict: {describe(missing)}")
                settled[key] = replace(result, rows=(row, *result.rows), causes=causes(missing, run.environment))
    return settled
