"""Graph's answers as bytes: errors, headers, permissions, documents about the tenant."""

from __future__ import annotations

import time
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING, Any
from uuid import UUID

import pytest

from lab.tenant.tokens import TokenIssuer
from lab.world.clock import Clock
from lab.world.tenant import TenantIdentity
from tests.lab_tenant.conftest import CLIENT_ID, DELETED, EVENTUAL, LARGE, MIXED

if TYPE_CHECKING:
    import httpx

    from lab.log import RequestLog
    from lab.world.tenant import Tenant
    from tests.lab_tenant.conftest import GrantRoles

NOBODY = "99999999-9999-4999-8999-999999999999"
REQUEST_ID = "3f6f0c1c-9e0e-4f19-8b1e-6f0f3a2b1c00"


async def test_an_error_body_has_code_message_and_request_ids(http: httpx.AsyncClient) -> None:
    answer = await http.get(f"/v1.0/groups/{NOBODY}", headers={"client-request-id": REQUEST_ID})
    error = answer.json()["error"]
    assert (answer.status_code, error["code"]) == (404, "Request_ResourceNotFound")
    assert NOBODY in error["message"]
    inner = error["innerError"]
    assert inner == {
        "date": inner["date"],
        "request-id": answer.headers["request-id"],
        "client-request-id": REQUEST_ID,
    }
    assert datetime.fromisoformat(inner["date"]).tzinfo is None
    assert answer.headers["client-request-id"] == REQUEST_ID


async def test_every_answer_carries_the_headers_of_the_service(http: httpx.AsyncClient, tenant: Tenant) -> None:
    answer = await http.get(f"/v1.0/groups/{tenant.object(LARGE).entra_id}/members?$select=id")
    UUID(answer.headers["request-id"])
    assert answer.headers["client-request-id"] == answer.headers["request-id"]
    assert answer.headers["OData-Version"] == "4.0"
    assert "ServerInfo" in answer.headers["x-ms-ags-diagnostic"]
    assert answer.headers["x-ms-resource-unit"] == "2"
    assert answer.headers["content-type"].startswith("application/json;odata.metadata=minimal")


@pytest.mark.parametrize(
    ("path", "status", "code"),
    [
        ("/v1.0/groups/not-an-id", 400, "Request_BadRequest"),
        ("/v1.0/groups/not-an-id/members", 400, "Request_BadRequest"),
        (f"/v1.0/groups/{NOBODY}/members/$count", 404, "Request_ResourceNotFound"),
        (f"/v1.0/users/{NOBODY}", 404, "Request_ResourceNotFound"),
        ("/v1.0/users/nobody@contoso.com", 404, "Request_ResourceNotFound"),
        (f"/v1.0/directoryRoles(roleTemplateId='{NOBODY}')", 404, "Request_ResourceNotFound"),
        (f"/v1.0/organization/{NOBODY}", 404, "Request_ResourceNotFound"),
        ("/v1.0/groups/delta()", 400, "Request_UnsupportedQuery"),
        ("/v1.0/nonsense", 400, "BadRequest"),
        ("/v2.0/groups", 400, "BadRequest"),
        ("/v1.0/me", 400, "BadRequest"),
        ("/v1.0/organization?$select=onPremisesLastPasswordSyncDateTime", 400, "BadRequest"),
    ],
)
async def test_wrong_addresses(http: httpx.AsyncClient, path: str, status: int, code: str) -> None:
    answer = await http.get(path, headers=EVENTUAL)
    assert (answer.status_code, answer.json()["error"]["code"]) == (status, code)


@pytest.mark.parametrize("tail", ["members/nonsense", "members/microsoft.graph.nonsense", "members/graph.user/x", "x"])
async def test_wrong_segments_behind_a_group(http: httpx.AsyncClient, tenant: Tenant, tail: str) -> None:
    answer = await http.get(f"/v1.0/groups/{tenant.object(LARGE).entra_id}/{tail}")
    assert answer.json()["error"]["message"].startswith("Resource not found for the segment")


