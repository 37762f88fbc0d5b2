"""A bundle made against the lab judges again in another copy of the suite, with the lab gone, to the same digest."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import zipfile
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pytest

from tests.e2e.driver import GATE_WITHIN, ROOT, GateRun, Lab, run_gate

if TYPE_CHECKING:
    from pathlib import Path

COPIED = ("conftest.py", "pyproject.toml", "fixtures", "plugins", "reports", "requirements", "tests_validation")
GATES = ("deployed", "promote", "prepare")


@dataclass(frozen=True)
class Made:
    """What was made while there was a lab."""

    bundles: dict[str, Path]
    later: GateRun
    """`deployed` once more, after further cycles, beside the first one."""


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Made:
    """Runs of each gate; the lab that answered is stopped and its files are gone."""
    folder = tmp_path_factory.mktemp("made")
    found = {}
    with Lab(folder / "lab") as lab:
        for gate in GATES:
            run = run_gate(gate, lab.environment, folder / "runs")
            assert run.folder is not None, run.output
            found[gate] = run.folder / "evidence.zip"
        for server in ("old", "new"):
            lab.step("complete-cycles", server=server, count=1)
        later = run_gate("deployed", lab.environment, folder / "later", "--baseline", str(found["deployed"]))
    shutil.rmtree(folder / "lab")
    return Made(found, later)


@pytest.fixture(scope="module")
def bundles(made: Made) -> dict[str, Path]:
    """The bundle of each gate."""
    return made.bundles


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


def test_what_moves_by_itself_between_two_runs_never_shows(made: Made) -> None:
    beside = made.later.verdict["baseline"]

    for kind in ("newly_failing", "fixed", "newly_waived", "waivers_ending", "flapping", "method_changed", "facts"):
        assert beside[kind] == [], made.later.output
    assert beside["environment_changed"] is False
    assert {group["limit"] for group in made.later.verdict["figures"]["groups"]} == {50_000}
    assert {row["server"] for row in made.later.verdict["figures"]["pending"]} == {"old", "new"}
    assert {cycle["server"] for cycle in made.later.verdict["figures"]["cycles"]} >= {"new"}


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
