"""What saving does that administrators' cmdlets ask for: a rule, a connector, the run history.

Nothing documents what a rule does that is saved with a precedence another one has; the lab keeps both as they are, so
that a reader can see it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from lab.world.model import NO_GUID

if TYPE_CHECKING:
    from datetime import datetime

    from lab.world.model import Connector, SynchronizationRule
    from lab.world.server import SyncServer


def save_rule(server: SyncServer, rule: SynchronizationRule) -> SynchronizationRule:
    """Replace the rule of this identifier, or add a new one; gives what the server keeps.

    Raises:
        SyncError: its connector is not one of this server's.
    """
    server.connector(rule.connector)
    known = next((item for item in server.rules if item.identifier == rule.identifier), None)
    if known is None:
        rule.internal_id = rule.identifier if rule.internal_id == NO_GUID else rule.internal_id
        server.rules.append(rule)
        server.rule_changed(rule, "created")
        return rule
    rule.internal_id, rule.version = known.internal_id, known.version + 1
    rule.is_standard_rule, rule.immutable_tag = known.is_standard_rule, known.immutable_tag
    server.rules[server.rules.index(known)] = rule
    server.rule_changed(rule, "updated")
    return rule


def save_connector(server: SyncServer, connector: Connector) -> Connector:
    """Replace the connector of this identifier, or add a new one; it counts as changed now."""
    connector.last_modification_time = server.now()
    known = next((item for item in server.connectors if item.identifier == connector.identifier), None)
    server.global_settings_version += 1
    if known is None:
        server.connectors.append(connector)
        return connector
    connector.version = known.version + 1
    server.connectors[server.connectors.index(known)] = connector
    return connector


def remove_connector(server: SyncServer, connector: Connector) -> None:
    """Take a connector away, with its overrides; its rules stay and belong to nobody."""
    server.connectors.remove(connector)
    server.overrides = [row for row in server.overrides if row.connector_identifier != connector.identifier]
    server.global_settings_version += 1


def purge_runs(server: SyncServer, before: datetime) -> None:
    """Delete the run history older than a moment; a run that is not over stays."""
    server.runs = [run for run in server.runs if run.start_date >= before or not run.is_run_complete]
