"""Faults of the member limit: rules that were edited wrongly. A full cycle follows, so no override is left over."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lab.world import rule_editing
from lab.world.default_rules import GROUP_JOIN, GROUP_WRITEUP
from lab.world.enums import ComparisonOperator
from lab.world.errors import UnknownArgumentError
from lab.world.faults.catalogue import FAULTS, settle
from lab.world.model import ScopeCondition
from lab.world.table import NEW, Argument, Arguments

if TYPE_CHECKING:
    from lab.world.model import SynchronizationRule
    from lab.world.server import SyncServer
    from lab.world.world import World

_PRECEDENCE = {GROUP_WRITEUP: 98, GROUP_JOIN: 99}
_RULE = Argument("the standard rule", GROUP_JOIN)
_RAISED = 250_000


def _settle(world: World, server: SyncServer) -> None:
    """Run the full cycle, and let it be as if the rules had been wrong from the start.

    A group that fails keeps what was staged for it; what the right rules had staged before must not remain.
    """
    settle(world, server)
    for group in server.entra.groups.values():
        if group.synchronization_failure is not None and group.imported is None:
            group.desired = None


def _clone(world: World, server: SyncServer, name: str) -> SynchronizationRule:
    """The copy of a standard rule; one is made when this world has none."""
    if found := rule_editing.clones_of(server, name):
        return found[0]
    if name not in _PRECEDENCE:
        raise UnknownArgumentError(f"{name!r} holds no member limit; use {' or '.join(_PRECEDENCE)}")
    rule = rule_editing.default_rule(server, name)
    return rule_editing.clone(server, rule, _PRECEDENCE[name], _RAISED, world.clock.now().date())


@FAULTS.add("writeup-rule-left-at-50000", server=NEW)
def _writeup_rule_left(world: World, arguments: Arguments) -> None:
    """The limit was raised in the copy of Group Join only; Group Writeup Member Limit is the default with 50,000."""
    server = arguments.server()
    _clone(world, server, GROUP_JOIN)
    for copy in rule_editing.clones_of(server, GROUP_WRITEUP):
        server.remove_rule(copy.identifier)
    rule = rule_editing.default_rule(server, GROUP_WRITEUP)
    rule_editing.set_limit(server, rule, 50_000)
    rule_editing.set_disabled(server, rule, disabled=False)
    _settle(world, server)


@FAULTS.add("default-left-enabled-beside-clone", server=NEW, rule=_RULE)
def _default_left_enabled(world: World, arguments: Arguments) -> None:
    """The standard rule was enabled again beside its copy."""
    server, name = arguments.server(), arguments.text("rule")
    _clone(world, server, name)
    rule_editing.set_disabled(server, rule_editing.default_rule(server, name), disabled=False)
    _settle(world, server)


@FAULTS.add("both-rules-disabled", server=NEW, rule=_RULE)
def _both_rules_disabled(world: World, arguments: Arguments) -> None:
    """The standard rule and its copy are disabled; without Group Join every group is to be deleted."""
    server, name = arguments.server(), arguments.text("rule")
    rule_editing.set_disabled(server, _clone(world, server, name), disabled=True)
    rule_editing.set_disabled(server, rule_editing.default_rule(server, name), disabled=True)
    _settle(world, server)


@FAULTS.add("clone-at-precedence-120", server=NEW, rule=_RULE)
def _clone_at_120(world: World, arguments: Arguments) -> None:
    """The copy stands at precedence 120, outside the range of custom rules."""
    server = arguments.server()
    rule_editing.set_precedence(server, _clone(world, server, arguments.text("rule")), 120)
    _settle(world, server)


@FAULTS.add("limit-250001", server=NEW, limit=Argument("the number to write", 250_001))
def _limit_250001(world: World, arguments: Arguments) -> None:
    """Both copies hold a limit of 250,001, one more than Entra ID takes."""
    server = arguments.server()
    for name in _PRECEDENCE:
        rule_editing.set_limit(server, _clone(world, server, name), arguments.number("limit"))
    _settle(world, server)


@FAULTS.add("curly-quotes-in-expression", server=NEW, rule=_RULE)
def _curly_quotes(world: World, arguments: Arguments) -> None:
    """The copy's expression was pasted from a document, with typographic quotes: no group can be evaluated."""
    server = arguments.server()
    copy = _clone(world, server, arguments.text("rule"))
    mapping = rule_editing.member_mapping(copy)
    expression = (mapping.expression if mapping else None) or ""
    for straight, curly in (('("', "(\N{LEFT DOUBLE QUOTATION MARK}"), ('"', "\N{RIGHT DOUBLE QUOTATION MARK}")):
        expression = expression.replace(straight, curly)
    rule_editing.set_expression(server, copy, expression)
    _settle(world, server)


@FAULTS.add("scope-filter-member-count", server=NEW, rule=_RULE, limit=Argument("the number in the filter", 50_000))
def _scope_filter_member_count(world: World, arguments: Arguments) -> None:
    """Every scope group of the copy asks for memberCount below 50,000, as builds of 2016 did."""
    server = arguments.server()
    copy = _clone(world, server, arguments.text("rule"))
    for group in copy.scope_filter:
        group.scope_condition_list.append(
            ScopeCondition("memberCount", arguments.text("limit"), ComparisonOperator.LESSTHAN),
        )
    server.rule_changed(copy, "updated")
    _settle(world, server)


@FAULTS.add("limit-in-member-count-form", server=NEW, limit=Argument("the number to write", 50_000))
def _limit_in_member_count_form(world: World, arguments: Arguments) -> None:
    """The copy of Group Join holds a limit in the older form, ([memberCount]> 50000)."""
    server = arguments.server()
    expression = (
        f'IIF(([memberCount]> {arguments.number("limit")}),Error("Maximum Group member count exceeded"),IgnoreThisFlow)'
    )
    rule_editing.set_expression(server, _clone(world, server, GROUP_JOIN), expression)
    _settle(world, server)


@FAULTS.add("rule-edited-in-place", server=NEW, limit=Argument("the number to write", 250_000))
def _rule_edited_in_place(world: World, arguments: Arguments) -> None:
    """The standard rules themselves carry the raised limit; there are no copies."""
    server = arguments.server()
    for name in _PRECEDENCE:
        for copy in rule_editing.clones_of(server, name):
            server.remove_rule(copy.identifier)
        rule = rule_editing.default_rule(server, name)
        rule_editing.set_limit(server, rule, arguments.number("limit"))
        rule_editing.set_disabled(server, rule, disabled=False)
    _settle(world, server)


@FAULTS.add("precedence-used-twice", server=NEW)
def _precedence_used_twice(world: World, arguments: Arguments) -> None:
    """Both copies have precedence 99."""
    server = arguments.server()
    for name in _PRECEDENCE:
        rule_editing.set_precedence(server, _clone(world, server, name), 99)
    _settle(world, server)


@FAULTS.add("rule-without-connector", server=NEW)
def _rule_without_connector(world: World, arguments: Arguments) -> None:
    """A custom inbound rule still names the connector of the other server it was exported from."""
    server = arguments.server()
    other = next(item for item in world.servers.values() if item is not server)
    standard = rule_editing.default_rule(server, "In from AD - Group Common")
    orphan = rule_editing.clone(server, standard, 97, None, world.clock.now().date())
    rule_editing.set_disabled(server, standard, disabled=False)
    orphan.connector = other.ad_connector.identifier
    _settle(world, server)
