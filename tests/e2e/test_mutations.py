"""Taking any one check out of the suite makes the matrix fail."""

from __future__ import annotations

import os
import random
import shutil
from typing import TYPE_CHECKING

import pytest

from tests.checks.running import checks
from tests.e2e.driver import ROOT
from tests.e2e.matrix import ROWS
from tests.e2e.mutate import missing, play_without, recorded, take_out, unmissed

if TYPE_CHECKING:
    from pathlib import Path

    from tests.e2e.row import Row

ALWAYS_PLAYED = ("SC-03v1",)
MORE = int(os.environ.get("SWING_GATE_MUTATIONS", "0"))
"""How many more checks are really taken out, picked by chance; some ten seconds each."""
CHANCE = random.Random(os.environ.get("PYTEST_XDIST_TESTRUNUID"))
"""The workers of one run must pick the same ones: pytest-xdist tells each the id of the run."""


@pytest.mark.parametrize("row", ROWS, ids=lambda row: f"{row.name}-{row.gate}")
def test_a_row_names_checks_of_its_gate(row: Row) -> None:
    assert recorded(row).as_declared
    for check in row.turns:
        assert row.gate in checks()[check].definition.gates, check


def test_every_check_is_missed_by_a_row() -> None:
    assert unmissed() == ()


@pytest.mark.parametrize("check", sorted(checks()))
def test_taking_a_check_out_leaves_the_others_as_they_are(check: str, tmp_path: Path) -> None:
    path = checks()[check].definition.function.partition(":")[0].replace(".", "/") + ".py"
    (tmp_path / path).parent.mkdir(parents=True)
    shutil.copy(ROOT / path, tmp_path / path)
    before = (tmp_path / path).read_text(encoding="utf-8")

    take_out(check, tmp_path)

    after = (tmp_path / path).read_text(encoding="utf-8")
    compile(after, path, "exec")
    assert f'"{check}",' not in after
    assert after.count("@pytest.mark.check(") == before.count("@pytest.mark.check(") - 1


@pytest.mark.parametrize("check", [*ALWAYS_PLAYED, *CHANCE.sample(sorted(checks()), MORE)])
def test_the_matrix_played_without_a_check_fails(check: str) -> None:
    assert missing(check)
    missed, went = play_without(check)
    assert missed, went
