"""The run at a glance: the pair, what each check was held against, and the numbers of the pictures.

It stands in the report beside the document. No judgement rests on it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from plugins.pictures import pictures
from plugins.thresholds import thresholds

if TYPE_CHECKING:
    from plugins.run import Run


def glance(run: Run) -> dict[str, Any]:
    """Return the servers and the tenant as the answers have them, and what the sheets and pictures show beside them."""
    return {
        "servers": [
            {
                "name": name,
                "purpose": server.purpose,
                "target": server.target,
                "computer_name": server.computer_name,
                "role": _role(_property(run, name, "scheduler", "StagingModeEnabled")),
                "scheduler": _property(run, name, "scheduler", "SyncCycleEnabled"),
                "version": _property(run, name, "product_version", "ProductVersion"),
                "import_api": _property(run, name, "adsync_parameters", "AadConnectorImportApiVersion"),
                "export_api": _property(run, name, "adsync_parameters", "AadConnectorExportApiVersion"),
            }
            for name, server in run.environment.servers.items()
        ],
        "tenant": {
            "id": str(run.environment.tenant.id),
            "name": _property(run, "tenant", "organization", "displayName"),
            "cloud": str(run.environment.tenant.cloud),
        },
        "thresholds": {check.id: thresholds(check, run.environment) for check in run.registered},
        "pictures": pictures(run),
    }


def _property(run: Run, system: str, read: str, name: str) -> Any:  # noqa: ANN401 - JSON as it came
    """Return one property of an answer for display; None when it was not read. No judgement rests on it."""
    for answer in run.fetched.about(system, read).values() if run.fetched else ():
        value = answer.value if answer.ok else None
        if isinstance(value, dict) and isinstance(value.get("value"), list):
            value = value["value"]
        if isinstance(value, list) and value:
            value = value[0]
        if isinstance(value, dict):
            return "not set" if value.get(name) is None else value[name]
    return None


def _role(staging: object) -> str:
    if staging is True:
        return "staging"
    return "active" if staging is False else "unknown"
