"""What `$filter`, `$search` and `$orderby` mean on a type: which operators it takes, and which objects pass.

Support is checked on the tree before any object is looked at, so an unsupported filter is refused on an empty
collection too [graph §1.3].
"""

from __future__ import annotations

import re
from datetime import datetime
from functools import partial
from typing import TYPE_CHECKING

from lab.tenant import errors, filters
from lab.tenant.directory import Row, type_of, value_of
from lab.tenant.filters import Any, Comparison, Expression, Inclusion, Logical, Not
from lab.tenant.schema import EntityType, Json, Property, supported

if TYPE_CHECKING:
    from collections.abc import Callable

    from lab.world.tenant import Tenant

_ELEMENT = "$it"
_PYTHON = {"string": str, "boolean": bool, "datetime": datetime, "strings": str}
_SORTABLE = frozenset({"displayName", "userPrincipalName", "mail", "createdDateTime"})
_SEARCH = re.compile(r'"(\w+):((?:[^"\\]|\\.)*)"')


def check(expression: Expression, of: EntityType, *, advanced: bool) -> None:
    """Refuse what the type does not take: 400 BadRequest for unknown names, 400 Request_UnsupportedQuery else."""
    _Checker(of, advanced=advanced).walk(expression, negated=False)


class _Checker:
    """Walks a filter and asks the property table about every operator in it."""

    def __init__(self, of: EntityType, *, advanced: bool) -> None:
        self._of = of
        self._advanced = advanced

    def walk(self, node: Expression, *, negated: bool) -> None:
        match node:
            case Logical():
                self.walk(node.left, negated=negated)
                self.walk(node.right, negated=negated)
            case Not():
                self.walk(node.inner, negated=True)
            case Any():
                self._any(self._property(node.path), node, negated=negated)
            case Inclusion():
                prop = self._property(node.path)
                self._operators(prop, prop.filters, node, negated=negated)
            case Comparison(path=(*head, "$count")) if head:
                self._property(tuple(head))
                self._demand("advanced", ".".join(head), node.operator)
            case Comparison():
                prop = self._property(node.path)
                self._operators(prop, prop.filters, node, negated=negated)

    def _property(self, path: tuple[str, ...]) -> Property:
        prop = self._of.properties.get("/".join(path))
        if prop is None:
            raise errors.malformed(
                f"Invalid filter clause: Could not find a property named '{path[0] if path else _ELEMENT}'"
                f" on type 'microsoft.graph.{self._of.name}'."
            )
        return prop

    def _any(self, prop: Property, node: Any, *, negated: bool) -> None:
        if node.inner is None:
            self._demand(supported(prop.filters, "eq"), prop.name, "any")
            return
        for inner in _leaves(node.inner):
            name = "/".join(inner.path)
            self._operators(prop, prop.parts.get(name, "") if name else prop.filters, inner, negated=negated)

    def _operators(self, prop: Property, allowed: str, node: Comparison | Inclusion, *, negated: bool) -> None:
        operator = node.operator if isinstance(node, Comparison) else "in"
        values = (node.value,) if isinstance(node, Comparison) else node.values
        self._demand(supported(allowed, operator), prop.name, operator)
        if None in values:
            self._demand(supported(allowed, "null"), prop.name, operator)
        if negated:
            self._demand(supported(allowed, "not"), prop.name, operator)
        wanted = _PYTHON.get(prop.edm)
        if wanted is not None and any(value is not None and type(value) is not wanted for value in values):
            raise errors.malformed(
                "Invalid filter clause: A binary operator with incompatible types was detected for property"
                f" '{prop.name}'."
            )

    def _demand(self, level: str | None, name: str, operator: str) -> None:
        if level == "default" or (level == "advanced" and self._advanced):
            return
        if operator == "ne":
            raise errors.unsupported("Unsupported property filter clause operator 'NotEqualsMatch'.")
        raise errors.unsupported(
            f"Unsupported or invalid query filter clause specified for property '{name}' of resource"
            f" '{self._of.reference}'."
        )


def _leaves(node: Expression) -> tuple[Comparison | Inclusion, ...]:
    match node:
        case Logical():
            return (*_leaves(node.left), *_leaves(node.right))
        case Not():
            return _leaves(node.inner)
        case Any():
            raise errors.unsupported("Unsupported query.")
    return (node,)


def predicate(expression: Expression, tenant: Tenant) -> Callable[[Row], bool]:
    """Return whether an object passes a checked filter."""
    return partial(_passes, expression, tenant)


