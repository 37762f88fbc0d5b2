"""What a run leaves behind, and that nothing broken ends in GO."""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import jsonschema
import pytest

from fixtures.answers import Outcome
from plugins import evidence, folder
from plugins.gates import GATES
from tests.plugins.conftest import ROOT, House
from tests.plugins.test_gate_run import FAILING, PASSING, UNTOLD

SCHEMA = json.loads((ROOT / "reports" / "schema" / "verdict.schema.json").read_text(encoding="utf-8"))
READING = """
@check("RE-01v1", reads=("new.rules",), optional_reads=("tenant.organization",))
def test_reading(result):
    result.passed("rules", "read", {"when": __import__("datetime").datetime.now(__import__("datetime").UTC)})
"""
NOT_APPLICABLE = """
@check("NA-01v1", severity="advisory")
def test_not_applicable(result):
    result.not_applicable("x", "no such thing", {"kind": "v2-endpoint"})
"""


def test_the_schema_is_one() -> None:
    jsonschema.Draft202012Validator.check_schema(SCHEMA)


def test_the_schema_names_the_gates_there_are() -> None:
    assert SCHEMA["properties"]["gate"]["enum"] == list(GATES)


@pytest.mark.parametrize(
    ("source", "arguments", "verdict"),
    [
        (PASSING + READING + NOT_APPLICABLE, (), "GO"),
        (PASSING + FAILING + UNTOLD + READING, (), "NO-GO"),
        (PASSING + READING, ("-k", "passing"), "UNDECIDED"),
        (PASSING + READING, ("--rehearsal", "--as-of", "2021-09-01"), "GO"),
        (PASSING, ("-k", "nothing"), "UNDECIDED"),
    ],
)
def test_verdict_json_keeps_the_contract(house: House, source: str, arguments: tuple[str, ...], verdict: str) -> None:
    house.checks(source)
    house.answer("new", "rules", [])
    house.refuse("tenant", "organization", Outcome.DENIED, "403")

    done = house.gate(*arguments)

    jsonschema.validate(house.verdict(), SCHEMA)
    assert house.verdict()["verdict"] == verdict
    assert house.verdict()["exit_code"] == done.ret


def test_a_rehearsal_says_so_in_the_file_and_on_the_screen(house: House) -> None:
    house.checks(PASSING)

    done = house.gate("--rehearsal", "--as-of", "2021-09-01")

    assert (house.verdict()["rehearsal"], house.verdict()["as_of"]) == (True, "2021-09-01T00:00:00Z")
    done.stdout.fnmatch_lines(["*GO*REHEARSAL as of 2021-09-01 00:00:00Z, NOT A RELEASE*"])
    assert "Rehearsal, judged as of 2021-09-01 00:00:00 UTC. This is no release." in house.file("report.html")


def test_each_check_names_the_reads_it_rests_on(house: House) -> None:
    house.checks(READING)
    house.answer("new", "rules", [{"Name": "In from AD"}])
    house.refuse("tenant", "organization", Outcome.DENIED, "403")

    house.gate()

    document = house.verdict()
    assert document["checks"][0]["reads"] == ["new:rules", "tenant:organization"]
    assert [(read["id"], read["outcome"], read["rows"]) for read in document["reads"]] == [
        ("new:rules", "ok", 1),
        ("tenant:organization", "denied", None),
    ]
    assert document["valid_until"] > document["made_at"]


def test_the_junit_file_tells_the_states_apart(house: House) -> None:
    house.checks(PASSING + FAILING + UNTOLD + NOT_APPLICABLE + READING)

    house.gate()

    suite = ET.fromstring(house.file("junit.xml")).find("testsuite")
    assert suite is not None
    assert (suite.get("tests"), suite.get("failures"), suite.get("errors"), suite.get("skipped")) == (
        "5",
        "1",
        "2",
        "0",
    )
    told = {}
    for case in suite.findall("testcase"):
        properties = {found.get("name"): found.get("value") for found in case.iter("property")}
        element = next((child for child in case if child.tag != "properties"), None)
        told[properties["check"]] = (
            properties["state"],
            None if element is None else (element.tag, element.get("type")),
        )
    assert told == {
        "EP-01v1": ("pass", None),
        "EP-02v1": ("fail", ("failure", "fail")),
        "EP-03v1": ("inconclusive", ("error", "inconclusive")),
        "RE-01v1": ("error", ("error", "error")),
        "NA-01v1": ("not-applicable", None),
    }


def _broken(*_arguments: object, **_more: object) -> str:
    msg = "the ink is dry"
    raise OSError(msg)


@pytest.mark.parametrize(
    ("target", "named"),
    [("plugins.evidence.junit_xml", "junit.xml"), ("reports.render", "report.html")],
)
def test_a_writer_that_fails_turns_go_into_undecided_and_is_named(
    house: House, monkeypatch: pytest.MonkeyPatch, target: str, named: str
) -> None:
    house.checks(PASSING)
    monkeypatch.setattr(target, _broken)

    done = house.gate()

    assert done.ret == 10
    assert house.verdict()["verdict"] == "UNDECIDED"
    assert house.verdict()["reasons"] == [
        f"{named} could not be written (OSError: the ink is dry). Mend that and run the gate again."
    ]
    assert not (house.runs / "latest" / named).exists()


