"""What waivers do to results: a pure function of the waivers, the catalogue, the results and the time.

A row that failed or was inconclusive, of a check that can be waived, becomes `waived` when a waiver in force names its
check with version, its server, its subject and the digest of what was observed. The true state stays in the row. An
error and a check that did not report cannot be waived: nothing was observed. Whatever a waiver does not do, it says.
"""

from __future__ import annotations

import hashlib
import json
import unicodedata
from collections import Counter
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import TYPE_CHECKING, NamedTuple

from plugins.plain import moment
from plugins.run import CheckResult, Row
from plugins.states import State

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from datetime import datetime

    from plugins.definition import CheckDefinition
    from plugins.run import Run
    from plugins.waivers import Waiver

Results = dict[tuple[str, str], CheckResult]
WAIVABLE_STATES = (State.FAIL, State.INCONCLUSIVE)


class Effect(StrEnum):
    """What one waiver does in this run."""

    APPLIED = "applied"
    INERT = "inert"
    UNNEEDED = "no longer needed"
    OTHER_GATE = "of another gate"


class Effective(NamedTuple):
    """One waiver and what it does, with the reason."""

    waiver: Waiver
    effect: Effect
    why: str


@dataclass(frozen=True, slots=True)
class Waived:
    """Results after waivers, and what became of each waiver in the order of the file."""

    results: Results
    waivers: tuple[Effective, ...]

    @property
    def expiries(self) -> list[datetime]:
        """When the waivers that are in effect expire: a verdict that rests on one holds no longer."""
        return [found.waiver.expires_at for found in self.waivers if found.effect is Effect.APPLIED]


def observed(tenant: str, check: str, server: str, row: Row) -> str:
    """Return the SHA-256 a waiver is bound to: the tenant, the check, the subject, and all that was said about it.

    It covers the reason as well as the facts, so that nothing a reader of the approval saw can change under it.
    """
    state = row.true_state
    said = [tenant, check, server, row.subject, str(state), row.reason, dict(row.facts)]
    canonical = json.dumps(said, sort_keys=True, separators=(",", ":"), ensure_ascii=True, allow_nan=False)
    return hashlib.sha256(canonical.encode()).hexdigest()


def waive(
    waivers: Sequence[Waiver],
    results: Mapping[tuple[str, str], CheckResult],
    *,
    catalogue: Iterable[CheckDefinition],
    gate: str,
    tenant: str,
    at: datetime,
) -> Waived:
    """Apply waivers at a time. The results given stay as they are."""
    checks = {check.id: check for check in catalogue}
    times = Counter(waiver.target for waiver in waivers)
    settled = dict(results)
    said = []
    for waiver in waivers:
        effect, why = _standing(waiver, checks, gate, at)
        if effect is None and times[waiver.target] > 1:
            effect, why = Effect.INERT, "the file holds it more than once"
        if effect is None:
            effect, why = _on_results(waiver, checks[waiver.check], settled, tenant)
        said.append(Effective(waiver, effect, why))
    return Waived(settled, tuple(said))


def waived_in(run: Run, results: Mapping[tuple[str, str], CheckResult], at: datetime) -> Waived:
    """Apply the waivers of a run to results at a real time; they are judged by the clock of the run."""
    return waive(
        run.waivers,
        results,
        catalogue=run.catalogue,
        gate=run.gate,
        tenant=str(run.environment.tenant.id),
        at=run.clock.at(at),
    )


def shown_in(run: Run, result: CheckResult, at: datetime) -> CheckResult:
    """Return one result as it is shown while the run goes on."""
    key = (result.check.id, result.subject)
    return waived_in(run, {key: result}, at).results[key]


def _standing(
    waiver: Waiver, checks: Mapping[str, CheckDefinition], gate: str, at: datetime
) -> tuple[Effect | None, str]:
    """Judge a waiver before looking at any result; None when it is in force."""
    check = checks.get(waiver.check)
    why = ""
    if check is None:
        family = waiver.check.partition("v")[0]
        now = next((name for name in sorted(checks) if name.partition("v")[0] == family), None)
        why = f"it is for another version: the check is {now} now" if now else f"no check has the id {waiver.check}"
    elif not check.waivable:
        why = f"{check.id} cannot be waived"
    elif _same_person(waiver.author, waiver.approver):
        why = f"{waiver.approver} approved a request of their own"
    elif waiver.approved_at > at:
        why = f"it is approved in the future, at {moment(waiver.approved_at)}"
    elif waiver.expires_at <= at:
        why = f"it expired at {moment(waiver.expires_at)}"
    elif bool(waiver.server) != bool(check.servers):
        why = "it must name a server: the check runs on each" if check.servers else "the check runs on no server"
    if why:
        return Effect.INERT, why
    if check is not None and gate not in check.gates:
        return Effect.OTHER_GATE, f"{check.id} is not asked at {gate}"
    return None, ""


def _same_person(author: str, approver: str) -> bool:
    """Compare two people as a reader would: case, width and spaces make nobody a second person."""
    one, other = ("".join(unicodedata.normalize("NFKC", name).casefold().split()) for name in (author, approver))
    return one == other


def _on_results(waiver: Waiver, check: CheckDefinition, results: Results, tenant: str) -> tuple[Effect, str]:
    """Apply a waiver in force to the rows it means, in `results`; say what it did."""
    key = (check.id, waiver.server or "")
    result = results.get(key)
    if result is None:
        return Effect.INERT, f"{check.id} did not report{f' on {waiver.server}' if waiver.server else ''}"
    rows = [row for row in result.rows if row.subject == waiver.subject]
    matching = [row for row in rows if _waivable(row) and _digest(tenant, check, result, row) == waiver.digest]
    if matching:
        rows_after = tuple(_waived(row, waiver) if row in matching else row for row in result.rows)
        results[key] = replace(result, rows=rows_after)
        return Effect.APPLIED, matching[0].reason
    return _without_effect(result, rows, [_digest(tenant, check, result, row) for row in rows if _waivable(row)])


def _without_effect(result: CheckResult, rows: Sequence[Row], digests: Sequence[str]) -> tuple[Effect, str]:
    """Say why no row of the subject is waived."""
    if digests:
        return Effect.INERT, f"the observed value is another one: {', '.join(digests)}"
    if any(row.state is State.ERROR for row in rows or result.rows):
        return Effect.INERT, "an error cannot be waived: nothing was observed"
    if rows:
        return Effect.UNNEEDED, f"the result is {rows[0].state}"
    if result.state in (State.PASS, State.NOT_APPLICABLE):
        return Effect.UNNEEDED, f"the check is {result.state} and found no such subject"
    return Effect.INERT, "the check found no such subject"


def _waived(row: Row, waiver: Waiver) -> Row:
    return replace(row, state=State.WAIVED, waived=row.state, waiver=waiver)


def _waivable(row: Row) -> bool:
    return row.state in WAIVABLE_STATES


def _digest(tenant: str, check: CheckDefinition, result: CheckResult, row: Row) -> str:
    return observed(tenant, check.id, result.subject, row)
