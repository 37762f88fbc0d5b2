"""The listeners of one sync server: HTTPS as on 5986, HTTP with message encryption as on 5985 [psrp §1]."""

from __future__ import annotations

import asyncio
import logging
import socket
import struct
from dataclasses import dataclass
from typing import TYPE_CHECKING

from aiohttp import web

from lab.wsman import sealing
from lab.wsman.authentication import ConnectionState, Policy
from lab.wsman.envelope import MalformedEnvelope
from lab.wsman.interference import Interference, verb_of
from lab.wsman.quotas import Quotas
from lab.wsman.service import Reply, WSManService
from lab.wsman.users import AcceptorFiles, Users

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    from aiohttp.web_protocol import RequestHandler
    from spnego import ContextProxy

    from lab.powershell.seam import Endpoints
    from lab.wsman.journal import RequestLog
    from lab.wsman.tls import ServerCertificate

_log = logging.getLogger(__name__)

_SOAP = "application/soap+xml;charset=UTF-8"
_SHUTDOWN_SECONDS = 1.0
_RESET = struct.pack("ii", 1, 0)
"""SO_LINGER that makes a close a TCP reset."""


@dataclass(frozen=True, slots=True)
class Levers:
    """What a fault of the lab pulls; asked on every request, so a change works at once.

    Attributes:
        reachable: False resets every connection.
        delay: Seconds that a request is held.
        interfere: What happens to a request of this verb (Create, Command, Receive, ...), None for nothing.

    """

    reachable: Callable[[], bool]
    delay: Callable[[], float]
    interfere: Callable[[str], Interference | None]


class _Listener(web.Server):
    """One port: keeps the authentication of each connection and forgets it with the connection."""

    def __init__(self, service: WSManService, policy: Policy, levers: Levers) -> None:
        super().__init__(self._respond, access_log=None, keepalive_timeout=120.0, handler_cancellation=True)
        self._service = service
        self._policy = policy
        self._levers = levers
        self._states: dict[RequestHandler, ConnectionState] = {}

    def connection_made(self, handler: RequestHandler, transport: asyncio.Transport) -> None:
        """Remember a connection, or reset it while the server is to be unreachable."""
        super().connection_made(handler, transport)
        if not self._levers.reachable():
            _reset(transport)
            return
        self._states[handler] = ConnectionState(self._policy, self._service.purpose, self._service.log)

    def connection_lost(self, handler: RequestHandler, exc: BaseException | None = None) -> None:
        """Forget the connection and what it had proved."""
        self._states.pop(handler, None)
        super().connection_lost(handler, exc)

    async def _respond(self, request: web.BaseRequest) -> web.Response:
        response = await self._answer(request)
        response.headers["Server"] = "Microsoft-HTTPAPI/2.0"
        return response

    async def _answer(self, request: web.BaseRequest) -> web.Response:
        state = self._states.get(request.protocol)
        if state is None or not self._levers.reachable():
            return _reset_request(request)
        await asyncio.sleep(self._levers.delay())
        if request.path.lower().rstrip("/") != "/wsman":
            return web.Response(status=404)
        if request.method != "POST":
            return web.Response(status=405, headers={"Allow": "POST"})
        body = await request.read()
        is_sealed = sealing.is_sealed(request.headers.get("Content-Type", ""))
        if body and not is_sealed and not self._policy.basic:
            return self._unauthorized()  # AllowUnencrypted=false: a plain message is refused before anyone logs on
        answer = state.authenticate(request.headers.get("Authorization"))
        if answer.user is None:
            return self._unauthorized(answer.challenge)
        context = state.context if is_sealed else None
        response = await self._serve(request, body, answer.user, context) if body else web.Response()
        if answer.challenge is not None:
            response.headers["WWW-Authenticate"] = answer.challenge
        return response

    async def _serve(
        self, request: web.BaseRequest, body: bytes, user: str, context: ContextProxy | None
    ) -> web.Response:
        header = request.headers.get("Content-Type", "")
        try:
            if sealing.is_sealed(header):
                body = sealing.unseal(context, body)
            interference = self._levers.interfere(verb_of(body))
            if interference is not None and interference is not Interference.LOSE_ANSWER:
                return await _interfere(request, interference)
            reply = await self._service.handle(body, user, request.remote or "")
        except (sealing.BadSeal, MalformedEnvelope) as error:
            _log.debug("bad request: %s", error)
            return web.Response(status=400)
        if interference is Interference.LOSE_ANSWER:
            return _reset_request(request)
        return _response(reply, context, sealing.protocol_of(header))

    def _unauthorized(self, challenge: str | None = None) -> web.Response:
        response = web.Response(status=401)
        for header in [challenge] if challenge else self._policy.challenges:
            response.headers.add("WWW-Authenticate", header)
        return response


