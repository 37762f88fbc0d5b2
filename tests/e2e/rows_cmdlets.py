"""Rows made with cmdlets: what an administrator does on the endpoint of a server, not a fault the lab knows of."""

from __future__ import annotations

from tests.e2e.row import Row, Steps, row

_PARAMETERS = r"HKLM:\SYSTEM\CurrentControlSet\Services\ADSync\Parameters"
_SCHANNEL = r"HKLM:\SYSTEM\CurrentControlSet\Control\SecurityProviders\SCHANNEL\Protocols"
_FOREST = "6fe31c5f-49f2-4615-8a49-bc1ecbde6fe7"
_ENTRA = "b891884f-051e-4a83-95af-2544101c9083"
_OWN = "5e8b3c8e-6d4e-4a91-9c4e-2ef4b1b3c0aa"
FULL_CYCLE: Steps = (("complete-cycles", {"server": "new", "policy": "Initial"}),)
"""What applies a changed rule to every object."""

LIMIT = (
    'IIF((ValueCount("member")> 60000),Error("Maximum Group member count exceeded. Visit '
    'https://go.microsoft.com/fwlink/?linkid=2154336 for more information."),IgnoreThisFlow)'
)


def removed(name: str) -> str:
    """Remove the rules of this name."""
    return f"Get-ADSyncRule | Where-Object Name -like '{name}' | Remove-ADSyncRule"


LOWERED = f"""
{removed("Out to AAD - Group Writeup*Cloned*")}
New-ADSyncRule -Name 'Out to AAD - Group Writeup Member Limit - Cloned' -Direction Outbound -Precedence 98 `
    -Connector {_ENTRA} -SourceObjectType group -TargetObjectType group -LinkType Join |
    Add-ADSyncAttributeFlowMapping -Source member -Destination member -FlowType Expression -ValueMergeType Update `
        -Expression '{LIMIT}' |
    Add-ADSyncRule
"""


def imported(precedence: int) -> str:
    """Add a rule as the editor's own export does."""
    return f"""
New-ADSyncRule `
    -Name 'In from AD - User Department' `
    -Identifier '{_OWN}' `
    -Direction 'Inbound' -Precedence {precedence} -LinkType 'Join' `
    -PrecedenceAfter '00000000-0000-0000-0000-000000000000' `
    -SourceObjectType 'user' -TargetObjectType 'person' `
    -Connector '{_FOREST}' `
    -SoftDeleteExpiryInterval 0 -ImmutableTag '' |
    Add-ADSyncAttributeFlowMapping -Source @('department') -Destination 'department' `
        -FlowType 'Direct' -ValueMergeType 'Update' |
    Add-ADSyncRule
"""


FORGOTTEN = f"""
Get-ADSyncRule | Where-Object Name -eq 'In from AD - User Common' | Add-ADSyncRule
Set-ADSyncSchedulerConnectorOverride -ConnectorIdentifier {_FOREST} -FullSyncRequired $false
Set-ADSyncSchedulerConnectorOverride -ConnectorIdentifier {_ENTRA} -FullSyncRequired $false
"""
HARMLESS = """
Get-ADSyncRule | Where-Object Name -like '*Cloned*' | Remove-ADSyncRule -WhatIf
Stop-Service ADSync -WhatIf
Clear-EventLog -LogName Application -WhatIf
Set-ADSyncScheduler -CustomizedSyncCycleInterval 03:00:00
Set-TimeZone -Id 'W. Europe Standard Time'
Invoke-ADSyncRunProfile -ConnectorName contoso.com -RunProfileName 'Delta Import' | Out-Null
"""
_CLONE = "Out to AAD - Group Join - Cloned*"


def _row(fault: str, gate: str, verdict: str, *turns: str, new: str = "", old: str = "", then: Steps = ()) -> Row:
    cmdlets = tuple((server, text) for server, text in (("old", old), ("new", new)) if text)
    return row(f"cmdlets: {fault}", gate, verdict, *turns, cmdlets=cmdlets, then=then)


