"""A run beside an accepted one."""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any, cast

import pytest

from fixtures.answers import Answer, Answers, Outcome
from plugins import baseline
from plugins.beside import baseline_lines
from plugins.settled import Change, changes
from tests.plugins.test_gate_run import PASSING

if TYPE_CHECKING:
    from pathlib import Path

    from plugins.bundle.opened import Replayed
    from tests.plugins.conftest import House

MADE_AT = "2026-11-20T06:45:12Z"


def check(identifier: str, *rows: tuple[str, str], server: str = "", **about: Any) -> dict[str, Any]:
    order = ("fail", "error", "inconclusive", "waived", "pass", "not-applicable")
    return {
        "id": identifier,
        "title": "A thing is as it must be",
        "server": server or None,
        "state": min((state for _, state in rows), key=order.index),
        "reported": True,
        "reads": [],
        "reason": "because",
        "rows": [{"subject": subject, "state": state, "reason": f"{subject} is {state}"} for subject, state in rows],
        **about,
    }


def verdict(*checks: dict[str, Any], **about: Any) -> dict[str, Any]:
    known = {"gate": "nightly", "verdict": "GO", "made_at": MADE_AT, "run_id": "20261120T064512Z-nightly"}
    return {**known, "environment_digest": "0", "checks": list(checks), **about}


def compared(
    tmp_path: Path,
    before: dict[str, Any],
    after: dict[str, Any],
    then: Answers | None = None,
    now: Answers | None = None,
) -> dict[str, Any]:
    base = SimpleNamespace(
        verdict=before, about=lambda: {"run_id": before["run_id"]}, answers=lambda _: then or Answers()
    )
    return baseline.compare(after, now or Answers(), cast("Replayed", base), tmp_path)


def test_rows_are_told_apart_by_what_became_of_them(tmp_path: Path) -> None:
    before = verdict(check("LG-01v2", ("kept", "fail"), ("mended", "fail"), ("fine", "pass"), ("broken", "pass")))
    after = verdict(
        check("LG-01v2", ("kept", "fail"), ("mended", "pass"), ("fine", "pass"), ("broken", "inconclusive"))
    )

    found = compared(tmp_path, before, after)

    assert [entry["subject"] for entry in found["newly_failing"]] == ["broken"]
    assert [entry["subject"] for entry in found["still_failing"]] == ["kept"]
    assert [entry["subject"] for entry in found["fixed"]] == ["mended"]
    assert (found["newly_failing"][0]["before"], found["newly_failing"][0]["after"]) == ("pass", "inconclusive")


def test_a_subject_that_is_gone_is_fixed_only_where_the_check_could_tell(tmp_path: Path) -> None:
    before = verdict(check("LG-03v1", ("Finance", "fail"), server="new"))

    told = compared(tmp_path, before, verdict(check("LG-03v1", ("new", "pass"), server="new")))
    untold = compared(tmp_path, before, verdict(check("LG-03v1", ("new", "error"), server="new")))

    assert [entry["subject"] for entry in told["fixed"]] == ["Finance"]
    assert untold["fixed"] == []
    assert [entry["subject"] for entry in untold["newly_failing"]] == ["new"]


def test_a_check_in_another_version_is_method_and_no_movement(tmp_path: Path) -> None:
    before = verdict(check("EP-01v1", ("x", "pass")), check("EP-02v1", ("x", "fail")))
    after = verdict(check("EP-01v2", ("x", "fail")), check("EP-03v1", ("x", "fail")))

    found = compared(tmp_path, before, after)

    assert found["method_changed"] == ["EP-01v1 is now EP-01v2", "EP-02v1 is gone", "EP-03v1 is new"]
    assert found["newly_failing"] == found["still_failing"] == found["fixed"] == []


