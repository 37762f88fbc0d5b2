"""Exit code 0 of a gate means GO [semantics §1]: whatever else would end with 0 is refused here.

`--help`, `--markers`, `--fixtures`, the lists of the house, commands and exit codes of other plugins: a pipeline that
looks at the code alone, and an environment variable with an option in it, must not make a GO of them.
"""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Generator

PROVEN = pytest.StashKey[bool]()
"""In `config.stash` once a GO stands under its final name, or was verified, or another process answers for it."""


def gate_asked_for(config: pytest.Config) -> bool:
    """Tell whether a gate was named. `--help` ends pytest's own reading of the command line before it came to it."""
    given = (str(argument).partition("=")[0] for argument in config.invocation_params.args)
    return config.getoption("gate", None) is not None or "--gate" in given


class OnlyGoIsZero:
    """Looks at the exit code outside of every other plugin."""

    @pytest.hookimpl(wrapper=True, tryfirst=True)
    def pytest_cmdline_main(self, config: pytest.Config) -> Generator[None, int | None, int | None]:
        """Turn a 0 that nothing stands behind into a usage error."""
        code = yield
        if code == pytest.ExitCode.OK and gate_asked_for(config) and not config.stash.get(PROVEN, False):
            print(  # noqa: T201 - the terminal plugin may not be there
                "ERROR: --gate: something else was done instead of judging the gate, so this is no GO: "
                "run it without --help, --markers, --fixtures and their like, also in PYTEST_ADDOPTS",
                file=sys.stderr,
            )
            return int(pytest.ExitCode.USAGE_ERROR)
        return code
