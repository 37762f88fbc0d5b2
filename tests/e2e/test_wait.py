"""`--wait` over the wire: it waits for an export, not for a fail to go away, and not for ever."""

from __future__ import annotations

import threading
import time
from typing import TYPE_CHECKING

import pytest

from tests.e2e.driver import GATE_WITHIN, Lab, run_gate

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@pytest.fixture(scope="module")
def switched(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lab]:
    with Lab(tmp_path_factory.mktemp("lab"), "--scenario", "version-swing") as lab:
        yield lab


@pytest.fixture(autouse=True)
def just_switched(switched: Lab) -> None:
    switched.reset()
    switched.step("set-staging-mode", server="old", on=True, start_cycle=False)
    switched.step("set-staging-mode", server="new", on=False, start_cycle=False)


def export_once_a_gate_waits(lab: Lab) -> None:
    """A gate reads in one session; the second one that ends was its first look whether the wait is over."""
    end = time.monotonic() + GATE_WITHIN
    while time.monotonic() < end:
        ended = [entry for entry in lab.log() if entry["system"] == "new" and entry["asked"].startswith("Delete ")]
        if len(ended) >= 2:
            lab.step("complete-cycles", server="new")
            return
        time.sleep(0.5)


def test_a_gate_waits_for_the_first_export(switched: Lab, tmp_path: Path) -> None:
    export = threading.Thread(target=export_once_a_gate_waits, args=(switched,), daemon=True)
    export.start()

    run = run_gate("switched", switched.environment, tmp_path, "--wait", "3m")

    assert run.said == "GO", run.output
    assert "Waiting: new has not exported since the switch" in run.output


def test_a_gate_waits_only_as_long_as_it_was_told(switched: Lab, tmp_path: Path) -> None:
    run = run_gate("switched", switched.environment, tmp_path, "--wait", "5s")

    assert run.said == "UNDECIDED", run.output
    assert "Not there in time" in run.output


def test_a_gate_does_not_wait_for_a_fail_to_go_away(switched: Lab, tmp_path: Path) -> None:
    switched.fault("scheduler-off", server="new")

    run = run_gate("switched", switched.environment, tmp_path, "--wait", "20m")

    assert run.said == "NO-GO", run.output
    assert "Not waiting: SC-01v1 says no" in run.output
    assert "Waiting:" not in run.output
