"""A house of its own for each test: the real front door, checks written by the test, and answers at hand."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

import fixtures.pytest_fixtures
from fixtures.answers import Answer, Answers, Outcome
from fixtures.reads import SERVER_READS
from plugins import evidence, fetching, listing, opening, options, page, results, terminal

if TYPE_CHECKING:
    from collections.abc import Iterable

LOADED = (evidence, fetching, listing, opening, options, page, results, terminal, fixtures.pytest_fixtures)
"""The house's plugins. They stay loaded: pytester would unload after each test what it saw being imported."""
UNUSED = ("cacheprovider", "hypothesispytest", "asyncio", "timeout", "anyio")
"""Plugins the runs in a house do without; the first two cost a second each."""
ROOT = Path(__file__).parents[2]

ENVIRONMENT = """
[servers.old]
purpose = "old"
host = "old.example"
username = "reader"
password = "env:TEST_PASSWORD"
computer_name = "OLD"

[servers.new]
purpose = "new"
host = "new.example"
username = "reader"
password = "env:TEST_PASSWORD"
computer_name = "NEW"

[tenant]
id = "00000000-0000-0000-0000-000000000001"
client_id = "00000000-0000-0000-0000-000000000002"
authentication = "secret"
client_secret = "env:TEST_PASSWORD"

[plan]
kind = "v2-endpoint"
"""

HEAD = '''
import pytest

DOC = {
    "title": "A thing is as it must be", "severity": "blocking", "gates": ("deployed",), "claims": ("S0-1",),
    "fix": "Make it so.",
}

def why():
    """Why: it matters.
    Judged: by looking.
    """

def check(id, **about):
    def mark(function):
        function.__doc__ = why.__doc__
        return pytest.mark.check(id, **{**DOC, **about})(function)
    return mark
'''

GROW_OLD = "import datetime, plugins.sources; plugins.sources.max_age = lambda _: datetime.timedelta(0)"
"""For a check: every read is too old from here on. The test patches `max_age` too, so that it is put back."""


def whole(read: str, value: Any) -> Any:
    """A value with every property that the read asks for, as it comes over the wire; a test names what matters."""
    found = SERVER_READS.get(read)
    if found is None or not found.properties:
        return value
    empty = dict.fromkeys(found.properties)
    if not isinstance(value, list):
        return {**empty, **value} if isinstance(value, dict) else value
    own = [{found.unique: str(number)} if found.unique else {} for number in range(len(value))]
    return [{**empty, **name, **row} if isinstance(row, dict) else row for name, row in zip(own, value, strict=True)]


class House:
    """A folder with the real root conftest, an environment file and checks; what the systems answer is given."""

    def __init__(self, pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> None:
        self.pytester = pytester
        self.answers: list[Answer] = []
        self.asked: list[list[tuple[str, str]]] = []
        monkeypatch.setenv("TEST_PASSWORD", "not a secret")
        monkeypatch.setattr(fetching, "collect", self._collect)
        monkeypatch.setattr(options, "ROOT", pytester.path)
        pytester.makeini(f"[pytest]\naddopts = --strict-markers {' '.join(f'-p no:{name}' for name in UNUSED)}\n")
        pytester.makeconftest((ROOT / "conftest.py").read_text(encoding="utf-8"))
        (pytester.path / "environment.toml").write_text(ENVIRONMENT, encoding="utf-8")

    def _collect(self, _environment: object, wanted: Iterable[tuple[str, str]], *_more: object) -> Answers:
        self.asked.append([(system, read) for system, read in wanted])
        return Answers(self.answers)

    def checks(self, source: str, name: str = "test_sample") -> Path:
        """Write a module of checks; `check(id, ...)` marks one with everything it must say."""
        room = self.pytester.path / "tests_validation"
        room.mkdir(exist_ok=True)
        path = room / f"{name}.py"
        path.write_text(HEAD + source, encoding="utf-8")
        return path

    def answer(self, system: str, read: str, value: Any, *, age: timedelta = timedelta(0)) -> None:
        """Let a system answer with a value that came some time ago."""
        at = datetime.now(UTC) - age
        self.answers.append(Answer.of(system, read, whole(read, value), started_at=at, ended_at=at))

    def refuse(self, system: str, read: str, outcome: Outcome, error: str) -> None:
        """Let a system answer with a reason."""
        self.answers.append(Answer.without_value(system, read, outcome, error))

    def run(self, *arguments: str) -> pytest.RunResult:
        """Run pytest in the house."""
        return self.pytester.runpytest_inprocess(*arguments)

    def gate(self, *arguments: str, gate: str = "deployed") -> pytest.RunResult:
        """Run a gate."""
        return self.run("--gate", gate, "--environment", "environment.toml", *arguments)

    @property
    def runs(self) -> Path:
        """Where finished runs lie."""
        return self.pytester.path / "reports" / "runs"

    def verdict(self) -> dict[str, Any]:
        """Return what the last run left in verdict.json."""
        document: dict[str, Any] = json.loads((self.runs / "latest" / "verdict.json").read_text(encoding="utf-8"))
        return document

    def file(self, name: str) -> str:
        """Return a file of the last run."""
        return (self.runs / "latest" / name).read_text(encoding="utf-8")


@pytest.fixture
def house(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> House:
    """Return a house with nothing in it."""
    return House(pytester, monkeypatch)
