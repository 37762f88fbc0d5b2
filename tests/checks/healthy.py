"""A healthy migration, as the JSON that its systems answer with at each gate; cases change one thing in it."""

from __future__ import annotations

import base64
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import TYPE_CHECKING, Any
from uuid import UUID

from fixtures.reads import Member, References

from . import healthy_topology
from .healthy_parity import parity_answers
from .healthy_pending import more_answers
from .healthy_prerequisites import prerequisite_answers

if TYPE_CHECKING:
    from collections.abc import Iterable

NOW = datetime(2026, 11, 20, 8, 0, tzinfo=UTC)
ENTRA = "b891884f-051e-4a83-95af-2544101c9083"
ENTRA_NAME = "contoso.onmicrosoft.com - AAD"
AD = "11111111-2222-4333-8444-555555555555"
AD_NAME = "contoso.com"
TENANT_ID = "99999999-8888-4777-8666-555555555555"
STAFF = "CN=Staff,OU=Groups,DC=contoso,DC=com"
CAMPUS = "CN=Campus,OU=Groups,DC=contoso,DC=com"
BEFORE = {"prepare", "deployed", "promote", "in-place", "upgraded"}
MESSAGE = '"Maximum Group member count exceeded"'


def date(moment: datetime) -> str:
    return f"/Date({int(moment.timestamp() * 1000)})/"


def ago(**span: float) -> str:
    return date(NOW - timedelta(**span))


def span(minutes: int) -> dict[str, Any]:
    return {"Ticks": minutes * 60 * 10_000_000, "TotalSeconds": minutes * 60.0}


def anchor(number: int) -> str:
    return base64.b64encode(UUID(int=number + 1).bytes_le).decode()


def entra_dn(number: int) -> str:
    return "CN={" + anchor(number).encode().hex().upper() + "}"


@cache
def anchors(count: int) -> frozenset[str]:
    return frozenset(anchor(number) for number in range(count))


@cache
def members(count: int) -> tuple[Member, ...]:
    return tuple(Member("user", str(UUID(int=number + 1)), anchor(number), None) for number in range(count))


def limit_expression(limit: int) -> str:
    return f'IIF((ValueCount("member")> {limit}),Error({MESSAGE}),IgnoreThisFlow)'


def rule(number: int, name: str, precedence: int, limit: int, **changes: Any) -> dict[str, Any]:
    """One outbound group rule of the Entra connector, with a member limit."""
    plain: dict[str, Any] = {
        "Identifier": str(UUID(int=number)),
        "Name": name,
        "Direction": 1,
        "Disabled": False,
        "Connector": ENTRA,
        "SourceObjectType": "group",
        "TargetObjectType": "group",
        "Precedence": precedence,
        "LinkType": 0 if "Join" in name else 2,
        "ImmutableTag": None,
        "VersionAgnosticTag": None,
        "IsStandardRule": False,
        "IsLegacyCustomRule": False,
        "EnablePasswordSync": False,
        "JoinFilter": [],
        "ScopeFilter": [
            {"ScopeConditionList": [{"Attribute": "cloudMastered", "ComparisonValue": "True", "ComparisonOperator": 1}]}
        ],
        "AttributeFlowMappings": [
            {
                "Source": ["member"],
                "Destination": "member",
                "FlowType": 2,
                "Expression": limit_expression(limit),
                "ValueMergeType": 0,
                "ExecuteOnce": False,
            },
            {
                "Source": ["cn"],
                "Destination": "commonName",
                "FlowType": 0,
                "Expression": None,
                "ValueMergeType": 0,
                "ExecuteOnce": False,
            },
        ],
    }
    return {**plain, **changes}


def standard(number: int, name: str, tag: str, precedence: int, limit: int, **changes: Any) -> dict[str, Any]:
    tags = {"TagValue": f"{tag}.003", "VersionAgnosticTag": tag, "TagVersion": 3, "IsStandardTag": True}
    return rule(
        number,
        name,
        precedence,
        limit,
        **{"ImmutableTag": tags, "VersionAgnosticTag": tag, "IsStandardRule": True} | changes,
    )


def default_rules(limit: int = 50_000, *, disabled: bool = False) -> list[dict[str, Any]]:
    return [
        standard(1, "Out to AAD - Group Join", "Microsoft.OuttoAADGroupJoin", 131, limit, Disabled=disabled),
        standard(
            2,
            "Out to AAD - Group Writeup Member Limit",
            "Microsoft.OuttoAADGroupWriteupMemberLimit",
            137,
            limit,
            Disabled=disabled,
        ),
        rule(
            3,
            "In from AD - Group Common",
            114,
            0,
            Direction=0,
            Connector=AD,
            AttributeFlowMappings=[],
            IsStandardRule=True,
        ),
    ]


def cloned_rules(limit: int = 250_000) -> list[dict[str, Any]]:
    return [
        *default_rules(disabled=True),
        rule(4, "Out to AAD - Group Join - Cloned - 11/19/2026", 98, limit),
        rule(5, "Out to AAD - Group Writeup Member Limit - Cloned - 11/19/2026", 99, limit),
    ]


