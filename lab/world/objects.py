"""Connector space and metaverse objects as the cmdlets show them, made from keys when they are asked for."""

from __future__ import annotations

from base64 import b64encode
from typing import TYPE_CHECKING

from lab.world import cs_xml
from lab.world.attributes import attributes_of, plain_attributes_of, single
from lab.world.forest import DirectoryObject, kind_of
from lab.world.model import (
    ENTRA_CONNECTOR,
    NO_GUID,
    Connector,
    CsLineage,
    CsObject,
    ExportError,
    GroupStatistics,
    MvAttribute,
    MvLineage,
    MvObject,
    SynchronizationError,
)

if TYPE_CHECKING:
    from uuid import UUID

    from lab.world.server import SyncServer
    from lab.world.space import Failure, Operation

_EXPORT_ERROR_CODES = {"AttributeValueMustBeUnique": 0x8023134A}


def group_statistics(server: SyncServer, connector: Connector, minimum: int) -> list[GroupStatistics]:
    """Groups with at least `minimum` members, largest first; on the Entra connector as the next export leaves them."""
    on_entra = connector.identifier == ENTRA_CONNECTOR
    if on_entra:
        counts = {key: len(group.hologram) for key, group in server.entra.groups.items() if group.exists}
    elif connector.identifier == server.ad_connector.identifier:
        counts = {key: len(members) for key, members in server.ad.groups.items()}
    else:
        counts = {}
    ids = server.cs_ids(connector.identifier)
    joined = server.ad.groups
    rows: list[GroupStatistics] = []
    for key, count in sorted(counts.items(), key=lambda item: (-item[1], item[0])):
        if count < minimum:
            continue
        named = server.forest.object(key)
        rdn = named.entra_dn if on_entra else f"CN={named.name}"
        rows.append(
            GroupStatistics(
                row_no=len(rows) + 1,
                connector_name=connector.name,
                rdn=rdn,
                display_name=named.name,
                object_id=ids.uuid(key),
                disconnector_flag=key not in joined,
                count=count,
            ),
        )
    return rows


def cs_object(server: SyncServer, identifier: UUID) -> CsObject | None:
    """The connector space object with this id on any connector, or None."""
    for connector in server.connectors:
        key = server.cs_ids(connector.identifier).key(identifier)
        if key is not None:
            return _build(server, connector, key)
    return None


def cs_object_by_dn(server: SyncServer, connector: Connector, dn: str) -> CsObject | None:
    """The connector space object with this name, or None."""
    if connector.identifier == ENTRA_CONNECTOR:
        key = server.forest.key_of_entra_dn(dn)
    else:
        found = server.forest.by_dn(dn)
        key = found.key if found else None
    return None if key is None else _build(server, connector, key)


def _build(server: SyncServer, connector: Connector, key: int) -> CsObject | None:
    on_entra = connector.identifier == ENTRA_CONNECTOR
    if key not in (server.entra.everything if on_entra else server.ad.everything):
        return None
    named = server.forest.object(key)
    group = server.entra.groups.get(key)
    joined = key in server.ad.everything
    synchronization_failure = group.synchronization_failure if group and not on_entra else None
    export_failure = _export_failure(server, key) if on_entra else None
    return CsObject(
        object_id=server.cs_ids(connector.identifier).uuid(key),
        connector_id=connector.identifier,
        connector_name=connector.name,
        connector_type=connector.type,
        partition_id=connector.partitions[0].identifier,
        distinguished_name=named.entra_dn if on_entra else named.dn,
        anchor_value=named.source_anchor.encode() if on_entra else named.object_guid.bytes_le,
        object_type=_object_type(named, on_entra),
        is_transient=False,
        is_place_holder=False,
        is_connector=joined,
        has_sync_error=synchronization_failure is not None,
        has_export_error=export_failure is not None,
        export_error=_export_error(export_failure) if export_failure else None,
        synchronization_error=_synchronization_error(synchronization_failure) if synchronization_failure else None,
        connected_mv_object_id=server.mv_ids.uuid(key) if joined else NO_GUID,
        lineage=_lineage(server, named, on_entra),
        make_attributes=lambda: attributes_of(server, named, on_entra),
        make_serialized_xml=lambda: _serialized(server, connector, named),
    )


def _object_type(named: DirectoryObject, on_entra: bool) -> str:
    return "computer" if named.kind == "device" and not on_entra else named.kind


def _export_failure(server: SyncServer, key: int) -> Failure | None:
    group = server.entra.groups.get(key)
    return group.export_failure if group else server.entra.failures.get(key)


def _export_error(failure: Failure) -> ExportError:
    return ExportError(
        retry_count=failure.retry_count,
        initial_occurrence=failure.first_occurred,
        latest_occurrence=failure.last_occurred,
        error_type="extension-dll-exception" if failure.error_type == "exception" else failure.error_type,
        error_name=failure.error_type,
        error_code=_EXPORT_ERROR_CODES.get(failure.error_type, 0),
        error_literal=failure.text,
    )


