"""Saving and removing connectors, and running their profiles from outside the scheduler.

Add-ADSyncConnector with a connector that Get-ADSyncConnector gave saves it again: Microsoft's own script for a full
password synchronisation uses it so.
"""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import UUID

from lab.powershell.adsync.base import chosen_connector, cmdlet
from lab.powershell.adsync.connectors import net_connector
from lab.powershell.adsync.objects import model_type
from lab.powershell.adsync.worldly import from_net
from lab.powershell.clr import NetObject
from lab.powershell.commands import Parameter, switch
from lab.powershell.convert import GUID, STRING, ConversionError
from lab.world.cycle import run_profile
from lab.world.errors import SyncError
from lab.world.model import Connector
from lab.world.saving import remove_connector, save_connector

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from lab.powershell.commands import Call
    from lab.world.server import SyncServer


def _save(call: Call, server: SyncServer) -> Iterator[object]:
    given = call.get("Connector")
    if call.on("WhatIf"):
        return
    try:
        connector = from_net(Connector, given)
    except ConversionError as error:
        raise SyncError(str(error), "InvalidConnector") from None
    yield net_connector(save_connector(server, connector))


def _remove(call: Call, server: SyncServer) -> Iterable[object]:
    given = call.get("Connector")
    wanted = given.get("Identifier") if isinstance(given, NetObject) else call.get("Identifier") or call.text("Name")
    connector = server.connector(wanted if isinstance(wanted, UUID | str) else "")
    if not call.on("WhatIf"):
        remove_connector(server, connector)
    return ()


def _invoke(call: Call, server: SyncServer) -> Iterable[object]:
    connector = chosen_connector(call, server)
    assert connector is not None
    wanted = call.text("RunProfileName").casefold()
    profile = next((item.name for item in connector.run_profiles if item.name.casefold() == wanted), None)
    if profile is None:
        raise SyncError(f"The run profile '{call.text('RunProfileName')}' could not be found.", "RunProfileNotFound")
    if server.scheduler.sync_cycle_in_progress:
        raise SyncError("The connector is busy. Wait for the current run to complete.", "Busy")
    return [run_profile(server, call.session.tenant, connector, profile).result]


def _stop(call: Call, server: SyncServer) -> Iterable[object]:
    if call.given("ConnectorName"):
        server.connector(call.text("ConnectorName"))
    if server.cycle is not None:
        server.cycle.abort()
    return ()


_BY_ID, _BY_NAME, _BY_OBJECT = frozenset({"Identifier"}), frozenset({"Name"}), frozenset({"Connector"})
_RUN_ID, _RUN_NAME = frozenset({"ConnectorIdentifier"}), frozenset({"ConnectorName"})

CONNECTOR_WRITING = (
    cmdlet(
        "Connector",
        _save,
        Parameter("Connector", model_type("Connector"), position=0, mandatory=True, pipeline=True),
        verb="Add",
        should_process=True,
    ),
    cmdlet(
        "Connector",
        _remove,
        Parameter("Name", STRING, position=0, mandatory=True, sets=_BY_NAME),
        Parameter("Identifier", GUID, mandatory=True, sets=_BY_ID),
        Parameter("Connector", model_type("Connector"), mandatory=True, sets=_BY_OBJECT, pipeline=True),
        verb="Remove",
        default_set="Name",
        should_process=True,
    ),
    cmdlet(
        "RunProfile",
        _invoke,
        Parameter("ConnectorIdentifier", GUID, mandatory=True, sets=_RUN_ID),
        Parameter("ConnectorName", STRING, mandatory=True, sets=_RUN_NAME),
        Parameter("RunProfileName", STRING, mandatory=True),
        switch("Resume"),
        verb="Invoke",
        default_set="ConnectorName",
    ),
    cmdlet("RunProfile", _stop, Parameter("ConnectorName", STRING, position=0), verb="Stop"),
)
"""Cmdlets that change connectors, or run them."""
