"""`$batch`: each item has its own life."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from tests.lab_tenant.conftest import EVENTUAL, LARGE, MIXED, NESTED

if TYPE_CHECKING:
    import httpx

    from lab.world.tenant import Tenant


def get(name: str, url: str, **more: Any) -> dict[str, Any]:
    return {"id": name, "method": "GET", "url": url, **more}


async def batch(http: httpx.AsyncClient, *items: dict[str, Any]) -> dict[str, dict[str, Any]]:
    answer = await http.post("/v1.0/$batch", json={"requests": list(items)})
    assert answer.status_code == 200
    return {item["id"]: item for item in answer.json()["responses"]}


async def test_counts_of_many_groups_come_in_one_answer(http: httpx.AsyncClient, tenant: Tenant) -> None:
    groups = {str(key): tenant.object(key).entra_id for key in (LARGE, MIXED, NESTED)}
    items = [get(name, f"/groups/{entra_id}/members/$count", headers=EVENTUAL) for name, entra_id in groups.items()]
    answers = await batch(http, *items)
    assert {name: answer["body"] for name, answer in answers.items()} == {
        str(LARGE): 250_000,
        str(MIXED): 154,
        str(NESTED): 101,
    }


async def test_one_item_can_fail_alone(http: httpx.AsyncClient) -> None:
    answers = await batch(http, get("good", "/organization"), get("bad", "/groups/x"), get("count", "/groups/$count"))
    assert {name: answer["status"] for name, answer in answers.items()} == {"good": 200, "bad": 400, "count": 400}
    assert answers["bad"]["body"]["error"]["code"] == "Request_BadRequest"
    assert answers["good"]["body"]["value"][0]["displayName"] == "Contoso"


async def test_each_item_is_throttled_for_itself(http: httpx.AsyncClient, tenant: Tenant) -> None:
    await http.get("/v1.0/organization")
    tenant.throttle = -1
    outer = await http.post("/v1.0/$batch", json={"requests": [get("1", "/organization")]})
    assert outer.status_code == 200
    item = outer.json()["responses"][0]
    assert (item["status"], item["headers"]["Retry-After"]) == (429, "1")


async def test_an_item_that_waits_for_a_failed_one_fails(http: httpx.AsyncClient) -> None:
    answers = await batch(
        http,
        get("1", "/groups/x"),
        get("2", "/organization", dependsOn=["1"]),
        get("3", "/organization", dependsOn=["2"]),
        get("4", "/organization"),
    )
    assert [answers[name]["status"] for name in "1234"] == [400, 424, 424, 200]


async def test_an_item_cannot_write(http: httpx.AsyncClient) -> None:
    answers = await batch(http, {"id": "1", "method": "DELETE", "url": "/groups/x"})
    assert answers["1"]["status"] == 405


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"requests": [{"id": "1"}]},
        {"requests": [get("1", "/organization"), get("1", "/organization")]},
        {"requests": [get(str(number), "/organization") for number in range(21)]},
        {"requests": [get("1", "/organization", dependsOn=["2"])]},
        {"requests": [get("1", "/$batch")]},
    ],
    ids=["nothing", "incomplete", "same id twice", "too many", "unknown dependence", "a batch inside"],
)
async def test_a_wrong_batch_is_refused_as_a_whole(http: httpx.AsyncClient, body: dict[str, Any]) -> None:
    answer = await http.post("/v1.0/$batch", json=body)
    assert (answer.status_code, answer.json()["error"]["code"]) == (400, "BadRequest")


async def test_a_batch_is_posted(http: httpx.AsyncClient) -> None:
    assert (await http.get("/v1.0/$batch")).status_code == 405
