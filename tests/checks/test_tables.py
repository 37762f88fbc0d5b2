"""Every check, by data: each outcome it can have, with the reason it gives."""

from __future__ import annotations

import inspect
import re
from typing import Any

import pytest

from . import (
    table_endpoint,
    table_events,
    table_group_writeback,
    table_groups,
    table_growth,
    table_history,
    table_identities,
    table_identity,
    table_in_place,
    table_kept_rules,
    table_parity,
    table_parity_totals,
    table_passwords,
    table_prerequisites,
    table_promotion,
    table_rolled_back,
    table_rule_references,
    table_rule_set,
    table_rules,
    table_runs,
    table_scheduler,
    table_topology,
    table_version,
)
from .running import Case, Check, checks, judge

TABLES = (
    table_identity, table_endpoint, table_rules, table_scheduler, table_topology, table_version, table_runs,
    table_events, table_groups, table_history, table_parity, table_prerequisites, table_promotion, table_rule_set,
    table_identities, table_in_place, table_rolled_back, table_passwords,
    table_parity_totals,
    table_growth,
    table_kept_rules,
    table_rule_references,
    table_group_writeback,
)  # fmt: skip
CASES: list[Case] = [case for table in TABLES for case in table.CASES]
WORDS = {"passed": "pass", "failed": "fail", "inconclusive": "inconclusive", "not_applicable": "not-applicable"}


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.label)
def test_a_check_says_what_its_table_says(case: Case) -> None:
    state, reasons = judge(case)
    assert state == case.state, reasons
    assert case.fragment in reasons


@pytest.mark.parametrize("identity", sorted(checks()))
def test_every_outcome_a_check_can_have_stands_in_a_table(identity: str) -> None:
    check = checks()[identity]
    shown = {case.state for case in CASES if case.check == identity}
    assert outcomes(check) - shown == set()


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.label)
def test_a_case_is_judged_at_a_gate_of_its_check(case: Case) -> None:
    assert case.gate in checks()[case.check].definition.gates


def test_no_two_cases_have_one_label() -> None:
    labels = [case.label for case in CASES]
    assert len(labels) == len(set(labels))


def outcomes(check: Check) -> set[str]:
    """The outcomes in the source of a check and of the helpers of its module that it calls."""
    seen: set[Any] = set()
    waiting = [check.function]
    found: set[str] = set()
    while waiting:
        function = waiting.pop()
        seen.add(function)
        source = inspect.getsource(function)
        found |= {WORDS[word] for word in re.findall(r"result\.(passed|failed|inconclusive|not_applicable)", source)}
        for name in set(re.findall(r"\b([a-z_]+)\(", source)):
            helper = vars(check.module).get(name)
            if inspect.isfunction(helper) and helper.__module__ == check.module.__name__ and helper not in seen:
                waiting.append(helper)
    return found
