"""Shells of one server: a runspace pool with its commands, quotas and idle time [psrp §4, §5]."""

from __future__ import annotations

import asyncio
import base64
import binascii
import time
import uuid
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from psrpcore import (
    CreatePipelineEvent,
    GetAvailableRunspacesEvent,
    GetCommandMetadataEvent,
    InitRunspacePoolEvent,
    PSRPCoreError,
    PSRPEvent,
    PSRPPayload,
    ResetRunspaceStateEvent,
    SetMaxRunspacesEvent,
    SetMinRunspacesEvent,
    StreamType,
)
from psrpcore.types import ErrorCategory

from lab.wsman import faults
from lab.wsman.commands import RunningCommand, read_pipeline
from lab.wsman.framing import pipeline_of, retarget_pipeline
from lab.wsman.psrp import PoolState
from lab.wsman.records import lab_error

if TYPE_CHECKING:
    from lab.powershell.seam import Runspace
    from lab.wsman.quotas import Quotas


@dataclass(slots=True)
class Shell:
    """One runspace pool of one user.

    Attributes:
        shell_id: Upper case GUID.
        idle_timeout: Seconds without a request after which the shell is gone.
        state: Connected or Disconnected.

    """

    shell_id: str
    resource_uri: str
    owner: str
    client_ip: str
    locale: str
    data_locale: str
    idle_timeout: float
    runspace: Runspace
    input_streams: str = "stdin pr"
    output_streams: str = "stdout"
    state: str = "Connected"
    pool: PoolState = field(default_factory=PoolState)
    commands: dict[str, RunningCommand] = field(default_factory=dict)
    created: float = field(default_factory=time.monotonic)
    touched: float = field(default_factory=time.monotonic)
    pending: int = 0
    _free_runspaces: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(1))

    @property
    def configuration_name(self) -> str:
        """Name of the session configuration, the last part of the ResourceURI."""
        return self.resource_uri.rsplit("/", 1)[-1]

    @property
    def idle(self) -> bool:
        """Whether the idle time is over."""
        return not self.pending and time.monotonic() - self.touched > self.idle_timeout

    def command(self, command_id: str) -> RunningCommand:
        """The command, or the fault for one that is unknown or already terminated."""
        command = self.commands.get(command_id.upper())
        if command is None:
            raise faults.command_not_found()
        return command

    def open_command(self, command_id: str | None, payload: str | None, quotas: Quotas) -> RunningCommand:
        """Take a Command request: its first fragments, the rest may follow by Send."""
        if len(self.commands) >= quotas.commands_per_shell:
            raise faults.too_many_commands()
        fragments = _decode(payload)
        command_id = (command_id or str(uuid.uuid4())).upper()
        fragments = _retarget(fragments, command_id)
        command = RunningCommand(command_id, pipeline_of(fragments), self.pool)
        self.commands[command_id] = command
        self._take(fragments)
        return command

    def receive(self, payload: str | None, command_id: str | None) -> None:
        """Take fragments that the client sent to the pool or to one command."""
        fragments = _decode(payload)
        if command_id is not None:
            fragments = _retarget(fragments, self.command(command_id).id)
        else:
            # Clients before pypsrp 0.3.1 wrote CI; Windows does not mind case, psrpcore does [recordings].
            fragments = fragments.replace(b' N="CI"', b' N="ci"')
        self._take(fragments)

    def connect(self, payload: str | None) -> bytes:
        """Take over the disconnected pool for a new client; returns the fragments of connectResponseXml."""
        fragments = _decode(payload)
        self.pool.await_connection()
        self._take(fragments)
        self.state = "Connected"
        return b"".join(self.pool.channel.take_ready())

    def terminate(self, command_id: str) -> None:
        """Forget the command."""
        command = self.command(command_id)
        command.discard()
        del self.commands[command.id]

    def close(self) -> None:
        """Stop everything; pending Receives end with fault 995."""
        for command in self.commands.values():
            command.discard()
        self.commands.clear()
        self.pool.channel.abort()
        self.runspace.close()

    def _take(self, fragments: bytes) -> None:
        try:
            self.pool.receive_data(PSRPPayload(fragments, StreamType.default, None))
            while (event := self.pool.next_event()) is not None:
                self._react(event)
        except (PSRPCoreError, ValueError, AttributeError, SyntaxError) as error:  # ParseError is a SyntaxError
            raise faults.invalid_parameter() from error

    def _react(self, event: PSRPEvent[Any, Any]) -> None:
        if isinstance(event, InitRunspacePoolEvent):
            self._free_runspaces = asyncio.Semaphore(max(1, event.max_runspaces))
        elif isinstance(event, CreatePipelineEvent):
            self._run(event)
        elif isinstance(event, GetCommandMetadataEvent):
            self._of(event).refuse(lab_error("The lab does not serve GET_COMMAND_METADATA.", "LabNotImplemented"))
        elif isinstance(event, GetAvailableRunspacesEvent):
            self.pool.runspace_availability_response(event.ci, self.pool.max_runspaces)
        elif isinstance(event, SetMaxRunspacesEvent | SetMinRunspacesEvent | ResetRunspaceStateEvent):
            self.pool.runspace_availability_response(event.ci, response=True)
            if isinstance(event, SetMaxRunspacesEvent):
                self._free_runspaces = asyncio.Semaphore(max(1, event.count))

    def _run(self, event: CreatePipelineEvent) -> None:
        command = self._of(event)
        if not event.pipeline.no_input:
            text = "The lab takes no pipeline input: pass values as parameters."
            command.refuse(lab_error(text, "LabNoPipelineInput", ErrorCategory.InvalidOperation))
            return
        command.start(read_pipeline(event), self.runspace, self._free_runspaces)

    def _of(self, event: CreatePipelineEvent | GetCommandMetadataEvent) -> RunningCommand:
        return next(command for command in self.commands.values() if command.pipeline_id == event.pipeline_id)


