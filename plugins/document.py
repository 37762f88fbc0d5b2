"""The evidence of a run as plain data: `verdict.json`, and the same with more for the report.

The keys up to `reported` are a contract [issue 2]; `reports/schema/verdict.schema.json` states it.
"""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from fixtures.claims import load_ledger
from plugins.freshness import asked
from plugins.plain import moment
from plugins.run import CheckResult, Row, Run
from plugins.states import SERIOUSNESS, State
from plugins.waiving import WAIVABLE_STATES, observed

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from pathlib import Path

    from fixtures.answers import Answer
    from plugins.definition import CheckDefinition
    from plugins.verdict import Verdict
    from plugins.waivers import Waiver
    from plugins.waiving import Effective

_SECRET_OPTION = re.compile(r"(?i)(password|passwd|secret|token|credential|api-?key)")
_SECRET_IN_ADDRESS = re.compile(r"(?i)(://[^/:@\s]+:)[^@\s]+@")
_HIDDEN = "[hidden]"


@dataclass(frozen=True, slots=True)
class Context:
    """What the evidence says about the run itself."""

    run_id: str
    suite_version: str
    command: tuple[str, ...]


def verdict_document(
    run: Run,
    verdict: Verdict,
    results: Mapping[tuple[str, str], CheckResult],
    context: Context,
    waivers: Sequence[Effective] = (),
) -> dict[str, Any]:
    """Return what `verdict.json` holds."""
    return {
        "schema": 1,
        "run_id": context.run_id,
        "gate": run.gate,
        "plan": run.environment.plan.kind,
        "rehearsal": run.rehearsal,
        "as_of": moment(run.as_of) if run.as_of else None,
        "verdict": str(verdict.word),
        "exit_code": verdict.exit_code,
        "made_at": moment(verdict.made_at),
        "valid_until": moment(verdict.valid_until) if verdict.valid_until else None,
        "environment_digest": run.environment.digest,
        "suite_version": context.suite_version,
        "reasons": list(verdict.reasons),
        "checks": _checks(run, results),
        "reads": [_read(answer) for answer in asked(run.fetched or ())],
        "registered": verdict.registered,
        "reported": verdict.reported,
        "question": run.gate_row.question,
        "started_at": moment(run.clock.started_at),
        "command": list(context.command),
        "waivers": [_waiver(found) for found in waivers],
    }


def _checks(run: Run, results: Mapping[tuple[str, str], CheckResult]) -> list[dict[str, Any]]:
    """Return one entry per registered check and server, most serious first; a silent one is an error."""
    entries = []
    for check in run.registered:
        for subject in check.subjects(run.environment) or ("",):
            given = results.get((check.id, subject))
            result = given or CheckResult(check, subject, ())
            entries.append((result, _check(run, check, result, reported=given is not None)))
    entries.sort(key=lambda entry: (SERIOUSNESS[entry[0].state], not entry[0].check.blocking, entry[0].check.id))
    return [entry for _, entry in entries]


def _check(run: Run, check: CheckDefinition, result: CheckResult, *, reported: bool) -> dict[str, Any]:
    return {
        "id": check.id,
        "title": check.title,
        "subject": result.subject or result.deciding.subject,
        "state": str(result.state),
        "true_state": str(result.true_state),
        "severity": check.severity,
        "reason": result.reason if reported else "the check did not report",
        "claims": list(check.claims),
        "reads": _read_ids(run, check, result.subject),
        "server": result.subject or None,
        "reported": reported,
        "remedy": result.remedy if reported else "run the gate with every check selected.",
        "rows": [
            _row(run, check, result.subject, row) for row in sorted(result.rows, key=lambda row: SERIOUSNESS[row.state])
        ],
    }


