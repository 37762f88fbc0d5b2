from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest

from lab.powershell.adsync.base import ACCESS_DENIED
from lab.powershell.endpoints import JEA
from lab.world.model import SynchronizationPolicyType

if TYPE_CHECKING:
    from tests.lab_powershell.running import Lab

OM = "Microsoft.IdentityManagement.PowerShell.ObjectModel"
AAD = "b891884f-051e-4a83-95af-2544101c9083"
AAD_NAME = "contoso.onmicrosoft.com - AAD"


@pytest.mark.parametrize(
    ("text", "kind", "properties"),
    [
        (
            "Get-ADSyncScheduler",
            "SchedulerSettings",
            (
                "AllowedSyncCycleInterval CurrentlyEffectiveSyncCycleInterval CustomizedSyncCycleInterval "
                "NextSyncCyclePolicyType NextSyncCycleStartTimeInUTC PurgeRunHistoryInterval SyncCycleEnabled "
                "MaintenanceEnabled StagingModeEnabled SchedulerSuspended SyncCycleInProgress"
            ),
        ),
        ("Get-ADSyncGlobalSettings", "GlobalSettings", "Version SqlSchemaVersion InstanceId Schema Parameters"),
        (
            "Get-ADSyncGlobalSettingsParameter",
            "ConfigurationParameter",
            "Name Value InputType Scope DefaultValue DataType",
        ),
        (
            "Get-ADSyncRule",
            "SynchronizationRule",
            (
                "Identifier InternalId Name Version Description ImmutableTag Connector Direction Disabled "
                "SourceObjectType TargetObjectType Precedence PrecedenceAfter PrecedenceBefore LinkType "
                "EnablePasswordSync JoinFilter ScopeFilter AttributeFlowMappings SoftDeleteExpiryInterval "
                "SourceNamespaceId TargetNamespaceId VersionAgnosticTag TagVersion IsStandardRule IsLegacyCustomRule "
                "JoinHash"
            ),
        ),
        (
            f"Get-ADSyncConnector -Identifier {AAD} | select -expand ExtensionConfiguration",
            "ExtensionConfiguration",
            "ExportType CapabilityBits ExtensionFileName AssemblyVersion",
        ),
        (
            "Get-ADSyncConnector -Name contoso.com",
            "Connector",
            (
                "ConnectorTypeName Identifier Version InternalVersion FormatVersion Name Description CreationTime "
                "LastModificationTime Partitions RunProfiles ComponentProvisioningMappings Schema "
                "AllParameterDefinitions "
                "ConnectivityParameters GlobalParameters CapabilityParameters SchemaParameters ObjectInclusionList "
                "AttributeInclusionList AnchorConstructionSettings ListName CompanyName Type Subtype "
                "IsUpgradeOrImportScenario ExtensionConfiguration PasswordHashConfiguration "
                "AADPasswordResetConfiguration UIData Extension PrivateConfiguration"
            ),
        ),
        (
            "Get-ADSyncConnectorStatistics contoso.com",
            "ConnectorStatistics",
            (
                "ExportAdds ExportUpdates ExportDeletes ImportAdds ImportUpdates ImportDeletes ImportNoChange "
                "TotalConnectors"
            ),
        ),
        (
            "Get-ADSyncRunProfileResult -NumberRequested 1",
            "RunProfileResult",
            (
                "RunHistoryId ConnectorId ConnectorName RunProfileId RunProfileName RunNumber Username IsRunComplete "
                "Result CurrentStepNumber TotalSteps StartDate EndDate RunStepResults"
            ),
        ),
        (
            f"Get-ADSyncCSGroupStatistics -ConnectorIdentifier {AAD} -Min 1 -Start 0 -Max 1",
            "GroupStatistics",
            "RowNo ConnectorName Rdn DisplayName ObjectId DisconnectorFlag Count",
        ),
        (
            "Get-ADSyncCSObject -ConnectorName contoso.com -MaxResultCount 1",
            "CsObject",
            (
                "ObjectId ConnectorId ConnectorName ConnectorType PartitionId DistinguishedName AnchorValue ObjectType "
                "IsTransient IsPlaceHolder IsConnector HasSyncError HasExportError ExportError SynchronizationError "
                "ConnectedMVObjectId Lineage Attributes SerializedXml"
            ),
        ),
        (
            "Get-ADSyncDatabaseConfiguration",
            "DatabaseConfiguration",
            (
                "IsLocalDBInstalled UsedSpaceInMb SqlServerName SqlServerInstanceName SqlServerDBName SqlFullVersion "
                "SqlProductVersion SqlEdition"
            ),
        ),
        ("Get-ADSyncAutoUpgrade -Detail", "AutoUpgradeStatus", "State SuspensionReason"),
        (
            "Get-ADSyncAADPasswordSyncConfiguration -SourceConnector contoso.com",
            "PasswordSyncConfiguration",
            "SourceConnector TargetConnector Enabled",
        ),
        (
            "Get-ADSyncAADCompanyFeature",
            "AADCompanyFeature",
            (
                "PasswordHashSync ForcePasswordChangeOnLogOn UserWriteback DeviceWriteback UnifiedGroupWriteback "
                "GroupWritebackV2"
            ),
        ),
        (
            "Get-ADSyncPartitionPasswordSyncState",
            "PartitionPasswordSyncState",
            (
                "ConnectorId DN PasswordSyncLastSuccessfulCycleStartTimestamp "
                "PasswordSyncLastSuccessfulCycleEndTimestamp PasswordSyncLastCycleStartTimestamp "
                "PasswordSyncLastCycleEndTimestamp PasswordSyncLastCycleStatus"
            ),
        ),
        (
            "Get-ADSyncEntraConnectorCredential",
            "EntraConnectorCredential",
            "ConnectorIdentityType CertificateCredential",
        ),
    ],
)
async def test_a_cmdlet_returns_the_products_type_with_its_properties(
    lab: Lab,
    text: str,
    kind: str,
    properties: str,
) -> None:
    found = await lab.ask(text)
    sent = found.values[0].PSObject
    assert sent.type_names == [f"{OM}.{kind}", "System.Object"]
    assert [shown.name for shown in sent.adapted_properties] == properties.split()


