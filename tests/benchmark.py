"""What a promote run costs, as a ratio to the least any client must do: the same questions, judged by nobody.

    python -m tests.benchmark [--rounds N]

Floor and gate alternate against one lab in one run, each in a process of its own, so a busy machine weighs on both. The
floor sends every pipeline and every Graph request that the gate was seen to send, with the same libraries, and throws
the answers away.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING, Any

import httpx
from pypsrp.powershell import PowerShell, RunspacePool
from pypsrp.wsman import WSMan

from tests.e2e.driver import ROOT, Lab, run_gate

if TYPE_CHECKING:
    from collections.abc import Callable


def cost(act: Callable[[], object]) -> tuple[float, float]:
    """(wall, CPU) seconds of an act whose work happens in child processes."""
    before, started = resource.getrusage(resource.RUSAGE_CHILDREN), time.monotonic()
    act()
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return time.monotonic() - started, cpu


def floor(contract: dict[str, Any], asked: dict[str, list[str]]) -> None:
    """Send what was asked, with bare clients; servers and tenant at once."""
    with ThreadPoolExecutor(3) as pool:
        servers = [pool.submit(_server, contract, name, asked[name]) for name in ("old", "new")]
        tenant = pool.submit(_tenant, contract, asked["tenant"])
        for each in (*servers, tenant):
            each.result()


def _server(contract: dict[str, Any], name: str, pipelines: list[str]) -> None:
    server = contract["servers"][name]
    wsman = WSMan(
        server["host"],
        port=server["https_port"],
        username=server["reader"]["username"],
        password=server["reader"]["password"],
        auth="negotiate",
        cert_validation=contract["ca_file"],
        no_proxy=True,
    )
    with RunspacePool(wsman, configuration_name=server["reader"]["configuration_name"]) as pool:
        for text in pipelines:
            with PowerShell(pool) as shell:
                for number, statement in enumerate(text.split("; Get-Date -Format o")):
                    if statement.strip("; "):
                        if number:
                            shell.add_statement()
                        shell.add_cmdlet("Get-Date").add_parameter("Format", "o")
                shell.invoke()


def _tenant(contract: dict[str, Any], requests: list[str]) -> None:
    tenant = contract["tenant"]
    with httpx.Client(verify=contract["ca_file"], timeout=60) as client:
        reply = client.post(
            f"{tenant['authority_url']}/{tenant['tenant_id']}/oauth2/v2.0/token",
            data={
                "grant_type": "client_credentials",
                "client_id": tenant["client_id"],
                "client_secret": tenant["client_secret"],
                "scope": "https://graph.microsoft.com/.default",
            },
        ).raise_for_status()
        headers = {"Authorization": f"Bearer {reply.json()['access_token']}", "ConsistencyLevel": "eventual"}
        for request in requests:
            client.get(tenant["graph_url"] + request.removeprefix("GET "), headers=headers)


def requests_of(log: list[dict[str, Any]]) -> tuple[Counter[str], dict[str, list[str]]]:
    """How many requests each system answered, and what they asked."""
    counts = Counter(entry["system"] for entry in log if entry["kind"] in {"wsman", "graph", "token"})
    asked = {
        system: [
            entry["asked"] for entry in log if entry["system"] == system and entry["kind"] in {"pipeline", "graph"}
        ]
        for system in ("old", "new", "tenant")
    }
    return counts, asked


def main() -> int:
    """Alternate floor and gate and print the medians and their ratio."""
    parser = argparse.ArgumentParser(prog="python -m tests.benchmark", description=__doc__)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--floor", nargs=2, metavar=("CONTRACT", "ASKED"), help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.floor:
        floor(*(json.loads(Path(path).read_text(encoding="utf-8")) for path in options.floor))
        return 0
    with tempfile.TemporaryDirectory(prefix="swing-gate-") as scratch, Lab(Path(scratch) / "lab") as lab:
        asked_file = Path(scratch) / "asked.json"
        verdict = run_gate("promote", lab.environment, Path(scratch) / "runs").said
        counts, asked = requests_of(lab.log())
        asked_file.write_text(json.dumps(asked), encoding="utf-8")
        bare = [sys.executable, "-m", "tests.benchmark", "--floor", str(lab.folder / "lab.json"), str(asked_file)]
        floors, gates = [], []
        for _ in range(options.rounds):
            floors.append(cost(lambda: subprocess.run(bare, cwd=ROOT, check=True, env=dict(os.environ))))
            gates.append(cost(lambda: run_gate("promote", lab.environment, Path(scratch) / "runs")))
    print(f"promote: {verdict}; requests answered: {dict(counts)}")
    for name, rows in (("floor", floors), ("gate", gates)):
        wall, cpu = (statistics.median(column) for column in zip(*rows, strict=True))
        print(f"{name:<6} wall {wall:6.2f} s   CPU {cpu:6.2f} s   (medians of {options.rounds})")
    ratios = [gate[0] / bare_run[0] for gate, bare_run in zip(gates, floors, strict=True)]
    print(f"ratio of wall times: {statistics.median(ratios):.1f} (from {min(ratios):.1f} to {max(ratios):.1f})")
    return 0


if __name__ == "__main__":
    sys.exit(main())
