"""Skip tokens: opaque, absolute position in a collection, bound to the query that made them."""

from __future__ import annotations

import base64
import json
import zlib
from dataclasses import dataclass

from lab.tenant.errors import GraphError, unsupported


@dataclass(frozen=True, slots=True)
class Position:
    """Where a page begins: above `key` among the synchronised objects, at `index` among the cloud objects.

    `turn` makes the token of a repeated page a new one.
    """

    key: int = -1
    index: int = 0
    turn: int = 0


START = Position()


def encode(position: Position, query: str) -> str:
    """Return the token for a position in the answer to `query` (path and options without paging)."""
    fields = [position.key, position.index, position.turn, zlib.crc32(query.encode())]
    return "m~" + base64.urlsafe_b64encode(json.dumps(fields, separators=(",", ":")).encode()).decode().rstrip("=")


def decode(token: str, query: str) -> Position:
    """Return the position of a token; raise 400 for a token that is damaged or of another query."""
    marker, _, text = token.partition("~")
    try:
        key, index, turn, digest = json.loads(base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)))
        position = Position(int(key), int(index), int(turn))
    except (ValueError, TypeError) as error:
        raise _invalid() from error
    if marker != "m" or digest != zlib.crc32(query.encode()):
        raise _invalid()
    return position


def _invalid() -> GraphError:
    return unsupported("Unable to execute query; invalid page token specified.")
