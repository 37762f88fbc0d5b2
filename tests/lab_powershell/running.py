"""Helps the tests of lab/powershell: a world, its endpoints, and pipelines written as tuples or as text."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from lab.log import RequestLog
from lab.powershell.endpoints import FULL, PowerShellEndpoints
from lab.powershell.script import parse
from lab.powershell.seam import Command, ErrorOutput, Output, Pipeline, TerminatingError, WarningOutput
from lab.world.scenarios import make_world

if TYPE_CHECKING:
    from lab.powershell.endpoints import LabRunspace
    from lab.world.server import SyncServer
    from lab.world.world import World

Step = tuple[Any, ...]
"""A cmdlet's name, then (parameter, value) pairs; (None, value) is positional."""


@dataclass
class Answer:
    values: list[Any] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)
    texts: list[str] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)
    failed: str | None = None

    @property
    def value(self) -> Any:
        (only,) = self.values
        return only

    @property
    def json(self) -> Any:
        return json.loads(self.value)


def pipeline(*statements: list[Step]) -> Pipeline:
    return Pipeline(
        tuple(tuple(Command(step[0], is_script=False, parameters=step[1:]) for step in chain) for chain in statements),
    )


def script(text: str) -> Pipeline:
    """Script text, where `Lab.ask` takes text for a short way to write cmdlets."""
    return Pipeline(((Command(text, is_script=True),),))


async def answer(runspace: LabRunspace, asked: Pipeline) -> Answer:
    result = Answer()
    try:
        async for record in runspace.invoke(asked):
            match record:
                case Output(value):
                    result.values.append(value)
                case ErrorOutput(error):
                    result.errors.append(error.FullyQualifiedErrorId)
                    result.texts.append(str(error))
                case WarningOutput(text):
                    result.warnings.append(text)
    except TerminatingError as error:
        result.failed = error.record.FullyQualifiedErrorId
        result.texts.append(str(error.record))
    return result


class Lab:
    def __init__(self, world: World | None = None) -> None:
        self.world = world or make_world()
        self.log = RequestLog()
        self.endpoints = PowerShellEndpoints(self.world, self.log, administrators={"admin"})

    @property
    def new(self) -> SyncServer:
        return self.world.servers["new"]

    async def ask(self, asked: str | Pipeline, *, on: str = FULL, purpose: str = "new", user: str = "admin") -> Answer:
        runspace = self.endpoints.open(purpose, on, user)
        return await answer(runspace, Pipeline(parse(asked)) if isinstance(asked, str) else asked)
