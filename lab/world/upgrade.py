"""An in-place upgrade, as far as a read can see it [entra_docs §5.1]."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lab.world.default_rules import MemberLimit, default_rules
from lab.world.events import ENGINE
from lab.world.model import ENTRA_CONNECTOR
from lab.world.rule_editing import limiting_rules

if TYPE_CHECKING:
    from lab.world.server import SyncServer


def set_version(server: SyncServer, version: str) -> None:
    """Put another build's number on the product's files, its configuration and its connector."""
    server.product_version = version
    server.configuration_version = ""
    extension = server.entra_connector.extension_configuration
    if extension is not None:
        extension.assembly_version = version


def upgrade(server: SyncServer, version: str) -> None:
    """Install another build over this one.

    Standard rules get their content back but stay disabled where they were; custom rules stay. 2.x switches V2 on.
    Every connector is to be imported and synchronised in full.
    """
    was_disabled = {rule.name for rule in server.rules if rule.is_standard_rule and rule.disabled}
    custom = [rule for rule in server.rules if not rule.is_standard_rule]
    limit = _default_limit(server)
    fresh = default_rules(str(server.instance_id), server.ad_connector.identifier, ENTRA_CONNECTOR, limit)
    for rule in fresh:
        rule.disabled = rule.name in was_disabled
    server.rules[:] = [*fresh, *custom]
    set_version(server, version)
    if not version.startswith("1."):
        server.set_import_api_version(2)
        server.set_export_api_version(2)
    for connector in server.connectors:
        connector.last_modification_time = server.now()
        server.set_override(connector.identifier, full_import=True, full_sync=True)
    server.global_settings_version += 1
    server.log_event(ENGINE, 2002, "The service was stopped successfully.")
    server.log_event(ENGINE, 2001, "The service was started successfully.")


def _default_limit(server: SyncServer) -> MemberLimit:
    """What this world's standard rules hold."""
    standard = [rule for rule in limiting_rules(server) if rule.is_standard_rule]
    if not standard:
        return "none"
    texts = [mapping.expression or "" for rule in standard for mapping in rule.attribute_flow_mappings]
    return "250000" if any("250000" in text for text in texts) else "50000"
