"""What all ADSync cmdlets share: how they are declared, and how they fail."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

from lab.powershell.commands import CommandInfo, Parameter
from lab.powershell.convert import ConversionError
from lab.powershell.errors import error_record
from lab.powershell.seam import TerminatingError
from lab.world.errors import SyncError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from uuid import UUID

    from psrpcore.types import ErrorRecord

    from lab.powershell.commands import Call, Objects
    from lab.world.model import Connector
    from lab.world.server import SyncServer

    Work = Callable[[Call, SyncServer], Iterable[object]]

_CMDLETS = "Microsoft.IdentityManagement.PowerShell.Cmdlet"
ACCESS_DENIED = "Access Denied - verify you are running as an administrator account."
THROUGH_THE_PIPE = frozenset(
    f"Get-ADSync{noun}"
    for noun in (
        "AADCompanyFeature",
        "CSGroupStatistics",
        "CSGroupSummary",
        "CSObject",
        "CSObjectReferences",
        "DatabaseConfiguration",
        "GlobalSettings",
        "GlobalSettingsParameter",
        "Rule",
        "RunProfileResult",
        "RunStepResult",
    )
)
"""Cmdlets whose answers come from the management service; administrators report that the others work over WinRM."""
_NO_ENDPOINT = (
    "There was no endpoint listening at net.pipe://localhost/ADSyncManagement that could accept the message. This is"
    " often caused by an incorrect address or SOAP action. See InnerException, if present, for more details."
)


def engine_error(call: Call, message: str) -> ErrorRecord:
    """Build the record these cmdlets write for a failure of the service: its text is its error id too.

    Seen in the wild for Start-ADSyncSyncCycle: WriteError, the cmdlet object as target, InvalidOperationException.
    """
    kind = call.info.implementing_type or call.info.name
    return error_record(
        message,
        f"{message},{kind}",
        "WriteError",
        exception="System.InvalidOperationException",
        activity=call.info.name,
        target=kind,
        target_type=kind.rpartition(".")[2],
    )


def _pipe_error(call: Call) -> ErrorRecord:
    """Build the record of a WCF pipe that lets the caller not in: it denies the SID of network logons."""
    kind = "System.ServiceModel.EndpointNotFoundException"
    return error_record(_NO_ENDPOINT, f"{kind},{call.info.implementing_type}", exception=kind, activity=call.info.name)


def _pipe_is_closed(call: Call, server: SyncServer) -> bool:
    """Tell whether nobody listens, or the session is a network logon that the listener refuses."""
    refused = server.pipe_closed_on == "every" or (server.pipe_closed_on == "full" and call.session.language)
    return server.service_status != "Running" or (refused and not call.session.local)


@contextmanager
def _engine(call: Call) -> Iterator[SyncServer]:
    """Give the server to a command, if it runs and lets the caller in.

    Raises:
        TerminatingError: access denied, the service is stopped, or the engine refuses the call.

    """
    server = call.session.server
    if call.info.name.casefold() in {name.casefold() for name in server.denied}:
        raise TerminatingError(engine_error(call, ACCESS_DENIED))
    if call.info.name in THROUGH_THE_PIPE and _pipe_is_closed(call, server):
        raise TerminatingError(_pipe_error(call))
    try:
        server.require_service()
        yield server
    except SyncError as error:
        raise TerminatingError(engine_error(call, error.message)) from None


def guarded(work: Work) -> Callable[[Call], Objects]:
    """Turn what a cmdlet does with the server into a command's coroutine."""

    async def run(call: Call) -> Objects:
        taking = _taking(call)
        if taking is None:
            with _engine(call) as server:
                for value in work(call, server):
                    yield value
            return
        async for given in call.objects():
            call.bound[taking.name] = _taken(call, taking, given)
            with _engine(call) as server:
                for value in work(call, server):
                    yield value

    return run


def _taking(call: Call) -> Parameter | None:
    """Give the parameter that takes what comes through the pipeline, None where nothing comes."""
    if call.source is None:
        return None
    free = (item for item in call.info.parameters if item.pipeline and not call.given(item.name))
    chosen = call.parameter_set
    return next((item for item in free if not item.sets or chosen is None or chosen in item.sets), None)


def _taken(call: Call, parameter: Parameter, given: object) -> object:
    try:
        return parameter.type.convert(given)
    except ConversionError as error:
        raise call.info.binding_errors.cannot_convert(parameter.name, str(error)) from None


def cmdlet(
    noun: str,
    work: Work,
    *parameters: Parameter,
    verb: str = "Get",
    default_set: str | None = None,
    should_process: bool = False,
) -> CommandInfo:
    """Declare `Get-ADSync<noun>` (or another verb)."""
    return CommandInfo(
        f"{verb}-ADSync{noun}",
        "ADSync",
        guarded(work),
        parameters,
        implementing_type=f"{_CMDLETS}.{verb}ADSync{noun}",
        default_set=default_set,
        should_process=should_process,
    )


def chosen_connector(call: Call, server: SyncServer) -> Connector | None:
    """Give the connector that -ConnectorIdentifier or -ConnectorName means; None when neither is given.

    Raises:
        SyncError: there is no such connector.

    """
    for name in ("ConnectorIdentifier", "ConnectorName"):
        if call.given(name):
            wanted: str | UUID = call.get(name)  # type: ignore[assignment]
            return server.connector(wanted)
    return None
