"""Rows that are played at once do not get in each other's way."""

from __future__ import annotations

import threading
import time
from typing import TYPE_CHECKING, Any

from tests.e2e import matrix
from tests.e2e.matrix import AT_ONCE, ROWS, Labs, Played, play_all
from tests.e2e.mutate import recorded

if TYPE_CHECKING:
    from pathlib import Path

    import pytest

    from tests.e2e.row import Row


def test_rows_come_back_in_order_and_a_lab_plays_one_at_a_time(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    rows, playing, most, reports = ROWS[:12], set[int](), set[int](), set[Any]()
    together = threading.Barrier(AT_ONCE, timeout=30)

    def play(lab: Any, runs: Path, each: Row) -> Played:
        assert id(lab) not in playing
        playing.add(id(lab))
        if rows.index(each) < AT_ONCE:
            together.wait()
        most.add(len(playing))
        time.sleep(0.001 * (len(rows) - rows.index(each)))
        playing.remove(id(lab))
        reports.add(runs)
        return recorded(each)

    monkeypatch.setattr(matrix, "play", play)
    monkeypatch.setattr(Labs, "of", lambda labs, _scenario: labs)

    assert [played.row for played in play_all(rows, tmp_path)] == list(rows)
    assert max(most) == AT_ONCE
    assert len(reports) == len(rows)