async def test_a_deleted_group_is_gone_everywhere(http: httpx.AsyncClient, tenant: Tenant) -> None:
    gone = tenant.object(DELETED)
    by_id = await http.get(f"/v1.0/groups/{gone.entra_id}")
    by_sid = await http.get("/v1.0/groups", params={"$filter": f"onPremisesSecurityIdentifier eq '{gone.sid}'"})
    assert by_id.status_code == 404
    assert by_sid.json()["value"] == []


@pytest.mark.parametrize("method", ["POST", "PATCH", "PUT", "DELETE"])
async def test_nothing_can_be_written(http: httpx.AsyncClient, tenant: Tenant, log: RequestLog, method: str) -> None:
    answer = await http.request(method, f"/v1.0/groups/{tenant.object(LARGE).entra_id}", json={"displayName": "x"})
    assert answer.status_code == 405
    assert log.entries[-1].asked.startswith(f"{method} /v1.0/groups/")
    assert log.entries[-1].outcome == "405 Request_BadRequest"


async def test_the_log_names_the_client_and_the_address(http: httpx.AsyncClient, log: RequestLog) -> None:
    await http.get("/v1.0/groups", params={"$filter": "displayName eq 'x'"})
    entry = log.entries[-1]
    assert (entry.system, entry.kind, entry.identity) == ("tenant", "graph", str(CLIENT_ID))
    assert entry.asked.startswith("GET /v1.0/groups?$filter=displayName")


def token(issuer: TokenIssuer, **changes: Any) -> str:
    fields = {
        "issuer": "https://sts",
        "tenant_id": NOBODY,
        "app_id": str(CLIENT_ID),
        "app_display_name": "x",
        "audience": "https://graph.microsoft.com",
        "roles": ["Directory.Read.All"],
        "credential": "1",
    }
    return issuer.issue(**(fields | changes))[0]


@pytest.mark.parametrize(
    ("authorization", "message"),
    [
        (None, "Access token is empty."),
        ("Basic YTpi", "Access token is empty."),
        ("Bearer nonsense", "IDX14100"),
        (f"Bearer {token(TokenIssuer())}", "Invalid signature"),
    ],
    ids=["none", "other scheme", "no token", "foreign key"],
)
async def test_a_request_without_a_good_token_is_unauthorized(
    http: httpx.AsyncClient, log: RequestLog, authorization: str | None, message: str
) -> None:
    http.headers.pop("Authorization")
    answer = await http.get("/v1.0/groups", headers={"Authorization": authorization} if authorization else {})
    assert (answer.status_code, answer.json()["error"]["code"]) == (401, "InvalidAuthenticationToken")
    assert message in answer.json()["error"]["message"]
    assert answer.headers["WWW-Authenticate"].startswith('Bearer realm="", authorization_uri="https://localhost:')
    assert log.entries[-1].identity == "anonymous"


def test_an_expired_token_and_one_for_another_resource_are_rejected() -> None:
    issuer = TokenIssuer(wall=lambda: time.time() - 7200)
    now = TokenIssuer()
    now._key, now._key_id = issuer._key, issuer._key_id
    graph = frozenset({"https://graph.microsoft.com"})
    with pytest.raises(Exception, match="the token is expired"):
        now.check(token(issuer), graph)
    with pytest.raises(Exception, match="Invalid audience"):
        now.check(token(now, audience="https://vault.azure.net"), graph)
    assert now.check(token(now), graph).roles == {"Directory.Read.All"}


