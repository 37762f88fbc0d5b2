"""How a check's result comes about: one table of what a check does and what it then is."""

from __future__ import annotations

from datetime import timedelta
from types import SimpleNamespace
from typing import TYPE_CHECKING, cast

import pytest

from fixtures.answers import Outcome
from plugins.causes import NOT_ASKED, Lack, causes
from tests.plugins.conftest import GROW_OLD

if TYPE_CHECKING:
    from fixtures.environment import Environment
    from tests.plugins.conftest import House

WAYS = {
    "records a pass": ('result.passed("x", "fine")', "pass", "fine"),
    "records a fail": ('result.failed("x", "bad")', "fail", "bad"),
    "records an inconclusive": ('result.inconclusive("x", "who knows")', "inconclusive", "who knows"),
    "records not applicable with its proof": (
        'result.not_applicable("x", "no such thing", {"kind": "in-place"})', "not-applicable", "no such thing",
    ),
    "records not applicable without proof": (
        'result.not_applicable("x", "no such thing")', "error", "ValueError: not applicable needs the fact",
    ),
    "records without a reason": ('result.passed("x", "  ")', "error", "ValueError: a result of pass needs a reason"),
    "records nothing": ("pass", "error", "the check recorded no result"),
    "asserts what is false": ('assert 1 == 2, "one is not two"', "fail", "one is not two"),
    "asserts without a message": ("found = 1\n    assert found == 2", "fail", "assert 1 == 2"),
    "asserts after a pass": ('result.passed("x", "fine")\n    assert False, "not so"', "fail", "not so"),
    "raises after a pass": ('result.passed("x", "fine")\n    raise KeyError("k")', "error", "KeyError: 'k'"),
    "raises after a fail": ('result.failed("x", "bad")\n    raise KeyError("k")', "fail", "bad"),
    "misses an answer": (
        'swing_gate_run.answers.find("old", "rules").get()', "error", "old: rules: not asked",
    ),
    "skips": ('pytest.skip("not today")', "error", "the check skipped itself: not today"),
    "fails by pytest": ('pytest.fail("no")', "error", "Failed: no"),
    "expects to fail": ('pytest.xfail("known")', "error", "the check skipped itself: known"),
    "leaves pytest": ("raise SystemExit(0)", "error", "SystemExit: 0"),
    "records the worst row last": (
        'result.passed("a", "fine")\n    result.inconclusive("b", "hm")\n    result.failed("c", "bad")', "fail", "bad",
    ),
    "records several fails": (
        'result.failed("a", "bad")\n    result.failed("b", "worse")\n    result.passed("c", "fine")',
        "fail",
        "bad (and 1 more subject)",
    ),
}  # fmt: skip


@pytest.mark.parametrize("way", WAYS)
def test_the_way_a_check_ends_decides_its_state(house: House, way: str) -> None:
    body, state, reason = WAYS[way]
    house.checks(f'@check("EP-01v1")\ndef test_it(result, swing_gate_run):\n    {body}\n')

    house.gate()

    (check,) = house.verdict()["checks"]
    assert check["state"] == state
    assert check["reason"].startswith(reason)


@pytest.mark.parametrize(
    "mark", ["skip", "skipif(True, reason='x')", "xfail", "xfail(strict=True)", "xfail(run=False)"]
)
def test_marks_that_excuse_a_test_make_a_check_an_error(house: House, mark: str) -> None:
    house.checks(f'@pytest.mark.{mark}\n@check("EP-01v1")\ndef test_it(result):\n    result.passed("x", "fine")\n')

    assert house.gate().ret == 10
    assert house.verdict()["checks"][0]["state"] == "error"


def test_a_fixture_that_breaks_makes_an_error(house: House) -> None:
    house.checks(
        """
@pytest.fixture
def broken():
    raise ValueError("no luck")

@check("EP-01v1")
def test_it(broken, result): result.passed("x", "fine")
"""
    )

    assert house.gate().ret == 10
    assert house.verdict()["checks"][0]["reason"] == "ValueError: no luck"


