"""The entity types the lab serves, with Microsoft's property names and Graph's default sets [graph §1.2-1.4].

`onPremisesImmutableId` exists on user only; a SID on user, group and device, never on orgContact.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from lab.tenant import schema
from lab.tenant.schema import (
    ADVANCED,
    ADVANCED_TEXT,
    ADVANCED_TIME,
    EQUALITY,
    TEXT,
    EntityType,
    Json,
    Property,
    computed,
    constant,
)
from lab.world.forest import ENTRA_IDS

if TYPE_CHECKING:
    from lab.world.forest import DirectoryObject
    from lab.world.tenant import Tenant

CREATED = datetime(2019, 3, 4, 8, 15, 30, tzinfo=UTC)
"""When synchronised objects came to the tenant, and were last changed by synchronisation."""

_ERROR_PARTS = {"category": "| eq not", "propertyCausingError": "| eq not"}
_SERVICE_ERROR_PARTS = {"isResolved": "| eq not", "serviceInstance": "| eq not"}


def _id(*, default: bool = True) -> Property:
    return computed("id", _entra_id, filters=EQUALITY, default=default)


def _entra_id(each: DirectoryObject) -> str:
    """Return the id as text; written out because a page needs 999 of them and a UUID object costs as much again."""
    text = f"{ENTRA_IDS.number(each.key):032x}"
    return f"{text[:8]}-{text[8:12]}-{text[12:16]}-{text[16:20]}-{text[20:]}"


def _security_identifier(each: DirectoryObject) -> str:
    """Return the cloud SID: S-1-12-1 and the id as four little-endian numbers."""
    raw = each.entra_id.bytes_le
    return "S-1-12-1-" + "-".join(str(int.from_bytes(raw[at : at + 4], "little")) for at in (0, 4, 8, 12))


def _proxy_addresses(each: DirectoryObject) -> Json:
    return [f"SMTP:{each.mail}"] if each.mail else []


def _provisioning_errors(each: Any, tenant: Tenant) -> Json:  # noqa: ANN401 (any synchronised object)
    error = tenant.provisioning_errors.get(each.key)
    if error is None:
        return []
    return [
        {
            "value": error.value,
            "category": error.category,
            "propertyCausingError": error.property_causing_error,
            "occurredDateTime": error.occurred,
        }
    ]


def _on_premises_errors(*, default: bool) -> Property:
    return Property(
        "onPremisesProvisioningErrors", _provisioning_errors, "complexes", "", default=default, parts=_ERROR_PARTS
    )


def _service_errors(*, default: bool) -> Property:
    return constant("serviceProvisioningErrors", [], "complexes", default=default, parts=_SERVICE_ERROR_PARTS)


def _synchronised(*, default: bool) -> tuple[Property, ...]:
    return (
        constant("onPremisesLastSyncDateTime", CREATED, "datetime", ADVANCED_TIME, default=default),
        constant("onPremisesSyncEnabled", True, "boolean", EQUALITY, default=default),
    )


def _nulls(*names: str, edm: schema.Edm = "string", default: bool = True) -> tuple[Property, ...]:
    """Properties nothing synchronises: null, or an empty collection."""
    empty: Json = [] if edm in ("strings", "complexes") else None
    return tuple(constant(name, empty, edm, default=default) for name in names)


def _sid(*, default: bool) -> Property:
    return computed(
        "onPremisesSecurityIdentifier", lambda each: each.sid, filters="eq in | ne null not", default=default
    )


GROUP = schema.entity(
    "group",
    "groups",
    (
        _id(),
        *_nulls("deletedDateTime", edm="datetime"),
        *_nulls("classification"),
        constant("createdDateTime", CREATED, "datetime", ADVANCED_TIME, default=True),
        *_nulls("creationOptions", edm="strings"),
        *_nulls("description"),
        computed("displayName", lambda each: each.display_name, filters=TEXT, default=True),
        *_nulls("expirationDateTime", edm="datetime"),
        constant("groupTypes", [], "strings", "eq | not", default=True),
        *_nulls("isAssignableToRole", edm="boolean"),
        computed("mail", lambda each: each.mail, filters=TEXT, default=True),
        computed("mailEnabled", lambda each: each.mail is not None, "boolean", EQUALITY, default=True),
        computed("mailNickname", lambda each: each.sam_account_name, filters=TEXT, default=True),
        *_nulls("membershipRule", "membershipRuleProcessingState"),
        Property("onPremisesDomainName", lambda _, tenant: tenant.forest.name, default=True, constant=True),
        _synchronised(default=True)[0],
        Property("onPremisesNetBiosName", lambda _, tenant: tenant.forest.netbios, default=True, constant=True),
        computed("onPremisesSamAccountName", lambda each: each.sam_account_name, filters=ADVANCED_TEXT, default=True),
        _sid(default=True),
        _synchronised(default=True)[1],
        *_nulls("preferredDataLocation", "preferredLanguage"),
        computed("proxyAddresses", _proxy_addresses, "strings", "eq startswith | not endswith", default=True),
        constant("renewedDateTime", CREATED, "datetime", ADVANCED_TIME, default=True),
        *_nulls("resourceBehaviorOptions", "resourceProvisioningOptions", edm="strings"),
        Property(
            "securityEnabled",
            lambda each, tenant: group.security_enabled if (group := tenant.forest.groups.get(each.key)) else True,
            "boolean",
            EQUALITY,
            default=True,
        ),
        computed("securityIdentifier", _security_identifier, filters="eq", default=True),
        *_nulls("theme", "uniqueName", "visibility"),
        _on_premises_errors(default=True),
        _service_errors(default=True),
        *_nulls("assignedLabels", "assignedLicenses", edm="complexes", default=False),
        *_nulls("hideFromAddressLists", "hideFromOutlookClients", edm="boolean", default=False),
    ),
)

USER = schema.entity(
    "user",
    "users",
    (
        *_nulls("businessPhones", edm="strings"),
        computed("displayName", lambda each: each.display_name, filters=TEXT, default=True),
        computed("givenName", lambda each: each.display_name.partition(" ")[0], filters=TEXT, default=True),
        *_nulls("jobTitle"),
        computed("mail", lambda each: each.mail, filters=TEXT, default=True),
        *_nulls("mobilePhone", "officeLocation", "preferredLanguage"),
        computed("surname", lambda each: each.display_name.partition(" ")[2], filters=TEXT, default=True),
        computed("userPrincipalName", lambda each: each.user_principal_name, filters=TEXT, default=True),
        _id(),
        constant("accountEnabled", True, "boolean", EQUALITY),
        constant("createdDateTime", CREATED, "datetime", ADVANCED_TIME),
        *_nulls("deletedDateTime", edm="datetime", default=False),
        *_nulls("department", "usageLocation", default=False),
        computed("mailNickname", lambda each: each.sam_account_name, filters=TEXT),
        computed("onPremisesDistinguishedName", lambda each: each.dn),
        Property("onPremisesDomainName", lambda _, tenant: tenant.forest.name, constant=True),
        computed("onPremisesImmutableId", lambda each: each.source_anchor, filters=ADVANCED),
        *_synchronised(default=False),
        _on_premises_errors(default=False),
        computed("onPremisesSamAccountName", lambda each: each.sam_account_name, filters=ADVANCED_TEXT),
        _sid(default=False),
        computed("onPremisesUserPrincipalName", lambda each: each.user_principal_name),
        computed("proxyAddresses", _proxy_addresses, "strings", "eq startswith | not endswith"),
        computed("securityIdentifier", _security_identifier, filters="eq"),
        _service_errors(default=False),
        constant("userType", "Member", "string", EQUALITY),
    ),
)

DEVICE = schema.entity(
    "device",
    "devices",
    (
        _id(),
        *_nulls("deletedDateTime", edm="datetime"),
        constant("accountEnabled", True, "boolean", EQUALITY, default=True),
        computed("deviceId", lambda each: str(each.object_guid), filters=EQUALITY, default=True),
        computed("displayName", lambda each: each.display_name, filters=TEXT, default=True),
        *_nulls("isCompliant", "isManaged", edm="boolean"),
        *_synchronised(default=True),
        constant("operatingSystem", "Windows", filters=TEXT, default=True),
        constant("operatingSystemVersion", "10.0.26100.4652", filters=TEXT, default=True),
        *_nulls("physicalIds", edm="strings"),
        constant("profileType", "RegisteredDevice", default=True),
        constant("registrationDateTime", CREATED, "datetime", default=True),
        constant("trustType", "ServerAd", filters=ADVANCED, default=True),
        _sid(default=False),
    ),
)

ORG_CONTACT = schema.entity(
    "orgContact",
    "contacts",
    (
        _id(),
        *_nulls("deletedDateTime", edm="datetime"),
        *_nulls("companyName", "department"),
        computed("displayName", lambda each: each.display_name, filters=TEXT, default=True),
        *_nulls("givenName", "jobTitle"),
        computed("mail", lambda each: each.mail, filters=TEXT, default=True),
        computed("mailNickname", lambda each: each.sam_account_name, filters=TEXT, default=True),
        *_synchronised(default=True),
        computed("proxyAddresses", _proxy_addresses, "strings", "eq startswith | not endswith", default=True),
        *_nulls("surname"),
        *_nulls("addresses", "phones", edm="complexes"),
        _on_premises_errors(default=True),
        _service_errors(default=True),
    ),
)

SERVICE_PRINCIPAL = schema.entity(
    "servicePrincipal",
    "servicePrincipals",
    (
        _id(),
        *_nulls("deletedDateTime", edm="datetime"),
        constant("accountEnabled", True, "boolean", EQUALITY, default=True),
        constant("appDisplayName", None, default=True),
        constant("appId", None, filters=EQUALITY, default=True),
        constant("appOwnerOrganizationId", None, default=True),
        constant("displayName", None, filters=TEXT, default=True),
        constant("servicePrincipalType", "Application", filters=EQUALITY, default=True),
        *_nulls("keyCredentials", "passwordCredentials", edm="complexes"),
    ),
)

APPLICATION = schema.entity(
    "application",
    "applications",
    (
        _id(),
        *_nulls("deletedDateTime", edm="datetime"),
        constant("appId", None, filters=EQUALITY, default=True),
        constant("createdDateTime", CREATED, "datetime", ADVANCED_TIME, default=True),
        constant("displayName", None, filters=TEXT, default=True),
        *_nulls("identifierUris", edm="strings"),
        constant("signInAudience", "AzureADMyOrg", default=True),
        *_nulls("keyCredentials", "passwordCredentials", edm="complexes"),
    ),
)

DIRECTORY_ROLE = schema.entity(
    "directoryRole",
    "directoryRoles",
    (
        _id(),
        *_nulls("deletedDateTime", edm="datetime"),
        constant("description", None, default=True),
        constant("displayName", None, default=True),
        constant("roleTemplateId", None, filters="eq", default=True),
    ),
)

TYPES: dict[str, EntityType] = {
    each.name: each for each in (USER, GROUP, DEVICE, ORG_CONTACT, SERVICE_PRINCIPAL, APPLICATION, DIRECTORY_ROLE)
}
"""By name without namespace."""