def test_an_accepted_run_of_another_gate_is_compared_by_the_checks_of_both(tmp_path: Path) -> None:
    before = verdict(check("EP-01v1", ("x", "pass")), check("EP-02v1", ("x", "pass")), gate="soak")
    after = verdict(check("EP-01v1", ("x", "fail")), check("EP-03v1", ("x", "fail")))

    found = compared(tmp_path, before, after)

    assert [entry["id"] for entry in found["newly_failing"]] == ["EP-01v1"]
    assert found["method_changed"] == []


def test_waivers_that_are_new_or_end_soon_are_told(tmp_path: Path) -> None:
    made_at = datetime.fromisoformat(MADE_AT)
    after = verdict(check("EP-01v1", ("old", "waived"), ("young", "waived"), ("late", "waived")))
    for row, days in zip(after["checks"][0]["rows"], (20, 13, 90), strict=True):
        row["waiver"] = {"expires_at": (made_at + timedelta(days=days)).isoformat()}
    before = verdict(check("EP-01v1", ("old", "waived"), ("young", "fail"), ("late", "waived")))

    found = compared(tmp_path, before, after)

    assert [entry["subject"] for entry in found["newly_waived"]] == ["young"]
    assert [entry["subject"] for entry in found["waivers_ending"]] == ["young"]
    assert found["fixed"] == []


def _left(runs: Path, number: int, state: str, **about: Any) -> None:
    name = f"2026112{number}T064512Z-nightly"
    (runs / name).mkdir()
    told = verdict(check("RH-01v1", ("x", state), server="new"), run_id=name, **about)
    (runs / name / "verdict.json").write_text(json.dumps(told), encoding="utf-8")


def test_a_check_that_goes_back_and_forth_is_flapping(tmp_path: Path) -> None:
    for number, state in enumerate(("pass", "fail", "pass")):
        _left(tmp_path, number, state)
    _left(tmp_path, 3, "fail", rehearsal=True)
    _left(tmp_path, 4, "fail", replay={})
    (tmp_path / "20261125T064512Z-nightly").mkdir()
    (tmp_path / "20261125T064512Z-nightly" / "verdict.json").write_text("cut off", encoding="utf-8")
    now = verdict(check("RH-01v1", ("x", "pass"), server="new"), run_id="20261126T064512Z-nightly")

    found = compared(tmp_path, now, now)

    assert found["flapping"] == [{"id": "RH-01v1", "server": "new", "states": ["pass", "fail", "pass", "pass"]}]


def test_a_waiver_that_is_granted_and_ends_makes_no_check_flap(tmp_path: Path) -> None:
    for number, (state, true_state) in enumerate((("waived", "fail"), ("fail", "fail"), ("waived", "fail"))):
        name = f"2026112{number}T064512Z-nightly"
        (tmp_path / name).mkdir()
        told = verdict(check("RH-01v1", ("x", state), true_state=true_state), run_id=name)
        (tmp_path / name / "verdict.json").write_text(json.dumps(told), encoding="utf-8")
    now = verdict(check("RH-01v1", ("x", "fail"), true_state="fail"), run_id="20261126T064512Z-nightly")

    assert compared(tmp_path, now, now)["flapping"] == []


def test_a_fail_whose_waiver_ended_is_newly_failing(tmp_path: Path) -> None:
    before, after = verdict(check("EP-01v1", ("x", "waived"))), verdict(check("EP-01v1", ("x", "fail")))

    assert [entry["before"] for entry in compared(tmp_path, before, after)["newly_failing"]] == ["waived"]


def test_a_check_that_failed_once_and_stays_is_not_flapping(tmp_path: Path) -> None:
    for number, state in enumerate(("pass", "fail")):
        _left(tmp_path, number, state)
    now = verdict(check("RH-01v1", ("x", "inconclusive"), server="new"), run_id="20261126T064512Z-nightly")

    assert compared(tmp_path, now, now)["flapping"] == []


