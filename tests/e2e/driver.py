"""Hands for the tests that go end to end: a lab in its own process, an administrator's session, a gate run."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
import urllib.request
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

from pypsrp.complex_objects import PSInvocationState
from pypsrp.powershell import PowerShell, RunspacePool
from pypsrp.wsman import WSMan

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from types import TracebackType

ROOT = Path(__file__).resolve().parents[2]
READY_WITHIN = 60.0  # seconds; a lab on two busy cores
GATE_WITHIN = 600.0  # seconds; a proof of a quarter of a million members on two very busy cores


class Lab:
    """`python -m lab serve` as a user starts it: another process, known only by what it wrote into its folder."""

    def __init__(self, folder: Path, *options: str) -> None:
        self.folder = folder
        self._options = options
        self._process: subprocess.Popen[str] | None = None

    def __enter__(self) -> Self:
        self.folder.mkdir(parents=True, exist_ok=True)
        self._errors = (self.folder / "lab.err").open("w", encoding="utf-8")
        command = [sys.executable, "-m", "lab", "serve", "--dir", str(self.folder), *self._options]
        self._process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=self._errors, text=True)
        self._await_ready()
        self.contract: dict[str, Any] = json.loads((self.folder / "lab.json").read_text(encoding="utf-8"))
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        assert self._process is not None
        self._process.send_signal(signal.SIGTERM)
        try:
            self._process.wait(timeout=15)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait(timeout=15)
        assert self._process.stdout is not None
        self._process.stdout.close()
        self._errors.close()

    def _await_ready(self) -> None:
        assert self._process is not None
        assert self._process.stdout is not None
        started = time.monotonic()
        line = self._process.stdout.readline()
        if not line or time.monotonic() - started > READY_WITHIN:
            raise RuntimeError(f"the lab did not start: {(self.folder / 'lab.err').read_text(encoding='utf-8')}")

    @property
    def exit_code(self) -> int | None:
        assert self._process is not None
        return self._process.poll()

    @property
    def environment(self) -> Path:
        return self.folder / "environment.toml"

    def step(self, name: str, **arguments: Any) -> Any:
        return self._control("POST", f"/step/{name}", arguments)

    def fault(self, name: str, **arguments: Any) -> Any:
        return self._control("POST", f"/fault/{name}", arguments)

    def reset(self, **arguments: Any) -> Any:
        return self._control("POST", "/reset", arguments)

    def log(self) -> list[dict[str, Any]]:
        text = self._request("GET", "/log", None).decode()
        return [json.loads(line) for line in text.splitlines() if line]

    def _control(self, method: str, path: str, body: Mapping[str, Any] | None) -> Any:
        return json.loads(self._request(method, path, body) or b"null")

    def _request(self, method: str, path: str, body: Mapping[str, Any] | None) -> bytes:
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(
            self.contract["control_url"] + path, data=data, method=method, headers={"Content-Type": "application/json"}
        )
        with urllib.request.urlopen(request, timeout=GATE_WITHIN) as reply:
            return bytes(reply.read())

    def administrator(self, purpose: str) -> Administrator:
        """A session on the full endpoint, as an engineer with any PSRP client would open it."""
        server = self.contract["servers"][purpose]
        return Administrator(
            WSMan(
                server["host"],
                port=server["https_port"],
                username=server["admin"]["username"],
                password=server["admin"]["password"],
                auth="negotiate",
                cert_validation=self.contract["ca_file"],
                no_proxy=True,
            )
        )


class Administrator:
    """Runs cmdlets one at a time and refuses to go on after an error."""

    def __init__(self, wsman: WSMan) -> None:
        self._wsman = wsman

    def run(self, cmdlet: str, **parameters: Any) -> list[Any]:
        with RunspacePool(self._wsman) as pool, PowerShell(pool) as shell:
            shell.add_cmdlet(cmdlet)
            for name, value in parameters.items():
                shell.add_parameter(name, value)
            return _finished(shell, cmdlet)

    def script(self, text: str) -> list[Any]:
        """Run pipelines of cmdlets with literal arguments, as somebody would type them."""
        with RunspacePool(self._wsman) as pool, PowerShell(pool) as shell:
            shell.add_script(text)
            return _finished(shell, text)


def _finished(shell: PowerShell, what: str) -> list[Any]:
    output = list(shell.invoke())
    if shell.state != PSInvocationState.COMPLETED or shell.streams.error:
        raise RuntimeError(f"{what}: {'; '.join(str(error) for error in shell.streams.error)}")
    return output


@dataclass(frozen=True)
class GateRun:
    """What one gate run left behind."""

    exit_code: int
    output: str
    folder: Path | None
    verdict: dict[str, Any]

    @property
    def said(self) -> str:
        return str(self.verdict.get("verdict", "none"))

    def turned(self) -> Iterator[tuple[str, str, str]]:
        """(id, subject, state) of every check that neither passed nor was not applicable."""
        for check in self.verdict.get("checks", []):
            if check["state"] not in {"pass", "not-applicable"}:
                yield check["id"], check["subject"], check["state"]


def run_gate(gate: str, environment: Path | None, reports: Path, *options: str) -> GateRun:
    """`pytest --gate GATE --environment=FILE` in a process of its own; a replay has no environment file.

    With `=` pytest takes no value for a path and begins in the right folder at once (`plugins.options`).
    """
    command = [sys.executable, "-m", "pytest", f"--gate={gate}"]
    command += [] if environment is None else [f"--environment={environment}"]
    command += [f"--report-dir={reports}", *options]
    variables = {name: value for name, value in os.environ.items() if not name.startswith(("PYTEST_", "COV_"))}
    done = subprocess.run(
        command, cwd=ROOT, capture_output=True, text=True, timeout=GATE_WITHIN, check=False, env=variables
    )
    folders = sorted(path for path in reports.glob(f"*-{gate}*") if path.is_dir() and not path.is_symlink())
    folder = folders[-1] if folders else None
    written = folder / "verdict.json" if folder else None
    verdict = json.loads(written.read_text(encoding="utf-8")) if written and written.exists() else {}
    return GateRun(done.returncode, done.stdout + done.stderr, folder, verdict)
