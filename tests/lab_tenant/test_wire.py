"""Chaos on the wire, seen by a client."""

from __future__ import annotations

import json
import ssl
import time
from typing import TYPE_CHECKING

import httpx
import pytest

from lab.tenant import chaos as kinds
from tests.lab_tenant.conftest import LARGE

if TYPE_CHECKING:
    from lab.log import RequestLog
    from lab.tenant.server import TenantListener
    from lab.world.tenant import Tenant
    from tests.lab_tenant.conftest import Authorities, Disturb

ORGANIZATION = "/v1.0/organization"


@pytest.mark.parametrize("kind", ["reset", "cut"])
async def test_a_connection_can_break(http: httpx.AsyncClient, log: RequestLog, chaos: Disturb, kind: str) -> None:
    chaos("/organization", kind)
    with pytest.raises((httpx.ReadError, httpx.RemoteProtocolError)):
        await http.get(ORGANIZATION)
    assert log.entries[-1].outcome == kind
    assert (await http.get(ORGANIZATION)).status_code == 200


async def test_an_unreachable_tenant_resets_both_services(
    http: httpx.AsyncClient, tenant: Tenant, listener: TenantListener, log: RequestLog
) -> None:
    tenant.unreachable = True
    for url in (ORGANIZATION, f"{listener.authority_url}/common/discovery/instance"):
        with pytest.raises(httpx.TransportError):
            await http.get(url)
        assert log.entries[-1].outcome == "reset"
    tenant.unreachable = False
    assert (await http.get(ORGANIZATION)).status_code == 200


@pytest.mark.parametrize(
    ("kind", "status", "content_type"),
    [
        ("html", 200, "text/html"),
        ("error-502", 502, "text/html"),
        ("error-500", 500, "application/json"),
        ("error-503", 503, "application/json"),
        ("error-504", 504, "application/json"),
        ("empty-body", 200, "application/json"),
        ("no-content-type", 200, ""),
    ],
)
async def test_an_answer_can_be_another(
    http: httpx.AsyncClient, chaos: Disturb, kind: str, status: int, content_type: str
) -> None:
    chaos("/organization", kind)
    answer = await http.get(ORGANIZATION)
    assert answer.status_code == status
    assert answer.headers["content-type"].partition(";")[0] == content_type
    if status >= 500 and content_type == "application/json":
        assert answer.json()["error"]["innerError"]["request-id"] == answer.headers["request-id"]
    assert (len(answer.content) == 0) == (kind == "empty-body")


async def test_a_body_can_end_early_under_a_length_that_says_it_is_whole(
    http: httpx.AsyncClient, chaos: Disturb
) -> None:
    chaos("/organization", "truncated")
    answer = await http.get(ORGANIZATION)
    with pytest.raises(json.JSONDecodeError):
        answer.json()


async def test_a_body_can_begin_with_a_byte_order_mark(http: httpx.AsyncClient, tenant: Tenant, chaos: Disturb) -> None:
    chaos("$count", "bom")
    url = f"/v1.0/groups/{tenant.object(LARGE).entra_id}/members/$count"
    answer = await http.get(url, headers={"ConsistencyLevel": "eventual"})
    assert answer.content == b"\xef\xbb\xbf250000"


async def test_a_body_can_come_slowly_and_still_whole(http: httpx.AsyncClient, chaos: Disturb) -> None:
    chaos("/organization", "dribble")
    began = time.monotonic()
    answer = await http.get(ORGANIZATION)
    assert time.monotonic() - began > 0.5
    assert answer.json()["value"]


async def test_the_token_endpoint_can_fail_too(
    listener: TenantListener, tenant: Tenant, authorities: Authorities, chaos: Disturb
) -> None:
    chaos("oauth2/v2.0/token", "error-503")
    verify = ssl.create_default_context(cafile=authorities.ca_file)
    async with httpx.AsyncClient(verify=verify) as client:
        answers = [
            await client.post(f"{listener.authority_url}/{tenant.tenant_id}/oauth2/v2.0/token", data={})
            for _ in range(2)
        ]
    assert [answer.status_code for answer in answers] == [503, 400]


async def test_a_filter_can_be_refused_though_the_documents_list_it(http: httpx.AsyncClient, chaos: Disturb) -> None:
    chaos("/groups", "unsupported-query")
    params = {"$filter": "displayName eq 'x'"}
    codes = [(await http.get("/v1.0/groups", params=params)).status_code for _ in range(2)]
    assert codes == [400, 200]


async def test_large_answers_are_compressed_for_those_who_ask(http: httpx.AsyncClient) -> None:
    plain = await http.get("/v1.0/users?$top=999", headers={"Accept-Encoding": "identity"})
    zipped = await http.get("/v1.0/users?$top=999", headers={"Accept-Encoding": "gzip"})
    assert "content-encoding" not in plain.headers
    assert zipped.headers["content-encoding"] == "gzip"
    assert plain.json() == zipped.json()


def test_every_kind_of_chaos_says_what_it_does() -> None:
    assert all(len(meaning) > 10 for meaning in kinds.KINDS.values())
    assert len(kinds.KINDS) == sum(map(len, (kinds.WIRE, kinds.PAGES, kinds.REFUSALS, kinds.COUNTS)))
