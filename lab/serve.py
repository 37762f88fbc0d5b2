"""A lab that runs: both sync servers, the tenant and the control address, on loopback and free ports."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import signal
import ssl
from typing import TYPE_CHECKING

from aiohttp import web

from lab.control import Control
from lab.log import RequestLog
from lab.material import Material
from lab.world.scenarios import WorldOptions, make_world

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from lab.world.world import World

_TICK = 0.05
_LOGGER = logging.getLogger(__name__)


class Lab:
    """Everything that one `lab serve` runs."""

    def __init__(self, folder: Path, scenario: str, options: WorldOptions) -> None:
        self.world: World = make_world(scenario, options)
        self.log = RequestLog()
        self.log.listeners.append(lambda entry: self.world.request_answered(entry.system, entry.kind))
        self.material = Material.make(folder.resolve(), list(self.world.servers))
        self.world.tenant.apps = {self.material.app.client_id: self.material.app}
        self._options = options
        self._stack = contextlib.AsyncExitStack()

    async def start(self) -> str:
        """Open every address and write the files; returns the line to print."""
        ports = {purpose: await self._start_server(purpose) for purpose in self.world.servers}
        tenant_urls = await self._start_tenant()

        def write_environment() -> None:
            self.material.write_environment(self.world, ports, tenant_urls)

        write_environment()
        control_url = await self._start_control(write_environment)
        self._stack.push_async_callback(_cancel, asyncio.create_task(self._tick()))
        lab_file = self.material.write_lab_file(self.world, ports, tenant_urls, control_url)
        return f"lab ready: scenario {self.world.scenario}, control {control_url}, {lab_file}"

    async def stop(self) -> None:
        """Close every address."""
        await self._stack.aclose()

    async def _start_server(self, purpose: str) -> tuple[int, int]:
        """Start one sync server's listener; returns its HTTPS and its HTTP port."""
        from lab.powershell.endpoints import PowerShellEndpoints  # noqa: PLC0415 - protocol libraries: only to serve
        from lab.wsman.interference import Interference  # noqa: PLC0415
        from lab.wsman.server import SyncServerListener  # noqa: PLC0415
        from lab.wsman.tls import ServerCertificate  # noqa: PLC0415

        world, material = self.world, self.material
        endpoints = PowerShellEndpoints(world, self.log, administrators={material.admins[purpose].name})

        def interfere(verb: str) -> Interference | None:
            kind = world.host(purpose).next_interference(verb)
            return None if kind is None else Interference(kind)

        listener = SyncServerListener(
            purpose,
            endpoints,
            material.users(purpose),
            self.log,
            ServerCertificate.from_files(material.server_file, material.server_file),
            computer_name=lambda: world.host(purpose).computer_name,
            reachable=lambda: not world.host(purpose).unreachable,
            delay=lambda: world.host(purpose).delay,
            interfere=interfere,
        )
        await listener.start()
        self._stack.push_async_callback(listener.stop)
        return listener.https_port, listener.http_port

    async def _start_tenant(self) -> tuple[str, str]:
        """Start Graph and the token endpoint; returns their addresses."""
        from lab.tenant.server import TenantListener  # noqa: PLC0415 - as above

        tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        tls.load_cert_chain(self.material.server_file)
        listener = TenantListener(self.world.tenant, self.world.clock, self.log, tls)
        await listener.start()
        self._stack.push_async_callback(listener.stop)
        return listener.graph_url, listener.authority_url

    async def _start_control(self, on_reset: Callable[[], None]) -> str:
        control = Control(self.world, self._options, self.log, on_reset)
        runner = web.AppRunner(control.application(), access_log=None)
        await runner.setup()
        self._stack.push_async_callback(runner.cleanup)
        site = web.TCPSite(runner, "127.0.0.1", 0)
        await site.start()
        host, port = runner.addresses[0][:2]
        return f"http://{host}:{port}"

    async def _tick(self) -> None:
        while True:
            try:
                self.world.tick()
            except Exception:
                _LOGGER.exception("a tick of the world failed")
            await asyncio.sleep(_TICK)


async def _cancel(task: asyncio.Task[None]) -> None:
    task.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await task


async def serve(folder: Path, scenario: str, options: WorldOptions) -> None:
    """Run a lab until SIGTERM or SIGINT; prints one line when it is ready."""
    stopped = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stopped.set)
    lab = Lab(folder, scenario, options)
    try:
        print(await lab.start(), flush=True)  # noqa: T201 - the line that says the lab is ready
        await stopped.wait()
    finally:
        await lab.stop()