SCHEDULER = {
    "SyncCycleEnabled": True,
    "SyncCycleInProgress": False,
    "NextSyncCycleStartTimeInUTC": "/Date(1)/",
    "CurrentlyEffectiveSyncCycleInterval": {"Ticks": 18_000_000_000, "TotalSeconds": 1800.0},
}
MAIL = {"Destination": "mail", "Source": ["mail"]}
RULE = {"Identifier": "1", "Name": "In from AD", "Precedence": 100, "AttributeFlowMappings": [MAIL]}


@pytest.mark.parametrize(
    ("read", "before", "after", "told"),
    [
        (
            "scheduler",
            SCHEDULER,
            {**SCHEDULER, "NextSyncCycleStartTimeInUTC": "/Date(2)/", "SyncCycleInProgress": True},
            [],
        ),
        (
            "scheduler",
            SCHEDULER,
            {**SCHEDULER, "CurrentlyEffectiveSyncCycleInterval": {"Ticks": 1, "TotalSeconds": 10800.0}},
            [("CurrentlyEffectiveSyncCycleInterval", "1800 s", "10800 s")],
        ),
        ("rules", [RULE], [{**RULE, "Precedence": 99}], [("[In from AD].Precedence", "100", "99")]),
        ("rules", [RULE], [RULE, {**RULE, "Identifier": "2", "Name": "More"}], [("[More]", None, "there")]),
        (
            "rules",
            [RULE],
            [{**RULE, "AttributeFlowMappings": [{**MAIL, "Source": ["userPrincipalName"]}]}],
            [("[In from AD].AttributeFlowMappings[mail].Source", "mail", "userPrincipalName")],
        ),
        (
            "global_parameters",
            [{"Name": "a", "Value": "1"}, {"Name": "b", "Value": "2"}],
            [{"Name": "b", "Value": "2"}],
            [("[a]", "there", None)],
        ),
        (
            "global_parameters",
            [{"Name": "Microsoft.Synchronize.NextStartTime", "Value": "1"}],
            [{"Name": "Microsoft.Synchronize.NextStartTime", "Value": "2"}],
            [],
        ),
        ("runs", [{"RunNumber": 1}], [{"RunNumber": 2}], []),
        ("database", {"UsedSpaceInMb": 3412.5}, {"UsedSpaceInMb": 3413.0}, []),
        (
            "database",
            {"UsedSpaceInMb": 3412.5, "SqlServerName": "sql01"},
            {"UsedSpaceInMb": 3413.0, "SqlServerName": "sql02"},
            [("SqlServerName", "sql01", "sql02")],
        ),
        ("events_audit", [{"RecordId": 1, "Id": 2510}], [{"RecordId": 2, "Id": 2510}], []),
        ("events_adsync", [], [{"Id": 6941}], []),
        ("connector_statistics", {"ExportAdds": 1}, {"ExportAdds": 2}, []),
        ("service", {"StartType": 2}, {"StartType": 4}, [("StartType", "2", "4")]),
    ],
)
def test_facts_that_a_person_changed_are_told_and_what_moves_by_itself_is_not(
    read: str, before: Any, after: Any, told: list[tuple[str, str | None, str | None]]
) -> None:
    found = changes(Answers([Answer.of("new", read, before)]), Answers([Answer.of("new", read, after)]))

    assert found == [Change("new", read, *each) for each in told]


def test_an_answer_without_a_value_changes_no_fact() -> None:
    before = Answers([Answer.of("new", "service", {"StartType": 2})])
    after = Answers([Answer.without_value("new", "service", Outcome.DENIED, "denied")])

    assert changes(before, after) == []
    assert changes(after, before) == []


