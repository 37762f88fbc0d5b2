"""Exit code 0 means GO, and no older GO stands for a run that did not come to its end."""

from __future__ import annotations

import os
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from plugins.steady import Steady
from tests.plugins.conftest import ENVIRONMENT, House
from tests.plugins.test_gate_run import PASSING
from tests.plugins.test_refusals import alone

if TYPE_CHECKING:
    from pathlib import Path

LOOKING = ("--help", "-h", "-VV", "--markers", "--fixtures", "--fixtures-per-test", "--list-gates")


@pytest.mark.parametrize("option", LOOKING)
def test_an_option_that_only_looks_never_ends_a_gate_with_0(house: House, option: str) -> None:
    house.checks(PASSING)

    first, last = house.run(option, "--gate", "deployed", "--environment", "environment.toml"), house.gate(option)

    assert (first.ret, last.ret) == (4, 4)
    assert house.asked == []
    first.stderr.fnmatch_lines(["*this is no GO*"])


def test_an_option_from_the_environment_does_not_either(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    house.checks(PASSING)
    monkeypatch.setenv("PYTEST_ADDOPTS", "--help")

    assert house.gate().ret == 4


def test_a_plugin_that_makes_every_code_0_makes_no_go(house: House) -> None:
    house.checks('@check("EP-01v1")\ndef test_it(result): result.failed("x", "broken")\n')
    house.pytester.makepyfile(
        kind="""
import pytest

@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_sessionfinish(session):
    yield
    session.exitstatus = 0
"""
    )
    house.pytester.syspathinsert()

    assert house.gate("-p", "kind").ret == 4
    assert house.verdict()["verdict"] == "NO-GO"


def test_the_lists_still_end_with_0_where_no_gate_is_named(house: House) -> None:
    house.checks(PASSING)

    assert (house.run("--list-gates").ret, house.run("--markers").ret) == (0, 0)


@pytest.mark.parametrize("option", ["--rootdir=.", "--config-file=other.ini"])
def test_another_root_directory_is_set_right_or_refused_once(tmp_path: Path, option: str) -> None:
    """The run was started again and again before, each time from within the last one."""
    (tmp_path / "environment.toml").write_text(ENVIRONMENT, encoding="utf-8")
    (tmp_path / "other.ini").write_text("[pytest]\n", encoding="utf-8")

    done = subprocess.run(
        [sys.executable, "-m", "pytest", "--gate=promote", "--environment=environment.toml", "--dry-run", option],
        cwd=tmp_path,
        env=alone(TEST_PASSWORD="x"),
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )

    assert done.returncode == 5, done.stderr
    assert "The gate promote would ask" in done.stdout


@pytest.mark.skipif(os.name != "posix", reason="elsewhere a process cannot become another one")
def test_starting_again_is_the_same_process(tmp_path: Path) -> None:
    """A pipeline that stopped the first one left the second one asking the servers on, and pointing latest at it."""
    (tmp_path / "environment.toml").write_text(ENVIRONMENT, encoding="utf-8")
    (tmp_path / "tell.py").write_text(
        "import os, pathlib\n\ndef pytest_configure(config):\n"
        f"    pathlib.Path({str(tmp_path / 'pid')!r}).write_text(str(os.getpid()))\n",
        encoding="utf-8",
    )
    command = [sys.executable, "-m", "pytest", "-p", "tell", "--gate=promote", "--dry-run"]
    variables = alone(TEST_PASSWORD="x")
    variables["PYTHONPATH"] += os.pathsep + str(tmp_path)

    with subprocess.Popen(
        [*command, f"--environment={tmp_path / 'environment.toml'}"],
        cwd=tmp_path,
        env=variables,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    ) as process:
        assert process.wait(60) == 5

    assert (tmp_path / "pid").read_text(encoding="utf-8") == str(process.pid)


def test_a_root_directory_that_cannot_be_set_is_refused(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    house.checks(PASSING)
    monkeypatch.setattr("plugins.options.ROOT", house.pytester.path / "elsewhere")
    monkeypatch.setenv("SWING_GATE_STARTED_AGAIN", "1")

    done = house.gate()

    assert done.ret == 4
    done.stderr.fnmatch_lines(["*the root directory must be*"])


KILLED = '@check("ZZ-01v1")\ndef test_zz(result):\n    import os\n    os._exit(9)\n'


def test_an_older_go_is_not_the_latest_of_a_run_that_was_killed(house: House) -> None:
    house.checks(PASSING)
    assert house.gate().ret == 0
    house.checks(KILLED)

    child = os.fork()
    if child == 0:
        os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
        house.gate()
        os._exit(0)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 9

    assert not (house.runs / "latest").exists()


def test_an_older_go_is_not_the_latest_where_the_new_verdict_cannot_be_written(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    house.checks(PASSING)
    assert house.gate().ret == 0
    monkeypatch.setattr("os.fsync", lambda _: (_ for _ in ()).throw(OSError(28, "No space left on device")))

    assert house.gate().ret == 10
    assert not (house.runs / "latest").exists()


def test_a_latest_that_is_no_pointer_is_refused(house: House) -> None:
    house.checks(PASSING)
    (house.runs / "latest").mkdir(parents=True)

    done = house.gate()

    assert done.ret == 4
    done.stderr.fnmatch_lines(["*latest cannot be replaced*"])
    assert [path.name for path in house.runs.iterdir()] == ["latest"]


def test_a_clock_that_went_back_makes_ages_unsure() -> None:
    steady = Steady()

    assert list(steady.troubles(datetime.now(UTC))) == []
    assert list(steady.troubles(datetime.now(UTC) + timedelta(hours=1))) == []
    (trouble,) = steady.troubles(datetime.now(UTC) - timedelta(hours=1))
    assert "went back by 3,600 s" in trouble


def test_a_clock_that_goes_back_in_a_run_is_no_go(house: House) -> None:
    house.checks(
        '@check("EP-01v1")\ndef test_it(result, pytestconfig):\n'
        "    from plugins.evidence import EVIDENCE\n    from plugins.steady import Steady\n"
        "    from datetime import datetime, timedelta, UTC\n"
        "    pytestconfig.stash[EVIDENCE].steady = Steady(datetime.now(UTC) + timedelta(hours=1))\n"
        '    result.passed("x", "fine")\n'
    )

    assert house.gate().ret == 10
    assert "The clock of this machine went back" in house.verdict()["reasons"][0]
