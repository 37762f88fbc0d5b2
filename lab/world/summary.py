"""The state of the world in a page, for people who watch the lab."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from lab.world.model import ENTRA_CONNECTOR
from lab.world.rule_editing import limiting_rules, member_mapping
from lab.world.server import EXPORT_API_VERSION, IMPORT_API_VERSION, PARAMETERS_KEY, SyncServer

if TYPE_CHECKING:
    from lab.world.world import World

_LARGE = 50_000


def summary(world: World) -> dict[str, Any]:
    """Servers, their roles and pending work, and the large groups in the tenant."""
    return {
        "scenario": world.scenario,
        "clock": world.clock.now().isoformat(),
        "servers": {purpose: _server(server) for purpose, server in world.servers.items()},
        "tenant": {
            "name": world.tenant.identity.display_name,
            "users": len(world.tenant.users),
            "last_export_by": world.tenant.current_export_data.client_machine_name,
            "groups_over_50000": {
                world.forest.object(key).name: len(group.members)
                for key, group in world.tenant.groups.items()
                if not group.deleted and len(group.members) > _LARGE
            },
        },
    }


def _server(server: SyncServer) -> dict[str, Any]:
    parameters, scheduler = server.registry[PARAMETERS_KEY], server.scheduler
    statistics = server.connector_statistics(server.entra_connector.name)
    extension = server.entra_connector.extension_configuration
    return {
        "computer_name": server.computer_name,
        "version": server.product_version,
        "role": "staging" if scheduler.staging_mode_enabled else "active",
        "service": server.service_status,
        "api_version": {
            "import": parameters.get(IMPORT_API_VERSION),
            "export": parameters.get(EXPORT_API_VERSION),
            "export_type": extension.export_type if extension else None,
        },
        "scheduler": {
            "enabled": scheduler.sync_cycle_enabled,
            "suspended": scheduler.scheduler_suspended,
            "in_progress": scheduler.sync_cycle_in_progress,
            "next_start": scheduler.next_sync_cycle_start_time_in_utc.isoformat(),
        },
        "overrides": [server.connector(row.connector_identifier).name for row in server.overrides],
        "pending": {
            "adds": statistics.export_adds,
            "updates": statistics.export_updates,
            "deletes": statistics.export_deletes,
        },
        "member_limit_rules": [
            {
                "name": rule.name,
                "precedence": rule.precedence,
                "enabled": not rule.disabled,
                "expression": mapping.expression if (mapping := member_mapping(rule)) else None,
            }
            for rule in limiting_rules(server)
        ],
        "last_runs": [
            f"{run.connector_name}: {run.run_profile_name}: {run.result}"
            for run in server.runs[-6:]
            if run.connector_id == ENTRA_CONNECTOR or run.result != "success"
        ],
    }
