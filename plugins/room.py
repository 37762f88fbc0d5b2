"""The home of the suite, and the room of the checks, which is closed to a run that names no gate."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from plugins.gates import GATES

if TYPE_CHECKING:
    from pathlib import Path

HOME = pytest.StashKey["Path"]()
"""Where the front door stands, in `config.stash`. pytest's own root may be elsewhere: it follows the arguments."""

_ROOM = "tests_validation"
_RUNS = ("reports", "runs")
_CLOSED = f"{_ROOM}/ holds checks, not tests: name a gate with --gate ({', '.join(GATES)})"


def room_of_checks(config: pytest.Config) -> Path:
    """Return the folder all checks stand in."""
    return config.stash[HOME] / _ROOM


def folder_of_runs(config: pytest.Config) -> Path:
    """Return the folder finished runs are written to, unless --report-dir says otherwise."""
    return config.stash[HOME].joinpath(*_RUNS)


def refuse_paths(config: pytest.Config) -> None:
    """Raise pytest.UsageError when an argument leads into the room and no gate is named."""
    given = [config.invocation_params.dir / argument.partition("::")[0] for argument in config.args]
    if any(path.resolve().is_relative_to(room_of_checks(config)) for path in given):
        raise pytest.UsageError(_CLOSED)


def refuse_items(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Raise pytest.UsageError when checks were collected as if they were ordinary tests."""
    if any(item.path.is_relative_to(room_of_checks(config)) for item in items):
        raise pytest.UsageError(_CLOSED)