async def test_a_rule_keeps_its_nested_objects_at_depth_six(lab: Lab) -> None:
    rule = next(rule for rule in lab.new.rules if rule.name == "Out to AAD - Group Join")
    found = await lab.ask(f"Get-ADSyncRule -Identifier {rule.identifier} | ConvertTo-Json -Depth 6 -Compress")
    shown = found.json
    assert rule.immutable_tag is not None
    assert shown["ImmutableTag"]["TagValue"] == rule.immutable_tag.tag_value
    assert shown["Direction"] == 1
    assert shown["ScopeFilter"][0]["ScopeConditionList"][0].keys() == {
        "Attribute",
        "ComparisonValue",
        "ComparisonOperator",
    }
    member = next(flow for flow in shown["AttributeFlowMappings"] if flow["Destination"] == "member")
    assert member.keys() == {
        *("Source", "Destination", "FlowType", "ExecuteOnce", "AlwaysFlow", "Expression", "ValueMergeType"),
        "MappingSourceAsString",
    }


async def test_too_little_depth_leaves_type_names_behind(lab: Lab) -> None:
    found = await lab.ask("Get-ADSyncRule | Select-Object ScopeFilter -First 2 | ConvertTo-Json -Depth 2 -Compress")
    assert found.json[0]["ScopeFilter"] == [f"{OM}.ScopeConditionGroup"]
    alone = await lab.ask("Get-ADSyncRule | Select-Object ScopeFilter -First 1 | ConvertTo-Json -Depth 2 -Compress")
    assert alone.json["ScopeFilter"][0].keys() == {"ScopeConditionList"}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Get-ADSyncConnector | select -expand Type", ["AD", "Extensible2"]),
        (f"Get-ADSyncConnector -Identifier {AAD} | select -expand Name", [AAD_NAME]),
        ("Get-ADSyncConnector -Name Nope", []),
        ("Get-ADSyncConnectorPartition contoso.com | select -expand DN", ["DC=contoso,DC=com"]),
        ("Get-ADSyncConnectorRunStatus", []),
        ("Get-ADSyncSchedulerConnectorOverride", []),
        ("Get-ADSyncRuleAudit", []),
        ("Get-ADSyncAADConnectorImportApiVersion", [2]),
        ("Get-ADSyncAADConnectorExportApiVersion", [2]),
        ("Get-ADSyncCSGroupSummary -ConnectorName contoso.com -MinimumMemberCount 250000", [1.0]),
        (
            "Get-ADSyncCSGroupStatistics -ConnectorName contoso.com -Min 100000 -Start 0 -Max 9 | select -expand Count",
            [250000, 120000],
        ),
        ("Get-ADSyncCSObject -Identifier 00000000-0000-0000-0000-000000000001", []),
        ("Get-ADSyncMVObject -Identifier 00000000-0000-0000-0000-000000000001", []),
        (f"Get-ADSyncCSObject -ConnectorName '{AAD_NAME}' -DistinguishedName 'CN={{00}}'", []),
        ("Get-ADSyncCSObject -ConnectorName contoso.com -StartIndex 5 -Max 2 | measure | select -expand Count", [2]),
    ],
)
async def test_a_read_answers_from_the_world(lab: Lab, text: str, expected: list[Any]) -> None:
    found = await lab.ask(text)
    assert (found.values, found.errors, found.failed) == (expected, [], None)


