from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any
from uuid import UUID

import pytest

from lab.powershell.clr import NetObject, Version
from lab.world.model import SynchronizationPolicyType
from lab.world.scenarios import make_world
from tests.lab_powershell.objects import Emitter

if TYPE_CHECKING:
    from lab.world.server import SyncServer
    from tests.lab_powershell.running import Lab

SELECT = "Microsoft.PowerShell.Commands.SelectObjectCommand"
MEASURE = "Microsoft.PowerShell.Commands.MeasureObjectCommand"


@pytest.fixture(scope="module")
def server() -> SyncServer:
    return make_world().servers["new"]


@pytest.fixture
def emitter(server: SyncServer) -> Emitter:
    return Emitter(server)


def row(**properties: Any) -> NetObject:
    return NetObject(("N.Row", "System.Object"), properties)


ROWS = [
    row(Name="b", Size=2, Tags=["x", "y"], Id=UUID(int=2), Mode=SynchronizationPolicyType.Delta, Empty=None),
    row(Name="A", Size=10, Tags=[], Id=UUID(int=1), Mode=SynchronizationPolicyType.Initial, Empty=None),
    row(Name="c", Size=None, Tags=["z"], Id=UUID(int=3), Mode=SynchronizationPolicyType.Delta, Empty=None),
]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Select-Object -ExpandProperty Name", ["b", "A", "c"]),
        ("Select-Object -First 1 -ExpandProperty Name", ["b"]),
        ("Select-Object -Last 2 -ExpandProperty Name", ["A", "c"]),
        ("Select-Object -Skip 1 -First 1 -ExpandProperty Name", ["A"]),
        ("Select-Object -Skip 1 -Last 1 -ExpandProperty Name", ["A"]),
        ("Select-Object -SkipLast 2 -ExpandProperty Name", ["b"]),
        ("Select-Object -Index 0,2 | Select-Object -ExpandProperty Name", ["b", "c"]),
        ("Select-Object -ExpandProperty Tags", ["x", "y", "z"]),
        ("Select-Object -ExpandProperty Empty", []),
        ("Select-Object -ExpandProperty Nam*", ["b", "A", "c"]),
        ("Select-Object -ExpandProperty Mode | Select-Object -Unique | ConvertTo-Json -Compress", ["[1,2]"]),
        ("Select-Object Name,Nope -First 1 | ConvertTo-Json -Compress", ['{"Name":"b","Nope":null}']),
        ("Select-Object N*,S* -First 1 | ConvertTo-Json -Compress", ['{"Name":"b","Size":2}']),
        (
            "Select-Object * -ExcludeProperty Tags,I*,Mode,Empty -First 1 | ConvertTo-Json -Compress",
            ['{"Name":"b","Size":2}'],
        ),
        (
            "Select-Object @{Name='Label'; Expression='Size'}, @{n='Other'; e='Nope'} -First 1 | ConvertTo-Json -Com",
            ['{"Label":2,"Other":null}'],
        ),
        ("Where-Object Name -EQ a | Select-Object -ExpandProperty Name", ["A"]),
        ("Where-Object Name -CEQ a | Select-Object -ExpandProperty Name", []),
        ("Where-Object Name -NE a | Select-Object -ExpandProperty Name", ["b", "c"]),
        ("Where-Object Size -GT 9 | Select-Object -ExpandProperty Name", ["A"]),
        ("Where-Object Size -GE '2' | Select-Object -ExpandProperty Name", ["b", "A"]),
        ("Where-Object Size -LT 3 | Select-Object -ExpandProperty Name", ["b", "c"]),
        ("Where-Object Size -LE 2 | Select-Object -ExpandProperty Name", ["b", "c"]),
        ("Where-Object Name -Like '[a-b]' | Select-Object -ExpandProperty Name", ["b", "A"]),
        ("Where-Object Name -NotLike ?b | Select-Object -ExpandProperty Name", ["b", "A", "c"]),
        ("Where-Object Name -Match '^(a|c)$' | Select-Object -ExpandProperty Name", ["A", "c"]),
        ("Where-Object Name -NotMatch b | Select-Object -ExpandProperty Name", ["A", "c"]),
        ("Where-Object Tags -Contains Y | Select-Object -ExpandProperty Name", ["b"]),
        ("Where-Object Tags -NotContains y | Select-Object -ExpandProperty Name", ["A", "c"]),
        ("Where-Object Tags -EQ z | Select-Object -ExpandProperty Name", ["c"]),
        ("Where-Object Name -In A,C | Select-Object -ExpandProperty Name", ["A", "c"]),
        ("Where-Object Name -NotIn A,C | Select-Object -ExpandProperty Name", ["b"]),
        ("Where-Object Mode -EQ Delta | Select-Object -ExpandProperty Name", ["b", "c"]),
        ("Where-Object Mode -EQ 2 | Select-Object -ExpandProperty Name", ["A"]),
        ("Where-Object Id -EQ '{00000000-0000-0000-0000-000000000003}' | select -ExpandProperty Name", ["c"]),
        ("Where-Object Size | Select-Object -ExpandProperty Name", ["b", "A"]),
        ("Where-Object Empty -EQ $null | Measure-Object | select -ExpandProperty Count", [3]),
        ("? Name -eq c | select -expand Name", ["c"]),
        ("Sort-Object Name | Select-Object -ExpandProperty Name", ["A", "b", "c"]),
        ("Sort-Object Size -Descending | Select-Object -ExpandProperty Name", ["A", "b", "c"]),
        ("Sort-Object -Property Mode,Name | Select-Object -ExpandProperty Name", ["b", "c", "A"]),
        ("Sort-Object Mode -Unique | Select-Object -ExpandProperty Name", ["b", "A"]),
        ("Measure-Object | Select-Object -ExpandProperty Count", [3]),
        (
            "Select-Object -First 2 | Measure-Object Size -Sum -Average -Maximum -Minimum | ConvertTo-Json -Compress",
            ['{"Count":2,"Average":6,"Sum":12,"Maximum":10,"Minimum":2,"Property":"Size"}'],
        ),
        ("Select-Object -First 0 | Measure-Object | Select-Object -ExpandProperty Count", [0]),
        ("Select-Object -First 0 | ConvertTo-Json", []),
        ("Select-Object Name -First 1 | ConvertTo-Json -Compress", ['{"Name":"b"}']),
        ("Select-Object Name -First 2 | ConvertTo-Json -Compress", ['[{"Name":"b"},{"Name":"A"}]']),
        ("Select-Object Name,Size -First 1 | Out-String -Stream", ["", "", "Name : b", "Size : 2", "", ""]),
        ("Select-Object Tags -First 1 | Out-String", ["\r\n\r\nTags : {x, y}\r\n\r\n\r\n"]),
        ("Out-Default | Select-Object -First 1 -ExpandProperty Name", ["b"]),
    ],
)
async def test_a_pipeline_gives_what_windows_powershell_gives(emitter: Emitter, text: str, expected: list[Any]) -> None:
    found = await emitter.pipe(ROWS, text)
    assert (found.values, found.errors, found.failed) == (expected, [], None)


