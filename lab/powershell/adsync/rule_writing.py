"""Making and saving rules: cmdlets that the Sync Rules Editor's own export uses [adsync §4.1, §4.3].

The rule is an object in the pipeline until Add-ADSyncRule saves it. Conditions are not here: they are made as objects
before the rule is, for which a pipeline has no place.
"""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import UUID, uuid4

from lab.powershell import members
from lab.powershell.adsync.base import cmdlet
from lab.powershell.adsync.objects import model_type, net
from lab.powershell.adsync.worldly import from_net
from lab.powershell.clr import Collection, NetObject
from lab.powershell.commands import Parameter, switch
from lab.powershell.convert import GUID, INT32, STRING, TIME_SPAN, ConversionError, array, enum
from lab.world.errors import SyncError
from lab.world.model import (
    NO_GUID,
    AttributeFlowMapping,
    FlowType,
    ImmutableTag,
    LinkType,
    SynchronizationRule,
    SynchronizationRuleDirection,
    ValueMergeType,
)
from lab.world.saving import save_rule

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from lab.powershell.commands import Call
    from lab.world.server import SyncServer


def _identifier(call: Call, name: str, default: UUID = NO_GUID) -> UUID:
    value = call.get(name)
    return value if isinstance(value, UUID) else default


def _tag(text: str) -> ImmutableTag | None:
    """Read Microsoft.<Name>.<number>; a custom rule has no tag."""
    if not text:
        return None
    agnostic, _, number = text.rpartition(".")
    version = int(number) if number.isdecimal() else 0
    standard = text.casefold().startswith("microsoft.")
    return ImmutableTag(text, agnostic or text, version, standard, False)


def _new_rule(call: Call, server: SyncServer) -> Iterable[object]:
    """Build a rule; nothing is saved."""
    server.connector(_identifier(call, "Connector"))
    identifier, tag = _identifier(call, "Identifier", uuid4()), _tag(call.text("ImmutableTag"))
    rule = SynchronizationRule(
        identifier=identifier,
        internal_id=NO_GUID,
        name=call.text("Name"),
        version=0,
        description=call.text("Description"),
        immutable_tag=tag,
        connector=_identifier(call, "Connector"),
        direction=call.get("Direction"),  # type: ignore[arg-type]
        disabled=call.on("Disabled"),
        source_object_type=call.text("SourceObjectType"),
        target_object_type=call.text("TargetObjectType"),
        precedence=call.integer("Precedence"),
        precedence_after=_identifier(call, "PrecedenceAfter"),
        precedence_before=_identifier(call, "PrecedenceBefore"),
        link_type=call.get("LinkType"),  # type: ignore[arg-type]
        enable_password_sync=call.on("EnablePasswordSync"),
        join_filter=[],
        scope_filter=[],
        attribute_flow_mappings=[],
        version_agnostic_tag=tag.version_agnostic_tag if tag else "",
        tag_version=tag.tag_version if tag else 0,
        is_standard_rule=tag is not None and tag.is_standard_tag,
    )
    span = call.get("SoftDeleteExpiryInterval")
    if span is not None:
        rule.soft_delete_expiry_interval = span  # type: ignore[assignment]
    return [net(rule)]


def _rule_of(call: Call) -> NetObject:
    given = call.get("SynchronizationRule")
    assert isinstance(given, NetObject)
    return given


def _add_flow(call: Call, _server: SyncServer) -> Iterable[object]:
    """Add a flow to the rule, and give the rule."""
    rule = _rule_of(call)
    flow = AttributeFlowMapping(
        source=call.texts("Source"),
        destination=call.text("Destination"),
        flow_type=call.get("FlowType", FlowType.Direct),  # type: ignore[arg-type]
        execute_once=call.on("ExecuteOnce"),
        expression=call.text("Expression") or None,
        value_merge_type=call.get("ValueMergeType", ValueMergeType.Update),  # type: ignore[arg-type]
    )
    held = rule.get("AttributeFlowMappings")
    assert isinstance(held, Collection)
    held.append(net(flow))
    return [rule]


def _save(call: Call, server: SyncServer) -> Iterator[object]:
    if call.on("WhatIf"):
        return
    given = _rule_of(call)
    try:
        rule = from_net(SynchronizationRule, given)
    except ConversionError as error:
        raise SyncError(str(error), "InvalidRule") from None
    if members.get(given, "Identifier") in (None, NO_GUID):
        rule.identifier = uuid4()
    yield net(save_rule(server, rule))


def _remove(call: Call, server: SyncServer) -> Iterator[object]:
    given = call.get("SynchronizationRule")
    identifier = call.get("Identifier") if given is None else members.get(given, "Identifier")
    assert isinstance(identifier, UUID)
    removed = net(server.rule(identifier))
    if not call.on("WhatIf"):
        server.remove_rule(identifier)
        yield removed


_RULE = Parameter("SynchronizationRule", model_type("SynchronizationRule"), position=0, mandatory=True, pipeline=True)
_BY_ID, _BY_RULE = frozenset({"Identifier"}), frozenset({"SynchronizationRule"})

RULE_WRITING = (
    cmdlet(
        "Rule",
        _new_rule,
        Parameter("Name", STRING, mandatory=True),
        Parameter("Direction", enum(SynchronizationRuleDirection), mandatory=True),
        Parameter("Connector", GUID, mandatory=True),
        Parameter("SourceObjectType", STRING, mandatory=True),
        Parameter("TargetObjectType", STRING, mandatory=True),
        Parameter("LinkType", enum(LinkType), mandatory=True),
        Parameter("Precedence", INT32),
        Parameter("PrecedenceAfter", GUID),
        Parameter("PrecedenceBefore", GUID),
        switch("EnablePasswordSync"),
        switch("Disabled"),
        Parameter("Description", STRING),
        Parameter("ImmutableTag", STRING),
        Parameter("Identifier", GUID),
        Parameter("SoftDeleteExpiryInterval", TIME_SPAN),
        verb="New",
    ),
    cmdlet(
        "AttributeFlowMapping",
        _add_flow,
        _RULE,
        Parameter("Source", array(STRING)),
        Parameter("Destination", STRING, mandatory=True),
        Parameter("FlowType", enum(FlowType)),
        Parameter("Expression", STRING),
        switch("ExecuteOnce"),
        Parameter("ValueMergeType", enum(ValueMergeType)),
        Parameter("Direction", enum(SynchronizationRuleDirection)),
        verb="Add",
    ),
    cmdlet("Rule", _save, _RULE, verb="Add", should_process=True),
    cmdlet(
        "Rule",
        _remove,
        Parameter("Identifier", GUID, position=0, mandatory=True, sets=_BY_ID),
        Parameter(
            "SynchronizationRule", model_type("SynchronizationRule"), mandatory=True, sets=_BY_RULE, pipeline=True
        ),
        verb="Remove",
        default_set="Identifier",
        should_process=True,
    ),
)
"""Cmdlets that make rules and save them."""