async def test_a_group_can_be_followed_from_its_dn_to_the_entra_object(lab: Lab) -> None:
    dn = "CN=All Staff,OU=Groups,DC=contoso,DC=com"
    mv = await lab.ask(
        f"Get-ADSyncCSObject -ConnectorName contoso.com -Dist '{dn}' | select -expand ConnectedMVObjectId"
    )
    lineage = await lab.ask(
        f"Get-ADSyncMVObject -Identifier {mv.value} | Select-Object -ExpandProperty Lineage "
        f"| Where-Object ConnectorName -EQ '{AAD_NAME}' | select -expand ConnectedCsObjectId",
    )
    entra = await lab.ask(
        f"Get-ADSyncCSObject -Identifier {lineage.value} | select DistinguishedName, ObjectType | ConvertTo-Json",
    )
    assert entra.json["ObjectType"] == "group"
    assert entra.json["DistinguishedName"].startswith("CN={")


async def test_step_details_come_only_when_asked_for(lab: Lab) -> None:
    without = await lab.ask("Get-ADSyncRunProfileResult -NumberRequested 1 | ConvertTo-Json")
    assert without.json["RunStepResults"] is None
    steps = await lab.ask(
        "Get-ADSyncRunProfileResult -NumberRequested 1 -RunStepDetails | select -expand RunStepResults"
    )
    shown = {item.name for item in steps.value.PSObject.adapted_properties}
    assert {"StepResult", "ExportAdd", "StageNoChange", "SyncErrors", "MvRetryErrors"} <= shown
    run = lab.new.runs[-1]
    found = await lab.ask(
        f"Get-ADSyncRunStepResult -RunHistoryId {run.run_history_id} -First | select -expand StepResult"
    )
    assert found.value == run.run_step_results[0].step_result


async def test_the_scheduler_can_be_changed(lab: Lab) -> None:
    await lab.ask("Set-ADSyncScheduler -SyncCycleEnabled $false -CustomizedSyncCycleInterval 03:00:00 -Force")
    assert not lab.new.scheduler.sync_cycle_enabled
    assert lab.new.scheduler.customized_sync_cycle_interval == timedelta(hours=3)
    await lab.ask("Set-ADSyncScheduler -CustomizedSyncCycleInterval $null -SyncCycleEnabled $null -NextSync Initial")
    scheduler = lab.new.scheduler
    assert scheduler.customized_sync_cycle_interval is None
    assert not scheduler.sync_cycle_enabled
    assert scheduler.next_sync_cycle_policy_type is SynchronizationPolicyType.Initial


async def test_a_cycle_can_be_started_once(lab: Lab) -> None:
    started = await lab.ask("Start-ADSyncSyncCycle -PolicyType Delta | select -expand Result")
    assert started.value.name == "Success"
    again = await lab.ask("Start-ADSyncSyncCycle Delta")
    assert again.failed is not None
    assert again.failed.endswith(",Microsoft.IdentityManagement.PowerShell.Cmdlet.StartADSyncSyncCycle")
    assert "already running" in again.texts[0]
    await lab.ask("Stop-ADSyncSyncCycle")
    assert not lab.new.scheduler.sync_cycle_in_progress


