"""Unmodified msgraph-sdk against the lab: the wiring the suite uses."""

from __future__ import annotations

import json
import ssl
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import httpx
import msgraph.graph_request_adapter
import pytest
from kiota_abstractions.base_request_configuration import RequestConfiguration
from kiota_abstractions.method import Method
from kiota_abstractions.request_information import RequestInformation
from kiota_authentication_azure.azure_identity_authentication_provider import AzureIdentityAuthenticationProvider
from msgraph.generated.models.o_data_errors.o_data_error import ODataError
from msgraph.generated.models.on_premises_directory_synchronization_deletion_prevention_type import (
    OnPremisesDirectorySynchronizationDeletionPreventionType as PreventionType,
)
from msgraph.graph_request_adapter import GraphRequestAdapter
from msgraph.graph_service_client import GraphServiceClient
from msgraph_core import GraphClientFactory

from tests.lab_tenant.conftest import LARGE, MIXED

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from azure.identity.aio import ClientSecretCredential

    from lab.log import RequestLog
    from lab.tenant.server import TenantListener
    from lab.world.tenant import Tenant
    from tests.lab_tenant.conftest import Authorities, Disturb


@pytest.fixture
async def adapter(
    listener: TenantListener, credential: ClientSecretCredential, authorities: Authorities
) -> AsyncIterator[GraphRequestAdapter]:
    base_url = f"{listener.graph_url}/v1.0"
    verify = ssl.create_default_context(cafile=authorities.ca_file)
    async with httpx.AsyncClient(verify=verify, http2=False, base_url=base_url) as bare:
        client = GraphClientFactory.create_with_default_middleware(
            client=bare, options=msgraph.graph_request_adapter.options
        )
        provider = AzureIdentityAuthenticationProvider(
            credential, scopes=["https://graph.microsoft.com/.default"], allowed_hosts=["127.0.0.1", "localhost"]
        )
        adapter = GraphRequestAdapter(provider, client)
        adapter.base_url = base_url
        yield adapter


@pytest.fixture
def graph(adapter: GraphRequestAdapter) -> GraphServiceClient:
    return GraphServiceClient(request_adapter=adapter)


def eventual() -> RequestConfiguration[Any]:
    configuration: RequestConfiguration[Any] = RequestConfiguration()
    configuration.headers.add("ConsistencyLevel", "eventual")
    return configuration


async def test_counts_of_members_come_as_integers(graph: GraphServiceClient, tenant: Tenant) -> None:
    members = graph.groups.by_group_id(str(tenant.object(MIXED).entra_id)).members
    assert await members.count.get(request_configuration=eventual()) == 154
    assert await members.graph_user.count.get(request_configuration=eventual()) == 150
    assert await members.graph_device.count.get(request_configuration=eventual()) == 2


async def test_a_count_without_the_header_is_an_odata_error(graph: GraphServiceClient, tenant: Tenant) -> None:
    with pytest.raises(ODataError) as raised:
        await graph.groups.by_group_id(str(tenant.object(LARGE).entra_id)).members.count.get()
    assert raised.value.response_status_code == 400
    assert raised.value.error is not None
    assert raised.value.error.code == "Request_UnsupportedQuery"


async def test_a_group_is_found_by_sid_and_its_typed_values_are_right(
    graph: GraphServiceClient, tenant: Tenant
) -> None:
    expected = tenant.object(LARGE)
    configuration: RequestConfiguration[Any] = RequestConfiguration()
    configuration.query_parameters = graph.groups.GroupsRequestBuilderGetQueryParameters(
        filter=f"onPremisesSecurityIdentifier eq '{expected.sid}'"
    )
    answer = await graph.groups.get(request_configuration=configuration)
    assert answer is not None
    assert answer.value is not None
    assert [group.id for group in answer.value] == [str(expected.entra_id)]
    assert answer.value[0].on_premises_sync_enabled is True
    assert answer.value[0].on_premises_security_identifier == expected.sid


async def test_pages_of_members_come_as_bytes_through_the_adapter(
    adapter: GraphRequestAdapter, tenant: Tenant, listener: TenantListener
) -> None:
    url = (
        f"{listener.graph_url}/v1.0/groups/{tenant.object(MIXED).entra_id}/members"
        "?$top=100&$select=id,onPremisesImmutableId,onPremisesSecurityIdentifier"
    )
    found: set[str] = set()
    while url:
        request = RequestInformation(Method.GET)
        request.url = url
        body = await adapter.send_primitive_async(request, "bytes", {})
        page = json.loads(body)
        found |= {item["id"] for item in page["value"]}
        url = page.get("@odata.nextLink", "")
    assert found == {str(tenant.object(key).entra_id) for key in tenant.members(MIXED)}


async def test_organization_and_synchronization_parse_into_typed_models(
    graph: GraphServiceClient, tenant: Tenant
) -> None:
    organizations = await graph.organization.get()
    assert organizations is not None
    assert organizations.value is not None
    organization = organizations.value[0]
    assert organization.id == str(tenant.tenant_id)
    assert organization.on_premises_sync_enabled is True
    assert tenant.last_sync is not None
    assert organization.on_premises_last_sync_date_time == tenant.last_sync.replace(microsecond=0)
    assert [domain.name for domain in organization.verified_domains or []] == tenant.verified_domains

    synchronizations = await graph.directory.on_premises_synchronization.get()
    assert synchronizations is not None
    assert synchronizations.value is not None
    synchronization = synchronizations.value[0]
    assert synchronization.features is not None
    assert synchronization.features.password_sync_enabled is True
    prevention = synchronization.configuration.accidental_deletion_prevention  # type: ignore[union-attr]
    assert prevention is not None
    assert prevention.alert_threshold == 500
    assert prevention.synchronization_prevention_type is PreventionType.EnabledForCount


async def test_the_synchronization_role_is_found_by_its_template(graph: GraphServiceClient, tenant: Tenant) -> None:
    role = await graph.directory_roles_with_role_template_id("d29b2b05-8046-44ba-8758-1e26182fcf32").get()
    assert role is not None
    assert role.id is not None
    members = await graph.directory_roles.by_directory_role_id(role.id).members.get()
    assert members is not None
    accounts = [each.user_principal_name for each in tenant.sync_identities if each.kind == "user"]
    assert [member.user_principal_name for member in members.value or []] == accounts  # type: ignore[attr-defined]


async def test_a_throttled_request_is_repeated_by_the_sdk(
    graph: GraphServiceClient, tenant: Tenant, log: RequestLog
) -> None:
    tenant.throttle = 1
    assert await graph.groups.count.get(request_configuration=eventual()) == 3
    outcomes = [entry.outcome for entry in log.entries if entry.kind == "graph"]
    assert outcomes == ["429 TooManyRequests", "ok"]


async def test_a_claims_challenge_makes_the_client_fetch_a_new_token(
    graph: GraphServiceClient, log: RequestLog, chaos: Disturb
) -> None:
    chaos("/organization", "claims-challenge")
    assert await graph.organization.get()
    assert [entry.kind for entry in log.entries] == ["token", "graph", "token", "graph"]
    assert urlsplit(log.entries[1].asked.split()[1]).path == "/v1.0/organization"
