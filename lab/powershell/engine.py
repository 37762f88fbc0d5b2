"""Runs pipelines: resolves and binds every command first, then lets objects flow one by one.

Statements follow one another as Windows' batch invocation has it: where there are several, a terminating error of
one goes to the error stream and the next one runs; a pipeline of one statement fails. A script writes such an error
and goes on even if it is alone. -ErrorAction Stop ends all.
"""

from __future__ import annotations

import asyncio
import re
from contextlib import aclosing
from typing import TYPE_CHECKING

from lab.powershell import script
from lab.powershell.binding import bind
from lab.powershell.clr import type_name
from lab.powershell.commands import Call, StoppedByPreferenceError
from lab.powershell.errors import command_not_found, not_simulated, script_refused
from lab.powershell.known import KNOWN
from lab.powershell.seam import ErrorOutput, Output, TerminatingError, WarningOutput
from lab.powershell.text import to_text
from lab.powershell.wire import to_wire

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Collection, Iterator, Sequence

    from psrpcore.types import ErrorRecord

    from lab.powershell.commands import CommandInfo, Objects
    from lab.powershell.seam import Command, Pipeline, Record
    from lab.powershell.session import Session

_PACE = 500
"""Objects after which other connections get their turn."""
_OWN_DENIAL = ("ADSync", "AADConnector")
"""Modules whose commands refuse in their own words."""
_HANG_CHECK = 0.1
"""Seconds between looks whether a hanging cmdlet still hangs."""


class Execution:
    """One pipeline at work; the errors and warnings of all its commands meet in `records`, in order."""

    def __init__(self, session: Session) -> None:
        self.session = session
        self.records: list[ErrorRecord | WarningOutput] = []

    def resolve(self, command: Command) -> CommandInfo:
        """Find the command.

        Raises:
            TerminatingError: no such command is visible here, or it is one that the lab does not have.

        """
        info = self.session.table.find(command.name)
        if info is None and self.session.language and command.name.rpartition("\\")[2].casefold() in KNOWN:
            raise not_simulated(f"the command {command.name}")
        if info is None:
            raise command_not_found(command.name)
        return info

    async def statement(self, commands: Sequence[Command]) -> Objects:
        """Run one chain of commands and give what the last one emits."""
        stages: list[Objects] = []
        infos = [None if command.is_script else self.resolve(command) for command in commands]
        try:
            for info, command in zip(infos, commands, strict=True):
                source = stages[-1] if stages else None
                if info is None:
                    stages.append(self.run_text(command.name))
                    continue
                bound = bind(info, command.parameters, piped=source is not None)
                call = Call(info, self.session, bound.values, bound.parameter_set, source, self.records, self)
                stages.append(self._stage(call))
            async for value in stages[-1]:
                yield value
        finally:
            for stage in reversed(stages):
                await stage.aclose()

    async def run_text(self, text: str, *, propagate: bool = False) -> Objects:
        """Run script text as far as it is pipelines of cmdlets with literal arguments.

        A statement that fails writes its error and the script goes on, unless `propagate` says that errors go up, as
        Invoke-Expression lets them [recorded by a real server].

        Raises:
            TerminatingError: NoLanguage, or more than the lab can run.

        """
        if not self.session.language:
            raise script_refused(text)
        for statement in script.parse(text):
            try:
                async with aclosing(self.statement(statement)) as values:
                    async for value in values:
                        yield value
            except TerminatingError as error:
                if propagate or isinstance(error, StoppedByPreferenceError):
                    raise
                self.records.append(error.record)

    async def _stage(self, call: Call) -> Objects:
        await self._weather(call.info.name)
        if not call.info.module.startswith(_OWN_DENIAL) and _named(call.info.name, self.session.server.denied):
            raise TerminatingError(_access_denied(call))
        if call.source is not None and not any(parameter.pipeline for parameter in call.info.parameters):
            async for value in call.source:
                call.write_error(_not_bound(call, value))
            return
        async with aclosing(call.info.run(call)) as produced:
            count = 0
            async for value in produced:
                yield value
                count += 1
                if count % _PACE == 0:
                    await asyncio.sleep(0)
                if self.session.closed:
                    return

    async def _weather(self, name: str) -> None:
        """Let the server's fault act: a cmdlet that does not answer."""
        while self._hangs(name):  # noqa: ASYNC110 - the world is plain data: nobody would set an event
            await asyncio.sleep(_HANG_CHECK)

    def _hangs(self, name: str) -> bool:
        return not self.session.closed and _named(name, self.session.server.hang)


def _named(name: str, names: Collection[str]) -> bool:
    return name.casefold() in {known.casefold() for known in names}


def _access_denied(call: Call) -> ErrorRecord:
    return call.error(
        "Attempted to perform an unauthorized operation.",
        "System.UnauthorizedAccessException",
        "PermissionDenied",
        exception="System.UnauthorizedAccessException",
    )


def _not_bound(call: Call, value: object) -> ErrorRecord:
    return call.error(
        "The input object cannot be bound to any parameters for the command either because the command does not take "
        "pipeline input or the input and its properties do not match any of the parameters that take pipeline input.",
        "InputObjectNotBound",
        "InvalidArgument",
        exception="System.Management.Automation.ParameterBindingException",
        target=to_text(value),
        target_type=type_name(value).rpartition(".")[2],
    )


def _drained(execution: Execution) -> Iterator[Record]:
    while execution.records:
        record = execution.records.pop(0)
        yield record if isinstance(record, WarningOutput) else ErrorOutput(record)


async def run(session: Session, pipeline: Pipeline) -> AsyncGenerator[Record, None]:
    """Run all statements of a pipeline.

    Raises:
        TerminatingError: the only statement failed, or -ErrorAction Stop took effect.

    """
    execution = Execution(session)
    for statement in pipeline.statements:
        try:
            async with aclosing(execution.statement(statement)) as values:
                async for value in values:
                    for record in _drained(execution):
                        yield record
                    yield Output(to_wire(value))
        except TerminatingError as error:
            for record in _drained(execution):
                yield record
            if len(pipeline.statements) == 1 or isinstance(error, StoppedByPreferenceError):
                raise
            yield ErrorOutput(error.record)
        for record in _drained(execution):
            yield record


_BARE = re.compile(r"[\w.\\:*?-]+\Z")


def _argument(value: object) -> str:
    if isinstance(value, list | tuple):
        return ",".join(_argument(item) for item in value)
    if isinstance(value, dict):
        inner = "; ".join(f"{to_text(key)}={_argument(item)}" for key, item in value.items())
        return f"@{{{inner}}}"
    if isinstance(value, bool):
        return f"${str(value).lower()}"
    if value is None:
        return "$null"
    text = to_text(value) if isinstance(value, str | int | float) else str(value)
    return text if _BARE.match(text) else "'" + text.replace("'", "''") + "'"


def _written(command: Command) -> str:
    if command.is_script:
        return command.name
    words = [command.name]
    for name, value in command.parameters:
        if name is not None:
            words.append(f"-{name}")
        if value is not script.FOLLOWING and not (name is not None and value is None):
            words.append(_argument(value))
    return " ".join(words)


def written(pipeline: Pipeline) -> str:
    """Write a pipeline as a person would."""
    return "; ".join(" | ".join(_written(command) for command in statement) for statement in pipeline.statements)
