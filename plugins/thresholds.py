"""What a check holds its answers against, and where each of these numbers comes from.

They are found in the code of the check itself, so the report cannot name another number than the one that judged:
settings of the environment file it looks at, and constants that it names.
"""

from __future__ import annotations

import ast
import inspect
import sys
from datetime import timedelta
from functools import cache
from typing import TYPE_CHECKING, Any

from plugins.plain import plain

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from pydantic import BaseModel

    from fixtures.environment import Environment
    from plugins.definition import CheckDefinition

SECTIONS = ("policy", "endpoint", "groups", "expected", "rollback")
"""Sections of the environment file that say what is intended or tolerated."""
FROM_FILE, DEFAULT, FIXED = "environment file", "default of the suite", "fixed in the check"
"""A value of the file that is the suite's own default counts as the default: a bundle does not tell them apart."""
_UNITS = ("", "_hours", "_seconds")
"""What a field may end with where the policy offers the same as a span of time."""
_BUDGETS: Mapping[str, tuple[str, ...]] = {"budget_of": ("budget", "budgets")}
_NUMBERS = (int, float, timedelta)


def thresholds(check: CheckDefinition, environment: Environment) -> list[dict[str, Any]]:
    """Return name, value and origin of what a check is judged by; nothing for one whose module is not loaded."""
    module, _, name = check.function.partition(":")
    if module not in sys.modules:
        return []
    nodes = _reached(name, _functions(module))
    found = {entry["name"]: entry for node in nodes for entry in _settings(node, environment)}
    found |= {entry["name"]: entry for node in nodes for entry in _constants(node, vars(sys.modules[module]))}
    return [found[name] for name in sorted(found)]


@cache
def _functions(module: str) -> Mapping[str, ast.FunctionDef]:
    """Return the functions of a loaded module by name."""
    tree = ast.parse(inspect.getsource(sys.modules[module]))
    return {node.name: node for node in tree.body if isinstance(node, ast.FunctionDef)}


def _reached(name: str, functions: Mapping[str, ast.FunctionDef]) -> list[ast.FunctionDef]:
    """Return a function and those of its own module that it leads to."""
    names, waiting = [], [name]
    while waiting:
        current = waiting.pop()
        if current in names or current not in functions:
            continue
        names.append(current)
        waiting += [node.id for node in ast.walk(functions[current]) if isinstance(node, ast.Name)]
    return [functions[name] for name in names]


def _settings(function: ast.FunctionDef, environment: Environment) -> Iterator[dict[str, Any]]:
    for node in ast.walk(function):
        if not isinstance(node, ast.Attribute):
            continue
        section = getattr(node.value, "attr", None) or getattr(node.value, "id", None)
        if section not in SECTIONS:
            continue
        model: BaseModel = getattr(environment, section)
        for field in _fields(model, node.attr):
            value, default = getattr(model, field), getattr(type(model)(), field)
            yield {
                "name": f"{section}.{field}",
                "value": _shown(value),
                "origin": DEFAULT if value == default else FROM_FILE,
            }


def _fields(model: BaseModel, name: str) -> list[str]:
    """Return the fields of the file behind a name that code looks at."""
    known = type(model).model_fields
    return [field for field in _BUDGETS.get(name, tuple(f"{name}{unit}" for unit in _UNITS)) if field in known]


def _constants(function: ast.FunctionDef, names: Mapping[str, object]) -> Iterator[dict[str, Any]]:
    for node in ast.walk(function):
        if not isinstance(node, ast.Name) or not node.id.isupper():
            continue
        value = names.get(node.id)
        if isinstance(value, _NUMBERS) or (
            isinstance(value, set | frozenset) and value and all(isinstance(item, int) for item in value)
        ):
            yield {"name": node.id, "value": _shown(value), "origin": FIXED}


def _shown(value: object) -> Any:  # noqa: ANN401 - JSON
    """Return a value as plain data; models and their names become one line each."""
    if isinstance(value, timedelta):
        return str(value)
    if hasattr(value, "model_dump"):
        return _line(value.model_dump())
    if value == {}:
        return "none"
    if isinstance(value, dict) and any(hasattr(item, "model_dump") for item in value.values()):
        return [f"{name}: {_line(item.model_dump())}" for name, item in value.items()]
    return plain(value)


def _line(fields: Mapping[str, object]) -> str:
    return ", ".join(f"{name} {'any' if value is None else value}" for name, value in fields.items())
