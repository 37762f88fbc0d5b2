"""The options are known early, wherever the environment file lies."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from plugins.options import ROOT, with_absolute_paths


def test_values_of_path_options_become_absolute_in_both_spellings() -> None:
    here = Path("/change/window")

    absolute = with_absolute_paths(
        ["--gate", "promote", "--environment", "a.toml", "--report-dir=out", "--tb=short", "--environment=/b.toml"],
        here,
    )

    assert absolute == [
        "--gate",
        "promote",
        "--environment",
        "/change/window/a.toml",
        "--report-dir=/change/window/out",
        "--tb=short",
        "--environment=/b.toml",
    ]


def test_an_environment_file_outside_the_clone_reaches_the_gate(tmp_path: Path) -> None:
    environment = tmp_path / "environment.toml"
    environment.write_text("[plan]\nkind = 'sideways'\n", encoding="utf-8")

    done = subprocess.run(
        [sys.executable, "-m", "pytest", "--gate", "deployed", "--environment", str(environment)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )

    assert done.returncode == 4, done.stdout + done.stderr
    assert "sideways" in done.stdout + done.stderr
