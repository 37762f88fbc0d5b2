"""The authority: OIDC discovery, instance discovery, signing keys and the token endpoint.

azure-identity's ClientSecretCredential and CertificateCredential, sync and async, take it unchanged
[graph §5, azure-identity against a local authority].
"""

from __future__ import annotations

import json
import time
import uuid
from datetime import UTC, datetime
from typing import TYPE_CHECKING
from uuid import UUID

from lab.tenant import aadsts, assertion
from lab.tenant.aadsts import AuthorityError
from lab.tenant.reply import JSON, Reply, to_json
from lab.tenant.tokens import GRAPH_APP_ID

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from lab.tenant.tokens import TokenIssuer
    from lab.world.tenant import ClientApp, Tenant

GRAPH_HOSTS = (
    "https://graph.microsoft.com",
    "https://graph.microsoft.us",
    "https://dod-graph.microsoft.us",
    "https://microsoftgraph.chinacloudapi.cn",
)
"""Resources a token for Graph may be asked for, beside the lab's own address [graph §1.6]."""

_DISCOVERY_TENANTS = ("common", "organizations")


def graph_audiences(graph_url: str) -> frozenset[str]:
    """Return every `aud` the lab's Graph takes: the clouds' names, its application id, its own address.

    An SDK without configured scopes derives the resource from the host name alone, without the port.
    """
    port = graph_url.rpartition(":")[2]
    own = {f"https://{host}{suffix}" for host in ("localhost", "127.0.0.1") for suffix in ("", f":{port}")}
    return frozenset({*GRAPH_HOSTS, GRAPH_APP_ID, *own})


