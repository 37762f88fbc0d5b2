from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import pytest

from lab.log import RequestLog
from lab.powershell.endpoints import FULL, JEA, RESTRICTED, PowerShellEndpoints
from lab.powershell.jea import RoleCapabilityError
from lab.powershell.seam import EndpointDenied, EndpointUnknown
from tests.lab_powershell.running import Lab, Step, answer, pipeline, script

if TYPE_CHECKING:
    from pathlib import Path


def test_only_administrators_open_the_full_endpoint(lab: Lab) -> None:
    with pytest.raises(EndpointDenied):
        lab.endpoints.open("new", FULL, "reader")
    assert lab.endpoints.open("new", FULL.lower(), "CONTOSO\\Admin")
    assert lab.endpoints.open("new", FULL, "admin@CONTOSO.COM")
    assert lab.endpoints.open("new", JEA, "reader")


def test_an_unknown_configuration_is_unknown(lab: Lab) -> None:
    with pytest.raises(EndpointUnknown):
        lab.endpoints.open("new", "Nope", "admin")


@pytest.mark.parametrize("configuration", [JEA, RESTRICTED])
async def test_a_script_is_refused_on_a_constrained_endpoint(lab: Lab, configuration: str) -> None:
    found = await lab.ask(script("Get-ADSyncScheduler"), on=configuration, user="reader")
    assert found.failed == "ScriptsNotAllowed"
    assert found.texts == [
        "The syntax is not supported by this runspace. This can occur if the runspace is in no-language mode.",
    ]


@pytest.mark.parametrize(
    "step",
    [
        ("Set-ADSyncScheduler", ("SyncCycleEnabled", False)),
        ("Get-ADSyncAADConnectorExportApiVersion",),
        ("Get-ItemProperty", ("Path", "HKLM:\\SYSTEM")),
        ("Invoke-Expression", ("Command", "Get-Date")),
        ("Import-Module", ("Name", "ADSync")),
        ("Get-Command",),
        ("select", ("First", 1)),
    ],
)
async def test_the_jea_endpoint_shows_nothing_that_its_role_does_not_list(lab: Lab, step: Step) -> None:
    found = await lab.ask(pipeline([step]), on=JEA, user="reader")
    assert found.failed == "CommandNotFoundException"


async def test_the_jea_endpoint_reads_what_the_full_one_reads(lab: Lab) -> None:
    json = ("ConvertTo-Json", ("Depth", 6), ("Compress", None))
    rules: list[Step] = [("Get-ADSyncRule",), ("Select-Object", ("Property", ["Name", "ScopeFilter"])), json]
    jea = await lab.ask(pipeline(rules), on=JEA, user="reader")
    assert jea.value == (await lab.ask(pipeline(rules))).value
    registry: Step = ("Get-ItemProperty", ("Path", r"HKLM:\SYSTEM\CurrentControlSet\Services\ADSync\Parameters"))
    for function, full in {
        "Get-SwingGateADSyncParameters": [registry],
        "Get-SwingGateComputerName": [
            ("Get-ItemProperty", (None, r"HKLM:\SYSTEM\CurrentControlSet\Control\ComputerName\ActiveComputerName")),
        ],
        "Get-SwingGateProductVersion": [
            ("Get-Item", ("Path", r"C:\Program Files\Microsoft Azure AD Sync\Bin\miiserver.exe")),
            ("Select-Object", ("ExpandProperty", "VersionInfo")),
        ],
    }.items():
        offered = await lab.ask(pipeline([(function,)]), on=JEA, user="reader")
        names = [note.name for note in offered.value.PSObject.extended_properties]
        selected: Step = ("Select-Object", ("Property", names))
        short = await lab.ask(pipeline([(function,), selected, json]), on=JEA, user="reader")
        assert short.value == (await lab.ask(pipeline([*full, selected, json]))).value


async def test_a_jea_cmdlet_can_be_called_by_its_qualified_name(lab: Lab) -> None:
    step: Step = ("Microsoft.PowerShell.Utility\\Select-Object", ("ExpandProperty", "StagingModeEnabled"))
    found = await lab.ask(pipeline([("ADSync\\Get-ADSyncScheduler",), step]), on=JEA, user="reader")
    assert found.values == [True]


@pytest.mark.parametrize(
    ("step", "error_id"),
    [
        (("Select-Object", ("Property", "StagingModeEnabled")), "ParameterArgumentValidationError,Select-Object"),
        (("Select-Object", ("ExpandProperty", "Name")), "NamedParameterNotFound,Select-Object"),
        (("Select-Object", ("First", 1)), "NamedParameterNotFound,Select-Object"),
        (("Measure-Object", ("Property", "Name")), "NamedParameterNotFound,Measure-Object"),
        (("ConvertTo-Json",), "CommandNotFoundException"),
        (("Where-Object", ("Property", "Name")), "CommandNotFoundException"),
        (("Sort-Object",), "CommandNotFoundException"),
        (("Out-String",), "CommandNotFoundException"),
    ],
)
async def test_restricted_remote_server_has_restricted_proxies(lab: Lab, step: Step, error_id: str) -> None:
    found = await lab.ask(pipeline([("Get-ADSyncScheduler",), step]), on=RESTRICTED, user="reader")
    assert found.failed == error_id


