"""What the healthy systems answer about sync identities, features, password hashes, and changes of connectors."""

from __future__ import annotations

from typing import Any

FEATURES = {
    "deviceWritebackEnabled": False,
    "groupWriteBackEnabled": False,
    "passwordSyncEnabled": True,
    "userWritebackEnabled": False,
}
PARAMETERS = {
    "DeviceWriteBack": "False",
    "GroupWriteBack": "False",
    "PasswordHashSync": "True",
    "PasswordWriteback": "False",
    "UserWriteBack": "False",
}
ENTRA_NAME = "contoso.onmicrosoft.com - AAD"
PING = {
    "Id": 654, "ProviderName": "Directory Synchronization", "Level": 4, "RecordId": 5000,
    "TimeCreated": "/Date(1795160100000)/", "Message": "Provision credentials ping end.",
}  # fmt: skip
"""At 07:35 of the day that is judged."""
WEEK_AGO = "/Date(1794556800000)/"  # 2026-11-13


def extend(answers: dict[tuple[str, str, str], Any]) -> None:
    """Put them into the answers of one gate."""
    tenant = answers["tenant", "on_premises_synchronization", ""]
    tenant["features"] = dict(FEATURES)
    answers["tenant", "sync_accounts", ""] = [
        {"id": f"account-{name}", "userPrincipalName": f"Sync_{name}_0123456789ab@contoso.onmicrosoft.com"}
        for name in ("SYNC01", "SYNC02")
    ]
    answers["tenant", "sync_applications", ""] = []
    answers["tenant", "password_sync", ""] = {"onPremisesLastPasswordSyncDateTime": "2026-11-20T07:55:00Z"}
    for server in ("old", "new"):
        answers.setdefault((server, "events_audit", ""), [])
        answers[server, "entra_connector_identity", ""] = []
        answers[server, "audit_switch", ""] = {"AuditEventLogging": 1}
        answers[server, "events_password_hashes", ""] = [dict(PING)]
        answers[server, "events_password_writeback", ""] = []
        answers[server, "password_writeback", ENTRA_NAME] = []
        answers[server, "global_parameters", ""] += [
            {"Name": f"Microsoft.OptionalFeature.{name}", "Value": value} for name, value in PARAMETERS.items()
        ]
        for connector in answers[server, "connectors", ""]:
            connector["LastModificationTime"] = WEEK_AGO
