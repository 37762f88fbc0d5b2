from __future__ import annotations

import asyncio
import json
import time
from typing import TYPE_CHECKING

import pytest
from pypsrp.complex_objects import PSInvocationState
from pypsrp.powershell import PowerShell, RunspacePool

if TYPE_CHECKING:
    from tests.lab_wsman.conftest import Lab


async def test_twenty_thousand_strings_arrive_complete_and_in_order(lab: Lab) -> None:
    pipeline = await lab.invoke(lambda ps: ps.add_cmdlet("Get-Lines").add_parameter("Count", 20_000))

    assert pipeline.output == [f"line {index}" for index in range(20_000)]
    assert pipeline.state == PSInvocationState.COMPLETED


async def test_a_string_of_five_million_characters_arrives_whole(lab: Lab) -> None:
    pipeline = await lab.invoke(lambda ps: ps.add_cmdlet("Get-Text").add_parameter("Length", 5_000_000))

    assert pipeline.output == ["x" * 5_000_000]


async def test_every_character_survives_the_way(lab: Lab) -> None:
    text = "<a&b>_x0041__X\r\n\t\x00\x85\U0001f600é"
    pipeline = await lab.invoke(
        lambda ps: ps.add_cmdlet("Get-Text").add_parameters({"Of": text, "Length": 1_000}), auth="negotiate", ssl=False
    )

    assert pipeline.output == [text * 1_000]


async def test_statements_commands_and_parameters_reach_the_engine_as_sent(lab: Lab) -> None:
    def build(ps: PowerShell) -> None:
        ps.add_cmdlet("Get-ADSyncRule").add_parameters({"Identifier": "7", "Names": ["a", "b"]})
        ps.add_cmdlet("Select-Object").add_parameter("Property", ["Name"]).add_argument("free")
        ps.add_statement().add_cmdlet("Get-Date").add_parameter("Format", "o").add_parameter("Utc")

    pipeline = await lab.invoke(build)

    assert [json.loads(line) for line in pipeline.output] == [
        [
            ["Get-ADSyncRule", False, [["Identifier", "7"], ["Names", ["a", "b"]]]],
            ["Select-Object", False, [["Property", ["Name"]], [None, "free"]]],
        ],
        [["Get-Date", False, [["Format", "o"], ["Utc", None]]]],
    ]


async def test_a_script_is_marked_as_one(lab: Lab) -> None:
    pipeline = await lab.invoke(lambda ps: ps.add_script("Get-Item .; 1 + 1"))

    assert json.loads(pipeline.output[0]) == [["Get-Item .; 1 + 1", True, []]]


async def test_a_non_terminating_error_leaves_the_pipeline_completed(lab: Lab) -> None:
    target = "Set-Item -Path WSMan:\\localhost\\Service\\AllowUnencrypted -Value $false"
    pipeline = await lab.invoke(
        lambda ps: ps.add_cmdlet("Write-Error").add_parameters({"Message": "two\nlines", "Target": target})
    )

    assert pipeline.state == PSInvocationState.COMPLETED
    assert pipeline.had_errors is False
    record = pipeline.streams.error[0]
    assert record.fq_error == "EchoError"
    assert record.message == "ParserError: (Set-Item -Path ...d -Value $false:String) [], ParseException"
    assert str(record) == "two\nlines"


async def test_a_terminating_error_fails_the_pipeline_and_keeps_the_output_before_it(lab: Lab) -> None:
    def build(ps: PowerShell) -> None:
        ps.add_cmdlet("Get-Lines").add_parameter("Count", 3).add_statement().add_cmdlet("Stop-Here")

    pipeline = await lab.invoke(build)

    assert pipeline.state == PSInvocationState.FAILED
    assert pipeline.had_errors is True
    assert pipeline.output == ["line 0", "line 1", "line 2"]
    assert pipeline.streams.error[0].fq_error == "EchoTerminating"