class SyncServerListener:
    """A sync server on the wire, for one purpose of the migration.

    Attributes:
        https_port: Port on 127.0.0.1; 0 until started.
        http_port: The same for HTTP.
        service: The WS-Man service behind both.

    """

    def __init__(
        self,
        purpose: str,
        endpoints: Endpoints,
        users: Mapping[str, str],
        log: RequestLog,
        certificate: ServerCertificate,
        *,
        computer_name: str | Callable[[], str] = "localhost",
        reachable: Callable[[], bool] = lambda: True,
        delay: Callable[[], float] = lambda: 0.0,
        interfere: Callable[[str], Interference | None] = lambda _verb: None,
        quotas: Quotas | None = None,
        require_channel_binding: bool = True,
        keytab: Path | None = None,
    ) -> None:
        """Prepare, without opening a port.

        Args:
            purpose: "old" or "new"; passed to the endpoints and to the log.
            endpoints: What the session configurations do.
            users: Password by account name (see `lab.wsman.users.Users`).
            log: Where every request, pipeline and authentication attempt is recorded.
            certificate: For the HTTPS listener.
            computer_name: Machine named in faults.
            reachable: Asked on every connection and request; False resets it.
            delay: Seconds that every request is held.
            interfere: What goes wrong with a request of this verb, None for nothing.
            quotas: Host-side limits.
            require_channel_binding: Whether NTLM over HTTPS must carry the right channel binding.
            keytab: Keys of the host for Kerberos, which needs the gssapi and krb5 modules; NTLM only without.

        """
        self.purpose = purpose
        self.https_port = 0
        self.http_port = 0
        self._certificate = certificate
        name = computer_name if callable(computer_name) else lambda: computer_name
        hardening = "Strict" if require_channel_binding else "Relaxed"
        self.service = WSManService(purpose, name, endpoints, quotas or Quotas(), log, hardening)
        accounts = Users(users)
        self._files = AcceptorFiles(accounts, keytab)
        bindings = certificate.channel_bindings
        secure = Policy(accounts, self._files, True, bindings, require_channel_binding)
        plain = Policy(accounts, self._files, basic=False, channel_bindings=None)
        levers = Levers(reachable, delay, interfere)
        self._https = _Listener(self.service, secure, levers)
        self._http = _Listener(self.service, plain, levers)
        self._servers: list[asyncio.Server] = []

    async def start(self) -> None:
        """Open both ports on 127.0.0.1."""
        loop = asyncio.get_running_loop()
        https = await loop.create_server(self._https, "127.0.0.1", 0, ssl=self._certificate.context)
        http = await loop.create_server(self._http, "127.0.0.1", 0)
        self._servers = [https, http]
        self.https_port = https.sockets[0].getsockname()[1]
        self.http_port = http.sockets[0].getsockname()[1]

    async def stop(self) -> None:
        """Close the ports, the connections and every shell."""
        for server in self._servers:
            server.close()
        self.service.close()
        for listener in (self._https, self._http):
            listener.pre_shutdown()
        await self._https.shutdown(_SHUTDOWN_SECONDS)
        await self._http.shutdown(_SHUTDOWN_SECONDS)
        self._files.close()


async def _interfere(request: web.BaseRequest, interference: Interference) -> web.Response:
    if interference is Interference.HANG:
        await asyncio.Event().wait()  # until the client leaves or the listener stops
    if interference is Interference.UNAVAILABLE:
        return web.Response(status=503)
    if interference is Interference.NO_SOAP:
        return web.Response(text="<html><body>Please log in</body></html>", content_type="text/html")
    return _reset_request(request)


def _response(reply: Reply, context: ContextProxy | None, protocol: str) -> web.Response:
    if context is None:
        return web.Response(status=reply.status, body=reply.body, headers={"Content-Type": _SOAP})
    return web.Response(
        status=reply.status,
        body=sealing.seal(context, reply.body, protocol),
        headers={"Content-Type": sealing.content_type(protocol)},
    )


def _reset_request(request: web.BaseRequest) -> web.Response:
    if request.transport is not None:
        _reset(request.transport)
    return web.Response(status=503)  # has nowhere to go


def _reset(transport: asyncio.BaseTransport) -> None:
    sock = transport.get_extra_info("socket")
    if sock is not None:
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESET)
    if isinstance(transport, asyncio.Transport):
        transport.abort()
