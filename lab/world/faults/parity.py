"""Faults of parity: one server is set up otherwise than the other. A full cycle follows where rules were edited."""

from __future__ import annotations

from copy import deepcopy
from typing import TYPE_CHECKING
from uuid import uuid4

from lab.world import rule_editing
from lab.world.enums import FlowType
from lab.world.faults.catalogue import FAULTS, settle
from lab.world.ids import IdSpace
from lab.world.model import AttributeFlowMapping
from lab.world.table import NEW, OLD, Argument, Arguments

if TYPE_CHECKING:
    from collections.abc import Callable

    from lab.world.model import SynchronizationRule
    from lab.world.server import SyncServer
    from lab.world.world import World

    Undo = Callable[[], None]

_USER_COMMON = "In from AD - User Common"
_DEPARTMENT = "In from AD - User Department"
_TITLE = "In from AD - User Title"


def _custom_rule(server: SyncServer, name: str, precedence: int) -> SynchronizationRule:
    """Write a custom rule that flows one attribute of users."""
    rule = deepcopy(rule_editing.default_rule(server, _USER_COMMON))
    attribute = name.rpartition(" ")[2].lower()
    rule.identifier = rule.internal_id = uuid4()
    rule.name, rule.precedence = name, precedence
    rule.immutable_tag, rule.version_agnostic_tag, rule.tag_version = None, "", 0
    rule.is_standard_rule = False
    rule.attribute_flow_mappings = [
        AttributeFlowMapping([attribute], attribute, FlowType.Expression, expression=f'Trim([{attribute}]) & ""')
    ]
    server.rules.append(rule)
    server.rule_changed(rule, "created")
    return rule


def _other(world: World, server: SyncServer) -> SyncServer:
    return next(item for item in world.servers.values() if item is not server)


@FAULTS.add("custom-rule-missing", server=NEW)
def _custom_rule_missing(world: World, arguments: Arguments) -> None:
    """The other server has a custom rule that was never brought to this one."""
    other = _other(world, arguments.server())
    _custom_rule(other, _DEPARTMENT, 50)
    settle(world, other)


@FAULTS.add("custom-rule-differs", server=NEW)
def _custom_rule_differs(world: World, arguments: Arguments) -> None:
    """Both servers have the custom rule; on this one its expression was changed."""
    server = arguments.server()
    for item in world.servers.values():
        rule = _custom_rule(item, _DEPARTMENT, 50)
        if item is server:
            rule.attribute_flow_mappings[0].expression = 'Left([department], 10) & ""'
        settle(world, item)


@FAULTS.add("custom-rule-enabled-again", server=NEW)
def _custom_rule_enabled_again(world: World, arguments: Arguments) -> None:
    """A custom rule is disabled on the other server and enabled on this one, as old imports left it."""
    server = arguments.server()
    for item in world.servers.values():
        _custom_rule(item, _DEPARTMENT, 50).disabled = item is not server
        settle(world, item)


@FAULTS.add("custom-rules-reordered", server=NEW)
def _custom_rules_reordered(world: World, arguments: Arguments) -> None:
    """Two custom rules stand on both servers; on this one they apply in the opposite order."""
    server = arguments.server()
    for item in world.servers.values():
        names = (_DEPARTMENT, _TITLE) if item is server else (_TITLE, _DEPARTMENT)
        for precedence, name in enumerate(names, start=50):
            _custom_rule(item, name, precedence)
        settle(world, item)


@FAULTS.add("custom-rule-in-step", server=NEW)
def _custom_rule_in_step(world: World, arguments: Arguments) -> None:
    """No fault: both servers have the custom rule, written with other spaces and at another precedence here."""
    server = arguments.server()
    for item in world.servers.values():
        rule = _custom_rule(item, _DEPARTMENT, 60 if item is server else 50)
        if item is server:
            rule.name = rule.name.replace(" - ", " \N{EN DASH} ").upper()
            rule.attribute_flow_mappings[0].expression = 'Trim( [Department] )&""'
        settle(world, item)