class Authority:
    """The sign-in service for one tenant; `authority_url` and `graph_url` are its and Graph's own addresses."""

    def __init__(
        self,
        tenant: Tenant,
        issuer: TokenIssuer,
        *,
        authority_url: str,
        graph_url: str,
        wall: Callable[[], float] = time.time,
    ) -> None:
        self._tenant = tenant
        self._issuer = issuer
        self._url = authority_url
        self._audiences = graph_audiences(graph_url)
        self._graph_url = graph_url
        self._wall = wall

    def answer(self, method: str, path: str, form: Mapping[str, str], headers: Mapping[str, str]) -> Reply:
        """Answer one request; every refusal has the AADSTS body of the real service."""
        trace_id = str(uuid.uuid4())
        try:
            reply = Reply(200, to_json(self._route(method, path, form)))
        except AuthorityError as error:
            body = error.body(
                authority_url=self._url,
                now=datetime.fromtimestamp(self._wall(), UTC),
                trace_id=trace_id,
                correlation_id=headers.get("client-request-id") or str(uuid.uuid4()),
            )
            reply = Reply(error.refusal.status, to_json(body), outcome=f"AADSTS{error.refusal.code}")
        reply.identity = form.get("client_id") or reply.identity
        reply.headers = {
            "Content-Type": JSON,
            "Cache-Control": "no-store, no-cache",
            "Pragma": "no-cache",
            "x-ms-request-id": trace_id,
            "x-ms-ests-server": "2.1.0 - LAB ProdSlices",
        }
        if correlation := headers.get("client-request-id"):
            reply.headers["client-request-id"] = correlation
        return reply

    def _route(self, method: str, path: str, form: Mapping[str, str]) -> dict[str, object]:
        tenant, _, rest = path.strip("/").partition("/")
        match rest:
            case "discovery/instance":
                return self._instance_discovery()
            case "v2.0/.well-known/openid-configuration":
                return self._openid_configuration(tenant)
            case "discovery/v2.0/keys":
                return self._issuer.jwks()
            case "oauth2/v2.0/token":
                if method != "POST":
                    raise AuthorityError(aadsts.ONLY_POST, method=method)
                return self._token(tenant, form)
        raise AuthorityError(aadsts.TENANT_NOT_FOUND, tenant=tenant)

    def _instance_discovery(self) -> dict[str, object]:
        host = self._url.removeprefix("https://")
        return {
            "tenant_discovery_endpoint": f"{self._url}/common/v2.0/.well-known/openid-configuration",
            "api-version": "1.1",
            "metadata": [{"preferred_network": host, "preferred_cache": host, "aliases": [host]}],
        }

    def _openid_configuration(self, tenant: str) -> dict[str, object]:
        if tenant not in _DISCOVERY_TENANTS:
            self._check_tenant(tenant)
        base = f"{self._url}/{tenant}"
        issuer = "{tenantid}" if tenant in _DISCOVERY_TENANTS else self._tenant.tenant_id
        return {
            "token_endpoint": f"{base}/oauth2/v2.0/token",
            "token_endpoint_auth_methods_supported": ["client_secret_post", "private_key_jwt", "client_secret_basic"],
            "jwks_uri": f"{base}/discovery/v2.0/keys",
            "response_modes_supported": ["query", "fragment", "form_post"],
            "subject_types_supported": ["pairwise"],
            "id_token_signing_alg_values_supported": ["RS256"],
            "response_types_supported": ["code", "id_token", "code id_token", "id_token token"],
            "scopes_supported": ["openid", "profile", "email", "offline_access"],
            "issuer": f"{self._url}/{issuer}/v2.0",
            "authorization_endpoint": f"{base}/oauth2/v2.0/authorize",
            "device_authorization_endpoint": f"{base}/oauth2/v2.0/devicecode",
            "end_session_endpoint": f"{base}/oauth2/v2.0/logout",
            "tenant_region_scope": "EU",
            "cloud_instance_name": "microsoftonline.com",
            "cloud_graph_host_name": "graph.windows.net",
            "msgraph_host": self._graph_url.removeprefix("https://"),
        }

    def _token(self, tenant: str, form: Mapping[str, str]) -> dict[str, object]:
        self._check_tenant(tenant)
        grant_type = _required(form, "grant_type")
        if grant_type != "client_credentials":
            raise AuthorityError(aadsts.GRANT_UNSUPPORTED, grant_type=grant_type)
        client_id = _required(form, "client_id")
        app = self._app(client_id)
        if app is None:
            raise AuthorityError(aadsts.APPLICATION_NOT_FOUND, client_id=client_id, directory=self._tenant.display_name)
        credential = self._credential(app, tenant, form)
        claims = json.loads(form.get("claims") or "{}").get("access_token", {})
        text, lifetime = self._issuer.issue(
            issuer=f"{self._url}/{self._tenant.tenant_id}/",
            tenant_id=str(self._tenant.tenant_id),
            app_id=str(app.client_id),
            app_display_name=app.display_name,
            audience=self._audience(_required(form, "scope")),
            roles=app.roles,
            credential=credential,
            capabilities=claims.get("xms_cc", {}).get("values", ()),
            challenge_answered=bool(claims.keys() - {"xms_cc"}),
        )
        return {"token_type": "Bearer", "expires_in": lifetime, "ext_expires_in": lifetime, "access_token": text}

    def _app(self, client_id: str) -> ClientApp | None:
        try:
            return self._tenant.apps.get(UUID(client_id))
        except ValueError:
            return None

    def _check_tenant(self, tenant: str) -> None:
        known = {str(self._tenant.tenant_id), *self._tenant.verified_domains}
        if tenant.lower() not in {name.lower() for name in known}:
            raise AuthorityError(aadsts.TENANT_NOT_FOUND, tenant=tenant)

    def _credential(self, app: ClientApp, tenant: str, form: Mapping[str, str]) -> str:
        """Check secret or assertion; return `appidacr`: "1" for a secret, "2" for a certificate."""
        if sent := form.get("client_assertion"):
            if form.get("client_assertion_type") != assertion.ASSERTION_TYPE:
                raise AuthorityError(aadsts.ASSERTION_MALFORMED)
            assertion.verify(
                sent,
                client_id=str(app.client_id),
                certificate_pem=app.certificate_pem.encode(),
                audiences={f"{self._url}/{tenant}/oauth2/v2.0/token", f"{self._url}/{tenant}/v2.0"},
                now=self._wall(),
            )
            return "2"
        secret = form.get("client_secret")
        if not secret:
            raise AuthorityError(aadsts.CREDENTIAL_MISSING)
        if not app.secret or secret != app.secret:
            raise AuthorityError(aadsts.SECRET_WRONG, client_id=str(app.client_id))
        return "1"

    def _audience(self, scope: str) -> str:
        """Return the resource of the one `/.default` scope."""
        resource, suffix, rest = scope.partition("/.default")
        if not suffix or rest:
            raise AuthorityError(aadsts.SCOPE_NOT_DEFAULT, scope=scope)
        resource = resource.rstrip("/")
        if resource not in self._audiences:
            raise AuthorityError(aadsts.RESOURCE_NOT_FOUND, resource=resource, directory=self._tenant.display_name)
        return resource


def _required(form: Mapping[str, str], parameter: str) -> str:
    value = form.get(parameter)
    if not value:
        raise AuthorityError(aadsts.PARAMETER_MISSING, parameter=parameter)
    return value
