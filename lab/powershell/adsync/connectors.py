"""Connectors, their partitions, statistics and runs under way [adsync §5]."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lab.powershell import members
from lab.powershell.adsync.base import cmdlet
from lab.powershell.adsync.objects import full_name, keyed_parameters, list_of, made, net
from lab.powershell.clr import NetObject
from lab.powershell.commands import Parameter, switch
from lab.powershell.convert import GUID, OBJECT, STRING
from lab.powershell.text import to_text

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from lab.powershell.commands import Call
    from lab.world.model import Connector
    from lab.world.server import SyncServer

_PROPERTIES = (
    *("ConnectorTypeName", "Identifier", "Version", "InternalVersion", "FormatVersion", "Name", "Description"),
    *("CreationTime", "LastModificationTime", "Partitions", "RunProfiles", "ComponentProvisioningMappings", "Schema"),
    *("AllParameterDefinitions", "ConnectivityParameters", "GlobalParameters", "CapabilityParameters"),
    *("SchemaParameters", "ObjectInclusionList", "AttributeInclusionList", "AnchorConstructionSettings", "ListName"),
    *("CompanyName", "Type", "Subtype", "IsUpgradeOrImportScenario", "ExtensionConfiguration"),
    *("PasswordHashConfiguration", "AADPasswordResetConfiguration", "UIData", "Extension", "PrivateConfiguration"),
)
"""OM.Connector in the product's order [adsync §5]."""


def _unmodelled() -> dict[str, object]:
    """Give the properties that no reader judges, empty; Schema is the huge one that readers leave out."""
    return {
        "InternalVersion": 1,
        "FormatVersion": 1,
        "ComponentProvisioningMappings": {},
        "Schema": made("Schema", {}),
        "AllParameterDefinitions": list_of([], "ConfigurationParameterDefinition"),
        "CapabilityParameters": keyed_parameters([]),
        "SchemaParameters": keyed_parameters([]),
        "AnchorConstructionSettings": list_of([], "AnchorConstructionSetting"),
        "IsUpgradeOrImportScenario": False,
        "PasswordHashConfiguration": "",
        "AADPasswordResetConfiguration": "",
        "UIData": "",
        "Extension": "",
        "PrivateConfiguration": "",
    }


def net_connector(connector: Connector) -> NetObject:
    """Give the .NET object of a connector."""
    shown = net(connector)
    known = shown.adapted if isinstance(shown, NetObject) else {}
    properties = {**_unmodelled(), **known}
    return NetObject((full_name("Connector"), "System.Object"), {name: properties[name] for name in _PROPERTIES})


def _get_connector(call: Call, server: SyncServer) -> Iterator[object]:
    for connector in server.connectors:
        if call.given("Identifier") and call.get("Identifier") != connector.identifier:
            continue
        if call.given("Name") and call.text("Name").casefold() != connector.name.casefold():
            continue
        yield net_connector(connector)


def _given_connector(call: Call, server: SyncServer) -> Connector:
    """Read -Connector: the object that Get-ADSyncConnector gave, or its name."""
    given = call.get("Connector")
    name = members.get(given, "Name") if isinstance(given, NetObject | dict) else given
    return server.connector(to_text(name))


def _get_partition(call: Call, server: SyncServer) -> Iterator[object]:
    for partition in _given_connector(call, server).partitions:
        if call.given("Identifier") and call.get("Identifier") != partition.identifier:
            continue
        if call.given("Name") and call.text("Name").casefold() != partition.name.casefold():
            continue
        yield net(partition)


def _statistics(call: Call, server: SyncServer) -> Iterable[object]:
    return [net(server.connector_statistics(call.text("ConnectorName")))]


def _run_status(_call: Call, server: SyncServer) -> Iterable[object]:
    return [net(status) for status in server.connector_run_status]


CONNECTORS = (
    cmdlet(
        "Connector",
        _get_connector,
        Parameter("Identifier", GUID),
        Parameter("Name", STRING, position=0),
        switch("Summary"),
    ),
    cmdlet(
        "ConnectorPartition",
        _get_partition,
        Parameter("Connector", OBJECT, position=0, mandatory=True),
        Parameter("Identifier", GUID),
        Parameter("Name", STRING),
    ),
    cmdlet(
        "ConnectorStatistics",
        _statistics,
        Parameter("ConnectorName", STRING, position=0, mandatory=True),
    ),
    cmdlet("ConnectorRunStatus", _run_status),
)
