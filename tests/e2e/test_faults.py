"""Every fault turns the checks it declares at the first gate that can see it, and nothing else."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.e2e.driver import Lab
from tests.e2e.matrix import PAGE, ROWS, Row, line, play

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@pytest.fixture(scope="module")
def lab(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lab]:
    with Lab(tmp_path_factory.mktemp("lab")) as running:
        yield running


@pytest.mark.parametrize("row", ROWS, ids=[f"{row.name}-{row.gate}" for row in ROWS])
def test_a_fault_turns_what_it_declares_and_the_page_says_so(lab: Lab, row: Row, tmp_path: Path) -> None:
    played = play(lab, tmp_path, row)

    assert played.as_declared, f"{played}\n{played.run.output[-4000:]}"
    assert line(played) in PAGE.read_text(encoding="utf-8").splitlines()
