"""Synchronisation rules [adsync §4.2]."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from lab.world.enums import ComparisonOperator, FlowType, LinkType, SynchronizationRuleDirection, ValueMergeType
from lab.world.model.identifiers import NO_GUID

if TYPE_CHECKING:
    from uuid import UUID


@dataclass(slots=True)
class ImmutableTag:
    """The mark of a standard rule: an object, not a text [adsync §4.2]."""

    tag_value: str
    version_agnostic_tag: str
    tag_version: int
    is_standard_tag: bool
    is_legacy_custom_tag: bool


@dataclass(slots=True)
class AttributeFlowMapping:
    """One flow of a rule [adsync §4.2]."""

    source: list[str]
    destination: str
    flow_type: FlowType
    execute_once: bool = False
    always_flow: bool = False
    expression: str | None = None
    value_merge_type: ValueMergeType = ValueMergeType.Update

    @property
    def mapping_source_as_string(self) -> str:
        """The source as the editor shows it."""
        return self.expression or ",".join(self.source)


@dataclass(slots=True)
class ScopeCondition:
    """One comparison of a scope group."""

    attribute: str
    comparison_value: str
    comparison_operator: ComparisonOperator


@dataclass(slots=True)
class ScopeConditionGroup:
    """Conditions that must all hold; groups are alternatives."""

    scope_condition_list: list[ScopeCondition]


@dataclass(slots=True)
class JoinCondition:
    """One pair of attributes to join on."""

    cs_attribute: str
    mv_attribute: str
    case_sensitive: bool = False


@dataclass(slots=True)
class JoinConditionGroup:
    """Join conditions that must all hold."""

    join_condition_list: list[JoinCondition]
    join_hash: str = ""


@dataclass(slots=True)
class SynchronizationRule:
    """Get-ADSyncRule [adsync §4.2]."""

    identifier: UUID
    internal_id: UUID
    name: str
    version: int
    description: str
    immutable_tag: ImmutableTag | None
    connector: UUID
    direction: SynchronizationRuleDirection
    disabled: bool
    source_object_type: str
    target_object_type: str
    precedence: int
    precedence_after: UUID
    precedence_before: UUID
    link_type: LinkType
    enable_password_sync: bool
    join_filter: list[JoinConditionGroup]
    scope_filter: list[ScopeConditionGroup]
    attribute_flow_mappings: list[AttributeFlowMapping]
    soft_delete_expiry_interval: timedelta = timedelta()
    source_namespace_id: UUID = NO_GUID
    target_namespace_id: UUID = NO_GUID
    version_agnostic_tag: str = ""
    tag_version: int = 0
    is_standard_rule: bool = False
    is_legacy_custom_rule: bool = False
    join_hash: str = ""
