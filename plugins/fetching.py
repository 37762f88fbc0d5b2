"""Fetching: after collection and before the first check, everything this gate needs is asked once [semantics §2]."""

from __future__ import annotations

import time
import warnings
from collections import Counter
from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest

from fixtures.answers import TENANT
from fixtures.collect import Options, collect, plan
from plugins.carried_over import with_baseline
from plugins.run import RUN, Run
from plugins.waiting import wait_until_ready

if TYPE_CHECKING:
    from fixtures.answers import Answers
    from fixtures.collect import PlannedRead
    from plugins.definition import Need


@pytest.fixture(scope="session")
def swing_gate_run(pytestconfig: pytest.Config) -> Run:
    """Return the run: its gate, its environment, its clock, and what the systems answered."""
    return pytestconfig.stash[RUN]


def wanted(run: Run) -> list[Need]:
    """Return the reads the registered checks of the gate need, each once. Whoever is not there is not asked."""
    needs = {
        need
        for check in run.registered
        for subject in check.subjects(run.environment)
        for need in (*check.required(run.environment, subject), *check.optional(run.environment, subject))
    }
    asked = {*run.environment.servers, TENANT}
    return sorted(need for need in needs if need.system in asked)


@pytest.hookimpl(tryfirst=True)
def pytest_runtestloop(session: pytest.Session) -> bool | None:
    """Ask the systems, or with --dry-run show what would be asked; nothing is asked when collection failed."""
    config = session.config
    if session.testsfailed or config.option.collectonly:
        return None
    run = config.stash[RUN]
    terminal: pytest.TerminalReporter | None = config.pluginmanager.get_plugin("terminalreporter")
    if config.getoption("dry_run"):
        if terminal is not None:
            for line in dry_run_lines(plan(run.environment, wanted(run)), run.gate):
                terminal.write_line(line)
        return True
    if run.replayed is not None:
        run.fetched = run.replayed.answers()
        return None
    systems = ", ".join([*run.environment.servers, "the tenant"])
    if terminal is not None:
        terminal.write_line(f"Reading {systems} for the gate {run.gate} ...")
    began = time.monotonic()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # msgraph-sdk warns about its own generated code
        run.fetched = collect(run.environment, wanted(run), run.gate, Options(now=run.clock.now()))
    if run.baseline is not None:
        run.fetched = with_baseline(run.fetched, run.baseline)
    run.clock = replace(run.clock, read_at=datetime.now(UTC))
    if terminal is not None:
        terminal.write_line(f"{_tally(run.fetched)} in {time.monotonic() - began:.1f} s.\n")
    if run.wait:
        wait_until_ready(run, session.items, wanted(run), terminal.write_line if terminal else lambda _: None)
    return None


def _tally(answers: Answers) -> str:
    """Say how many reads brought a value, and how the others ended."""
    ended = Counter(str(answer.outcome) for answer in answers if not answer.ok)
    others = "".join(f", {number} {outcome}" for outcome, number in ended.most_common())
    return f"{len(answers) - ended.total()} of {len(answers)} reads answered{others}"


def dry_run_lines(reads: list[PlannedRead], gate: str) -> list[str]:
    """Return a table of what would be asked of whom, and with which right. A long request stands below its row."""
    rows = [(read.system, read.target, read.read, read.right) for read in reads]
    heads = ("system", "target", "read", "right")
    widths = [max(map(len, column)) for column in zip(heads, *rows, strict=True)]
    lines = [f"The gate {gate} would ask {sum(read.offered for read in reads)} reads. Nothing was asked.", ""]
    lines.append("  ".join(head.ljust(width) for head, width in zip(heads, widths, strict=True)).rstrip())
    lines.append("  ".join("-" * width for width in widths))
    for row, read in zip(rows, reads, strict=True):
        lines.append("  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip())
        lines.append(
            f"    {read.request}" if read.offered else "    not offered by the configured endpoint, so not asked"
        )
    return lines


@pytest.hookimpl(trylast=True)
def pytest_sessionfinish(session: pytest.Session) -> None:
    """Give a run that only looked the code of a run without tests: it can never be taken for GO."""
    looked = session.config.getoption("dry_run") or session.config.option.collectonly
    if looked and session.exitstatus == pytest.ExitCode.OK:
        session.exitstatus = pytest.ExitCode.NO_TESTS_COLLECTED
