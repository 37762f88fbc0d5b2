"""What a gate refuses, and with which code."""

from __future__ import annotations

import os
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from tests.plugins.conftest import ENVIRONMENT, ROOT, House
from tests.plugins.test_gate_run import PASSING

if TYPE_CHECKING:
    from pathlib import Path


def alone(**variables: str) -> dict[str, str]:
    """The variables of a process that sees the clone and what is installed, and nothing of this run."""
    return {"PYTHONPATH": os.pathsep.join([str(ROOT), *filter(None, sys.path)]), "PATH": "", **variables}


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (
            ("--gate", "promotion", "--environment", "environment.toml"),
            "*found 'promotion'; accepted: prepare, deploy*",
        ),
        (("--gate", "deployed"), "*--gate needs --environment FILE*"),
        (("--gate", "deployed", "--environment", "absent.toml"), "*absent.toml: cannot be read*"),
        (("--gate", "deployed", "--environment", "wrong.toml"), "*wrong.toml:2: *plan.kind*accepted*"),
        (("--gate", "deployed", "--environment", "environment.toml", "--as-of", "2021-09-01"), "*needs --rehearsal*"),
        (
            ("--gate", "deployed", "--environment", "environment.toml", "--rehearsal", "--as-of", "then"),
            "*--as-of: found 'then'; accepted: 2021-09-01*",
        ),
        (("--gate", "deployed", "--environment", "environment.toml", "--assert=plain"), "*--assert=plain*"),
        (("--gate", "deployed", "--environment", "environment.toml", "--setup-plan"), "*--setup-plan*"),
        (("--gate", "deployed", "--environment", "environment.toml", "--max-warnings=3"), "*--max-warnings*"),
        (("--gate", "deployed", "--environment", "environment.toml", "-p", "no:html"), "*not loaded: html*"),
        (("--gate", "deployed", "--environment", "environment.toml", "-p", "no:plugins.results"), "*plugins.results*"),
        (("--gate", "deployed", "--environment", "environment.toml", "-p", "no:plugins.opening"), "*plugins.opening*"),
        (("--gate", "deployed", "--environment", "environment.toml", "--noconftest"), "*no gate was opened*"),
        (("--verify-evidence", "reports/runs/latest", "--noconftest"), "*nothing was verified*"),
        (
            (
                "--gate",
                "deployed",
                "--environment",
                "environment.toml",
                "--confcutdir=tests_validation",
                "tests_validation",
            ),
            "*no gate was opened*",
        ),
        (("--dry-run",), "*--dry-run needs --gate*"),
        (("--rehearsal",), "*--rehearsal needs --gate*"),
        (("tests_validation",), "*holds checks, not tests: name a gate*"),
        (("tests_validation/test_sample.py::test_passing",), "*holds checks, not tests: name a gate*"),
        ((".",), "*holds checks, not tests: name a gate*"),
    ],
)
def test_it_is_a_usage_error_that_says_what_is_accepted(house: House, arguments: tuple[str, ...], said: str) -> None:
    house.checks(PASSING)
    (house.pytester.path / "wrong.toml").write_text("[plan]\nkind = 'swing'\n")

    done = house.run(*arguments)

    assert done.ret == 4
    assert house.asked == []
    done.stderr.fnmatch_lines([said])


@pytest.mark.parametrize(
    ("plugin", "source", "option"),
    [
        ("forks", "def pytest_addoption(parser): parser.addoption('--forked', action='store_true')", "--forked"),
        ("boxes", "def pytest_addoption(parser): parser.addoption('--boxed', action='store_true')", "--boxed"),
        ("again", "def pytest_addoption(parser): parser.addoption('--reruns', type=int)", "--reruns=2"),
        ("flaky", "", "-pflaky"),
    ],
)
def test_plugins_that_split_or_repeat_a_run_are_usage_errors(
    house: House, plugin: str, source: str, option: str
) -> None:
    house.checks(PASSING)
    house.pytester.makepyfile(**{plugin: source})
    house.pytester.syspathinsert()

    assert house.gate("-p", plugin, option).ret == 4


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ("-n 2", "-n takes checks into other processes*"),
        ("-n 1", "-n takes*"),
        ("-n auto", "-n takes*"),
        ("-d", "--dist takes*"),
        ("--dist loadfile", "--dist takes*"),
        ("--dist load --tx 2*popen", "--dist takes*"),
        ("--tx popen", "--tx takes*"),
        ("-f", "-f runs what failed again until it passes*"),
    ],
)
def test_a_gate_is_judged_in_one_process(
    house: House, monkeypatch: pytest.MonkeyPatch, options: str, said: str
) -> None:
    house.checks(PASSING)

    typed = house.gate(*options.split())
    monkeypatch.setenv("PYTEST_ADDOPTS", options)
    left_behind = house.gate()

    for done in (typed, left_behind):
        assert done.ret == 4
        done.stderr.fnmatch_lines([f"*{said}"])
    assert house.asked == []
    assert not house.runs.exists()


