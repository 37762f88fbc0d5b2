"""CTRF: the states keep apart, and nothing that was not proven counts as passed."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from plugins.ctrf import STATUS
from plugins.states import STATES
from tests.plugins.test_evidence import NOT_APPLICABLE, READING
from tests.plugins.test_gate_run import FAILING, PASSING, UNTOLD

if TYPE_CHECKING:
    from tests.plugins.conftest import House


def test_only_what_passed_is_passed_and_every_state_has_a_status() -> None:
    assert {state for state, status in STATUS.items() if status == "passed"} == {"pass"}
    assert set(STATUS) == {str(state) for state in STATES}


def test_the_file_names_each_check_with_its_exact_state_severity_and_claims(house: House) -> None:
    house.checks(PASSING + FAILING + UNTOLD + NOT_APPLICABLE + READING)

    house.gate()

    report = json.loads(house.file("ctrf.json"))
    results = report["results"]
    told = {test["extra"]["check"]: (test["status"], test["rawStatus"]) for test in results["tests"]}
    assert (report["reportFormat"], report["specVersion"]) == ("CTRF", "1.0.0")
    assert told == {
        "EP-01v1": ("passed", "pass"),
        "EP-02v1": ("failed", "fail"),
        "EP-03v1": ("other", "inconclusive"),
        "RE-01v1": ("other", "error"),
        "NA-01v1": ("skipped", "not-applicable"),
    }
    assert results["summary"]["tests"] == sum(
        results["summary"][status] for status in ("passed", "failed", "skipped", "pending", "other")
    )
    assert results["summary"]["start"] <= results["summary"]["stop"]
    assert all(test["tags"] == [test["extra"]["severity"], "S0-1"] for test in results["tests"])
    assert results["extra"]["verdict"] == "NO-GO"
