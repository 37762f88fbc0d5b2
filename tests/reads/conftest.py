"""A lab of its own for the tests of the wire: one process for the session, reset before every test."""

from __future__ import annotations

import json
import subprocess
import sys
import tomllib
import urllib.request
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import tomli_w

from fixtures.collect import collect
from fixtures.environment import Environment, load
from fixtures.reads import SERVER_READS, TENANT_READS

if TYPE_CHECKING:
    from fixtures.answers import Answers

ROOT = Path(__file__).parents[2]
Change = Callable[[dict[str, Any]], Any]


@dataclass(frozen=True)
class Lab:
    """A running lab and what drives it."""

    folder: Path
    about: dict[str, Any]

    def post(self, path: str, /, **arguments: object) -> None:
        body = json.dumps(arguments).encode()
        request = urllib.request.Request(self.about["control_url"] + path, body, {"Content-Type": "application/json"})
        with urllib.request.urlopen(request, timeout=120) as answer:
            assert answer.status == 200

    def fault(self, name: str, /, **arguments: object) -> None:
        self.post(f"/fault/{name}", **arguments)

    def log(self) -> list[dict[str, Any]]:
        with urllib.request.urlopen(self.about["control_url"] + "/log", timeout=30) as answer:
            return [json.loads(line) for line in answer.read().splitlines()]

    def counts(self) -> Counter[tuple[str, str]]:
        return Counter((line["system"], line["kind"]) for line in self.log())

    def environment(self, change: Change | None = None) -> Environment:
        """Load the lab's environment file, with something changed in it."""
        text = tomllib.loads((self.folder / "environment.toml").read_text())
        text["policy"].update(read_limit_seconds=30, cycle_wait_seconds=15, count_poll_seconds=0.1)
        if change:
            change(text)
        path = self.folder / "changed.toml"
        path.write_text(tomli_w.dumps(text))
        return load(path)

    def secret(self, name: str, text: str) -> str:
        path = self.folder / name
        path.write_text(text)
        path.chmod(0o600)
        return f"file:{name}"

    def collect(
        self, gate: str = "promote", change: Change | None = None, wanted: set[tuple[str, str]] | None = None
    ) -> Answers:
        environment = self.environment(change)
        return collect(environment, everything(environment) if wanted is None else wanted, gate)


def everything(environment: Environment) -> set[tuple[str, str]]:
    servers = {(name, read.answer_name) for name in environment.servers for read in SERVER_READS.values()}
    return servers | {("tenant", read) for read in TENANT_READS}


@pytest.fixture(scope="session")
def running_lab(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lab]:
    folder = tmp_path_factory.mktemp("lab")
    command = [sys.executable, "-m", "lab", "serve", "--dir", str(folder)]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True) as process:
        try:
            assert process.stdout is not None
            assert process.stdout.readline().startswith("lab ready")
            yield Lab(folder, json.loads((folder / "lab.json").read_text()))
        finally:
            process.terminate()
            process.wait(30)


@pytest.fixture
def lab(running_lab: Lab) -> Lab:
    running_lab.post("/reset")
    return running_lab
