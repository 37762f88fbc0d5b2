"""A small tenant on loopback: groups of every size the tests need, one application with secret and certificate."""

from __future__ import annotations

import ssl
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING
from uuid import UUID

import httpx
import pytest
import trustme
from azure.identity.aio import ClientSecretCredential
from cryptography import x509
from cryptography.hazmat.primitives import serialization

from lab.log import RequestLog
from lab.tenant.server import TenantListener
from lab.tenant.tokens import TokenIssuer
from lab.world.clock import Clock
from lab.world.forest import CONTACTS, DEVICES, GROUPS, Forest, ForestGroup
from lab.world.keys import KeySet
from lab.world.tenant import ChaosEntry, ClientApp, CloudGroup, CurrentExportData, SyncIdentity, Tenant

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

CLIENT_ID = UUID("0f6f3c1e-5a3d-4a59-8f0e-2f1d8c6b7a90")
SECRET = "the lab's own secret"

LARGE = GROUPS + 1
MIXED = GROUPS + 2
NESTED = GROUPS + 3
DELETED = GROUPS + 4

MEMBERS = {
    LARGE: KeySet.of(range(250_000)),
    MIXED: KeySet.of(range(150), NESTED, DEVICES, DEVICES + 1, CONTACTS),
    NESTED: KeySet.of(range(100, 200), MIXED),
    DELETED: KeySet.of(range(3)),
}
NAMES = {LARGE: "All Staff", MIXED: "Mixed O'Neil", NESTED: "Nested", DELETED: "Deleted"}


Disturb = Callable[..., None]
"""`disturb(path_contains, kind, times=1)`."""

GrantRoles = Callable[..., Awaitable[None]]
"""`await grant(*roles)`."""


@dataclass(frozen=True)
class Authorities:
    """The certificate authority of the tests and the client's certificate."""

    ca_file: str
    tls: ssl.SSLContext
    client_pem: bytes
    """Key and certificate, as CertificateCredential takes them."""
    certificate_pem: bytes
    """The certificate alone, as it is registered."""
    stranger_pem: bytes
    """Key and certificate of nobody."""


@pytest.fixture(scope="session")
def authorities(tmp_path_factory: pytest.TempPathFactory) -> Authorities:
    directory: Path = tmp_path_factory.mktemp("tls")
    ca = trustme.CA()
    ca.cert_pem.write_to_path(str(directory / "ca.pem"))
    tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    ca.issue_cert("localhost", "127.0.0.1").configure_cert(tls)
    own, stranger = (ca.issue_cert(name, key_type=trustme.KeyType.RSA) for name in ("client.lab", "stranger.lab"))
    certificate = x509.load_pem_x509_certificate(own.cert_chain_pems[0].bytes())
    return Authorities(
        str(directory / "ca.pem"),
        tls,
        own.private_key_and_cert_chain_pem.bytes(),
        certificate.public_bytes(serialization.Encoding.PEM),
        stranger.private_key_and_cert_chain_pem.bytes(),
    )


@pytest.fixture
def tenant(authorities: Authorities) -> Tenant:
    forest = Forest(devices=KeySet.of(range(DEVICES, DEVICES + 5)), contacts=KeySet.of(range(CONTACTS, CONTACTS + 3)))
    forest.groups = {key: ForestGroup(key, NAMES[key], members) for key, members in MEMBERS.items()}
    app = ClientApp(client_id=CLIENT_ID, secret=SECRET, certificate_pem=authorities.certificate_pem.decode())
    return Tenant(
        forest=forest,
        users=KeySet.of(range(299_000)),
        devices=forest.devices,
        contacts=forest.contacts,
        groups={key: CloudGroup(key, members, deleted=key == DELETED) for key, members in MEMBERS.items()},
        apps={CLIENT_ID: app},
        last_sync=Clock().now(),
        current_export_data=CurrentExportData(client_machine_name="SYNC-OLD", total_connector_space_objects=299_012),
        synchronization_client_version="2.5.79.0",
        sync_identities=[
            SyncIdentity(
                "user",
                UUID("6a1d2f7c-9f0b-4b57-b4be-0b4f6ad2e001"),
                "On-Premises Directory Synchronization Service Account",
                "Sync_SYNC-OLD_0a1b2c3d4e5f@contoso.onmicrosoft.com",
            ),
            SyncIdentity(
                "application",
                UUID("6a1d2f7c-9f0b-4b57-b4be-0b4f6ad2e002"),
                "ConnectSyncProvisioning_SYNC-NEW_0a1b2c3d4e5f",
                app_id=UUID("6a1d2f7c-9f0b-4b57-b4be-0b4f6ad2e003"),
                key_expires=Clock().now(),
            ),
        ],
    )


@pytest.fixture
def log() -> RequestLog:
    return RequestLog()


@pytest.fixture(scope="session")
def issuer() -> TokenIssuer:
    return TokenIssuer()


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
async def listener(
    tenant: Tenant, clock: Clock, authorities: Authorities, log: RequestLog, issuer: TokenIssuer
) -> AsyncIterator[TenantListener]:
    listener = TenantListener(tenant, clock, log, authorities.tls, issuer=issuer)
    await listener.start()
    yield listener
    await listener.stop()


@pytest.fixture
async def credential(
    listener: TenantListener, tenant: Tenant, authorities: Authorities
) -> AsyncIterator[ClientSecretCredential]:
    async with ClientSecretCredential(
        str(tenant.tenant_id),
        str(CLIENT_ID),
        SECRET,
        authority=listener.authority_url,
        connection_verify=authorities.ca_file,
        retry_total=0,
    ) as credential:
        yield credential


@pytest.fixture
async def http(
    listener: TenantListener, credential: ClientSecretCredential, authorities: Authorities
) -> AsyncIterator[httpx.AsyncClient]:
    """A bare client with a good token; addresses begin with the version."""
    token = await credential.get_token("https://graph.microsoft.com/.default")
    async with httpx.AsyncClient(
        base_url=listener.graph_url,
        headers={"Authorization": f"Bearer {token.token}"},
        verify=ssl.create_default_context(cafile=authorities.ca_file),
        timeout=120,
    ) as client:
        yield client


EVENTUAL = {"ConsistencyLevel": "eventual"}


@pytest.fixture
def chaos(tenant: Tenant) -> Disturb:
    """Disturb the next answers whose address holds a text."""

    def disturb(path_contains: str, kind: str, times: int = 1) -> None:
        tenant.chaos.append(ChaosEntry(path_contains, kind, times))

    return disturb


@pytest.fixture
def as_app_with(http: httpx.AsyncClient, tenant: Tenant, listener: TenantListener) -> GrantRoles:
    """Give the bare client a token with these application roles and no others."""

    async def change(*roles: str) -> None:
        tenant.apps[CLIENT_ID].roles = frozenset(roles)
        answer = await http.post(
            f"{listener.authority_url}/{tenant.tenant_id}/oauth2/v2.0/token",
            data={
                "grant_type": "client_credentials",
                "client_id": str(CLIENT_ID),
                "client_secret": SECRET,
                "scope": f"{listener.graph_url}/.default",
            },
        )
        http.headers["Authorization"] = f"Bearer {answer.json()['access_token']}"

    return change
