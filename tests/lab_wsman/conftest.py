from __future__ import annotations

import asyncio
import contextlib
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import pytest
import pytest_asyncio
import trustme
from pypsrp.powershell import PowerShell, RunspacePool
from pypsrp.wsman import WSMan

from lab.wsman.server import SyncServerListener
from lab.wsman.tls import ServerCertificate
from tests.lab_wsman.engine import EchoEndpoints, Recorder

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Iterator
    from pathlib import Path

    from lab.wsman.interference import Interference

USERS = {"CONTOSO\\admin": "Sw1ng-Gate!", "reader": "R3ader-pass"}


@dataclass(frozen=True)
class Certificate:
    chain_file: str
    ca_file: str

    def load(self) -> ServerCertificate:
        return ServerCertificate.from_files(self.chain_file, self.chain_file)


@pytest.fixture(scope="session")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Certificate:
    folder: Path = tmp_path_factory.mktemp("tls")
    authority = trustme.CA()
    authority.issue_cert("localhost", "127.0.0.1").private_key_and_cert_chain_pem.write_to_path(folder / "server.pem")
    authority.cert_pem.write_to_path(folder / "ca.pem")
    return Certificate(str(folder / "server.pem"), str(folder / "ca.pem"))


@dataclass
class Lab:
    """A listener with its engine, its log and clients that fit."""

    listener: SyncServerListener
    endpoints: EchoEndpoints
    log: Recorder
    ca_file: str
    reachable: list[bool] = field(default_factory=lambda: [True])
    delay: list[float] = field(default_factory=lambda: [0.0])
    interferences: dict[str, Interference] = field(default_factory=dict)

    def connect(self, **changes: Any) -> WSMan:
        ssl = changes.get("ssl", True)
        settings = {
            "server": "localhost",
            "port": self.listener.https_port if ssl else self.listener.http_port,
            "username": "CONTOSO\\admin",
            "password": USERS["CONTOSO\\admin"],
            "ssl": ssl,
            "auth": "basic",
            "cert_validation": self.ca_file if ssl else True,
            "operation_timeout": 5,
            "read_timeout": 30,
            "no_proxy": True,
        }
        return WSMan(**(settings | changes))

    @contextlib.contextmanager
    def pool(self, configuration_name: str = "Microsoft.PowerShell", **changes: Any) -> Iterator[RunspacePool]:
        with (
            self.connect(**changes) as wsman,
            RunspacePool(wsman, configuration_name=configuration_name) as pool,
        ):
            yield pool

    async def invoke(self, build: Callable[[PowerShell], object], **changes: Any) -> PowerShell:
        """Run one pipeline in a pool of its own and give it back when it has ended."""

        def run() -> PowerShell:
            with self.pool(**changes) as pool, PowerShell(pool) as pipeline:
                build(pipeline)
                pipeline.invoke()
                return pipeline

        return await asyncio.to_thread(run)


@pytest_asyncio.fixture
async def lab(certificate: Certificate) -> AsyncIterator[Lab]:
    endpoints, log = EchoEndpoints(), Recorder()
    reachable, delay = [True], [0.0]
    interferences: dict[str, Interference] = {}
    listener = SyncServerListener(
        "old",
        endpoints,
        USERS,
        log,
        certificate.load(),
        computer_name="SRV-OLD",
        reachable=lambda: reachable[0],
        delay=lambda: delay[0],
        interfere=interferences.get,
    )
    await listener.start()
    yield Lab(listener, endpoints, log, certificate.ca_file, reachable, delay, interferences)
    await listener.stop()
