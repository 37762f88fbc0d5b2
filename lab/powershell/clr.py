"""Values of the Common Language Runtime as the engine holds them, and their .NET type names.

| CLR | Python |
| --- | --- |
| String, Boolean, Guid, TimeSpan, Byte[] | str, bool, uuid.UUID, timedelta, bytes |
| Int32 | int (Int64 when it does not fit) |
| Int64, Int16, Byte, UInt32 | `Int64`, `Int16`, `Byte`, `UInt32` |
| Double | float |
| DateTime | datetime: tzinfo None = Kind Unspecified, a `LocalZone` = Local, anything else = Utc |
| enum | IntEnum; its .NET name in `__clr_name__`, without one it belongs to the ADSync object model |
| Version | `Version` |
| Object[] | list |
| List`1, IList`1, KeyedCollection... | `Collection` |
| Hashtable | dict |
| any other object, PSCustomObject | `NetObject` |
| a primitive that carries note properties | `Boxed` |
"""

from __future__ import annotations

from datetime import datetime, timedelta, tzinfo
from enum import IntEnum
from typing import TYPE_CHECKING
from uuid import UUID

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

OBJECT_MODEL = "Microsoft.IdentityManagement.PowerShell.ObjectModel"
CUSTOM_OBJECT = "System.Management.Automation.PSCustomObject"
_INT32 = range(-(2**31), 2**31)


class Int64(int):
    """System.Int64."""


class Int16(int):
    """System.Int16."""


class Byte(int):
    """System.Byte."""


class UInt32(int):
    """System.UInt32."""


class Version(tuple[int, ...]):
    """System.Version: two to four numbers."""

    __slots__ = ()

    @classmethod
    def parse(cls, text: str) -> Version:
        """Read "2.6.84.0".

        Raises:
            ValueError: not two to four dotted numbers.

        """
        parts = tuple(int(part) for part in text.split("."))
        if not 2 <= len(parts) <= 4:  # noqa: PLR2004 - the definition of System.Version
            raise ValueError(text)
        return cls(parts)

    def __str__(self) -> str:
        return ".".join(str(part) for part in self)


class LocalZone(tzinfo):
    """The time zone of one server: the mark of DateTime values of Kind Local."""

    def __init__(self, zone: tzinfo) -> None:
        self._zone = zone

    def utcoffset(self, moment: datetime | None) -> timedelta | None:
        """Offset of the server's zone at this local time."""
        return None if moment is None else self._zone.utcoffset(moment.replace(tzinfo=self._zone))

    def dst(self, moment: datetime | None) -> timedelta | None:
        """Daylight saving part of the offset."""
        return None if moment is None else self._zone.dst(moment.replace(tzinfo=self._zone))

    def tzname(self, moment: datetime | None) -> str | None:
        """Name of the zone."""
        return None if moment is None else self._zone.tzname(moment.replace(tzinfo=self._zone))

    def fromutc(self, moment: datetime) -> datetime:
        """UTC clock time to the server's clock time."""
        return self._zone.fromutc(moment.replace(tzinfo=self._zone)).replace(tzinfo=self)


class Lazy:
    """A property whose value costs something: computed when it is read, each time."""

    __slots__ = ("compute",)

    def __init__(self, compute: Callable[[], object]) -> None:
        self.compute = compute


class Collection(list[object]):
    """A .NET collection with a type of its own; `type_names` as on the wire, most derived first."""

    def __init__(self, items: Iterable[object], type_names: tuple[str, ...]) -> None:
        super().__init__(items)
        self.type_names = type_names

    @classmethod
    def list_of(cls, items: Iterable[object], element: str) -> Collection:
        """Build a System.Collections.Generic.List`1 of elements with this (assembly-qualified) type name."""
        return cls(items, (f"System.Collections.Generic.List`1[[{element}]]", "System.Object"))


class NetObject:
    """An object with adapted (.NET) properties and note properties; property names are case-insensitive."""

    __slots__ = ("_index", "adapted", "notes", "text", "type_names")

    def __init__(
        self,
        type_names: tuple[str, ...],
        adapted: Mapping[str, object] | None = None,
        notes: Mapping[str, object] | None = None,
        text: str | None = None,
    ) -> None:
        self.type_names = type_names
        self.adapted = dict(adapted or {})
        self.notes = dict(notes or {})
        self.text = text
        self._index: dict[str, str] | None = None

    @classmethod
    def custom(cls, notes: Mapping[str, object], selected_from: str | None = None) -> NetObject:
        """Build a PSCustomObject; `selected_from` is the type that Select-Object took the properties from."""
        names = (CUSTOM_OBJECT, "System.Object")
        return cls((f"Selected.{selected_from}", *names) if selected_from else names, notes=notes)

    @property
    def is_custom(self) -> bool:
        """Whether this is a PSCustomObject: note properties only."""
        return CUSTOM_OBJECT in self.type_names

    def names(self) -> Iterator[str]:
        """Names of all properties, adapted ones first."""
        yield from self.adapted
        yield from self.notes

    def find(self, name: str) -> str | None:
        """Give the property's own spelling of a name, None where there is no such property."""
        if self._index is None or len(self._index) != len(self.adapted) + len(self.notes):
            self._index = {known.casefold(): known for known in self.names()}
        return self._index.get(name.casefold())

    def get(self, name: str) -> object:
        """Value of a property; $null where there is no such property."""
        known = self.find(name)
        if known is None:
            return None
        value = self.adapted[known] if known in self.adapted else self.notes[known]
        return value.compute() if isinstance(value, Lazy) else value


class Boxed:
    """A primitive value with note properties (they go over the wire) and script properties (they do not)."""

    __slots__ = ("notes", "scripts", "value")

    def __init__(
        self,
        value: object,
        notes: Mapping[str, object],
        scripts: Mapping[str, object] | None = None,
    ) -> None:
        self.value = value
        self.notes = dict(notes)
        self.scripts = dict(scripts or {})

    @property
    def extended(self) -> dict[str, object]:
        """Note and script properties."""
        return {**self.notes, **self.scripts}


def unbox(value: object) -> object:
    """Give the value without its note properties."""
    return value.value if isinstance(value, Boxed) else value


def enum_type_name(kind: type[IntEnum]) -> str:
    """Name of an enumeration's .NET type."""
    name = getattr(kind, "__clr_name__", None)
    return name if isinstance(name, str) else f"{OBJECT_MODEL}.{kind.__name__}"


_SCALARS: tuple[tuple[type, str], ...] = (
    (bool, "System.Boolean"),
    (Int64, "System.Int64"),
    (Int16, "System.Int16"),
    (Byte, "System.Byte"),
    (UInt32, "System.UInt32"),
    (float, "System.Double"),
    (str, "System.String"),
    (UUID, "System.Guid"),
    (datetime, "System.DateTime"),
    (timedelta, "System.TimeSpan"),
    (bytes, "System.Byte[]"),
    (Version, "System.Version"),
    (dict, "System.Collections.Hashtable"),
)


def type_name(value: object) -> str:
    """Full name of a value's .NET type."""
    value = unbox(value)
    if isinstance(value, NetObject | Collection):
        return value.type_names[0]
    if isinstance(value, IntEnum):
        return enum_type_name(type(value))
    for kind, name in _SCALARS:
        if isinstance(value, kind):
            return name
    if isinstance(value, int):
        return "System.Int32" if value in _INT32 else "System.Int64"
    return "System.Object[]" if isinstance(value, list) else "System.Object"


def is_enumerable(value: object) -> bool:
    """Whether PowerShell enumerates the value in a pipeline: strings and dictionaries it does not."""
    return isinstance(value, list | bytes)
