"""One lab for the tests of offline sources, and a way to read its servers from files."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pytest
import tomli_w

from fixtures.collect import collect
from fixtures.environment import Environment, load
from fixtures.reads import SERVER_READS, TENANT_READS
from tests.e2e.driver import Lab

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from fixtures.answers import Answers

_OF_FILES = ("purpose", "computer_name", "install_path")


@dataclass(frozen=True)
class Sources:
    """The lab, and environments over its files."""

    lab: Lab

    def environment(self, files: dict[str, dict[str, Any]] | None = None) -> Environment:
        """The lab's environment, in which servers named in `files` are read from there."""
        given = tomllib.loads(self.lab.environment.read_text())
        for name, about in (files or {}).items():
            kept = {key: value for key, value in given["servers"][name].items() if key in _OF_FILES}
            given["servers"][name] = {**kept, **about}
        path = self.lab.folder / "offline.toml"
        path.write_text(tomli_w.dumps(given))
        return load(path)

    def export(self, kind: str, server: str, to: Path, **arguments: str) -> Path:
        self.lab._control("POST", f"/export/{kind}", {"server": server, "to": str(to), **arguments})
        return to


@pytest.fixture(scope="session")
def sources(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sources]:
    with Lab(tmp_path_factory.mktemp("offline") / "lab") as lab:
        yield Sources(lab)


def read(environment: Environment, gate: str = "promote", *, tenant: bool = True) -> Answers:
    """Everything there is to ask; without the tenant no group is proven, which is quick."""
    wanted = {(name, row.answer_name) for name in environment.servers for row in SERVER_READS.values()}
    if tenant:
        return collect(environment, wanted | {("tenant", name) for name in TENANT_READS}, gate)
    old = {("old", row.name) for row in SERVER_READS.values() if not row.per_subject}
    return collect(environment, old, gate)
