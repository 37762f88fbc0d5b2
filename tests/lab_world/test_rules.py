from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lab.world.default_rules import GROUP_JOIN, GROUP_WRITEUP, default_rules, member_limit_expression
from lab.world.enums import ComparisonOperator, LinkType
from lab.world.expression import ExpressionError, FlowError, evaluate, read
from lab.world.model import ENTRA_CONNECTOR, ScopeCondition, ScopeConditionGroup
from lab.world.rules import evaluate_group, in_scope_of, outbound

from .helpers import there

if TYPE_CHECKING:
    from lab.world.default_rules import MemberLimit
    from lab.world.expression import Value
    from lab.world.model import SynchronizationRule
    from lab.world.rules import Outcome

AD = UUID(int=1)


def rules(limit: MemberLimit = "50000") -> list[SynchronizationRule]:
    return default_rules("test", AD, ENTRA_CONNECTOR, limit)


def group(count: int, **more: Value) -> dict[str, Value]:
    return {
        "sourceAnchor": "x",
        "securityEnabled": True,
        "mailEnabled": False,
        "memberCount": count,
        "ValueCount(member)": count,
        **more,
    }


def outcome(count: int, listed: list[SynchronizationRule]) -> Outcome:
    return evaluate_group(outbound(listed, ENTRA_CONNECTOR, "group"), group(count))


@given(st.integers(0, 300_000), st.integers(0, 300_000), st.sampled_from(['ValueCount("member")', "[memberCount]"]))
def test_both_forms_of_the_limit_fail_above_it_and_step_aside_otherwise(count: int, limit: int, counted: str) -> None:
    tree = read(member_limit_expression(limit, counted=counted))
    if count > limit:
        with pytest.raises(FlowError, match="Maximum Group member count exceeded"):
            evaluate(tree, group(count))
    else:
        assert evaluate(tree, group(count)) == "IgnoreThisFlow"


@pytest.mark.parametrize(
    "text",
    [
        member_limit_expression(50_000).replace('"', "\N{RIGHT DOUBLE QUOTATION MARK}"),
        'IIF((ValueCount("member")> 50000),Error("x"),IgnoreThisFlow',
        "IIF(1,2)",
        'Unknown("member")',
        "",
        "1 2",
    ],
)
def test_a_damaged_expression_is_not_read(text: str) -> None:
    with pytest.raises(ExpressionError):
        evaluate(read(text), group(1))


def test_a_rule_set_has_the_documented_names_tags_and_precedences() -> None:
    listed = rules()
    assert 45 <= len(listed) <= 60
    assert [rule.precedence for rule in listed] == list(range(100, 100 + len(listed)))
    assert len({rule.identifier for rule in listed}) == len(listed)
    join = next(rule for rule in listed if rule.name == GROUP_JOIN)
    assert there(join.immutable_tag).tag_value.startswith("Microsoft.OuttoAADGroupJoin.0")
    assert join.is_standard_rule
    assert all(there(rule.immutable_tag).tag_value.count(".") == 2 for rule in listed)


@pytest.mark.parametrize(
    ("limit", "count", "fails"),
    [("50000", 50_000, False), ("50000", 50_001, True), ("250000", 250_000, False), ("none", 260_000, False)],
)
def test_the_member_limit_of_the_default_rules(limit: MemberLimit, count: int, fails: bool) -> None:
    assert bool(outcome(count, rules(limit)).error) is fails


def test_the_smallest_limit_of_all_enabled_rules_counts() -> None:
    listed = rules("250000")
    writeup = next(rule for rule in listed if rule.name == GROUP_WRITEUP)
    mapping = next(item for item in writeup.attribute_flow_mappings if item.destination == "member")
    mapping.expression = member_limit_expression(60_000)
    assert outcome(60_001, listed).error_rule == GROUP_WRITEUP
    writeup.disabled = True
    assert not outcome(60_001, listed).error


def test_a_limit_behind_the_flow_that_gives_the_members_is_never_asked() -> None:
    listed = rules("50000")
    for rule in listed:
        if rule.name in (GROUP_JOIN, GROUP_WRITEUP):
            rule.precedence = 900
    assert not outcome(60_000, listed).error


def test_without_a_provisioning_rule_a_group_is_not_provisioned() -> None:
    listed = rules()
    next(rule for rule in listed if rule.name == GROUP_JOIN).disabled = True
    assert not outcome(10, listed).provisioned
    assert not any(rule.link_type is LinkType.Provision for rule in outbound(listed, ENTRA_CONNECTOR, "group"))


def test_a_member_count_in_the_scope_filter_leaves_large_groups_out() -> None:
    listed = rules("250000")
    join = next(rule for rule in listed if rule.name == GROUP_JOIN)
    for scope in join.scope_filter:
        scope.scope_condition_list.append(ScopeCondition("memberCount", "50000", ComparisonOperator.LESSTHAN))
    assert outcome(49_999, listed).provisioned
    assert not outcome(50_000, listed).provisioned


@pytest.mark.parametrize(
    ("operator", "value", "holds"),
    [
        ("EQUAL", "TRUE", True),
        ("NOTEQUAL", "True", False),
        ("CONTAINS", "ru", True),
        ("NOTCONTAINS", "zz", True),
        ("STARTSWITH", "tr", True),
        ("ENDSWITH", "ue", True),
        ("ISNULL", "", False),
        ("ISNOTNULL", "", True),
        ("ISIN", "a; true", True),
        ("ISNOTIN", "a; b", True),
    ],
)
def test_scope_conditions_compare_texts_without_case(operator: str, value: str, holds: bool) -> None:
    scope = [ScopeConditionGroup([ScopeCondition("x", value, ComparisonOperator[operator])])]
    assert in_scope_of(scope, {"x": "True"}) is holds


@pytest.mark.parametrize(
    ("operator", "value", "holds"),
    [
        ("LESSTHAN", "7", True),
        ("LESSTHAN_OR_EQUAL", "6", True),
        ("GREATERTHAN", "6", False),
        ("GREATERTHAN_OR_EQUAL", "6", True),
        ("ISBITSET", "2", True),
        ("ISBITNOTSET", "2", False),
        ("LESSTHAN", "many", False),
    ],
)
def test_scope_conditions_compare_numbers(operator: str, value: str, holds: bool) -> None:
    scope = [ScopeConditionGroup([ScopeCondition("x", value, ComparisonOperator[operator])])]
    assert in_scope_of(scope, {"x": 6}) is holds


def test_groups_of_conditions_are_alternatives_and_no_group_means_everything() -> None:
    yes = ScopeConditionGroup([ScopeCondition("x", "1", ComparisonOperator.EQUAL)])
    no = ScopeConditionGroup([*yes.scope_condition_list, ScopeCondition("y", "1", ComparisonOperator.EQUAL)])
    assert in_scope_of([no, yes], {"x": 1})
    assert not in_scope_of([no], {"x": 1})
    assert in_scope_of([], {})
