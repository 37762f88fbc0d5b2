"""Objects on their way out: flattened to depth 1, as PSRP serialises output [psrp §2].

Properties of an output object that are objects themselves, enumerations too, arrive as their ToString text; a
collection stays a collection of the same type, its elements as text. Type names carry no "Deserialized." prefix.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone
from enum import IntEnum
from functools import cache
from typing import TYPE_CHECKING, Any
from uuid import UUID

from psrpcore.types import (
    PSByte,
    PSDateTime,
    PSDict,
    PSDouble,
    PSDuration,
    PSEnumBase,
    PSInt,
    PSInt16,
    PSInt64,
    PSList,
    PSNoteProperty,
    PSObject,
    PSString,
    PSType,
    PSUInt,
    PSVersion,
    add_note_property,
)

from lab.powershell.clr import (
    Boxed,
    Byte,
    Collection,
    Int16,
    Int64,
    Lazy,
    LocalZone,
    NetObject,
    UInt32,
    Version,
    enum_type_name,
)
from lab.powershell.text import display_text

if TYPE_CHECKING:
    from collections.abc import Callable

_INT32_MAX = 2**31 - 1


class _WireDateTime(PSDateTime):
    """A DateTime that serialises without trailing zeros; its tzinfo tells the Kind."""

    def strftime(self, form: str) -> str:
        written: str = super().strftime(form)
        return written.rstrip("0") if form == ".%f" else written


def _date_time(moment: datetime) -> PSDateTime:
    zone: timezone | _Offset | None = None
    if isinstance(moment.tzinfo, LocalZone):
        zone = _Offset(moment.utcoffset() or timedelta())
    elif moment.tzinfo is not None:
        zone = UTC
    naive = moment.replace(tzinfo=None)
    return _WireDateTime(naive.replace(tzinfo=zone))


class _Offset(LocalZone):
    """A fixed offset that is not equal to UTC even when it is zero: psrpcore writes Z for UTC only."""

    def __init__(self, offset: timedelta) -> None:
        super().__init__(timezone(offset))


@cache
def _enum_class(kind: type[IntEnum]) -> Any:  # noqa: ANN401 - a class made at run time
    members = {member.name: member.value for member in kind}
    functional: Any = PSEnumBase
    return PSType([enum_type_name(kind)], rehydrate=False)(functional(kind.__name__, members))


_SIMPLE: tuple[tuple[tuple[type, ...], Callable[[Any], object]], ...] = (
    ((bool, str, bytes, UUID), lambda value: value),
    ((Int64,), PSInt64),
    ((Int16,), PSInt16),
    ((Byte,), PSByte),
    ((UInt32,), PSUInt),
    ((int,), lambda value: PSInt(value) if -_INT32_MAX - 1 <= value <= _INT32_MAX else PSInt64(value)),
    ((float,), PSDouble),
    ((datetime,), _date_time),
    ((timedelta,), PSDuration),
    ((Version,), lambda value: PSVersion(str(value))),
)
"""Types that serialise as themselves at any depth, first match."""


def _primitive(value: object) -> object:
    """Give psrpcore's form of a value that serialises as itself at any depth; NotImplemented for all others."""
    if value is None:
        return None
    if isinstance(value, IntEnum):
        return NotImplemented
    for kinds, convert in _SIMPLE:
        if isinstance(value, kinds):
            return convert(value)
    return NotImplemented


def _boxed(value: Boxed, depth: int) -> object:
    inner: Any = to_wire(value.value, depth)
    if not depth or not isinstance(inner, str | PSObject):
        return inner
    carrier: Any = inner if isinstance(inner, PSObject) else PSString(inner)
    for name, note in value.notes.items():
        add_note_property(carrier, name, to_wire(note, depth - 1), force=True)
    return carrier


def _container(value: list[object], depth: int) -> PSList:
    """Containers take no depth of their own."""
    sent = PSList([to_wire(item, depth) for item in value])
    names = value.type_names if isinstance(value, Collection) else ("System.Object[]", "System.Array", "System.Object")
    sent.PSObject.type_names = list(names)
    return sent


def _object(value: NetObject, depth: int) -> PSObject:
    sent = PSObject()
    sent.PSObject.type_names = list(value.type_names)
    sent.PSObject.to_string = display_text(value)
    sent.PSObject.adapted_properties = [_property(name, item, depth) for name, item in value.adapted.items()]
    sent.PSObject.extended_properties = [_property(name, item, depth) for name, item in value.notes.items()]
    return sent


def _property(name: str, value: object, depth: int) -> PSNoteProperty:
    plain = value.compute() if isinstance(value, Lazy) else value
    return PSNoteProperty(name, to_wire(plain, depth - 1))


def _complex(value: object, depth: int) -> object:
    if not depth:
        return display_text(value)
    if isinstance(value, IntEnum):
        return _enum_class(type(value))(value.value)
    return _object(value, depth) if isinstance(value, NetObject) else display_text(value)


def to_wire(value: object, depth: int = 1) -> object:
    """Give what psrpcore serialises for a value of the engine."""
    primitive = _primitive(value)
    if primitive is not NotImplemented:
        return primitive
    if isinstance(value, Boxed):
        return _boxed(value, depth)
    if isinstance(value, list):
        return _container(value, depth)
    if isinstance(value, dict):
        return PSDict({to_wire(key, depth): to_wire(item, depth) for key, item in value.items()})
    return _complex(value, depth)
