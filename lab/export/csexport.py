"""What `csexport NAME FILE /f:x` writes: the objects of a connector with an export pending [entra_docs §1.4]."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lab.world.model import ENTRA_CONNECTOR

if TYPE_CHECKING:
    from pathlib import Path

    from lab.world.server import SyncServer

_OPEN, _CLOSE = "<cs-objects>", "</cs-objects>"


def write_csexport(server: SyncServer, connector_name: str, path: Path) -> None:
    """Write the file, object by object; raises OSError when it exists (so does the tool), SyncError for the name."""
    connector = server.connector(connector_name)
    with path.open("x", encoding="utf-8") as file:
        file.write(f'<?xml version="1.0" encoding="UTF-8" ?>\n{_OPEN}\n')
        if connector.identifier == ENTRA_CONNECTOR:  # the world stages nothing towards Active Directory
            space = server.entra
            ids = server.cs_ids(connector.identifier)
            for key in space.pending("add") | space.pending("update") | space.pending("delete"):
                found = server.cs_object(ids.uuid(key))
                if found is not None:
                    file.write(found.serialized_xml.removeprefix(_OPEN).removesuffix(_CLOSE) + "\n")
        file.write(f"{_CLOSE}\n")
