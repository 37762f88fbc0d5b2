"""Gates over files, end to end: the verdict of the live run, or exactly what is missing."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

from fixtures.answers import Outcome
from fixtures.collect import plan
from fixtures.offline.csexport import read_pending_exports
from fixtures.offline.pending import Operation
from fixtures.offline.script import collector_script
from tests.e2e.driver import run_gate
from tests.offline.conftest import read

if TYPE_CHECKING:
    from pathlib import Path

    from tests.offline.conftest import Sources


@pytest.fixture(scope="module")
def collections(sources: Sources, tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """Both servers collected, the references asked for included."""
    folder = tmp_path_factory.mktemp("collections")
    script = folder / "collector.ps1"
    script.write_text(collector_script(sources.environment()), encoding="utf-8-sig", newline="")
    first = sources.export("collection", "old", folder / "first", script=str(script))
    answers = read(sources.environment({"old": {"source": "collected", "path": str(first)}}))
    asked = {
        answer.subject
        for answer in answers.server("old")
        if answer.outcome is Outcome.NOT_OFFERED and "-ReferenceDN" in str(answer.error)
    }
    return {
        name: str(sources.export("collection", name, folder / name, script=str(script), references=";".join(asked)))
        for name in ("old", "new")
    }


@pytest.mark.parametrize("gate", ["deployed", "promote"])
def test_a_gate_over_collections_gives_the_verdict_of_the_live_gate(
    sources: Sources, collections: dict[str, str], tmp_path: Path, gate: str
) -> None:
    sources.environment({name: {"source": "collected", "path": path} for name, path in collections.items()})
    brought = run_gate(gate, sources.lab.folder / "offline.toml", tmp_path / "brought")
    live = run_gate(gate, sources.lab.environment, tmp_path / "live")
    assert brought.verdict, brought.output
    assert (brought.said, brought.exit_code) == (live.said, live.exit_code) == ("GO", 0)
    assert sorted(brought.turned()) == sorted(live.turned())
    reads = [row for row in brought.verdict["reads"] if row["system"] == "old" and row["outcome"] == "ok"]
    assert {row["identity"] for row in reads} == {"CONTOSO\\administrator on CONTOSO-SYNC01"}


def test_a_gate_over_a_folder_says_what_the_folder_cannot_tell(sources: Sources, tmp_path: Path) -> None:
    folder = sources.export("configuration", "new", tmp_path / "configuration")
    sources.environment({"new": {"source": "configuration", "path": str(folder)}})
    run = run_gate("deployed", sources.lab.folder / "offline.toml", tmp_path / "runs")
    assert run.verdict, run.output
    assert (run.said, run.exit_code) == ("UNDECIDED", 10)
    states = {(check["id"], check["subject"]): check for check in run.verdict["checks"]}
    assert states["RU-01v1", "new"]["state"] == "pass"
    lacking = [check["reason"] for check in states.values() if check["state"] == "error"]
    assert lacking
    assert all("the configuration folder configuration: " in reason for reason in lacking)
    assert re.search(r"new: adsync_parameters: not-offered \(the configuration folder configuration", str(lacking))
    assert any("bring what the reason names" in reason for reason in run.verdict["reasons"])


def test_the_plan_says_which_reads_a_source_does_not_hold(sources: Sources, tmp_path: Path) -> None:
    environment = sources.environment({"new": {"source": "configuration", "path": str(tmp_path)}})
    planned = plan(environment, [("new", "rules"), ("new", "runs")])
    offered = {row.read: row.offered for row in planned if row.system == "new"}
    assert offered["rules"]
    assert not offered["runs"]
    assert {row.target for row in planned if row.system == "new"} == {f"configuration: {tmp_path}"}


@pytest.mark.parametrize("server", ["old", "new"])
def test_csexport_counts_what_the_live_statistics_count(sources: Sources, tmp_path: Path, server: str) -> None:
    answers = read(sources.environment())
    for connector, answer in answers.server(server).about("connector_statistics").items():
        path = sources.export("csexport", server, tmp_path / f"{connector}.xml", connector=connector)
        found = read_pending_exports(path)
        live = answer.get()
        told = {"add": live["ExportAdds"], "update": live["ExportUpdates"], "delete": live["ExportDeletes"]}
        assert {word: found.count(Operation(word)) for word in told} == told
        assert set(found.connectors) <= {connector}
        assert found.pending == sum(told.values())


def test_csexport_counts_the_members_that_the_live_references_name(sources: Sources, tmp_path: Path) -> None:
    answers = read(sources.environment())
    connector = "contoso.onmicrosoft.com - AAD"
    found = read_pending_exports(sources.export("csexport", "new", tmp_path / "x.xml", connector=connector))
    assert found.member_deltas
    sizes = {row["Rdn"]: row["Count"] for row in answers.server("new").get("group_statistics", connector)}
    added = {delta.dn: delta.added for delta in found.member_deltas if delta.operation is Operation.ADD}
    assert added
    assert added == {dn: sizes[dn] for dn in added}
