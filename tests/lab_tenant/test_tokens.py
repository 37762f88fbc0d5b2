"""The token endpoint against unmodified azure-identity, and its refusals as bytes."""

from __future__ import annotations

import asyncio
import ssl
import time
from typing import TYPE_CHECKING, Any

import httpx
import jwt
import pytest
from azure.core.exceptions import ClientAuthenticationError
from azure.identity import CertificateCredential, ClientSecretCredential
from azure.identity.aio import CertificateCredential as AsyncCertificateCredential
from azure.identity.aio import ClientSecretCredential as AsyncClientSecretCredential
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.serialization import load_pem_private_key

from tests.lab_tenant.conftest import CLIENT_ID, SECRET

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from lab.log import RequestLog
    from lab.tenant.server import TenantListener
    from lab.world.tenant import Tenant
    from tests.lab_tenant.conftest import Authorities

SCOPE = "https://graph.microsoft.com/.default"


@pytest.fixture
def options(listener: TenantListener, authorities: Authorities) -> dict[str, Any]:
    return {"authority": listener.authority_url, "connection_verify": authorities.ca_file, "retry_total": 0}


def claims_of(token: str) -> dict[str, Any]:
    return jwt.decode(token, options={"verify_signature": False})


async def test_an_async_secret_credential_gets_a_token_for_graph(options: dict[str, Any], tenant: Tenant) -> None:
    async with AsyncClientSecretCredential(str(tenant.tenant_id), str(CLIENT_ID), SECRET, **options) as credential:
        token = await credential.get_token(SCOPE, enable_cae=True)
    claims = claims_of(token.token)
    assert claims["tid"] == str(tenant.tenant_id)
    assert claims["appid"] == str(CLIENT_ID)
    assert claims["aud"] == "https://graph.microsoft.com"
    assert claims["appidacr"] == "1"
    assert claims["xms_cc"] == ["CP1"]
    assert set(claims["roles"]) == tenant.apps[CLIENT_ID].roles


async def test_a_sync_secret_credential_gets_a_token(options: dict[str, Any], tenant: Tenant) -> None:
    credential = ClientSecretCredential(
        str(tenant.tenant_id), str(CLIENT_ID), SECRET, disable_instance_discovery=True, **options
    )
    token = await asyncio.to_thread(credential.get_token, SCOPE)
    assert claims_of(token.token)["appid"] == str(CLIENT_ID)


async def test_an_async_certificate_credential_gets_a_token(
    options: dict[str, Any], tenant: Tenant, authorities: Authorities
) -> None:
    async with AsyncCertificateCredential(
        str(tenant.tenant_id), str(CLIENT_ID), certificate_data=authorities.client_pem, **options
    ) as credential:
        token = await credential.get_token(SCOPE)
    assert claims_of(token.token)["appidacr"] == "2"


@pytest.mark.parametrize("chain", [False, True], ids=["without chain", "with chain"])
async def test_a_sync_certificate_credential_gets_a_token(
    options: dict[str, Any], tenant: Tenant, authorities: Authorities, *, chain: bool
) -> None:
    credential = CertificateCredential(
        str(tenant.tenant_id),
        str(CLIENT_ID),
        certificate_data=authorities.client_pem,
        disable_instance_discovery=True,
        send_certificate_chain=chain,
        **options,
    )
    token = await asyncio.to_thread(credential.get_token, SCOPE)
    assert claims_of(token.token)["appidacr"] == "2"


async def test_a_tenant_is_also_known_by_its_domain(options: dict[str, Any]) -> None:
    async with AsyncClientSecretCredential("contoso.com", str(CLIENT_ID), SECRET, **options) as credential:
        assert await credential.get_token(SCOPE)


async def test_a_certificate_of_nobody_is_refused(
    options: dict[str, Any], tenant: Tenant, authorities: Authorities
) -> None:
    async with AsyncCertificateCredential(
        str(tenant.tenant_id), str(CLIENT_ID), certificate_data=authorities.stranger_pem, **options
    ) as credential:
        with pytest.raises(ClientAuthenticationError, match=r"AADSTS700027.*The key was not found"):
            await credential.get_token(SCOPE)


