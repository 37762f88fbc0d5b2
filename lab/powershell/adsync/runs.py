"""Run history [adsync §6]."""

from __future__ import annotations

from typing import TYPE_CHECKING
from xml.sax.saxutils import escape, quoteattr

from lab.powershell.adsync.base import cmdlet
from lab.powershell.adsync.objects import list_of, made, net
from lab.powershell.clr import NetObject
from lab.powershell.commands import Parameter, switch
from lab.powershell.convert import GUID, INT32

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from lab.powershell.commands import Call
    from lab.world.model import RunProfileResult, RunStepErrorObject, RunStepResult
    from lab.world.server import SyncServer


def _errors(kind: str, errors: Sequence[RunStepErrorObject]) -> NetObject:
    """Build OM.SyncErrors and its like: the list, and the XML that older scripts read."""
    rows = "".join(
        f"<{element} cs-guid={quoteattr(str(error.cs_guid))} dn={quoteattr(error.object_dn)}>"
        f"<error-type>{escape(error.error_type)}</error-type></{element}>"
        for error in errors
        for element in ["synchronization-error" if error.algorithm_step else "export-error"]
    )
    return made(
        kind,
        {
            f"{kind}Xml": f"<synchronization-errors>{rows}</synchronization-errors>" if rows else "",
            f"{kind}List": list_of(errors, "RunStepErrorObject"),
            f"{kind}SummaryXml": "",
            f"{kind}Compressed": None,
        },
    )


def _step(step: RunStepResult) -> NetObject:
    shown = net(step)
    assert isinstance(shown, NetObject)
    errors = step.sync_errors
    shown.adapted |= {
        "CurrentExportBatchNumber": 0,
        "LastSuccessfulExportBatchNumber": 0,
        "ConnectorConnectionInformationXml": "",
        "ConnectorCountersXml": "",
        "FlowCountersXml": "",
        "StepXml": "",
        "SyncErrors": _errors("SyncErrors", errors),
        "ConnectorDiscoveryErrors": _errors("ConnectorDiscoveryErrors", ()),
        "MvRetryErrors": _errors("MvRetryErrors", ()),
    }
    return shown


def _run(run: RunProfileResult, *, details: bool) -> NetObject:
    shown = net(run)
    assert isinstance(shown, NetObject)
    steps = [_step(step) for step in run.run_step_results]
    shown.adapted["RunStepResults"] = list_of(steps, "RunStepResult") if details else None
    return shown


_FILTERS = (
    ("RunHistoryId", "run_history_id"),
    ("ConnectorId", "connector_id"),
    ("RunProfileId", "run_profile_id"),
    ("RunNumber", "run_number"),
)


def _get_run(call: Call, server: SyncServer) -> Iterator[object]:
    """Newest first; -NumberRequested limits."""
    left = call.integer("NumberRequested", len(server.runs))
    for run in reversed(server.runs):
        if left <= 0:
            return
        if all(not call.given(name) or call.get(name) == getattr(run, field) for name, field in _FILTERS):
            left -= 1
            yield _run(run, details=call.on("RunStepDetails"))


def _get_step(call: Call, server: SyncServer) -> Iterator[object]:
    for run in reversed(server.runs):
        if call.given("RunHistoryId") and call.get("RunHistoryId") != run.run_history_id:
            continue
        for step in run.run_step_results:
            if call.given("StepHistoryId") and call.get("StepHistoryId") != step.step_history_id:
                continue
            if call.given("StepNumber") and call.get("StepNumber") != step.step_number:
                continue
            yield _step(step)
            if call.on("First"):
                return


RUNS = (
    cmdlet(
        "RunProfileResult",
        _get_run,
        Parameter("RunHistoryId", GUID),
        Parameter("ConnectorId", GUID),
        Parameter("RunProfileId", GUID),
        Parameter("RunNumber", INT32),
        Parameter("NumberRequested", INT32),
        switch("RunStepDetails"),
        Parameter("StepNumber", INT32),
        should_process=True,
    ),
    cmdlet(
        "RunStepResult",
        _get_step,
        Parameter("RunHistoryId", GUID),
        Parameter("StepHistoryId", GUID),
        switch("First"),
        Parameter("StepNumber", INT32),
        should_process=True,
    ),
)
