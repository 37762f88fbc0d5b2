"""Pages of members: complete, bound to their query, and disturbed on demand."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, urlsplit

import pytest

from lab.world.keys import KeySet
from tests.lab_tenant.conftest import EVENTUAL, LARGE, MIXED, NESTED

if TYPE_CHECKING:
    import httpx

    from lab.tenant.server import TenantListener
    from lab.world.tenant import Tenant
    from tests.lab_tenant.conftest import Disturb, GrantRoles

SELECT = "$select=id,onPremisesImmutableId,onPremisesSecurityIdentifier"


def members_url(tenant: Tenant, key: int, options: str = f"$top=999&{SELECT}") -> str:
    return f"/v1.0/groups/{tenant.object(key).entra_id}/members?{options}"


async def pages(http: httpx.AsyncClient, url: str, **options: Any) -> list[dict[str, Any]]:
    found = []
    for _ in range(400):
        page = (await http.get(url, **options)).json()
        found.append(page)
        if "@odata.nextLink" not in page:
            return found
        url = page["@odata.nextLink"]
    pytest.fail("the pages have no end")


async def test_a_quarter_of_a_million_members_come_complete(http: httpx.AsyncClient, tenant: Tenant) -> None:
    began = time.process_time()
    found = await pages(http, members_url(tenant, LARGE))
    seconds = time.process_time() - began
    anchors = {item["onPremisesImmutableId"] for page in found for item in page["value"]}
    assert len(found) == 251
    assert anchors == {tenant.object(key).source_anchor for key in tenant.members(LARGE)}
    assert seconds < 20, "client and lab together"


async def test_a_scattered_membership_comes_complete_too(http: httpx.AsyncClient, tenant: Tenant) -> None:
    tenant.groups[LARGE].members = KeySet.of(*range(0, 20_000, 3))
    found = await pages(http, members_url(tenant, LARGE))
    sids = [item["onPremisesSecurityIdentifier"] for page in found for item in page["value"]]
    assert sids == [tenant.object(key).sid for key in range(0, 20_000, 3)]


async def test_a_page_read_before_follows_the_membership_all_the_same(http: httpx.AsyncClient, tenant: Tenant) -> None:
    tenant.groups[LARGE].members = KeySet.of(range(10_000))
    before = await pages(http, members_url(tenant, LARGE))
    assert await pages(http, members_url(tenant, LARGE)) == before
    tenant.groups[LARGE].members -= KeySet.of(4_000)
    after = await pages(http, members_url(tenant, LARGE))
    assert sum(len(page["value"]) for page in after) == 9_999
    assert after[:4] == before[:4]
    assert str(tenant.object(4_000).entra_id) not in {item["id"] for item in after[4]["value"]}


async def test_a_kept_page_is_not_shown_to_a_caller_with_fewer_rights(
    http: httpx.AsyncClient, tenant: Tenant, as_app_with: GrantRoles
) -> None:
    url = members_url(tenant, LARGE)
    shown = (await http.get(url)).json()["value"][0]["onPremisesSecurityIdentifier"]
    await as_app_with("GroupMember.Read.All")
    hidden = (await http.get(url)).json()["value"][0]["onPremisesSecurityIdentifier"]
    assert (shown, hidden) == (tenant.object(0).sid, None)


@pytest.mark.parametrize("kind", ["truncated", "empty-body"])
async def test_a_kept_page_can_be_damaged_too(
    http: httpx.AsyncClient, tenant: Tenant, chaos: Disturb, kind: str
) -> None:
    url = members_url(tenant, LARGE)
    whole = await http.get(url)
    chaos("/members", kind)
    damaged = await http.get(url)
    assert len(damaged.content) < len(whole.content)
    assert (await http.get(url, headers={"Accept-Encoding": "identity"})).content == whole.content


@pytest.mark.parametrize(("options", "size"), [("", 100), ("$top=7", 7), ("%24top=7", 7), ("top=150", 150)])
async def test_the_size_of_a_page(http: httpx.AsyncClient, tenant: Tenant, options: str, size: int) -> None:
    page = (await http.get(members_url(tenant, LARGE, options))).json()
    assert len(page["value"]) == size


@pytest.mark.parametrize(
    ("option", "code"),
    [
        ("$top=1000", "Request_UnsupportedQuery"),
        ("$top=0", "Request_UnsupportedQuery"),
        ("$top=many", "BadRequest"),
        ("$skip=100", "Request_BadRequest"),
        ("$count=perhaps", "BadRequest"),
        ("$apply=aggregate", "BadRequest"),
        ("$select=id,nothing", "BadRequest"),
        ("$expand=owners", "BadRequest"),
        ("$skiptoken=m~broken", "Request_UnsupportedQuery"),
    ],
)
async def test_options_graph_refuses(http: httpx.AsyncClient, tenant: Tenant, option: str, code: str) -> None:
    answer = await http.get(members_url(tenant, LARGE, option))
    assert (answer.status_code, answer.json()["error"]["code"]) == (400, code)


async def test_the_next_link_is_absolute_and_keeps_every_option(
    http: httpx.AsyncClient, tenant: Tenant, listener: TenantListener
) -> None:
    link = (await http.get(members_url(tenant, LARGE))).json()["@odata.nextLink"]
    assert link.startswith(f"{listener.graph_url}/v1.0/groups/")
    options = parse_qs(urlsplit(link).query)
    assert options["$top"] == ["999"]
    assert f"$select={options['$select'][0]}" == SELECT
    assert list(options) == ["$top", "$select", "$skiptoken"]


async def test_a_skip_token_of_another_query_is_refused(http: httpx.AsyncClient, tenant: Tenant) -> None:
    link = (await http.get(members_url(tenant, LARGE))).json()["@odata.nextLink"]
    token = parse_qs(urlsplit(link).query)["$skiptoken"][0]
    answer = await http.get(members_url(tenant, NESTED, f"$top=999&$skiptoken={token}"))
    assert answer.json()["error"]["message"] == "Unable to execute query; invalid page token specified."


async def test_the_count_stands_on_the_first_page_of_an_advanced_query_only(
    http: httpx.AsyncClient, tenant: Tenant
) -> None:
    url = members_url(tenant, NESTED, "$top=60&$count=true")
    advanced = await pages(http, url, headers=EVENTUAL)
    plain = await pages(http, url)
    assert [page.get("@odata.count") for page in advanced] == [101, None]
    assert [page.get("@odata.count") for page in plain] == [None, None]


@pytest.mark.parametrize(
    ("cast", "kinds"),
    [
        ("", {"user": 150, "group": 1, "device": 2, "orgContact": 1}),
        ("/microsoft.graph.user", {"user": 150}),
        ("/graph.user", {"user": 150}),
        ("/graph.group", {"group": 1}),
        ("/graph.device", {"device": 2}),
        ("/microsoft.graph.orgContact", {"orgContact": 1}),
        ("/graph.servicePrincipal", {}),
    ],
)
async def test_members_by_type(http: httpx.AsyncClient, tenant: Tenant, cast: str, kinds: dict[str, int]) -> None:
    path = f"/v1.0/groups/{tenant.object(MIXED).entra_id}/members{cast}"
    count = await http.get(f"{path}/$count", headers=EVENTUAL)
    page = (await http.get(path, params={"$top": "999"})).json()
    assert (count.headers["content-type"], count.text) == ("text/plain", str(sum(kinds.values())))
    assert len(page["value"]) == sum(kinds.values())
    if not cast:
        types = [item["@odata.type"].removeprefix("#microsoft.graph.") for item in page["value"]]
        assert {kind: types.count(kind) for kind in set(types)} == kinds


async def test_transitive_members_go_into_nested_groups_once(http: httpx.AsyncClient, tenant: Tenant) -> None:
    path = f"/v1.0/groups/{tenant.object(MIXED).entra_id}/transitiveMembers"
    everyone = await http.get(f"{path}/$count", headers=EVENTUAL)
    users = await http.get(f"{path}/microsoft.graph.user/$count", headers=EVENTUAL)
    assert (everyone.text, users.text) == ("205", "200")


async def test_immutable_id_stands_on_users_and_sid_on_all_but_contacts(
    http: httpx.AsyncClient, tenant: Tenant
) -> None:
    page = (await http.get(members_url(tenant, MIXED))).json()
    last = {item["@odata.type"]: item for item in page["value"]}
    names = {kind.removeprefix("#microsoft.graph."): sorted(item)[1:] for kind, item in last.items()}
    assert names == {
        "user": ["id", "onPremisesImmutableId", "onPremisesSecurityIdentifier"],
        "group": ["id", "onPremisesSecurityIdentifier"],
        "device": ["id", "onPremisesSecurityIdentifier"],
        "orgContact": ["id"],
    }


async def test_an_empty_page_loses_nothing(http: httpx.AsyncClient, tenant: Tenant, chaos: Disturb) -> None:
    chaos("/members", "empty-page", 2)
    found = await pages(http, members_url(tenant, NESTED, "$top=60"))
    assert [len(page["value"]) for page in found] == [0, 0, 60, 41]


async def test_a_repeated_link_leads_to_the_same_page(http: httpx.AsyncClient, tenant: Tenant, chaos: Disturb) -> None:
    first = (await http.get(members_url(tenant, NESTED, "$top=30"))).json()
    chaos("/members", "repeated-link", 2)
    second = (await http.get(first["@odata.nextLink"])).json()
    again = (await http.get(second["@odata.nextLink"])).json()
    assert second["@odata.nextLink"] == again["@odata.nextLink"] == first["@odata.nextLink"]
    assert second["value"] == again["value"]


async def test_a_repeated_page_comes_behind_a_new_link(http: httpx.AsyncClient, tenant: Tenant, chaos: Disturb) -> None:
    chaos("/members", "repeated-page")
    found = await pages(http, members_url(tenant, NESTED, "$top=60"))
    assert [len(page["value"]) for page in found] == [60, 60, 41]
    assert found[0]["value"] == found[1]["value"]


async def test_a_link_can_lead_away(http: httpx.AsyncClient, tenant: Tenant, chaos: Disturb) -> None:
    chaos("/members", "foreign-link")
    page = (await http.get(members_url(tenant, LARGE))).json()
    assert page["@odata.nextLink"].startswith("https://graph.example/v1.0/groups/")


async def test_a_page_can_miss_its_value(http: httpx.AsyncClient, tenant: Tenant, chaos: Disturb) -> None:
    chaos("/members", "missing-value")
    page = (await http.get(members_url(tenant, LARGE))).json()
    assert sorted(page) == ["@odata.context", "@odata.nextLink"]


async def test_a_count_can_lag_behind(http: httpx.AsyncClient, tenant: Tenant, chaos: Disturb) -> None:
    chaos("/$count", "stale-count")
    url = f"/v1.0/groups/{tenant.object(LARGE).entra_id}/members/$count"
    counts = [(await http.get(url, headers=EVENTUAL)).text for _ in range(2)]
    assert counts == ["249999", "250000"]


async def test_roles_are_not_paged(http: httpx.AsyncClient) -> None:
    page = (await http.get("/v1.0/directoryRoles?$top=1")).json()
    assert "@odata.nextLink" not in page
