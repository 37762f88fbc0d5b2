from __future__ import annotations

from datetime import datetime, timedelta, timezone
from typing import TYPE_CHECKING, Any

import pytest

from lab.powershell.files import WIZARD
from lab.world.enums import EventLevel
from tests.lab_powershell.running import pipeline

if TYPE_CHECKING:
    from tests.lab_powershell.running import Lab

COMMANDS = "Microsoft.PowerShell.Commands"
KEY = r"HKLM:\SYSTEM\CurrentControlSet\Services\ADSync\Parameters"
NAME = r"HKLM:\SYSTEM\CurrentControlSet\Control\ComputerName\ActiveComputerName"
ENGINE = r"'C:\Program Files\Microsoft Azure AD Sync\Bin\miiserver.exe'"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (rf"Get-ItemProperty {KEY} | select -expand AadConnectorImportApiVersion", [2]),
        (rf"Get-ItemProperty {KEY.upper()} -Name AadConnectorExportApiVersion | select -expand AadCon*", [2]),
        (rf"Get-ItemProperty -LiteralPath {KEY} | Select-Object Nope | ConvertTo-Json -Compress", ['{"Nope":null}']),
        (rf"Get-ItemPropertyValue {NAME} -Name ComputerName", ["CONTOSO-SYNC02"]),
        (rf"Get-ItemPropertyValue Registry::HKEY_LOCAL_MACHINE\{NAME[6:]} ComputerName", ["CONTOSO-SYNC02"]),
        (rf"Get-ItemProperty {KEY} | select -expand PSChildName", ["Parameters"]),
        (rf"Get-Item {KEY} | select -expand Name", [rf"HKEY_LOCAL_MACHINE\{KEY[6:]}"]),
        ("Get-Item Env:COMPUTERNAME | select -expand Value", ["CONTOSO-SYNC02"]),
        (f"Get-Item {ENGINE} | select -expand VersionInfo | select -expand FileVersion", ["2.6.92.0"]),
        (f"Get-Item '{WIZARD}' | select -expand VersionInfo | select -expand ProductVersion", ["2.6.92.0"]),
        (f"Get-ItemProperty {ENGINE} | select -expand Name", ["miiserver.exe"]),
        (rf"Test-Path {KEY}", [True]),
        (r"Test-Path HKLM:\SYSTEM", [True]),
        (rf"Test-Path {KEY}\Nope", [False]),
        ("Test-Path Q:\\x", [False]),
        (
            "Get-Service ADSync | Select-Object Name,Status,StartType | ConvertTo-Json -Compress",
            ['{"Name":"ADSync","Status":4,"StartType":2}'],
        ),
        ("Get-Service -DisplayName *azure* | select -expand ServiceName", ["ADSync"]),
        ("Get-Service nope*", []),
        ("Get-Command Get-ADSyncR* | select -expand Name", [
            "Get-ADSyncRule", "Get-ADSyncRuleAudit", "Get-ADSyncRunProfileResult", "Get-ADSyncRunStepResult",
        ]),
        ("Get-Command -Module AADConnector -Name Set-* | select -expand Source -Unique", ["AADConnector"]),
        ("Import-Module ADSync", []),
        (r"Import-Module 'C:\Program Files\Microsoft Azure AD Sync\Extensions\AADConnector.psm1'", []),
    ],
)  # fmt: skip
async def test_a_read_gives_what_stands_on_the_server(lab: Lab, text: str, expected: list[Any]) -> None:
    found = await lab.ask(text)
    assert (found.values, found.errors, found.failed) == (expected, [], None)


@pytest.mark.parametrize(
    ("text", "error_id", "words"),
    [
        (rf"Get-ItemProperty {KEY}\Nope", f"PathNotFound,{COMMANDS}.GetItemPropertyCommand", "Cannot find path 'HKLM"),
        (
            rf"Get-ItemProperty {KEY} -Name Nope",
            f"System.Management.Automation.PSArgumentException,{COMMANDS}.GetItemPropertyCommand",
            rf"Property Nope does not exist at path HKEY_LOCAL_MACHINE\{KEY[6:]}.",
        ),
        (
            rf"Get-ItemPropertyValue {KEY} -Name Nope",
            f"System.Management.Automation.PSArgumentException,{COMMANDS}.GetItemPropertyValueCommand",
            "Property Nope does not exist",
        ),
        (
            r"Get-Item Q:\x",
            f"DriveNotFound,{COMMANDS}.GetItemCommand",
            "Cannot find drive. A drive with the name 'Q' does not exist.",
        ),
        (
            "Get-Service Nope",
            f"NoServiceFoundForGivenName,{COMMANDS}.GetServiceCommand",
            "Cannot find any service with service name 'Nope'.",
        ),
        (
            "Get-Command Get-Nope",
            f"CommandNotFoundException,{COMMANDS}.GetCommandCommand",
            "The term 'Get-Nope' is not recognized",
        ),
        (
            "Import-Module Nope",
            f"Modules_ModuleNotFound,{COMMANDS}.ImportModuleCommand",
            "The specified module 'Nope' was not loaded",
        ),
        (
            "Get-WinEvent -FilterHashtable @{LogName='Application'; Id=1}",
            f"NoMatchingEventsFound,{COMMANDS}.GetWinEventCommand",
            "No events were found that match the specified selection criteria.",
        ),
        (
            "Get-WinEvent -LogName System",
            f"NoMatchingEventsFound,{COMMANDS}.GetWinEventCommand",
            "No events were found",
        ),
        (
            "Get-WinEvent -LogName Nope",
            f"NoMatchingLogsFound,{COMMANDS}.GetWinEventCommand",
            'There is not an event log on the localhost computer that matches "Nope".',
        ),
        (
            "Get-WinEvent -ProviderName Nope",
            f"NoMatchingProvidersFound,{COMMANDS}.GetWinEventCommand",
            'There is not an event provider on the localhost computer that matches "Nope".',
        ),
    ],
)
async def test_what_is_not_there_is_windows_own_error(lab: Lab, text: str, error_id: str, words: str) -> None:
    found = await lab.ask(text)
    assert (found.errors, found.values, found.failed) == ([error_id], [], None)
    assert words in found.texts[0]


