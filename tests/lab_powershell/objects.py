"""Commands that emit prepared values, to put before the cmdlet under test."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from lab.powershell import engine
from lab.powershell.commands import CommandInfo, CommandTable
from lab.powershell.core import ALIASES, CORE
from lab.powershell.seam import Command, Pipeline
from lab.powershell.session import Session
from tests.lab_powershell.running import Answer, answer

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator

    from lab.powershell.commands import Call
    from lab.powershell.seam import Record
    from lab.world.server import SyncServer


class _Runspace:
    def __init__(self, session: Session) -> None:
        self.session = session

    def invoke(self, asked: Pipeline) -> AsyncGenerator[Record, None]:
        return engine.run(self.session, asked)


class Emitter:
    """Runs `Emit | <text>` where Emit gives the prepared values."""

    def __init__(self, server: SyncServer) -> None:
        self.server = server
        self.emitted = 0

    async def pipe(self, values: list[Any], text: str) -> Answer:
        async def emit(_call: Call) -> AsyncGenerator[object, None]:
            for value in values:
                self.emitted += 1
                yield value

        table = CommandTable((*CORE, CommandInfo("Emit", "Test", emit)), ALIASES)
        session = Session(lambda: self.server, table, language=True, providers=True)
        asked = Pipeline(((Command(f"Emit | {text}", is_script=True),),))
        return await answer(_Runspace(session), asked)  # type: ignore[arg-type]
