"""Waivers on the screen: what each did, and what a person copies into a new one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from plugins.plain import moment
from plugins.run import first_line
from plugins.states import STATES
from plugins.waiving import WAIVABLE_STATES, Effect, Effective, observed

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from plugins.run import CheckResult, Run

MOST_DIGESTS = 8
"""Digests on the screen; all of them stand in the report, with those of advisory checks."""
_SILENT = Effect.OTHER_GATE


def sentences(waivers: Iterable[Effective], results: Iterable[CheckResult]) -> Iterator[str]:
    """Say what became of each waiver that is about this gate, those in effect first."""
    true = {(result.check.id, result.subject): result.true_state for result in results}
    for found in sorted(waivers, key=lambda found: list(Effect).index(found.effect)):
        waiver = found.waiver
        about = f"{waiver.check} on {waiver.server}" if waiver.server else waiver.check
        about += f", {waiver.subject}" if waiver.subject else ""
        ends = moment(waiver.expires_at)
        if found.effect is Effect.APPLIED:
            state = STATES[true[waiver.check, waiver.server or ""]].word.lower()
            by = f"{waiver.ticket}, approved by {waiver.approver}"
            yield f"{about}: {state}, waived until {ends} ({by}): {first_line(found.why)}"
        elif found.effect is not _SILENT:
            yield f"{found.effect}: {about}: {found.why}"


def digests(run: Run, results: Iterable[CheckResult]) -> Iterator[str]:
    """Yield what a waiver has to name for each row that blocks and could have one: check, server, subject, digest."""
    for result in results:
        for row in result.rows:
            if result.check.blocking and result.check.waivable and row.state in WAIVABLE_STATES:
                about = f"{result.check.id} on {result.subject}" if result.subject else result.check.id
                digest = observed(str(run.environment.tenant.id), result.check.id, result.subject, row)
                yield f"{about}, {first_line(row.subject)}: {digest}"
