"""Misbehaviour of the wire and of paging, by kind; entries live on the tenant as `tenant.chaos` [graph §0, §5]."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from lab.world.tenant import Tenant

WIRE = {
    "reset": "the connection is reset before an answer",
    "cut": "the connection is reset in the middle of the body",
    "dribble": "the body comes in small pieces with pauses between them",
    "truncated": "the body ends early, under a Content-Length that says it is whole",
    "empty-body": "200 without a body",
    "html": "200 with a proxy's HTML page",
    "no-content-type": "the body is right, but nothing says what it is",
    "bom": "a byte order mark in front of the body",
    "error-500": "500 generalException",
    "error-502": "502 from a gateway, HTML",
    "error-503": "503 serviceUnavailable without Retry-After",
    "error-504": "504 gatewayTimeout",
}
"""What happens to the bytes of any answer, of Graph or of the token endpoint."""

PAGES = {
    "empty-page": "a page without items, whose next link goes on where it stands",
    "repeated-link": "a page whose next link leads to itself",
    "repeated-page": "a page that comes again behind a new next link",
    "foreign-link": "a next link on another host",
    "missing-value": "a page without `value`",
}
"""What happens to one page of a collection; a foreign link needs a page that has a next link."""

REFUSALS = {
    "claims-challenge": "401 with a claims challenge until a token answers it",
    "unsupported-query": "400 Request_UnsupportedQuery",
}
"""What Graph refuses though the request is right."""

COUNTS = {
    "stale-count": "`$count` comes from an index that has not seen the newest member",
}
"""What happens to a raw count."""

KINDS = WIRE | PAGES | REFUSALS | COUNTS
"""Every kind, with its meaning."""


def take(tenant: Tenant, target: str, kinds: dict[str, str]) -> str | None:
    """Return the kind of the first entry for this path and query, and count it off; None when there is none."""
    for entry in tenant.chaos:
        if entry.times > 0 and entry.kind in kinds and entry.path_contains in target:
            entry.times -= 1
            return entry.kind
    return None