@pytest.mark.parametrize(
    ("text", "error_id", "words"),
    [
        ("Select-Object -ExpandProperty Nope", f"ExpandPropertyNotFound,{SELECT}", 'Property "Nope" cannot be found.'),
        ("Select-Object -ExpandProperty *", f"MutlipleExpandProperties,{SELECT}", "Multiple properties"),
        (
            "Measure-Object Nope -Sum",
            f"GenericMeasurePropertyNotFound,{MEASURE}",
            'The property "Nope" cannot be found in the input for any objects.',
        ),
        ("Measure-Object Name -Sum", f"NonNumericInputObject,{MEASURE}", 'Input object "b" is not numeric.'),
        (
            "Where-Object Tags -GT 1 | Where-Object Name -Match '('",
            "OperatorFailed,Microsoft.PowerShell.Commands.WhereObjectCommand",
            "is not valid",
        ),
    ],
)
async def test_what_cannot_be_done_is_an_error_per_object(
    emitter: Emitter,
    text: str,
    error_id: str,
    words: str,
) -> None:
    found = await emitter.pipe(ROWS, text)
    assert found.errors[0] == error_id
    assert words in found.texts[0]
    assert found.failed is None


@pytest.mark.parametrize(
    "text",
    [
        "Measure-Object -Line",
        "Sort-Object @{Expression='Name'}",
        "Select-Object @{n='x'; e=5}",
        "Get-Date -UFormat %s",
    ],
)
async def test_what_the_lab_cannot_do_says_that_it_is_the_labs_limit(emitter: Emitter, text: str) -> None:
    found = await emitter.pipe(ROWS[:1], text)
    assert "LabNotSimulated" in {found.failed, *found.errors} or found.errors[0].startswith("InputObjectNotBound")


async def test_select_first_stops_the_commands_before_it(emitter: Emitter) -> None:
    found = await emitter.pipe([1] * 5000, "Select-Object -First 3")
    assert found.values == [1, 1, 1]
    assert emitter.emitted == 3


async def test_properties_of_primitives_can_be_selected(emitter: Emitter) -> None:
    values = ["abc", Version((2, 6)), datetime(2024, 3, 9, tzinfo=UTC)]
    found = await emitter.pipe(values, "Select-Object Length,Build,Year | ConvertTo-Json -Compress")
    assert found.json == [
        {"Length": 3, "Build": None, "Year": None},
        {"Length": None, "Build": -1, "Year": None},
        {"Length": None, "Build": None, "Year": 2024},
    ]


async def test_expanded_values_carry_the_selected_properties(emitter: Emitter) -> None:
    found = await emitter.pipe(ROWS[:1], "Select-Object Name -ExpandProperty Tags | ConvertTo-Json -Compress")
    assert found.json == [{"value": "x", "Name": "b"}, {"value": "y", "Name": "b"}]


async def test_get_date_is_the_servers_clock_in_its_own_zone(lab: Lab) -> None:
    found = await lab.ask(
        "Get-Date -Format o; Get-Date -Date 2024-03-09T16:05:07Z -Format u; Get-Date | ConvertTo-Json"
    )
    shown = datetime.fromisoformat(found.values[0].replace("0+00:00", "+00:00"))
    assert abs(shown - lab.new.now()) < timedelta(seconds=5)
    assert found.values[1] == "2024-03-09 16:05:07Z"
    assert '"DisplayHint":  2' in found.values[2]
