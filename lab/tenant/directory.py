"""What the tenant holds, as Graph sees it: synchronised objects by key, and the few that live in the cloud only."""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass, field
from typing import TYPE_CHECKING
from uuid import UUID, uuid5

from lab.tenant import entities, errors
from lab.world.forest import CONTACTS, DEVICES, ENTRA_IDS, GROUPS, DirectoryObject
from lab.world.keys import EMPTY, KeySet

if TYPE_CHECKING:
    from collections.abc import Iterator

    from lab.tenant.schema import EntityType, Json, Property
    from lab.world.tenant import SyncIdentity, Tenant

SYNCHRONISATION_ACCOUNTS = "d29b2b05-8046-44ba-8758-1e26182fcf32"
"""Template id of the role Directory Synchronization Accounts [graph §1.4]."""

SYNCHRONISATION_SERVICE = "6bf85cfa-ac8a-4be5-b5de-425a0d0dc016"
"""Application id of Microsoft Entra AD Synchronization Service [graph §1.4]."""

MICROSOFT_SERVICES = "f8cdef31-a31e-4b4a-93e4-5f571e91255a"
"""Tenant that owns Microsoft's own applications."""

_KEYS = {
    "user": KeySet.of(range(GROUPS)),
    "group": KeySet.of(range(GROUPS, DEVICES)),
    "device": KeySet.of(range(DEVICES, CONTACTS)),
    "orgContact": KeySet.of(range(CONTACTS, 2 * CONTACTS)),
}
_TYPE_OF_KIND = {
    "user": entities.USER,
    "group": entities.GROUP,
    "device": entities.DEVICE,
    "contact": entities.ORG_CONTACT,
}


@dataclass(frozen=True, slots=True)
class CloudObject:
    """An object that no forest knows; `values` are its properties by name, what is absent is empty."""

    type: EntityType
    entra_id: UUID
    values: dict[str, Json] = field(default_factory=dict)


Row = DirectoryObject | CloudObject


def type_of(row: Row) -> EntityType:
    """Return the entity type of an object."""
    return row.type if isinstance(row, CloudObject) else _TYPE_OF_KIND[row.kind]


def value_of(row: Row, prop: Property, tenant: Tenant) -> Json:
    """Return one property of an object."""
    if isinstance(row, CloudObject):
        return str(row.entra_id) if prop.name == "id" else row.values.get(prop.name, prop.empty)
    return prop.read(row, tenant)


@dataclass(frozen=True, slots=True)
class Source:
    """An unordered collection: keys of synchronised objects, and cloud objects behind them."""

    keys: KeySet = EMPTY
    cloud: tuple[CloudObject, ...] = ()

    def __len__(self) -> int:
        return len(self.keys) + len(self.cloud)

    def of_type(self, name: str) -> Source:
        """Return the part a type cast leaves."""
        return Source(self.keys & _KEYS.get(name, EMPTY), tuple(each for each in self.cloud if each.type.name == name))

    def after(self, key: int) -> Iterator[int]:
        """Iterate over the keys above `key`; costs nothing for those below."""
        spans = self.keys.spans
        first = max(bisect_right(spans, key, key=lambda span: span[0]) - 1, 0)
        for start, stop in spans[first:]:
            yield from range(max(start, key + 1), stop)