def test_what_breaks_after_a_pass_makes_an_error(house: House) -> None:
    house.checks(
        """
@pytest.fixture
def untidy():
    yield
    raise ValueError("no luck")

@check("EP-01v1")
def test_it(untidy, result): result.passed("x", "fine")
"""
    )

    assert house.gate().ret == 10
    assert house.verdict()["checks"][0]["reason"] == "after the check: ValueError: no luck"


NEEDY = """
@check("EP-01v1", reads=("new.rules", "tenant.organization"), optional_reads=("old.rules",))
def test_it(result):
    result.passed("x", "fine")
"""


def test_a_check_runs_when_its_required_reads_are_ok(house: House) -> None:
    house.checks(NEEDY)
    house.answer("new", "rules", [])
    house.answer("tenant", "organization", {})

    assert house.gate().ret == 0
    assert house.verdict()["checks"][0]["reads"] == ["new:rules", "tenant:organization"]


@pytest.mark.parametrize("outcome", [outcome for outcome in Outcome if outcome is not Outcome.OK])
def test_a_required_read_without_a_value_makes_an_error_that_names_it(house: House, outcome: Outcome) -> None:
    house.checks(NEEDY)
    house.answer("new", "rules", [])
    house.refuse("tenant", "organization", outcome, "because")

    assert house.gate().ret == 10
    assert house.verdict()["checks"][0]["reason"] == f"tenant: organization: {outcome} (because)"


def test_a_required_read_nobody_asked_makes_an_error(house: House) -> None:
    house.checks(NEEDY)
    house.answer("new", "rules", [])

    assert house.gate().ret == 10
    assert house.verdict()["checks"][0]["reason"] == "tenant: organization: not asked"


def test_a_server_that_the_plan_takes_out_of_service_may_be_silent(house: House) -> None:
    environment = house.pytester.path / "environment.toml"
    environment.write_text(environment.read_text() + 'old_exit = "stopped"\n', encoding="utf-8")
    house.checks(
        """
@check("EP-01v1", gates=("deployed", "soak"), reads=("old.service",))
def test_it(result, swing_gate_run):
    result.passed("old", "silent, as it may be")

@check("EP-02v1", gates=("soak",), reads=("old.service",))
def test_it_needs_the_answer(result, swing_gate_run):
    swing_gate_run.answers.find("old", "service").get()
"""
    )
    house.refuse("old", "service", Outcome.UNREACHABLE, "no route")

    house.gate(gate="soak")
    at_soak = {check["id"]: check["state"] for check in house.verdict()["checks"]}
    house.gate(gate="deployed")

    assert at_soak == {"EP-01v1": "pass", "EP-02v1": "error"}
    assert house.verdict()["checks"][0]["state"] == "error"


def test_a_read_of_a_purpose_no_server_has_makes_an_error(house: House) -> None:
    house.checks(NEEDY.replace("new.rules", "standby.group_references"))
    house.answer("tenant", "organization", {})

    assert house.gate().ret == 10
    assert house.verdict()["checks"][0]["reason"] == "standby: group_references: not asked"


def test_a_read_that_is_too_old_when_judged_makes_an_error(house: House) -> None:
    house.checks(NEEDY)
    house.answer("new", "rules", [], age=timedelta(days=2))
    house.answer("tenant", "organization", {})

    assert house.gate().ret == 10
    assert "new: rules: stale" in house.verdict()["checks"][0]["reason"]


