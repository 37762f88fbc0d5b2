"""What the report says a check was held against is what its code looks at."""

from __future__ import annotations

import importlib
from datetime import timedelta
from types import SimpleNamespace
from typing import Any

import pytest

from fixtures.environment.expected import Expected
from fixtures.environment.intent import Budget, Endpoint, Groups, Policy, Rollback
from plugins.thresholds import DEFAULT, FIXED, FROM_FILE, thresholds


def environment(**sections: Any) -> Any:
    given = {
        "policy": Policy(), "endpoint": Endpoint(), "groups": Groups(), "expected": Expected(), "rollback": Rollback(),
    }  # fmt: skip
    return SimpleNamespace(**{**given, **sections})


def held_against(function: str, **sections: Any) -> dict[str, tuple[Any, str]]:
    importlib.import_module(function.partition(":")[0])
    check: Any = SimpleNamespace(function=function)
    return {each["name"]: (each["value"], each["origin"]) for each in thresholds(check, environment(**sections))}


def test_a_setting_of_the_file_is_told_apart_from_the_default() -> None:
    function = "tests_validation.test_groups:test_no_group_is_close_to_the_limit"

    assert held_against(function) == {"policy.margin_percent": (90, DEFAULT)}
    assert held_against(function, policy=Policy(margin_percent=80)) == {"policy.margin_percent": (80, FROM_FILE)}


def test_a_setting_is_found_in_a_function_the_check_leads_to() -> None:
    found = held_against(
        "tests_validation.test_pending_exports:test_pending_exports_are_within_budget",
        policy=Policy(budgets={"contoso.com": Budget(adds=5)}),
    )

    assert found == {
        "policy.budget": ("adds any, updates any, deletes 0", DEFAULT),
        "policy.budgets": (["contoso.com: adds 5, updates any, deletes 0"], FROM_FILE),
    }


def test_a_span_of_time_is_told_by_the_field_of_the_file() -> None:
    assert held_against("tests_validation.test_clocks:test_the_clock_is_right")["policy.clock_skew_seconds"] == (
        300,
        DEFAULT,
    )


def test_a_constant_of_the_check_is_told_as_fixed() -> None:
    module = importlib.import_module("tests_validation.test_run_history")
    named = [name for name in dir(module) if name.startswith("test_")]
    found: dict[str, Any] = {}
    for name in named:
        found |= held_against(f"tests_validation.test_run_history:{name}")

    assert found["SEVEN_DAYS"] == (str(timedelta(days=7)), FIXED)


@pytest.mark.parametrize("function", ["no.such.module:test_it", "tests_validation.test_groups:no_such_function"])
def test_what_is_not_loaded_is_held_against_nothing_that_we_know(function: str) -> None:
    check: Any = SimpleNamespace(function=function)

    assert thresholds(check, environment()) == []


def test_no_budget_of_a_connector_is_said_as_none() -> None:
    found = held_against("tests_validation.test_pending_exports:test_pending_exports_are_within_budget")

    assert found["policy.budgets"] == ("none", DEFAULT)