def _synchronization_error(failure: Failure) -> SynchronizationError:
    return SynchronizationError(
        retry_count=failure.retry_count,
        initial_occurrence=failure.first_occurred,
        latest_occurrence=failure.last_occurred,
        error_type=failure.error_type,
        synchronization_step="export-flow",
        stack_trace=f"{failure.text}\nSync Rule: {failure.rule}\nDestination: member",
    )


def _lineage(server: SyncServer, named: DirectoryObject, on_entra: bool) -> list[CsLineage]:
    wanted = (f"Out to AAD - {named.kind} " if on_entra else f"In from AD - {named.kind} ").casefold()
    return [
        CsLineage(rule.internal_id, rule.name, rule.link_type.name)
        for rule in sorted(server.rules, key=lambda rule: rule.precedence)
        if not rule.disabled and rule.name.casefold().startswith(wanted)
    ]


def operation_of(server: SyncServer, key: int) -> Operation:
    """The pending export of an object on the Entra connector."""
    space = server.entra
    if kind_of(key) == "group":
        return space.group(key).operation
    if key in space.desired:
        if key not in space.objects:
            return "add"
        return "update" if key in space.changed else "none"
    return "delete"


def _serialized(server: SyncServer, connector: Connector, named: DirectoryObject) -> str:
    on_entra = connector.identifier == ENTRA_CONNECTOR
    identifier = str(server.cs_ids(connector.identifier).uuid(named.key))
    values = cs_xml.attributes_xml(plain_attributes_of(server, named, on_entra))
    joined = named.key in server.ad.everything
    head = {
        "ma-id": f"{{{str(connector.identifier).upper()}}}",
        "ma-name": connector.name,
        "connector": "1" if joined else "0",
        "mv-link": f"{{{str(server.mv_ids.uuid(named.key)).upper()}}}" if joined else "",
    }
    if not on_entra:
        anchor = b64encode(named.object_guid.bytes_le).decode("ascii")
        object_type = _object_type(named, on_entra)
        member = cs_xml.ad_member(server.forest, server.ad.groups[named.key]) if named.kind == "group" else ""
        held = cs_xml.entry(named.dn, object_type, anchor, values + member)
        sections = f"<synchronized-hologram>{held}</synchronized-hologram>"
        if (export := server.ad_exports.get(named.key)) is not None:
            head["export-delta-operation"] = "modify" if export.operation == "update" else export.operation
            sections += cs_xml.ad_export(named.dn, export)
        group = server.entra.groups.get(named.key)
        if group is not None and group.synchronization_failure is not None:
            head["synchronization-error"] = group.synchronization_failure.text
        return cs_xml.cs_object(identifier, named.dn, object_type, head, sections)
    operation = operation_of(server, named.key)
    head["export-delta-operation"] = "modify" if operation == "update" else operation
    sections = cs_xml.entra_sections(
        named.entra_dn,
        named.kind,
        operation,
        values,
        server.entra.groups.get(named.key),
        holograms=server.options.export_holograms,
        changed=server.entra.changed_attributes.get(named.key, "displayName"),
    )
    return cs_xml.cs_object(identifier, named.entra_dn, named.kind, head, sections)


def mv_object(server: SyncServer, identifier: UUID) -> MvObject | None:
    """The metaverse object with this id, or None."""
    key = server.mv_ids.key(identifier)
    if key is None or key not in server.ad.everything:
        return None
    named = server.forest.object(key)
    ad, entra = server.ad_connector, server.entra_connector
    lineage = [
        MvLineage(server.mv_ids.uuid(key), named.dn, server.cs_ids(ad.identifier).uuid(key), ad.name, ad.identifier)
    ]
    if key in server.entra.everything:
        lineage.append(
            MvLineage(
                server.mv_ids.uuid(key),
                named.entra_dn,
                server.cs_ids(entra.identifier).uuid(key),
                entra.name,
                entra.identifier,
            ),
        )
    rule = f"In from AD - {named.kind.capitalize()} Common"
    attributes = [
        MvAttribute(
            name,
            kind,
            is_multi_valued=False,
            sync_rule_name=rule,
            connector_name=ad.name,
            lineage_id=lineage[0].lineage_id,
            last_modification_time=ad.last_modification_time,
            values=[value],
        )
        for name, kind, value in _mv_values(server, named)
    ]
    values = cs_xml.attributes_xml(single(item.name, item.type, item.values[0]) for item in attributes)
    text = (
        f'<mv-objects><mv-object mv-id="{{{str(identifier).upper()}}}"><entry>{values}</entry></mv-object></mv-objects>'
    )
    return MvObject(identifier, lineage, attributes, text)


def _mv_values(server: SyncServer, named: DirectoryObject) -> list[tuple[str, str, str]]:
    values = [
        ("cn", "string", named.name),
        ("displayName", "string", named.display_name),
        ("sourceAnchor", "string", named.source_anchor),
        ("sourceObjectType", "string", named.kind.capitalize()),
    ]
    if named.kind == "group":
        members = server.ad.groups[named.key] & server.ad.everything
        values.append(("memberCount", "number", str(len(members))))
    if named.kind == "user":
        values.append(("userPrincipalName", "string", str(named.user_principal_name)))
    return values
