"""The front door of pytest: the options of the house, and what happens with and without a gate.

Without `--gate` nothing of the suite is loaded, and `tests_validation/` is closed: it holds checks, and checks are run
by a gate.
"""

from __future__ import annotations

import importlib
from pathlib import Path

import pytest

from plugins import room
from plugins.gates import GATES

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
    """Answer what needs no run."""
    if config.getoption("collect_script"):
        if config.getoption("gate"):
            raise pytest.UsageError("--collect-script writes a script and judges nothing: use it without --gate")
        from plugins import collecting  # noqa: PLC0415 - as below

        return collecting.answer(config)
    if config.getoption("verify_evidence"):
        from plugins import verification  # noqa: PLC0415 - as below

        return verification.answer(config)
    if not config.getoption("list_gates") and not config.getoption("list_checks"):
        return None
    from plugins import listing  # noqa: PLC0415 - the suite is loaded only where it is asked for

    return listing.answer(config)


def pytest_configure(config: pytest.Config) -> None:
    """Open the gate, or see to it that no check runs without one."""
    config.stash[room.HOME] = Path(__file__).parent
    config.addinivalue_line("markers", MARKER)
    if config.getoption("list_checks"):
        return
    if config.getoption("gate") is not None:
        config.pluginmanager.register(importlib.import_module(OPENING), OPENING)
        if not config.pluginmanager.has_plugin(OPENING):
            raise pytest.UsageError(f"a gate needs the plugin {OPENING}, which is not loaded")
        return
    if config.getoption("collect_script"):
        return
    for option in NEED_A_GATE:
        if config.getoption(option):
            raise pytest.UsageError(f"--{option.replace('_', '-')} needs --gate ({', '.join(GATES)})")
    room.refuse_paths(config)


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Refuse checks that were reached without a gate."""
    if config.getoption("gate") is None:
        room.refuse_items(config, items)


def pytest_ignore_collect(collection_path: Path, config: pytest.Config) -> bool | None:
    """Keep finished runs out of collection."""
    return True if collection_path == room.folder_of_runs(config) else None
