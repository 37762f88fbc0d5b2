"""What a sync server stands on: registry keys of Windows, and its SQL Server [entra_docs §4]."""

from __future__ import annotations

from dataclasses import dataclass

WINDOWS_KEY = r"HKLM:\SOFTWARE\Microsoft\Windows NT\CurrentVersion"
PRODUCT_KEY = r"HKLM:\SOFTWARE\Microsoft\Azure AD Connect"
DOTNET_KEY = r"HKLM:\SOFTWARE\Microsoft\NET Framework Setup\NDP\v4\Full"
NET_KEYS = (
    r"HKLM:\SOFTWARE\Microsoft\.NETFramework\v4.0.30319",
    r"HKLM:\SOFTWARE\WOW6432Node\Microsoft\.NETFramework\v4.0.30319",
)
SCHANNEL_KEYS = tuple(
    rf"HKLM:\SYSTEM\CurrentControlSet\Control\SecurityProviders\SCHANNEL\Protocols\TLS 1.2\{side}"
    for side in ("Client", "Server")
)
TLS_KEYS = (*NET_KEYS, *SCHANNEL_KEYS)
TLS_VALUES = ("SystemDefaultTlsVersions", "SchUseStrongCrypto", "Enabled", "DisabledByDefault")


@dataclass(slots=True)
class Database:
    """The sync database as Get-ADSyncDatabaseConfiguration shows it; the lab's forest is too large for LocalDB."""

    local: bool = False
    used_mb: float = 3412.5
    server: str = "contoso-sql01"
    instance: str = ""
    version: str = "15.0.4420.2"
    edition: str = "Standard Edition (64-bit)"


def windows_registry() -> dict[str, dict[str, object]]:
    """Windows Server 2022 with .NET 4.8.1 and TLS 1.2 switched on."""
    return {
        WINDOWS_KEY: {
            "ProductName": "Windows Server 2022 Standard",
            "CurrentBuild": "20348",
            "CurrentBuildNumber": "20348",
            "InstallationType": "Server",
            "EditionID": "ServerStandard",
        },
        DOTNET_KEY: {"Release": 533325, "Version": "4.8.09037", "Install": 1},
        **{key: {"SystemDefaultTlsVersions": 1, "SchUseStrongCrypto": 1} for key in NET_KEYS},
        **{key: {"Enabled": 1, "DisabledByDefault": 0} for key in SCHANNEL_KEYS},
    }
