"""OSCAL assessment results: every check is found, and only what is proven is satisfied."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any
from uuid import UUID

from tests.plugins.test_evidence import NOT_APPLICABLE, READING
from tests.plugins.test_gate_run import FAILING, PASSING, UNTOLD

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.plugins.conftest import House


def _properties(found: Any) -> Iterator[dict[str, str]]:
    if isinstance(found, dict):
        yield from found.get("props", [])
        for value in found.values():
            yield from _properties(value)
    elif isinstance(found, list):
        for value in found:
            yield from _properties(value)


def test_each_check_is_a_finding_with_its_exact_state_as_a_property(house: House) -> None:
    house.checks(PASSING + FAILING + UNTOLD + NOT_APPLICABLE + READING)

    house.gate("--oscal")

    results = json.loads(house.file("oscal-assessment-results.json"))["assessment-results"]
    (result,) = results["results"]
    told = {
        finding["target"]["target-id"]: (
            finding["target"]["status"]["state"],
            next(found["value"] for found in finding["props"] if found["name"] == "state"),
        )
        for finding in result["findings"]
    }
    assert told == {
        "EP-01v1": ("satisfied", "pass"),
        "EP-02v1": ("not-satisfied", "fail"),
        "EP-03v1": ("not-satisfied", "inconclusive"),
        "RE-01v1": ("not-satisfied", "error"),
        "NA-01v1": ("satisfied", "not-applicable"),
    }
    observed = {observation["uuid"] for observation in result["observations"]}
    assert {
        related["observation-uuid"] for finding in result["findings"] for related in finding["related-observations"]
    } == observed
    assert all(
        observation["methods"] == ["TEST"] and observation["collected"] for observation in result["observations"]
    )
    assert UUID(results["uuid"]).version == 5
    assert results["import-ap"]["href"] == "#" + results["back-matter"]["resources"][0]["uuid"]
    for found in _properties(results):
        assert re.fullmatch(r"[A-Za-z_][\w.-]*", found["name"])
        assert re.fullmatch(r"\S(.*\S)?", found["value"])


def test_it_is_written_only_when_it_is_asked_for(house: House) -> None:
    house.checks(PASSING)
    house.gate()

    assert not (house.runs / "latest" / "oscal-assessment-results.json").exists()
