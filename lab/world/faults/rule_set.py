"""Faults of the rule set as a whole: custom rules, copies and default rules that were not kept as they should be."""

from __future__ import annotations

from copy import deepcopy
from typing import TYPE_CHECKING
from uuid import uuid4

from lab.world import rule_editing
from lab.world.default_rules import GROUP_JOIN
from lab.world.enums import FlowType
from lab.world.errors import UnknownArgumentError
from lab.world.faults.catalogue import FAULTS, settle
from lab.world.model import AttributeFlowMapping
from lab.world.table import NEW, Argument, Arguments

if TYPE_CHECKING:
    from lab.world.server import SyncServer
    from lab.world.world import World


@FAULTS.add("custom-rule-at-precedence-160", server=NEW)
def _custom_rule_at_160(world: World, arguments: Arguments) -> None:
    """A custom rule of its own stands at precedence 160, among the default rules."""
    server = arguments.server()
    _custom(world, server, "In from AD - User Staff", 160, 'IIF([employeeType] = "Staff", "staff", NULL)')
    settle(world, server)


@FAULTS.add("curly-quotes-in-custom-rule", server=NEW)
def _curly_quotes_in_custom_rule(world: World, arguments: Arguments) -> None:
    """A custom rule that has nothing to do with groups was pasted from a document, with typographic quotes."""
    server = arguments.server()
    text = "IIF([employeeType] = \N{LEFT DOUBLE QUOTATION MARK}Staff\N{RIGHT DOUBLE QUOTATION MARK}, True, NULL)"
    _custom(world, server, "In from AD - User Staff", 60, text)
    settle(world, server)


@FAULTS.add("expression-of-another-language", server=NEW)
def _expression_of_another_language(world: World, arguments: Arguments) -> None:
    """A custom rule holds an expression that is not of the documented language."""
    server = arguments.server()
    _custom(world, server, "In from AD - User Staff", 60, "if ($employeeType -eq 'Staff') { $true }")
    settle(world, server)


@FAULTS.add("copy-older-than-default", server=NEW, rule=Argument("the standard rule", GROUP_JOIN))
def _copy_older_than_default(world: World, arguments: Arguments) -> None:
    """The copy was made years ago: the default rule has since got a flow that the copy lacks."""
    server = arguments.server()
    copies = rule_editing.clones_of(server, arguments.text("rule"))
    if not copies:
        raise UnknownArgumentError(f"{arguments.text('rule')!r} has no copy")
    copy = copies[0]
    copy.name = f"{arguments.text('rule')} - Cloned - 2021-05-14"
    flow = next(item for item in copy.attribute_flow_mappings if item.destination.casefold() != "member")
    copy.attribute_flow_mappings.remove(flow)
    server.rule_changed(copy, "updated")
    settle(world, server)


@FAULTS.add("default-rule-stands-twice", server=NEW, rule=Argument("the standard rule", "In from AD - Group Common"))
def _default_rule_stands_twice(world: World, arguments: Arguments) -> None:
    """A standard rule was edited in place before an upgrade: the new default stands disabled beside it."""
    server = arguments.server()
    rule = rule_editing.default_rule(server, arguments.text("rule"))
    shipped = deepcopy(rule)
    shipped.identifier = shipped.internal_id = uuid4()
    shipped.disabled = True
    shipped.precedence = max(item.precedence for item in server.rules) + 1
    server.rules.append(shipped)
    server.rule_changed(rule, "updated")
    settle(world, server)


def _custom(world: World, server: SyncServer, name: str, precedence: int, expression: str) -> None:
    """A rule that the customer wrote: an inbound flow of users."""
    standard = rule_editing.default_rule(server, "In from AD - User Common")
    rule = rule_editing.clone(server, standard, precedence, None, world.clock.now().date())
    rule_editing.set_disabled(server, standard, disabled=False)
    rule.name = name
    rule.attribute_flow_mappings = [
        AttributeFlowMapping(["employeeType"], "extensionAttribute15", FlowType.Expression, expression=expression),
    ]
    server.rule_changed(rule, "created")
