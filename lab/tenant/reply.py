"""What the tenant answers, before it is bytes on a socket."""

from __future__ import annotations

import json
from dataclasses import dataclass, field

from lab.tenant.page_cache import unpack

JSON = "application/json; charset=utf-8"


@dataclass(slots=True)
class Reply:
    """Status, headers and body of one answer; `outcome` is the word the request log keeps."""

    status: int
    body: bytes = b""
    headers: dict[str, str] = field(default_factory=dict)
    outcome: str = "ok"
    identity: str = "anonymous"
    """The client id behind the request."""
    packed: bytes | None = None
    """The body as gzip, when it is kept that way; `body` is empty then."""

    def plain(self) -> bytes:
        """Return the body as it reads."""
        return self.body if self.packed is None else unpack(self.packed)


def to_json(value: object) -> bytes:
    """Return compact UTF-8 JSON, as both services send it."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()
