"""One Graph request, parsed once: version, path, options, caller."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import unquote

from lab.tenant import query as options
from lab.tenant.errors import unknown_segment

if TYPE_CHECKING:
    from collections.abc import Mapping

    from lab.tenant.query import Query
    from lab.tenant.tokens import Bearer

VERSIONS = ("v1.0", "beta")

_ALTERNATE_KEY = re.compile(r"(?P<set>\w+)\((?:(?P<name>\w+)=)?'?(?P<value>[^']*)'?\)")


@dataclass(frozen=True, slots=True)
class GraphRequest:
    """What a handler needs to know; `url` is absolute and without options, for links."""

    method: str
    version: str
    path: str
    """Decoded, below the version, with a leading slash."""
    segments: tuple[str, ...]
    query: Query
    headers: Mapping[str, str]
    bearer: Bearer
    base_url: str
    target: str
    """Path and options as they were asked."""
    body: bytes = b""

    @property
    def beta(self) -> bool:
        """Whether beta was asked."""
        return self.version == "beta"

    @property
    def url(self) -> str:
        """The absolute address without options."""
        return f"{self.base_url}/{self.version}{self.path}"

    def context(self, fragment: str) -> str:
        """Return `@odata.context` for a set, as `groups` or `directoryObjects(id)/$entity`."""
        return f"{self.base_url}/{self.version}/$metadata#{fragment}"


def parse(
    method: str, target: str, headers: Mapping[str, str], *, bearer: Bearer, base_url: str, body: bytes = b""
) -> GraphRequest:
    """Split a request target (path and raw query) into a request; raise GraphError for what is no Graph address."""
    raw_path, _, raw_query = target.partition("?")
    version, _, rest = raw_path.strip("/").partition("/")
    if version not in VERSIONS:
        raise unknown_segment(version)
    segments: list[str] = []
    for raw in filter(None, rest.split("/")):
        segments.extend(_segment(unquote(raw)))
    return GraphRequest(
        method=method,
        version=version,
        path="/" + "/".join(unquote(raw) for raw in rest.split("/")),
        segments=tuple(segments),
        query=options.parse(raw_query, headers),
        headers=headers,
        bearer=bearer,
        base_url=base_url,
        target=unquote(target),
        body=body,
    )


def _segment(text: str) -> list[str]:
    """Return a path segment; `set('key')` becomes two, `set(name='key')` becomes `set` and `name=key`."""
    match = _ALTERNATE_KEY.fullmatch(text)
    if match is None or not match["value"]:
        return [text.removesuffix("()")]
    return [match["set"], f"{match['name']}={match['value']}" if match["name"] else match["value"]]