@pytest.mark.parametrize("options", [("-n", "0"), ("--dist=no",), ("-n", "0", "--tx=popen")])
def test_options_that_leave_a_gate_in_one_process_change_nothing(house: House, options: tuple[str, ...]) -> None:
    house.checks(PASSING)

    assert house.gate(*options).ret == 0
    assert house.verdict()["verdict"] == "GO"


@pytest.mark.parametrize("option", ["--co", "--dry-run"])
def test_a_run_that_only_looks_ends_with_5_and_leaves_nothing(house: House, option: str) -> None:
    house.checks(PASSING)

    assert house.gate(option).ret == 5
    assert house.asked == []
    assert not house.runs.exists()


def test_optimized_python_is_a_usage_error(tmp_path: Path) -> None:
    (tmp_path / "environment.toml").write_text(ENVIRONMENT, encoding="utf-8")

    done = subprocess.run(
        [sys.executable, "-O", "-m", "pytest", "--gate=deployed", f"--environment={tmp_path / 'environment.toml'}"],
        cwd=ROOT,
        env=alone(TEST_PASSWORD="x"),
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )

    assert done.returncode == 4
    assert "python -O removes the assertions" in done.stderr


def test_the_dry_run_says_who_would_be_asked_what_with_which_right(house: House) -> None:
    house.checks('@check("EP-01v1", reads=("new.rules", "tenant.organization"))\ndef test_it(result): pass\n')

    house.gate("--dry-run").stdout.fnmatch_lines(
        ["*Nothing was asked.*", "system*target*read*right", "new *new.example:5986*rules*", "*Get-ADSyncRule*",
         "tenant*organization*Organization.Read.All*", "*GET /v1.0/organization*"]
    )  # fmt: skip


WRONG = {
    "an id of another form": ('@check("EP1")\ndef test_it(result): pass', "*found ('EP1',) as id*EP-01v1*"),
    "no marker": ("def test_it(result): pass", "*test_it: found 0 check markers*"),
    "an unknown gate": ('@check("EP-01v1", gates=("go",))\ndef test_it(result): pass', "*found 'go' in gates*"),
    "no gate": ('@check("EP-01v1", gates=())\ndef test_it(result): pass', "*found () for gates*"),
    "an unknown read": ('@check("EP-01v1", reads=("rule",))\ndef test_it(result): pass', "*found 'rule' in reads*"),
    "a tenant read of a server": (
        '@check("EP-01v1", reads=("new.organization",))\ndef test_it(result): pass', "*'new.organization' in reads*",
    ),
    "a pitfall of another form": (
        '@check("EP-01v1", pitfalls=("23",))\ndef test_it(result): pass', "*'23' in pitfalls*"
    ),
    "a claim of another form": ('@check("EP-01v1", claims=("17",))\ndef test_it(result): pass', "*'17' in claims*"),
    "an unknown severity": ('@check("EP-01v1", severity="high")\ndef test_it(result): pass', "*found severity 'high'*"),
    "an unknown word": ('@check("EP-01v1", owner="me")\ndef test_it(result): pass', "*found owner; accepted*"),
    "no explanation": (
        '@pytest.mark.check("EP-01v1", **DOC)\ndef test_it(result):\n    """It."""', "*no section 'Why:'*'Judged:'*",
    ),
    "an id taken twice": (
        '@check("EP-01v1")\ndef test_it(result): pass\n@check("EP-01v2")\ndef test_other(result): pass',
        "*its id EP-01v2 is taken by EP-01v1*",
    ),
    "a class": ("class TestThem:\n    def test_it(self): pass", "*TestThem: a check is a plain function*"),
    "a module that does not import": ("import nothing_of_this_name", "*test_sample.py cannot be imported*"),
}  # fmt: skip


