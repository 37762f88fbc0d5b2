"""Refusals of Graph: status, `code` and `message` as the service words them [graph §1.6].

Clients branch on `code`; messages are for people and change over time.
"""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(eq=False)
class GraphError(Exception):
    """Graph refuses a request; `headers` go beside the error body."""

    status: int
    code: str
    message: str
    headers: dict[str, str] = field(default_factory=dict)

    def body(self, *, date: str, request_id: str, client_request_id: str) -> dict[str, object]:
        """Return the error body; `date` is UTC without a zone, as Graph prints it."""
        inner = {"date": date, "request-id": request_id, "client-request-id": client_request_id}
        return {"error": {"code": self.code, "message": self.message, "innerError": inner}}


def unsupported(message: str) -> GraphError:
    """400: the directory cannot run this query."""
    return GraphError(400, "Request_UnsupportedQuery", message)


def bad_request(message: str) -> GraphError:
    """400 from the directory."""
    return GraphError(400, "Request_BadRequest", message)


def malformed(message: str) -> GraphError:
    """400 from the gateway, which parses URL and query before the directory sees them."""
    return GraphError(400, "BadRequest", message)


def unknown_segment(segment: str) -> GraphError:
    """400: the model has no such path segment."""
    return malformed(f"Resource not found for the segment '{segment}'.")


def not_found(identifier: str) -> GraphError:
    """404: no object with this id, or one that was deleted."""
    return GraphError(
        404,
        "Request_ResourceNotFound",
        f"Resource '{identifier}' does not exist or one of its queried reference-property objects are not present.",
    )


def denied() -> GraphError:
    """403: the token's application roles do not cover the path."""
    return GraphError(403, "Authorization_RequestDenied", "Insufficient privileges to complete the operation.")


def unauthorized(message: str, authority_url: str, challenge: str | None = None) -> GraphError:
    """401 with `WWW-Authenticate`; `challenge` is the base64 claims a CAE client must bring in its next token."""
    authenticate = (
        f'Bearer realm="", authorization_uri="{authority_url}/common/oauth2/authorize",'
        ' client_id="00000003-0000-0000-c000-000000000000"'
    )
    if challenge is not None:
        authenticate += f', error="insufficient_claims", claims="{challenge}"'
    return GraphError(401, "InvalidAuthenticationToken", message, {"WWW-Authenticate": authenticate})


def throttled(retry_after: int, app_id: str, tenant_id: str) -> GraphError:
    """429 with `Retry-After` in seconds and the scope that ran out."""
    return GraphError(
        429,
        "TooManyRequests",
        "Too many requests.",
        {
            "Retry-After": str(retry_after),
            "x-ms-throttle-scope": f"Tenant_Application/ReadWrite/{app_id}/{tenant_id}",
            "x-ms-throttle-information": "ResourceUnitLimitExceeded",
        },
    )


def method_not_allowed(method: str) -> GraphError:
    """405: the lab's Graph is read; only GET, and POST of a batch, are answered."""
    return GraphError(
        405,
        "Request_BadRequest",
        f"Specified HTTP method '{method}' is not allowed for the request target.",
        {"Allow": "GET"},
    )