def write_events(lab: Lab) -> None:
    lab.new.event_log.records.clear()
    start = lab.world.clock.now() - timedelta(hours=5)
    for hour, (provider, number, level) in enumerate(
        [
            ("ADSync", 2001, EventLevel.Information),
            ("ADSync", 6949, EventLevel.Information),
            ("Directory Synchronization", 904, EventLevel.Information),
            ("ADSync", 6100, EventLevel.Warning),
        ],
    ):
        lab.new.event_log.write(provider, number, f"text {number}", start + timedelta(hours=hour), level)


def ago(lab: Lab, hours: float) -> datetime:
    return lab.world.clock.now() - timedelta(hours=hours)


@pytest.mark.parametrize(
    ("table", "ids"),
    [
        ({"LogName": "Application"}, [6100, 904, 6949, 2001]),
        ({"LogName": "Application", "ProviderName": "ADSync"}, [6100, 6949, 2001]),
        ({"LogName": "Application", "ProviderName": ["adsync", "Dir*"], "Id": [904, 6949]}, [904, 6949]),
        ({"LogName": "Application", "Level": 3}, [6100]),
        ({"LogName": "App*", "Level": [2, 3], "ProviderName": "Dir*", "Id": 904}, []),
        ({"LogName": "Application", "StartTime": 3.5}, [6100, 904]),
        ({"LogName": "Application", "StartTime": 4.5, "EndTime": 2.5}, [904, 6949]),
    ],
)  # fmt: skip
async def test_events_are_filtered_and_come_newest_first(lab: Lab, table: dict[str, Any], ids: list[int]) -> None:
    write_events(lab)
    filled = {key: ago(lab, value) if key.endswith("Time") else value for key, value in table.items()}
    found = await lab.ask(
        pipeline([("Get-WinEvent", ("FilterHashtable", filled)), ("select", ("ExpandProperty", "Id"))])
    )
    assert found.values == ids


async def test_a_start_time_in_text_is_the_servers_local_time(lab: Lab) -> None:
    write_events(lab)
    lab.new.time_zone = timezone(timedelta(hours=2))
    text = (ago(lab, 3.5) + timedelta(hours=2)).strftime("%Y-%m-%dT%H:%M:%S")
    found = await lab.ask(
        f"Get-WinEvent -FilterHashtable @{{LogName='Application'; StartTime='{text}'}} | select -expand Id"
    )
    assert found.values == [6100, 904]


async def test_events_can_be_limited_and_read_oldest_first(lab: Lab) -> None:
    write_events(lab)
    found = await lab.ask(
        "Get-WinEvent -LogName Application -Oldest -MaxEvents 1 | Select-Object Id,Level,ProviderName,LogName,Message",
    )
    assert str(found.value.PSObject.to_string) == (
        "@{Id=2001; Level=4; ProviderName=ADSync; LogName=Application; Message=text 2001}"
    )


async def test_more_than_22_event_ids_make_a_query_that_windows_refuses(lab: Lab) -> None:
    for count, error_id in {
        22: f"NoMatchingEventsFound,{COMMANDS}.GetWinEventCommand",
        23: f"System.Diagnostics.Eventing.Reader.EventLogException,{COMMANDS}.GetWinEventCommand",
    }.items():
        ids = list(range(60_000, 60_000 + count))
        found = await lab.ask(pipeline([("Get-WinEvent", ("FilterHashtable", {"LogName": "Application", "Id": ids}))]))
        assert found.errors == [error_id]


async def test_event_times_are_local_and_run_times_are_utc_without_saying_so(lab: Lab) -> None:
    lab.new.time_zone = timezone(timedelta(hours=2))
    event = await lab.ask("Get-WinEvent -LogName Application -MaxEvents 1 | select -expand TimeCreated")
    assert event.value.utcoffset() == timedelta(hours=2)
    run = await lab.ask("Get-ADSyncRunProfileResult -NumberRequested 1 | select -expand StartDate")
    assert run.value.tzinfo is None
    shifted = await lab.ask("Get-ADSyncRunProfileResult -NumberRequested 1 | select StartDate | ConvertTo-Json")
    milliseconds = int(shifted.json["StartDate"].removeprefix("/Date(").removesuffix(")/"))
    assert milliseconds == round((lab.new.runs[-1].start_date.timestamp() - 7200) * 1000 - 0.5)


async def test_a_stopped_and_disabled_service_is_shown_as_such(lab: Lab) -> None:
    lab.new.stop_service()
    lab.new.service_start_type = "Disabled"
    found = await lab.ask("Get-Service ADSync | Select-Object Status,StartType | ConvertTo-Json -Compress")
    assert found.json == {"Status": 1, "StartType": 4}
