"""Objects to JSON text, quickly: a page of 999 members is written without a dictionary per member."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from json.encoder import encode_basestring
from typing import TYPE_CHECKING

from lab.tenant import permissions
from lab.tenant.directory import CloudObject, type_of, value_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from lab.tenant.directory import Row
    from lab.tenant.schema import EntityType, Json, Property
    from lab.world.tenant import Tenant


def encode(value: Json) -> str:
    """Return a property value as JSON; instants as Graph prints them, UTC to the second."""
    if isinstance(value, str):
        return encode_basestring(value)
    if value is None:
        return "null"
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"), default=_instant)


def _instant(value: object) -> str:
    if not isinstance(value, datetime):
        raise TypeError(f"{value!r} has no JSON form")
    return instant(value)


def instant(value: datetime) -> str:
    """Return an instant as the directory prints it."""
    return f"{value.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"


class Renderer:
    """Writes objects for one request: chosen properties, what the caller may see, `@odata.type` where types mix."""

    def __init__(
        self,
        tenant: Tenant,
        *,
        roles: frozenset[str],
        select: tuple[str, ...] = (),
        mixed: bool = False,
    ) -> None:
        self._tenant = tenant
        self._roles = roles
        self._select = select
        self._mixed = mixed
        self._writers: dict[str, Callable[[Row], str]] = {}

    def __call__(self, row: Row) -> str:
        """Return one object as JSON text."""
        return f"{{{self.inner(row)}}}"

    def inner(self, row: Row) -> str:
        """Return one object without its braces, to be joined with annotations."""
        of = type_of(row)
        writer = self._writers.get(of.name)
        if writer is None:
            writer = self._writers[of.name] = self._writer(of)
        return writer(row)

    def _writer(self, of: EntityType) -> Callable[[Row], str]:
        """Return the function that writes this type; constant text between two values is joined beforehand."""
        names = self._select or of.defaults
        head = f'"@odata.type":"#microsoft.graph.{of.name}",' if self._mixed else ""
        steps: list[tuple[str, Property]] = []
        for name in names:
            prop = of.properties.get(name)
            if prop is None:
                continue
            if permissions.shown(of.name, name, self._roles):
                steps.append((f'{head}"{name}":', prop))
                head = ","
            else:
                head = f'{head}"{name}":{encode(prop.empty)},'
        tail = "" if head == "," else head.removesuffix(",")
        tenant = self._tenant

        def write(row: Row) -> str:
            if isinstance(row, CloudObject):
                return "".join(f"{text}{encode(value_of(row, prop, tenant))}" for text, prop in steps) + tail
            parts = []
            for text, prop in steps:
                value = prop.read(row, tenant)
                parts.append(text)
                parts.append(encode_basestring(value) if isinstance(value, str) else encode(value))
            parts.append(tail)
            return "".join(parts)

        return write
