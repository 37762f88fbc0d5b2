"""What a running lab leaves in its folder, for its owner only: certificates, passwords, and files that name them."""

from __future__ import annotations

import json
import os
import secrets
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from uuid import uuid4

import trustme
from cryptography.hazmat.primitives import serialization

from lab.world.scenarios import SCENARIOS
from lab.world.tenant import ClientApp

if TYPE_CHECKING:
    from pathlib import Path

    from lab.world.world import World

READER_ENDPOINT = "SwingGate"
_ENVIRONMENT_FILE = "environment.toml"
LAB_FILE = "lab.json"
_CA, _SERVER, _CLIENT, _SECRET = "ca.pem", "server.pem", "client.pem", "client.secret"


def write_private(path: Path, content: str | bytes) -> None:
    """Write a file that only its owner may read."""
    data = content.encode() if isinstance(content, str) else content
    path.unlink(missing_ok=True)
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        file.write(data)


@dataclass(frozen=True, slots=True)
class Account:
    """A user of a sync server."""

    name: str
    password: str

    @property
    def qualified(self) -> str:
        """The name with its domain."""
        return f"CONTOSO\\{self.name}"


@dataclass(frozen=True, slots=True)
class Material:
    """Certificates and accounts of one lab."""

    folder: Path
    admins: dict[str, Account]
    readers: dict[str, Account]
    app: ClientApp

    @classmethod
    def make(cls, folder: Path, purposes: list[str]) -> Material:
        """Make everything anew and write the certificates and secrets into the folder."""
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        authority = trustme.CA()
        server = authority.issue_cert("127.0.0.1", "localhost")
        client = authority.issue_cert("swing-gate.contoso.com", key_type=trustme.KeyType.RSA)
        write_private(folder / _CA, authority.cert_pem.bytes())
        chain = b"".join(blob.bytes() for blob in server.cert_chain_pems)
        write_private(folder / _SERVER, chain + server.private_key_pem.bytes())
        leaf = client.cert_chain_pems[0].bytes()
        write_private(folder / _CLIENT, leaf + _pkcs8(client.private_key_pem.bytes()))
        app = ClientApp(uuid4(), secrets.token_urlsafe(24), leaf.decode("ascii"))
        write_private(folder / _SECRET, app.secret)
        admins = {purpose: Account("swing-admin", secrets.token_urlsafe(18)) for purpose in purposes}
        readers = {purpose: Account("swing-reader", secrets.token_urlsafe(18)) for purpose in purposes}
        for purpose, account in readers.items():
            write_private(folder / f"{purpose}-reader.password", account.password)
        return cls(folder, admins, readers, app)

    @property
    def ca_file(self) -> Path:
        """The certificate authority that all addresses are to be trusted by."""
        return self.folder / _CA

    @property
    def server_file(self) -> Path:
        """Certificate chain and key of every HTTPS address."""
        return self.folder / _SERVER

    def users(self, purpose: str) -> dict[str, str]:
        """Passwords of a server's users, by name."""
        accounts = (self.admins[purpose], self.readers[purpose])
        return {account.qualified: account.password for account in accounts}

    def write_lab_file(
        self, world: World, ports: dict[str, tuple[int, int]], tenant_urls: tuple[str, str], control_url: str
    ) -> Path:
        """Write lab.json, for people who drive the lab with their own tools."""
        contract: dict[str, Any] = {
            "ca_file": str(self.ca_file),
            "servers": {
                purpose: {
                    "host": "127.0.0.1",
                    "https_port": https_port,
                    "http_port": http_port,
                    "admin": {
                        "username": self.admins[purpose].qualified,
                        "password": self.admins[purpose].password,
                    },
                    "reader": {
                        "username": self.readers[purpose].qualified,
                        "password": self.readers[purpose].password,
                        "configuration_name": READER_ENDPOINT,
                    },
                }
                for purpose, (https_port, http_port) in ports.items()
            },
            "tenant": {
                "graph_url": tenant_urls[0],
                "authority_url": tenant_urls[1],
                "tenant_id": str(world.tenant.tenant_id),
                "client_id": str(self.app.client_id),
                "client_secret": self.app.secret,
                "certificate_file": str(self.folder / _CLIENT),
            },
            "control_url": control_url,
        }
        path = self.folder / LAB_FILE
        write_private(path, json.dumps(contract, indent=2) + "\n")
        return path

    def write_environment(self, world: World, ports: dict[str, tuple[int, int]], tenant_urls: tuple[str, str]) -> Path:
        """Write the environment file that the suite takes as it is."""
        intent = SCENARIOS[world.scenario].intent
        lines = [
            f"# Written by the lab for its scenario {world.scenario}.",
            "[plan]",
            f'kind = "{intent.kind}"',
            'old_exit = "staging"',
            f'rollback = "{intent.rollback}"',
            "",
            "[endpoint]",
            "api_version = 2",
            "member_limit = 250000",
        ]
        for purpose, (https_port, _) in ports.items():
            lines += [
                "",
                f"[servers.{purpose}]",
                f'purpose = "{purpose}"',
                'host = "127.0.0.1"',
                f"port = {https_port}",
                'transport = "https"',
                'authentication = "negotiate"',
                f"username = '{self.readers[purpose].qualified}'",
                f'password = "file:{purpose}-reader.password"',
                f'configuration_name = "{READER_ENDPOINT}"',
                f'computer_name = "{world.servers[purpose].computer_name}"',
                f'ca_file = "{_CA}"',
            ]
        lines += [
            "",
            "[tenant]",
            f'id = "{world.tenant.tenant_id}"',
            f'client_id = "{self.app.client_id}"',
            'authentication = "certificate"',
            f'certificate = "file:{_CLIENT}"',
            f'graph_url = "{tenant_urls[0]}"',
            f'authority_url = "{tenant_urls[1]}"',
            f'ca_file = "{_CA}"',
            "",
            "[groups]",
            "over = 50000",
            "prove = [",
            *(f'  {{ dn = "{world.forest.group_named(name).dn}" }},' for name in ("Finance", "Helpdesk")),
            "]",
            "",
            "[policy]",
            "soak_cycles = 2",
            "soak_hours = 0",
            "cycle_wait_seconds = 30",
            "read_limit_seconds = 300",
            "count_poll_seconds = 0.2",
            "margin_percent = 100",
            "",
            "[expected]",
            "deletion_threshold = 500",
            "features = { passwordSyncEnabled = true }",
            "",
        ]
        path = self.folder / _ENVIRONMENT_FILE
        write_private(path, "\n".join(lines))
        return path


def _pkcs8(key: bytes) -> bytes:
    """The private key in the form that every reader of PEM takes."""
    loaded = serialization.load_pem_private_key(key, password=None)
    return loaded.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
