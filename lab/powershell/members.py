"""Properties of any value: of objects as they stand, of primitives as .NET has them."""

from __future__ import annotations

from datetime import datetime, timedelta
from enum import IntEnum
from typing import TYPE_CHECKING, Any

from lab.powershell.clr import Boxed, Int64, LocalZone, NetObject, Version
from lab.powershell.text import has_wildcard, wildcard

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

_TICK_EPOCH = datetime(1, 1, 1)  # noqa: DTZ001 - DateTime.MinValue has no zone
_MICROSECOND = timedelta(microseconds=1)


class DateTimeKind(IntEnum):
    """System.DateTimeKind."""

    __clr_name__ = "System.DateTimeKind"
    Unspecified = 0
    Utc = 1
    Local = 2


def _kind(moment: datetime) -> DateTimeKind:
    if moment.tzinfo is None:
        return DateTimeKind.Unspecified
    return DateTimeKind.Local if isinstance(moment.tzinfo, LocalZone) else DateTimeKind.Utc


def ticks(span: timedelta) -> int:
    """Length of a TimeSpan in units of 100 nanoseconds."""
    return span // _MICROSECOND * 10


def _towards_zero(span: timedelta, unit: timedelta) -> int:
    return int(span / unit) if span < timedelta() else span // unit


def _part(span: timedelta, unit: timedelta, modulus: int) -> int:
    whole = _towards_zero(span, unit)
    return whole % modulus if whole >= 0 else -(-whole % modulus)


def _total(span: timedelta, unit: timedelta) -> float:
    """Measure a span; .NET multiplies with the unit's reciprocal, which shows in the last digit."""
    return float(ticks(span)) * (1.0 / ticks(unit))


_HOUR, _MINUTE, _SECOND = timedelta(hours=1), timedelta(minutes=1), timedelta(seconds=1)
_MILLISECOND, _DAY = timedelta(milliseconds=1), timedelta(days=1)

TIME_SPAN_PROPERTIES: dict[str, Callable[[timedelta], object]] = {
    "Ticks": lambda span: Int64(ticks(span)),
    "Days": lambda span: _towards_zero(span, _DAY),
    "Hours": lambda span: _part(span, _HOUR, 24),
    "Milliseconds": lambda span: _part(span, _MILLISECOND, 1000),
    "Minutes": lambda span: _part(span, _MINUTE, 60),
    "Seconds": lambda span: _part(span, _SECOND, 60),
    "TotalDays": lambda span: _total(span, _DAY),
    "TotalHours": lambda span: _total(span, _HOUR),
    "TotalMilliseconds": lambda span: _total(span, _MILLISECOND),
    "TotalMinutes": lambda span: _total(span, _MINUTE),
    "TotalSeconds": lambda span: _total(span, _SECOND),
}
"""Properties of System.TimeSpan in their declared order: ConvertTo-Json writes them so."""

_DATE_TIME_PROPERTIES: dict[str, Callable[[datetime], object]] = {
    "Date": lambda at: at.replace(hour=0, minute=0, second=0, microsecond=0),
    "Day": lambda at: at.day,
    "DayOfYear": lambda at: at.timetuple().tm_yday,
    "Hour": lambda at: at.hour,
    "Kind": _kind,
    "Millisecond": lambda at: at.microsecond // 1000,
    "Minute": lambda at: at.minute,
    "Month": lambda at: at.month,
    "Second": lambda at: at.second,
    "Ticks": lambda at: Int64(ticks(at.replace(tzinfo=None) - _TICK_EPOCH)),
    "TimeOfDay": lambda at: timedelta(hours=at.hour, minutes=at.minute, seconds=at.second, microseconds=at.microsecond),
    "Year": lambda at: at.year,
}


def _version_part(index: int) -> Callable[[Version], object]:
    return lambda version: version[index] if index < len(version) else -1


def _half(version: Version, *, high: bool) -> int:
    revision = version[3] if len(version) > 3 else -1  # noqa: PLR2004 - major.minor.build.revision
    half = (revision >> 16 if high else revision) & 0xFFFF
    return half - 0x10000 if half >= 0x8000 else half  # noqa: PLR2004 - Int16


VERSION_PROPERTIES: dict[str, Callable[[Version], object]] = {
    "Major": _version_part(0),
    "Minor": _version_part(1),
    "Build": _version_part(2),
    "Revision": _version_part(3),
    "MajorRevision": lambda version: _half(version, high=True),
    "MinorRevision": lambda version: _half(version, high=False),
}


_PROPERTIES: tuple[tuple[type, Mapping[str, Callable[[Any], object]]], ...] = (
    (timedelta, TIME_SPAN_PROPERTIES),
    (datetime, _DATE_TIME_PROPERTIES),
    (Version, VERSION_PROPERTIES),
    (str, {"Length": len}),
    (list, {"Count": len, "Length": len}),
    (bytes, {"Length": len}),
)


def _computed(value: object) -> Mapping[str, Callable[[Any], object]]:
    return next((properties for kind, properties in _PROPERTIES if isinstance(value, kind)), {})


def names(value: object) -> list[str]:
    """Names of all properties of a value, in order."""
    match value:
        case Boxed():
            return [*_computed(value.value), *value.extended]
        case NetObject():
            return list(value.names())
        case dict():
            return [str(key) for key in value]
        case _:
            return list(_computed(value))


def find(value: object, pattern: str) -> list[str]:
    """Names of the properties that a name or wildcard pattern means; none where there is no such property."""
    if has_wildcard(pattern):
        matches = wildcard(pattern)
        return [name for name in names(value) if matches.match(name)]
    if isinstance(value, NetObject):
        known = value.find(pattern)
        return [] if known is None else [known]
    return [name for name in names(value) if name.casefold() == pattern.casefold()]


def get(value: object, name: str) -> object:
    """Value of a property; $null where there is no such property."""
    if isinstance(value, NetObject):
        return value.get(name)
    known = find(value, name) if not has_wildcard(name) else []
    if not known:
        return None
    if isinstance(value, Boxed):
        return value.extended[known[0]] if known[0] in value.extended else get(value.value, known[0])
    if isinstance(value, dict):
        return value[known[0]]
    return _computed(value)[known[0]](value)
