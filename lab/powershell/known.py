"""Commands that Windows or the ADSync module has and the lab has not: their absence here says nothing about Windows."""

from __future__ import annotations

_ADSYNC = (
    *("Add-ADSyncJoinConditionGroup", "Add-ADSyncScopeConditionGroup", "New-ADSyncJoinCondition"),
    *("New-ADSyncScopeCondition", "Set-ADSyncGlobalSettings"),
    *("Add-ADSyncAADServiceAccount", "Add-ADSyncADDSConnectorAccount", "Add-ADSyncConnectorAttributeInclusion"),
    *("Add-ADSyncConnectorObjectInclusion", "Add-ADSyncGlobalSettingsParameter", "Add-ADSyncRunProfile"),
    *("Add-ADSyncRunStep", "Clear-ADSyncRuleAudit", "Disable-ADSyncAADConnectorReferenceObsoletion"),
    *("Disable-ADSyncConnectorPartition", "Disable-ADSyncConnectorPartitionHierarchy"),
    *("Enable-ADSyncAADConnectorReferenceObsoletion", "Enable-ADSyncConnectorPartition"),
    *("Enable-ADSyncConnectorPartitionHierarchy", "Get-ADSyncAADConnectorReferenceObsoletion"),
    *("Get-ADSyncAadDirectoryChanges", "Get-ADSyncADConnectorSchemaDsml", "Get-ADSyncCSObjectLog"),
    *("Get-ADSyncConnectorHierarchyProvisioningDNComponent", "Get-ADSyncConnectorHierarchyProvisioningMapping"),
    *("Get-ADSyncConnectorHierarchyProvisioningObjectClass", "Get-ADSyncConnectorParameter"),
    *("Get-ADSyncConnectorPartitionHierarchy", "Get-ADSyncConnectorTypes", "Get-ADSyncDomainReachabilityStatus"),
    *("Get-ADSyncSchema", "Get-ADSyncServerConfiguration", "Invoke-ADSyncDiagnostics"),
    *("Invoke-ADSyncSpecificObjectRunProfile", "Invoke-ADSyncGarbageCollection", "Remove-ADSyncAADServiceAccount"),
    *("Remove-ADSyncAadObjects", "Remove-ADSyncConnectorAttributeInclusion", "Remove-ADSyncConnectorObjectInclusion"),
    *("Remove-ADSyncAttributeFlowMapping", "Remove-ADSyncJoinConditionGroup", "Remove-ADSyncScopeConditionGroup"),
    *("Remove-ADSyncGlobalSettingsParameter", "Remove-ADSyncRunProfile", "Remove-ADSyncRunStep"),
    *("Set-ADSyncConnectorParameter", "Set-ADSyncMaxImportRefetchSize", "Set-ADSyncSchema"),
    *("Set-ADSyncServerConfiguration", "Sync-ADSyncCSObject", "Test-AdSyncAzureServiceConnectivity"),
    *("Test-AdSyncUserHasPermissions", "Update-ADSyncConnectorPartition", "Update-ADSyncConnectorSchema"),
)
_WINDOWS = (
    *(
        "Add-Member",
        "Compare-Object",
        "ConvertFrom-Json",
        "Copy-Item",
        "Enter-PSSession",
        "Export-Csv",
        "Get-ADUser",
        "Get-ChildItem",
    ),
    *("Get-CimInstance", "Get-Credential", "Get-EventLog", "Get-Help", "Get-ItemPropertyValues", "Get-Process"),
    *("ForEach-Object", "Get-Member", "Invoke-Command", "New-Object", "New-TimeSpan", "Start-Sleep"),
    *("Write-Debug", "Write-Error", "Write-Host", "Write-Output", "Write-Verbose", "Write-Warning"),
    *("Get-ScheduledTask", "Get-WmiObject", "Group-Object", "Limit-EventLog", "Move-Item"),
    *("New-EventLog", "New-PSSession", "Out-File", "Register-ScheduledTask", "Remove-EventLog", "Rename-Item"),
    *("Set-ExecutionPolicy", "Set-Item", "Start-Job", "Start-Process", "Stop-Computer", "Stop-Process", "Tee-Object"),
    *("net", "net.exe", "reg", "reg.exe", "sc.exe", "shutdown", "wevtutil", "w32tm", "cmd", "csexport", "whoami"),
)
KNOWN = frozenset(name.casefold() for name in (*_ADSYNC, *_WINDOWS))
"""Their names, in lower case."""
