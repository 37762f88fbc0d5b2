"""The control address' part that writes files: `POST /export/KIND`."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

from aiohttp import web

from lab.export.configuration import write_configuration
from lab.export.csexport import write_csexport
from lab.export.policy import write_policy
from lab.export.script import Script, UnreadableScriptError
from lab.world.errors import UnknownArgumentError

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from lab.log import RequestLog
    from lab.world.server import SyncServer
    from lab.world.world import World

_ADMINISTRATOR = "administrator"


class Exports:
    """Handlers that write files of one server into a place on this machine."""

    def __init__(self, world: World, log: RequestLog) -> None:
        self._world, self._log = world, log
        self._kinds: dict[str, Callable[[str, SyncServer, Path, dict[str, Any]], Awaitable[None]]] = {
            "collection": self._collection,
            "configuration": self._configuration,
            "policy": self._policy,
            "csexport": self._csexport,
        }

    def add_to(self, application: web.Application) -> None:
        """Add the route."""
        application.router.add_post("/export/{kind}", self._export)

    async def _export(self, request: web.Request) -> web.Response:
        kind = request.match_info["kind"]
        if kind not in self._kinds:
            raise UnknownArgumentError(f"{kind}: accepted: {', '.join(self._kinds)}")
        body = json.loads(await request.text() or "{}")
        try:
            purpose, to = str(body.pop("server")), Path(body.pop("to"))
        except KeyError as error:
            raise UnknownArgumentError(f"{kind} needs {error}") from None
        if purpose not in self._world.servers:
            raise UnknownArgumentError(f"server: accepted: {', '.join(self._world.servers)}")
        try:
            await self._kinds[kind](purpose, self._world.host(purpose), to, body)
        except (OSError, UnreadableScriptError) as error:
            raise UnknownArgumentError(f"{kind}: {error}") from error
        return web.json_response({"done": kind, "to": str(to)})

    async def _collection(self, purpose: str, server: SyncServer, to: Path, body: dict[str, Any]) -> None:
        from lab.export.collection import Collector  # noqa: PLC0415 - protocol libraries: only to serve
        from lab.powershell.endpoints import FULL, PowerShellEndpoints  # noqa: PLC0415

        script = _script(body)
        endpoints = PowerShellEndpoints(self._world, self._log, administrators={_ADMINISTRATOR})
        runspace = endpoints.open(purpose, FULL, _ADMINISTRATOR, local=True)
        identity = f"CONTOSO\\{_ADMINISTRATOR}"
        references = [dn for dn in str(body.get("references", "")).split(";") if dn]
        await Collector(script, runspace, to, server.now(), references).run(server.computer_name, identity)

    async def _configuration(self, _purpose: str, server: SyncServer, to: Path, _body: dict[str, Any]) -> None:
        write_configuration(server, to)

    async def _policy(self, _purpose: str, server: SyncServer, to: Path, body: dict[str, Any]) -> None:
        write_policy(server, to, whole=bool(body.get("whole")))

    async def _csexport(self, _purpose: str, server: SyncServer, to: Path, body: dict[str, Any]) -> None:
        write_csexport(server, str(body.get("connector", server.entra_connector.name)), to)


def _script(body: dict[str, Any]) -> Script:
    if "script" not in body:
        raise UnknownArgumentError("a collection needs script")
    return Script.read(Path(body["script"]).read_text(encoding="utf-8-sig"))