def run(number: int, connector: str, profile: str, minutes_ago: float, result: str = "success") -> dict[str, Any]:
    return {
        "RunHistoryId": str(UUID(int=number)),
        "ConnectorId": connector,
        "ConnectorName": ENTRA_NAME if connector == ENTRA else AD_NAME,
        "RunProfileName": profile,
        "RunNumber": number,
        "IsRunComplete": True,
        "Result": result,
        "StartDate": ago(minutes=minutes_ago),
        "EndDate": ago(minutes=minutes_ago - 1),
    }


def runs(exports: Iterable[float] = ()) -> list[dict[str, Any]]:
    """A full cycle two days ago, a delta cycle 20 minutes ago, and exports so many minutes ago."""
    found = []
    for connector in (AD, ENTRA):
        for offset, kind in enumerate(("Full Import", "Full Synchronization")):
            found.append(run(100 + offset, connector, kind, 2880 - 10 * offset))
        for offset, kind in enumerate(("Delta Import", "Delta Synchronization")):
            found.append(run(200 + offset, connector, kind, 20 - 2 * offset))
    return found + [run(300 + number, ENTRA, "Export", minutes) for number, minutes in enumerate(exports)]


def event(identity: int, message: str, minutes_ago: float = 60, provider: str = "ADSync") -> dict[str, Any]:
    return {
        "Id": identity,
        "ProviderName": provider,
        "Level": 4,
        "RecordId": 5000 - int(minutes_ago),
        "TimeCreated": ago(minutes=minutes_ago),
        "Message": message,
    }


def filtered(number: int, minutes_ago: float = 15) -> dict[str, Any]:
    return event(
        6949,
        f"Reference value was filtered from export (dn-attributes-failure).\r\nObject DN: {entra_dn(70)}\r\n"
        f"Attribute: member\r\nReference DN: {entra_dn(number)}\r\n"
        "Please resolve provisioning errors for the referenced object above.",
        minutes_ago,
    )


def statistics(**changes: int) -> dict[str, int]:
    names = ("ExportAdds", "ExportUpdates", "ExportDeletes", "ImportAdds", "ImportUpdates", "ImportDeletes")
    return {**dict.fromkeys(names, 0), "ImportNoChange": 9, "TotalConnectors": 9, **changes}


def group_count(name: str, rdn: str, count: int, **changes: Any) -> dict[str, Any]:
    plain = {"RowNo": 1, "Rdn": rdn, "DisplayName": name, "ObjectId": f"AD-{name}", "Count": count}
    return {**plain, "ConnectorName": AD_NAME, "DisconnectorFlag": False, **changes}


def environment(gate: str) -> dict[str, Any]:
    """An environment file's content."""
    server = {"username": "reader", "password": "env:SWING_GATE_READER", "authentication": "ntlm"}
    return {
        "servers": {
            "old": {**server, "purpose": "old", "host": "old.contoso.com", "computer_name": "SYNC01"},
            "new": {**server, "purpose": "new", "host": "new.contoso.com", "computer_name": "SYNC02"},
        },
        "tenant": {
            "id": TENANT_ID,
            "client_id": TENANT_ID,
            "authentication": "secret",
            "client_secret": "env:SWING_GATE_SECRET",
        },
        "plan": {"kind": "v2-endpoint", **({"expected_active": "new"} if gate == "nightly" else {})},
        "groups": {"prove": [{"dn": STAFF}, {"dn": CAMPUS}]},
        "policy": {"soak_hours": 24.0, "soak_cycles": 3},
    }


