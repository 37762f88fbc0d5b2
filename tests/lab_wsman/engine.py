"""A tiny engine behind the seam: a handful of commands that show what the wire made of them."""

from __future__ import annotations

import asyncio
import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from psrpcore.types import ErrorCategory, ErrorCategoryInfo, ErrorRecord, NETException

from lab.powershell.seam import (
    Command,
    EndpointDenied,
    EndpointUnknown,
    ErrorOutput,
    Output,
    Pipeline,
    TerminatingError,
    WarningOutput,
)

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from datetime import datetime

    from lab.powershell.seam import Record


def error_record(message: str, error_id: str, target: str = "a target") -> ErrorRecord:
    return ErrorRecord(
        Exception=NETException(Message=message, HResult=-2146233087),
        CategoryInfo=ErrorCategoryInfo(
            Category=ErrorCategory.ParserError,
            Activity="",
            Reason="ParseException",
            TargetName=target,
            TargetType="String",
        ),
        FullyQualifiedErrorId=error_id,
    )


@dataclass
class EchoRunspace:
    produced: int = 0
    closed: bool = False
    stopped: list[str] = field(default_factory=list)

    async def invoke(self, pipeline: Pipeline) -> AsyncIterator[Record]:
        for statement in pipeline.statements:
            async for record in self._run(statement[0], statement):
                self.produced += 1
                yield record

    async def _run(self, command: Command, statement: tuple[Command, ...]) -> AsyncIterator[Record]:
        arguments: dict[str, Any] = {name: value for name, value in command.parameters if name is not None}
        match command.name:
            case "Write-Output":
                yield Output(arguments["InputObject"])
            case "Get-Lines":
                for index in range(int(arguments["Count"])):
                    yield Output(f"line {index}")
            case "Get-Text":
                yield Output(str(arguments.get("Of", "x")) * int(arguments["Length"]))
            case "Wait-Forever" | "Resist-Stop":
                async for record in self._hang(command.name):
                    yield record
            case "Start-Sleep":
                await asyncio.sleep(float(arguments["Seconds"]))
                yield Output("awake")
            case "Write-Error":
                yield ErrorOutput(error_record(str(arguments["Message"]), "EchoError", str(arguments["Target"])))
            case "Write-Warning":
                yield WarningOutput(str(arguments["Message"]))
            case "Stop-Here":
                raise TerminatingError(error_record("it ends\nhere", "EchoTerminating"))
            case "Break-Lab":
                raise ZeroDivisionError
            case _:
                yield Output(
                    json.dumps([[c.name, c.is_script, [list(p) for p in c.parameters]] for c in statement], default=str)
                )

    async def _hang(self, name: str) -> AsyncIterator[Record]:
        try:
            await asyncio.Event().wait()
        except asyncio.CancelledError:
            if name == "Wait-Forever":
                raise
            yield Output("too late")
            raise TerminatingError(error_record("late", "TooLate")) from None
        finally:
            self.stopped.append(name)

    def close(self) -> None:
        self.closed = True


@dataclass
class EchoEndpoints:
    runspaces: list[EchoRunspace] = field(default_factory=list)
    opened: list[tuple[str, str, str]] = field(default_factory=list)

    def open(self, purpose: str, configuration_name: str, user: str) -> EchoRunspace:
        self.opened.append((purpose, configuration_name, user))
        if configuration_name == "Forbidden":
            raise EndpointDenied
        if configuration_name not in {"Microsoft.PowerShell", "SwingGate"}:
            raise EndpointUnknown
        self.runspaces.append(EchoRunspace())
        return self.runspaces[-1]


@dataclass
class Recorder:
    """A request log that keeps its entries."""

    entries: list[dict[str, object]] = field(default_factory=list)

    def record(
        self, *, kind: str, system: str, identity: str, asked: str, started: datetime, ended: datetime, outcome: str
    ) -> None:
        assert started <= ended
        assert started.tzinfo is not None
        self.entries.append({"kind": kind, "system": system, "identity": identity, "asked": asked, "outcome": outcome})

    def of(self, kind: str) -> list[dict[str, object]]:
        return [entry for entry in self.entries if entry["kind"] == kind]