class ShellTable:
    """The shells of one server."""

    def __init__(self, quotas: Quotas) -> None:
        self._quotas = quotas
        self._shells: dict[str, Shell] = {}

    def check_quota(self, owner: str) -> None:
        """Raise the fault for one shell too many of this user."""
        self._forget_idle()
        if sum(shell.owner == owner for shell in self._shells.values()) >= self._quotas.shells_per_user:
            raise faults.too_many_shells(self._quotas.shells_per_user)

    def add(self, shell: Shell) -> None:
        """Keep a new shell."""
        self._shells[shell.shell_id] = shell

    def of(self, owner: str) -> list[Shell]:
        """All shells of a user."""
        self._forget_idle()
        return [shell for shell in self._shells.values() if shell.owner == owner]

    def get(self, shell_id: str | None, owner: str) -> Shell:
        """The shell, or the fault for one that is gone or another user's."""
        self._forget_idle()
        shell = self._shells.get((shell_id or "").upper())
        if shell is None or shell.owner != owner:
            raise faults.shell_not_found()
        shell.touched = time.monotonic()
        return shell

    def remove(self, shell: Shell) -> None:
        """Close a shell and forget it."""
        self._shells.pop(shell.shell_id, None)
        shell.close()

    def close(self) -> None:
        """Close all, as a reboot does."""
        for shell in list(self._shells.values()):
            self.remove(shell)

    def _forget_idle(self) -> None:
        for shell in [shell for shell in self._shells.values() if shell.idle]:
            self.remove(shell)


def _decode(payload: str | None) -> bytes:
    try:
        return base64.b64decode("".join((payload or "").split()), validate=True)
    except binascii.Error as error:
        raise faults.invalid_parameter() from error


def _retarget(fragments: bytes, command_id: str) -> bytes:
    try:
        return retarget_pipeline(fragments, uuid.UUID(command_id))
    except ValueError as error:
        raise faults.invalid_parameter() from error
