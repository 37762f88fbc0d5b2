"""The results of checks: pytest's phases become states, and states become pytest's outcomes [semantics §2].

unset --(a required read is not OK)--> error
unset --(rows recorded)--> the most serious row
unset --(AssertionError)--> fail; (MissingAnswer, any other exception, skip, xfail)--> error
unset --(the call ends with nothing recorded)--> error
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from fixtures.answers import MissingAnswer
from plugins.catalogue import CHECK, SUBJECT
from plugins.causes import Lack, causes, describe
from plugins.freshness import lacks
from plugins.recorder import Recorder
from plugins.run import RUN, CheckResult, Row, Run
from plugins.states import STATES, State
from plugins.waiving import shown_in

if TYPE_CHECKING:
    from collections.abc import Generator

    from plugins.definition import CheckDefinition

RECORDER = pytest.StashKey[Recorder]()
RESULT = "swing_gate_result"
"""Attribute of a report that holds the CheckResult it stands for."""


class UnmetNeedsError(Exception):
    """A read the check requires cannot be used, so its logic does not run."""

    def __init__(self, lacks: list[Lack]) -> None:
        self.lacks = lacks
        super().__init__(describe(lacks))


@pytest.fixture
def result(request: pytest.FixtureRequest) -> Recorder:
    """Take the judgement of a check: passed, failed, inconclusive or not_applicable, once per subject."""
    recorder: Recorder = request.node.stash[RECORDER]
    return recorder


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup(item: pytest.Item) -> None:
    """Verify the required reads before anything of the check runs."""
    run, check, subject = item.config.stash[RUN], item.stash[CHECK], item.stash[SUBJECT]
    item.stash[RECORDER] = Recorder()
    item.user_properties += [("check", check.id), ("severity", check.severity), ("claims", " ".join(check.claims))]
    needs = check.required(run.environment, subject)
    if missing := lacks(run, needs, run.clock.real()):
        raise UnmetNeedsError(missing)


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[None]
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Record the result of a phase and give the report the outcome of its state. Runs after every other plugin."""
    report = yield
    if call.when != "call" and call.excinfo is None:
        return report
    run, check, subject = item.config.stash[RUN], item.stash[CHECK], item.stash[SUBJECT]
    traceback = report.longreprtext if _unexpected(call) else ""
    recorder = item.stash.get(RECORDER, Recorder())
    if call.when == "teardown":
        outcome = _after_teardown(run, check, subject, call)
    else:
        rows = (*_rows_of_phase(item, call, subject), *recorder.rows, *_before_the_wait(run, check, subject, recorder))
        outcome = CheckResult(
            check, subject, rows, traceback, causes(_lacks_of(call) or recorder.missed, run.environment)
        )
        run.record(outcome)
    outcome = shown_in(run, outcome, run.clock.real())
    if call.when != "teardown":
        item.user_properties.append(("state", str(outcome.state)))
    _show(report, outcome, keep_traceback=call.excinfo is not None and _tracebacks_wanted(item.config))
    return report


def _rows_of_phase(item: pytest.Item, call: pytest.CallInfo[None], subject: str) -> list[Row]:
    """Return the row that the way a phase ended stands for; none when it ended well and something was recorded."""
    if item.get_closest_marker("xfail") is not None:
        return [Row(subject, State.ERROR, "the check is marked xfail: a check must tell what it found")]
    if call.excinfo is not None:
        return [_row_of_exception(call, call.excinfo, subject)]
    if item.stash[RECORDER].rows:
        return []
    return [Row(subject, State.ERROR, "the check recorded no result")]


def _before_the_wait(run: Run, check: CheckDefinition, subject: str, recorder: Recorder) -> list[Row]:
    """Return what the check said no to before a wait and says no more: waiting judges nothing away."""
    still = {row.subject for row in recorder.rows if row.state is State.FAIL}
    return [
        replace(row, reason=f"before the wait: {row.reason}")
        for row in run.carried.get((check.id, subject), ())
        if row.subject not in still
    ]


def _row_of_exception(call: pytest.CallInfo[None], excinfo: pytest.ExceptionInfo[BaseException], subject: str) -> Row:
    error = excinfo.value
    if call.when == "call" and isinstance(error, AssertionError):
        return Row(subject, State.FAIL, str(error).strip() or f"an assertion failed at {excinfo.traceback[-1]}")
    if isinstance(error, UnmetNeedsError | MissingAnswer):
        return Row(subject, State.ERROR, str(error))
    if isinstance(error, pytest.skip.Exception | pytest.xfail.Exception):
        return Row(subject, State.ERROR, f"the check skipped itself: {error}. A check must tell what it found")
    return Row(subject, State.ERROR, f"{type(error).__name__}: {error}")


def _lacks_of(call: pytest.CallInfo[None]) -> list[Lack]:
    error = call.excinfo.value if call.excinfo is not None else None
    if isinstance(error, UnmetNeedsError):
        return error.lacks
    return [Lack.of(error)] if isinstance(error, MissingAnswer) else []


def _after_teardown(run: Run, check: CheckDefinition, subject: str, call: pytest.CallInfo[None]) -> CheckResult:
    """Add what broke after the call to the result that stands: it can only get worse."""
    error = call.excinfo.value if call.excinfo is not None else None
    row = Row(subject, State.ERROR, f"after the check: {type(error).__name__}: {error}")
    before = run.results[check.id, subject]
    after = replace(before, rows=(*before.rows, row))
    run.results[check.id, subject] = after
    return after


def _show(report: pytest.TestReport, outcome: CheckResult, *, keep_traceback: bool) -> None:
    """Give a report the outcome of a state, and a text in place of a traceback."""
    shown = STATES[outcome.state]
    setattr(report, RESULT, outcome)
    if hasattr(report, "wasxfail"):
        del report.wasxfail
    report.outcome = shown.outcome
    if report.outcome == "passed":
        report.longrepr = None
    elif not keep_traceback or isinstance(report.longrepr, tuple):
        report.longrepr = _text(outcome)


def _text(outcome: CheckResult) -> str:
    rows = [
        f"{row.subject or outcome.check.id}: {STATES[row.state].word.lower()}: {row.reason}" for row in outcome.rows
    ]
    return "\n".join([f"{STATES[outcome.state].word}: {outcome.reason}", *rows, outcome.traceback]).strip()


def _unexpected(call: pytest.CallInfo[None]) -> bool:
    expected = (AssertionError, MissingAnswer, UnmetNeedsError, pytest.skip.Exception, pytest.xfail.Exception)
    return call.excinfo is not None and not isinstance(call.excinfo.value, expected)


def _tracebacks_wanted(config: pytest.Config) -> bool:
    return config.get_verbosity() > 0 or config.option.tbstyle != "auto"
