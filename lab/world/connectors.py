"""The two connectors of an installation [adsync §5]."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lab.world.enums import RunStepTask
from lab.world.forest import DN, SYNCHRONISED_CONTAINERS
from lab.world.ids import IdSpace
from lab.world.model import (
    ENTRA_CONNECTOR,
    ConfigurationParameter,
    Connector,
    ConnectorPartition,
    ConnectorPartitionScope,
    ExtensionConfiguration,
    RunProfile,
    RunStep,
)
from lab.world.tenant import DEFAULT_DOMAIN

if TYPE_CHECKING:
    from datetime import datetime
    from uuid import UUID

ENTRA_CONNECTOR_NAME = f"{DEFAULT_DOMAIN} - AAD"
AD_CONNECTOR_NAME = "contoso.com"
FULL_IMPORT = "Full Import"
FULL_SYNCHRONIZATION = "Full Synchronization"
DELTA_IMPORT = "Delta Import"
DELTA_SYNCHRONIZATION = "Delta Synchronization"
EXPORT = "Export"
_PROFILES = {
    FULL_IMPORT: RunStepTask.FullImport,
    FULL_SYNCHRONIZATION: RunStepTask.FullSynchronization,
    DELTA_IMPORT: RunStepTask.DeltaImport,
    DELTA_SYNCHRONIZATION: RunStepTask.DeltaSynchronization,
    EXPORT: RunStepTask.Export,
}


def account_suffix(computer_name: str) -> str:
    """The twelve hex digits that end the names of a server's accounts."""
    return IdSpace("accounts").uuid(sum(computer_name.encode())).hex[:12]


def make_connectors(
    salt: str, computer_name: str, version: str, export_type: int, created: datetime
) -> list[Connector]:
    """The AD connector, then the Entra connector, as setup leaves them."""
    ids = IdSpace(f"{salt}/connectors")
    return [
        _ad_connector(ids, computer_name, created),
        _entra_connector(ids, computer_name, version, export_type, created),
    ]


def _profiles(ids: IdSpace, first: int, connector: UUID, partition: UUID) -> list[RunProfile]:
    return [
        RunProfile(ids.uuid(first + number), name, [RunStep(task, 100, 0, 0, 500, partition, 120)], connector)
        for number, (name, task) in enumerate(_PROFILES.items())
    ]


def _ad_connector(ids: IdSpace, computer_name: str, created: datetime) -> Connector:
    identifier, partition = ids.uuid(1), ids.uuid(2)
    scope = ConnectorPartitionScope(
        is_default=False,
        object_classes=[
            "computer",
            "contact",
            "container",
            "domainDNS",
            "group",
            "inetOrgPerson",
            "organizationalUnit",
            "user",
        ],
        container_inclusion_list=list(SYNCHRONISED_CONTAINERS),
        container_exclusion_list=[],
    )
    return Connector(
        connector_type_name="AD",
        identifier=identifier,
        version=12,
        name=AD_CONNECTOR_NAME,
        description="",
        creation_time=created,
        last_modification_time=created,
        partitions=[
            ConnectorPartition(
                partition,
                DN,
                4,
                created,
                created,
                selected=True,
                connector_partition_scope=scope,
                name=AD_CONNECTOR_NAME,
            ),
        ],
        run_profiles=_profiles(ids, 10, identifier, partition),
        connectivity_parameters=[
            ConfigurationParameter("forest-name", "contoso.com"),
            ConfigurationParameter("forest-login-domain", "contoso.com"),
            ConfigurationParameter("forest-login-user", f"MSOL_{account_suffix(computer_name)}"),
            ConfigurationParameter("password", "", input_type="EncryptedString"),
        ],
        global_parameters=[
            ConfigurationParameter("Connector.GroupFilteringGroupDn", ""),
            ConfigurationParameter("Forest.FQDN", "contoso.com"),
            ConfigurationParameter("Forest.LDAP", DN),
            ConfigurationParameter("Forest.Netbios", "CONTOSO"),
        ],
        object_inclusion_list=[
            "computer",
            "contact",
            "container",
            "domainDNS",
            "group",
            "inetOrgPerson",
            "organizationalUnit",
            "user",
        ],
        attribute_inclusion_list=[
            "adminDescription",
            "cn",
            "department",
            "description",
            "displayName",
            "employeeType",
            "givenName",
            "groupType",
            "isCriticalSystemObject",
            "mail",
            "manager",
            "mailNickname",
            "member",
            "mS-DS-ConsistencyGuid",
            "msExchMailboxGuid",
            "msRTCSIP-PrimaryUserAddress",
            "objectGUID",
            "objectSid",
            "proxyAddresses",
            "pwdLastSet",
            "sAMAccountName",
            "sn",
            "title",
            "userAccountControl",
            "userCertificate",
            "userPrincipalName",
        ],
        list_name="",
        company_name="",
        type="AD",
        subtype="",
        extension_configuration=None,
    )


def _entra_connector(ids: IdSpace, computer_name: str, version: str, export_type: int, created: datetime) -> Connector:
    partition = ids.uuid(3)
    scope = ConnectorPartitionScope(
        is_default=True,
        object_classes=["contact", "device", "group", "publicFolder", "user"],
        container_inclusion_list=[],
        container_exclusion_list=[],
    )
    return Connector(
        connector_type_name="Extensible2",
        identifier=ENTRA_CONNECTOR,
        version=31,
        name=ENTRA_CONNECTOR_NAME,
        description="",
        creation_time=created,
        last_modification_time=created,
        partitions=[
            ConnectorPartition(
                partition,
                "default",
                2,
                created,
                created,
                selected=True,
                connector_partition_scope=scope,
                name="default",
                is_domain=False,
            ),
        ],
        run_profiles=_profiles(ids, 20, ENTRA_CONNECTOR, partition),
        connectivity_parameters=[
            ConfigurationParameter(
                "UserName", f"Sync_{computer_name}_{account_suffix(computer_name)}@{DEFAULT_DOMAIN}"
            ),
            ConfigurationParameter("Password", "", input_type="EncryptedString"),
        ],
        global_parameters=[],
        object_inclusion_list=["contact", "device", "group", "publicFolder", "user"],
        attribute_inclusion_list=[
            "accountEnabled",
            "cloudAnchor",
            "commonName",
            "description",
            "displayName",
            "mail",
            "mailEnabled",
            "member",
            "onPremiseSecurityIdentifier",
            "proxyAddresses",
            "securityEnabled",
            "sourceAnchor",
            "userPrincipalName",
        ],
        list_name="Windows Azure Active Directory (Microsoft)",
        company_name="Microsoft",
        type="Extensible2",
        subtype="Windows Azure Active Directory (Microsoft)",
        extension_configuration=ExtensionConfiguration(
            export_type,
            extension_file_name="Microsoft.Azure.ActiveDirectory.Connector.dll",
            assembly_version=version,
        ),
    )
