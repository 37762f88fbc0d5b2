"""The tenant on sockets: one HTTPS listener for Graph, one for the authority, both on loopback."""

from __future__ import annotations

import socket
from datetime import UTC, datetime
from typing import TYPE_CHECKING
from urllib.parse import parse_qsl, unquote

from aiohttp import web

from lab.tenant import chaos, wire
from lab.tenant.authority import Authority, graph_audiences
from lab.tenant.graph import Graph
from lab.tenant.page_cache import pack
from lab.tenant.reply import Reply
from lab.tenant.tokens import TokenIssuer

if TYPE_CHECKING:
    import ssl
    from collections.abc import Callable

    from lab.log import RequestLog
    from lab.world.clock import Clock
    from lab.world.tenant import Tenant

    _Answerer = Callable[[web.BaseRequest, bytes], Reply]

_COMPRESS_FROM = 1024
"""Bytes from which a body is compressed for a client that takes gzip."""


class TenantListener:
    """Serves one tenant over TLS; the addresses are known after `start`.

    The certificate of `tls` must be valid for `localhost` and `127.0.0.1`.
    """

    def __init__(
        self,
        tenant: Tenant,
        clock: Clock,
        log: RequestLog,
        tls: ssl.SSLContext,
        *,
        issuer: TokenIssuer | None = None,
    ) -> None:
        self._tenant = tenant
        self._clock = clock
        self._log = log
        self._tls = tls
        self._issuer = issuer or TokenIssuer()
        self._runners: list[web.ServerRunner] = []
        self.graph_url = ""
        """`https://127.0.0.1:port`, without a version."""
        self.authority_url = ""
        """`https://localhost:port`."""

    async def start(self) -> None:
        """Listen on two free ports."""
        graph_socket, authority_socket = _listening(), _listening()
        self.graph_url = f"https://127.0.0.1:{graph_socket.getsockname()[1]}"
        self.authority_url = f"https://localhost:{authority_socket.getsockname()[1]}"
        graph = Graph(
            self._tenant,
            self._clock,
            self._issuer,
            base_url=self.graph_url,
            authority_url=self.authority_url,
            audiences=graph_audiences(self.graph_url),
        )
        authority = Authority(self._tenant, self._issuer, authority_url=self.authority_url, graph_url=self.graph_url)

        def ask_graph(request: web.BaseRequest, body: bytes) -> Reply:
            return graph.answer(request.method, request.raw_path, request.headers, body)

        def ask_authority(request: web.BaseRequest, body: bytes) -> Reply:
            return authority.answer(request.method, request.path, _form(body), request.headers)

        await self._serve(graph_socket, "graph", ask_graph)
        await self._serve(authority_socket, "token", ask_authority)

    async def stop(self) -> None:
        """Close both listeners and every connection."""
        for runner in self._runners:
            await runner.cleanup()
        self._runners.clear()

    async def _serve(self, listening: socket.socket, kind: str, answer: _Answerer) -> None:
        async def handle(request: web.BaseRequest) -> web.StreamResponse:
            return await self._handle(request, kind, answer)

        runner = web.ServerRunner(web.Server(handle, access_log=None), shutdown_timeout=0.2)
        await runner.setup()
        await web.SockSite(runner, listening, ssl_context=self._tls).start()
        self._runners.append(runner)

    async def _handle(self, request: web.BaseRequest, kind: str, answer: _Answerer) -> web.StreamResponse:
        started = datetime.now(UTC)
        target = unquote(request.raw_path)
        reply = Reply(0, outcome="reset")
        try:
            body = await request.read()
            if self._tenant.unreachable:
                return wire.reset(request)
            reply = answer(request, body)
            disturbance = chaos.take(self._tenant, target, chaos.WIRE)
            if disturbance is not None:
                reply = wire.damaged(reply, disturbance, self._clock.now())
            return await _send(request, reply, disturbance)
        finally:
            asked = f"{request.method} {target}"
            self._log.record("tenant", reply.identity, asked, started, outcome=reply.outcome, kind=kind)


async def _send(request: web.BaseRequest, reply: Reply, disturbance: str | None) -> web.StreamResponse:
    if disturbance == "reset":
        return wire.reset(request)
    if disturbance in ("cut", "dribble"):
        return await wire.piecemeal(request, reply, reply.headers, whole=disturbance == "dribble")
    headers = reply.headers
    if "gzip" in request.headers.get("Accept-Encoding", "") and (reply.packed or len(reply.body) >= _COMPRESS_FROM):
        body = reply.packed or pack(reply.body)
        headers = headers | {"Content-Encoding": "gzip", "Vary": "Accept-Encoding"}
    else:
        body = reply.plain()
    return web.Response(status=reply.status, body=body, headers=headers)


def _form(body: bytes) -> dict[str, str]:
    return dict(parse_qsl(body.decode("utf-8", "replace"), keep_blank_values=True))


def _listening() -> socket.socket:
    listening = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    listening.bind(("127.0.0.1", 0))
    listening.setblocking(False)
    return listening
