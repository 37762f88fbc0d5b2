"""The catalogue: every check of the suite, and which of them answer this gate.

The registered set is read from all of `tests_validation/`, before and apart from pytest's own collection, so that no
path, `-k`, `-m`, `--deselect`, `--ignore` or `--lf` can make a check unregistered: it can only fail to report.
"""

from __future__ import annotations

import types
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pytest

from plugins import sources
from plugins.definition import CheckDefinition, DefinitionError, define
from plugins.gates import GATES
from plugins.room import HOME, room_of_checks
from plugins.run import RUN

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping
    from pathlib import Path

CHECK = pytest.StashKey[CheckDefinition]()
"""Where an item keeps its definition."""
SUBJECT = pytest.StashKey[str]()
"""Where an item keeps the name of its server; empty when it judges the whole."""


@dataclass(frozen=True, slots=True)
class Catalogue:
    """Every check, by the function it stands with."""

    by_function: Mapping[Callable[..., object], CheckDefinition]

    @property
    def checks(self) -> tuple[CheckDefinition, ...]:
        """All checks in the order of their ids."""
        return tuple(sorted(self.by_function.values(), key=lambda check: check.id))


CATALOGUE = pytest.StashKey[Catalogue]()


def discover(session: pytest.Session) -> Catalogue:
    """Read the whole suite. Modules are imported by pytest's own collector, so their assertions are rewritten.

    Raises pytest.UsageError that names every check that does not say what it must.
    """
    by_function: dict[Callable[..., object], CheckDefinition] = {}
    wrong: list[str] = []
    for path in sorted(room_of_checks(session.config).rglob("test_*.py")):
        try:
            module = pytest.Module.from_parent(session, path=path).obj
        except (pytest.Collector.CollectError, pytest.skip.Exception) as error:
            wrong.append(f"{_short(path, session)} cannot be imported: {error}")
            continue
        for function in _functions(module):
            try:
                by_function[function] = _definition(function)
            except DefinitionError as error:
                wrong.append(str(error))
    wrong += _duplicates(by_function.values())
    if wrong:
        raise pytest.UsageError("the catalogue of checks is not sound:", *wrong)
    return Catalogue(by_function)


def _functions(module: types.ModuleType) -> Iterator[Callable[..., object]]:
    """Yield what looks like a test, wherever it was defined: a class or an import has no place among checks."""
    for name, thing in vars(module).items():
        if name.startswith(("test", "Test")) and callable(thing):
            yield thing


def _definition(function: Callable[..., object]) -> CheckDefinition:
    where = f"{function.__module__}:{getattr(function, '__qualname__', function)}"
    if not isinstance(function, types.FunctionType):
        raise DefinitionError(f"{where}: a check is a plain function")
    marks = [mark for mark in getattr(function, "pytestmark", ()) if mark.name == "check"]
    if len(marks) != 1:
        raise DefinitionError(f"{where}: found {len(marks)} check markers; accepted: exactly one")
    return define(
        function,
        marks[0].args,
        marks[0].kwargs,
        gates=GATES,
        server_reads=sources.server_reads(),
        tenant_reads=sources.tenant_reads(),
    )


def _duplicates(checks: Iterable[CheckDefinition]) -> Iterator[str]:
    seen: dict[str, CheckDefinition] = {}
    for check in checks:
        family_and_number = check.id.partition("v")[0]
        first = seen.setdefault(family_and_number, check)
        if first is not check:
            yield f"{check.function}: its id {check.id} is taken by {first.id} at {first.function}"


def _short(path: Path, session: pytest.Session) -> str:
    return path.relative_to(session.config.stash[HOME]).as_posix()


@pytest.hookimpl(tryfirst=True)
def pytest_collection(session: pytest.Session) -> None:
    """Register the checks of this gate before pytest collects anything."""
    run = session.config.stash[RUN]
    catalogue = discover(session)
    session.config.stash[CATALOGUE] = catalogue
    run.catalogue = catalogue.checks
    run.registered = tuple(check for check in catalogue.checks if run.gate in check.gates)
    empty = [check for check in run.registered if not check.subjects(run.environment)]
    if empty:
        raise pytest.UsageError(
            *(
                f"{check.id} runs on {check.servers} servers at {run.gate}, and the environment names none"
                for check in empty
            )
        )


@pytest.hookimpl(tryfirst=True)
def pytest_pycollect_makeitem(collector: pytest.Collector, obj: object) -> list[pytest.Item] | None:
    """Leave out the checks of other gates: they are not of this run, so they are not deselected either."""
    config = collector.config
    check = config.stash[CATALOGUE].by_function.get(obj) if isinstance(obj, types.FunctionType) else None
    if check is not None and config.stash[RUN].gate not in check.gates:
        return []
    return None


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Make one item per server for a check that runs on servers. Names of servers are the only ids there are."""
    check = metafunc.config.stash[CATALOGUE].by_function.get(metafunc.function)
    if check is not None and check.servers is not None:
        subjects = check.subjects(metafunc.config.stash[RUN].environment)
        metafunc.parametrize("server", subjects, indirect=True, ids=subjects)


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Give each item its definition, before any plugin deselects."""
    catalogue = config.stash[CATALOGUE]
    strangers = []
    for item in items:
        check = catalogue.by_function.get(item.function) if isinstance(item, pytest.Function) else None
        if check is None:
            strangers.append(item.nodeid)
            continue
        item.stash[CHECK] = check
        parameters = item.callspec.params if hasattr(item, "callspec") else {}
        item.stash[SUBJECT] = str(parameters.get("server", ""))
    if strangers:
        raise pytest.UsageError("with --gate only registered checks are run, found:", *strangers)
