"""`--verify-evidence`: whether a run folder holds a GO that was signed, is unchanged, and still holds.

For a promotion pipeline: `--verify-evidence reports/runs/latest --verify-key release.pub --gate promote`. With `--gate`
and `--environment` the GO must be one of that gate and that environment.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from plugins import guard
from plugins.signing import EnvelopeError, KeyFileError, opened, public_key_of
from plugins.statement import ENVELOPE, PREDICATE_TYPE, STATEMENT_TYPE, VERDICT
from plugins.zero import PROVEN

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from securesystemslib.signer import SSlibKey

SKEW = timedelta(minutes=5)
"""How far ahead of ours the clock of the run may have been."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """What the verdict must be about, beyond being a GO."""

    gate: str | None = None
    environment_digest: str | None = None


@dataclass(frozen=True, slots=True)
class Finding:
    """What was found about one piece of evidence."""

    problems: tuple[str, ...]
    verdict: Mapping[str, Any]
    """As it was read; empty when it could not be."""


def answer(config: pytest.Config) -> int:
    """Verify what was asked for, print what was found, and return 0 for a GO that can be relied on, else 1."""
    given = config.invocation_params.dir / config.getoption("verify_evidence")
    if config.getoption("verify_key") is None:
        raise pytest.UsageError("--verify-evidence needs --verify-key FILE: the public key the evidence is signed for")
    try:
        key = public_key_of(config.invocation_params.dir / config.getoption("verify_key"))
    except KeyFileError as error:
        raise pytest.UsageError(f"--verify-key: {error}") from error
    gate = config.getoption("gate")
    environment = guard.environment_of(config) if config.getoption("environment") else None
    wanted = Wanted(guard.gate_named(gate).name if gate else None, environment.digest if environment else None)
    finding = verify(given, key, datetime.now(UTC), wanted)
    for line in lines(given, finding):
        print(line)  # noqa: T201 - this is the answer
    config.stash[PROVEN] = not finding.problems
    return 1 if finding.problems else 0


def lines(given: Path, finding: Finding) -> Iterator[str]:
    """Yield what was found, for people."""
    about = finding.verdict
    if not finding.problems:
        yield f"VERIFIED: {about['verdict']} of the gate {about['gate']}, run {about['run_id']}"
        yield f"holds until {about['valid_until']}, environment {about['environment_digest']}"
        waived = [entry for entry in about.get("waivers", []) if entry.get("effect") == "applied"]
        yield from (f"waived until {entry['expires_at']}: {entry['check']}, {entry['subject']}" for entry in waived)
        return
    yield f"NOT VERIFIED: {given}"
    yield from (f"  {problem}" for problem in finding.problems)


def verify(given: Path, key: SSlibKey, at: datetime, wanted: Wanted | None = None) -> Finding:
    """Verify a run folder, or an envelope in one, at a time. Nothing raises: what cannot be read is a problem."""
    envelope = given / ENVELOPE if given.is_dir() else given
    try:
        statement = json.loads(opened(envelope.read_bytes(), key))
    except OSError as error:
        return Finding((f"{envelope.name} cannot be read: {error.strerror}",), {})
    except (EnvelopeError, ValueError) as error:
        return Finding((f"{envelope.name}: {error}",), {})
    try:
        digests = _digests(statement)
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        return Finding((f"{envelope.name}: its statement cannot be understood ({type(error).__name__}: {error})",), {})
    contents, problems = _read(envelope.parent, digests)
    if problems:
        return Finding(tuple(problems), {})
    try:
        verdict = json.loads(contents[VERDICT])
        problems = list(_not_relied_on(verdict, statement["predicate"]["result"], at, wanted or Wanted()))
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        return Finding((f"{VERDICT} cannot be understood ({type(error).__name__}: {error})",), {})
    return Finding(tuple(problems), verdict)


def _digests(statement: Mapping[str, Any]) -> dict[str, str]:
    if statement["_type"] != STATEMENT_TYPE or statement["predicateType"] != PREDICATE_TYPE:
        raise ValueError("it is no in-toto Test Result statement")
    digests = {subject["name"]: subject["digest"]["sha256"] for subject in statement["subject"]}
    if strange := [name for name in digests if Path(name).name != name]:
        raise ValueError(f"it names a file of another folder: {strange[0]}")
    if VERDICT not in digests:
        raise ValueError(f"it says nothing about {VERDICT}")
    return digests


def _read(folder: Path, digests: Mapping[str, str]) -> tuple[dict[str, bytes], list[str]]:
    """Read each file once, so that what is judged is what was compared."""
    contents, problems = {}, []
    for name, digest in digests.items():
        try:
            contents[name] = (folder / name).read_bytes()
        except OSError as error:
            problems.append(f"{name} cannot be read: {error.strerror}")
            continue
        if hashlib.sha256(contents[name]).hexdigest() != digest:
            problems.append(f"{name} was changed since it was signed")
    return contents, problems


def _not_relied_on(verdict: Mapping[str, Any], result: str, at: datetime, wanted: Wanted) -> Iterator[str]:
    """Say why a verdict, though unchanged, releases nothing."""
    rehearsal = verdict["rehearsal"] is not False or verdict["as_of"] is not None
    replay = verdict.get("replay") is not None
    if verdict["verdict"] != "GO" or verdict["exit_code"] != 0:
        yield f"the verdict is {verdict['verdict']} with exit code {verdict['exit_code']}"
    elif result not in ("PASSED", "WARNED") and not rehearsal and not replay:
        yield f"the statement says {result}"
    if rehearsal:
        yield "it is a rehearsal"
    if replay:
        yield "it is a replay of an older run"
    if datetime.fromisoformat(verdict["made_at"]) > at + SKEW:
        yield f"it was made in the future, at {verdict['made_at']}"
    if verdict["valid_until"] is None:
        yield "it does not say how long it holds"
    elif datetime.fromisoformat(verdict["valid_until"]) <= at:
        yield f"it held until {verdict['valid_until']}"
    if wanted.gate is not None and verdict["gate"] != wanted.gate:
        yield f"it answers the gate {verdict['gate']}, not {wanted.gate}"
    if wanted.environment_digest is not None and verdict["environment_digest"] != wanted.environment_digest:
        yield "it is about another environment"
