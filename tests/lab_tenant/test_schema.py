"""The lab's JSON against Microsoft's own models: names, types and values survive the typed deserialisers."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, cast
from uuid import UUID

import pytest
from kiota_abstractions.serialization import Parsable
from kiota_serialization_json.json_parse_node_factory import JsonParseNodeFactory
from msgraph.generated.models.application import Application
from msgraph.generated.models.device import Device
from msgraph.generated.models.directory_object_collection_response import DirectoryObjectCollectionResponse
from msgraph.generated.models.directory_role import DirectoryRole
from msgraph.generated.models.domain_collection_response import DomainCollectionResponse
from msgraph.generated.models.group import Group
from msgraph.generated.models.o_data_errors.o_data_error import ODataError
from msgraph.generated.models.on_premises_directory_synchronization import OnPremisesDirectorySynchronization
from msgraph.generated.models.on_premises_directory_synchronization_feature import (
    OnPremisesDirectorySynchronizationFeature,
)
from msgraph.generated.models.org_contact import OrgContact
from msgraph.generated.models.organization import Organization
from msgraph.generated.models.service_principal import ServicePrincipal
from msgraph.generated.models.user import User

from lab.tenant.entities import TYPES
from lab.world.tenant import ProvisioningError
from tests.lab_tenant.conftest import LARGE, MIXED, NESTED

if TYPE_CHECKING:
    import httpx

    from lab.tenant.schema import EntityType
    from lab.world.tenant import Tenant
    from tests.lab_tenant.conftest import GrantRoles

MODELS: dict[str, type[Any]] = {
    "user": User,
    "group": Group,
    "device": Device,
    "orgContact": OrgContact,
    "servicePrincipal": ServicePrincipal,
    "application": Application,
    "directoryRole": DirectoryRole,
}

BEYOND_METADATA = {"creationOptions"}
"""Sent by the service for every group, though the metadata does not list it."""

ANNOTATIONS = {
    "string": ("str", "UUID"),
    "boolean": ("bool",),
    "int": ("int",),
    "datetime": ("datetime.datetime",),
    "strings": ("list[str]",),
}
"""How the models write the types of the lab's properties."""


def parse(content: bytes, model: type[Any]) -> Any:
    return JsonParseNodeFactory().get_root_parse_node("application/json", content).get_object_value(cast("Any", model))


def strangers(value: Any) -> set[str]:
    """Names that a model put aside because it does not know them, at any depth."""
    found: set[str] = set()
    if isinstance(value, list):
        return found.union(*map(strangers, value))
    if not isinstance(value, Parsable):
        return found
    found |= {name for name in getattr(value, "additional_data", {}) if not name.startswith("@odata.")}
    for name in value.get_field_deserializers():
        attribute = "".join(f"_{each.lower()}" if each.isupper() else each for each in name.removeprefix("@odata."))
        found |= strangers(getattr(value, attribute, None))
    return found


@pytest.mark.parametrize("of", TYPES.values(), ids=list(TYPES))
def test_every_property_of_a_type_is_one_of_microsofts(of: EntityType) -> None:
    known = set(MODELS[of.name]().get_field_deserializers()) | BEYOND_METADATA
    assert set(of.properties) <= known


@pytest.mark.parametrize("of", TYPES.values(), ids=list(TYPES))
def test_every_property_has_microsofts_type(of: EntityType) -> None:
    annotations = {
        attribute.replace("_", ""): str(kind)
        for base in MODELS[of.name].__mro__
        for attribute, kind in getattr(base, "__annotations__", {}).items()
    }
    for name, prop in of.properties.items():
        if name in BEYOND_METADATA:
            continue
        written = annotations[name.lower()].removeprefix("Optional[").removesuffix("]")
        if prop.edm == "complexes":
            assert written.startswith("list["), name
        else:
            assert written in ANNOTATIONS[prop.edm], name


def test_a_name_no_model_knows_is_noticed_at_any_depth() -> None:
    content = b'{"id":"1","nonsense":1,"verifiedDomains":[{"name":"a.b","rubbish":[]}]}'
    assert strangers(parse(content, Organization)) == {"nonsense", "rubbish"}


def test_immutable_id_is_on_user_only_and_a_contact_has_no_sid() -> None:
    assert {name for name, of in TYPES.items() if "onPremisesImmutableId" in of.properties} == {"user"}
    with_sid = {name for name, of in TYPES.items() if "onPremisesSecurityIdentifier" in of.properties}
    assert with_sid == {"user", "group", "device"}


async def whole(http: httpx.AsyncClient, path: str, of: str) -> bytes:
    names = ",".join(TYPES[of].properties)
    answer = await http.get(path, params={"$select": names})
    assert answer.status_code == 200
    return answer.content


async def test_a_group_comes_through_its_model_unchanged(http: httpx.AsyncClient, tenant: Tenant) -> None:
    occurred = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)
    tenant.provisioning_errors[LARGE] = ProvisioningError("PropertyConflict", occurred, "ProxyAddresses", "a@b")
    expected = tenant.object(LARGE)
    group = parse(await whole(http, f"/v1.0/groups/{expected.entra_id}", "group"), Group)
    assert group.id == str(expected.entra_id)
    assert group.display_name == "All Staff"
    assert group.on_premises_security_identifier == expected.sid
    assert group.on_premises_sam_account_name == expected.sam_account_name
    assert (group.on_premises_domain_name, group.on_premises_net_bios_name) == ("contoso.com", "CONTOSO")
    assert group.on_premises_sync_enabled is True
    assert group.security_enabled is True
    assert group.mail_enabled is False
    assert group.group_types == []
    assert group.created_date_time.tzinfo is not None
    error = group.on_premises_provisioning_errors[0]
    assert (error.category, error.property_causing_error, error.value) == ("PropertyConflict", "ProxyAddresses", "a@b")
    assert error.occurred_date_time == occurred
    assert strangers(group) <= BEYOND_METADATA


