"""A gate run from end to end, without a wire: what is registered, what is returned, what is left behind."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.plugins.conftest import House

PASSING = """
@check("EP-01v1")
def test_passing(result):
    result.passed("thing", "it is as it must be", {"found": 2})
"""
FAILING = """
@check("EP-02v1")
def test_failing(result):
    result.failed("thing", "it is not as it must be", {"found": 1})
"""
UNTOLD = """
@check("EP-03v1")
def test_untold(result):
    result.inconclusive("thing", "it does not say")
"""


def test_all_blocking_checks_passed_is_go_with_code_0(house: House) -> None:
    house.checks(PASSING)

    done = house.gate()

    assert done.ret == 0
    assert house.verdict()["verdict"] == "GO"
    assert house.verdict()["exit_code"] == 0
    done.stdout.fnmatch_lines(["*GO*", "*1 of 1 reported: 1 pass*"])


def test_a_blocking_fail_is_no_go_with_code_1(house: House) -> None:
    house.checks(PASSING + FAILING + UNTOLD)

    done = house.gate()

    assert done.ret == 1
    assert house.verdict()["verdict"] == "NO-GO"
    assert house.verdict()["reasons"][0] == "EP-02v1, fail: thing: it is not as it must be. What to do: Make it so."


def test_what_could_not_be_told_is_undecided_with_code_10(house: House) -> None:
    house.checks(PASSING + UNTOLD)

    assert house.gate().ret == 10
    assert house.verdict()["verdict"] == "UNDECIDED"


@pytest.mark.parametrize(
    "selection",
    [
        ("-k", "passing"),
        ("--deselect", "tests_validation/test_sample.py::test_other"),
        ("tests_validation/test_sample.py::test_passing",),
        ("-m", "not slow"),
    ],
)
def test_a_deselected_check_stays_registered_and_its_silence_rules_out_go(
    house: House, selection: tuple[str, ...]
) -> None:
    house.checks(
        PASSING
        + """
@pytest.mark.filterwarnings("ignore")
@check("EP-09v1")
def test_other(result):
    result.passed("thing", "fine")
"""
    )
    if selection[0] == "-m":
        selection = ("-k", "not other")

    done = house.gate(*selection)

    assert done.ret == 10
    assert (house.verdict()["registered"], house.verdict()["reported"]) == (2, 1)
    assert any("EP-09v1 did not report" in reason for reason in house.verdict()["reasons"])


def test_an_ignored_module_stays_registered(house: House) -> None:
    house.checks(PASSING)
    house.checks('@check("RU-01v1")\ndef test_rules(result): result.passed("rules", "fine")\n', "test_rules")

    assert house.gate("--ignore", "tests_validation/test_rules.py").ret == 10
    assert house.verdict()["registered"] == 2


def test_an_advisory_fail_does_not_stop_the_gate_and_is_listed(house: House) -> None:
    house.checks(PASSING + FAILING.replace('"EP-02v1"', '"EP-02v1", severity="advisory"'))

    assert house.gate().ret == 0
    assert house.verdict()["reasons"] == [
        "EP-02v1, advisory fail: thing: it is not as it must be. What to do: Make it so."
    ]


def test_checks_of_another_gate_are_left_out_without_counting_as_deselected(house: House) -> None:
    house.checks(PASSING + FAILING.replace('"EP-02v1"', '"EP-02v1", gates=("soak",), servers="standby"'))

    done = house.gate("-v")

    assert done.ret == 0
    assert "1 deselected" not in done.stdout.str()
    assert house.verdict()["registered"] == 1


def test_a_check_on_servers_becomes_one_item_per_server(house: House) -> None:
    house.checks(
        """
@pytest.fixture
def server(request):
    return request.param

@check("SC-01v1", servers="each")
def test_scheduler(server, result):
    result.passed(server, "on")
"""
    )

    assert house.gate().ret == 0
    assert sorted(check["server"] for check in house.verdict()["checks"]) == ["new", "old"]
    assert house.verdict()["registered"] == 1


def test_no_server_for_a_check_is_a_usage_error(house: House) -> None:
    house.checks('@check("SC-01v1", servers="standby")\ndef test_standby(server, result): pass\n')

    done = house.gate()

    assert done.ret == 4
    done.stderr.fnmatch_lines(["*SC-01v1 runs on standby servers*names none*"])
    assert not list(house.runs.iterdir())


def test_no_check_for_the_gate_is_never_go(house: House) -> None:
    house.checks(PASSING)

    assert house.gate(gate="soak").ret == 5
    assert house.verdict()["verdict"] == "UNDECIDED"
    assert house.verdict()["exit_code"] == 5


def test_an_interrupted_run_keeps_the_code_of_pytest_and_is_no_go(house: House) -> None:
    house.checks(PASSING + '@check("ZZ-01v1")\ndef test_zz(result): pytest.exit("stopped by a person")\n')

    assert house.gate().ret == 2
    assert house.verdict()["verdict"] == "UNDECIDED"
    assert house.verdict()["exit_code"] == 2


def test_reading_that_breaks_keeps_the_code_of_pytest_and_is_no_go(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    house.checks(PASSING)
    monkeypatch.setattr("plugins.fetching.collect", lambda *_: 1 / 0)

    assert house.gate().ret == 3
    assert (house.verdict()["verdict"], house.verdict()["exit_code"]) == ("UNDECIDED", 3)


def test_stopping_at_the_first_fail_is_still_no_go(house: House) -> None:
    house.checks(FAILING + PASSING)

    assert house.gate("-x").ret == 1
    assert house.verdict()["reported"] == 1


def test_everything_needed_is_asked_once_for_all_registered_checks(house: House) -> None:
    house.checks(
        """
@check("EP-01v1", reads=("new.rules",), optional_reads=("tenant.organization",))
def test_one(result): result.passed("x", "fine")

@check("EP-02v1", reads=("scheduler", "new.rules"))
def test_two(result): result.passed("x", "fine")

@check("EP-03v1", reads=("service",), gates=("soak",))
def test_three(result): result.passed("x", "fine")
"""
    )

    house.gate("-k", "one")

    assert house.asked == [[("new", "rules"), ("new", "scheduler"), ("old", "scheduler"), ("tenant", "organization")]]


def test_the_latest_pointer_leads_to_the_newest_run(house: House) -> None:
    house.checks(PASSING)
    house.gate()
    house.gate()

    names = sorted(path.name for path in house.runs.iterdir() if path.name != "latest")

    assert len(names) == 2
    assert (house.runs / "latest").readlink().name == names[-1] == house.verdict()["run_id"]


def test_a_place_that_cannot_be_written_is_said_before_anyone_is_asked(house: House) -> None:
    house.checks(PASSING)
    (house.pytester.path / "taken").write_text("a file")

    done = house.gate("--report-dir", "taken")

    assert done.ret == 4
    assert house.asked == []
    done.stderr.fnmatch_lines(["*--report-dir: *taken cannot be written*"])
