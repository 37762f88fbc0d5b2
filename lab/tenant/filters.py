"""The `$filter` grammar: text to a tree.

Covers what Graph's directory answers: `eq ne ge le gt lt in`, `startsWith endsWith contains`, `and or not`,
parentheses, `any()` with a lambda or without, and `collection/$count eq 0`. Whether a property takes an operator is
not decided here but in `lab.tenant.predicates`.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import NamedTuple

from lab.tenant.errors import GraphError, malformed

Literal = str | bool | int | datetime | None


@dataclass(frozen=True, slots=True)
class Comparison:
    """`path operator value`, or `startsWith(path, 'value')` with the function's name as operator (lower case)."""

    path: tuple[str, ...]
    operator: str
    value: Literal


@dataclass(frozen=True, slots=True)
class Inclusion:
    """`path in (value, ...)`."""

    path: tuple[str, ...]
    values: tuple[Literal, ...]


@dataclass(frozen=True, slots=True)
class Any:
    """`path/any(variable: inner)`; without lambda `inner` is None and any element will do."""

    path: tuple[str, ...]
    inner: Expression | None


@dataclass(frozen=True, slots=True)
class Not:
    """`not inner`."""

    inner: Expression


@dataclass(frozen=True, slots=True)
class Logical:
    """`left and right` or `left or right`."""

    operator: str
    left: Expression
    right: Expression


Expression = Comparison | Inclusion | Any | Not | Logical

COMPARISONS = frozenset({"eq", "ne", "ge", "le", "gt", "lt"})
FUNCTIONS = frozenset({"startswith", "endswith", "contains"})


class _Token(NamedTuple):
    kind: str
    text: str
    position: int


_TOKENS = re.compile(
    r"""
    (?P<space>\s+)
  | (?P<string>'(?:[^']|'')*')
  | (?P<instant>\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(?::\d{2}(?:\.\d+)?)?(?:Z|[+-]\d{2}:\d{2}))
  | (?P<guid>[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12})
  | (?P<number>-?\d+)
  | (?P<word>[A-Za-z_$@][A-Za-z0-9_.$]*)
  | (?P<mark>[(),:/])
    """,
    re.VERBOSE,
)


def parse(text: str) -> Expression:
    """Return the tree of a filter; raise 400 BadRequest where Graph's own parser would."""
    return _Parser(text).whole()


class _Parser:
    """Recursive descent: or, and, not, then one comparison, function, `in` or `any()`."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._tokens = self._split(text)
        self._next = 0
        self._variables: list[str] = []

    def whole(self) -> Expression:
        expression = self._or()
        if self._peek().kind != "end":
            raise self._wrong()
        return expression

    def _split(self, text: str) -> list[_Token]:
        tokens, position = [], 0
        while position < len(text):
            match = _TOKENS.match(text, position)
            if match is None:
                raise malformed(
                    f"Invalid filter clause: Syntax error: character '{text[position]}' is not valid at"
                    f" position {position} in '{text}'."
                )
            if match.lastgroup != "space":
                tokens.append(_Token(str(match.lastgroup), match.group(), position))
            position = match.end()
        return [*tokens, _Token("end", "", len(text))]

    def _peek(self, ahead: int = 0) -> _Token:
        return self._tokens[min(self._next + ahead, len(self._tokens) - 1)]

    def _take(self, text: str | None = None, kind: str | None = None) -> _Token:
        token = self._peek()
        if (text is not None and token.text.lower() != text) or (kind is not None and token.kind != kind):
            raise self._wrong()
        self._next += 1
        return token

    def _wrong(self) -> GraphError:
        return malformed(f"Invalid filter clause: Syntax error at position {self._peek().position} in '{self._text}'.")

    def _word(self, *words: str) -> bool:
        token = self._peek()
        return token.kind == "word" and token.text in words

    def _or(self) -> Expression:
        left = self._and()
        while self._word("or"):
            self._next += 1
            left = Logical("or", left, self._and())
        return left

    def _and(self) -> Expression:
        left = self._not()
        while self._word("and"):
            self._next += 1
            left = Logical("and", left, self._not())
        return left

    def _not(self) -> Expression:
        if self._word("not"):
            self._next += 1
            return Not(self._not())
        return self._primary()

    def _primary(self) -> Expression:
        if self._peek().text == "(":
            self._take("(")
            inner = self._or()
            self._take(")")
            return inner
        if self._peek().text.lower() in FUNCTIONS and self._peek(1).text == "(":
            return self._function()
        path = self._path()
        if isinstance(path, Any):
            return path
        if self._word("in"):
            self._next += 1
            return Inclusion(path, self._values())
        operator = self._take(kind="word").text
        if operator not in COMPARISONS:
            self._next -= 1
            raise self._wrong()
        return Comparison(path, operator, self._literal())

    def _function(self) -> Comparison:
        name = self._take().text.lower()
        self._take("(")
        path = self._path()
        if isinstance(path, Any):
            raise self._wrong()
        self._take(",")
        value = self._literal()
        self._take(")")
        return Comparison(path, name, value)

    def _path(self) -> tuple[str, ...] | Any:
        """Read `a/b/c`, `variable/a` or `a/any(...)`; the lambda's variable is not part of the path."""
        parts = [self._take(kind="word").text]
        while self._peek().text == "/":
            self._take("/")
            if self._peek().text == "any" and self._peek(1).text == "(":
                return self._any(tuple(parts))
            parts.append(self._take(kind="word").text)
        if self._variables and parts[0] == self._variables[-1]:
            parts = parts[1:]
        return tuple(parts)

    def _any(self, path: tuple[str, ...]) -> Any:
        self._take("any")
        self._take("(")
        if self._peek().text == ")":
            self._take(")")
            return Any(path, None)
        self._variables.append(self._take(kind="word").text)
        self._take(":")
        inner = self._or()
        self._variables.pop()
        self._take(")")
        return Any(path, inner)

    def _values(self) -> tuple[Literal, ...]:
        self._take("(")
        values = [self._literal()]
        while self._peek().text == ",":
            self._take(",")
            values.append(self._literal())
        self._take(")")
        return tuple(values)

    def _literal(self) -> Literal:
        token = self._peek()
        self._next += 1
        match token.kind, token.text:
            case "string", text:
                return text[1:-1].replace("''", "'")
            case "instant", text:
                return datetime.fromisoformat(text).astimezone(UTC)
            case "guid", text:
                return text
            case "number", text:
                return int(text)
            case "word", ("true" | "false") as text:
                return text == "true"
            case "word", "null":
                return None
        self._next -= 1
        raise self._wrong()