@FAULTS.add("attribute-of-a-custom-rule-not-selected", server=NEW)
def _attribute_of_a_custom_rule_not_selected(world: World, _arguments: Arguments) -> Undo:
    """Both servers have a custom rule that reads an attribute which neither of them selects."""
    lists = [item.ad_connector.attribute_inclusion_list for item in world.servers.values()]
    for item in world.servers.values():
        _custom_rule(item, _DEPARTMENT, 50)
        settle(world, item)
    for selected in lists:
        selected.remove("department")

    def undo() -> None:
        for selected in lists:
            selected.append("department")

    return undo


@FAULTS.add("standard-rule-edited", server=OLD)
def _standard_rule_edited(world: World, arguments: Arguments) -> None:
    """A standard rule was edited in place on this server; the other one has it as it came."""
    server = arguments.server()
    rule = rule_editing.default_rule(server, _USER_COMMON)
    rule.attribute_flow_mappings = rule.attribute_flow_mappings[1:]
    server.rule_changed(rule, "updated")
    settle(world, server)


@FAULTS.add("standard-rule-disabled", server=NEW)
def _standard_rule_disabled(world: World, arguments: Arguments) -> None:
    """A standard rule is disabled on this server only, without a copy in its place."""
    server = arguments.server()
    rule_editing.set_disabled(server, rule_editing.default_rule(server, _USER_COMMON), disabled=True)
    settle(world, server)


@FAULTS.add("newer-rule-version", server=NEW)
def _newer_rule_version(world: World, arguments: Arguments) -> None:
    """No fault: this server's build brings a standard rule in its next version, with one flow more."""
    server = arguments.server()
    rule = rule_editing.default_rule(server, _USER_COMMON)
    rule.tag_version += 1
    if rule.immutable_tag is not None:
        rule.immutable_tag.tag_version = rule.tag_version
        rule.immutable_tag.tag_value = f"{rule.version_agnostic_tag}.{rule.tag_version:03d}"
    rule.attribute_flow_mappings.append(AttributeFlowMapping(["info"], "info", FlowType.Direct))
    server.rule_changed(rule, "updated")
    settle(world, server)


@FAULTS.add("clone-lost-a-flow", server=NEW)
def _clone_lost_a_flow(world: World, arguments: Arguments) -> None:
    """The copy of Group Writeup Member Limit or Group Join lacks a flow that its default has."""
    server = arguments.server()
    copy = rule_editing.clones_of(server, "Out to AAD - Group Join")[0]
    kept = [mapping for mapping in copy.attribute_flow_mappings if mapping.destination.casefold() != "displayname"]
    removed = len(copy.attribute_flow_mappings) - len(kept)
    copy.attribute_flow_mappings = kept if removed else copy.attribute_flow_mappings[:-1]
    server.rule_changed(copy, "updated")
    settle(world, server)


@FAULTS.add("forest-missing", server=NEW)
def _forest_missing(world: World, arguments: Arguments) -> None:
    """The other server is also connected to a second forest, empty so far, which was not added here."""
    other = _other(world, arguments.server())
    forest = deepcopy(other.ad_connector)
    forest.identifier, forest.name = IdSpace("fabrikam").uuid(1), "fabrikam.com"
    for parameter in forest.global_parameters:
        if parameter.name == "Forest.FQDN":
            parameter.value = "fabrikam.com"
    other.connectors.append(forest)
    settle(world, other)


@FAULTS.add("domain-not-selected", server=NEW)
def _domain_not_selected(_world: World, arguments: Arguments) -> Undo:
    """The domain is no longer selected on the AD connector; nothing was imported since."""
    partition = arguments.server().ad_connector.partitions[0]
    partition.selected = False
    return lambda: setattr(partition, "selected", True)


