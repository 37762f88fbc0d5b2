"""Reads PowerShell literals: strings, numbers, $true, lists, @() and @{}; for data files and one-line scripts.

Nothing is evaluated: what is no literal is refused by whoever asked.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

_TOKEN = re.compile(
    r"""
    (?P<blank>[ \t]+|`\r?\n)
  | (?P<comment>\#[^\r\n]*|<\#.*?\#>)
  | (?P<newline>\r?\n|;)
  | (?P<open>@\{|@\(|\{)
  | (?P<close>[)}])
  | (?P<comma>,)
  | (?P<pipe>\|)
  | (?P<equals>=)
  | (?P<single>'(?:[^']|'')*')
  | (?P<double>"(?:[^"`$]|`.|"")*")
  | (?P<parameter>-[A-Za-z_]\w*:?)
  | (?P<variable>\$\w+)
  | (?P<word>[^\s,;|(){}='"$@&]+)
    """,
    re.VERBOSE | re.DOTALL,
)
_NUMBER = re.compile(r"[+-]?(\d+(\.\d+)?|0x[0-9A-Fa-f]+)\Z")
_ESCAPES = {"n": "\n", "r": "\r", "t": "\t", "0": "\0"}
_CONSTANTS: dict[str, object] = {"$true": True, "$false": False, "$null": None}


class NotLiteral(Exception):  # noqa: N818 - a finding about the text
    """The text is more than literals."""


@dataclass(frozen=True)
class Token:
    """One token; `kind` is the name of its group in the grammar."""

    kind: str
    text: str


def tokens(text: str) -> list[Token]:
    """Split text into tokens, blanks and comments left out.

    Raises:
        NotLiteral: a character that begins no literal.

    """
    found, position = [], 0
    while position < len(text):
        match = _TOKEN.match(text, position)
        if match is None:
            raise NotLiteral(text[position : position + 20])
        if match.lastgroup not in {"blank", "comment"}:
            found.append(Token(match.lastgroup or "", match.group()))
        position = match.end()
    return found


class Reader:
    """Walks over tokens."""

    def __init__(self, found: list[Token]) -> None:
        self._tokens = found
        self._at = 0

    @property
    def kind(self) -> str:
        """Kind of the next token; "end" after the last."""
        return self._tokens[self._at].kind if self._at < len(self._tokens) else "end"

    def take(self) -> Token:
        """Take the next token.

        Raises:
            NotLiteral: there is none.

        """
        if self.kind == "end":
            raise NotLiteral("the end")
        self._at += 1
        return self._tokens[self._at - 1]

    def skip_lines(self) -> None:
        """Skip line ends and semicolons."""
        while self.kind == "newline":
            self.take()

    def expression(self) -> object:
        """Read a value, or several with commas between as a list."""
        first = self.value()
        if self.kind != "comma":
            return first
        items = [first]
        while self.kind == "comma":
            self.take()
            self.skip_lines()
            items.append(self.value())
        return items

    def value(self) -> object:
        """Read one literal.

        Raises:
            NotLiteral: the next token begins none.

        """
        token = self.take()
        match token.kind:
            case "single":
                return token.text[1:-1].replace("''", "'")
            case "double":
                return _unescaped(token.text[1:-1])
            case "variable" if token.text.lower() in _CONSTANTS:
                return _CONSTANTS[token.text.lower()]
            case "word" | "parameter":
                return _word(token.text)
            case "open" if token.text == "@{":
                return self._table()
            case "open" if token.text == "@(":
                return self._array()
            case _:
                raise NotLiteral(token.text)

    def _array(self) -> list[object]:
        items: list[object] = []
        self.skip_lines()
        while self.kind != "close":
            value = self.expression()
            items.extend(value if isinstance(value, list) else [value])
            self.skip_lines()
            if self.kind == "comma":
                self.take()
                self.skip_lines()
        self.take()
        return items

    def _table(self) -> dict[str, object]:
        table: dict[str, object] = {}
        self.skip_lines()
        while self.kind != "close":
            key = self.value()
            self._expect("equals")
            self.skip_lines()
            if self.kind == "open" and self._tokens[self._at].text == "{":
                self._skip_block()
                table[str(key)] = None
            else:
                table[str(key)] = self.expression()
            self.skip_lines()
        self.take()
        return table

    def _skip_block(self) -> None:
        """Skip a script block: data files may hold one, nobody here runs it."""
        depth = 0
        while True:
            token = self.take()
            depth += (token.kind == "open") - (token.kind == "close")
            if depth == 0:
                return

    def _expect(self, kind: str) -> None:
        token = self.take()
        if token.kind != kind:
            raise NotLiteral(token.text)


def _word(text: str) -> object:
    if _NUMBER.match(text):
        return int(text, 0) if "." not in text else float(text)
    return text


def _unescaped(text: str) -> str:
    text = text.replace('""', '"')
    return re.sub(r"`(.)", lambda match: _ESCAPES.get(match.group(1), match.group(1)), text, flags=re.DOTALL)


def read_data(text: str) -> dict[str, object]:
    """Read a data file: one @{} (.psd1, .psrc, .pssc).

    Raises:
        NotLiteral: it is more than that.

    """
    reader = Reader(tokens(text.lstrip("\ufeff")))
    reader.skip_lines()
    table = reader.value()
    reader.skip_lines()
    if not isinstance(table, dict) or reader.kind != "end":
        raise NotLiteral("something besides one hashtable")
    return table
