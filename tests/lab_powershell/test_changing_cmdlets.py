"""Cmdlets that change a server: what they change, what they give, and what they refuse."""

from __future__ import annotations

from copy import deepcopy
from datetime import timedelta

import pytest

from lab.world.model import ENTRA_CONNECTOR
from lab.world.server import IMPORT_API_VERSION, PARAMETERS_KEY
from tests.lab_powershell.running import Lab, pipeline, script

FOREST = "6fe31c5f-49f2-4615-8a49-bc1ecbde6fe7"
CLONE = "Get-ADSyncRule | Where-Object Name -like 'Out to AAD - Group Join - Cloned*'"
NEW = (
    f"New-ADSyncRule -Name 'In from AD - X' -Direction Inbound -Connector {FOREST} "
    "-SourceObjectType user -TargetObjectType person -LinkType Join -Precedence 50 -ImmutableTag ''"
)
CONFIGURATION = "'C:\\Program Files\\Microsoft Azure AD Sync\\Bin\\miiserver.exe.config'"


async def test_a_saved_rule_is_audited_and_owes_a_full_synchronization(lab: Lab) -> None:
    found = await lab.ask(f"{CLONE} | Add-ADSyncRule | Select-Object -ExpandProperty Version")
    rule = next(item for item in lab.new.rules if "Group Join - Cloned" in item.name)
    assert (found.values, rule.version) == ([2], 2)
    assert lab.new.override(ENTRA_CONNECTOR).full_sync_required
    assert lab.new.events[-1].id == 2510


async def test_a_rule_survives_being_saved(lab: Lab) -> None:
    before = {rule.name: rule for rule in deepcopy(lab.new.rules)}
    assert (await lab.ask("Get-ADSyncRule | Add-ADSyncRule | Out-Null")).errors == []
    for rule in lab.new.rules:
        rule.version -= 1
        assert rule == before[rule.name]


async def test_a_rule_in_the_pipeline_changes_nothing_until_it_is_saved(lab: Lab) -> None:
    before = len(lab.new.rules)
    flow = "Add-ADSyncAttributeFlowMapping -Source x -Destination x"
    for unsaved in (f"{CLONE} | {flow}", NEW, f"{NEW} | Add-ADSyncRule -WhatIf"):
        assert (await lab.ask(unsaved)).errors == []
    rule = next(item for item in lab.new.rules if "Group Join - Cloned" in item.name)
    assert len(lab.new.rules) == before
    assert "x" not in {item.destination for item in rule.attribute_flow_mappings}


async def test_the_chain_of_the_editors_export_makes_a_rule(lab: Lab) -> None:
    chain = f"""{NEW} |
        Add-ADSyncAttributeFlowMapping -Source @('a', 'b') -Destination 'c' `
            -FlowType 'Expression' -ValueMergeType 'Update' -Expression 'Trim([a])' |
        Add-ADSyncAttributeFlowMapping -Source 'd' -Destination 'd' -ExecuteOnce |
        Add-ADSyncRule"""
    found = await lab.ask(script(chain))
    (rule,) = [item for item in lab.new.rules if item.name == "In from AD - X"]
    assert (found.errors, found.failed) == ([], None)
    assert (rule.precedence, rule.is_standard_rule, rule.immutable_tag) == (50, False, None)
    first, second = rule.attribute_flow_mappings
    assert (first.source, first.expression) == (["a", "b"], "Trim([a])")
    assert (second.source, second.flow_type.name, second.execute_once) == (["d"], "Direct", True)


async def test_a_rule_is_removed_from_the_pipeline_but_not_with_whatif(lab: Lab) -> None:
    before = len(lab.new.rules)
    await lab.ask(f"{CLONE} | Remove-ADSyncRule -WhatIf")
    assert len(lab.new.rules) == before
    await lab.ask(f"{CLONE} | Remove-ADSyncRule")
    assert len(lab.new.rules) == before - 1


@pytest.mark.parametrize("given", ["Add-ADSyncRule 'text'", "Get-ADSyncScheduler | Add-ADSyncRule"])
async def test_only_a_rule_is_taken_for_a_rule(lab: Lab, given: str) -> None:
    found = await lab.ask(script(given))
    assert found.errors == [
        "CannotConvertArgumentNoMessage,Microsoft.IdentityManagement.PowerShell.Cmdlet.AddADSyncRule",
    ]


