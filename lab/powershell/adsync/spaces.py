"""Connector space, metaverse and group counts [adsync §7]."""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING
from uuid import UUID

from lab.powershell.adsync.base import chosen_connector, cmdlet
from lab.powershell.adsync.objects import net
from lab.powershell.commands import Parameter, switch
from lab.powershell.convert import GUID, INT32, STRING
from lab.world.model import ENTRA_CONNECTOR

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from lab.powershell.commands import Call
    from lab.world.model import Connector, CsObject
    from lab.world.server import SyncServer

_OBJECT = "ObjectIdentifier"
_ID_DN, _ID_ALL = "ConnectorIdentifierDistinguishedName", "ConnectorIdentifier"
_NAME_DN, _NAME_ALL = "ConnectorNameDistinguishedName", "ConnectorName"
_BY_DN = frozenset({_ID_DN, _NAME_DN})
_ALL = frozenset({_ID_ALL, _NAME_ALL})


def _keys(server: SyncServer, connector: Connector) -> Iterable[int]:
    space = server.entra if connector.identifier == ENTRA_CONNECTOR else server.ad
    return space.everything


def _listed(call: Call, server: SyncServer, connector: Connector) -> Iterator[CsObject]:
    start = call.integer("StartIndex")
    stop = start + call.integer("MaxResultCount") if call.given("MaxResultCount") else None
    ids = server.cs_ids(connector.identifier)
    for key in islice(_keys(server, connector), start, stop):
        found = server.cs_object(ids.uuid(key))
        if found is not None:
            yield found


def _found(call: Call, server: SyncServer) -> Iterator[CsObject]:
    identifier = call.get("Identifier")
    if isinstance(identifier, UUID):
        found = server.cs_object(identifier)
        if found is not None:
            yield found
        return
    connector = chosen_connector(call, server)
    if connector is None:
        return
    if not call.given("DistinguishedName"):
        yield from _listed(call, server, connector)
        return
    found = server.cs_object_by_dn(connector.name, call.text("DistinguishedName"))
    if found is not None:
        yield found


def _get_cs_object(call: Call, server: SyncServer) -> Iterator[object]:
    for found in _found(call, server):
        yield net(found)


def _get_references(call: Call, server: SyncServer) -> Iterator[object]:
    """Identifiers of the objects that an object refers to, in its own connector space."""
    for found in _found(call, server):
        for attribute in found.attributes:
            if attribute.type == "reference":
                for dn in attribute.values:
                    referenced = server.cs_object_by_dn(found.connector_name, dn)
                    if referenced is not None:
                        yield referenced.object_id


def _get_mv_object(call: Call, server: SyncServer) -> Iterable[object]:
    identifier = call.get("Identifier")
    found = server.mv_object(identifier) if isinstance(identifier, UUID) else None
    return [] if found is None else [net(found)]


def _group_summary(call: Call, server: SyncServer) -> Iterable[object]:
    connector = chosen_connector(call, server)
    if connector is None:
        return []
    rows = server.group_statistics(connector.name, call.integer("MinimumMemberCount"), 0, 2**31 - 1)
    return [float(len(rows))]


def _group_statistics(call: Call, server: SyncServer) -> Iterable[object]:
    connector = chosen_connector(call, server)
    if connector is None:
        return []
    wanted = [call.integer(name) for name in ("MinimumMemberCount", "StartIndex", "MaxResultCount")]
    return [net(row) for row in server.group_statistics(connector.name, *wanted)]


def _connector(by_id: frozenset[str], by_name: frozenset[str]) -> tuple[Parameter, Parameter]:
    return (
        Parameter("ConnectorIdentifier", GUID, mandatory=True, sets=by_id),
        Parameter("ConnectorName", STRING, mandatory=True, sets=by_name),
    )


_EITHER = _connector(frozenset({_ID_ALL}), frozenset({_NAME_ALL}))

SPACES = (
    cmdlet(
        "CSObject",
        _get_cs_object,
        Parameter("Identifier", GUID, position=0, mandatory=True, sets=frozenset({_OBJECT})),
        *_connector(frozenset({_ID_DN, _ID_ALL}), frozenset({_NAME_DN, _NAME_ALL})),
        Parameter("DistinguishedName", STRING, mandatory=True, sets=_BY_DN),
        switch("SkipDNValidation", *_BY_DN),
        switch("Transient", *_BY_DN, *_ALL),
        Parameter("StartIndex", INT32, sets=_ALL),
        Parameter("MaxResultCount", INT32, sets=_ALL),
        default_set=_OBJECT,
    ),
    cmdlet(
        "CSObjectReferences",
        _get_references,
        Parameter("Identifier", GUID, mandatory=True, sets=frozenset({_OBJECT})),
        *_connector(frozenset({_ID_DN}), frozenset({_NAME_DN})),
        Parameter("DistinguishedName", STRING, mandatory=True, sets=_BY_DN),
        default_set=_OBJECT,
        should_process=True,
    ),
    cmdlet("MVObject", _get_mv_object, Parameter("Identifier", GUID, position=0, mandatory=True)),
    cmdlet(
        "CSGroupSummary",
        _group_summary,
        *_EITHER,
        Parameter("MinimumMemberCount", INT32, mandatory=True),
        default_set=_NAME_ALL,
    ),
    cmdlet(
        "CSGroupStatistics",
        _group_statistics,
        *_EITHER,
        Parameter("MinimumMemberCount", INT32, mandatory=True),
        Parameter("StartIndex", INT32, mandatory=True),
        Parameter("MaxResultCount", INT32, mandatory=True),
        default_set=_NAME_ALL,
    ),
)
