"""The tenant's state: what Entra ID holds, and how it is made to misbehave. `lab.tenant` serves it."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING, Literal
from uuid import UUID

from lab.world.keys import EMPTY, KeySet

if TYPE_CHECKING:
    from datetime import datetime

    from lab.world.forest import DirectoryObject, Forest

TENANT_ID = UUID("7d1f5c0e-3b54-4c1b-9a52-6f2f0f6f4c11")
DEFAULT_DOMAIN = "contoso.onmicrosoft.com"
SERVICE_MEMBER_LIMIT = 250_000
"""Entra ID takes no synchronised group with more members, whatever the rules say [adsync §4.4]."""

PreventionType = Literal["disabled", "enabledForCount", "enabledForPercentage"]

_FEATURES = (
    "allowOnPremUpdateOfOnPremisesObjectIdentifierEnabled",
    "blockCloudObjectTakeoverThroughHardMatchEnabled",
    "blockSoftMatchEnabled",
    "bypassDirSyncOverridesEnabled",
    "cloudPasswordPolicyForPasswordSyncedUsersEnabled",
    "concurrentCredentialUpdateEnabled",
    "concurrentOrgIdProvisioningEnabled",
    "deviceWritebackEnabled",
    "directoryExtensionsEnabled",
    "fopeConflictResolutionEnabled",
    "groupWriteBackEnabled",
    "passwordSyncEnabled",
    "passwordWritebackEnabled",
    "quarantineUponProxyAddressesConflictEnabled",
    "quarantineUponUpnConflictEnabled",
    "softMatchOnUpnEnabled",
    "synchronizeUpnForManagedUsersEnabled",
    "unifiedGroupWritebackEnabled",
    "userForcePasswordChangeOnLogonEnabled",
    "userWritebackEnabled",
)
_FEATURES_ON = frozenset(
    {
        "blockCloudObjectTakeoverThroughHardMatchEnabled",
        "passwordSyncEnabled",
        "quarantineUponProxyAddressesConflictEnabled",
        "quarantineUponUpnConflictEnabled",
        "synchronizeUpnForManagedUsersEnabled",
    },
)


@dataclass(slots=True)
class CloudGroup:
    """A synchronised group in Entra ID; `members` is replaced, never changed in place."""

    key: int
    members: KeySet
    deleted: bool = False


@dataclass(frozen=True, slots=True)
class TenantIdentity:
    """Who the tenant says it is."""

    tenant_id: UUID
    display_name: str
    default_domain: str
    verified_domains: tuple[str, ...]


_ROLES = frozenset(
    {
        "GroupMember.Read.All",
        "User.Read.All",
        "Device.Read.All",
        "OrgContact.Read.All",
        "Organization.Read.All",
        "RoleManagement.Read.Directory",
        "Application.Read.All",
        "AuditLog.Read.All",
        "OnPremDirectorySynchronization.Read.All",
    },
)


@dataclass(slots=True)
class ClientApp:
    """An application that may ask for tokens; its roles are application permissions [graph §1.5]."""

    client_id: UUID
    secret: str
    certificate_pem: str = ""
    """Its public certificate, or empty when it has none."""
    display_name: str = "Swing Gate"
    roles: frozenset[str] = _ROLES


@dataclass(slots=True)
class ChaosEntry:
    """A disturbance of the next answers whose address holds a text; the kinds are `lab.tenant.chaos.KINDS`."""

    path_contains: str
    kind: str
    times: int = 1


@dataclass(slots=True)
class AccidentalDeletionPrevention:
    """configuration.accidentalDeletionPrevention of onPremisesSynchronization [graph §1.4]."""

    synchronization_prevention_type: PreventionType = "enabledForCount"
    alert_threshold: int = 500


@dataclass(slots=True)
class CurrentExportData:
    """Beta's configuration.currentExportData: the last export and who ran it [graph §1.4]."""

    client_machine_name: str = ""
    service_account: str = ""
    pending_objects_addition: int = 0
    pending_objects_deletion: int = 0
    pending_objects_update: int = 0
    successful_objects_provisioning_count: int = 0
    successful_links_provisioning_count: int = 0
    total_connector_space_objects: int = 0