async def test_a_rule_of_no_connector_is_refused(lab: Lab) -> None:
    found = await lab.ask(NEW.replace(FOREST, "00000000-0000-0000-0000-00000000000a"))
    assert "could not be found" in found.texts[0]


@pytest.mark.parametrize("name", ["Add-ADSyncScopeConditionGroup", "ForEach-Object", "Set-ADSyncGlobalSettings"])
async def test_what_the_product_has_and_the_lab_has_not_is_the_labs_own_limit(lab: Lab, name: str) -> None:
    assert (await lab.ask(name)).failed == "LabNotSimulated"


async def test_a_saved_connector_counts_as_changed(lab: Lab) -> None:
    before = deepcopy(lab.new.ad_connector)
    found = await lab.ask("Get-ADSyncConnector -Name contoso.com | Add-ADSyncConnector")
    connector = lab.new.ad_connector
    assert (len(found.values), found.errors) == (1, [])
    assert connector.version == before.version + 1
    assert connector.last_modification_time > before.last_modification_time
    assert connector.partitions == before.partitions


async def test_the_entra_connector_survives_being_saved(lab: Lab) -> None:
    before = lab.new.entra_connector.extension_configuration
    await lab.ask(f"Get-ADSyncConnector -Identifier {ENTRA_CONNECTOR} | Add-ADSyncConnector")
    assert lab.new.entra_connector.extension_configuration == before


async def test_password_synchronization_is_switched_off(lab: Lab) -> None:
    text = """Set-ADSyncAADPasswordSyncConfiguration -SourceConnector contoso.com `
        -TargetConnector 'contoso.onmicrosoft.com - AAD' -Enable $false"""
    found = await lab.ask(script(text))
    assert (found.values, found.errors, found.failed) == ([], [], None)
    assert lab.new.parameters["Microsoft.OptionalFeature.PasswordHashSync"] == "False"


async def test_a_run_profile_runs_at_once_and_an_unknown_one_is_refused(lab: Lab) -> None:
    run = "Invoke-ADSyncRunProfile -ConnectorName contoso.com -RunProfileName"
    assert (await lab.ask(script(f"{run} 'Delta Import'"))).values == ["success"]
    assert lab.new.runs[-1].run_profile_name == "Delta Import"
    assert "could not be found" in (await lab.ask(script(f"{run} Nope"))).texts[0]


async def test_the_deletion_threshold_is_the_tenants(lab: Lab) -> None:
    guard = lab.world.tenant.accidental_deletion_prevention
    seen: list[str] = []
    for disable in ("-AADUserName 'a@b' -WhatIf", "-AADUserName 'a@b'"):
        await lab.ask(script(f"Disable-ADSyncExportDeletionThreshold {disable}"))
        seen.append(guard.synchronization_prevention_type)
    assert seen == ["enabledForCount", "disabled"]
    found = await lab.ask(
        "Enable-ADSyncExportDeletionThreshold 900 'a@b' | Select-Object -ExpandProperty ThresholdCount",
        purpose="old",
    )
    assert (found.values, guard.alert_threshold) == ([900], 900)
    assert "MissingMandatoryParameter" in (await lab.ask(script("Get-ADSyncExportDeletionThreshold"))).errors[0]


async def test_features_of_the_company_are_the_tenants(lab: Lab) -> None:
    changed = "Set-ADSyncAADCompanyFeature -PasswordHashSync $false"
    found = await lab.ask(f"{changed} | Select-Object -ExpandProperty PasswordHashSync")
    assert (found.values, lab.world.tenant.features["passwordSyncEnabled"]) == ([False], False)


async def test_the_run_history_is_purged(lab: Lab) -> None:
    await lab.ask(script("Start-ADSyncPurgeRunHistory -PurgeRunHistoryInterval 02:00:00"))
    assert min(run.start_date for run in lab.new.runs) >= lab.new.now() - timedelta(hours=2, minutes=1)