@pytest.mark.parametrize(
    ("tenant_id", "client_id", "secret", "error"),
    [
        (None, str(CLIENT_ID), "wrong", "AADSTS7000215: Invalid client secret"),
        ("11111111-1111-4111-8111-111111111111", str(CLIENT_ID), SECRET, "AADSTS90002: Tenant '1111"),
        (None, "22222222-2222-4222-8222-222222222222", SECRET, "AADSTS700016: Application with identifier '2222"),
        (None, "not-a-guid", SECRET, "AADSTS700016"),
    ],
    ids=["wrong secret", "wrong tenant", "unknown application", "malformed application id"],
)
async def test_a_wrong_credential_is_told_what_is_wrong(
    options: dict[str, Any],
    tenant: Tenant,
    log: RequestLog,
    *,
    tenant_id: str | None,
    client_id: str,
    secret: str,
    error: str,
) -> None:
    directory = tenant_id or str(tenant.tenant_id)
    async with AsyncClientSecretCredential(directory, client_id, secret, **options) as credential:
        with pytest.raises(ClientAuthenticationError, match=error):
            await credential.get_token(SCOPE)
    assert [entry.identity for entry in log.entries if entry.kind == "token"] == [client_id]


async def test_the_sync_credential_reports_a_wrong_secret_too(options: dict[str, Any], tenant: Tenant) -> None:
    credential = ClientSecretCredential(
        str(tenant.tenant_id), str(CLIENT_ID), "wrong", disable_instance_discovery=True, **options
    )
    with pytest.raises(ClientAuthenticationError, match="AADSTS7000215"):
        await asyncio.to_thread(credential.get_token, SCOPE)


@pytest.fixture
def form() -> dict[str, str]:
    return {
        "grant_type": "client_credentials",
        "client_id": str(CLIENT_ID),
        "client_secret": SECRET,
        "scope": SCOPE,
    }


@pytest.fixture
async def client(authorities: Authorities) -> AsyncIterator[httpx.AsyncClient]:
    async with httpx.AsyncClient(verify=ssl.create_default_context(cafile=authorities.ca_file)) as client:
        yield client


@pytest.fixture
def token_url(listener: TenantListener, tenant: Tenant) -> str:
    return f"{listener.authority_url}/{tenant.tenant_id}/oauth2/v2.0/token"


@pytest.mark.parametrize(
    ("change", "status", "error", "code"),
    [
        ({"client_secret": "wrong"}, 401, "invalid_client", 7000215),
        ({"client_secret": ""}, 401, "invalid_client", 7000216),
        ({"client_id": str(SCOPE)}, 400, "unauthorized_client", 700016),
        ({"grant_type": "password"}, 400, "unsupported_grant_type", 70003),
        ({"grant_type": ""}, 400, "invalid_request", 900144),
        ({"scope": ""}, 400, "invalid_request", 900144),
        ({"scope": "https://graph.microsoft.com/User.Read.All"}, 400, "invalid_scope", 1002012),
        ({"scope": "https://vault.azure.net/.default"}, 400, "invalid_resource", 500011),
        ({"client_assertion": "x.y.z"}, 400, "invalid_request", 50027),
    ],
)
async def test_every_refusal_has_its_status_error_and_number(
    client: httpx.AsyncClient,
    token_url: str,
    form: dict[str, str],
    *,
    change: dict[str, str],
    status: int,
    error: str,
    code: int,
) -> None:
    correlation = {"client-request-id": "b5b62a2c-9f0a-4f6c-8a3e-1d2c3b4a5968"}
    answer = await client.post(token_url, data=form | change, headers=correlation)
    body = answer.json()
    assert (answer.status_code, body["error"], body["error_codes"]) == (status, error, [code])
    assert body["error_description"].startswith(f"AADSTS{code}: ")
    assert body["error_uri"].endswith(f"/error?code={code}")
    assert body["correlation_id"] == correlation["client-request-id"]
    assert body["trace_id"] == answer.headers["x-ms-request-id"]


