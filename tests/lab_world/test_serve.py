from __future__ import annotations

import json
import signal
import socket
import subprocess
import sys
import urllib.request
from pathlib import Path

import pytest

from lab.__main__ import main

ROOT = Path(__file__).resolve().parents[2]
OPENER = urllib.request.build_opener(urllib.request.ProxyHandler({}))


def run(monkeypatch: pytest.MonkeyPatch, *arguments: str) -> int:
    monkeypatch.setattr(sys, "argv", ["lab", *arguments])
    return main()


def test_a_lab_serves_until_it_is_told_to_stop(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = tmp_path / "lab"
    command = [sys.executable, "-m", "lab", "serve", "--dir", str(folder), "--scenario", "v2-start"]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout is not None
            assert process.stdout.readline().startswith("lab ready: scenario v2-start")
            contract = json.loads((folder / "lab.json").read_text())
            for server in contract["servers"].values():
                for port in (server["https_port"], server["http_port"]):
                    socket.create_connection((server["host"], port), timeout=30).close()
            assert run(monkeypatch, "step", "start-cycle", "--dir", str(folder), "--arg", "server=old") == 0
            assert run(monkeypatch, "fault", "scheduler-off", "--dir", str(folder)) == 0
            assert run(monkeypatch, "fault", "scheduler-off", "--dir", str(folder), "--undo") == 0
            assert run(monkeypatch, "step", "nope", "--dir", str(folder)) == 1
            assert "no step 'nope'" in capsys.readouterr().err
            with OPENER.open(contract["control_url"] + "/log", timeout=30) as answer:
                assert len(answer.read().splitlines()) == 4
            assert run(monkeypatch, "reset", "--dir", str(folder), "--scenario", "2021") == 0
            assert 'kind = "version-swing"' in (folder / "environment.toml").read_text()
        finally:
            process.send_signal(signal.SIGTERM)
        assert process.wait(timeout=20) == 0
        assert process.stdout.read() == ""
    with pytest.raises(OSError, match="refused"):
        socket.create_connection(("127.0.0.1", contract["servers"]["old"]["https_port"]), timeout=30)


@pytest.mark.parametrize(("kind", "name"), [("step", "set-staging-mode"), ("fault", "limit-250001")])
def test_steps_and_faults_are_listed_without_a_running_lab(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], kind: str, name: str
) -> None:
    assert run(monkeypatch, kind, "--list") == 0
    listed = capsys.readouterr().out
    assert f"\n{name}\n" in f"\n{listed}"
    assert "--arg server=…" in listed


def test_a_step_without_a_name_or_a_folder_is_a_usage_error(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(SystemExit, match="2"):
        run(monkeypatch, "step")