async def test_a_warning_carries_its_text(lab: Lab) -> None:
    pipeline = await lab.invoke(lambda ps: ps.add_cmdlet("Write-Warning").add_parameter("Message", "mind\nthe gap"))

    assert [str(warning) for warning in pipeline.streams.warning] == ["mind\nthe gap"]


async def test_a_defect_of_the_engine_fails_the_pipeline_instead_of_hanging_it(lab: Lab) -> None:
    pipeline = await lab.invoke(lambda ps: ps.add_cmdlet("Break-Lab"))

    assert pipeline.state == PSInvocationState.FAILED
    assert pipeline.streams.error[0].fq_error == "LabInternalError"


async def test_pipeline_input_is_refused_with_a_clear_error(lab: Lab) -> None:
    def run() -> PowerShell:
        with lab.pool() as pool, PowerShell(pool) as pipeline:
            pipeline.add_cmdlet("Get-Anything").invoke(value for value in ["fed"])
            return pipeline

    pipeline = await asyncio.to_thread(run)

    assert pipeline.state == PSInvocationState.FAILED
    assert pipeline.streams.error[0].fq_error == "LabNoPipelineInput"


async def test_a_pipeline_is_held_while_nobody_asks_for_its_output(lab: Lab) -> None:
    def run() -> int:
        with lab.pool() as pool, PowerShell(pool) as pipeline:
            pipeline.add_cmdlet("Get-Lines").add_parameter("Count", 500_000).begin_invoke()
            runspace, end = lab.endpoints.runspaces[0], time.monotonic() + 30
            while runspace.produced <= 100 and time.monotonic() < end:
                time.sleep(0.01)
            time.sleep(0.3)
            produced = runspace.produced
            pipeline.stop()
            return produced

    produced = await asyncio.to_thread(run)

    assert 100 < produced < 10_000


async def test_a_poll_of_an_idle_pipeline_ends_with_the_operation_timeout_and_stop_stops_it(lab: Lab) -> None:
    def run() -> tuple[float, int]:
        with lab.pool() as pool, PowerShell(pool) as pipeline:
            pipeline.add_cmdlet("Wait-Forever").begin_invoke()
            started = time.monotonic()
            pipeline.poll_invoke(timeout=1)
            waited = time.monotonic() - started
            state = pipeline.state
            pipeline.stop()
            return waited, state

    waited, state = await asyncio.to_thread(run)

    assert 0.9 < waited < 4
    assert state == PSInvocationState.RUNNING
    assert lab.endpoints.runspaces[0].stopped == ["Wait-Forever"]
    assert "fault 2150858793" in [entry["outcome"] for entry in lab.log.of("wsman")]


async def test_an_engine_that_resists_a_stop_changes_nothing(lab: Lab) -> None:
    def run() -> int:
        with lab.pool() as pool, PowerShell(pool) as pipeline:
            pipeline.add_cmdlet("Resist-Stop").begin_invoke()
            time.sleep(0.1)
            pipeline.stop()
            return pipeline.state

    assert await asyncio.to_thread(run) == PSInvocationState.STOPPED


@pytest.mark.parametrize(("runspaces", "each", "below"), [(4, 1.5, 6.0), (1, 0.4, 30.0)])
async def test_pipelines_overlap_as_far_as_the_pool_has_runspaces(
    lab: Lab, runspaces: int, each: float, below: float
) -> None:
    def run() -> float:
        with lab.connect() as wsman, RunspacePool(wsman, max_runspaces=runspaces) as pool:
            pipelines = [PowerShell(pool).add_cmdlet("Start-Sleep").add_parameter("Seconds", each) for _ in range(4)]
            started = time.monotonic()
            for pipeline in pipelines:
                pipeline.begin_invoke()
            assert [pipeline.end_invoke() for pipeline in pipelines] == [["awake"]] * 4
            return time.monotonic() - started

    assert 4 * each / runspaces <= await asyncio.to_thread(run) < below
