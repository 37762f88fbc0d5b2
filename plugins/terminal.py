"""The terminal: one line per check while it runs, and one screen at the end [design, Words]."""

from __future__ import annotations

import textwrap
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from plugins.beside import baseline_lines, replay_lines
from plugins.document import counts
from plugins.evidence import EVIDENCE, REPORT, Evidence
from plugins.results import RESULT
from plugins.states import STATES, State
from plugins.verdict import Verdict, Word

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from plugins.run import CheckResult, Run

WIDTH = 100
MOST_REASONS = 12
"""Reasons on the screen; the others stand in the report."""
_COLOURS = {
    Word.GO: "green",
    Word.NO_GO: "red",
    Word.UNDECIDED: "yellow",
    State.PASS: "green",
    State.NOT_APPLICABLE: "green",
    State.FAIL: "red",
}


def pytest_configure(config: pytest.Config) -> None:
    """Silence pytest's own pages, unless they were asked for with -v or --tb."""
    if config.option.verbose <= 0 and config.option.tbstyle == "auto":
        config.option.verbose = -2
        config.option.no_summary = True


@pytest.hookimpl(tryfirst=True)
def pytest_report_teststatus(report: pytest.TestReport | pytest.CollectReport) -> tuple[str, str, str] | None:
    """Give pytest's reporter the state to count, and nothing to print."""
    result: CheckResult | None = getattr(report, RESULT, None)
    if result is not None:
        return str(result.state), "", ""
    return None


class Progress:
    """Prints a line for each check as it reports."""

    def __init__(self, terminal: pytest.TerminalReporter) -> None:
        self._terminal = terminal

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Print the state of a check when a phase has settled it."""
        result: CheckResult | None = getattr(report, RESULT, None)
        if result is not None:
            shown = STATES[result.state]
            about = f" · {result.subject}" if result.subject else ""
            self._terminal.ensure_newline()
            self._terminal.write(f"  {shown.symbol} {shown.word:<15}", **_markup(result.state))
            self._terminal.write(f"{result.check.id:<9}{result.check.title}{about}\n")


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    """Show the verdict on one screen."""
    evidence = config.stash.get(EVIDENCE, None)
    if evidence is None or evidence.verdict is None:
        return
    for report in terminalreporter.stats.get("error", []):
        if isinstance(report, pytest.CollectReport):
            terminalreporter.write_line(report.longreprtext)
    verdict = evidence.verdict
    terminalreporter.write_sep("=", f"gate {evidence.run.gate}", bold=True)
    terminalreporter.write_line(f"{evidence.run.gate_row.question}\n")
    terminalreporter.write_line(f"  {headline(evidence.run, verdict)}\n", bold=True, **_markup(verdict.word))
    for line in screen(evidence, verdict):
        terminalreporter.write_line(line)


def headline(run: Run, verdict: Verdict) -> str:
    """Return the verdict as it stands on the screen: the word, how long it holds, and whether it is a rehearsal."""
    line = str(verdict.word)
    if verdict.word is Word.GO and verdict.valid_until is not None and run.replayed is None:
        line += f" · holds until {_time(verdict.valid_until)}"
    if run.replayed is not None:
        line += f" · REPLAY of {run.replayed.run['run_id']}, NOT A RELEASE"
        if verdict.valid_until is not None:
            line += f", held until {_time(verdict.valid_until)}"
    if run.rehearsal:
        as_of = f" as of {_time(run.as_of)}" if run.as_of else ""
        line += f" · REHEARSAL{as_of}, NOT A RELEASE"
    return line


def screen(evidence: Evidence, verdict: Verdict) -> Iterator[str]:
    """Yield the lines below the headline: reasons, counts, what to do next, and where the report lies."""
    for number, reason in enumerate(verdict.reasons[:MOST_REASONS], 1):
        yield textwrap.fill(
            reason,
            WIDTH,
            initial_indent=f"  {number:>2}. ",
            subsequent_indent="      ",
            break_on_hyphens=False,
            break_long_words=False,
        )
    if (more := len(verdict.reasons) - MOST_REASONS) > 0:
        yield f"      and {more} more in the report"
    if verdict.reasons:
        yield ""
    told = ", ".join(f"{number} {STATES[state].word.lower()}" for state, number in counts(_all(evidence)).items())
    if replay := evidence.extras.get("replay"):
        yield from replay_lines(replay)
    if beside := evidence.extras.get("baseline"):
        yield from baseline_lines(beside)
    yield f"  Checks  {verdict.reported} of {verdict.registered} reported: {told or 'nothing'}"
    yield f"  Next    {_next(evidence.run, verdict)}"
    report = evidence.folder.path / REPORT
    yield f"  Report  {_near(report)}" if report.exists() else f"  Report  not written; see {_near(report.parent)}"
    yield ""


def _near(path: Path) -> Path:
    """Return a path as one types it from here: relative below the working directory, whole elsewhere."""
    path = path.resolve()
    return path.relative_to(Path.cwd()) if path.is_relative_to(Path.cwd()) else path


def _all(evidence: Evidence) -> list[CheckResult]:
    return list(evidence.results.values())


def _next(run: Run, verdict: Verdict) -> str:
    if run.replayed is not None:
        return "Nothing: a replay proves what was judged then. Ask the systems again before acting."
    if verdict.word is Word.GO:
        return run.gate_row.then
    if verdict.word is Word.NO_GO:
        return f"Change nothing else. Do what the reasons say, then run the gate {run.gate} again."
    return f"Nothing is proven either way: treat it as no. Settle the reasons, then run the gate {run.gate} again."


def _time(moment: datetime | None) -> str:
    return f"{moment:%Y-%m-%d %H:%M:%SZ}" if moment else ""


def _markup(key: Word | State) -> dict[str, bool]:
    return {_COLOURS.get(key, "yellow"): True}


@pytest.hookimpl(trylast=True)
def pytest_sessionstart(session: pytest.Session) -> None:
    """Follow the checks."""
    plugins = session.config.pluginmanager
    terminal: pytest.TerminalReporter | None = plugins.get_plugin("terminalreporter")
    if terminal is not None:
        plugins.register(Progress(terminal), "swing-gate-progress")
