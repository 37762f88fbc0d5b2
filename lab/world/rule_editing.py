"""What the Synchronization Rules Editor does to rules: clone, disable, change a precedence or an expression."""

from __future__ import annotations

import re
from copy import deepcopy
from typing import TYPE_CHECKING
from uuid import uuid4

from lab.world.default_rules import member_limit_expression
from lab.world.enums import FlowType, SynchronizationRuleDirection
from lab.world.errors import UnknownArgumentError
from lab.world.model import ENTRA_CONNECTOR, AttributeFlowMapping

if TYPE_CHECKING:
    from datetime import date

    from lab.world.model import SynchronizationRule
    from lab.world.server import SyncServer

_LIMIT = re.compile(r'((?:ValueCount\(\s*"member"\s*\)|\[memberCount\])\s*>\s*)\d+')


def clone(
    server: SyncServer, rule: SynchronizationRule, precedence: int, limit: int | None, day: date
) -> SynchronizationRule:
    """Edit and answer Yes: the default rule is disabled, an editable copy takes its place [adsync §4.4].

    The copy is a custom rule without Microsoft's tag. With a limit, its `member` expression carries that number.
    """
    copy = deepcopy(rule)
    copy.identifier = copy.internal_id = uuid4()
    copy.name = f"{rule.name} - Cloned - {day.isoformat()}"
    copy.precedence = precedence
    copy.immutable_tag = None
    copy.version_agnostic_tag, copy.tag_version = "", 0
    copy.is_standard_rule = False
    copy.disabled = False
    rule.disabled = True
    server.rules.append(copy)
    if limit is not None:
        mapping = member_mapping(copy) or _new_member_mapping(copy)
        mapping.expression = _with_limit(mapping.expression, limit)
    server.rule_changed(rule, "updated")
    server.rule_changed(copy, "created")
    return copy


def _new_member_mapping(rule: SynchronizationRule) -> AttributeFlowMapping:
    mapping = AttributeFlowMapping(["member"], "member", FlowType.Expression)
    rule.attribute_flow_mappings.append(mapping)
    return mapping


def _with_limit(expression: str | None, limit: int) -> str:
    changed, times = _LIMIT.subn(rf"\g<1>{limit}", expression or "")
    return changed if times else member_limit_expression(limit)


def member_mapping(rule: SynchronizationRule) -> AttributeFlowMapping | None:
    """The rule's flow of `member` by expression, or None."""
    return next(
        (
            mapping
            for mapping in rule.attribute_flow_mappings
            if mapping.destination.casefold() == "member" and mapping.flow_type is FlowType.Expression
        ),
        None,
    )


def set_expression(server: SyncServer, rule: SynchronizationRule, expression: str) -> None:
    """Replace the rule's expression for `member`.

    Raises:
        UnknownArgumentError: the rule has no such flow.
    """
    mapping = member_mapping(rule)
    if mapping is None:
        raise UnknownArgumentError(f"{rule.name!r} has no expression for member")
    mapping.expression = expression
    server.rule_changed(rule, "updated")


def set_limit(server: SyncServer, rule: SynchronizationRule, limit: int) -> None:
    """Put another number into the rule's member limit."""
    mapping = member_mapping(rule)
    set_expression(server, rule, _with_limit(mapping.expression if mapping else None, limit))


def set_precedence(server: SyncServer, rule: SynchronizationRule, precedence: int) -> None:
    """Change the rule's precedence."""
    rule.precedence = precedence
    server.rule_changed(rule, "updated")


def set_disabled(server: SyncServer, rule: SynchronizationRule, *, disabled: bool) -> None:
    """Disable or enable the rule."""
    rule.disabled = disabled
    server.rule_changed(rule, "updated")


def clones_of(server: SyncServer, name: str) -> list[SynchronizationRule]:
    """The custom copies of a default rule, by their name."""
    prefix = f"{name} - Cloned".casefold()
    return [rule for rule in server.rules if not rule.is_standard_rule and rule.name.casefold().startswith(prefix)]


def default_rule(server: SyncServer, name: str) -> SynchronizationRule:
    """The standard rule with this name.

    Raises:
        UnknownArgumentError: there is none.
    """
    for rule in server.rules:
        if rule.is_standard_rule and rule.name.casefold() == name.casefold():
            return rule
    raise UnknownArgumentError(f"{server.computer_name} has no standard rule {name!r}")


def limiting_rules(server: SyncServer) -> list[SynchronizationRule]:
    """The outbound rules to Entra ID, enabled or not, that hold a member limit."""
    return [
        rule
        for rule in server.rules
        if rule.connector == ENTRA_CONNECTOR
        and rule.direction is SynchronizationRuleDirection.Outbound
        and member_mapping(rule) is not None
    ]
