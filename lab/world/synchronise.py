"""Import and synchronisation: what a server learns from its two sides, and what its rules then want in Entra ID."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lab.world.enums import LinkType
from lab.world.forest import CONTACTS_OU, DEVICES_OU, GROUPS_OU, PEOPLE, SERVICE_ACCOUNTS, Forest
from lab.world.keys import EMPTY, KeySet
from lab.world.model import ENTRA_CONNECTOR, NO_GUID, Connector, ConnectorPartitionScope, RunStepErrorObject
from lab.world.rules import evaluate_group, outbound
from lab.world.runs import Work
from lab.world.server import V1_MEMBER_LIMIT
from lab.world.space import AdSpace, Failure

if TYPE_CHECKING:
    from collections.abc import Iterable

    from lab.world.expression import Value
    from lab.world.model import SynchronizationRule
    from lab.world.server import SyncServer
    from lab.world.tenant import Tenant

SYNC_ERRORS = "completed-sync-errors"
_FUNCTION_TRIGGERED = "sync-rule-error-function-triggered"
_TYPES = (("user", "users"), ("contact", "contacts"), ("device", "devices"))


# --- import -----------------------------------------------------------------------------------------------------


def included(scope: ConnectorPartitionScope, container: str) -> bool:
    """Whether a container is brought in: below an inclusion and below no exclusion."""

    def below(listed: Iterable[str]) -> bool:
        return any(f",{container}".casefold().endswith(f",{dn}".casefold()) for dn in listed)

    return below(scope.container_inclusion_list) and not below(scope.container_exclusion_list)


def _in_scope(forest: Forest, connector: Connector) -> AdSpace:
    partition = connector.partitions[0]
    if not partition.selected:
        return AdSpace()
    scope, types = partition.connector_partition_scope, {name.casefold() for name in connector.object_inclusion_list}
    service = forest.service_accounts
    users = (forest.users - service if included(scope, PEOPLE) else EMPTY) | (
        service if included(scope, SERVICE_ACCOUNTS) else EMPTY
    )
    groups = {key: group.members for key, group in forest.groups.items()} if included(scope, GROUPS_OU) else {}
    return AdSpace(
        users=users if "user" in types else EMPTY,
        devices=forest.devices if included(scope, DEVICES_OU) and "computer" in types else EMPTY,
        contacts=forest.contacts if included(scope, CONTACTS_OU) and "contact" in types else EMPTY,
        groups=groups if "group" in types else {},
    )


def import_ad(server: SyncServer) -> Work:
    """Bring in the forest as it is now."""
    before, after = server.ad, _in_scope(server.forest, server.ad_connector)
    was, now = before.everything, after.everything
    changed = {
        key
        for key in before.groups.keys() | after.groups.keys()
        if before.groups.get(key, EMPTY) & was != after.groups.get(key, EMPTY) & now
        or (key in before.groups) != (key in after.groups)
    }
    after.changed = before.changed | changed
    server.ad = after
    return Work(
        counters={
            "stage_add": len(now - was),
            "stage_delete": len(was - now),
            "stage_update": len(changed & before.groups.keys() & after.groups.keys()),
        },
    )


def import_entra(server: SyncServer, tenant: Tenant) -> Work:
    """Bring in what Entra ID holds; what is new there is first taken as wanted, until it is synchronised."""
    space, held = server.entra, tenant.objects
    live = {key: group.members for key, group in tenant.groups.items() if not group.deleted}
    counters = {"stage_add": len(held - space.objects), "stage_delete": len(space.objects - held), "stage_update": 0}
    space.desired |= held - space.objects
    space.objects = held
    for key in live.keys() | space.groups.keys():
        group, members = space.group(key), live.get(key)
        if group.imported == members:
            continue
        if group.imported is None and group.desired is None:
            group.desired = members
            counters["stage_add"] += 1
        elif members is None:
            counters["stage_delete"] += 1
        else:
            counters["stage_update"] += 1
        group.imported = members
        space.changed_groups.add(key)
    return Work(counters=counters)


# --- synchronisation --------------------------------------------------------------------------------------------


def synchronise(server: SyncServer, connector: Connector, *, full: bool) -> Work:
    """Apply the rules to what changed on a connector, or to everything."""
    _settle_objects(server)
    on_entra = connector.identifier == ENTRA_CONNECTOR
    if full:
        keys = server.ad.groups.keys() | server.entra.groups.keys()
    elif on_entra:
        keys = set(server.entra.changed_groups)
    else:
        failed = {key for key, group in server.entra.groups.items() if group.synchronization_failure}
        keys = server.ad.changed | failed
    rules = outbound(server.rules, ENTRA_CONNECTOR, "group")
    errors = [error for key in sorted(keys) if (error := _settle_group(server, key, rules))]
    (server.entra.changed_groups if on_entra else server.ad.changed).clear()
    return Work(result=SYNC_ERRORS if errors else "success", errors=errors, counters={"flow_failure": len(errors)})


def _settle_objects(server: SyncServer) -> None:
    desired = EMPTY
    for target, held in _TYPES:
        rules = outbound(server.rules, ENTRA_CONNECTOR, target)
        if any(rule.link_type is LinkType.Provision for rule in rules):
            desired |= getattr(server.ad, held)
    server.entra.desired = desired


def metaverse_members(server: SyncServer, key: int) -> KeySet:
    """The members of a group that are in the metaverse too."""
    return server.ad.groups[key] & server.ad.everything


def _attributes(server: SyncServer, key: int, members: KeySet) -> dict[str, Value]:
    group = server.entra.group(key)
    known = server.forest.groups.get(key)
    return {
        "sourceAnchor": server.forest.object(key).source_anchor,
        "cloudAnchor": f"Group_{server.forest.object(key).entra_id}" if group.imported is not None else None,
        "securityEnabled": bool(known and known.security_enabled),
        "mailEnabled": bool(known and known.mail_enabled),
        "memberCount": len(members),
        "ValueCount(member)": len(members),
    }


def _settle_group(server: SyncServer, key: int, rules: list[SynchronizationRule]) -> RunStepErrorObject | None:
    group = server.entra.group(key)
    if key not in server.ad.groups:
        group.desired = group.synchronization_failure = None
        return None
    members = metaverse_members(server, key)
    outcome = evaluate_group(rules, _attributes(server, key, members))
    too_large_for_v1 = not server.exports_with_v2 and len(members) > V1_MEMBER_LIMIT
    if not outcome.provisioned or (too_large_for_v1 and group.imported is not None):
        # The V1 endpoint has no place for a large group: one that exists is taken away [entra_docs §2.2 (5)].
        group.desired = group.synchronization_failure = None
        return None
    if not outcome.error:
        group.desired, group.synchronization_failure = members, None
        return None
    if group.desired is None:  # an object that fails stays as it is
        group.desired = group.imported
    now, failure = server.clock.now(), group.synchronization_failure
    group.synchronization_failure = Failure(
        _FUNCTION_TRIGGERED,
        outcome.error,
        outcome.error_rule,
        first_occurred=failure.first_occurred if failure else now,
        last_occurred=now,
        retry_count=failure.retry_count + 1 if failure else 0,
    )
    return RunStepErrorObject(
        object_dn=server.forest.object(key).dn,
        cs_guid=server.cs_ids(server.ad_connector.identifier).uuid(key),
        mv_guid=server.mv_ids.uuid(key) if key in server.ad.groups else NO_GUID,
        error_type=_FUNCTION_TRIGGERED,
        algorithm_step="export-flow",
        extension_error_info=f"{outcome.error}\nSync Rule: {outcome.error_rule}\nDestination: member",
        retry_count=group.synchronization_failure.retry_count,
        first_occurred=group.synchronization_failure.first_occurred,
        date_occurred=now,
    )
