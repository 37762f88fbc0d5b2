"""What `csexport NAME FILE /f:x` writes: every object of a connector with an export pending [entra_docs §1.4]."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lab.world import cs_xml, objects
from lab.world.errors import SyncError
from lab.world.keys import KeySet
from lab.world.model import ENTRA_CONNECTOR

if TYPE_CHECKING:
    from lab.world.model import Connector
    from lab.world.server import SyncServer

_OPEN, _CLOSE = "<cs-objects>", "</cs-objects>"


def pending_exports_xml(server: SyncServer, connector_name: str) -> str:
    """The whole file.

    Raises:
        SyncError: there is no such connector.
    """
    connector = server.connector(connector_name)
    if connector.identifier == ENTRA_CONNECTOR:
        space = server.entra
        keys = space.pending("add") | space.pending("update") | space.pending("delete")
    else:
        keys = KeySet.of(*server.ad_exports)
    return f"{_OPEN}{''.join(_object(server, connector, key) for key in keys)}{_CLOSE}"


def _object(server: SyncServer, connector: Connector, key: int) -> str:
    named = server.forest.object(key)
    on_entra = connector.identifier == ENTRA_CONNECTOR
    found = objects.cs_object_by_dn(server, connector, named.entra_dn if on_entra else named.dn)
    if found is None:
        raise SyncError(f"{named.dn} is not in the connector space of {connector.name}.", "ObjectNotFound")
    return cs_xml.inner(found.serialized_xml)
