"""The evidence of a run: settle the verdict, let every writer write it, and only then return it [semantics §6].

Order: settle; `junit.xml` and `ctrf.json`; `report.html` (pytest-html writes it); `evidence.zip`; the statement about
all of them and about the verdict that comes next; `verdict.json` last. A writer that fails takes GO away before
anything later is written. Exit code 0 is set only after a GO verdict stands under its final name.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from plugins import baseline, folder, redacted
from plugins.asked import Asked, asked_of
from plugins.bundle import writing
from plugins.bundle.chain import BUNDLE
from plugins.bundle.contents import beside, contents, named, suite_document
from plugins.ctrf import ctrf_json
from plugins.document import Context, definitions, shown_command, suite_version, verdict_document
from plugins.figures import figures
from plugins.freshness import limits, withdraw_stale
from plugins.glance import glance
from plugins.judgement import judgements, result_digest
from plugins.junit import junit_xml
from plugins.next_cycle import next_cycle_starts
from plugins.oscal import NAME as OSCAL
from plugins.oscal import oscal_json
from plugins.replay import compare
from plugins.room import HOME, folder_of_runs
from plugins.run import RUN, CheckResult, Run
from plugins.signing import enveloped
from plugins.statement import ENVELOPE, STATEMENT, VERDICT, statement_json
from plugins.steady import Steady
from plugins.verdict import Expected, Reported, Verdict, decide
from plugins.waiving import Effective, waived_in
from plugins.zero import PROVEN

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Mapping

REPORT = "report.html"
NEXT_CYCLE_ENDS = "promote"
"""The gate whose verdict ends when the new server's next cycle starts."""


@dataclass(slots=True)
class Evidence:
    """What is being written about one run."""

    run: Run
    folder: folder.RunFolder
    context: Context
    verdict: Verdict | None = None
    results: Mapping[tuple[str, str], CheckResult] = field(default_factory=dict)
    extras: dict[str, Any] = field(default_factory=dict)
    """What stands in `verdict.json` beyond the contract, by key."""
    asked: Asked = field(default_factory=Asked)
    waivers: tuple[Effective, ...] = ()
    """What became of each waiver."""
    steady: Steady = field(default_factory=Steady)
    """Whether the clock of this machine went back while the run was on."""

    def document(self) -> dict[str, Any]:
        """Return what `verdict.json` holds. Raises RuntimeError before the verdict is settled."""
        if self.verdict is None:
            msg = "the verdict is not settled yet"
            raise RuntimeError(msg)
        document = verdict_document(self.run, self.verdict, self.results, self.context, self.waivers)
        return {**document, **self.extras}

    def report(self) -> dict[str, Any]:
        """Return what the report shows: the document, what each check is, and the pair at a glance."""
        return {
            **self.document(),
            "definitions": definitions(self.run.registered),
            "glance": glance(self.run),
            "moment": self.run.gate_row.moment,
            "next": self.run.gate_row.then,
            "deciding": self.verdict.deciding if self.verdict else 0,
        }

    def failed(self, name: str, error: Exception) -> None:
        """Note that a writer failed: whatever is written from now on is no GO."""
        if self.verdict is not None:
            sentence = (
                f"{name} could not be written ({type(error).__name__}: {error}). Mend that and run the gate again."
            )
            self.verdict = self.verdict.downgraded(sentence)


EVIDENCE = pytest.StashKey[Evidence]()


class CollectionWatch:
    """Notes collection that failed: it is trouble around the checks, whatever else they say."""

    def __init__(self, run: Run) -> None:
        self._run = run

    def pytest_collectreport(self, report: pytest.CollectReport) -> None:
        """Note a failed or skipped collector."""
        if not report.passed:
            self._run.troubles.append(f"{report.nodeid or 'the suite'} could not be collected. Mend it and run again.")


