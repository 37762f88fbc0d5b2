"""ConvertTo-Json of Windows PowerShell 5.1: its depth, its escapes, its dates, its layout.

The objects are first brought to dictionaries, lists and primitives, then written by rules of JavaScriptSerializer:
dates as milliseconds in Date(), enumerations as numbers, ' < > & escaped. Beyond the depth a value becomes text. The
layout of the long form aligns nested values under their opening bracket.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING
from uuid import UUID

from lab.powershell.clr import Boxed, Lazy, NetObject, Version
from lab.powershell.dates import to_universal
from lab.powershell.members import TIME_SPAN_PROPERTIES, VERSION_PROPERTIES
from lab.powershell.text import double_text, to_text

if TYPE_CHECKING:
    from collections.abc import Mapping

    from lab.powershell.clr import LocalZone

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_ESCAPES = {'"': '\\"', "\\": "\\\\", "\n": "\\n", "\r": "\\r", "\t": "\\t", "\b": "\\b", "\f": "\\f"}
_ENCODED = frozenset("'<>&\u0085\u2028\u2029")


class NonStringKey(Exception):  # noqa: N818 - a finding about the input
    """A dictionary key that is not a String: 5.1 refuses such a dictionary."""

    def __init__(self, value: object) -> None:
        super().__init__(type(value).__name__)


def quoted(text: str) -> str:
    """Write a string as JavaScriptSerializer does."""
    out = [_ESCAPES.get(char) or (f"\\u{ord(char):04x}" if char < " " or char in _ENCODED else char) for char in text]
    return f'"{"".join(out)}"'


def _date(moment: datetime, zone: LocalZone) -> str:
    milliseconds = (to_universal(moment, zone) - _EPOCH) // timedelta(milliseconds=1)
    return f'"\\/Date({milliseconds})\\/"'


def _properties(value: object) -> Mapping[str, object] | None:
    """Give what a value is written as when it is an object: its public properties."""
    match value:
        case timedelta():
            return {name: read(value) for name, read in TIME_SPAN_PROPERTIES.items()}
        case Version():
            return {name: read(value) for name, read in VERSION_PROPERTIES.items()}
        case dict():
            return value
        case NetObject():
            return {**value.adapted, **value.notes}
        case _:
            return None


class _Writer:
    """One conversion; `depth` as the parameter has it, `zone` for dates without a zone of their own."""

    def __init__(self, depth: int, zone: LocalZone) -> None:
        self.depth = depth
        self.zone = zone

    def compact(self, value: object, level: int) -> str:  # noqa: PLR0911 - one per kind
        match value:
            case None:
                return "null"
            case bool():
                return "true" if value else "false"
            case str():
                return quoted(value)
            case UUID():
                return f'"{value}"'
            case float():
                return double_text(value)
            case int():
                return str(int(value))
            case datetime():
                return _date(value, self.zone)
            case Boxed():
                return self._boxed(value, level)
            case _:
                return self._structured(value, level)

    def _boxed(self, value: Boxed, level: int) -> str:
        if not value.extended:
            return self.compact(value.value, level)
        return self._members({"value": value.value, **value.extended}, level)

    def _structured(self, value: object, level: int) -> str:
        if level > self.depth:
            return quoted(to_text(value))
        if isinstance(value, list | bytes):
            return "[" + ",".join(self.compact(item, level + 1) for item in value) + "]"
        if isinstance(value, dict):
            for key in value:
                if not isinstance(key, str):
                    raise NonStringKey(key)
        properties = _properties(value)
        return quoted(to_text(value)) if properties is None else self._members(properties, level)

    def _members(self, properties: Mapping[str, object], level: int) -> str:
        written = []
        for name, value in properties.items():
            plain = value.compute() if isinstance(value, Lazy) else value
            written.append(f"{quoted(name)}:{self.compact(plain, level + 1)}")
        return "{" + ",".join(written) + "}"


class _Layout:
    """Lays compact JSON out: four blanks per level, a value's brackets under the place where it begins."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._at = 0

    def value(self, column: int) -> str:
        """Lay out the value at the cursor, which begins in this column."""
        char = self._text[self._at]
        if char in "{[":
            return self._brackets(column, "}" if char == "{" else "]")
        return self._scalar()

    def _scalar(self) -> str:
        start = self._at
        if self._text[start] == '"':
            self._at += 1
            while self._text[self._at] != '"':
                self._at += 2 if self._text[self._at] == "\\" else 1
            self._at += 1
        else:
            while self._at < len(self._text) and self._text[self._at] not in ",]}":
                self._at += 1
        return self._text[start : self._at]

    def _brackets(self, column: int, close: str) -> str:
        opening, pad = self._text[self._at], " " * (column + 4)
        self._at += 1
        rows: list[str] = []
        while self._text[self._at] != close:
            if self._text[self._at] == ",":
                self._at += 1
            row = pad
            if close == "}":
                row += self._scalar() + ":  "
                self._at += 1
            rows.append(row + self.value(len(row)))
        self._at += 1
        return f"{opening}\r\n" + ",\r\n".join(rows) + f"\r\n{' ' * column}{close}"


def convert_to_json(value: object, *, depth: int, compress: bool, zone: LocalZone) -> str:
    """Write one value.

    Raises:
        NonStringKey: a dictionary in it has a key that is not a String.

    """
    text = _Writer(depth, zone).compact(value, 0)
    return text if compress else _Layout(text).value(0)
