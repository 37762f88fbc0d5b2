"""What a healthy server stands on."""

from __future__ import annotations

from typing import Any

_NET = r"Microsoft.PowerShell.Core\Registry::HKEY_LOCAL_MACHINE\SOFTWARE"
_PROTOCOLS = (
    r"Microsoft.PowerShell.Core\Registry::HKEY_LOCAL_MACHINE\SYSTEM\CurrentControlSet\Control\SecurityProviders"
    r"\SCHANNEL\Protocols\TLS 1.2"
)


def prerequisite_answers() -> dict[str, Any]:
    """Windows Server 2022, .NET 4.8.1, TLS 1.2 on, a full SQL Server, no automatic upgrade."""
    net = {"SystemDefaultTlsVersions": 1, "SchUseStrongCrypto": 1, "Enabled": None, "DisabledByDefault": None}
    protocol = {"SystemDefaultTlsVersions": None, "SchUseStrongCrypto": None, "Enabled": 1, "DisabledByDefault": 0}
    return {
        "operating_system": {
            "ProductName": "Windows Server 2022 Standard",
            "CurrentBuild": "20348",
            "InstallationType": "Server",
        },
        "dotnet": {"Release": 533325, "Version": "4.8.09037"},
        "tls": [
            {"PSPath": _NET + r"\Microsoft\.NETFramework\v4.0.30319", **net},
            {"PSPath": _NET + r"\WOW6432Node\Microsoft\.NETFramework\v4.0.30319", **net},
            {"PSPath": _PROTOCOLS + r"\Client", **protocol},
            {"PSPath": _PROTOCOLS + r"\Server", **protocol},
        ],
        "database": {
            "IsLocalDBInstalled": False,
            "UsedSpaceInMb": 3412.5,
            "SqlServerName": "contoso-sql01",
            "SqlServerInstanceName": "",
            "SqlProductVersion": "15.0.4420.2",
            "SqlEdition": "Standard Edition (64-bit)",
        },
        "auto_upgrade": {"State": 2, "SuspensionReason": ""},
        "engine_configuration": {"Algorithm": "SHA256", "Hash": "AB" * 32},
    }
