"""How PowerShell turns a value into text, and how it reads text patterns (wildcards)."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from enum import IntEnum

from lab.powershell.clr import Collection, NetObject, Version, type_name, unbox
from lab.powershell.dates import format_date


def double_text(value: float) -> str:
    """Write a Double in the round-trip form of .NET Framework: 15 digits where they are enough, else 17."""
    if value != value:  # noqa: PLR0124 - the definition of NaN
        return "NaN"
    if value in {float("inf"), float("-inf")}:
        return "Infinity" if value > 0 else "-Infinity"
    written = f"{value:.15g}"
    if float(written) != value:
        written = f"{value:.17g}"
    mantissa, exponent, power = written.partition("e")
    return f"{mantissa}E{power}" if exponent else mantissa


def time_span_text(span: timedelta) -> str:
    """Write a TimeSpan in its constant form, [-][d.]hh:mm:ss[.fffffff]."""
    sign, span = ("-", -span) if span < timedelta() else ("", span)
    minutes, seconds = divmod(span.seconds, 60)
    days = f"{span.days}." if span.days else ""
    fraction = f".{span.microseconds:06d}0" if span.microseconds else ""
    return f"{sign}{days}{minutes // 60:02d}:{minutes % 60:02d}:{seconds:02d}{fraction}"


def enum_text(value: IntEnum) -> str:
    """Give the name of an enumeration's member."""
    return value.name


def _object_text(value: NetObject) -> str:
    if value.text is not None:
        return value.text
    if not value.is_custom:
        return value.type_names[0]
    inner = "; ".join(f"{name}={to_text(value.get(name))}" for name in value.names())
    return f"@{{{inner}}}"


def to_text(value: object, *, date_format: str = "MM/dd/yyyy HH:mm:ss") -> str:  # noqa: PLR0911 - one per kind
    """Convert to String as PowerShell does, invariant culture; a collection becomes its elements with blanks between.

    `date_format` is the form of dates: the invariant culture's by default, "G" for the server's own culture.
    """
    value = unbox(value)
    match value:
        case None:
            return ""
        case str():
            return value
        case IntEnum():
            return enum_text(value)
        case bool() | Version():
            return str(value)
        case float():
            return double_text(value)
        case datetime():
            return format_date(value, date_format, UTC)
        case timedelta():
            return time_span_text(value)
        case NetObject():
            return _object_text(value)
        case dict():
            return type_name(value)
        case list() | bytes():
            return " ".join(to_text(item, date_format=date_format) for item in value)
        case _:
            return str(value)


def display_text(value: object) -> str:
    """Write a value as ToString does: what depth leaves of an object on the wire, and what formatting shows."""
    value = unbox(value)
    if isinstance(value, Collection):
        return value.type_names[0]
    return to_text(value, date_format="G")


def wildcard(pattern: str, *, case_sensitive: bool = False) -> re.Pattern[str]:
    """Compile a PowerShell wildcard pattern: * ? [a-z] and the backtick that takes their meaning away."""
    out, position = [], 0
    while position < len(pattern):
        char = pattern[position]
        if char == "`" and position + 1 < len(pattern):
            position += 1
            out.append(re.escape(pattern[position]))
        elif char == "*":
            out.append(".*")
        elif char == "?":
            out.append(".")
        elif char == "[" and (end := pattern.find("]", position + 1)) > 0:
            out.append("[" + re.escape(pattern[position + 1 : end]).replace("\\-", "-") + "]")
            position = end
        else:
            out.append(re.escape(char))
        position += 1
    return re.compile("".join(out) + r"\Z", re.DOTALL if case_sensitive else re.DOTALL | re.IGNORECASE)


def has_wildcard(text: str) -> bool:
    """Whether the text means more than itself as a wildcard pattern."""
    return any(char in text for char in "*?[")
