"""Chaos on the wire: an answer is damaged on its way out [graph §5]."""

from __future__ import annotations

import asyncio
import socket
import struct
from typing import TYPE_CHECKING

from aiohttp import web

from lab.tenant.errors import GraphError
from lab.tenant.reply import JSON, Reply, to_json

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

_LINGER_NOTHING = struct.pack("ii", 1, 0)
_PIECES = 20
_PAUSE = 0.05
"""Seconds between two pieces of a dribbled body."""

_HTML = b"<html><head><title>Proxy</title></head><body><h1>Please sign in to the network</h1></body></html>"
_GATEWAY = b"<html><head><title>502 Bad Gateway</title></head><body><h1>502 Bad Gateway</h1></body></html>"
_ERRORS = {
    "error-500": GraphError(500, "generalException", "An unexpected error has occurred."),
    "error-503": GraphError(503, "serviceNotAvailable", "The service is temporarily unavailable."),
    "error-504": GraphError(504, "gatewayTimeout", "The gateway did not receive a timely response."),
}


def damaged(reply: Reply, kind: str, now: datetime) -> Reply:
    """Return the answer a kind of chaos makes of a right one; kinds that act on the connection leave it as it is."""
    status, body, headers = reply.status, reply.plain(), dict(reply.headers)
    match kind:
        case "html":
            status, body, headers["Content-Type"] = 200, _HTML, "text/html"
        case "error-502":
            status, body, headers["Content-Type"] = 502, _GATEWAY, "text/html"
        case "truncated":
            body = body[: len(body) * 2 // 3]
        case "empty-body":
            status, body = 200, b""
        case "no-content-type":
            headers["Content-Type"] = ""
        case "bom":
            body = b"\xef\xbb\xbf" + body
        case "error-500" | "error-503" | "error-504":
            error, identifier = _ERRORS[kind], headers.get("request-id", "")
            inner = error.body(date=f"{now:%Y-%m-%dT%H:%M:%S}", request_id=identifier, client_request_id=identifier)
            status, body, headers["Content-Type"] = error.status, to_json(inner), JSON
    return Reply(status, body, headers, kind, reply.identity)


def reset(request: web.BaseRequest) -> web.Response:
    """Reset the connection; what is returned never reaches anyone."""
    transport = request.transport
    if transport is not None:
        raw = transport.get_extra_info("socket")
        if raw is not None:
            raw.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _LINGER_NOTHING)
        transport.abort()
    return web.Response(status=500)


async def piecemeal(
    request: web.BaseRequest, reply: Reply, headers: Mapping[str, str], *, whole: bool
) -> web.StreamResponse:
    """Send the body in pieces with pauses; when not `whole`, reset half way."""
    response = web.StreamResponse(status=reply.status, headers=headers)
    response.content_length = len(reply.body)
    await response.prepare(request)
    step = max(1, len(reply.body) // _PIECES)
    for start in range(0, len(reply.body), step):
        if not whole and start >= len(reply.body) // 2:
            return reset(request)
        await response.write(reply.body[start : start + step])
        await asyncio.sleep(_PAUSE if whole else 0)
    await response.write_eof()
    return response
