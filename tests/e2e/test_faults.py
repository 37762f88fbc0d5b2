"""Every fault turns the checks it declares at the first gate that can see it, and nothing else."""

from __future__ import annotations

from contextlib import ExitStack
from typing import TYPE_CHECKING

import pytest

from tests.e2e.matrix import PAGE, ROWS, Labs, line, play

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.e2e.driver import Lab
    from tests.e2e.row import Row


@pytest.fixture(scope="module")
def labs(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Labs]:
    with ExitStack() as stack:
        yield Labs(tmp_path_factory.mktemp("labs"), stack)


@pytest.fixture
def lab(labs: Labs) -> Lab:
    return labs.of("v2-swing")


@pytest.mark.parametrize("row", ROWS, ids=[f"{row.name}-{row.gate}" for row in ROWS])
def test_a_fault_turns_what_it_declares_and_the_page_says_so(labs: Labs, row: Row, tmp_path: Path) -> None:
    played = play(labs.of(row.scenario), tmp_path, row)

    assert played.as_declared, f"{played}\n{played.run.output[-4000:]}"
    assert line(played) in PAGE.read_text(encoding="utf-8").splitlines()


def test_a_wrong_password_is_tried_once_on_the_server_it_is_wrong_for(lab: Lab, tmp_path: Path) -> None:
    row = next(row for row in ROWS if row.name == "wrong-password")

    played = play(lab, tmp_path, row)

    denied = [entry for entry in lab.log() if entry["kind"] == "authentication" and entry["outcome"] == "denied"]
    assert played.run.said == "UNDECIDED"
    assert [entry["system"] for entry in denied] == ["old"]


def test_a_restricted_endpoint_is_named_as_the_cause(lab: Lab, tmp_path: Path) -> None:
    row = next(row for row in ROWS if row.name == "restricted-remote-server-endpoint")

    played = play(lab, tmp_path, row)

    assert any("RestrictedRemoteServer" in reason for reason in played.run.verdict["reasons"])
