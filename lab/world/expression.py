"""A reader for the expressions of the `member` flow: enough of the rule language to tell error from no error.

The grammar: a call `Name(argument, …)`, an attribute `[name]`, a text in straight double quotes, a whole number,
a bare word such as `IgnoreThisFlow`, parentheses, and one comparison of two terms. Typographic quotes are not quotes.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

Value = int | str | bool | None

_TOKEN = re.compile(
    r"""\s*(?:(?P<number>\d+)|(?P<text>"[^"]*")|\[(?P<attribute>[^\]]+)\]|(?P<word>[A-Za-z][A-Za-z0-9]*)"""
    r"""|(?P<sign><=|>=|<>|[<>=(),]))""",
)
IGNORE_THIS_FLOW = "IgnoreThisFlow"


class ExpressionError(Exception):
    """The expression cannot be read."""


class FlowError(Exception):
    """The expression called Error(text)."""


@dataclass(frozen=True, slots=True)
class Call:
    """A function with its arguments."""

    name: str
    arguments: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Compare:
    """Two terms and the sign between them."""

    left: Node
    sign: str
    right: Node


@dataclass(frozen=True, slots=True)
class Attribute:
    """The value of a metaverse attribute."""

    name: str


@dataclass(frozen=True, slots=True)
class Word:
    """A bare word."""

    name: str


@dataclass(frozen=True, slots=True)
class Literal:
    """A number or a text."""

    value: int | str


Node = Call | Compare | Attribute | Word | Literal


class _Reader:
    def __init__(self, text: str) -> None:
        self._tokens: list[tuple[str, str]] = []
        place = 0
        while text[place:].strip():
            match = _TOKEN.match(text, place)
            if match is None or match.lastgroup is None:
                raise ExpressionError(f"Syntax error near {text[place : place + 12].strip()!r}")
            self._tokens.append((match.lastgroup, match[match.lastgroup]))
            place = match.end()

    def whole(self) -> Node:
        node = self._comparison()
        if self._tokens:
            raise ExpressionError(f"Unexpected {self._tokens[0][1]!r}")
        return node

    def _take(self, expected: str | None = None) -> tuple[str, str]:
        if not self._tokens:
            raise ExpressionError("Unexpected end of the expression")
        kind, text = self._tokens.pop(0)
        if expected is not None and text != expected:
            raise ExpressionError(f"Expected {expected!r}, found {text!r}")
        return kind, text

    def _next_is(self, *texts: str) -> bool:
        return bool(self._tokens) and self._tokens[0][0] == "sign" and self._tokens[0][1] in texts

    def _comparison(self) -> Node:
        left = self._term()
        if self._next_is("<", ">", "=", "<=", ">=", "<>"):
            sign = self._take()[1]
            return Compare(left, sign, self._term())
        return left

    def _term(self) -> Node:
        kind, text = self._take()
        if kind == "number":
            return Literal(int(text))
        if kind == "text":
            return Literal(text[1:-1])
        if kind == "attribute":
            return Attribute(text)
        if kind == "word":
            return self._call(text) if self._next_is("(") else Word(text)
        if text == "(":
            node = self._comparison()
            self._take(")")
            return node
        raise ExpressionError(f"Unexpected {text!r}")

    def _call(self, name: str) -> Call:
        self._take("(")
        arguments: list[Node] = []
        while not self._next_is(")"):
            arguments.append(self._comparison())
            if not self._next_is(")"):
                self._take(",")
        self._take(")")
        return Call(name, tuple(arguments))


def read(text: str) -> Node:
    """The tree of an expression.

    Raises:
        ExpressionError: the text is not of this language.
    """
    return _Reader(text).whole()


def evaluate(node: Node, attributes: Mapping[str, Value]) -> Value:
    """The value of an expression for one object; `ValueCount("x")` is the attribute `ValueCount(x)` of the mapping.

    Raises:
        FlowError: the expression called Error().
        ExpressionError: a function or an argument this reader does not know.
    """
    if isinstance(node, Literal):
        return node.value
    if isinstance(node, Attribute):
        return attributes.get(node.name)
    if isinstance(node, Word):
        return IGNORE_THIS_FLOW if node.name.casefold() == IGNORE_THIS_FLOW.casefold() else node.name
    if isinstance(node, Compare):
        return _compare(evaluate(node.left, attributes), node.sign, evaluate(node.right, attributes))
    return _call(node, attributes)


def _call(node: Call, attributes: Mapping[str, Value]) -> Value:
    name = node.name.casefold()
    if name == "iif" and len(node.arguments) == 3:  # noqa: PLR2004 - condition, then, else
        condition, then, otherwise = node.arguments
        return evaluate(then if evaluate(condition, attributes) else otherwise, attributes)
    if name == "error" and len(node.arguments) == 1:
        raise FlowError(str(evaluate(node.arguments[0], attributes)))
    if name == "valuecount" and len(node.arguments) == 1:
        return attributes.get(f"ValueCount({evaluate(node.arguments[0], attributes)})", 0)
    raise ExpressionError(f"Unknown function {node.name} with {len(node.arguments)} arguments")


def _compare(left: Value, sign: str, right: Value) -> bool:
    if not isinstance(left, int) or not isinstance(right, int):
        return (left == right) if sign == "=" else (left != right) if sign == "<>" else False
    return {
        "<": left < right,
        ">": left > right,
        "=": left == right,
        "<=": left <= right,
        ">=": left >= right,
        "<>": left != right,
    }[sign]
