"""Conversion of arguments to the type of a parameter, and of values among each other, as PowerShell coerces them."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import IntEnum
from functools import cache
from typing import TYPE_CHECKING
from uuid import UUID

from lab.powershell.clr import (
    Boxed,
    Collection,
    Int64,
    NetObject,
    Version,
    enum_type_name,
    type_name,
    unbox,
)
from lab.powershell.dates import parse_date
from lab.powershell.text import to_text

if TYPE_CHECKING:
    from collections.abc import Callable

_SPAN = re.compile(r"(-)?(?:(\d+)\.)?(\d{1,2}):(\d{2})(?::(\d{2})(?:\.(\d{1,7}))?)?\Z")
_NUMBER = re.compile(r"[+-]?(?:0x[0-9a-f]+|\d+(?:\.\d+)?(?:e[+-]?\d+)?)\Z", re.IGNORECASE)


class ConversionError(Exception):
    """The value has no meaning as the wanted type; the text is PowerShell's, without the parameter's name."""


@dataclass(frozen=True)
class ClrType:
    """The type of a parameter: its .NET name and how a value becomes it (raises ConversionError)."""

    name: str
    convert: Callable[[object], object]
    is_switch: bool = False
    is_array: bool = False
    null_as_is: bool = False


def _refuse(value: object, kind: str, reason: str = "") -> ConversionError:
    if value is None:
        return ConversionError(f'Cannot convert null to type "{kind}".')
    shown = to_text(value)
    if reason:
        return ConversionError(f'Cannot convert value "{shown}" to type "{kind}". Error: "{reason}"')
    return ConversionError(
        f'Cannot convert the "{shown}" value of type "{type_name(value)}" to type "{kind}".',
    )


def number(value: object) -> int | float | None:
    """Read a value as a number as arithmetic does; None where it is none."""
    value = unbox(value)
    if isinstance(value, bool):
        return int(value)
    if isinstance(value, int | float):
        return value
    if isinstance(value, str):
        text = value.strip()
        if not text:
            return 0
        if _NUMBER.match(text):
            return int(text, 16) if text.lower().lstrip("+-").startswith("0x") else _plain(text)
    return None


def _plain(text: str) -> int | float:
    return float(text) if any(char in text for char in ".eE") else int(text)


def _integer(kind: str, bits: int, make: Callable[[int], int]) -> Callable[[object], object]:
    def convert(value: object) -> object:
        value = unbox(value)
        found = number(value)
        if found is None:
            reason = "Input string was not in a correct format." if isinstance(value, str) else ""
            raise _refuse(value, kind, reason)
        whole = round(found)
        if not -(2 ** (bits - 1)) <= whole < 2 ** (bits - 1):
            raise _refuse(value, kind, f"Value was either too large or too small for an Int{bits}.")
        return make(whole)

    return convert


def _boolean(value: object) -> object:
    value = unbox(value)
    if isinstance(value, bool | int | float):
        return bool(value)
    raise ConversionError(
        f'Cannot convert value "{to_text(value) if value is None else type_name(value)}" to type "System.Boolean". '
        "Boolean parameters accept only Boolean values and numbers, such as $True, $False, 1 or 0.",
    )


def _guid(value: object) -> object:
    value = unbox(value)
    if isinstance(value, UUID):
        return UUID(int=value.int)
    if isinstance(value, str):
        bare = value.strip()
        if re.fullmatch(r"\{[^{}]+\}|\([^()]+\)|[^{}()]+", bare) and re.fullmatch(
            r"[0-9a-fA-F]{8}(-?)[0-9a-fA-F]{4}\1[0-9a-fA-F]{4}\1[0-9a-fA-F]{4}\1[0-9a-fA-F]{12}",
            bare.strip("{}()"),
        ):
            return UUID(bare.strip("{}()"))
        raise _refuse(
            value,
            "System.Guid",
            "Guid should contain 32 digits with 4 dashes (xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx).",
        )
    raise _refuse(value, "System.Guid")


def _time_span(value: object) -> object:
    value = unbox(value)
    if isinstance(value, timedelta):
        return timedelta(days=value.days, seconds=value.seconds, microseconds=value.microseconds)
    if isinstance(value, int) and not isinstance(value, bool):
        return timedelta(microseconds=value // 10)
    if isinstance(value, str) and (match := _SPAN.match(value.strip())):
        sign, days, hours, minutes, seconds, fraction = match.groups()
        span = timedelta(
            days=int(days or 0),
            hours=int(hours),
            minutes=int(minutes),
            seconds=int(seconds or 0),
            microseconds=int((fraction or "").ljust(6, "0")[:6]),
        )
        return -span if sign else span
    if isinstance(value, str) and value.strip().isdecimal():
        return timedelta(days=int(value))
    raise _refuse(value, "System.TimeSpan", "String was not recognized as a valid TimeSpan.")


def _date_time(value: object) -> object:
    value = unbox(value)
    if isinstance(value, datetime):
        moment = datetime.combine(value.date(), value.time(), value.tzinfo)
        return moment if moment.tzinfo is None else moment.astimezone(UTC)
    if isinstance(value, str):
        try:
            return parse_date(value)
        except ValueError:
            raise _refuse(value, "System.DateTime", "String was not recognized as a valid DateTime.") from None
    raise _refuse(value, "System.DateTime")


def _version(value: object) -> object:
    try:
        return Version.parse(to_text(value))
    except ValueError:
        raise _refuse(value, "System.Version", "Version string portion was too short or too long.") from None


def _string(value: object) -> object:
    return to_text(value)


def _hashtable(value: object) -> object:
    if isinstance(value, dict):
        return {to_text(key): item for key, item in value.items()}
    raise _refuse(value, "System.Collections.Hashtable")


def _switch(value: object) -> object:
    return True if value is None else _boolean(value)


def _as_is(value: object) -> object:
    return value


def _script_block(value: object) -> object:
    raise _refuse(value, "System.Management.Automation.ScriptBlock")


STRING = ClrType("System.String", _string)
INT32 = ClrType("System.Int32", _integer("System.Int32", 32, int))
INT64 = ClrType("System.Int64", _integer("System.Int64", 64, Int64))
BOOLEAN = ClrType("System.Boolean", _boolean)
GUID = ClrType("System.Guid", _guid)
TIME_SPAN = ClrType("System.TimeSpan", _time_span)
DATE_TIME = ClrType("System.DateTime", _date_time)
VERSION = ClrType("System.Version", _version)
HASHTABLE = ClrType("System.Collections.Hashtable", _hashtable)
OBJECT = ClrType("System.Object", _as_is, null_as_is=True)
SCRIPT_BLOCK = ClrType("System.Management.Automation.ScriptBlock", _script_block)
SWITCH = ClrType("System.Management.Automation.SwitchParameter", _switch, is_switch=True)


def array(element: ClrType) -> ClrType:
    """Build the type of arrays of another type; one value is taken for an array of one."""

    def convert(value: object) -> object:
        items = value if isinstance(value, list) else [value]
        return [element.convert(item) for item in items]

    return ClrType(f"{element.name}[]", convert, is_array=True)


def nullable(inner: ClrType) -> ClrType:
    """Build the Nullable of a value type."""

    def convert(value: object) -> object:
        return None if value is None else inner.convert(value)

    return ClrType(f"System.Nullable`1[{inner.name}]", convert, null_as_is=True)


@cache
def enum(kind: type[IntEnum]) -> ClrType:
    """Build the type of an enumeration: by its number, its name or a beginning of it that fits only one name."""
    name = enum_type_name(kind)

    def convert(value: object) -> object:
        value = unbox(value)
        if isinstance(value, int) and not isinstance(value, bool) and value in {member.value for member in kind}:
            return kind(value)
        text = to_text(value).strip()
        if text.isdecimal() and int(text) in {member.value for member in kind}:
            return kind(int(text))
        members = [member for member in kind if member.name.casefold() == text.casefold()]
        members = members or [member for member in kind if text and member.name.casefold().startswith(text.casefold())]
        if len(members) == 1:
            return members[0]
        known = ", ".join(member.name for member in kind)
        raise _refuse(
            value,
            name,
            f"Unable to match the identifier name {text} to a valid enumerator name. Specify one of the following "
            f"enumerator names and try again: {known}",
        )

    return ClrType(name, convert)


def truth(value: object) -> bool:
    """Read a value as a condition."""
    value = unbox(value)
    if isinstance(value, list):
        return truth(value[0]) if len(value) == 1 else bool(value)
    if isinstance(value, str | bool | int | float):
        return bool(value)
    return value is not None


def plain(value: object) -> object:
    """Turn what psrpcore decoded into the engine's own values (psrpcore subclasses the Python types)."""
    if value is None or isinstance(value, NetObject | Boxed | Collection | bool):
        return value
    if isinstance(value, dict):
        return {plain(key): plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [plain(item) for item in value]
    return _plain_scalar(value)


def _plain_scalar(value: object) -> object:
    bare: object = value
    if isinstance(value, str):
        bare = str.__str__(value)
    elif isinstance(value, IntEnum | Int64):
        bare = value
    elif isinstance(value, int):
        bare = int(value)
    elif isinstance(value, float):
        bare = float(value)
    elif isinstance(value, bytes):
        bare = bytes(value)
    elif isinstance(value, UUID):
        bare = UUID(int=value.int)
    elif isinstance(value, datetime):
        bare = datetime.combine(value.date(), value.time(), value.tzinfo)
    elif isinstance(value, timedelta):
        bare = timedelta(days=value.days, seconds=value.seconds, microseconds=value.microseconds)
    return bare
