"""The side door: the house's options, also when pytest starts from somewhere else.

pytest decides where its root is before any conftest has told it which options take a value. In `pytest --gate promote
--environment /srv/gate/environment.toml` it takes the file for a path of tests, so its root becomes `/srv/gate` and the
front door is never read. This plugin is found by its entry point (`pytest11`), notices that, and opens the door.
"""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path

import pytest

HOME = Path(__file__).parents[1]
_FRONT = HOME / "conftest.py"
_OPTIONS = ("--gate", "--list-gates", "--list-checks")


@pytest.hookimpl(tryfirst=True)
def pytest_load_initial_conftests(early_config: pytest.Config, args: list[str]) -> None:
    """Load the front door, when an option of the house was given and pytest's root is not the house."""
    asked = any(argument.partition("=")[0] in _OPTIONS for argument in args)
    if not asked or early_config.rootpath == HOME or early_config.pluginmanager.has_plugin(str(_FRONT)):
        return
    if str(HOME) not in sys.path:
        sys.path.insert(0, str(HOME))
    spec = importlib.util.spec_from_file_location("swing_gate_conftest", _FRONT)
    if spec is None or spec.loader is None:
        raise pytest.UsageError(f"{_FRONT} cannot be read")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    early_config.pluginmanager.register(module, str(_FRONT))