ROWS: tuple[Row, ...] = (
    _row("clone removed", "deployed", "NO-GO", "RU-03v1", "PE-02v1", "LG-01v2", new=removed(_CLONE), then=FULL_CYCLE),
    _row(
        "limit lowered",
        "deployed",
        "NO-GO",
        *("RU-01v1", "LG-03v1", "RH-01v1", "PA-01v1", "RU-09v1"),
        new=LOWERED,
        then=FULL_CYCLE,
    ),
    _row("precedence taken", "deployed", "NO-GO", "RU-04v1", "RU-10v1", "PA-01v1", new=imported(99), then=FULL_CYCLE),
    _row("rule of the editor's export", "deployed", "NO-GO", "PA-01v1", new=imported(50), then=FULL_CYCLE),
    _row(
        "standard rule removed",
        "deployed",
        "NO-GO",
        "PA-02v1",
        new=removed("In from AD - User Common"),
        then=FULL_CYCLE,
    ),
    _row(
        "next cycle does everything",
        "deployed",
        "NO-GO",
        "SC-03v1",
        new="Set-ADSyncScheduler -NextSyncCyclePolicyType Initial",
    ),
    _row("service starts by hand", "deployed", "NO-GO", "SC-06v1", new="Set-Service ADSync -StartupType Manual"),
    _row(
        "import version in the registry",
        "deployed",
        "NO-GO",
        "EP-01v1",
        "LG-03v1",
        new=f"Set-ItemProperty -Path '{_PARAMETERS}' -Name AadConnectorImportApiVersion -Value 1",
    ),
    _row(
        "export version set back",
        "deployed",
        "NO-GO",
        "EP-01v1",
        "LG-03v1",
        new="Set-ADSyncAADConnectorExportApiVersion 1",
    ),
    _row(
        "connector saved again",
        "promote",
        "GO",
        "RH-10v1",
        new="Get-ADSyncConnector -Name contoso.com | Add-ADSyncConnector",
    ),
    _row(
        "connector removed",
        "deployed",
        "NO-GO",
        "PA-02v1",
        "PA-04v1",
        "RU-07v1",
        new="Remove-ADSyncConnector contoso.com",
    ),
    _row(
        "threshold off",
        "prepare",
        "GO",
        "TE-02v1",
        old="Disable-ADSyncExportDeletionThreshold -AADUserName 'admin@contoso.com'",
    ),
    _row(
        "export forced while staging",
        "deployed",
        "NO-GO",
        "TO-01v1",
        "RH-07v1",
        new="Invoke-ADSyncRunProfile -ConnectorName 'contoso.onmicrosoft.com - AAD' -RunProfileName Export",
    ),
    _row(
        "history purged",
        "prepare",
        "NO-GO",
        "RH-08v1",
        old="Start-ADSyncPurgeRunHistory -PurgeRunHistoryInterval 00:00:00",
    ),
    _row(
        "log cleared",
        "prepare",
        "GO",
        "EV-11v1",
        "EV-04v1",
        "EV-07v1",
        "EV-08v1",
        old="Clear-EventLog -LogName Application",
    ),
    _row("rule saved and override taken back", "promote", "NO-GO", "RH-02v1", new=FORGOTTEN),
    _row(
        "rule saved and nothing left of it",
        "promote",
        "UNDECIDED",
        *("RH-02v1", "EV-11v1", "EV-04v1", "EV-06v1", "EV-07v1", "EV-08v1"),
        new=FORGOTTEN + "Clear-EventLog -LogName Application",
    ),
    _row("renamed and restarted", "deployed", "NO-GO", "ID-02v1", new="Rename-Computer -NewName OTHER -Restart -Force"),
    _row(
        "TLS 1.2 off",
        "deployed",
        "NO-GO",
        "PR-03v1",
        new=f"Set-ItemProperty '{_SCHANNEL}\\TLS 1.2\\Client' Enabled 0",
    ),
    _row("nothing that matters", "deployed", "GO", new=HARMLESS),
)
"""Rows made with cmdlets."""
_VERSION_TWO = f"New-ItemProperty '{_PARAMETERS}' AadConnectorImportApiVersion -Value 2 -PropertyType DWord"
UNDONE: tuple[tuple[str, str, Steps], ...] = (
    ("Set-Service ADSync -StartupType Manual", "Set-Service ADSync -StartupType Automatic", ()),
    (imported(50), f"Remove-ADSyncRule -Identifier {_OWN}", FULL_CYCLE),
    (
        f"Remove-ItemProperty '{_PARAMETERS}' AadConnectorImportApiVersion\nStop-Service ADSync",
        f"{_VERSION_TWO}; Start-Service ADSync",
        (),
    ),
)
"""What an administrator does on the new server, how he takes it back, and what follows both."""
