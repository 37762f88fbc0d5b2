"""Every migration that is walked, over the wire, with the gate asked at every step."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.e2e.driver import Lab
from tests.walk import CHAPTERS
from tests.walking import Walk

if TYPE_CHECKING:
    from pathlib import Path


@pytest.mark.parametrize("chapter", CHAPTERS)
def test_every_gate_answers_as_expected_at_every_step(
    chapter: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    scenario, parts = CHAPTERS[chapter]
    with Lab(tmp_path / "lab", "--scenario", scenario) as lab:
        walk = Walk(lab, tmp_path / "runs", print)
        for part in parts:
            part(walk)

    assert walk.surprises == [], capsys.readouterr().out
