"""The comparison operators: the left side's type decides, text is compared without regard to case."""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from enum import IntEnum
from typing import TYPE_CHECKING, Any
from uuid import UUID

from lab.powershell.clr import Version, unbox
from lab.powershell.convert import (
    DATE_TIME,
    GUID,
    TIME_SPAN,
    VERSION,
    ClrType,
    ConversionError,
    enum,
    number,
    truth,
)
from lab.powershell.text import to_text, wildcard

if TYPE_CHECKING:
    from collections.abc import Callable


class Incomparable(Exception):  # noqa: N818 - a finding about two values, not a failure of the program
    """The two values have no order: -lt and its like answer with an error."""


def _target(left: object) -> ClrType | None:
    """Give the type that the right side is converted to, where conversion is more than text or number."""
    match left:
        case IntEnum():
            return enum(type(left))
        case UUID():
            return GUID
        case datetime():
            return DATE_TIME
        case timedelta():
            return TIME_SPAN
        case Version():
            return VERSION
        case _:
            return None


def _ticks(value: object) -> object:
    """Take the Kind off a date: .NET compares clock times."""
    return value.replace(tzinfo=None) if isinstance(value, datetime) else value


def _pair(left: object, right: object, *, case_sensitive: bool) -> tuple[object, object] | None:
    """Bring both sides to one type; None where that is not possible."""
    if (kind := _target(left)) is not None:
        try:
            return _ticks(left), _ticks(kind.convert(right))
        except ConversionError:
            return None
    if isinstance(left, bool):
        return left, truth(right)
    if isinstance(left, int | float):
        value = number(right)
        return None if value is None else (left, value)
    if isinstance(left, str):
        text = to_text(right)
        return (left, text) if case_sensitive else (left.casefold(), text.casefold())
    return left, right


def equals(left: object, right: object, *, case_sensitive: bool = False) -> bool:
    """Whether two single values are equal (-eq, -ceq)."""
    left, right = unbox(left), unbox(right)
    if left is None or right is None:
        return left is right
    pair = _pair(left, right, case_sensitive=case_sensitive)
    return pair is not None and pair[0] == pair[1]


def order(left: object, right: object, *, case_sensitive: bool = False) -> int:
    """Give -1, 0 or 1; $null stands before everything.

    Raises:
        Incomparable: the values have no common type with an order.

    """
    left, right = unbox(left), unbox(right)
    if left is None or right is None:
        return (left is not None) - (right is not None)
    pair = _pair(left, right, case_sensitive=case_sensitive)
    if pair is None:
        raise Incomparable
    first: Any = pair[0]
    try:
        return int(first > pair[1]) - int(first < pair[1])
    except TypeError:
        raise Incomparable from None


def _each(left: object, holds: Callable[[object], bool]) -> bool:
    """Apply to one value, or filter a collection and take the result as a condition."""
    left = unbox(left)
    if isinstance(left, list):
        return truth([item for item in left if holds(item)])
    return holds(left)


def _like(left: object, right: object, *, case_sensitive: bool) -> bool:
    return wildcard(to_text(right), case_sensitive=case_sensitive).match(to_text(left)) is not None


def _match(left: object, right: object, *, case_sensitive: bool) -> bool:
    flags = re.NOFLAG if case_sensitive else re.IGNORECASE
    return re.search(to_text(right), to_text(left), flags) is not None


def _contains(left: object, right: object, *, case_sensitive: bool) -> bool:
    items = left if isinstance(left, list) else [left]
    return any(equals(item, right, case_sensitive=case_sensitive) for item in items)


_BASIC: dict[str, Callable[[object, object, bool], bool]] = {
    "EQ": lambda a, b, c: _each(a, lambda item: equals(item, b, case_sensitive=c)),
    "NE": lambda a, b, c: _each(a, lambda item: not equals(item, b, case_sensitive=c)),
    "GT": lambda a, b, c: _each(a, lambda item: order(item, b, case_sensitive=c) > 0),
    "GE": lambda a, b, c: _each(a, lambda item: order(item, b, case_sensitive=c) >= 0),
    "LT": lambda a, b, c: _each(a, lambda item: order(item, b, case_sensitive=c) < 0),
    "LE": lambda a, b, c: _each(a, lambda item: order(item, b, case_sensitive=c) <= 0),
    "Like": lambda a, b, c: _each(a, lambda item: _like(item, b, case_sensitive=c)),
    "NotLike": lambda a, b, c: _each(a, lambda item: not _like(item, b, case_sensitive=c)),
    "Match": lambda a, b, c: _each(a, lambda item: _match(item, b, case_sensitive=c)),
    "NotMatch": lambda a, b, c: _each(a, lambda item: not _match(item, b, case_sensitive=c)),
    "Contains": lambda a, b, c: _contains(a, b, case_sensitive=c),
    "NotContains": lambda a, b, c: not _contains(a, b, case_sensitive=c),
    "In": lambda a, b, c: _contains(b, a, case_sensitive=c),
    "NotIn": lambda a, b, c: not _contains(b, a, case_sensitive=c),
}
OPERATORS = (*_BASIC, *(f"C{name}" for name in _BASIC))
"""Names of the comparison parameters of Where-Object, those with C being case-sensitive."""


def compare(operator: str, left: object, right: object) -> bool:
    """Apply a comparison operator by its parameter name.

    Raises:
        Incomparable: -GT and its like on values without an order.
        re.error: -Match with a pattern that is no regular expression.

    """
    if operator in _BASIC:
        return _BASIC[operator](left, right, False)
    return _BASIC[operator[1:]](left, right, True)