def test_a_pass_whose_read_grows_old_before_the_verdict_becomes_an_error(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    house.checks(NEEDY.replace('result.passed("x", "fine")', f'result.passed("x", "fine"); {GROW_OLD}'))
    house.answer("new", "rules", [])
    house.answer("tenant", "organization", {})
    monkeypatch.setattr("plugins.sources.max_age", lambda _: timedelta(hours=1))

    assert house.gate().ret == 10
    assert house.verdict()["checks"][0]["reason"].startswith("no longer holds at the verdict: new: rules: stale")


def test_a_traceback_stands_in_the_report_only_for_what_nobody_expected(house: House) -> None:
    house.checks('@check("EP-01v1")\ndef test_it(result):\n    raise KeyError("k")\n')

    done = house.gate()

    done.stdout.no_fnmatch_line("*Traceback*")
    done.stdout.no_fnmatch_line("*raise KeyError*")


def test_tracebacks_are_shown_when_they_are_asked_for(house: House) -> None:
    house.checks('@check("EP-01v1")\ndef test_it(result):\n    raise KeyError("k")\n')

    house.gate("--tb=short").stdout.fnmatch_lines(["*raise KeyError*"])


def test_what_keeps_many_checks_untold_is_said_once_with_its_own_remedy(house: House) -> None:
    house.checks("".join(NEEDY.replace("EP-01v1", f"EP-0{n}v1").replace("test_it", f"test_{n}") for n in range(1, 4)))
    house.refuse("new", "rules", Outcome.UNREACHABLE, "no route")
    house.refuse("tenant", "organization", Outcome.DENIED, "403")

    house.gate()

    document = house.verdict()
    assert document["reasons"] == [
        (
            "new: unreachable (no route): EP-01v1, EP-02v1, EP-03v1 could not be told. "
            "What to do: see that new.example:5986 can be reached from here, with a certificate that ca_file trusts."
        ),
        (
            "tenant: organization: denied (403): EP-01v1, EP-02v1, EP-03v1 could not be told. "
            "What to do: give the identity for tenant this right: Organization.Read.All."
        ),
    ]
    assert document["checks"][0]["reason"] == "new: rules: unreachable (no route); tenant: organization: denied (403)"


def test_an_answer_missed_inside_a_check_has_the_remedy_of_its_cause(house: House) -> None:
    house.checks(
        '@check("EP-01v1", optional_reads=("old.rules",))\n'
        'def test_it(result, swing_gate_run):\n    swing_gate_run.answers.find("old", "rules").get()\n'
    )
    house.refuse("old", "rules", Outcome.AUTHENTICATION, "401")

    house.gate()

    assert house.verdict()["checks"][0]["remedy"].startswith("correct account and secret for old in the environment")


@pytest.mark.parametrize("outcome", [*(outcome for outcome in Outcome if outcome is not Outcome.OK), NOT_ASKED])
def test_every_way_to_lack_a_read_has_a_remedy(outcome: str) -> None:
    nowhere = cast("Environment", SimpleNamespace(servers={}))

    (cause,) = causes([Lack("old", "rules", "", str(outcome), "")], nowhere)

    assert cause.text().endswith(str(outcome))
    assert cause.remedy


OPTIONAL = """
from fixtures.answers import MissingAnswer
@check("EP-01v1", severity="advisory", optional_reads=("tenant.organization",))
def test_it(result, swing_gate_run):
    try:
        swing_gate_run.answers.find("tenant", "organization").get()
    except MissingAnswer as missing:
        result.inconclusive("tenant", missing)
"""


def test_an_inconclusive_for_want_of_an_answer_has_the_remedy_of_its_cause(house: House) -> None:
    house.checks(OPTIONAL)
    house.refuse("tenant", "organization", Outcome.DENIED, "403")

    house.gate()

    (check,) = house.verdict()["checks"]
    assert (check["state"], check["reason"]) == ("inconclusive", "tenant: organization: denied (403)")
    assert check["remedy"] == "give the identity for tenant this right: Organization.Read.All."


def test_an_inconclusive_with_a_reason_of_its_own_too_keeps_the_fix_of_the_check(house: House) -> None:
    house.checks(OPTIONAL + '    result.inconclusive("old", "no age is known")\n')
    house.refuse("tenant", "organization", Outcome.DENIED, "403")

    house.gate()

    (check,) = house.verdict()["checks"]
    assert check["state"] == "inconclusive"
    assert "right" not in check["remedy"]


def test_a_reason_on_the_screen_names_the_group_or_rule_it_is_about(house: House) -> None:
    house.checks(
        '@check("LG-01v1")\n'
        "def test_it(result):\n"
        '    result.failed("CN=Staff", "there is no such object")\n'
        '@check("LG-02v1")\n'
        "def test_that(result):\n"
        '    result.failed("old", "old is behind")\n'
    )

    house.gate()

    first, second = house.verdict()["reasons"]
    assert first.startswith("LG-01v1, fail: CN=Staff: there is no such object.")
    assert second.startswith("LG-02v1, fail: old is behind.")
