from __future__ import annotations

import json
import stat
import subprocess
import sys
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import pytest
from aiohttp.test_utils import TestClient, TestServer

from lab.control import Control
from lab.log import RequestLog
from lab.material import Material
from lab.world.faults import FAULTS
from lab.world.scenarios import WorldOptions
from lab.world.steps import STEPS

from .helpers import pending

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

    from aiohttp import ClientResponse

    from lab.world.server import SyncServer
    from lab.world.world import World

    Client = TestClient[Any, Any]


@pytest.fixture
def log() -> RequestLog:
    return RequestLog()


@pytest.fixture
async def client(world: World, log: RequestLog) -> AsyncIterator[Client]:
    async with TestClient(TestServer(Control(world, WorldOptions(), log).application())) as client:
        yield client


async def answer(response: ClientResponse) -> tuple[int, Any]:
    return response.status, await response.json()


async def test_steps_and_faults_are_listed_with_their_arguments(client: Client) -> None:
    steps = (await answer(await client.get("/steps")))[1]
    faults = (await answer(await client.get("/faults")))[1]
    assert [item["name"] for item in steps] == list(STEPS.entries)
    assert [item["name"] for item in faults] == list(FAULTS.entries)
    assert steps[0]["arguments"]["server"]["required"]


async def test_a_step_is_done_and_a_wrong_one_explained(client: Client, new: SyncServer) -> None:
    done = await client.post("/step/set-staging-mode", json={"server": "new", "on": False, "start_cycle": False})
    assert await answer(done) == (200, {"done": "set-staging-mode"})
    assert not new.staging
    status, body = await answer(await client.post("/step/set-staging-mode", json={"server": "newer", "on": True}))
    assert status == 400
    assert "old, new" in body["error"]
    status, body = await answer(await client.post("/step/nope"))
    assert status == 400
    assert "set-staging-mode" in body["error"]


async def enabled(client: Client) -> object:
    """Whether the new server's scheduler is on, as the summary says."""
    return (await answer(await client.get("/state")))[1]["servers"]["new"]["scheduler"]["enabled"]


async def test_a_fault_is_set_and_taken_back_once(client: Client) -> None:
    status, body = await answer(await client.post("/fault/scheduler-off"))
    assert (status, body["can_be_undone"]) == (200, True)
    assert await enabled(client) is False
    assert (await answer(await client.post("/fault/scheduler-off", json={"undo": True})))[0] == 200
    assert await enabled(client) is True
    status, body = await answer(await client.post("/fault/scheduler-off", json={"undo": True}))
    assert status == 400
    assert "not in force" in body["error"]


async def test_a_reset_restores_the_scenario_and_clears_the_log(
    client: Client, world: World, new: SyncServer, log: RequestLog
) -> None:
    log.record("new", "reader", "Get-ADSyncScheduler", datetime.now(UTC), kind="pipeline")
    await client.post("/fault/deletes-3")
    assert pending(new).export_deletes == 3
    assert (await answer(await client.post("/reset")))[0] == 200
    assert pending(new).export_deletes == 0
    assert [entry.system for entry in log.entries] == ["control"]
    status, _ = await answer(await client.post("/reset", json={"scenario": "v2-start", "member_limit": "none"}))
    assert status == 200
    assert world.scenario == "v2-start"
    for wrong in ({"scenario": "1999"}, {"member_limit": "7"}, {"else": 1}):
        assert (await answer(await client.post("/reset", json=wrong)))[0] == 400


async def test_the_log_is_lines_of_json(client: Client, log: RequestLog) -> None:
    log.record("old", "reader", "Get-ADSyncRule", datetime.now(UTC), kind="pipeline", outcome="failed")
    await client.post("/step/nope")
    lines = [json.loads(line) for line in (await (await client.get("/log")).text()).splitlines()]
    assert [(line["system"], line["kind"], line["outcome"]) for line in lines] == [
        ("old", "pipeline", "failed"),
        ("control", "control", "status 400"),
    ]
    assert datetime.fromisoformat(lines[0]["started_at"]).tzinfo is not None


async def test_the_state_is_a_summary_for_people(client: Client) -> None:
    body = (await answer(await client.get("/state")))[1]
    assert body["servers"]["old"]["role"] == "active"
    assert body["servers"]["new"]["pending"]["adds"] == 5
    assert body["tenant"]["groups_over_50000"] == {}


@pytest.mark.parametrize(
    ("method", "path", "data", "status"),
    [
        ("GET", "/nowhere", None, 404),
        ("GET", "/reset", None, 405),
        ("POST", "/step/start-cycle", "{", 400),
        ("POST", "/step/start-cycle", "[]", 400),
    ],
)
async def test_every_error_is_json(client: Client, method: str, path: str, data: str | None, status: int) -> None:
    response = await client.request(method, path, data=data)
    assert response.status == status
    assert (await response.json())["error"]


async def test_an_error_of_the_lab_itself_is_told_and_the_lab_goes_on(client: Client, new: SyncServer) -> None:
    new.rules.append(None)  # type: ignore[arg-type]
    status, body = await answer(await client.post("/step/disable-rule", json={"server": "new", "rule": "x"}))
    assert status == 500
    assert "AttributeError" in body["error"]
    assert (await client.get("/steps")).status == 200


def test_what_a_lab_leaves_behind_is_for_its_owner_only(tmp_path: Path, world: World) -> None:
    material = Material.make(tmp_path / "lab", ["old", "new"])
    ports = {"old": (1, 2), "new": (3, 4)}
    material.write_environment(world, ports, ("https://127.0.0.1:5", "https://localhost:6"))
    lab_file = material.write_lab_file(world, ports, ("https://127.0.0.1:5", "https://localhost:6"), "http://x")
    files = list((tmp_path / "lab").iterdir())
    assert len(files) == 8
    assert all(stat.S_IMODE(path.stat().st_mode) == 0o600 for path in files)
    contract = json.loads(lab_file.read_text())
    assert set(contract) == {"ca_file", "servers", "tenant", "control_url"}
    assert set(contract["servers"]["new"]) == {"host", "https_port", "http_port", "admin", "reader"}
    assert set(contract["servers"]["new"]["reader"]) == {"username", "password", "configuration_name"}
    assert set(contract["tenant"]) == {
        "graph_url",
        "authority_url",
        "tenant_id",
        "client_id",
        "client_secret",
        "certificate_file",
    }


@pytest.mark.parametrize(
    ("contract", "told"), [(None, "start a lab with"), ('{"control_url": "http://127.0.0.1:9"}', "no lab answers at")]
)
def test_a_lab_that_does_not_run_is_said_in_one_line(tmp_path: Path, contract: str | None, told: str) -> None:
    if contract is not None:
        (tmp_path / "lab.json").write_text(contract, encoding="utf-8")

    done = subprocess.run(
        [sys.executable, "-m", "lab", "fault", "deletes-3", "--dir", str(tmp_path)],
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )

    assert done.returncode == 1
    assert told in done.stderr
    assert len(done.stderr.splitlines()) == 1