def server_answers(name: str, gate: str) -> dict[tuple[str, str, str], Any]:
    """What one server answers: active or staging, on the version and rules it has at that gate."""
    before, new = gate in BEFORE, name == "new"
    active = new is not before
    v2 = (new and gate != "rolled-back") or gate in {"finish", "nightly"}
    exports: tuple[float, ...] = () if new else (50 if before else 3000, 80 if before else 3030)
    if new and not before:
        exports = (16, 46, 76, 1500, 2000)
    version = 2 if v2 else 1
    rules = cloned_rules() if new and gate != "rolled-back" else default_rules()
    campus = group_count("Campus", "CN=Campus", 60_000)
    plain: dict[str, Any] = {
        "scheduler": {
            "AllowedSyncCycleInterval": span(30),
            "CurrentlyEffectiveSyncCycleInterval": span(30),
            "CustomizedSyncCycleInterval": None,
            "NextSyncCyclePolicyType": 1,
            "NextSyncCycleStartTimeInUTC": ago(minutes=-10),
            "PurgeRunHistoryInterval": span(10080),
            "SyncCycleEnabled": True,
            "MaintenanceEnabled": True,
            "StagingModeEnabled": not active,
            "SchedulerSuspended": False,
            "SyncCycleInProgress": False,
        },
        "global_settings": {"Version": 7, "SqlSchemaVersion": 700, "InstanceId": str(UUID(int=50 + new))},
        "global_parameters": [
            {"Name": "Microsoft.Synchronize.StagingMode", "Value": str(not active)},
            {"Name": "Microsoft.Synchronize.ServerConfigurationVersion", "Value": "2.6.92.0"},
        ],
        "computer_name": {"ComputerName": "SYNC02" if new else "SYNC01"},
        "adsync_parameters": {
            "AadConnectorImportApiVersion": version,
            "AadConnectorExportApiVersion": version,
            "Path": "C:\\Program Files\\Microsoft Azure AD Sync\\",
        },
        "product_version": {"FileVersion": "2.6.92.0", "ProductVersion": "2.6.92.0"},
        "service": {"Name": "ADSync", "Status": 4, "StartType": 2},
        "connectors": [
            {"Identifier": AD, "Name": AD_NAME, "ExtensionConfiguration": None},
            {
                "Identifier": ENTRA.upper(),
                "Name": ENTRA_NAME,
                "ExtensionConfiguration": {"ExportType": 5 if v2 else 2},
            },
        ],
        "entra_connector_account": {
            "Name": "UserName",
            "Value": f"Sync_SYNC0{1 + new}_0123456789ab@contoso.onmicrosoft.com",
        },
        "overrides": [],
        "rules": rules,
        "runs": runs(exports),
        "run_status": [],
        "events_adsync": [],
        "events_directory_synchronization": [],
        "events_oldest": {"RecordId": 1, "TimeCreated": ago(days=30)},
    }
    plain |= prerequisite_answers()
    plain |= parity_answers(plain["global_parameters"], "new" if new else "old")
    answers = {(name, read, ""): value for read, value in plain.items()}
    for connector in (AD_NAME, ENTRA_NAME):
        answers[name, "connector_statistics", connector] = statistics()
        sends = connector == AD_NAME or v2
        answers[name, "group_statistics", connector] = [
            *([{**campus, "Rdn": entra_dn(71)} if connector == ENTRA_NAME else campus] if sends else []),
            group_count("Staff", entra_dn(70) if connector == ENTRA_NAME else "CN=Staff", 3),
        ]
    return answers


def group_answers(gate: str) -> dict[tuple[str, str, str], Any]:
    """The proof of two groups: one of 3 members, one of 60,000 that only version 2 sends."""
    server = "old" if gate in BEFORE else "new"
    found: dict[tuple[str, str, str], Any] = {}
    for key, name, count, number in ((STAFF, "Staff", 3, 70), (CAMPUS, "Campus", 60_000, 71)):
        sent = count <= 50_000 or server == "new"
        ids = {"ad": f"ad-{name}", "mv": f"mv-{name}", "entra": f"entra-{name}", "cloud": f"cloud-{name}"}
        found["collector", "group_trail", key] = {
            "key": key, "name": name, "server": server, "connector": AD_NAME, "sid": f"S-1-5-21-1-2-3-{number}",
            "ad_count": count, "members_needed": sent, "why": "", "entra_dn": entra_dn(number) if sent else None,
            **ids, **({} if sent else {"entra": None, "cloud": None}),
        }  # fmt: skip
        found[server, "group_object", key] = {"ObjectId": ids["ad"], "ConnectedMVObjectId": ids["mv"]}
        found[server, "group_lineage", ids["mv"]] = [{"ConnectorId": ENTRA}] if sent else []
        found[server, "group_sid", ids["ad"]] = {"Name": "objectSid", "Values": [f"S-1-5-21-1-2-3-{number}"]}
        found["tenant", "group_by_sid", f"S-1-5-21-1-2-3-{number}"] = (
            {"id": ids["cloud"], "onPremisesProvisioningErrors": []} if sent else None
        )
        if sent:
            found[server, "group_references", ids["entra"]] = References(entra_dn(number), imported=anchors(count))
            found[server, "group_members_ad", ids["ad"]] = References(key, imported=anchors(count))
            found["tenant", "members", ids["cloud"]] = members(count)
            found["tenant", "members_count", ids["cloud"]] = count
    return found


def tenant_answers(gate: str) -> dict[tuple[str, str, str], Any]:
    exporter = "SYNC01" if gate in BEFORE else "SYNC02"
    synchronization = {
        "configuration": {
            "accidentalDeletionPrevention": {"synchronizationPreventionType": "enabledForCount", "alertThreshold": 500},
            "currentExportData": {"clientMachineName": exporter},
        }
    }
    return {
        ("tenant", "organization", ""): {
            "id": TENANT_ID,
            "onPremisesSyncEnabled": True,
            "onPremisesLastSyncDateTime": "2026-11-20T07:44:00Z",
            "verifiedDomains": [{"name": "contoso.com"}, {"name": "contoso.onmicrosoft.com"}],
        },
        ("tenant", "on_premises_synchronization", ""): synchronization,
        ("tenant", "current_export_data", ""): synchronization,
    }


@cache
def healthy(gate: str) -> dict[tuple[str, str, str], Any]:
    found = {
        **more_answers("old"),
        **more_answers("new"),
        **server_answers("old", gate),
        **server_answers("new", gate),
        **group_answers(gate),
        **tenant_answers(gate),
    }
    healthy_topology.extend(found)
    return found
