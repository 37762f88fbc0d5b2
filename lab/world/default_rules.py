"""The rules that setup makes for one forest, written from the documented names, tags and flows [adsync §4.4, §4.5].

Numbers follow the order of this table; the product's own numbers depend on build and forest count.
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from lab.world.enums import ComparisonOperator, FlowType, SynchronizationRuleDirection
from lab.world.ids import IdSpace
from lab.world.model import (
    NO_GUID,
    AttributeFlowMapping,
    ImmutableTag,
    JoinCondition,
    JoinConditionGroup,
    ScopeCondition,
    ScopeConditionGroup,
    SynchronizationRule,
)
from lab.world.rule_specs.inbound import from_ad_others, from_ad_user, from_entra
from lab.world.rule_specs.outbound import (
    GROUP_JOIN,
    GROUP_WRITEUP,
    MemberLimit,
    member_limit_expression,
    to_entra_groups,
    to_entra_users,
)

if TYPE_CHECKING:
    from uuid import UUID

    from lab.world.rule_specs.spec import Spec

__all__ = ["GROUP_JOIN", "GROUP_WRITEUP", "MemberLimit", "default_rules", "member_limit_expression"]

FIRST_STANDARD_PRECEDENCE = 100


def default_rules(
    salt: str, ad_connector: UUID, entra_connector: UUID, limit: MemberLimit
) -> list[SynchronizationRule]:
    """The standard rules of an installation; `salt` makes its identifiers, which differ between installations."""
    ids = IdSpace(f"{salt}/rules")
    specs = [
        *from_ad_user("User", "user"),
        *from_ad_user("InetOrgPerson", "inetOrgPerson"),
        *from_ad_others(),
        *from_entra(),
        *to_entra_users(),
        *to_entra_groups(limit),
    ]
    return [
        _rule(spec, ids.uuid(number), ad_connector if spec.ad else entra_connector, FIRST_STANDARD_PRECEDENCE + number)
        for number, spec in enumerate(specs)
    ]


def _rule(spec: Spec, identifier: UUID, connector: UUID, precedence: int) -> SynchronizationRule:
    agnostic = "Microsoft." + spec.name.replace(" - ", "").replace(" ", "")
    joins = [JoinConditionGroup([JoinCondition(*spec.join)])] if spec.join else []
    return SynchronizationRule(
        identifier=identifier,
        internal_id=identifier,
        name=spec.name,
        version=1,
        description="",
        immutable_tag=ImmutableTag(f"{agnostic}.{spec.tag:03d}", agnostic, spec.tag, True, False),
        connector=connector,
        direction=SynchronizationRuleDirection(0 if spec.inbound else 1),
        disabled=False,
        source_object_type=spec.source,
        target_object_type=spec.target,
        precedence=precedence,
        precedence_after=NO_GUID,
        precedence_before=NO_GUID,
        link_type=spec.link,
        enable_password_sync=spec.name == "In from AD - User AccountEnabled",
        join_filter=joins,
        scope_filter=[_scope(group) for group in spec.scope],
        attribute_flow_mappings=[_flow(flow) for flow in spec.flows],
        soft_delete_expiry_interval=timedelta(),
        version_agnostic_tag=agnostic,
        tag_version=spec.tag,
        is_standard_rule=True,
    )


def _scope(text: str) -> ScopeConditionGroup:
    conditions: list[ScopeCondition] = []
    for part in text.split("; "):
        attribute, operator, *value = part.split(" ")
        conditions.append(ScopeCondition(attribute, " ".join(value), ComparisonOperator[operator]))
    return ScopeConditionGroup(conditions)


def _flow(text: str) -> AttributeFlowMapping:
    destination, sign, source = text.split(" ", 2)
    if sign == ":=":
        attributes = ["member"] if destination == "member" else []
        return AttributeFlowMapping(attributes, destination, FlowType.Expression, expression=source)
    if sign == "=":
        return AttributeFlowMapping([source], destination, FlowType.Constant)
    return AttributeFlowMapping(source.split(","), destination, FlowType.Direct)