async def test_the_api_versions_can_be_switched_and_read_back(lab: Lab) -> None:
    text = "Set-ADSyncAADConnectorExportApiVersion 1; Set-ADSyncAADConnectorImportApiVersion -version 1"
    assert (await lab.ask(text)).values == [1, 1]
    export_type = (
        f"Get-ADSyncConnector -Identifier {AAD} | select -expand ExtensionConfiguration | select -expand ExportType"
    )
    assert (await lab.ask(export_type)).values == [2]
    assert (await lab.ask("Get-ADSyncAADConnectorExportApiVersion")).values == [1]
    refused = await lab.ask("Set-ADSyncAADConnectorExportApiVersion 3")
    assert refused.failed is not None


async def test_a_half_switched_server_ends_the_whole_pipeline(lab: Lab) -> None:
    lab.new.set_export_type(2)
    found = await lab.ask("Get-ADSyncAADConnectorExportApiVersion; Get-Date")
    assert found.failed == ("Microsoft.PowerShell.Commands.WriteErrorException,Get-ADSyncAADConnectorExportApiVersion")
    assert "Version mismatch in Registry and AAD Connector." in found.texts[0]
    assert found.values == []


async def test_overrides_are_set_by_name_and_taken_back_by_identifier(lab: Lab) -> None:
    await lab.ask(f"Set-ADSyncSchedulerConnectorOverride -FullSyncRequired $true -ConnectorName '{AAD_NAME}'")
    found = await lab.ask("Get-ADSyncSchedulerConnectorOverride | ConvertTo-Json -Compress")
    assert found.json == {"ConnectorIdentifier": AAD, "FullImportRequired": False, "FullSyncRequired": True}
    await lab.ask(f"Set-ADSyncSchedulerConnectorOverride -ConnectorIdentifier {AAD} -FullSyncRequired $false")
    assert lab.new.overrides == []


async def test_a_removed_rule_is_gone_and_an_unknown_one_is_an_error(lab: Lab) -> None:
    rule = lab.new.rules[-1]
    await lab.ask(f"Remove-ADSyncRule -Identifier {rule.identifier}")
    assert rule not in lab.new.rules
    again = await lab.ask(f"Get-ADSyncRule -Identifier {rule.identifier}")
    assert again.failed is not None
    assert "could not be found" in again.texts[0]


async def test_a_denied_cmdlet_answers_access_denied(lab: Lab) -> None:
    lab.new.denied.add("Get-ADSyncRule")
    found = await lab.ask("Get-ADSyncRule")
    assert found.failed == f"{ACCESS_DENIED},Microsoft.IdentityManagement.PowerShell.Cmdlet.GetADSyncRule"
    lab.new.denied.add("Get-WinEvent")
    events = await lab.ask("Get-WinEvent -LogName Application")
    assert events.failed == "System.UnauthorizedAccessException,Microsoft.PowerShell.Commands.GetWinEventCommand"


async def test_without_its_service_adsync_cannot_answer(lab: Lab) -> None:
    lab.new.stop_service()
    found = await lab.ask("Get-ADSyncScheduler")
    assert found.failed is not None
    assert "service is not running" in found.texts[0]
    piped = await lab.ask("Get-ADSyncRule")
    assert "no endpoint listening at net.pipe" in piped.texts[0]


async def test_the_management_pipe_refuses_sessions_of_administrators_only_and_some_cmdlets_do_without_it(
    lab: Lab,
) -> None:
    lab.new.pipe_closed_on = "full"
    found = await lab.ask("Get-ADSyncRule")
    kind = "System.ServiceModel.EndpointNotFoundException"
    assert found.failed == f"{kind},Microsoft.IdentityManagement.PowerShell.Cmdlet.GetADSyncRule"
    assert "net.pipe://localhost/ADSyncManagement" in found.texts[0]
    assert (await lab.ask("Get-ADSyncScheduler")).values
    assert (await lab.ask("Get-ADSyncRule", on=JEA, user="reader")).values


async def test_the_entra_credential_cmdlet_is_missing_on_an_older_build(lab: Lab) -> None:
    lab.new.product_version = "2.4.131.0"
    found = await lab.ask("Get-ADSyncEntraConnectorCredential")
    assert found.failed == "CommandNotFoundException"
