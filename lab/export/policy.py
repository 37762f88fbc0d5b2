"""What the wizard's "View or Export Current Configuration" writes, as far as its keys are known [adsync §8]."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from lab.world.enums import FlowType
from lab.world.model import ENTRA_CONNECTOR

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path
    from uuid import UUID

    from lab.world.model import AttributeFlowMapping, SynchronizationRule
    from lab.world.server import SyncServer


def write_policy(server: SyncServer, path: Path, *, whole: bool = False) -> None:
    """Write the file; raises OSError when it exists.

    Of a standard rule the product writes name, identifier, tag and precedence. `whole` adds what is in it.
    """
    ad = server.ad_connector
    directory = {
        "friendlyName": ad.name,
        "uniqueIdentifier": str(ad.identifier),
        "fullyQualifiedDomainName": ad.name,
        "partitionFilters": [
            {
                "distinguishedName": partition.dn,
                "containerInclusions": partition.connector_partition_scope.container_inclusion_list,
                "containerExclusions": partition.connector_partition_scope.container_exclusion_list,
            }
            for partition in ad.partitions
            if partition.selected
        ],
        **_rules(server.rules, ad.identifier, whole=whole),
    }
    policy = {
        "azureDirectoryPolicy": _rules(server.rules, ENTRA_CONNECTOR, whole=whole),
        "onpremisesDirectoryPolicy": [directory],
    }
    with path.open("x", encoding="utf-8-sig") as file:
        json.dump(policy, file, indent=2)


def _rules(rules: Iterable[SynchronizationRule], connector: UUID, *, whole: bool) -> dict[str, list[dict[str, Any]]]:
    mine = [rule for rule in rules if rule.connector == connector]
    return {
        "standardSynchronizationRules": [
            _rule(rule) if whole else _named(rule) for rule in mine if rule.immutable_tag is not None
        ],
        "customSynchronizationRules": [
            {**_rule(rule), "internalIdentifier": str(rule.identifier)} for rule in mine if rule.immutable_tag is None
        ],
    }


def _named(rule: SynchronizationRule) -> dict[str, Any]:
    return {
        "name": rule.name,
        "uniqueIdentifier": str(rule.identifier),
        "immutableTag": rule.immutable_tag.tag_value if rule.immutable_tag else "",
        "precedence": rule.precedence,
    }


def _rule(rule: SynchronizationRule) -> dict[str, Any]:
    return {
        "name": rule.name,
        "uniqueIdentifier": str(rule.identifier),
        "description": rule.description,
        "source": rule.source_object_type,
        "target": rule.target_object_type,
        "linkType": rule.link_type.name,
        **({"immutableTag": rule.immutable_tag.tag_value} if rule.immutable_tag else {}),
        "disabled": rule.disabled,
        "passwordHashSyncTarget": rule.enable_password_sync,
        "direction": rule.direction.name,
        "precedence": rule.precedence,
        "joinConditions": [
            [
                {"source": one.cs_attribute, "destination": one.mv_attribute, "caseSensitive": one.case_sensitive}
                for one in group.join_condition_list
            ]
            for group in rule.join_filter
        ],
        "scopeFilters": [
            [
                {"attribute": one.attribute, "condition": one.comparison_operator.name, "value": one.comparison_value}
                for one in group.scope_condition_list
            ]
            for group in rule.scope_filter
        ],
        "attributeMappings": [_mapping(one) for one in rule.attribute_flow_mappings],
    }


def _mapping(mapping: AttributeFlowMapping) -> dict[str, Any]:
    constant = mapping.flow_type is FlowType.Constant
    return {
        "flowType": mapping.flow_type.name,
        "mergeType": mapping.value_merge_type.name,
        "executeOnce": mapping.execute_once,
        "destination": mapping.destination,
        "source": [] if constant else mapping.source,
        "expression": mapping.expression,
        "value": "".join(mapping.source) if constant else None,
    }
