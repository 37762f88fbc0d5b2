"""The world's dataclasses as .NET objects of the ADSync object model.

A field's property name is its words in PascalCase unless the world says otherwise; values keep the CLR type that
the product declares [adsync §2 to §7]. Dates: UTC where the property says so, Kind Unspecified in the run history,
which holds UTC without saying so [adsync §6].
"""

from __future__ import annotations

import re
from dataclasses import fields, is_dataclass
from datetime import datetime
from enum import IntEnum
from functools import cache
from typing import TYPE_CHECKING, Any

from lab.powershell.clr import OBJECT_MODEL, Collection, Int64, Lazy, NetObject, type_name
from lab.powershell.convert import ClrType, ConversionError
from lab.powershell.text import to_text
from lab.world.model import PROPERTY_NAMES

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

_ASSEMBLY = f"{OBJECT_MODEL}, Version=1.4.0.0, Culture=neutral, PublicKeyToken=31bf3856ad364e35"
_STRING = "System.String, mscorlib, Version=4.0.0.0, Culture=neutral, PublicKeyToken=b77a5c561934e089"

_INT64 = {("ExtensionConfiguration", "capability_bits"), ("GroupStatistics", "row_no")}
_KEYED = {"connectivity_parameters", "global_parameters", "capability_parameters", "schema_parameters"}
"""Fields that are a ParameterKeyedCollection: a collection class of its own [adsync §5]."""
_HEAVY = {("CsAttribute", "values")}
"""Fields that may hold a value per member of a group: read only when the property is."""
_UNSPECIFIED = {"RunProfileResult", "RunStepResult"}
"""Objects whose dates come with Kind Unspecified."""


def full_name(short: str) -> str:
    """Full name of a type of the object model."""
    return f"{OBJECT_MODEL}.{short}"


@cache
def model_type(short: str) -> ClrType:
    """Build the parameter type of a class of the object model: only an object of this session is one."""
    name = full_name(short)

    def convert(value: object) -> object:
        if isinstance(value, NetObject) and value.type_names[0] == name:
            return value
        raise ConversionError(
            f'Cannot convert the "{to_text(value)}" value of type "{type_name(value)}" to type "{name}".',
        )

    return ClrType(name, convert)


def keyed_parameters(items: Sequence[object]) -> Collection:
    """Build an OM.ParameterKeyedCollection: arrives as a list of a type that clients do not know [psrp §2]."""
    element = f"{full_name('ConfigurationParameter')}, {_ASSEMBLY}"
    return Collection(
        [net(item) for item in items],
        (
            full_name("ParameterKeyedCollection"),
            f"System.Collections.ObjectModel.KeyedCollection`2[[{_STRING}],[{element}]]",
            f"System.Collections.ObjectModel.Collection`1[[{element}]]",
            "System.Object",
        ),
    )


def list_of(items: Sequence[object], element: str) -> Collection:
    """Build a List`1 of a type of the object model, or of String."""
    if element == "str":
        return Collection.list_of(items, _STRING)
    return Collection.list_of((net(item) for item in items), f"{full_name(element)}, {_ASSEMBLY}")


def property_name(field: str) -> str:
    """Give the product's name for a field of the world."""
    return PROPERTY_NAMES.get(field) or "".join(part.capitalize() for part in field.split("_"))


def _annotation(kind: type, field: str) -> str:
    for known in fields(kind):
        if known.name == field:
            return str(known.type)
    prop = getattr(kind, field)
    return str(prop.fget.__annotations__.get("return", ""))


@cache
def _schema(kind: type) -> tuple[tuple[str, str, str, bool], ...]:
    """Give (field, property, element type of a list or "", read on access) for each property of a world class."""
    own = [known.name for known in fields(kind) if not known.name.startswith("make_")]
    computed = [name for name, value in vars(kind).items() if isinstance(value, property)]
    rows = []
    for field in (*own, *computed):
        match = re.match(r"list\[(\w+)\]", _annotation(kind, field))
        lazy = field in computed or (kind.__name__, field) in _HEAVY
        rows.append((field, property_name(field), match.group(1) if match else "", lazy))
    return tuple(rows)


def _value(kind: str, field: str, element: str, value: object) -> object:
    if field in _KEYED and isinstance(value, list):
        return keyed_parameters(value)
    if element and isinstance(value, list):
        return list_of(value, element)
    if (kind, field) in _INT64 and isinstance(value, int):
        return Int64(value)
    if isinstance(value, datetime) and kind in _UNSPECIFIED:
        return value.replace(tzinfo=None)
    return net(value)


def _reader(source: Any, kind: str, field: str, element: str) -> Callable[[], object]:  # noqa: ANN401
    return lambda: _value(kind, field, element, getattr(source, field))


def net(value: object) -> object:
    """Give the .NET object of a world object; anything else is returned as it is."""
    if isinstance(value, IntEnum) or not is_dataclass(value) or isinstance(value, type):
        return value
    kind = type(value).__name__
    adapted: dict[str, object] = {}
    for field, name, element, lazy in _schema(type(value)):
        read = _reader(value, kind, field, element)
        adapted[name] = Lazy(read) if lazy else read()
    return NetObject((full_name(kind), "System.Object"), adapted)


def made(short: str, properties: dict[str, object]) -> NetObject:
    """Build an object of the object model that the world has no class for."""
    return NetObject((full_name(short), "System.Object"), properties)