def _row(run: Run, check: CheckDefinition, server: str, row: Row) -> dict[str, Any]:
    """Return a row; one that could be waived has the digest to write into a waiver, a waived one its waiver."""
    entry: dict[str, Any] = {
        "subject": row.subject,
        "state": str(row.state),
        "reason": row.reason,
        "facts": dict(row.facts),
    }
    if check.waivable and row.true_state in WAIVABLE_STATES:
        entry["digest"] = observed(str(run.environment.tenant.id), check.id, server, row)
    if row.waiver is not None:
        entry |= {"true_state": str(row.true_state), "waiver": _granted(row.waiver)}
    return entry


def _granted(waiver: Waiver) -> dict[str, Any]:
    return {
        "reason": waiver.reason,
        "ticket": waiver.ticket,
        "author": waiver.author,
        "approver": waiver.approver,
        "approved_at": moment(waiver.approved_at),
        "expires_at": moment(waiver.expires_at),
    }


def _waiver(found: Effective) -> dict[str, Any]:
    waiver = found.waiver
    return {
        "check": waiver.check,
        "server": waiver.server,
        "subject": waiver.subject,
        "digest": waiver.digest,
        **_granted(waiver),
        "effect": str(found.effect),
        "why": found.why,
    }


def _read_ids(run: Run, check: CheckDefinition, subject: str) -> list[str]:
    if run.fetched is None:
        return []
    needs = dict.fromkeys((*check.required(run.environment, subject), *check.optional(run.environment, subject)))
    return [answer.provenance.id for need in needs for answer in run.fetched.about(*need).values()]


def _read(answer: Answer) -> dict[str, Any]:
    source = answer.provenance
    return {
        "id": source.id,
        "system": source.system,
        "target": source.target,
        "request": source.request,
        "started_at": moment(source.started_at),
        "ended_at": moment(source.ended_at),
        "identity": source.identity,
        "attempts": source.attempts,
        "rows": source.rows,
        "sha256": source.sha256 or None,
        "outcome": str(answer.outcome),
        "error": answer.error,
        "server_clock": moment(source.server_clock) if source.server_clock else None,
    }


def definitions(checks: Iterable[CheckDefinition]) -> dict[str, dict[str, Any]]:
    """Return what the report says about each check apart from its result."""
    return {
        check.id: {
            "why": check.why,
            "judged": check.judged,
            "fix": check.fix,
            "links": list(check.links),
            "function": check.function,
            "claimed": [_claim(name) for name in check.claims],
            "waivable": check.waivable,
        }
        for check in checks
    }


def _claim(name: str) -> dict[str, str]:
    """Return a claim of the documents: what it says, and where it was said."""
    ledger = load_ledger()
    claim = ledger.claims.get(name)
    document = ledger.documents.get(name.partition("-")[0], "")
    return {"id": name, "text": claim.title if claim else "", "document": document}


def shown_command(args: Sequence[str]) -> tuple[str, ...]:
    """Return a command line as it may be shown: values of options that sound like secrets are hidden."""
    shown: list[str] = []
    hide_next = False
    for argument in args:
        name, equals, _ = argument.partition("=")
        secret = bool(_SECRET_OPTION.search(name)) and name.startswith("-")
        if hide_next and not argument.startswith("-"):
            shown.append(_HIDDEN)
        elif secret and equals:
            shown.append(f"{name}={_HIDDEN}")
        else:
            shown.append(_SECRET_IN_ADDRESS.sub(rf"\1{_HIDDEN}@", argument))
        hide_next = secret and not equals
    return ("pytest", *shown)


def suite_version(root: Path) -> str:
    """Return the version of the suite; `unknown` outside its own tree."""
    try:
        return str(tomllib.loads((root / "pyproject.toml").read_text(encoding="utf-8"))["project"]["version"])
    except (OSError, KeyError, tomllib.TOMLDecodeError):
        return "unknown"


def counts(results: Iterable[CheckResult]) -> dict[State, int]:
    """Count results by state, most serious first; states that did not occur are left out."""
    found = [result.state for result in results]
    return {state: found.count(state) for state in SERIOUSNESS if state in found}
