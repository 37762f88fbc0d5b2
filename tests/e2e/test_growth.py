"""Group sizes of an accepted run come with the run that was compared with it: a replay needs no baseline."""

from __future__ import annotations

import json
import subprocess
import sys
from typing import TYPE_CHECKING, Any

from tests.e2e.driver import GATE_WITHIN, ROOT, Lab, run_gate

if TYPE_CHECKING:
    from pathlib import Path


def replay(bundle: Path, reports: Path) -> dict[str, Any]:
    """What `verdict.json` says when the bundle is judged again."""
    command = [
        sys.executable,
        "-m",
        "pytest",
        "--gate",
        "promote",
        "--replay",
        str(bundle),
        "--report-dir",
        str(reports),
    ]
    subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=GATE_WITHIN, check=False)
    (written,) = (path for path in reports.glob("*-promote*/verdict.json") if not path.parent.is_symlink())
    verdict: dict[str, Any] = json.loads(written.read_text(encoding="utf-8"))
    return verdict


def test_a_run_with_a_baseline_is_replayed_to_the_same_results_without_it(tmp_path: Path) -> None:
    with Lab(tmp_path / "lab") as lab:
        accepted = run_gate("promote", lab.environment, tmp_path / "runs")
        assert accepted.folder is not None
        baseline = accepted.folder / "evidence.zip"
        lab.fault("group-grows")
        compared = run_gate("promote", lab.environment, tmp_path / "runs", f"--baseline={baseline}")
    assert compared.folder is not None
    bundle = compared.folder / "evidence.zip"
    baseline.unlink()

    again = replay(bundle, tmp_path / "again")

    outgrown = [(check, state) for check, _, state in compared.turned() if check.startswith("LG-05")]
    assert outgrown == [("LG-05v1", "fail")]
    assert again["replay"]["differences"] == []
    assert again["result_digest"] == compared.verdict["result_digest"]
