"""The way back: objects of the ADSync object model, as a pipeline carries them, to the world's dataclasses."""

from __future__ import annotations

from dataclasses import fields, is_dataclass
from datetime import datetime, timedelta
from enum import IntEnum
from functools import cache
from typing import TYPE_CHECKING, Any, TypeVar, get_args, get_origin, get_type_hints
from uuid import UUID

from lab.powershell import members
from lab.powershell.adsync.objects import property_name
from lab.powershell.clr import unbox
from lab.powershell.convert import GUID, INT64, TIME_SPAN, enum, truth
from lab.powershell.text import to_text
from lab.world import enums, model
from lab.world.model import identifiers

if TYPE_CHECKING:
    from collections.abc import Callable

T = TypeVar("T")

_NAMES: dict[str, Any] = {
    **vars(identifiers),
    **vars(enums),
    **vars(model),
    "UUID": UUID,
    "datetime": datetime,
    "timedelta": timedelta,
}
_SCALARS: dict[type, Callable[[object], object]] = {
    bool: truth,
    int: lambda value: int(INT64.convert(value)),  # type: ignore[call-overload]
    str: to_text,
    UUID: GUID.convert,
    timedelta: TIME_SPAN.convert,
}


@cache
def _hints(kind: type) -> dict[str, Any]:
    return get_type_hints(kind, localns=_NAMES)


def _back(hint: Any, value: object) -> object:  # noqa: ANN401 - any annotation
    value = unbox(value)
    options = [option for option in get_args(hint) if option is not type(None)]
    if get_origin(hint) is list:
        several = value if isinstance(value, list) else [] if value is None else [value]
        return [_back(options[0], item) for item in several]
    if options:
        return None if value is None else _back(options[0], value)
    if isinstance(hint, type) and is_dataclass(hint):
        return from_net(hint, value)
    if isinstance(hint, type) and issubclass(hint, IntEnum):
        return enum(hint).convert(value)
    return _SCALARS[hint](value) if hint in _SCALARS else value


def from_net(kind: type[T], shown: object) -> T:
    """Build a world object from what a cmdlet was given; a property that is not there keeps the field's default.

    Raises:
        ConversionError: a property holds what its type cannot be.

    """
    hints = _hints(kind)  # type: ignore[arg-type]
    found: dict[str, object] = {}
    for field in fields(kind):  # type: ignore[arg-type]
        name = property_name(field.name)
        if members.find(shown, name):
            found[field.name] = _back(hints[field.name], members.get(shown, name))
    return kind(**found)
