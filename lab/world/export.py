"""Export to Entra ID: what goes through, what the service refuses, and what is written down about it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lab.world.enums import EventLevel
from lab.world.events import ENGINE, TRACER, deletions_prevented, export_error, reference_filtered
from lab.world.keys import EMPTY, KeySet
from lab.world.model import NO_GUID, RunStepErrorObject
from lab.world.runs import SUCCESS, Work
from lab.world.server import IMPORT_API_VERSION, PARAMETERS_KEY, V1_MEMBER_LIMIT
from lab.world.space import Failure
from lab.world.tenant import SERVICE_MEMBER_LIMIT, CloudGroup, CurrentExportData, ProvisioningError

if TYPE_CHECKING:
    from lab.world.server import SyncServer
    from lab.world.tenant import Tenant

EXPORT_ERRORS = "completed-export-errors"
DELETION_THRESHOLD = "stopped-deletion-threshold-exceeded"
EXTENSION_EXCEPTION = "stopped-extension-dll-exception"
ATTRIBUTES_FAILURE = "dn-attributes-failure"
NOT_UNIQUE = "AttributeValueMustBeUnique"
TOO_LARGE = "LargeObject"


def export_entra(server: SyncServer, tenant: Tenant) -> Work:
    """Send everything pending to the tenant."""
    if stopped := _stopped(server, tenant):
        return Work(result=stopped)
    run = _Export(server, tenant)
    run.objects()
    run.groups()
    run.report()
    return run.work


def export_ad(server: SyncServer) -> Work:
    """Write what waits back to Active Directory."""
    waiting = [export.operation for export in server.ad_exports.values()]
    server.ad_exports = {}
    return Work(counters={f"export_{word}": waiting.count(word) for word in ("add", "update", "delete")})


def _stopped(server: SyncServer, tenant: Tenant) -> str:
    """Why the export does not even start; empty when it does."""
    import_version = server.registry[PARAMETERS_KEY].get(IMPORT_API_VERSION, 2)
    if (import_version == 2) != server.exports_with_v2:  # noqa: PLR2004 - API version 2
        return EXTENSION_EXCEPTION  # [adsync §3], fixed for fresh installations in 2.0.3.0
    pending = len(server.entra.pending("delete"))
    guard = tenant.accidental_deletion_prevention
    if guard.synchronization_prevention_type == "enabledForCount" and pending > guard.alert_threshold:
        message = deletions_prevented(pending, guard.alert_threshold)
        server.log_event(TRACER, 116, message, EventLevel.Warning)
        return DELETION_THRESHOLD
    return ""


class _Export:
    """One export run."""

    def __init__(self, server: SyncServer, tenant: Tenant) -> None:
        self.server, self.tenant, self.space = server, tenant, server.entra
        self.work = Work()
        self.added = self.updated = self.deleted = self.links = 0

    def objects(self) -> None:
        """Users, devices and contacts."""
        adds, deletes = self.space.desired - self.space.objects, self.space.objects - self.space.desired
        refused = adds & self.tenant.rejected
        taken = adds - refused
        for key in refused:
            self._refuse_object(key)
        for key in taken & KeySet.of(*self.space.failures):
            del self.space.failures[key]
            self.tenant.provisioning_errors.pop(key, None)
        ad = self.server.ad
        self.tenant.users = (self.tenant.users - deletes) | (taken & ad.users)
        self.tenant.devices = (self.tenant.devices - deletes) | (taken & ad.devices)
        self.tenant.contacts = (self.tenant.contacts - deletes) | (taken & ad.contacts)
        self._leave_groups(deletes)
        self.updated += len(self.space.changed & self.space.objects)
        self.space.changed = EMPTY
        self.space.changed_attributes = {}
        self.space.objects = (self.space.objects - deletes) | taken
        self.added += len(taken)
        self.deleted += len(deletes)

    def groups(self) -> None:
        """Groups: deletions first, so that references to what is gone are not sent."""
        gone = [key for key, group in self.space.groups.items() if group.operation == "delete"]
        for key in gone:
            if key in self.tenant.groups:
                self.tenant.groups[key].deleted = True
                self.tenant.groups[key].members = EMPTY
            self.space.groups[key].imported = None
            self.deleted += 1
        self._leave_groups(KeySet.of(*gone))
        sent = [key for key, group in self.space.groups.items() if group.operation in ("add", "update")]
        present = self.tenant.objects | self.tenant.live_groups | KeySet.of(*sent)
        for key in sorted(sent):
            self._send_group(key, present)
        for key, references in self.space.unprovisioned.items():
            self._filter(key, references)

    def _send_group(self, key: int, present: KeySet) -> None:
        group = self.space.groups[key]
        limit = SERVICE_MEMBER_LIMIT if self.server.exports_with_v2 else V1_MEMBER_LIMIT
        desired = group.desired or EMPTY
        if len(desired) > limit:
            text = f"The group has {len(desired)} members; the service takes no more than {limit}."
            group.export_failure = self._failure(key, TOO_LARGE, text, group.export_failure)
            return
        unresolved = desired - present
        members = desired - unresolved
        if group.operation == "add":
            self.added += 1
        elif members != group.imported:
            self.updated += 1
        self.links += len(members - (group.imported or EMPTY))
        self.tenant.groups[key] = CloudGroup(key, members)
        group.imported, group.export_failure = members, None
        if unresolved:
            group.export_failure = self._filter(key, unresolved)

    def _filter(self, key: int, references: KeySet) -> Failure:
        named = self.server.forest.object(key)
        for reference in references:
            message = reference_filtered(named.entra_dn, "member", self.server.forest.object(reference).entra_dn)
            self.server.log_event(ENGINE, 6949, message)
        text = f"{len(references)} references of attribute member were filtered."
        return self._failure(key, ATTRIBUTES_FAILURE, text, self.space.group(key).export_failure, logged=True)

    def _refuse_object(self, key: int) -> None:
        named, now = self.server.forest.object(key), self.server.clock.now()
        address = f"SMTP:{named.mail}"
        text = f"Unable to update this object because the value ProxyAddresses {address} is used by another object."
        self.space.failures[key] = self._failure(key, NOT_UNIQUE, text, self.space.failures.get(key))
        self.tenant.provisioning_errors[key] = ProvisioningError("PropertyConflict", now, "ProxyAddresses", address)

    def _failure(self, key: int, name: str, text: str, earlier: Failure | None, *, logged: bool = False) -> Failure:
        now, named = self.server.clock.now(), self.server.forest.object(key)
        failure = Failure(
            name,
            text,
            rule="",
            first_occurred=earlier.first_occurred if earlier else now,
            last_occurred=now,
            retry_count=earlier.retry_count + 1 if earlier else 0,
        )
        if not logged:
            self.server.log_event(ENGINE, 6941, export_error(named.entra_dn, name, text), EventLevel.Error)
        self.work.errors.append(
            RunStepErrorObject(
                object_dn=named.entra_dn,
                cs_guid=self.server.cs_ids(self.server.entra_connector.identifier).uuid(key),
                mv_guid=self.server.mv_ids.uuid(key) if key in self.server.ad.everything else NO_GUID,
                error_type=name,
                extension_error_info=text,
                retry_count=failure.retry_count,
                first_occurred=failure.first_occurred,
                date_occurred=now,
            ),
        )
        return failure

    def _leave_groups(self, gone: KeySet) -> None:
        """A deleted object leaves every group of the tenant, and every connector space entry of this server."""
        if not gone:
            return
        for cloud in self.tenant.groups.values():
            cloud.members -= gone
        for group in self.space.groups.values():
            if group.imported is not None:
                group.imported -= gone

    def report(self) -> None:
        """Counters, the export's event, and what the tenant remembers of who exported."""
        self.work.result = EXPORT_ERRORS if self.work.errors else SUCCESS
        self.work.counters = {
            "export_add": self.added,
            "export_update": self.updated,
            "export_delete": self.deleted,
            "export_failure": len(self.work.errors),
        }
        server, tenant = self.server, self.tenant
        exported = self.added + self.updated + self.deleted
        server.log_event(
            TRACER, 114, f"Export finished. Objects exported: {exported}, errors: {len(self.work.errors)}."
        )
        tenant.last_sync = server.clock.now()
        tenant.synchronization_client_version = server.product_version
        account = next(item.value for item in server.entra_connector.connectivity_parameters if item.name == "UserName")
        tenant.current_export_data = CurrentExportData(
            client_machine_name=server.computer_name,
            service_account=account,
            pending_objects_addition=len(self.space.pending("add")),
            pending_objects_deletion=len(self.space.pending("delete")),
            pending_objects_update=len(self.space.pending("update")),
            successful_objects_provisioning_count=exported,
            successful_links_provisioning_count=self.links,
            total_connector_space_objects=len(self.space.everything),
        )