@FAULTS.add("container-excluded", server=NEW)
def _container_excluded(_world: World, arguments: Arguments) -> Undo:
    """A container below a selected one is excluded on this server only."""
    excluded = arguments.server().ad_connector.partitions[0].connector_partition_scope.container_exclusion_list
    excluded.append("OU=Externals,OU=People,DC=contoso,DC=com")
    return excluded.clear


@FAULTS.add("object-type-not-selected", server=NEW, type=Argument("object type", "contact"))
def _object_type_not_selected(_world: World, arguments: Arguments) -> Undo:
    """An object type is not selected on the AD connector; settings import does not carry the selection."""
    connector, name = arguments.server().ad_connector, arguments.text("type")
    before = list(connector.object_inclusion_list)
    connector.object_inclusion_list = [item for item in before if item != name]
    return lambda: setattr(connector, "object_inclusion_list", before)


@FAULTS.add("attribute-not-selected", server=NEW, attribute=Argument("attribute", "proxyAddresses"))
def _attribute_not_selected(_world: World, arguments: Arguments) -> Undo:
    """An attribute is not selected on the AD connector."""
    connector, name = arguments.server().ad_connector, arguments.text("attribute")
    before = list(connector.attribute_inclusion_list)
    connector.attribute_inclusion_list = [item for item in before if item != name]
    return lambda: setattr(connector, "attribute_inclusion_list", before)


@FAULTS.add("run-profile-missing", server=NEW)
def _run_profile_missing(world: World, arguments: Arguments) -> Undo:
    """The other server has a run profile that somebody added, and this one has not."""
    profiles = _other(world, arguments.server()).ad_connector.run_profiles
    added = deepcopy(profiles[0])
    added.name = "Full Import - contoso.com only"
    profiles.append(added)
    return lambda: profiles.remove(added)


def _parameter(server: SyncServer, name: str, value: str) -> Undo:
    before = server.parameters[name]
    server.parameters[name] = value
    return lambda: server.parameters.update({name: before})


@FAULTS.add("anchor-differs", server=NEW)
def _anchor_differs(_world: World, arguments: Arguments) -> Undo:
    """The server was installed with objectGUID as source anchor."""
    return _parameter(arguments.server(), "Microsoft.SynchronizationOption.AnchorAttribute", "objectGUID")


@FAULTS.add("feature-off", server=NEW, feature=Argument("feature", "PasswordHashSync"))
def _feature_off(_world: World, arguments: Arguments) -> Undo:
    """An optional feature is off on this server."""
    return _parameter(arguments.server(), f"Microsoft.OptionalFeature.{arguments.text('feature')}", "False")


@FAULTS.add("written-back-groups-limited")
def _written_back_groups_limited(world: World, _arguments: Arguments) -> None:
    """Group writeback is on everywhere, with the rule that setup makes for it: 50,000 members."""
    world.tenant.features["groupWriteBackEnabled"] = True
    for server in world.servers.values():
        server.parameters["Microsoft.OptionalFeature.GroupWriteBack"] = "True"
        rule = deepcopy(rule_editing.default_rule(server, "Out to AAD - Group Writeup Member Limit"))
        rule.identifier = rule.internal_id = uuid4()
        rule.name, rule.disabled = "Out to AD - Group Writeback Member Limit", False
        rule.version_agnostic_tag = "Microsoft.OuttoADGroupWritebackMemberLimit"
        if rule.immutable_tag is not None:
            rule.immutable_tag.version_agnostic_tag = rule.version_agnostic_tag
            rule.immutable_tag.tag_value = f"{rule.version_agnostic_tag}.{rule.tag_version:03d}"
        rule.connector = server.ad_connector.identifier
        rule.precedence = max(item.precedence for item in server.rules) + 1
        server.rules.append(rule)
        settle(world, server)


@FAULTS.add("extension-missing", server=NEW)
def _extension_missing(world: World, arguments: Arguments) -> Undo:
    """The other server synchronises a directory extension that was lost on this one."""
    name = "Microsoft.OptionalFeature.DirectoryExtensionAttributes"
    return _parameter(_other(world, arguments.server()), name, "employeeType.user.String.True")
