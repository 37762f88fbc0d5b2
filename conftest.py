"""The front door of pytest: the options of the house, and what happens with and without a gate.

Without `--gate` nothing of the suite is loaded, and `tests_validation/` is closed: it holds checks, and checks are run
by a gate.
"""

from __future__ import annotations

import importlib
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from plugins import options, room
from plugins.gates import GATES

if TYPE_CHECKING:
    from types import ModuleType

MARKER = (
    "check(id, *, title, severity, gates, claims, pitfalls, reads, optional_reads, servers, fix, links, waivable): "
    "a check of the suite"
)
OPENING = "plugins.opening"
NEED_A_GATE = (
    "environment",
    "waivers",
    "rehearsal",
    "as_of",
    "dry_run",
    "report_dir",
    "replay",
    "baseline",
    "write_review",
    "sign_key",
    "redact",
    "redact_key",
    "oscal",
    "wait",
)

pytest_plugins = ("plugins.options", "pytester")
"""The options, unless they are registered already; `pytester` is for the tests and acts only where it is asked for."""


@pytest.hookimpl(tryfirst=True)
def pytest_cmdline_main(config: pytest.Config) -> int | None:
    """Answer what needs no run. -f is refused here: pytest-xdist starts its loop before anything is configured."""
    if config.getoption("gate") and config.getoption("looponfail", False):
        raise pytest.UsageError("-f runs what failed again until it passes: in a gate the first result counts")
    if config.getoption("collect_script"):
        if config.getoption("gate"):
            raise pytest.UsageError("--collect-script writes a script and judges nothing: use it without --gate")
        return _answer("plugins.collecting", config)
    if config.getoption("verify_evidence"):
        return _answer("plugins.verification", config)
    if not config.getoption("list_gates") and not config.getoption("list_checks"):
        return None
    return _answer("plugins.listing", config)


def pytest_configure(config: pytest.Config) -> None:
    """Open the gate, or see to it that no check runs without one."""
    config.stash[room.HOME] = Path(__file__).parent
    config.addinivalue_line("markers", MARKER)
    if config.getoption("list_checks"):
        return
    if config.getoption("gate") is not None:
        _refuse_two_clones()
        config.pluginmanager.register(_loaded(OPENING), OPENING)
        if not config.pluginmanager.has_plugin(OPENING):
            raise pytest.UsageError(f"a gate needs the plugin {OPENING}, which is not loaded")
        return
    if config.getoption("collect_script"):
        return
    for option in NEED_A_GATE:
        if config.getoption(option):
            raise pytest.UsageError(f"--{option.replace('_', '-')} needs --gate ({', '.join(GATES)})")
    room.refuse_paths(config)


def _answer(name: str, config: pytest.Config) -> int:
    code: int = _loaded(name).answer(config)
    return code


def _loaded(name: str) -> ModuleType:
    """Load a module of the suite: only where it is asked for. Raises pytest.UsageError where a package is missing."""
    try:
        return importlib.import_module(name)
    except ModuleNotFoundError as missing:
        package = (missing.name or "").partition(".")[0]
        if (Path(__file__).parent / package).exists():
            raise
        raise pytest.UsageError(
            f"the package {package} is not installed for {sys.executable}: install requirements/suite.txt, "
            "or set PYTHONPATH to .tox/site (README, Ask a gate)"
        ) from missing


def _refuse_two_clones() -> None:
    """Raise pytest.UsageError where the plugins lie in another clone: pytest looks there for an environment file."""
    here = Path(__file__).resolve().parent
    if here != options.ROOT:
        raise pytest.UsageError(
            f"--gate: the checks of {here} would be run by the plugins of {options.ROOT}: "
            f"start pytest in {options.ROOT}, or keep the environment file in no other clone"
        )


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Refuse checks that were reached without a gate."""
    if config.getoption("gate") is None:
        room.refuse_items(config, items)


def pytest_ignore_collect(collection_path: Path, config: pytest.Config) -> bool | None:
    """Keep finished runs out of collection."""
    return True if collection_path == room.folder_of_runs(config) else None