def pytest_sessionstart(session: pytest.Session) -> None:
    """Make the run's folder first, so that a place that cannot be written is known before anyone is asked."""
    config = session.config
    if config.getoption("dry_run") or config.option.collectonly:
        return
    run = config.stash[RUN]
    asked = asked_of(config)
    parent = Path(config.getoption("report_dir") or folder_of_runs(config))
    try:
        name, at = (f"{run.gate}-replay", datetime.now(UTC)) if run.replayed else (run.gate, run.clock.started_at)
        place = folder.create(parent, name, at)
    except OSError as error:
        raise pytest.UsageError(f"--report-dir: {parent} cannot be written: {error.strerror}") from error
    try:
        if run.replayed is None:
            folder.forget_latest(parent)
    except OSError as error:
        place.discard()
        raise pytest.UsageError(f"--report-dir: {error.filename} cannot be replaced: {error.strerror}") from error
    context = Context(place.run_id, suite_version(config.stash[HOME]), shown_command(config.invocation_params.args))
    config.stash[EVIDENCE] = Evidence(run, place, context, asked=asked)
    config.pluginmanager.register(CollectionWatch(run))  # without a name, so that -p cannot leave it out


def settle(
    run: Run, at: datetime, broken: int | None
) -> tuple[Verdict, Mapping[tuple[str, str], CheckResult], tuple[Effective, ...]]:
    """Judge the gate from what was reported, at one moment. The run itself is left as it is."""
    waived = waived_in(run, run.results, at)
    results = waived.results
    holds = [at + (expiry - run.clock.at(at)) for expiry in waived.expiries]
    if run.fetched is not None:
        results = withdraw_stale(run, results, at)
        holds += limits(run.fetched)
        if run.gate == NEXT_CYCLE_ENDS:
            holds += next_cycle_starts(run)
    expected = [
        Expected(check.id, check.title, check.blocking, check.fix, check.subjects(run.environment))
        for check in run.registered
    ]
    reported = [
        Reported(check, subject, found.state, found.told, found.causes) for (check, subject), found in results.items()
    ]
    verdict = decide(expected, reported, made_at=at, limits=holds, troubles=run.troubles, broken=broken)
    return verdict, results, waived.waivers


@pytest.hookimpl(trylast=True, wrapper=True)
def pytest_sessionfinish(session: pytest.Session, exitstatus: int) -> Generator[None, None, None]:
    """Settle, write, and set the exit code. The innermost wrapper: the terminal speaks after it."""
    evidence = session.config.stash.get(EVIDENCE, None)
    if evidence is None:
        yield
        return
    if exitstatus == pytest.ExitCode.USAGE_ERROR:
        evidence.folder.discard()
        yield
        return
    completed = exitstatus in (pytest.ExitCode.OK, pytest.ExitCode.TESTS_FAILED)
    evidence.run.troubles += evidence.steady.troubles(datetime.now(UTC))
    at = evidence.run.clock.made_at or datetime.now(UTC)
    evidence.run.clock = replace(evidence.run.clock, made_at=at)
    broken = None if completed else int(exitstatus)
    evidence.verdict, evidence.results, evidence.waivers = settle(evidence.run, at, broken)
    _compare(evidence)
    _write(evidence, "junit.xml", junit_xml)
    _write(evidence, "ctrf.json", ctrf_json)
    if evidence.asked.oscal:
        _write(evidence, OSCAL, oscal_json)
    try:
        yield
    except Exception as error:  # noqa: BLE001 - whatever a plugin raises at the end must not end in GO
        evidence.failed("the end of the session", error)
        evidence.folder.withdraw(REPORT)
    home = session.config.stash[HOME]
    _seal(evidence, home)
    _write_redacted(evidence, home)
    shown = evidence.verdict
    _attest(evidence)
    if _write(evidence, VERDICT, _as_json):
        _point_latest(evidence)
    else:
        for name in (REPORT, BUNDLE, STATEMENT, ENVELOPE):
            evidence.folder.withdraw(name)
    if evidence.verdict is not shown:
        evidence.folder.withdraw(redacted.FOLDER)
    session.exitstatus = evidence.verdict.exit_code
    session.config.stash[PROVEN] = session.exitstatus == pytest.ExitCode.OK


