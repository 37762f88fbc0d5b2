"""`report.html`: pytest-html writes it, the house fills it [semantics §6].

The evidence is static HTML that goes in through pytest-html's summary hook; pytest-html's own table, which scripts
draw, is the appendix. A template of our own frames both, so that the verdict comes first and the page has a language.
"""

from __future__ import annotations

from html import escape
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from pytest_html import plugin as pytest_html_plugin
from pytest_html.report_data import ReportData
from pytest_html.selfcontained_report import SelfContainedReport
from pytest_metadata.plugin import metadata_key

import reports
from plugins.evidence import EVIDENCE, REPORT, Evidence
from plugins.freshness import asked, limit
from plugins.plain import moment
from plugins.results import RESULT

if TYPE_CHECKING:
    from jinja2 import Template

    from plugins.run import Run


class ReportWriter(SelfContainedReport):  # type: ignore[misc] # pytest-html is not typed
    """pytest-html's self-contained report, written into the folder of the run."""

    def __init__(self, evidence: Evidence, config: pytest.Config) -> None:
        assets = Path(pytest_html_plugin.__file__).with_name("resources")
        template: Template = reports.frame(assets)
        path = evidence.folder.beside(REPORT)
        super().__init__(path, config, ReportData(config), template, reports.style())
        self._evidence = evidence

    @pytest.hookimpl(trylast=True)
    def pytest_sessionfinish(self, session: pytest.Session) -> None:
        """Write the report; a failure takes GO away."""
        if self._evidence.verdict is None:
            return
        gate, run_id = self._evidence.run.gate, self._evidence.folder.run_id
        self._report.title = f"{self._evidence.verdict.word} · {gate} · {run_id}"
        try:
            super().pytest_sessionfinish(session)
            self._evidence.folder.finish(REPORT)
        except Exception as error:  # noqa: BLE001 - a report that cannot be drawn must not end in GO
            self._evidence.failed(REPORT, error)

    def pytest_terminal_summary(self) -> None:
        """Say nothing: the screen at the end names the report."""


@pytest.hookimpl(trylast=True)
def pytest_sessionstart(session: pytest.Session) -> None:
    """Let pytest-html follow the run.

    What other plugins tell about the machine is dropped: it is no evidence, and may hold secrets of a build server.
    """
    session.config.stash[metadata_key].clear()
    evidence = session.config.stash.get(EVIDENCE, None)
    if evidence is not None:
        writer = ReportWriter(evidence, session.config)
        session.config.pluginmanager.register(writer, "swing-gate-report")
        writer.pytest_sessionstart(session)


def pytest_html_results_summary(prefix: list[str], session: pytest.Session) -> None:
    """Put the evidence in front of everything else."""
    evidence = session.config.stash.get(EVIDENCE, None)
    if evidence is not None and evidence.verdict is not None:
        prefix.append(reports.render({**evidence.report(), "raw": _raw(evidence.run)}))


def _raw(run: Run) -> dict[str, dict[str, str]]:
    """Return each answer as it was received, by the id of its read, and how long it holds."""
    return {
        answer.provenance.id: {
            "text": answer.raw.decode("utf-8", "replace") if isinstance(answer.raw, bytes) else answer.raw or "",
            "holds_until": moment(limit(answer)),
        }
        for answer in asked(run.fetched or ())
    }


def pytest_html_results_table_header(cells: list[str]) -> None:
    """Show the state of a check beside pytest's outcome."""
    cells.insert(1, '<th class="sortable" data-column-type="state">State</th>')


def pytest_html_results_table_row(report: pytest.TestReport | pytest.CollectReport, cells: list[str]) -> None:
    """Fill the column of states, and escape the id of the test: pytest-html writes it as it is."""
    result = getattr(report, RESULT, None)
    state = str(result.state) if result is not None else ""
    cells[1] = f'<td class="col-testId">{escape(report.nodeid)}</td>'
    cells.insert(1, f'<td class="col-state">{escape(state)}</td>')