async def test_restricted_remote_server_lets_a_plain_read_and_a_count_through(lab: Lab) -> None:
    read = await lab.ask(pipeline([("Get-ADSyncScheduler",)]), on=RESTRICTED, user="reader")
    assert len(read.values) == 1
    names = await lab.ask(
        pipeline([("Get-ADSyncConnector",), ("Select-Object", ("Property", "Name"))]),
        on=RESTRICTED,
        user="reader",
    )
    assert len(names.values) == 2
    counted = await lab.ask(pipeline([("Get-ADSyncConnector",), ("Measure-Object",)]), on=RESTRICTED, user="reader")
    assert counted.value.Count == 2


def _endpoints(lab: Lab, file: Path, text: str) -> PowerShellEndpoints:
    file.write_text(text, encoding="utf-8")
    return PowerShellEndpoints(lab.world, RequestLog(), administrators=(), role_capability_file=file)


async def test_a_role_can_limit_parameters_and_hides_the_providers(lab: Lab, tmp_path: Path) -> None:
    text = r"""
    # one cmdlet with a choice, one without providers
    @{
        VisibleCmdlets = 'Microsoft.PowerShell.Management\Get-Item', @{
            Name = 'Get-Service'
            Parameters = @{ Name = 'Name'; ValidateSet = 'ADSync', 'W32Time' }
        }, @{ Name = 'Get-Date'; Parameters = @(@{ Name = 'Format'; ValidatePattern = '^[os]$' }) }
    }
    """
    runspace = _endpoints(lab, tmp_path / "x.psrc", text).open("new", JEA, "reader")
    for step, error_id in [
        (("Get-Service", ("Name", "Spooler")), "ParameterArgumentValidationError,Get-Service"),
        (("Get-Service", ("DisplayName", "x")), "NamedParameterNotFound,Get-Service"),
        (("Get-Date", ("Format", "dd")), "ParameterArgumentValidationError,Get-Date"),
    ]:
        assert (await answer(runspace, pipeline([step]))).failed == error_id
    assert (await answer(runspace, pipeline([("Get-Service", ("Name", "adsync"))]))).failed is None
    hidden = await answer(runspace, pipeline([("Get-Item", ("Path", "C:\\Windows"))]))
    assert hidden.errors == ["ProviderNotFound,Microsoft.PowerShell.Commands.GetItemCommand"]
    assert hidden.texts == ["Cannot find a provider with the name 'FileSystem'."]


@pytest.mark.parametrize(
    "text",
    [
        "@{ VisibleFunctions = 'Get-SwingGateSomethingElse' }",
        "@{ VisibleCmdlets = 'Get-Nope' }",
        "@{ VisibleCmdlets = $env:CMDLETS }",
        "'not a table'",
    ],
)
def test_a_role_that_the_lab_cannot_follow_stops_it_at_the_start(lab: Lab, tmp_path: Path, text: str) -> None:
    with pytest.raises(RoleCapabilityError):
        _endpoints(lab, tmp_path / "x.psrc", text)


async def test_every_pipeline_is_in_the_log_as_a_person_would_write_it(lab: Lab) -> None:
    first: list[Step] = [("Get-ADSyncConnector",), ("Select-Object", ("Property", ["Name", "Type"]), ("First", 1))]
    await lab.ask(pipeline(first, [("Get-WinEvent", ("FilterHashtable", {"LogName": "Application", "Id": [1, 2]}))]))
    await lab.ask("Get-Nope 'a b'", purpose="old")
    shown = [(entry.system, entry.kind, entry.identity, entry.asked, entry.outcome) for entry in lab.log.entries]
    assert shown == [
        (
            "new",
            "pipeline",
            "admin",
            (
                "Get-ADSyncConnector | Select-Object -Property Name,Type -First 1; "
                "Get-WinEvent -FilterHashtable @{LogName=Application; Id=1,2}"
            ),
            "completed; 1 objects, 1 errors",
        ),
        ("old", "pipeline", "admin", "Get-Nope 'a b'", "failed: CommandNotFoundException; 0 objects, 0 errors"),
    ]


async def test_two_names_of_one_machine_answer_alike(lab: Lab) -> None:
    lab.world.aliases["new"] = "old"
    found = await lab.ask("Get-Item Env:COMPUTERNAME | Select-Object -ExpandProperty Value")
    assert found.values == [lab.world.servers["old"].computer_name]


async def test_a_hanging_cmdlet_answers_when_the_fault_is_over_and_others_go_on(lab: Lab) -> None:
    lab.new.hang.add("get-adsyncrule")
    waiting = asyncio.create_task(lab.ask("Get-ADSyncRule | Measure-Object"))
    assert (await lab.ask("Get-ADSyncScheduler")).failed is None
    assert not waiting.done()
    lab.new.hang.clear()
    async with asyncio.timeout(30):
        assert (await waiting).failed is None


async def test_a_closed_runspace_ends_its_pipelines(lab: Lab) -> None:
    runspace = lab.endpoints.open("new", FULL, "admin")
    records = runspace.invoke(script("Get-ADSyncCSObject -ConnectorName contoso.com | Select-Object ObjectId"))
    await anext(records)
    runspace.close()
    assert [record async for record in records] == []


async def test_other_pipelines_go_on_while_one_emits_many_objects(lab: Lab) -> None:
    long = asyncio.create_task(
        lab.ask("Get-ADSyncCSObject -ConnectorName contoso.com -MaxResultCount 3000 | Measure-Object"),
    )
    await asyncio.sleep(0)
    assert (await lab.ask("Get-ADSyncScheduler")).failed is None
    assert not long.done()
    async with asyncio.timeout(30):
        assert (await long).value.Count == 3000
