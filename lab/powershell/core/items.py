"""Get-Item, Get-ItemProperty, Get-ItemPropertyValue, Test-Path."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lab.powershell import files, members
from lab.powershell.clr import NetObject
from lab.powershell.commands import CommandInfo, Parameter, switch
from lab.powershell.convert import STRING, array

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from datetime import datetime

    from lab.powershell.commands import Call, Objects
    from lab.powershell.files import Place
    from lab.world.server import SyncServer

    Lookup = Callable[[SyncServer, Place, datetime], NetObject | None]

_PATH, _LITERAL = "Path", "LiteralPath"
_COMMANDS = "Microsoft.PowerShell.Commands"
_MANAGEMENT = "Microsoft.PowerShell.Management"
_AUTOMATION = "System.Management.Automation"


def unreachable(call: Call, path: str, at: Place | None) -> None:
    """Say that the drive is not there, or (where the endpoint hides providers) the provider [psrp §1]."""
    if at is not None:
        call.write_error(
            call.error(
                f"Cannot find a provider with the name '{at.provider}'.",
                "ProviderNotFound",
                "ObjectNotFound",
                exception=f"{_AUTOMATION}.ProviderNotFoundException",
                target=at.provider,
            ),
        )
        return
    drive = path.partition(":")[0]
    call.write_error(
        call.error(
            f"Cannot find drive. A drive with the name '{drive}' does not exist.",
            "DriveNotFound",
            "ObjectNotFound",
            exception=f"{_AUTOMATION}.DriveNotFoundException",
            target=drive,
        ),
    )


def missing(call: Call, path: str) -> None:
    """Say that there is nothing at this path."""
    call.write_error(
        call.error(
            f"Cannot find path '{path}' because it does not exist.",
            "PathNotFound",
            "ObjectNotFound",
            exception=f"{_AUTOMATION}.ItemNotFoundException",
            target=path,
        ),
    )


def _items(call: Call, lookup: Lookup) -> Iterator[tuple[Place, NetObject]]:
    """Look every given path up; what is not there is an error."""
    session = call.session
    for path in call.texts(_LITERAL if call.given(_LITERAL) else _PATH):
        at = files.place(path)
        if at is None or not session.providers:
            unreachable(call, path, at)
            continue
        found = lookup(session.server, at, session.now())
        if found is None:
            missing(call, path)
        else:
            yield at, found


def no_property(call: Call, name: str, at: Place) -> None:
    """Say that the item has no property of this name."""
    call.write_error(
        call.error(
            f"Property {name} does not exist at path {at.provider_path}.",
            f"{_AUTOMATION}.PSArgumentException",
            "InvalidArgument",
            exception=f"{_AUTOMATION}.PSArgumentException",
            target=name,
        ),
    )


async def _get_item(call: Call) -> Objects:
    for _, found in _items(call, files.item):
        yield found


async def _get_item_property(call: Call) -> Objects:
    wanted = call.texts("Name")
    for at, found in _items(call, files.item_property):
        if not wanted or wanted == ["*"]:
            yield found
            continue
        picked: dict[str, object] = {}
        for pattern in wanted:
            names = members.find(found, pattern)
            if not names:
                no_property(call, pattern, at)
            picked |= {name: members.get(found, name) for name in names}
        if picked:
            yield NetObject.custom({**picked, **files.provider_notes(at, container=None)})


async def _get_item_property_value(call: Call) -> Objects:
    for at, found in _items(call, files.item_property):
        for name in call.texts("Name"):
            if members.find(found, name):
                yield members.get(found, name)
            else:
                no_property(call, name, at)


async def _test_path(call: Call) -> Objects:
    session = call.session
    for path in call.texts(_LITERAL if call.given(_LITERAL) else _PATH):
        at = files.place(path)
        yield at is not None and session.providers and files.item(session.server, at, session.now()) is not None


def _paths(*more: Parameter) -> tuple[Parameter, ...]:
    return (
        Parameter(_PATH, array(STRING), position=0, mandatory=True, sets=frozenset({_PATH})),
        Parameter(_LITERAL, array(STRING), aliases=("PSPath",), mandatory=True, sets=frozenset({_LITERAL})),
        Parameter("Filter", STRING),
        Parameter("Include", array(STRING)),
        Parameter("Exclude", array(STRING)),
        *more,
    )


GET_ITEM = CommandInfo(
    "Get-Item",
    _MANAGEMENT,
    _get_item,
    _paths(switch("Force")),
    implementing_type=f"{_COMMANDS}.GetItemCommand",
    default_set=_PATH,
)
GET_ITEM_PROPERTY = CommandInfo(
    "Get-ItemProperty",
    _MANAGEMENT,
    _get_item_property,
    _paths(Parameter("Name", array(STRING), aliases=("PSProperty",), position=1)),
    implementing_type=f"{_COMMANDS}.GetItemPropertyCommand",
    default_set=_PATH,
)
GET_ITEM_PROPERTY_VALUE = CommandInfo(
    "Get-ItemPropertyValue",
    _MANAGEMENT,
    _get_item_property_value,
    _paths(Parameter("Name", array(STRING), aliases=("PSProperty",), position=1, mandatory=True)),
    implementing_type=f"{_COMMANDS}.GetItemPropertyValueCommand",
    default_set=_PATH,
)
TEST_PATH = CommandInfo(
    "Test-Path",
    _MANAGEMENT,
    _test_path,
    _paths(switch("IsValid")),
    implementing_type=f"{_COMMANDS}.TestPathCommand",
    default_set=_PATH,
)