@pytest.mark.parametrize(
    ("roles", "allowed"),
    [
        ((), set()),
        (("GroupMember.Read.All",), {"groups", "members"}),
        (("Group.ReadWrite.All",), {"groups", "members"}),
        (("User.Read.All",), {"users", "organization"}),
        (("Organization.Read.All",), {"organization"}),
        (("RoleManagement.Read.Directory",), {"directoryRoles"}),
        (("Application.Read.All",), {"applications", "servicePrincipals"}),
        (("AuditLog.Read.All",), {"auditLogs"}),
        (("OnPremDirectorySynchronization.Read.All",), {"synchronization"}),
        (
            ("Directory.Read.All",),
            {
                "groups",
                "members",
                "users",
                "devices",
                "contacts",
                "organization",
                "directoryRoles",
                "applications",
                "servicePrincipals",
            },
        ),
    ],
)
async def test_a_role_opens_its_paths_only(
    http: httpx.AsyncClient, tenant: Tenant, as_app_with: GrantRoles, roles: tuple[str, ...], allowed: set[str]
) -> None:
    await as_app_with(*roles)
    paths = {name: f"/v1.0/{name}?$top=1" for name in ("groups", "users", "devices", "contacts", "directoryRoles")} | {
        "members": f"/v1.0/groups/{tenant.object(MIXED).entra_id}/members",
        "organization": "/v1.0/organization",
        "applications": "/v1.0/applications",
        "servicePrincipals": "/v1.0/servicePrincipals",
        "auditLogs": "/v1.0/auditLogs/directoryAudits",
        "synchronization": "/v1.0/directory/onPremisesSynchronization",
    }
    answers = {name: await http.get(path) for name, path in paths.items()}
    assert {name for name, answer in answers.items() if answer.status_code == 200} == allowed
    refusals = {answer.json()["error"]["code"] for answer in answers.values() if answer.status_code != 200}
    assert refusals <= {"Authorization_RequestDenied"}


async def test_group_permission_alone_shows_nothing_but_ids_of_members(
    http: httpx.AsyncClient, tenant: Tenant, as_app_with: GrantRoles
) -> None:
    await as_app_with("GroupMember.Read.All")
    select = "$top=999&$select=id,onPremisesImmutableId,onPremisesSecurityIdentifier"
    page = (await http.get(f"/v1.0/groups/{tenant.object(MIXED).entra_id}/members?{select}")).json()
    user = page["value"][0]
    assert user == {
        "@odata.type": "#microsoft.graph.user",
        "id": str(tenant.object(0).entra_id),
        "onPremisesImmutableId": None,
        "onPremisesSecurityIdentifier": None,
    }
    group = next(item for item in page["value"] if item["@odata.type"] == "#microsoft.graph.group")
    assert group["onPremisesSecurityIdentifier"].startswith("S-1-5-21-")


async def test_basic_user_permission_shows_names_but_no_on_premises_values(
    http: httpx.AsyncClient, tenant: Tenant, as_app_with: GrantRoles
) -> None:
    await as_app_with("GroupMember.Read.All", "User.ReadBasic.All")
    select = "$select=displayName,onPremisesSecurityIdentifier&$top=1"
    page = (await http.get(f"/v1.0/groups/{tenant.object(MIXED).entra_id}/members/graph.user?{select}")).json()
    assert page["value"] == [
        {"displayName": tenant.object(0).display_name, "onPremisesSecurityIdentifier": None},
    ]


async def test_a_denied_path_is_refused_whatever_the_roles(http: httpx.AsyncClient, tenant: Tenant) -> None:
    tenant.denied_paths.add("/organization")
    assert (await http.get("/v1.0/organization")).status_code == 403
    assert (await http.get("/v1.0/groups")).status_code == 200


async def test_synchronization_may_not_be_readable_app_only(http: httpx.AsyncClient, tenant: Tenant) -> None:
    tenant.directory_synchronization_app_only = False
    answer = await http.get("/beta/directory/onPremisesSynchronization")
    assert (answer.status_code, answer.json()["error"]["code"]) == (403, "Authorization_RequestDenied")


async def test_throttling_says_for_how_long_and_ends(http: httpx.AsyncClient, tenant: Tenant) -> None:
    tenant.throttle, tenant.retry_after = 2, 7
    answers = [await http.get("/v1.0/groups") for _ in range(3)]
    assert [answer.status_code for answer in answers] == [429, 429, 200]
    assert answers[0].headers["Retry-After"] == "7"
    assert answers[0].headers["x-ms-throttle-scope"].startswith("Tenant_Application/ReadWrite/")
    assert answers[0].json()["error"]["code"] == "TooManyRequests"


async def test_a_negative_throttle_never_ends(http: httpx.AsyncClient, tenant: Tenant) -> None:
    tenant.throttle = -1
    assert {(await http.get("/v1.0/groups")).status_code for _ in range(4)} == {429}