@pytest.mark.parametrize("what", WRONG)
def test_a_check_that_does_not_say_what_it_must_stops_every_gate(house: House, what: str) -> None:
    source, said = WRONG[what]
    house.checks(source)
    house.checks(PASSING.replace("EP-01v1", "OK-01v1"), "test_good")

    done = house.gate("tests_validation/test_good.py")

    assert done.ret == 4
    assert house.asked == []
    done.stderr.fnmatch_lines([said])


def test_ordinary_tests_run_as_ever(house: House) -> None:
    house.checks(PASSING)
    house.pytester.makepyfile(test_ordinary="def test_fine(): pass\ndef test_bad(): assert 1 == 2\n")

    done = house.run("test_ordinary.py")

    done.assert_outcomes(passed=1, failed=1)
    done.stdout.fnmatch_lines(["*assert 1 == 2*"])
    assert not house.runs.exists()


def test_ordinary_tests_do_not_load_the_suite(house: House) -> None:
    house.pytester.makepyfile(
        test_ordinary="""
import sys

def test_it():
    assert "plugins.gates" in sys.modules
    assert not {"fixtures.environment", "fixtures.collect", "plugins.verdict", "plugins.opening"} & set(sys.modules)
"""
    )

    done = subprocess.run(
        [sys.executable, "-m", "pytest", "test_ordinary.py"],
        cwd=house.pytester.path,
        env=alone(),
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )

    assert done.returncode == 0, done.stdout


def test_the_lists_need_no_environment(house: House) -> None:
    house.checks(PASSING)

    gates, table, machine = house.run("--list-gates"), house.run("--list-checks"), house.run("--list-checks=json")

    assert (gates.ret, table.ret, machine.ret) == (0, 0, 0)
    gates.stdout.fnmatch_lines(["promote (after deployed)", "*Can the new server take over now*"])
    table.stdout.fnmatch_lines(["EP-01v1*blocking*A thing is as it must be*deployed*S0-1", "1 checks"])
    assert machine.stdout.str().lstrip().startswith("[")


def test_a_gate_that_is_misspelt_is_told_the_closest_one(house: House) -> None:
    house.run("--gate", "pormote", "--environment", "environment.toml").stderr.fnmatch_lines(["*closest: promote*"])


def test_a_gate_of_another_plan_is_told_those_of_this_one(house: House) -> None:
    done = house.run("--gate", "in-place", "--environment", "environment.toml")

    assert done.ret == 4
    done.stderr.fnmatch_lines(["*accepted for this plan: prepare, deployed, promote, *nightly*"])


def test_a_script_that_cannot_be_written_is_a_usage_error(house: House) -> None:
    done = house.run("--collect-script", "nowhere/collector.ps1")

    assert done.ret == 4
    done.stderr.fnmatch_lines(["*nowhere/collector.ps1 cannot be written: No such file or directory*"])


def test_plugins_of_another_clone_judge_nothing_here(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    house.checks(PASSING)
    elsewhere = house.pytester.mkdir("elsewhere")
    monkeypatch.setattr("plugins.options.ROOT", elsewhere)
    monkeypatch.setattr("plugins.options.ALONE", ())

    done = house.gate()

    assert done.ret == 4
    assert house.asked == []
    done.stderr.fnmatch_lines([f"*would be run by the plugins of {elsewhere}*"])


def test_a_package_that_is_not_installed_is_named_with_what_to_do() -> None:
    asked = ["--gate", "deployed", "--environment", "docs/environment.toml"]
    without = f"import sys; sys.modules['pydantic'] = None; import pytest; sys.exit(pytest.main({asked}))"

    done = subprocess.run(
        [sys.executable, "-c", without], cwd=ROOT, env=alone(), capture_output=True, text=True, timeout=60, check=False
    )

    assert done.returncode == 4, done.stdout + done.stderr
    assert "the package pydantic is not installed for" in done.stderr
    assert "requirements/suite.txt" in done.stderr


def test_a_gate_is_opened_from_any_folder_though_the_environment_lies_in_the_clone(tmp_path: Path) -> None:
    asked = ["--gate", "deployed", "--environment", str(ROOT / "docs/environment.toml"), "--dry-run"]

    done = subprocess.run(
        [sys.executable, "-m", "pytest", *asked],
        cwd=tmp_path,
        env=alone(),
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )

    assert done.returncode == 5, done.stdout + done.stderr
    assert "Nothing was asked." in done.stdout
