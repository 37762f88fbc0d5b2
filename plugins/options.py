"""The options of the house, known to pytest before it looks for a root directory.

pytest takes the value of an option it does not know yet for a path: `--environment /elsewhere/environment.toml` would
make `/elsewhere` the root directory and leave our `conftest.py` unread. So this module is registered as an installed
plugin (`swing_gate.dist-info`), and where the root directory came out wrong it runs pytest again from the right one.
"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from plugins.gates import GATES
from plugins.zero import PROVEN, OnlyGoIsZero

ROOT = Path(__file__).resolve().parents[1]
OPENING = "plugins.opening"
PATH_OPTIONS = (
    "--environment",
    "--report-dir",
    "--waivers",
    "--replay",
    "--baseline",
    "--write-review",
    "--collect-script",
    "--sign-key",
    "--redact-key",
    "--verify-evidence",
    "--verify-key",
)
_HOW = f"start `python -m pytest` in {ROOT}, without --noconftest and --confcutdir"
ALONE = ("gate", "list_gates", "list_checks", "collect_script", "verify_evidence")
"""Options of which one must be there for anything to be done."""
STARTED_AGAIN = "SWING_GATE_STARTED_AGAIN"
"""Variable of a run that was started by this one: a root directory that will not be set is tried once."""


def pytest_addoption(parser: pytest.Parser, pluginmanager: pytest.PytestPluginManager) -> None:
    """Add the options of the house, and the watch over exit code 0."""
    pluginmanager.register(OnlyGoIsZero())
    group = parser.getgroup("swing gate")
    group.addoption("--gate", metavar="NAME", help=f"answer the question of a gate: {', '.join(GATES)}")
    group.addoption("--environment", metavar="FILE", help="the environment file: which servers, which tenant")
    group.addoption("--waivers", metavar="FILE", help="decisions to let known results pass, each bound and dated")
    group.addoption("--rehearsal", action="store_true", help="mark the verdict as a rehearsal")
    group.addoption("--as-of", metavar="TIME", help="judge by another day; needs --rehearsal")
    group.addoption(
        "--wait", metavar="TIME", help="wait for a cycle or the first export (switched, soak): 90s, 20m, 1h"
    )
    group.addoption("--dry-run", action="store_true", help="show what a gate would ask of whom; ask nothing")
    group.addoption("--report-dir", metavar="DIR", help="where runs are written (reports/runs)")
    group.addoption("--replay", metavar="BUNDLE", help="judge an evidence.zip again, without servers and tenant")
    group.addoption("--baseline", metavar="BUNDLE", help="compare with an accepted run's evidence.zip")
    group.addoption("--write-review", metavar="FILE", help="write a draft of the review of pending exports")
    group.addoption(
        "--collect-script",
        metavar="OUT.ps1",
        help="write the collector, which reads a server without remoting; --environment gives it groups and window",
    )
    group.addoption("--redact", action="store_true", help="also write a copy without names, to be given away")
    group.addoption("--redact-key", metavar="FILE", help="key of the tokens, so that runs can be read together")
    group.addoption("--oscal", action="store_true", help="also write OSCAL assessment results")
    group.addoption("--sign-key", metavar="FILE", help="sign the statement about the run with this private key (PEM)")
    group.addoption("--verify-evidence", metavar="RUN", help="verify a signed run folder, or its envelope; run nothing")
    group.addoption("--verify-key", metavar="FILE", help="the public key (PEM) evidence must be signed for")
    group.addoption("--list-gates", action="store_true", help="list the gates")
    group.addoption(
        "--list-checks",
        nargs="?",
        const="table",
        choices=("table", "json"),
        metavar="table|json",
        help="list the checks",
    )


@pytest.hookimpl(tryfirst=True)
def pytest_cmdline_main(config: pytest.Config) -> int | None:
    """Start again from the root directory of the suite when a gate was asked for from anywhere else."""
    here = config.invocation_params.dir
    opened = config.pluginmanager.has_plugin(str(ROOT / "conftest.py")) or here == ROOT
    if not any(config.getoption(option) for option in ALONE) or (config.rootpath == ROOT and opened):
        return None
    if STARTED_AGAIN in os.environ:
        raise pytest.UsageError(f"the root directory must be {ROOT}: run this without --rootdir, --config-file and --")
    arguments = with_absolute_paths([str(argument) for argument in config.invocation_params.args], here)
    arguments += [f"--rootdir={ROOT}", f"--config-file={ROOT / 'pyproject.toml'}"]  # the last one counts
    again, variables = [sys.executable, "-m", "pytest", *arguments], {**os.environ, STARTED_AGAIN: "1"}
    if os.name == "posix":  # in the same process: a signal to it must not leave another one reading on
        sys.stdout.flush()
        sys.stderr.flush()
        os.chdir(ROOT)
        os.execve(sys.executable, again, variables)  # noqa: S606 - the arguments are our own
    config.stash[PROVEN] = True  # by the other process, whose code is passed on
    return subprocess.run(again, cwd=ROOT, check=False, env=variables).returncode  # noqa: S603


@pytest.hookimpl(trylast=True)
def pytest_configure(config: pytest.Config) -> None:
    """Refuse a gate that nobody opened: without our `conftest.py` (`--noconftest`) it would run as ordinary tests."""
    if config.getoption("verify_evidence"):
        raise pytest.UsageError(
            f"--verify-evidence: {ROOT / 'conftest.py'} was not loaded, so nothing was verified; {_HOW}"
        )
    if config.getoption("gate") and not config.pluginmanager.has_plugin(OPENING):
        raise pytest.UsageError(f"--gate: {ROOT / 'conftest.py'} was not loaded, so no gate was opened; {_HOW}")


def with_absolute_paths(arguments: list[str], here: Path) -> list[str]:
    """The command line with the values of our path options made absolute, as seen from *here*."""
    absolute: list[str] = []
    value_follows = False
    for argument in arguments:
        option, equals, value = argument.partition("=")
        if value_follows:
            absolute.append(str(here / argument))
        elif equals and option in PATH_OPTIONS:
            absolute.append(f"{option}={here / value}")
        else:
            absolute.append(argument)
        value_follows = argument in PATH_OPTIONS
    return absolute