@dataclass(slots=True)
class SyncIdentity:
    """What a sync server signs in as: a Sync_ user or a ConnectSyncProvisioning_ application [entra_docs §7]."""

    kind: Literal["user", "application"]
    object_id: UUID
    display_name: str
    user_principal_name: str | None = None
    app_id: UUID | None = None
    account_enabled: bool = True
    key_expires: datetime | None = None


@dataclass(slots=True)
class ProvisioningError:
    """onPremisesProvisioningErrors of one object [graph §1.4]."""

    category: str
    occurred: datetime
    property_causing_error: str
    value: str


@dataclass(slots=True)
class Tenant:
    """Entra ID's side of the world."""

    forest: Forest
    tenant_id: UUID = TENANT_ID
    display_name: str = "Contoso"
    default_domain: str = DEFAULT_DOMAIN
    verified_domains: list[str] = field(default_factory=lambda: [DEFAULT_DOMAIN, "contoso.com"])
    on_premises_sync_enabled: bool = True
    last_sync: datetime | None = None
    users: KeySet = EMPTY
    """Keys of the synchronised users that exist here."""
    devices: KeySet = EMPTY
    contacts: KeySet = EMPTY
    groups: dict[int, CloudGroup] = field(default_factory=dict)
    """By the key of the group in the forest."""
    apps: dict[UUID, ClientApp] = field(default_factory=dict)
    """By client id."""
    accidental_deletion_prevention: AccidentalDeletionPrevention = field(default_factory=AccidentalDeletionPrevention)
    features: dict[str, bool] = field(default_factory=lambda: {name: name in _FEATURES_ON for name in _FEATURES})
    current_export_data: CurrentExportData = field(default_factory=CurrentExportData)
    sync_identities: list[SyncIdentity] = field(default_factory=list)
    synchronization_client_version: str = ""
    """Version of the server that exported last (beta)."""
    anchor_attribute: str = "mS-DS-ConsistencyGuid"
    provisioning_errors: dict[int, ProvisioningError] = field(default_factory=dict)
    """By key of the object."""
    password_sync_lag: timedelta = timedelta()
    """How far password hashes are behind the last synchronisation."""
    rejected: KeySet = EMPTY
    """Users that Entra ID refuses to take (a conflicting address); references to them cannot be exported."""

    # Switches that faults throw.
    answers_as: TenantIdentity | None = None
    """When set, Graph answers for this other tenant."""
    unreachable: bool = False
    throttle: int = 0
    """How many of the next requests are answered 429 (a negative number: all of them)."""
    retry_after: int = 1
    """Seconds that a throttled answer asks for."""
    denied_paths: set[str] = field(default_factory=set)
    """Path prefixes below the version (as `/groups`) that answer 403."""
    directory_synchronization_app_only: bool = True
    """Whether an application may read /directory/onPremisesSynchronization; the documents disagree [graph §1.4]."""
    chaos: list[ChaosEntry] = field(default_factory=list)

    @property
    def identity(self) -> TenantIdentity:
        """Who Graph says it answers for."""
        return self.answers_as or TenantIdentity(
            self.tenant_id, self.display_name, self.default_domain, tuple(self.verified_domains)
        )

    @property
    def objects(self) -> KeySet:
        """Every synchronised object but groups."""
        return self.users | self.devices | self.contacts

    @property
    def live_groups(self) -> KeySet:
        """Keys of the groups that exist here now."""
        return KeySet.of(*(key for key, group in self.groups.items() if not group.deleted))

    def object(self, key: int) -> DirectoryObject:
        """The names and ids of an object."""
        return self.forest.object(key)

    def exists(self, key: int) -> bool:
        """Whether the tenant holds the object now."""
        group = self.groups.get(key)
        return (group is not None and not group.deleted) or key in self.objects

    def members(self, key: int) -> KeySet:
        """The direct members of a group that exist here (a deleted object leaves every group).

        Raises:
            KeyError: the tenant has no such group.
        """
        group = self.groups[key]
        if group.deleted:
            raise KeyError(key)
        return group.members
