"""What a set of outbound rules does to one group: provision it, leave it out, or fail on its member limit."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

from lab.world.enums import ComparisonOperator as Is
from lab.world.enums import FlowType, LinkType, SynchronizationRuleDirection
from lab.world.expression import (
    IGNORE_THIS_FLOW,
    ExpressionError,
    FlowError,
    Node,
    Value,
    evaluate,
    read,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from uuid import UUID

    from lab.world.model import ScopeCondition, ScopeConditionGroup, SynchronizationRule


@dataclass(frozen=True, slots=True)
class Outcome:
    """What the rules want for one group."""

    provisioned: bool
    """A provisioning rule has the group in scope."""
    error: str = ""
    """Why its member flow failed; empty when it did not."""
    error_rule: str = ""
    """Name of the rule whose flow failed."""


def outbound(rules: Iterable[SynchronizationRule], connector: UUID, target: str) -> list[SynchronizationRule]:
    """The enabled outbound rules of a connector for a target object type, in order of precedence."""
    return sorted(
        (
            rule
            for rule in rules
            if not rule.disabled
            and rule.direction is SynchronizationRuleDirection.Outbound
            and rule.connector == connector
            and rule.target_object_type.casefold() == target
        ),
        key=lambda rule: rule.precedence,
    )


def evaluate_group(rules: Iterable[SynchronizationRule], attributes: Mapping[str, Value]) -> Outcome:
    """The outcome for a group with these metaverse attributes; `rules` as `outbound` gives them."""
    in_scope = [rule for rule in rules if in_scope_of(rule.scope_filter, attributes)]
    if not any(rule.link_type is LinkType.Provision for rule in in_scope):
        return Outcome(provisioned=False)
    for rule in in_scope:
        for mapping in rule.attribute_flow_mappings:
            if mapping.destination.casefold() != "member":
                continue
            if mapping.flow_type is not FlowType.Expression:
                return Outcome(provisioned=True)
            error = _member_flow_error(mapping.expression or "", attributes)
            if error is None:
                return Outcome(provisioned=True)
            if error:
                return Outcome(provisioned=True, error=error, error_rule=rule.name)
    return Outcome(provisioned=True)


def _member_flow_error(expression: str, attributes: Mapping[str, Value]) -> str | None:
    """The text of the flow's error, an empty text when the flow steps aside, None when it gave a value."""
    try:
        value = evaluate(_read(expression), attributes)
    except FlowError as error:
        return f"Error in evaluation of expression: {expression}.{error}"
    except ExpressionError as error:
        return f"Error in evaluation of expression: {expression}.{error}"
    return "" if value == IGNORE_THIS_FLOW else None


@lru_cache(maxsize=256)
def _read(expression: str) -> Node:
    return read(expression)


def in_scope_of(groups: Iterable[ScopeConditionGroup], attributes: Mapping[str, Value]) -> bool:
    """Whether any scope group holds (conditions inside one must all hold); no groups means everything."""
    listed = list(groups)
    return not listed or any(all(_holds(item, attributes) for item in group.scope_condition_list) for group in listed)


def _holds(condition: ScopeCondition, attributes: Mapping[str, Value]) -> bool:
    value = attributes.get(condition.attribute)
    operator = condition.comparison_operator
    if operator is Is.ISNULL:
        return value is None
    if operator is Is.ISNOTNULL:
        return value is not None
    mine, theirs = ("" if value is None else str(value)).casefold(), condition.comparison_value.casefold()
    if operator in _NEGATED:
        return not _compare(_NEGATED[operator], mine, theirs)
    return value is not None and _compare(operator, mine, theirs)


_NEGATED = {
    Is.NOTEQUAL: Is.EQUAL,
    Is.NOTCONTAINS: Is.CONTAINS,
    Is.NOTSTARTSWITH: Is.STARTSWITH,
    Is.NOTENDSWITH: Is.ENDSWITH,
    Is.ISNOTIN: Is.ISIN,
    Is.ISBITNOTSET: Is.ISBITSET,
}


def _compare(operator: Is, mine: str, theirs: str) -> bool:
    if operator is Is.EQUAL:
        return mine == theirs
    if operator is Is.CONTAINS:
        return theirs in mine
    if operator is Is.STARTSWITH:
        return mine.startswith(theirs)
    if operator is Is.ENDSWITH:
        return mine.endswith(theirs)
    if operator is Is.ISIN:
        return mine in {item.strip() for item in theirs.split(";")}
    return _compare_numbers(operator, mine, theirs)


def _compare_numbers(operator: Is, mine: str, theirs: str) -> bool:
    try:
        left, right = int(mine), int(theirs)
    except ValueError:
        return False
    if operator is Is.LESSTHAN:
        return left < right
    if operator is Is.LESSTHAN_OR_EQUAL:
        return left <= right
    if operator is Is.GREATERTHAN:
        return left > right
    if operator is Is.GREATERTHAN_OR_EQUAL:
        return left >= right
    return operator is Is.ISBITSET and left & right == right