async def test_another_tenant_can_answer(http: httpx.AsyncClient, tenant: Tenant) -> None:
    tenant.answers_as = TenantIdentity(UUID(NOBODY), "Fabrikam", "fabrikam.onmicrosoft.com", ("fabrikam.com",))
    organization = (await http.get("/v1.0/organization")).json()["value"][0]
    assert (organization["id"], organization["displayName"]) == (NOBODY, "Fabrikam")
    assert [domain["name"] for domain in organization["verifiedDomains"]] == ["fabrikam.com"]


async def test_only_beta_tells_who_exported_last(http: httpx.AsyncClient) -> None:
    path = "/directory/onPremisesSynchronization"
    stable = (await http.get(f"/v1.0{path}")).json()["value"][0]["configuration"]
    beta = (await http.get(f"/beta{path}")).json()["value"][0]["configuration"]
    assert list(stable) == ["accidentalDeletionPrevention"]
    assert beta["currentExportData"]["clientMachineName"] == "SYNC-OLD"
    assert beta["synchronizationClientVersion"] == "2.5.79.0"


async def test_selected_properties_of_the_organization_come_alone(http: httpx.AsyncClient, tenant: Tenant) -> None:
    select = "id,onPremisesSyncEnabled"
    body = (await http.get("/v1.0/organization", params={"$select": select})).json()
    assert body["value"] == [{"id": str(tenant.tenant_id), "onPremisesSyncEnabled": True}]
    assert body["@odata.context"].endswith(f"/v1.0/$metadata#organization({select})")


async def test_the_application_of_a_server_is_found_by_the_beginning_of_its_name(http: httpx.AsyncClient) -> None:
    params = {"$filter": "startswith(displayName,'ConnectSyncProvisioning_')"}
    applications = (await http.get("/v1.0/applications", params=params)).json()["value"]
    assert [each["displayName"] for each in applications] == ["ConnectSyncProvisioning_SYNC-NEW_0a1b2c3d4e5f"]
    assert applications[0]["keyCredentials"][0]["type"] == "AsymmetricX509Cert"
    principal = await http.get(f"/v1.0/servicePrincipals(appId='{applications[0]['appId']}')?$select=displayName")
    assert principal.json()["displayName"] == applications[0]["displayName"]


async def test_role_members_can_be_expanded_as_assessments_do(http: httpx.AsyncClient) -> None:
    params = {"$filter": "roleTemplateId eq 'd29b2b05-8046-44ba-8758-1e26182fcf32'", "$expand": "members"}
    role = (await http.get("/v1.0/directoryRoles", params=params)).json()["value"][0]
    assert [member["userPrincipalName"].partition("_")[0] for member in role["members"]] == ["Sync"]


async def test_a_user_is_read_by_name_by_id_and_as_a_directory_object(
    http: httpx.AsyncClient, tenant: Tenant, as_app_with: GrantRoles
) -> None:
    await as_app_with("Directory.Read.All")
    user = tenant.object(42)
    answers = [
        (await http.get(f"/v1.0/{path}?$select=id")).json()["id"]
        for path in (f"users/{user.entra_id}", f"users/{user.user_principal_name}", f"directoryObjects/{user.entra_id}")
    ]
    assert answers == [str(user.entra_id)] * 3


async def test_groups_of_a_member(http: httpx.AsyncClient, tenant: Tenant) -> None:
    page = (await http.get(f"/v1.0/users/{tenant.object(120).entra_id}/memberOf?$select=displayName")).json()
    assert [item["displayName"] for item in page["value"]] == ["All Staff", "Mixed O'Neil", "Nested"]


async def test_a_world_of_2021_shows_its_own_time_and_still_takes_todays_tokens(
    http: httpx.AsyncClient, clock: Clock
) -> None:
    clock.shift = Clock.starting_at(datetime(2021, 11, 29, 20, 0, tzinfo=UTC)).shift
    answer = await http.get(f"/v1.0/groups/{NOBODY}")
    assert answer.status_code == 404
    assert parsedate_to_datetime(answer.headers["Date"]).year == 2021
    assert answer.json()["error"]["innerError"]["date"].startswith("2021-11-29T20:0")
