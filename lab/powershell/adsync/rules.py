"""Synchronisation rules [adsync §4]: -Identifier is the only parameter."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import UUID

from lab.powershell.adsync.base import cmdlet
from lab.powershell.adsync.objects import net
from lab.powershell.commands import Parameter
from lab.powershell.convert import GUID

if TYPE_CHECKING:
    from collections.abc import Iterable

    from lab.powershell.commands import Call
    from lab.world.server import SyncServer


def _get_rule(call: Call, server: SyncServer) -> Iterable[object]:
    identifier = call.get("Identifier")
    rules = [server.rule(identifier)] if isinstance(identifier, UUID) else list(server.rules)
    return [net(rule) for rule in rules]


def _rule_audit(_call: Call, _server: SyncServer) -> Iterable[object]:
    """The world keeps no copies of rules as they were: the audit is empty."""
    return ()


RULES = (
    cmdlet("Rule", _get_rule, Parameter("Identifier", GUID, position=0), should_process=True),
    cmdlet("RuleAudit", _rule_audit, should_process=True),
)
