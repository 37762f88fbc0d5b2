"""directoryObject: the type of collections whose members are users, groups, devices, contacts at once."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lab.tenant.directory import type_of, value_of
from lab.tenant.entities import TYPES
from lab.tenant.schema import EntityType, Property

if TYPE_CHECKING:
    from lab.tenant.directory import Row
    from lab.tenant.schema import Json
    from lab.world.tenant import Tenant


def _any_type(name: str) -> Property:
    """Return the property as a member of any type has it; filters on it always need an advanced query."""
    first = next(each.properties[name] for each in TYPES.values() if name in each.properties)

    def read(row: Row, tenant: Tenant) -> Json:
        own = type_of(row).properties.get(name)
        return first.empty if own is None else value_of(row, own, tenant)

    return Property(name, read, first.edm, "| " + first.filters.replace("|", ""), parts=first.parts)


DIRECTORY_OBJECT = EntityType(
    "directoryObject",
    "directoryObjects",
    {name: _any_type(name) for each in TYPES.values() for name in each.properties},
    "DirectoryObject",
)
"""Knows every property of every type, so that `$select` may name what only some members have."""
