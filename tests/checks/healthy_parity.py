"""What two healthy servers answer where they are compared: the same, but for what differs between installations."""

from __future__ import annotations

from typing import Any

ENTRA = "b891884f-051e-4a83-95af-2544101c9083"
AD = "11111111-2222-4333-8444-555555555555"
PROFILES = ("Full Import", "Full Synchronization", "Delta Import", "Delta Synchronization", "Export")


def settings(identifier: str, name: str, dn: str, containers: list[str], types: list[str]) -> dict[str, Any]:
    kind = "AD" if dn != "default" else "Extensible2"
    return {
        "Identifier": identifier,
        "Name": name,
        "ConnectorTypeName": kind,
        "Partitions": [
            {
                "DN": dn,
                "Selected": True,
                "ConnectorPartitionScope": {
                    "ObjectClasses": list(types),
                    "ContainerInclusionList": containers,
                    "ContainerExclusionList": [],
                },
            }
        ],
        "ObjectInclusionList": list(types),
        "AttributeInclusionList": ["cn", "displayName", "mail", "member", "objectGUID"],
        "RunProfiles": [{"Name": profile, "RunSteps": [{"TaskType": 0}]} for profile in PROFILES],
        "GlobalParameters": [{"Name": "Forest.FQDN", "Value": name}] if kind == "AD" else [],
    }


def parity_answers(parameters: list[dict[str, str]], server: str) -> dict[str, Any]:
    """The reads that are compared. The two installations write names and lists in their own way."""
    containers = ["OU=People,DC=contoso,DC=com", "OU=Groups,DC=contoso,DC=com"]
    forest = settings(AD, "contoso.com", "DC=contoso,DC=com", containers, ["user", "group", "contact"])
    if server == "new":
        forest["Partitions"][0]["DN"] = "dc=contoso,dc=com"
        forest["Partitions"][0]["ConnectorPartitionScope"]["ContainerInclusionList"] = [
            "ou=groups, dc=contoso, dc=com",
            "ou=people, dc=contoso, dc=com",
        ]
        forest["AttributeInclusionList"].reverse()
    entra = settings(ENTRA.upper(), "contoso.onmicrosoft.com - AAD", "default", [], ["user", "group"])
    shared = {
        "Microsoft.SynchronizationOption.AnchorAttribute": "mS-DS-ConsistencyGuid",
        "Microsoft.OptionalFeature.PasswordHashSync": "True",
        "Microsoft.OptionalFeature.DirectoryExtensionAttributes": "a.user.String.True,b.user.String.True",
        "Microsoft.OptionalFeature.AutoUpgradeState": "Disabled",
        "Microsoft.Synchronize.NextStartTime": f"Fri, 20 Nov 2026 08:1{server == 'new':d}:00 GMT",
    }
    return {
        "connector_settings": [forest, entra],
        "global_parameters": [*parameters, *({"Name": name, "Value": value} for name, value in shared.items())],
    }
