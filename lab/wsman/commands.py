"""A pipeline on the server: runs from Command on, is held while the client does not ask for its output."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncGenerator
from typing import TYPE_CHECKING

from psrpcore import ServerPipeline
from psrpcore.types import ErrorCategory, PSInvocationState, PSRPMessageType

from lab.powershell.seam import Command, ErrorOutput, Output, Pipeline, TerminatingError
from lab.wsman.channel import Channel
from lab.wsman.records import lab_error, warning

if TYPE_CHECKING:
    from uuid import UUID

    from psrpcore import CreatePipelineEvent
    from psrpcore.types import ErrorRecord

    from lab.powershell.seam import Record, Runspace
    from lab.wsman.psrp import PoolState

_log = logging.getLogger(__name__)


def read_pipeline(event: CreatePipelineEvent) -> Pipeline:
    """The statements and commands of a CREATE_PIPELINE message, in the words of the seam."""
    statements: list[tuple[Command, ...]] = []
    chain: list[Command] = []
    for command in event.pipeline.commands:
        parameters = tuple((None if name is None else str(name), value) for name, value in command.parameters)
        chain.append(Command(str(command.command_text), bool(command.is_script), parameters))
        if command.end_of_statement:
            statements.append(tuple(chain))
            chain = []
    if chain:
        statements.append(tuple(chain))
    return Pipeline(tuple(statements))


class RunningCommand:
    """One command of a shell, from Command until Signal Terminate or Delete.

    Attributes:
        id: CommandId, upper case.
        pipeline_id: Its id inside PSRP, in general the same.
        channel: Its output on the way to the client.
        outcome: How it ended; "running" until then.
        done_delivered: The client has got CommandState Done; a later Receive finds no command.

    """

    def __init__(self, command_id: str, pipeline_id: UUID, pool: PoolState) -> None:
        self.id = command_id
        self.channel = Channel()
        self.outcome = "running"
        self.done_delivered = False
        self._pool = pool
        self.pipeline_id = pipeline_id
        pool.channels[pipeline_id] = self.channel
        self._state: ServerPipeline = ServerPipeline(pool, pipeline_id)
        self._task: asyncio.Task[None] | None = None

    def start(
        self,
        pipeline: Pipeline,
        runspace: Runspace,
        free_runspaces: asyncio.Semaphore,
    ) -> None:
        """Run the pipeline as soon as the pool has a free runspace."""
        self._task = asyncio.create_task(self._run(pipeline, runspace, free_runspaces))

    def refuse(self, record: ErrorRecord) -> None:
        """End in state Failed without running anything."""
        self._fail(record)
        self.channel.end()

    def stop(self) -> None:
        """Ctrl+C: what was written stays receivable, PIPELINE_STATE Stopped follows."""
        if self._task is not None and not self._task.done():
            self._task.cancel()
            self._begin()
            self._state.stop()
            self.outcome = "stopped"
            self.channel.end()

    def discard(self) -> None:
        """Terminate or Delete: pending Receives are aborted, nothing more is written."""
        if self._task is not None and not self._task.done():
            self._task.cancel()
            self.outcome = "stopped"
        self.channel.abort()
        self._pool.channels.pop(self.pipeline_id, None)
        self._pool.pipeline_table.pop(self.pipeline_id, None)

    async def _run(self, pipeline: Pipeline, runspace: Runspace, free_runspaces: asyncio.Semaphore) -> None:
        async with free_runspaces:
            self._begin()
            records = runspace.invoke(pipeline)
            try:
                async for record in records:
                    self._write(record)
                    await self.channel.writable()
            except TerminatingError as error:
                self._fail(error.record)
            except Exception as error:  # noqa: BLE001 - a defect must reach the client as a failure, not as a hang
                _log.exception("pipeline failed inside the lab")
                self._fail(lab_error(f"Lab defect: {error!r}", "LabInternalError", ErrorCategory.NotSpecified))
            else:
                self._complete()
            finally:
                if isinstance(records, AsyncGenerator):
                    await records.aclose()  # a pipeline stopped between two records is stopped in the engine too
            self.channel.end()

    def _begin(self) -> None:
        if self._state.state is PSInvocationState.NotStarted:
            self._state._change_state(PSInvocationState.Running, emit=False)  # noqa: SLF001 - Windows sends no Running

    def _complete(self) -> None:
        if self.outcome == "running":
            self._state.complete()
            self.outcome = "completed"

    def _fail(self, record: ErrorRecord) -> None:
        if self.outcome != "running":
            return  # stopped: what an engine raises while it is being cancelled changes nothing
        # psrpcore has no public way into state Failed [psrp §1].
        self._state._change_state(PSInvocationState.Failed, error=record)  # noqa: SLF001
        self.outcome = f"failed: {record.FullyQualifiedErrorId}"

    def _write(self, record: Record) -> None:
        if self.outcome != "running":
            return
        if isinstance(record, Output):
            self._state.write_output(record.value)
        elif isinstance(record, ErrorOutput):
            self._state.prepare_message(record.record, message_type=PSRPMessageType.ErrorRecord)
        else:
            self._state.prepare_message(warning(record.text), message_type=PSRPMessageType.WarningRecord)
