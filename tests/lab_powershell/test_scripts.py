from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from lab.powershell.literals import NotLiteral, read_data
from lab.powershell.script import FOLLOWING, parse
from lab.powershell.seam import Command, TerminatingError
from tests.lab_powershell.running import pipeline, script

if TYPE_CHECKING:
    from tests.lab_powershell.running import Lab


def command(name: str, *parameters: tuple[str | None, object]) -> Command:
    return Command(name, is_script=False, parameters=parameters)


@pytest.mark.parametrize(
    ("text", "statements"),
    [
        ("Get-Date", ((command("Get-Date"),),)),
        (
            "Get-ADSyncScheduler | Select-Object StagingModeEnabled, SyncCycleEnabled",
            (
                (
                    command("Get-ADSyncScheduler"),
                    command("Select-Object", (None, ["StagingModeEnabled", "SyncCycleEnabled"])),
                ),
            ),
        ),
        (
            "Set-X -A $false -B:$null -C 'it''s' -D \"a`nb\" -E 5 -F -1",
            (
                (
                    command(
                        "Set-X",
                        *(("A", FOLLOWING), (None, False), ("B", None), ("C", FOLLOWING), (None, "it's")),
                        *(("D", FOLLOWING), (None, "a\nb"), ("E", FOLLOWING), (None, 5), ("F", FOLLOWING), (None, -1)),
                    ),
                ),
            ),
        ),
        (
            "Get-X @{LogName='Application'; Id=1,2}; Get-Y @('a'\n'b') # done\n",
            (
                (command("Get-X", (None, {"LogName": "Application", "Id": [1, 2]})),),
                (command("Get-Y", (None, ["a", "b"])),),
            ),
        ),
        (
            "Get-X HKLM:\\SYSTEM\\x 03:00:00 2.5 |\n  ? Name -like *a*",
            (
                (
                    command("Get-X", (None, "HKLM:\\SYSTEM\\x"), (None, "03:00:00"), (None, 2.5)),
                    command("?", (None, "Name"), ("like", FOLLOWING), (None, "*a*")),
                ),
            ),
        ),
    ],
)
def test_a_one_line_script_is_read_as_its_pipeline(text: str, statements: object) -> None:
    assert parse(text) == statements


@pytest.mark.parametrize(
    "text",
    [
        "$x = 1",
        "if (1) { 2 }",
        "(Get-Date).Year",
        "Get-Date | ForEach-Object { $_ }",
        'Get-Service "$name"',
        "Get-Service $name",
        "& 'C:\\x.exe'",
        "Get-X [int]2 (1)",
        "'text'",
    ],
)
def test_language_is_refused_as_the_labs_own_limit(text: str) -> None:
    with pytest.raises(TerminatingError, match="Swing Gate lab: script text beyond pipelines") as refusal:
        parse(text)
    assert refusal.value.record.FullyQualifiedErrorId == "LabNotSimulated"


def test_a_data_file_is_read_with_comments_lists_tables_and_skipped_blocks() -> None:
    text = """\ufeff<# a
    comment #>
    @{
        GUID = 'x'   # trailing
        Empty = @()
        Many = 'a',
               "b"
        Table = @{ On = $true; Number = 3 }
        FunctionDefinitions = @{ Name = 'F'; ScriptBlock = { Get-X | Where-Object { $_.A } } }
    }
    """
    assert read_data(text) == {
        "GUID": "x",
        "Empty": [],
        "Many": ["a", "b"],
        "Table": {"On": True, "Number": 3},
        "FunctionDefinitions": {"Name": "F", "ScriptBlock": None},
    }


@pytest.mark.parametrize("text", ["@{ A = $(1) }", "@{ A = 1", "@{ A }", "@{} 'more'", "@{ A = Get-X | Y }"])
def test_a_data_file_that_is_more_than_data_is_refused(text: str) -> None:
    with pytest.raises(NotLiteral):
        read_data(text)


async def test_the_form_of_execute_ps_lists_properties_as_text(lab: Lab) -> None:
    found = await lab.ask(
        pipeline(
            [
                ("Invoke-Expression", ("Command", "Get-ADSyncScheduler | Select-Object StagingModeEnabled, Nope")),
                ("Out-String", ("Stream", None)),
            ],
        ),
    )
    assert found.values == ["", "", "StagingModeEnabled : True", "Nope               : ", "", ""]


async def test_a_script_writes_the_error_of_a_statement_and_goes_on(lab: Lab) -> None:
    for text in ("Get-Foo; Get-ADSyncConnectorRunStatus; Get-Date -Format yyyy", "Get-Foo"):
        found = await lab.ask(script(text))
        assert (found.errors, found.failed) == (["CommandNotFoundException"], None)
    stopped = await lab.ask(script("Get-Service Nope -ErrorAction Stop; Get-Date"))
    assert stopped.failed == "NoServiceFoundForGivenName,Microsoft.PowerShell.Commands.GetServiceCommand"


async def test_a_failure_inside_invoke_expression_fails_the_pipeline(lab: Lab) -> None:
    found = await lab.ask(pipeline([("Invoke-Expression", ("Command", "Get-Foo; Get-Date"))]))
    assert (found.failed, found.values) == ("CommandNotFoundException", [])


async def test_a_script_can_be_followed_by_a_cmdlet(lab: Lab) -> None:
    asked = pipeline([("x",), ("Measure-Object",), ("Select-Object", ("ExpandProperty", "Count"))])
    first = Command("Get-ADSyncConnector; Get-ADSyncConnector", is_script=True)
    statement = (first, *asked.statements[0][1:])
    found = await lab.ask(type(asked)((statement,)))
    assert found.values == [4]
