"""What an administrator does with cmdlets, he takes back with cmdlets, and the gate says GO again."""

from __future__ import annotations

from contextlib import ExitStack
from typing import TYPE_CHECKING

import pytest

from tests.e2e.driver import Lab, run_gate
from tests.e2e.matrix import take
from tests.e2e.rows_cmdlets import UNDONE

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.e2e.row import Steps


@pytest.fixture(scope="module")
def lab(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lab]:
    with ExitStack() as stack:
        yield stack.enter_context(Lab(tmp_path_factory.mktemp("lab")))


NAMES = ("start type", "rule imported", "version and service")


@pytest.mark.parametrize(("done", "undone", "then"), UNDONE, ids=NAMES)
def test_what_cmdlets_did_cmdlets_take_back(lab: Lab, done: str, undone: str, then: Steps, tmp_path: Path) -> None:
    lab.reset()
    administrator = lab.administrator("new")
    administrator.script(done)
    take(lab, then)
    assert run_gate("deployed", lab.environment, tmp_path / "broken").said == "NO-GO"
    administrator.script(undone)
    take(lab, then)
    again = run_gate("deployed", lab.environment, tmp_path / "again")
    assert again.said == "GO", again.output[-4000:]