async def test_the_registry_is_changed_by_kind_and_missing_values_are_errors(lab: Lab) -> None:
    key = PARAMETERS_KEY
    text = f"""Set-ItemProperty -Path '{key}' -Name {IMPORT_API_VERSION} -Value '1'
        Get-ItemPropertyValue '{key}' {IMPORT_API_VERSION}
        Remove-ItemProperty '{key}' {IMPORT_API_VERSION}, Nope
        New-ItemProperty '{key}' {IMPORT_API_VERSION} -Value 2 -PropertyType DWord | Out-Null
        New-ItemProperty '{key}' {IMPORT_API_VERSION} -Value 3 -PropertyType DWord
        New-Item '{key}\\PerMAInstance\\x' | Out-Null; Test-Path '{key}\\PerMAInstance\\x'
        Remove-Item '{key}\\PerMAInstance' -Recurse; Test-Path '{key}\\PerMAInstance\\x'"""
    found = await lab.ask(script(text))
    assert (found.values, len(found.errors)) == ([1, True, False], 2)
    assert lab.new.registry[key][IMPORT_API_VERSION] == 2


async def test_the_service_stops_starts_and_changes_how_it_starts(lab: Lab) -> None:
    found = await lab.ask(
        script("Get-Service ADSync | Stop-Service; Set-Service ADSync -StartupType Disabled; Start-Service ADSync")
    )
    assert (lab.new.service_status, lab.new.service_start_type) == ("Stopped", "Disabled")
    assert found.errors == ["CouldNotStartService,Microsoft.PowerShell.Commands.StartServiceCommand"]
    key = "HKLM:\\SYSTEM\\CurrentControlSet\\Services\\ADSync"
    await lab.ask(script(f"Set-ItemProperty '{key}' Start 2; Restart-Service ADSync"))
    assert (lab.new.service_status, lab.new.service_start_type) == ("Running", "Automatic")


async def test_events_are_written_to_sources_that_exist_and_cleared(lab: Lab) -> None:
    write = "Write-EventLog -LogName Application -EventId 6126 -EntryType Warning -Message m -Source"
    assert (await lab.ask(script(f"{write} ADSync"))).errors == []
    assert (lab.new.events[-1].id, lab.new.events[-1].level.name) == (6126, "Warning")
    assert len((await lab.ask(script(f"{write} Nobody"))).errors) == 1
    await lab.ask(script("Clear-EventLog Application"))
    assert lab.new.events == []


async def test_the_configuration_file_is_edited_and_written_anew(lab: Lab) -> None:
    hashed = f"Get-FileHash {CONFIGURATION} | Select-Object -ExpandProperty Hash"
    own = (await lab.ask(hashed)).value
    text = (await lab.ask(f"Get-Content {CONFIGURATION} -Raw")).value
    seen: list[bool] = []
    for change in (("Add-Content", "<!-- edited -->"), ("Set-Content", text.rstrip())):
        await lab.ask(pipeline([(change[0], ("Path", CONFIGURATION.strip("'")), ("Value", change[1]))]))
        seen.append((await lab.ask(hashed)).value == own)
    assert seen == [False, True]


async def test_the_clock_the_zone_and_the_name_of_the_machine_change(lab: Lab) -> None:
    await lab.ask("Set-Date -Adjust 00:10:00 | Out-Null; Set-TimeZone -Id 'W. Europe Standard Time'")
    assert lab.new.clock_skew == timedelta(minutes=10)
    assert str(lab.new.time_zone) == "Europe/Berlin"
    name = "Get-Item Env:COMPUTERNAME | Select-Object -ExpandProperty Value"
    found = await lab.ask(f"Rename-Computer OTHER; {name}; Restart-Computer; {name}")
    assert (found.values, len(found.warnings)) == (["CONTOSO-SYNC02", "OTHER"], 1)


async def test_formatted_output_is_text_once_it_is_written(lab: Lab) -> None:
    found = await lab.ask("Get-ADSyncConnector | Format-Table Name, Type | Out-String -Stream")
    assert found.values[1].split() == ["Name", "Type"]
    listed = await lab.ask("Get-ADSyncScheduler | Format-List SyncCycleEnabled | Out-String")
    assert "SyncCycleEnabled : True" in listed.value