async def test_a_user_comes_through_its_model_unchanged(http: httpx.AsyncClient, tenant: Tenant) -> None:
    expected = tenant.object(77)
    user = parse(await whole(http, f"/v1.0/users/{expected.entra_id}", "user"), User)
    assert user.on_premises_immutable_id == expected.source_anchor
    assert user.on_premises_security_identifier == expected.sid
    assert user.on_premises_distinguished_name == expected.dn
    assert user.user_principal_name == expected.user_principal_name
    assert user.proxy_addresses == [f"SMTP:{expected.mail}"]
    assert user.account_enabled is True
    assert (user.given_name, user.surname) == tuple(expected.display_name.split(" ", 1))
    assert strangers(user) == set()


@pytest.mark.parametrize(
    ("path", "of"),
    [
        ("/v1.0/devices", "device"),
        ("/v1.0/contacts", "orgContact"),
        ("/v1.0/applications", "application"),
        ("/v1.0/servicePrincipals", "servicePrincipal"),
        ("/v1.0/directoryRoles", "directoryRole"),
    ],
)
async def test_the_other_types_hold_nothing_their_models_do_not_know(
    http: httpx.AsyncClient, path: str, of: str
) -> None:
    items = (await http.get(path)).json()["value"]
    assert items
    for item in items:
        content = await whole(http, f"{path}/{item['id']}", of)
        value = parse(content, MODELS[of])
        assert value.id == item["id"]
        assert strangers(value) <= BEYOND_METADATA


async def test_the_end_of_an_application_key_is_an_instant(http: httpx.AsyncClient, tenant: Tenant) -> None:
    item = (await http.get("/v1.0/applications")).json()["value"][0]
    application = parse(await whole(http, f"/v1.0/applications/{item['id']}", "application"), Application)
    key = application.key_credentials[0]
    expires = tenant.sync_identities[1].key_expires
    assert expires is not None
    assert key.end_date_time == expires.replace(microsecond=0)
    assert key.key_id == UUID(item["keyCredentials"][0]["keyId"])


async def test_mixed_members_become_objects_of_their_own_types(http: httpx.AsyncClient, tenant: Tenant) -> None:
    select = "$top=999&$select=id,displayName,onPremisesImmutableId,onPremisesSecurityIdentifier"
    answer = await http.get(f"/v1.0/groups/{tenant.object(MIXED).entra_id}/members?{select}")
    page = parse(answer.content, DirectoryObjectCollectionResponse)
    kinds = [type(member).__name__ for member in page.value]
    assert {kind: kinds.count(kind) for kind in set(kinds)} == {"User": 150, "Group": 1, "Device": 2, "OrgContact": 1}
    nested = next(member for member in page.value if isinstance(member, Group))
    assert nested.on_premises_security_identifier == tenant.object(NESTED).sid
    assert strangers(page.value) == set()


async def test_the_organization_holds_nothing_its_model_does_not_know(http: httpx.AsyncClient, tenant: Tenant) -> None:
    answer = await http.get(f"/v1.0/organization/{tenant.tenant_id}")
    organization = parse(answer.content, Organization)
    assert organization.tenant_type == "AAD"
    assert organization.verified_domains[0].is_default is True
    assert organization.verified_domains[0].is_initial is True
    assert strangers(organization) == set()


async def test_synchronization_holds_every_feature_and_nothing_unknown(http: httpx.AsyncClient, tenant: Tenant) -> None:
    answer = await http.get(f"/v1.0/directory/onPremisesSynchronization/{tenant.tenant_id}")
    synchronization = parse(answer.content, OnPremisesDirectorySynchronization)
    names = set(OnPremisesDirectorySynchronizationFeature().get_field_deserializers()) - {"@odata.type"}
    sent = set(answer.json()["features"])
    assert names <= sent
    assert sent - names <= {"allowOnPremUpdateOfOnPremisesObjectIdentifierEnabled"}
    assert strangers(synchronization) <= {"allowOnPremUpdateOfOnPremisesObjectIdentifierEnabled"}
    assert synchronization.id == str(tenant.tenant_id)


async def test_domains_hold_nothing_their_model_does_not_know(
    http: httpx.AsyncClient, tenant: Tenant, as_app_with: GrantRoles
) -> None:
    await as_app_with("Domain.Read.All")
    page = parse((await http.get("/v1.0/domains")).content, DomainCollectionResponse)
    assert [domain.id for domain in page.value] == tenant.verified_domains
    assert strangers(page.value) == set()


async def test_an_error_is_read_by_the_error_model(http: httpx.AsyncClient) -> None:
    answer = await http.get("/v1.0/groups/x")
    error = parse(answer.content, ODataError).error
    assert error.code == "Request_BadRequest"
    assert error.inner_error.request_id == answer.headers["request-id"]
    assert error.inner_error.date is not None
