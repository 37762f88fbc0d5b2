"""The filter grammar as a table, and what the directory makes of it."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import pytest

from lab.tenant import filters
from lab.tenant.errors import GraphError
from lab.tenant.filters import Comparison, Inclusion, Logical, Not
from lab.world.tenant import ProvisioningError
from tests.lab_tenant.conftest import EVENTUAL, LARGE, MIXED, NAMES, NESTED

if TYPE_CHECKING:
    import httpx

    from lab.world.tenant import Tenant

SYNCED = Comparison(("onPremisesSyncEnabled",), "eq", value=True)
NAMED = Comparison(("displayName",), "startswith", "All")


@pytest.mark.parametrize(
    ("text", "tree"),
    [
        ("onPremisesSyncEnabled eq true", SYNCED),
        ("displayName eq 'O''Neil'", Comparison(("displayName",), "eq", "O'Neil")),
        ("displayName eq ''", Comparison(("displayName",), "eq", "")),
        ("startsWith(displayName,'All')", NAMED),
        ("startswith( displayName , 'All' )", NAMED),
        ("endsWith(mail,'@contoso.com')", Comparison(("mail",), "endswith", "@contoso.com")),
        ("mail eq null", Comparison(("mail",), "eq", None)),
        ("accountEnabled ne false", Comparison(("accountEnabled",), "ne", value=False)),
        ("id in ('a','b' , 'c')", Inclusion(("id",), ("a", "b", "c"))),
        ("not onPremisesSyncEnabled eq true", Not(SYNCED)),
        ("not(startsWith(displayName,'All'))", Not(NAMED)),
        (
            "onPremisesSyncEnabled eq true or startsWith(displayName,'All') and mail eq null",
            Logical("or", SYNCED, Logical("and", NAMED, Comparison(("mail",), "eq", None))),
        ),
        (
            "(onPremisesSyncEnabled eq true or mail eq null) and startsWith(displayName,'All')",
            Logical("and", Logical("or", SYNCED, Comparison(("mail",), "eq", None)), NAMED),
        ),
        (
            "onPremisesLastSyncDateTime ge 2024-01-31T12:00:00Z",
            Comparison(("onPremisesLastSyncDateTime",), "ge", datetime(2024, 1, 31, 12, tzinfo=UTC)),
        ),
        (
            "createdDateTime le 2024-01-31T12:00:00.5+02:00",
            Comparison(("createdDateTime",), "le", datetime(2024, 1, 31, 10, 0, 0, 500_000, tzinfo=UTC)),
        ),
        (
            "onPremisesProvisioningErrors/any(o:o/category eq 'PropertyConflict')",
            filters.Any(("onPremisesProvisioningErrors",), Comparison(("category",), "eq", "PropertyConflict")),
        ),
        ("groupTypes/any(c:c eq 'Unified')", filters.Any(("groupTypes",), Comparison((), "eq", "Unified"))),
        ("proxyAddresses/any()", filters.Any(("proxyAddresses",), None)),
        ("onPremisesProvisioningErrors/$count eq 0", Comparison(("onPremisesProvisioningErrors", "$count"), "eq", 0)),
        (
            "initiatedBy/user/userPrincipalName eq 'sync_a'",
            Comparison(("initiatedBy", "user", "userPrincipalName"), "eq", "sync_a"),
        ),
    ],
)
def test_a_filter_becomes_its_tree(text: str, tree: filters.Expression) -> None:
    assert filters.parse(text) == tree


@pytest.mark.parametrize(
    "text",
    [
        "",
        "displayName",
        "displayName eq",
        "displayName eq All",
        "displayName equals 'All'",
        "displayName eq 'All",
        "displayName eq 'a' and",
        "(displayName eq 'a'",
        "startsWith(displayName)",
        "id in ()",
        "id in 'a'",
        "displayName eq 'a' 'b'",
        "displayName == 'a'",
        "onPremisesProvisioningErrors/any(o o/category eq 'x')",
    ],
)
def test_a_damaged_filter_is_a_bad_request(text: str) -> None:
    with pytest.raises(GraphError) as raised:
        filters.parse(text)
    assert (raised.value.status, raised.value.code) == (400, "BadRequest")


async def groups(http: httpx.AsyncClient, text: str, *, advanced: bool = False) -> tuple[int, Any]:
    params = {"$filter": text, "$select": "displayName"} | ({"$count": "true"} if advanced else {})
    answer = await http.get("/v1.0/groups", params=params, headers=EVENTUAL if advanced else {})
    body = answer.json()
    if answer.status_code != 200:
        return answer.status_code, body["error"]["code"]
    return 200, [item["displayName"] for item in body["value"]]


LARGE_SID = "S-1-5-21-1004336348-1177238915-682003330-10001101"
EVERY = [NAMES[LARGE], NAMES[MIXED], NAMES[NESTED]]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        (f"onPremisesSecurityIdentifier eq '{LARGE_SID}'", ["All Staff"]),
        (f"onPremisesSecurityIdentifier eq '{LARGE_SID.lower()}'", ["All Staff"]),
        (f"onPremisesSecurityIdentifier in ('{LARGE_SID}', 'S-1-5-21-1-2-3-4')", ["All Staff"]),
        ("onPremisesSecurityIdentifier eq 'S-1-5-32-544'", []),
        ("onPremisesSyncEnabled eq true", EVERY),
        ("onPremisesSyncEnabled eq false", []),
        ("displayName eq 'all staff'", ["All Staff"]),
        ("displayName eq 'Mixed O''Neil'", ["Mixed O'Neil"]),
        ("startsWith(displayName,'N') or displayName eq 'All Staff'", ["All Staff", "Nested"]),
        ("startsWith(displayName,'N') and onPremisesSyncEnabled eq true", ["Nested"]),
        ("displayName in ('Nested','Deleted')", ["Nested"]),
        ("groupTypes/any(c:c eq 'Unified')", []),
    ],
)
async def test_what_works_without_the_header(http: httpx.AsyncClient, text: str, found: list[str]) -> None:
    assert await groups(http, text) == (200, found)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("onPremisesSyncEnabled ne true", []),
        ("not(displayName eq 'Nested')", ["All Staff", "Mixed O'Neil"]),
        ("onPremisesSamAccountName eq 'AllStaff'", ["All Staff"]),
        ("onPremisesLastSyncDateTime ge 2019-01-01T00:00:00Z", EVERY),
        ("onPremisesSecurityIdentifier eq null", []),
        ("mail ne null", []),
        ("endsWith(displayName,'Staff')", ["All Staff"]),
        ("onPremisesProvisioningErrors/any(o:o/category eq 'PropertyConflict')", ["Nested"]),
        ("not(onPremisesProvisioningErrors/any(o:o/category eq 'PropertyConflict'))", ["All Staff", "Mixed O'Neil"]),
        ("onPremisesProvisioningErrors/$count ne 0", ["Nested"]),
        ("serviceProvisioningErrors/any(e:e/isResolved eq false)", []),
    ],
)
async def test_what_needs_an_advanced_query(
    http: httpx.AsyncClient, tenant: Tenant, text: str, found: list[str]
) -> None:
    assert tenant.last_sync is not None
    tenant.provisioning_errors[NESTED] = ProvisioningError("PropertyConflict", tenant.last_sync, "ProxyAddresses", "x")
    assert await groups(http, text) == (400, "Request_UnsupportedQuery")
    assert await groups(http, text, advanced=True) == (200, found)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("theme eq 'blue'", "Request_UnsupportedQuery"),
        ("description eq 'x'", "Request_UnsupportedQuery"),
        ("displayName ge 'x'", "Request_UnsupportedQuery"),
        ("onPremisesImmutableId eq 'x'", "BadRequest"),
        ("noSuchProperty eq 'x'", "BadRequest"),
        ("onPremisesSyncEnabled eq 'true'", "BadRequest"),
    ],
)
async def test_what_never_works_on_groups(http: httpx.AsyncClient, text: str, code: str) -> None:
    assert await groups(http, text, advanced=True) == (400, code)


async def test_the_header_alone_or_the_count_alone_is_not_an_advanced_query(http: httpx.AsyncClient) -> None:
    text = "displayName ne 'x'"
    header = await http.get("/v1.0/groups", params={"$filter": text}, headers=EVENTUAL)
    count = await http.get("/v1.0/groups", params={"$filter": text, "$count": "true"})
    assert (header.status_code, count.status_code) == (400, 400)


@pytest.mark.parametrize(
    ("name", "level"), [("id", {}), ("onPremisesSecurityIdentifier", {}), ("onPremisesImmutableId", EVENTUAL)]
)
async def test_a_user_is_found_by_each_of_its_identifiers(
    http: httpx.AsyncClient, tenant: Tenant, name: str, level: dict[str, str]
) -> None:
    user = tenant.object(123_456)
    value = {"id": user.entra_id, "onPremisesSecurityIdentifier": user.sid, "onPremisesImmutableId": user.source_anchor}
    params = {"$filter": f"{name} eq '{value[name]}'", "$count": "true", "$select": "id,userPrincipalName"}
    answer = await http.get("/v1.0/users", params=params, headers=level)
    assert answer.json()["value"] == [{"id": str(user.entra_id), "userPrincipalName": user.user_principal_name}]


async def test_totals_of_synchronised_users_leave_cloud_accounts_out(http: httpx.AsyncClient, tenant: Tenant) -> None:
    everyone = await http.get("/v1.0/users/$count", headers=EVENTUAL)
    synced = await http.get("/v1.0/users/$count", params={"$filter": "onPremisesSyncEnabled eq true"}, headers=EVENTUAL)
    assert (everyone.text, synced.text) == (str(len(tenant.users) + 1), str(len(tenant.users)))


async def test_members_can_be_split_by_a_filter_on_a_cast(http: httpx.AsyncClient, tenant: Tenant) -> None:
    path = f"/v1.0/groups/{tenant.object(MIXED).entra_id}/members/microsoft.graph.user"
    params = {"$filter": "startswith(userPrincipalName,'u00000')", "$count": "true", "$select": "id"}
    answer = (await http.get(path, params=params, headers=EVENTUAL)).json()
    assert answer["@odata.count"] == 10
    assert {item["id"] for item in answer["value"]} == {str(tenant.object(key).entra_id) for key in range(10)}


async def test_search_needs_the_header_and_finds_words_anywhere(http: httpx.AsyncClient) -> None:
    params = {"$search": '"displayName:staff" OR "displayName:nest"', "$select": "displayName"}
    assert (await http.get("/v1.0/groups", params=params)).status_code == 400
    answer = await http.get("/v1.0/groups", params=params, headers=EVENTUAL)
    assert [item["displayName"] for item in answer.json()["value"]] == ["All Staff", "Nested"]


async def test_order_with_a_filter_needs_an_advanced_query(http: httpx.AsyncClient) -> None:
    params = {"$orderby": "displayName desc", "$filter": "onPremisesSyncEnabled eq true", "$select": "displayName"}
    assert (await http.get("/v1.0/groups", params=params)).json()["error"]["code"] == "Request_UnsupportedQuery"
    answer = await http.get("/v1.0/groups", params=params | {"$count": "true", "$top": "2"}, headers=EVENTUAL)
    following = await http.get(answer.json()["@odata.nextLink"], headers=EVENTUAL)
    names = [item["displayName"] for page in (answer, following) for item in page.json()["value"]]
    assert names == ["Nested", "Mixed O'Neil", "All Staff"]


async def test_members_are_ordered_by_an_advanced_query_only(http: httpx.AsyncClient, tenant: Tenant) -> None:
    path = f"/v1.0/groups/{tenant.object(NESTED).entra_id}/members"
    params = {"$orderby": "displayName", "$count": "true", "$select": "displayName", "$top": "999"}
    assert (await http.get(path, params=params)).json()["error"]["code"] == "Request_UnsupportedQuery"
    page = (await http.get(path, params=params, headers=EVENTUAL)).json()
    names = [item["displayName"] for item in page["value"]]
    assert names == sorted(names, key=str.casefold)
    assert len(names) == 101
