"""Waivers in a run: the file, and that a waived check is seen everywhere for what it is."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any
from xml.etree import ElementTree as ET

import jsonschema
import pytest

from fixtures.environment import UnusableFileError
from plugins.waivers import load
from tests.plugins.conftest import GROW_OLD, ROOT
from tests.plugins.test_gate_run import FAILING, PASSING, UNTOLD

if TYPE_CHECKING:
    from pathlib import Path

    from tests.plugins.conftest import House

SCHEMA = json.loads((ROOT / "reports" / "schema" / "verdict.schema.json").read_text(encoding="utf-8"))
WAIVER = {
    "check": "EP-02v1",
    "subject": "thing",
    "digest": "0" * 64,
    "reason": "the vendor <b>mends</b> it on Friday",
    "ticket": "CHG-4711",
    "author": "anna",
    "approver": "otto",
    "approved_at": datetime.now(UTC) - timedelta(days=1),
    "expires_at": datetime.now(UTC) + timedelta(minutes=30),
}


def _toml(*waivers: dict[str, Any]) -> str:
    def value(found: Any) -> str:
        return found.isoformat() if isinstance(found, datetime) else json.dumps(found)

    return "\n".join(
        "[[waivers]]\n" + "\n".join(f"{key} = {value(found)}" for key, found in waiver.items()) for waiver in waivers
    )


def _digest(house: House, check: str = "EP-02v1") -> str:
    house.gate()
    row = next(entry["rows"][0] for entry in house.verdict()["checks"] if entry["id"] == check)
    return str(row["digest"])


def _with(house: House, *waivers: dict[str, Any]) -> pytest.RunResult:
    (house.pytester.path / "waivers.toml").write_text(_toml(*waivers), encoding="utf-8")
    return house.gate("--waivers", "waivers.toml")


def test_a_waived_blocking_fail_does_not_block_and_go_names_it_everywhere(house: House) -> None:
    house.checks(PASSING + FAILING)
    digest = _digest(house)
    assert house.verdict()["verdict"] == "NO-GO"

    done = _with(house, {**WAIVER, "digest": digest})

    document = house.verdict()
    jsonschema.validate(document, SCHEMA)
    assert (done.ret, document["verdict"]) == (0, "GO")
    entry = next(entry for entry in document["checks"] if entry["id"] == "EP-02v1")
    assert (entry["state"], entry["true_state"], entry["rows"][0]["true_state"]) == ("waived", "fail", "fail")
    assert entry["rows"][0]["waiver"]["ticket"] == "CHG-4711"
    assert [(found["check"], found["effect"]) for found in document["waivers"]] == [("EP-02v1", "applied")]
    done.stdout.fnmatch_lines(["*~ Waived*EP-02v1*", "*GO · 1 waived*", "*Waivers EP-02v1, thing: fail, waived until*"])
    page = house.file("report.html")
    assert "Let pass by decision" in page
    assert "the vendor &lt;b&gt;mends&lt;/b&gt; it on Friday" in page
    case = next(
        case for case in ET.fromstring(house.file("junit.xml")).iter("testcase") if "EP-02v1" in str(case.get("name"))
    )
    properties = {found.get("name"): found.get("value") for found in case.iter("property")}
    assert (properties["state"], properties["true_state"]) == ("waived", "fail")
    assert properties["waiver.approver"] == "otto"
    skipped = case.find("skipped")
    assert skipped is not None
    assert skipped.get("message") == "waived fail: it is not as it must be"


def test_a_verdict_holds_no_longer_than_the_waiver_it_rests_on(house: House) -> None:
    house.checks(PASSING + FAILING)
    ends = datetime.now(UTC).replace(microsecond=0) + timedelta(minutes=3)

    _with(house, {**WAIVER, "digest": _digest(house), "expires_at": ends})

    assert house.verdict()["valid_until"] == ends.isoformat().replace("+00:00", "Z")


def test_an_inconclusive_result_can_be_waived(house: House) -> None:
    house.checks(PASSING + UNTOLD)

    done = _with(house, {**WAIVER, "check": "EP-03v1", "digest": _digest(house, "EP-03v1")})

    assert done.ret == 0
    assert house.verdict()["checks"][0]["true_state"] == "inconclusive"


def test_the_digest_to_write_into_a_waiver_stands_on_the_screen_and_in_the_report(house: House) -> None:
    house.checks(PASSING + FAILING)

    done = house.gate()

    digest = house.verdict()["checks"][0]["rows"][0]["digest"]
    done.stdout.fnmatch_lines([f"*Digest  EP-02v1, thing: {digest}"])
    assert digest in house.file("report.html")


def test_a_check_that_cannot_be_waived_has_no_digest_and_stays_a_fail(house: House) -> None:
    house.checks(PASSING + FAILING.replace('"EP-02v1"', '"EP-02v1", waivable=False'))

    done = _with(house, WAIVER)

    assert done.ret == 1
    entry = house.verdict()["checks"][0]
    assert (entry["state"], "digest" in entry["rows"][0]) == ("fail", False)
    done.stdout.fnmatch_lines(["*inert: EP-02v1, thing: EP-02v1 cannot be waived*"])


def test_a_waiver_no_longer_needed_is_said(house: House) -> None:
    house.checks(PASSING)

    done = _with(house, {**WAIVER, "check": "EP-01v1"})

    assert done.ret == 0
    done.stdout.fnmatch_lines(["*no longer needed: EP-01v1, thing: the result is pass*"])
    assert house.verdict()["waivers"][0]["effect"] == "no longer needed"


def test_an_inert_waiver_is_listed_in_the_report(house: House) -> None:
    house.checks(PASSING + FAILING)

    done = _with(house, {**WAIVER, "approver": "Anna", "digest": _digest(house)})

    assert done.ret == 1
    assert "Anna approved a request of their own" in house.file("report.html")


def test_a_waived_result_whose_read_grew_old_is_an_error(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    house.checks(PASSING + FAILING.replace('"EP-02v1"', '"EP-02v1", reads=("new.rules",)'))
    house.answer("new", "rules", [])
    digest = _digest(house)
    house.checks(
        PASSING
        + FAILING.replace('"EP-02v1"', '"EP-02v1", reads=("new.rules",)').replace(
            "    result.failed", f"    {GROW_OLD}\n    result.failed"
        )
    )
    house.answers.clear()
    house.answer("new", "rules", [])
    monkeypatch.setattr("plugins.sources.max_age", lambda _: timedelta(hours=1))

    done = _with(house, {**WAIVER, "digest": digest})

    assert done.ret == 10
    assert house.verdict()["checks"][0]["state"] == "error"


MISTAKES: dict[str, tuple[dict[str, Any], str]] = {
    "no approver": ({"approver": None}, "waivers[0].approver: found nothing; accepted: this key, which is missing"),
    "a key nobody knows": (
        {"approved_by": "otto"},
        "approved_by: found a key that means nothing here; accepted: check, server, subject, digest, reason, ticket,",
    ),
    "an id that is none": (
        {"check": "EP-2"},
        "waivers[0].check: found 'EP-2'; accepted: a text of the form ^[A-Z]{2}-[0-9]{2}v[0-9]+$",
    ),
    "a short digest": (
        {"digest": "abc"},
        "waivers[0].digest: found 'abc'; accepted: a SHA-256 of 64 lower-case hex digits",
    ),
    "a time without a zone": (
        {"expires_at": datetime(2026, 12, 1, 8)},  # noqa: DTZ001 - on purpose
        "accepted: a time with its zone, as in 2026-03-01T08:00:00Z",
    ),
    "an end before its beginning": (
        {"expires_at": WAIVER["approved_at"]},
        "expires_at is not later than approved_at",
    ),
    "an empty reason": ({"reason": ""}, "waivers[0].reason: found ''"),
}


@pytest.mark.parametrize("case", MISTAKES)
def test_a_mistake_in_the_file_is_said_by_line_key_and_what_is_accepted(tmp_path: Path, case: str) -> None:
    changes, said = MISTAKES[case]
    path = tmp_path / "waivers.toml"
    waiver = {key: value for key, value in {**WAIVER, **changes}.items() if value is not None}
    path.write_text(_toml(waiver), encoding="utf-8")

    with pytest.raises(UnusableFileError) as error:
        load(path)

    (problem,) = error.value.problems
    assert problem.startswith(f"{path}:")
    assert said in problem


def test_a_file_that_cannot_be_understood_stops_the_run_before_anything_is_asked(house: House) -> None:
    house.checks(PASSING)
    (house.pytester.path / "waivers.toml").write_text("[[waivers]]\ncheck = 1\n", encoding="utf-8")

    done = house.gate("--waivers", "waivers.toml")

    assert done.ret == 4
    assert house.asked == []
    assert house.gate("--waivers", "nowhere.toml").ret == 4


def test_waivers_need_a_gate(house: House) -> None:
    assert house.run("--waivers", "waivers.toml").ret == 4
