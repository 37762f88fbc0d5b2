"""The control address: steps, faults, the log and a summary, as JSON over plain HTTP on loopback."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from aiohttp import web

from lab.export.routes import Exports
from lab.world.errors import SyncError, UnknownArgumentError
from lab.world.faults import FAULTS
from lab.world.scenarios import SCENARIOS, WorldOptions, make_world
from lab.world.steps import STEPS
from lab.world.summary import summary

if TYPE_CHECKING:
    from collections.abc import Callable

    from lab.log import RequestLog
    from lab.world.table import Undo
    from lab.world.world import World

_LIMITS = ("50000", "250000", "none")


class Control:
    """Handlers of the control address. A fault that can be taken back is remembered until it is, or until a reset."""

    def __init__(
        self, world: World, options: WorldOptions, log: RequestLog, on_reset: Callable[[], object] = lambda: None
    ) -> None:
        self._world, self._options, self._log, self._on_reset = world, options, log, on_reset
        self._undo: dict[str, Undo] = {}

    def application(self) -> web.Application:
        """The application to serve."""
        application = web.Application(middlewares=[self._answer], client_max_size=1 << 20)
        application.router.add_get("/steps", self._steps)
        application.router.add_get("/faults", self._faults)
        application.router.add_get("/log", self._lines)
        application.router.add_get("/state", self._state)
        application.router.add_post("/step/{name}", self._step)
        application.router.add_post("/fault/{name}", self._fault)
        application.router.add_post("/reset", self._reset)
        Exports(self._world, self._log).add_to(application)
        return application

    @web.middleware
    async def _answer(self, request: web.Request, handler: Any) -> web.StreamResponse:  # noqa: ANN401 - aiohttp's type
        """Turn every error into JSON, and write every change into the log."""
        started = datetime.now(UTC)
        try:
            response: web.StreamResponse = await handler(request)
        except (UnknownArgumentError, SyncError, json.JSONDecodeError) as error:
            response = web.json_response({"error": str(error)}, status=400)
        except web.HTTPException as error:
            response = web.json_response(
                {"error": f"{request.method} {request.path}: {error.reason}"}, status=error.status
            )
        except Exception as error:  # noqa: BLE001 - the caller is told, the lab goes on
            response = web.json_response({"error": f"{type(error).__name__}: {error}"}, status=500)
        if request.method == "POST":
            outcome = "ok" if response.status == 200 else f"status {response.status}"  # noqa: PLR2004 - HTTP OK
            self._log.record("control", "", f"POST {request.path}", started, outcome=outcome, kind="control")
        return response

    async def _steps(self, _request: web.Request) -> web.Response:
        return web.json_response(STEPS.as_json())

    async def _faults(self, _request: web.Request) -> web.Response:
        return web.json_response(FAULTS.as_json())

    async def _lines(self, _request: web.Request) -> web.Response:
        return web.Response(text=self._log.as_json_lines(), content_type="application/x-ndjson")

    async def _state(self, _request: web.Request) -> web.Response:
        return web.json_response(summary(self._world))

    async def _step(self, request: web.Request) -> web.Response:
        arguments = await _body(request)
        STEPS[request.match_info["name"]].apply(self._world, arguments)
        return web.json_response({"done": request.match_info["name"]})

    async def _fault(self, request: web.Request) -> web.Response:
        arguments = await _body(request)
        name = request.match_info["name"]
        fault = FAULTS[name]
        if arguments.pop("undo", False):
            undo = self._undo.pop(name, None)
            if undo is None:
                raise UnknownArgumentError(f"{name} is not in force, or cannot be taken back; reset the lab instead")
            undo()
            return web.json_response({"undone": name})
        undo = fault.apply(self._world, arguments)
        if undo is not None:
            self._undo.setdefault(name, undo)
        return web.json_response({"done": name, "can_be_undone": undo is not None})

    async def _reset(self, request: web.Request) -> web.Response:
        arguments = await _body(request)
        scenario = str(arguments.pop("scenario", self._world.scenario))
        limit = str(arguments.pop("member_limit", self._options.member_limit))
        if arguments:
            raise UnknownArgumentError(f"reset takes scenario and member_limit, not {', '.join(arguments)}")
        if limit not in _LIMITS or scenario not in SCENARIOS:
            raise UnknownArgumentError(f"scenario: {', '.join(SCENARIOS)}; member_limit: {', '.join(_LIMITS)}")
        options = replace(self._options, member_limit=limit, levers=replace(self._options.levers))  # type: ignore[arg-type]
        self._world.become(make_world(scenario, options))
        self._undo.clear()
        self._log.clear()
        self._on_reset()
        return web.json_response({"done": "reset", "scenario": scenario})


async def _body(request: web.Request) -> dict[str, Any]:
    """The JSON object of the body; nothing at all is an empty one."""
    text = await request.text()
    body = json.loads(text) if text.strip() else {}
    if not isinstance(body, dict):
        raise UnknownArgumentError("the body is a JSON object of arguments")
    return body