def test_a_changed_fact_names_the_open_checks_that_read_it(tmp_path: Path) -> None:
    before = Answers([Answer.of("new", "service", {"StartType": 2}), Answer.of("new", "rules", [RULE])])
    after = Answers(
        [Answer.of("new", "service", {"StartType": 4}), Answer.of("new", "rules", [{**RULE, "Precedence": 9}])]
    )
    now = verdict(
        check("SC-01v1", ("x", "fail"), reads=["new:service"]), check("RU-01v1", ("x", "pass"), reads=["new:rules"])
    )

    found = compared(tmp_path, now, now, before, after)

    assert [(fact["read"], fact["open"]) for fact in found["facts"]] == [("rules", []), ("service", ["SC-01v1"])]


READING = """
@check("RE-01v1", reads=("new.rules",))
def test_reading(result, migration):
    wrong = [rule["Name"] for rule in migration.new.answers.get("rules") if rule["Precedence"] < 50]
    for name in wrong:
        result.failed(name, "its precedence is below 50")
    result.passed("rules", "read")
"""


def test_a_run_beside_its_baseline_says_so_on_the_screen_in_the_report_and_in_the_file(house: House) -> None:
    house.checks(PASSING + READING)
    house.answer("new", "rules", [RULE])
    house.gate()
    kept = house.pytester.path / "accepted.zip"
    kept.write_bytes((house.runs / "latest" / "evidence.zip").read_bytes())
    house.answers.clear()
    house.answer("new", "rules", [{**RULE, "Precedence": 49}])

    done = house.gate("--baseline", "accepted.zip")

    found = house.verdict()["baseline"]
    assert [(entry["id"], entry["subject"]) for entry in found["newly_failing"]] == [("RE-01v1", "In from AD")]
    assert [(fact["fact"], fact["before"], fact["after"]) for fact in found["facts"]] == [
        ("[In from AD].Precedence", "100", "49")
    ]
    done.stdout.fnmatch_lines(["*Beside *1 newly failing, 1 fact changed*", "*newly failing: RE-01v1 · In from AD: *"])
    report = house.file("report.html")
    assert "Since the accepted run" in report
    assert "[In from AD].Precedence" in report


def test_a_run_in_which_nothing_changed_says_that(house: House) -> None:
    house.checks(PASSING + READING)
    house.answer("new", "rules", [RULE])
    house.gate()
    (house.pytester.path / "accepted.zip").write_bytes((house.runs / "latest" / "evidence.zip").read_bytes())

    done = house.gate("--baseline", "accepted.zip")

    assert done.ret == 0
    done.stdout.fnmatch_lines(["*Beside *(GO): nothing changed*"])
    assert "<p>Nothing changed.</p>" in house.file("report.html")


def test_a_baseline_that_was_changed_is_refused_by_name(house: House) -> None:
    house.checks(PASSING)
    house.gate()
    whole = bytearray((house.runs / "latest" / "evidence.zip").read_bytes())
    whole[35 + len("answers.json")] ^= 1
    (house.pytester.path / "accepted.zip").write_bytes(whole)

    done = house.gate("--baseline", "accepted.zip")

    assert done.ret == pytest.ExitCode.USAGE_ERROR
    done.stderr.fnmatch_lines(["ERROR: --baseline: *accepted.zip: changed since it was written: answers.json: *"])


def test_a_comparison_that_breaks_is_no_go(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    house.checks(PASSING)
    house.gate()
    (house.pytester.path / "accepted.zip").write_bytes((house.runs / "latest" / "evidence.zip").read_bytes())
    monkeypatch.setattr(baseline, "_rows", lambda _: 1 / 0)

    assert house.gate("--baseline", "accepted.zip").ret == 10
    assert house.verdict()["reasons"][0].startswith("the comparison with other runs could not be written")


def test_the_screen_is_not_flooded(tmp_path: Path) -> None:
    after = verdict(check("LG-01v2", *((f"group {number}", "fail") for number in range(5000))))
    before = verdict(check("LG-01v2", ("group", "pass")))

    lines = list(baseline_lines(compared(tmp_path, before, after)))

    assert len(lines) == 10
    assert lines[-1].strip() == "and 4992 more in the report"
