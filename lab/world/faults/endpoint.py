"""Faults of the V2 endpoint: versions that do not fit one another."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lab.world.faults.catalogue import FAULTS
from lab.world.server import EXPORT_API_VERSION, IMPORT_API_VERSION, PARAMETERS_KEY, SyncServer
from lab.world.table import NEW, Arguments

if TYPE_CHECKING:
    from collections.abc import Callable

    from lab.world.world import World


def _restore(server: SyncServer) -> Callable[[], None]:
    values = server.registry[PARAMETERS_KEY]
    before = {name: values.get(name) for name in (IMPORT_API_VERSION, EXPORT_API_VERSION)}
    extension = server.entra_connector.extension_configuration
    export_type = extension.export_type if extension else 0

    def undo() -> None:
        for name, value in before.items():
            if value is None:
                values.pop(name, None)
            else:
                values[name] = value
        server.set_export_type(export_type)

    return undo


@FAULTS.add("only-import-switched", server=NEW)
def _only_import_switched(_world: World, arguments: Arguments) -> Callable[[], None]:
    """Import uses V2, export still V1 (registry and ExportType agree on V1)."""
    server = arguments.server()
    undo = _restore(server)
    server.set_import_api_version(2)
    server.set_export_api_version(1)
    return undo


@FAULTS.add("only-export-switched", server=NEW)
def _only_export_switched(_world: World, arguments: Arguments) -> Callable[[], None]:
    """Export uses V2, import still V1."""
    server = arguments.server()
    undo = _restore(server)
    server.set_import_api_version(1)
    server.set_export_api_version(2)
    return undo


@FAULTS.add("registry-and-export-type-disagree", server=NEW)
def _registry_and_export_type_disagree(_world: World, arguments: Arguments) -> Callable[[], None]:
    """The registry says V2, the connector's ExportType V1."""
    server = arguments.server()
    undo = _restore(server)
    server.set_export_type(2)
    return undo


@FAULTS.add("back-on-v1", server=NEW)
def _back_on_v1(_world: World, arguments: Arguments) -> Callable[[], None]:
    """Both directions use V1, as after an upgrade that lost the change."""
    server = arguments.server()
    undo = _restore(server)
    server.set_import_api_version(1)
    server.set_export_api_version(1)
    return undo


@FAULTS.add("api-version-values-absent", server=NEW)
def _api_version_values_absent(_world: World, arguments: Arguments) -> Callable[[], None]:
    """Both registry values are gone: on 2.x that means V2, so nothing is wrong [adsync §3]."""
    server = arguments.server()
    undo = _restore(server)
    server.registry[PARAMETERS_KEY].pop(IMPORT_API_VERSION, None)
    server.registry[PARAMETERS_KEY].pop(EXPORT_API_VERSION, None)
    return undo