def _compare(evidence: Evidence) -> None:
    """Digest what was judged, and hold a replay against its bundle."""
    run, verdict = evidence.run, evidence.verdict
    judged = judgements(evidence.results.values())
    digest = result_digest(run.gate, judged)
    evidence.extras["result_digest"] = digest
    if run.replayed is not None and verdict is not None:
        ids = [check.id for check in run.registered]
        found = compare(run.replayed, judged, digest, verdict.word, ids)
        evidence.extras["replay"] = found.document
        if found.trouble:
            evidence.verdict = verdict.downgraded(found.trouble)
    try:
        evidence.extras["figures"] = figures(run)
        if run.baseline is not None and run.fetched is not None:
            found_beside = baseline.compare(evidence.document(), run.fetched, run.baseline, evidence.folder.path.parent)
            evidence.extras["baseline"] = found_beside
    except Exception as error:  # noqa: BLE001 - a comparison that breaks leaves evidence that is not whole
        evidence.failed("the comparison with other runs", error)


def _seal(evidence: Evidence, home: Path) -> None:
    """Write the bundle. Without it there is no GO, and no report that says so."""
    word = evidence.verdict.word if evidence.verdict else None
    try:
        document = evidence.document()
        judged = judgements(evidence.results.values())
        stamps = {
            "suite": suite_document(home, evidence.context.suite_version),
            "beside": beside(evidence.folder.path, ("junit.xml", "ctrf.json", REPORT)),
        }
        digest = document["result_digest"]
        members = contents(evidence.run, document, judged, digest, stamps)
        evidence.extras["evidence"] = writing.write(evidence.folder, members, named(document))
    except Exception as error:  # noqa: BLE001 - a writer may fail in any way
        evidence.failed(BUNDLE, error)
    if evidence.verdict and evidence.verdict.word is not word:
        evidence.folder.withdraw(REPORT)


def _write_redacted(evidence: Evidence, home: Path) -> None:
    """Write the copy without names, if it was asked for."""
    if evidence.asked.redaction_key is None:
        return
    try:
        redactor = redacted.redactor_of(evidence.run, evidence.asked.redaction_key)
        redacted.write(evidence, redactor, home)
    except Exception as error:  # noqa: BLE001 - a writer may fail in any way
        evidence.failed(redacted.FOLDER, error)
        for name in (REPORT, BUNDLE, redacted.FOLDER):
            evidence.folder.withdraw(name)


def _attest(evidence: Evidence) -> None:
    """Write the statement about everything that stands, and about the verdict that is written next."""
    try:
        document = evidence.document()
        verdict = hashlib.sha256(_as_json(document).encode()).hexdigest()
        said = statement_json(document, {**evidence.folder.digests(), VERDICT: verdict})
        evidence.folder.write(STATEMENT, said)
        if evidence.asked.signer is not None:
            evidence.folder.write(ENVELOPE, enveloped(said, evidence.asked.signer))
    except Exception as error:  # noqa: BLE001 - a writer may fail in any way
        evidence.failed("the signed statement" if evidence.asked.signer else STATEMENT, error)
        for name in (REPORT, BUNDLE, STATEMENT, ENVELOPE):
            evidence.folder.withdraw(name)


def _write(evidence: Evidence, name: str, writer: Callable[[Mapping[str, Any]], str]) -> bool:
    """Write one file of the evidence. Return whether it stands; when not, the verdict is no GO any more."""
    try:
        evidence.folder.write(name, writer(evidence.document()))
    except Exception as error:  # noqa: BLE001 - a writer may fail in any way
        evidence.failed(name, error)
        return False
    return True


def _point_latest(evidence: Evidence) -> None:
    """Set the pointer. It is a convenience: the evidence stands without it, and a replay is not the latest run."""
    if evidence.run.replayed is not None:
        return
    with contextlib.suppress(OSError):
        evidence.folder.point_latest()


def _as_json(document: Mapping[str, Any]) -> str:
    return json.dumps(document, indent=2, ensure_ascii=False, allow_nan=False) + "\n"
