"""A bundle made against the lab judges again in another copy of the suite, with the lab gone, to the same digest."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import zipfile
from typing import TYPE_CHECKING, Any

import pytest

from tests.e2e.driver import GATE_WITHIN, ROOT, Lab, run_gate

if TYPE_CHECKING:
    from pathlib import Path

COPIED = ("conftest.py", "pyproject.toml", "fixtures", "plugins", "reports", "requirements", "tests_validation")
GATES = ("deployed", "promote", "prepare")


@pytest.fixture(scope="module")
def bundles(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """The bundle of each gate; the lab that answered is stopped and its files are gone."""
    folder = tmp_path_factory.mktemp("made")
    found = {}
    with Lab(folder / "lab") as lab:
        for gate in GATES:
            run = run_gate(gate, lab.environment, folder / "runs")
            assert run.folder is not None, run.output
            found[gate] = run.folder / "evidence.zip"
    shutil.rmtree(folder / "lab")
    return found


@pytest.fixture(scope="module")
def elsewhere(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the suite in another folder."""
    home = tmp_path_factory.mktemp("elsewhere") / "swing-gate"
    home.mkdir()
    for name in (*COPIED, *(path.name for path in ROOT.glob("*.dist-info"))):
        if (ROOT / name).is_dir():
            shutil.copytree(ROOT / name, home / name, ignore=shutil.ignore_patterns("runs", "__pycache__"))
        else:
            shutil.copy2(ROOT / name, home / name)
    return home


def replay(home: Path, gate: str, bundle: Path, runs: Path) -> tuple[int, dict[str, Any], str]:
    kept = [entry for entry in os.environ.get("PYTHONPATH", "").split(os.pathsep) if entry and entry != str(ROOT)]
    variables = {name: value for name, value in os.environ.items() if not name.startswith(("PYTEST_", "COV_"))}
    variables["PYTHONPATH"] = os.pathsep.join([str(home), *kept])
    variables["PYTHONHASHSEED"] = "7"
    variables["TZ"] = "Pacific/Auckland"
    command = [sys.executable, "-m", "pytest", "--gate", gate, "--replay", str(bundle), "--report-dir", str(runs)]
    done = subprocess.run(
        command, cwd=home, env=variables, capture_output=True, text=True, timeout=GATE_WITHIN, check=False
    )
    written = sorted(runs.glob("*/verdict.json"))
    verdict = json.loads(written[-1].read_text(encoding="utf-8")) if written else {}
    return done.returncode, verdict, done.stdout + done.stderr


@pytest.mark.parametrize("gate", GATES)
def test_another_copy_of_the_suite_comes_to_the_same_digest(
    bundles: dict[str, Path], elsewhere: Path, tmp_path: Path, gate: str
) -> None:
    made = json.loads((bundles[gate].parent / "verdict.json").read_text(encoding="utf-8"))

    code, verdict, output = replay(elsewhere, gate, bundles[gate], tmp_path)

    assert verdict, output
    assert verdict["replay"]["differences"] == []
    assert verdict["result_digest"] == made["result_digest"]
    assert (code, verdict["verdict"], verdict["reasons"]) == (made["exit_code"], made["verdict"], made["reasons"])
    assert (verdict["made_at"], verdict["valid_until"]) == (made["made_at"], made["valid_until"])
    assert "NOT A RELEASE" in output


def test_any_changed_member_is_refused_by_name_without_a_run(
    bundles: dict[str, Path], elsewhere: Path, tmp_path: Path
) -> None:
    with zipfile.ZipFile(bundles["deployed"]) as archive:
        info = max(archive.infolist(), key=lambda info: info.compress_size)
    changed = bytearray(bundles["deployed"].read_bytes())
    changed[info.header_offset + 30 + len(info.filename) + info.compress_size - 1] ^= 0x80
    (tmp_path / "changed.zip").write_bytes(changed)

    code, verdict, output = replay(elsewhere, "deployed", tmp_path / "changed.zip", tmp_path / "runs")

    assert (code, verdict) == (4, {})
    assert f"changed since it was written: {info.filename}: " in output