def assertion(authorities: Authorities, audience: str, **changes: Any) -> dict[str, str]:
    """A form's two fields for a client assertion, signed with the registered key."""
    key = load_pem_private_key(authorities.client_pem, None)
    assert isinstance(key, RSAPrivateKey)
    certificate = x509.load_pem_x509_certificate(authorities.certificate_pem)
    now = int(time.time())
    claims = {"aud": audience, "iss": str(CLIENT_ID), "sub": str(CLIENT_ID), "nbf": now, "exp": now + 600, "jti": "1"}
    thumbprint = jwt.utils.base64url_encode(certificate.fingerprint(hashes.SHA256())).decode()
    return {
        "client_secret": "",
        "client_assertion_type": "urn:ietf:params:oauth:client-assertion-type:jwt-bearer",
        "client_assertion": jwt.encode(claims | changes, key, algorithm="PS256", headers={"x5t#S256": thumbprint}),
    }


@pytest.mark.parametrize(
    ("changes", "codes"),
    [
        ({}, None),
        ({"exp": 1_600_000_000, "nbf": 1_599_999_000}, [700024]),
        ({"nbf": 4_000_000_000, "exp": 4_000_000_600}, [700024]),
        ({"aud": "https://login.microsoftonline.com/common/oauth2/v2.0/token"}, [700023]),
        ({"iss": "22222222-2222-4222-8222-222222222222"}, [700021]),
    ],
    ids=["right", "expired", "not yet valid", "other audience", "other client"],
)
async def test_a_client_assertion_is_checked(
    client: httpx.AsyncClient,
    token_url: str,
    authorities: Authorities,
    form: dict[str, str],
    *,
    changes: dict[str, Any],
    codes: list[int] | None,
) -> None:
    answer = await client.post(token_url, data=form | assertion(authorities, token_url, **changes))
    assert answer.json().get("error_codes") == codes


async def test_a_tampered_assertion_is_refused_for_its_signature(
    client: httpx.AsyncClient, token_url: str, authorities: Authorities, form: dict[str, str]
) -> None:
    form |= assertion(authorities, token_url)
    head, claims, _ = form["client_assertion"].split(".")
    _, _, signature = assertion(authorities, token_url, jti="2")["client_assertion"].split(".")
    answer = await client.post(token_url, data=form | {"client_assertion": f"{head}.{claims}.{signature}"})
    assert answer.json()["error_codes"] == [700027]
    assert "invalid signature" in answer.json()["error_description"]


async def test_discovery_leads_to_the_token_endpoint_and_the_keys(
    client: httpx.AsyncClient, token_url: str, listener: TenantListener, tenant: Tenant
) -> None:
    base = f"{listener.authority_url}/{tenant.tenant_id}"
    document = (await client.get(f"{base}/v2.0/.well-known/openid-configuration")).json()
    keys = (await client.get(document["jwks_uri"])).json()["keys"]
    instance = (await client.get(f"{listener.authority_url}/common/discovery/instance")).json()
    unknown = await client.get(f"{listener.authority_url}/fabrikam.com/v2.0/.well-known/openid-configuration")
    got = await client.get(document["token_endpoint"])
    assert (document["issuer"], document["token_endpoint"]) == (f"{base}/v2.0", token_url)
    assert keys[0]["kty"] == "RSA"
    assert listener.authority_url.removeprefix("https://") in instance["metadata"][0]["aliases"]
    assert unknown.json()["error_codes"] == [90002]
    assert got.json()["error_codes"] == [900561]


async def test_a_token_carries_the_signature_of_the_published_key(
    client: httpx.AsyncClient, token_url: str, listener: TenantListener, tenant: Tenant, form: dict[str, str]
) -> None:
    token = (await client.post(token_url, data=form)).json()["access_token"]
    keys = await client.get(f"{listener.authority_url}/{tenant.tenant_id}/discovery/v2.0/keys")
    claims = jwt.decode(token, jwt.PyJWK(keys.json()["keys"][0]), audience="https://graph.microsoft.com")
    assert claims["idtyp"] == "app"
    assert claims["iss"] == f"{listener.authority_url}/{tenant.tenant_id}/"
