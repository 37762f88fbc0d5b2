"""organization, directory/onPremisesSynchronization and domains: what the tenant says about itself [graph §1.4]."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lab.tenant import errors
from lab.tenant.collections import JSON
from lab.tenant.entities import CREATED
from lab.tenant.rendering import instant
from lab.tenant.reply import Reply, to_json

if TYPE_CHECKING:
    from datetime import datetime

    from lab.tenant.request import GraphRequest
    from lab.world.tenant import Tenant

_SYNCHRONIZATION_CLIENT = "cb1056e2-e479-49de-ae31-7812af012ed8"
"""Application id of Microsoft Entra Connect."""


def organization(request: GraphRequest, tenant: Tenant) -> dict[str, object]:
    """Return the organization; beta adds the time of the last password synchronisation."""
    identity = tenant.identity
    values: dict[str, object] = {
        "id": str(identity.tenant_id),
        "deletedDateTime": None,
        "businessPhones": [],
        "city": None,
        "country": None,
        "countryLetterCode": "US",
        "createdDateTime": instant(CREATED),
        "defaultUsageLocation": None,
        "displayName": identity.display_name,
        "marketingNotificationEmails": [],
        "onPremisesLastSyncDateTime": _moment(tenant.last_sync),
        "onPremisesSyncEnabled": tenant.on_premises_sync_enabled,
        "partnerTenantType": None,
        "postalCode": None,
        "preferredLanguage": "en",
        "securityComplianceNotificationMails": [],
        "securityComplianceNotificationPhones": [],
        "state": None,
        "street": None,
        "technicalNotificationMails": [],
        "tenantType": "AAD",
        "verifiedDomains": [_domain(tenant, name) for name in identity.verified_domains],
    }
    if request.beta:
        last = tenant.last_sync
        phs = tenant.features.get("passwordSyncEnabled", False)
        values["onPremisesLastPasswordSyncDateTime"] = _moment(
            last - tenant.password_sync_lag if last and phs else None
        )
    return _selected(request, values, "organization")


def on_premises_synchronization(request: GraphRequest, tenant: Tenant) -> dict[str, object]:
    """Return the one onPremisesDirectorySynchronization; only beta tells who exported last."""
    prevention = tenant.accidental_deletion_prevention
    configuration: dict[str, object] = {
        "accidentalDeletionPrevention": {
            "synchronizationPreventionType": prevention.synchronization_prevention_type,
            "alertThreshold": prevention.alert_threshold,
        },
    }
    if request.beta:
        export = tenant.current_export_data
        configuration |= {
            "anchorAttribute": tenant.anchor_attribute,
            "applicationId": _SYNCHRONIZATION_CLIENT,
            "currentExportData": {
                "clientMachineName": export.client_machine_name,
                "pendingObjectsAddition": export.pending_objects_addition,
                "pendingObjectsDeletion": export.pending_objects_deletion,
                "pendingObjectsUpdate": export.pending_objects_update,
                "serviceAccount": export.service_account,
                "successfulLinksProvisioningCount": export.successful_links_provisioning_count,
                "successfulObjectsProvisioningCount": export.successful_objects_provisioning_count,
                "totalConnectorSpaceObjects": export.total_connector_space_objects,
            },
            "customerRequestedSynchronizationInterval": None,
            "synchronizationClientVersion": tenant.synchronization_client_version,
            "synchronizationInterval": "PT30M",
            "writebackConfiguration": {"unifiedGroupContainer": None, "userContainer": None},
        }
    values: dict[str, object] = {
        "id": str(tenant.identity.tenant_id),
        "configuration": configuration,
        "features": dict(tenant.features),
    }
    return _selected(request, values, "onPremisesDirectorySynchronization")


def domains(tenant: Tenant) -> list[dict[str, object]]:
    """Return the verified domains as the domains entity set lists them."""
    return [
        {
            "authenticationType": "Managed",
            "id": name,
            "isAdminManaged": True,
            "isDefault": name == tenant.identity.default_domain,
            "isInitial": name.endswith(".onmicrosoft.com"),
            "isRoot": True,
            "isVerified": True,
            "supportedServices": ["Email", "OfficeCommunicationsOnline"],
        }
        for name in tenant.identity.verified_domains
    ]


def collection(request: GraphRequest, fragment: str, values: list[dict[str, object]]) -> Reply:
    """Answer a whole collection; these are never paged."""
    select = request.query.select
    context = request.context(fragment + (f"({','.join(select)})" if select else ""))
    return Reply(200, to_json({"@odata.context": context, "value": values}), {"Content-Type": JSON})


def single(request: GraphRequest, fragment: str, identifier: str, value: dict[str, object], tenant: Tenant) -> Reply:
    """Answer the tenant's one object, when the id in the path is the tenant's."""
    if identifier.lower() != str(tenant.identity.tenant_id):
        raise errors.not_found(identifier)
    context = request.context(f"{fragment}/$entity")
    return Reply(200, to_json({"@odata.context": context, **value}), {"Content-Type": JSON})


def _domain(tenant: Tenant, name: str) -> dict[str, object]:
    return {
        "capabilities": "Email, OfficeCommunicationsOnline",
        "isDefault": name == tenant.identity.default_domain,
        "isInitial": name.endswith(".onmicrosoft.com"),
        "name": name,
        "type": "Managed",
    }


def _selected(request: GraphRequest, values: dict[str, object], of: str) -> dict[str, object]:
    for name in request.query.select:
        if name not in values:
            raise errors.malformed(
                f"Parsing OData Select and Expand failed: Could not find a property named '{name}' on type"
                f" 'microsoft.graph.{of}'."
            )
    return {name: values[name] for name in request.query.select or values}


def _moment(value: datetime | None) -> str | None:
    return None if value is None else instant(value)