def test_a_report_that_lost_a_check_does_not_stand(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    house.checks(PASSING)
    whole = evidence.Evidence.report

    def twice(self: evidence.Evidence) -> dict[str, Any]:
        report = whole(self)
        return {**report, "checks": _Shrinking(report["checks"])}

    monkeypatch.setattr(evidence.Evidence, "report", twice)

    assert house.gate().ret == 10
    assert not (house.runs / "latest" / "report.html").exists()


class _Shrinking(list[Any]):
    """Loses its last item to everyone who walks over it."""

    def __iter__(self) -> Any:
        return iter(self[:-1])


@pytest.mark.parametrize("order", ["tryfirst", "trylast"])
def test_a_plugin_that_breaks_at_the_end_turns_go_into_undecided_and_no_report_says_otherwise(
    house: House, order: str
) -> None:
    house.checks(PASSING)
    house.pytester.makepyfile(
        breaking=f"""
import pytest

def pytest_configure(config):
    config.pluginmanager.register(Last(), "last")

class Last:
    @pytest.hookimpl({order}=True)
    def pytest_sessionfinish(self):
        raise ValueError("late")
"""
    )
    house.pytester.syspathinsert()

    done = house.gate("-p", "breaking")

    assert done.ret == 10
    assert "late" in house.verdict()["reasons"][0]
    assert not (house.runs / "latest" / "report.html").exists()
    done.stdout.fnmatch_lines(["*Report  not written*"])


def test_without_verdict_json_there_is_no_go_and_no_report_that_says_so(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    house.checks(PASSING)
    monkeypatch.setattr(evidence, "_as_json", _broken)

    done = house.gate()

    assert done.ret == 10
    (run,) = house.runs.iterdir()
    assert sorted(path.name for path in run.iterdir()) == [
        "evidence.zip.withdrawn",
        "junit.xml",
        "report.html.withdrawn",
    ]


def test_a_collection_that_failed_is_no_go(house: House) -> None:
    house.checks(PASSING)
    house.pytester.makepyfile(
        breaking="import pytest\n@pytest.hookimpl(tryfirst=True)\n"
        "def pytest_pycollect_makeitem(name):\n    if name == 'test_passing': raise ValueError('cannot collect')\n"
    )
    house.pytester.syspathinsert()

    done = house.gate("-p", "breaking", "--continue-on-collection-errors")

    assert done.ret != 0
    assert house.verdict()["verdict"] == "UNDECIDED"
    assert any("could not be collected" in reason for reason in house.verdict()["reasons"])


def test_secrets_on_the_command_line_are_hidden(house: House) -> None:
    house.checks(PASSING)

    house.gate("-o", "junit_suite_name=x", "--rootdir", str(house.pytester.path))

    assert house.verdict()["command"][:3] == ["pytest", "--gate", "deployed"]


def test_a_second_run_in_the_same_second_gets_its_own_folder(tmp_path: Path) -> None:
    at = datetime(2026, 11, 20, 6, 45, 12, tzinfo=UTC)

    names = [folder.create(tmp_path, "promote", at).run_id for _ in range(3)]

    assert names == ["20261120T064512Z-promote", "20261120T064512Z-promote-2", "20261120T064512Z-promote-3"]


def test_the_pointer_is_a_text_file_where_links_are_not_offered(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    place = folder.create(tmp_path, "soak", datetime.now(UTC))
    monkeypatch.setattr(Path, "symlink_to", _broken)

    place.point_latest()

    assert (tmp_path / "latest").read_text(encoding="utf-8").strip() == place.run_id


def test_a_write_that_breaks_leaves_no_file_of_that_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    place = folder.create(tmp_path, "soak", datetime.now(UTC))
    monkeypatch.setattr("os.fsync", _broken)

    with pytest.raises(OSError, match="the ink is dry"):
        place.write("verdict.json", "{}")

    assert not (place.path / "verdict.json").exists()


CYCLE = """
@check("SC-01v1", gates=("promote",), reads=("new.scheduler",))
def test_scheduler(result):
    result.passed("scheduler", "on")
"""


def _scheduler(next_start: datetime, *, enabled: bool = True) -> dict[str, Any]:
    return {
        "AllowedSyncCycleInterval": {"Ticks": 18_000_000_000},
        "CurrentlyEffectiveSyncCycleInterval": {"Ticks": 18_000_000_000},
        "CustomizedSyncCycleInterval": None,
        "NextSyncCyclePolicyType": 1,
        "NextSyncCycleStartTimeInUTC": f"/Date({int(next_start.timestamp() * 1000)})/",
        "PurgeRunHistoryInterval": {"Ticks": 6_048_000_000_000},
        "SyncCycleEnabled": enabled,
        "MaintenanceEnabled": True,
        "StagingModeEnabled": True,
        "SchedulerSuspended": False,
        "SyncCycleInProgress": False,
    }


def test_at_promote_a_verdict_holds_only_until_the_new_servers_next_cycle(house: House) -> None:
    starts = datetime.now(UTC).replace(microsecond=0) + timedelta(minutes=4)
    house.checks(CYCLE)
    house.answer("new", "scheduler", _scheduler(starts))

    assert house.gate(gate="promote").ret == 0
    assert house.verdict()["valid_until"] == starts.isoformat().replace("+00:00", "Z")


def test_at_promote_a_cycle_that_has_started_meanwhile_is_undecided(house: House) -> None:
    house.checks(CYCLE)
    house.answer("new", "scheduler", _scheduler(datetime.now(UTC) - timedelta(minutes=1)))

    assert house.gate(gate="promote").ret == 10


def test_a_scheduler_that_is_off_starts_no_cycle(house: House) -> None:
    house.checks(CYCLE)
    house.answer("new", "scheduler", _scheduler(datetime.now(UTC) - timedelta(minutes=1), enabled=False))

    assert house.gate(gate="promote").ret == 0


def test_the_run_is_named_by_utc_and_gate(house: House) -> None:
    house.checks(PASSING)
    house.gate()

    assert re.fullmatch(r"\d{8}T\d{6}Z-deployed", house.verdict()["run_id"])