def _passes(node: Expression, tenant: Tenant, row: Row) -> bool:
    match node:
        case Logical(operator="and"):
            return _passes(node.left, tenant, row) and _passes(node.right, tenant, row)
        case Logical():
            return _passes(node.left, tenant, row) or _passes(node.right, tenant, row)
        case Not():
            return not _passes(node.inner, tenant, row)
        case Any():
            elements = _value(row, node.path, tenant)
            return isinstance(elements, list) and any(_element_passes(node.inner, each) for each in elements)
        case Comparison(path=(*head, "$count")) if head:
            elements = _value(row, tuple(head), tenant)
            return compare(node.operator, len(elements) if isinstance(elements, list) else 0, node.value)
    return leaf_passes(node, _value(row, node.path, tenant))


def leaf_passes(node: Comparison | Inclusion, value: Json) -> bool:
    """Return whether one value passes a comparison or an inclusion."""
    if isinstance(node, Inclusion):
        return any(compare("eq", value, each) for each in node.values)
    return compare(node.operator, value, node.value)


def _element_passes(node: Expression | None, element: Json) -> bool:
    match node:
        case None:
            return True
        case Logical(operator="and"):
            return _element_passes(node.left, element) and _element_passes(node.right, element)
        case Logical():
            return _element_passes(node.left, element) or _element_passes(node.right, element)
        case Not():
            return not _element_passes(node.inner, element)
        case Comparison() | Inclusion():
            for name in node.path:
                element = element.get(name) if isinstance(element, dict) else None
            return leaf_passes(node, element)
    return False


def _value(row: Row, path: tuple[str, ...], tenant: Tenant) -> Json:
    prop = type_of(row).properties.get("/".join(path))
    return value_of(row, prop, tenant) if prop is not None else None


def compare(operator: str, value: Json, wanted: filters.Literal) -> bool:
    """Compare as the directory does: text without regard to case; a missing value equals null only."""
    if operator == "ne":
        return not compare("eq", value, wanted)
    if value is None or wanted is None:
        return operator == "eq" and value is wanted
    if isinstance(value, str) and isinstance(wanted, str):
        return _compare_text(operator, value.casefold(), wanted.casefold())
    if isinstance(value, (bool, int, datetime)) and isinstance(wanted, (bool, int, datetime)):
        return {
            "eq": value == wanted,
            "ge": value >= wanted,  # type: ignore[operator]  # the checker made the types agree
            "gt": value > wanted,  # type: ignore[operator]
            "le": value <= wanted,  # type: ignore[operator]
            "lt": value < wanted,  # type: ignore[operator]
        }[operator]
    return False


def _compare_text(operator: str, value: str, wanted: str) -> bool:
    match operator:
        case "eq":
            return value == wanted
        case "startswith":
            return value.startswith(wanted)
        case "endswith":
            return value.endswith(wanted)
        case "contains":
            return wanted in value
    return {"ge": value >= wanted, "gt": value > wanted, "le": value <= wanted, "lt": value < wanted}[operator]


def search(text: str, of: EntityType) -> Expression:
    """Return `$search` as a tree: `"property:text"` clauses joined by AND or OR, matched anywhere in the value."""
    words = _SEARCH.split(text.strip())
    if len(words) < 4:  # noqa: PLR2004 (before, name, text, after)
        raise errors.malformed('Syntax error: The search clause must be of the form "property:value".')
    tree: Expression | None = None
    for before, name, value in zip(words[0::3], words[1::3], words[2::3], strict=False):
        if name not in of.properties:
            raise errors.unsupported(f"Property '{name}' does not exist or is not searchable.")
        clause = Comparison((name,), "contains", value)
        tree = clause if tree is None else Logical("or" if "OR" in before else "and", tree, clause)
    assert tree is not None
    return tree


def order(
    text: str, of: EntityType, tenant: Tenant, *, advanced: bool, filtered: bool
) -> tuple[Callable[[Row], str], bool]:
    """Return the sort key of `$orderby`, and whether it runs downwards."""
    name, _, direction = text.strip().partition(" ")
    prop = of.properties.get(name)
    if prop is None:
        raise errors.malformed(f"Could not find a property named '{name}' on type 'microsoft.graph.{of.name}'.")
    if name not in _SORTABLE or ((filtered or of.name == "directoryObject") and not advanced):
        raise errors.unsupported("Sorting not supported for current query.")

    def key(row: Row) -> str:
        return str(_value(row, (name,), tenant) or "").casefold()

    return key, direction.strip().lower() == "desc"
