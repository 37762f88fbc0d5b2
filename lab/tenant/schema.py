"""Entity types of Graph: properties, their types, what `$filter` may do with them [graph §1.2-1.4].

A property's `filters` string names the operators the directory takes by default and, behind `|`, those that need an
advanced query (ConsistencyLevel header and `$count=true`).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any, Literal

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from lab.world.tenant import Tenant

Edm = Literal["string", "boolean", "datetime", "strings", "complexes"]
Json = str | bool | int | datetime | list[Any] | dict[str, Any] | None

EQUALITY = "eq in | ne not null"
TEXT = "eq in startswith | ne not null endswith"
ADVANCED = "| eq in ne not null"
ADVANCED_TEXT = "| eq in startswith ne not null"
ADVANCED_TIME = "| eq ne not ge le null"


@dataclass(frozen=True, slots=True)
class Property:
    """One property of an entity type.

    `read` takes the object's source of truth and the tenant. `constant` marks a value every synchronised object of
    the type shares, so a filter on it never walks the objects.
    """

    name: str
    read: Callable[[Any, Tenant], Json]
    edm: Edm = "string"
    filters: str = ""
    default: bool = False
    constant: bool = False
    parts: Mapping[str, str] = field(default_factory=dict)
    """For collections of complex values: the filters of each part inside `any()`."""

    @property
    def empty(self) -> Json:
        """What Graph prints when there is no value."""
        return [] if self.edm in ("strings", "complexes") else None


def supported(filters: str, operator: str) -> Literal["default", "advanced"] | None:
    """Return the level on which a `filters` string takes an operator."""
    plain, _, advanced = filters.partition("|")
    if operator in plain.split():
        return "default"
    return "advanced" if operator in advanced.split() else None


@dataclass(frozen=True, slots=True)
class EntityType:
    """A type: its name without namespace, the entity set that lists it, and its properties by name."""

    name: str
    entity_set: str
    properties: Mapping[str, Property]
    reference: str
    """The resource name in error messages."""

    @property
    def defaults(self) -> tuple[str, ...]:
        """Names of the properties without `$select`, in Graph's order."""
        return tuple(name for name, each in self.properties.items() if each.default)


def entity(name: str, entity_set: str, properties: Iterable[Property]) -> EntityType:
    """Return a type from its list of properties."""
    return EntityType(name, entity_set, {each.name: each for each in properties}, name[0].upper() + name[1:])


def computed(name: str, read: Callable[[Any], Json], edm: Edm = "string", filters: str = "", **more: Any) -> Property:  # noqa: ANN401
    """Return a property of the object alone."""
    return Property(name, lambda source, _: read(source), edm, filters, **more)


def constant(name: str, value: Json, edm: Edm = "string", filters: str = "", **more: Any) -> Property:  # noqa: ANN401
    """Return a property that every synchronised object shares."""
    return Property(name, lambda _, __: value, edm, filters, constant=True, **more)