class Directory:
    """The tenant's collections and look-ups; made per request, it stores nothing."""

    def __init__(self, tenant: Tenant) -> None:
        self.tenant = tenant

    def collection(self, entity_set: str) -> Source:
        """Return a top-level entity set.

        Raises:
            GraphError: no such entity set (400).
        """
        tenant = self.tenant
        match entity_set:
            case "users":
                source = Source(tenant.users, self._sync_users())
            case "groups":
                source = Source(tenant.live_groups)
            case "devices":
                source = Source(tenant.devices)
            case "contacts":
                source = Source(tenant.contacts)
            case "applications":
                source = Source(cloud=self._applications())
            case "servicePrincipals":
                source = Source(cloud=self._service_principals())
            case "directoryRoles":
                source = Source(cloud=(self._role(),))
            case _:
                raise errors.unknown_segment(entity_set)
        return source

    def find(self, entity_set: str, identifier: str) -> Row:
        """Return one object of an entity set by id, for users also by user principal name.

        Raises:
            GraphError: 400 for what is not an id, 404 for nobody's id.
        """
        source = self.collection(entity_set)
        try:
            entra_id = UUID(identifier)
        except ValueError:
            if entity_set == "users":
                return self._by_user_principal_name(identifier)
            raise errors.bad_request(f"Invalid object identifier '{identifier}'.") from None
        for each in source.cloud:
            if each.entra_id == entra_id:
                return each
        key = ENTRA_IDS.key(entra_id)
        if key is None or key not in source.keys:
            raise errors.not_found(identifier)
        return self.tenant.object(key)

    def find_by(self, entity_set: str, name: str, value: str) -> Row:
        """Return one cloud object by an alternate key, as `applications(appId='...')`.

        Raises:
            GraphError: 404 when nothing has that key.
        """
        for each in self.collection(entity_set).cloud:
            if str(each.values.get(name, "")).lower() == value.lower():
                return each
        raise errors.not_found(value)

    def members(self, key: int) -> Source:
        """Return the direct members of a group."""
        return Source(self.tenant.members(key))

    def transitive_members(self, key: int) -> Source:
        """Return members of the group and of every group inside it; nested groups count as members themselves."""
        reached, waiting, seen = EMPTY, [key], {key}
        while waiting:
            members = self.tenant.members(waiting.pop())
            reached |= members
            nested = {each for each in members & _KEYS["group"] if self.tenant.exists(each)} - seen
            seen |= nested
            waiting.extend(nested)
        return Source(reached)

    def groups_of(self, key: int) -> Source:
        """Return the groups an object is a direct member of."""
        return Source(KeySet.of(*(each for each in self.tenant.live_groups if key in self.tenant.members(each))))

    def role_members(self) -> Source:
        """Return the members of Directory Synchronization Accounts: the Sync_ users."""
        return Source(cloud=self._sync_users())

    def _by_user_principal_name(self, name: str) -> Row:
        for each in self._sync_users():
            if str(each.values["userPrincipalName"]).lower() == name.lower():
                return each
        digits = "".join(each for each in name.partition("@")[0] if each.isdecimal())
        if digits and int(digits) in self.tenant.users:
            row = self.tenant.object(int(digits))
            if row.user_principal_name is not None and row.user_principal_name.lower() == name.lower():
                return row
        raise errors.not_found(name)

    def _sync_users(self) -> tuple[CloudObject, ...]:
        return tuple(
            CloudObject(
                entities.USER,
                each.object_id,
                {
                    "displayName": each.display_name,
                    "surname": each.display_name,
                    "userPrincipalName": each.user_principal_name,
                    "mailNickname": (each.user_principal_name or "").partition("@")[0],
                    "accountEnabled": each.account_enabled,
                    "createdDateTime": entities.CREATED,
                    "userType": "Member",
                },
            )
            for each in self.tenant.sync_identities
            if each.kind == "user"
        )

    def _applications(self) -> tuple[CloudObject, ...]:
        return tuple(_application(each) for each in self.tenant.sync_identities if each.kind == "application")

    def _service_principals(self) -> tuple[CloudObject, ...]:
        tenant_id = str(self.tenant.tenant_id)
        service = (
            self._service_principal(
                UUID(SYNCHRONISATION_SERVICE), "Microsoft Entra AD Synchronization Service", MICROSOFT_SERVICES
            ),
        )
        own = tuple(
            self._service_principal(app_id, name, tenant_id)
            for app_id, name in (
                *((each.client_id, each.display_name) for each in self.tenant.apps.values()),
                *((each.app_id, each.display_name) for each in self.tenant.sync_identities if each.app_id),
            )
        )
        return service + own

    def _service_principal(self, app_id: UUID, name: str, owner: str) -> CloudObject:
        return CloudObject(
            entities.SERVICE_PRINCIPAL,
            uuid5(self.tenant.tenant_id, f"servicePrincipal:{app_id}"),
            {
                "accountEnabled": True,
                "appDisplayName": name,
                "appId": str(app_id),
                "appOwnerOrganizationId": owner,
                "displayName": name,
                "servicePrincipalType": "Application",
            },
        )

    def _role(self) -> CloudObject:
        return CloudObject(
            entities.DIRECTORY_ROLE,
            uuid5(self.tenant.tenant_id, f"directoryRole:{SYNCHRONISATION_ACCOUNTS}"),
            {
                "description": "Only used by Microsoft Entra Connect service.",
                "displayName": "Directory Synchronization Accounts",
                "roleTemplateId": SYNCHRONISATION_ACCOUNTS,
            },
        )


def _application(identity: SyncIdentity) -> CloudObject:
    key: dict[str, Json] = {
        "customKeyIdentifier": None,
        "displayName": f"CN={identity.display_name}",
        "endDateTime": identity.key_expires,
        "key": None,
        "keyId": str(uuid5(identity.object_id, "key")),
        "startDateTime": entities.CREATED,
        "type": "AsymmetricX509Cert",
        "usage": "Verify",
    }
    return CloudObject(
        entities.APPLICATION,
        identity.object_id,
        {
            "appId": str(identity.app_id),
            "createdDateTime": entities.CREATED,
            "displayName": identity.display_name,
            "signInAudience": "AzureADMyOrg",
            "keyCredentials": [key],
        },
    )


def key_of(row: Row) -> int:
    """Return the key of a synchronised object.

    Raises:
        GraphError: a cloud object has none; it is in no synchronised collection (404).
    """
    if isinstance(row, CloudObject):
        raise errors.not_found(str(row.entra_id))
    return row.key
