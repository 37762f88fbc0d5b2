"""DateTime as .NET writes it: standard and custom format strings in the en-US culture, and the forms of each Kind."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta, tzinfo
from typing import TYPE_CHECKING

from lab.powershell.clr import LocalZone

if TYPE_CHECKING:
    from collections.abc import Callable

_DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_MONTHS = (
    *("January", "February", "March", "April", "May", "June", "July"),
    *("August", "September", "October", "November", "December"),
)
_STANDARD = {
    "d": "M/d/yyyy",
    "D": "dddd, MMMM d, yyyy",
    "f": "dddd, MMMM d, yyyy h:mm tt",
    "F": "dddd, MMMM d, yyyy h:mm:ss tt",
    "g": "M/d/yyyy h:mm tt",
    "G": "M/d/yyyy h:mm:ss tt",
    "M": "MMMM d",
    "m": "MMMM d",
    "o": "yyyy'-'MM'-'dd'T'HH':'mm':'ss'.'fffffffK",
    "O": "yyyy'-'MM'-'dd'T'HH':'mm':'ss'.'fffffffK",
    "R": "ddd, dd MMM yyyy HH':'mm':'ss 'GMT'",
    "r": "ddd, dd MMM yyyy HH':'mm':'ss 'GMT'",
    "s": "yyyy'-'MM'-'dd'T'HH':'mm':'ss",
    "t": "h:mm tt",
    "T": "h:mm:ss tt",
    "u": "yyyy'-'MM'-'dd HH':'mm':'ss'Z'",
    "U": "dddd, MMMM d, yyyy h:mm:ss tt",
    "Y": "MMMM yyyy",
    "y": "MMMM yyyy",
}
_TOKEN = re.compile(
    r"'[^']*'|\"[^\"]*\"|\\.|%.|d{1,4}|f{1,7}|F{1,7}|g+|h{1,2}|H{1,2}|K|m{1,2}|M{1,4}|s{1,2}|t{1,2}|y{1,5}|z{1,3}|.",
    re.DOTALL,
)


def to_local(moment: datetime, zone: LocalZone) -> datetime:
    """Convert to Kind Local; Kind Unspecified is taken for local time already."""
    return moment.replace(tzinfo=zone) if moment.tzinfo is None else moment.astimezone(zone)


def to_universal(moment: datetime, zone: LocalZone) -> datetime:
    """Convert as DateTime.ToUniversalTime does: Kind Unspecified is taken for local time."""
    return to_local(moment, zone).astimezone(UTC)


def _offset(moment: datetime, zone: tzinfo) -> timedelta:
    return (moment if moment.tzinfo else moment.replace(tzinfo=zone)).utcoffset() or timedelta()


def _offset_text(offset: timedelta, width: int) -> str:
    sign = "-" if offset < timedelta() else "+"
    minutes = abs(offset) // timedelta(minutes=1)
    hours = str(minutes // 60)
    if width == 1:
        return f"{sign}{hours}"
    return f"{sign}{hours.zfill(2)}" + (f":{minutes % 60:02d}" if width == 3 else "")  # noqa: PLR2004 - zzz


def kind_text(moment: datetime, zone: tzinfo) -> str:
    """Give what format K writes: nothing for Unspecified, Z for Utc, the offset for Local."""
    if moment.tzinfo is None:
        return ""
    return _offset_text(_offset(moment, zone), 3) if isinstance(moment.tzinfo, LocalZone) else "Z"


def _padded(value: int, width: int) -> str:
    return str(value).zfill(width)


def _named(number: int, name: str, width: int) -> str:
    """Write a day or a month: as a number (d, dd), abbreviated (ddd) or in full."""
    if width <= 2:  # noqa: PLR2004 - as said above
        return _padded(number, width)
    return name[:3] if width == 3 else name  # noqa: PLR2004


_COMPONENTS: dict[str, Callable[[datetime, int, tzinfo], str]] = {
    "d": lambda at, width, _: _named(at.day, _DAYS[at.weekday()], width),
    "M": lambda at, width, _: _named(at.month, _MONTHS[at.month - 1], width),
    "y": lambda at, width, _: _padded(at.year % 100 if width <= 2 else at.year, width),  # noqa: PLR2004 - yy
    "h": lambda at, width, _: _padded(at.hour % 12 or 12, width),
    "H": lambda at, width, _: _padded(at.hour, width),
    "m": lambda at, width, _: _padded(at.minute, width),
    "s": lambda at, width, _: _padded(at.second, width),
    "f": lambda at, width, _: f"{at.microsecond:06d}0"[:width],
    "F": lambda at, width, _: f"{at.microsecond:06d}0"[:width].rstrip("0"),
    "t": lambda at, width, _: ("AM" if at.hour < 12 else "PM")[:width],  # noqa: PLR2004 - noon
    "z": lambda at, width, zone: _offset_text(_offset(at, zone), width),
    "K": lambda at, _, zone: kind_text(at, zone),
    "g": lambda _at, _width, _zone: "A.D.",
}


def format_date(moment: datetime, pattern: str, zone: tzinfo) -> str:
    """Write a DateTime with a .NET standard or custom format string.

    Raises:
        ValueError: a single letter that is not a standard format.

    """
    if len(pattern) == 1:
        if pattern not in _STANDARD:
            raise ValueError(pattern)
        if pattern == "U":
            moment = (moment if moment.tzinfo else moment.replace(tzinfo=zone)).astimezone(UTC)
        pattern = _STANDARD[pattern]
    written = []
    for token in _TOKEN.findall(pattern):
        if token[0] in "'\"":
            written.append(token[1:-1])
        elif token[0] == "\\":
            written.append(token[1])
        else:
            letters = token.removeprefix("%") or token
            component = _COMPONENTS.get(letters[0])
            written.append(component(moment, len(letters), zone) if component else letters)
    return "".join(written)


def parse_date(text: str) -> datetime:
    """Read a date as [datetime] does for the invariant culture: ISO forms and M/d/yyyy with an optional time.

    Raises:
        ValueError: no known form.

    """
    stripped = text.strip()
    try:
        return datetime.fromisoformat(re.sub(r"(\.\d{6})\d+", r"\1", stripped))
    except ValueError:
        for form in ("%m/%d/%Y %H:%M:%S", "%m/%d/%Y %I:%M:%S %p", "%m/%d/%Y %H:%M", "%m/%d/%Y"):
            try:
                return datetime.strptime(stripped, form)  # noqa: DTZ007 - Kind Unspecified is what the text says
            except ValueError:
                continue
    raise ValueError(text)
