"""Changing the registry, and the one text file of a server that the lab knows."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lab.powershell import files
from lab.powershell.clr import Boxed, NetObject
from lab.powershell.commands import SILENCE, CommandInfo, Parameter, switch
from lab.powershell.convert import INT32, OBJECT, STRING, ConversionError, array
from lab.powershell.core.items import missing, no_property, unreachable
from lab.powershell.errors import not_simulated
from lab.powershell.seam import TerminatingError
from lab.powershell.text import to_text

if TYPE_CHECKING:
    from collections.abc import Iterator

    from lab.powershell.commands import Call, Objects
    from lab.powershell.files import Place
    from lab.world.server import SyncServer

_PATH, _LITERAL = "Path", "LiteralPath"
_COMMANDS, _MANAGEMENT = "Microsoft.PowerShell.Commands", "Microsoft.PowerShell.Management"
_KINDS = ("String", "ExpandString", "Binary", "DWord", "MultiString", "QWord", "Unknown")
_SERVICE = r"hklm:\system\currentcontrolset\services\adsync"
_START_TYPES = {2: "Automatic", 3: "Manual", 4: "Disabled"}
_COMPUTER_NAME = r"hklm:\system\currentcontrolset\control\computername\activecomputername"


def _places(call: Call) -> Iterator[Place]:
    """Read the given paths; one that cannot be reached is an error."""
    given = call.texts(_LITERAL if call.given(_LITERAL) else _PATH)
    for path in given:
        at = files.place(path)
        if at is None or not call.session.providers:
            unreachable(call, path, at)
        else:
            yield at


def _key(server: SyncServer, at: Place) -> dict[str, object] | None:
    """Give the values of a registry key to change, None where there is no such key."""
    wanted = at.full.casefold()
    for key, values in server.registry.items():
        if key.casefold() == wanted:
            return values
    if files.registry_values(server, at) is None:
        return None
    return server.registry.setdefault(at.full, {})


def _typed(call: Call, kind: str, before: object, value: object) -> object:
    """Give a value the kind that was asked for, else the one it had, else the one it comes with."""
    named = kind.casefold()
    number = named in {"dword", "qword"} or (not named and isinstance(before, int))
    if number:
        try:
            return INT32.convert(value)
        except ConversionError as error:
            raise TerminatingError(call.error(str(error), "InvalidCast", "InvalidArgument")) from None
    if named or isinstance(before, str) or not isinstance(value, int):
        return value if named == "multistring" and isinstance(value, list) else to_text(value)
    return value


def _settled(server: SyncServer, at: Place) -> None:
    """Let Windows see what a changed value means: how the service starts, how the computer is called."""
    values = _key(server, at) or {}
    start = values.get("Start")
    if at.full.casefold() == _SERVICE and isinstance(start, int) and start in _START_TYPES:
        server.set_service_start_type(_START_TYPES[start])
    if at.full.casefold() == _COMPUTER_NAME and isinstance(values.get("ComputerName"), str):
        server.computer_name = str(values["ComputerName"])


def _refuse_other(at: Place, what: str) -> None:
    if at.provider != "Registry":
        raise not_simulated(f"{what} outside the registry")


def _spelling(values: dict[str, object], name: str) -> str | None:
    return next((known for known in values if known.casefold() == name.casefold()), None)


async def _set_property(call: Call) -> Objects:
    server, name = call.session.server, call.text("Name")
    for at in _places(call):
        _refuse_other(at, "Set-ItemProperty")
        values = _key(server, at)
        if values is None:
            missing(call, at.full)
            continue
        known = _spelling(values, name) or name
        if not call.on("WhatIf"):
            values[known] = _typed(call, call.text("Type"), values.get(known), call.get("Value"))
            _settled(server, at)
        if call.on("PassThru"):
            yield NetObject.custom({known: values.get(known), **files.provider_notes(at, container=None)})


async def _new_property(call: Call) -> Objects:
    server, name = call.session.server, call.text("Name")
    for at in _places(call):
        _refuse_other(at, "New-ItemProperty")
        values = _key(server, at)
        if values is None:
            missing(call, at.full)
            continue
        known = _spelling(values, name)
        if known is not None and not call.on("Force"):
            call.write_error(
                call.error(
                    "The property already exists.",
                    "System.IO.IOException",
                    "WriteError",
                    exception="System.IO.IOException",
                    target=at.provider_path,
                ),
            )
            continue
        if not call.on("WhatIf"):
            kind = call.text("PropertyType")
            values[known or name] = _typed(call, kind, None, call.get("Value"))
            _settled(server, at)
        yield NetObject.custom({name: values.get(known or name), **files.provider_notes(at, container=None)})


async def _remove_property(call: Call) -> Objects:
    server = call.session.server
    for at in _places(call):
        _refuse_other(at, "Remove-ItemProperty")
        values = _key(server, at)
        for name in call.texts("Name"):
            known = None if values is None else _spelling(values, name)
            if values is None:
                missing(call, at.full)
            elif known is None:
                no_property(call, name, at)
            elif not call.on("WhatIf"):
                del values[known]
    for nothing in SILENCE:
        yield nothing


async def _new_item(call: Call) -> Objects:
    server = call.session.server
    for at in _places(call):
        _refuse_other(at, "New-Item")
        if _key(server, at) is None:
            server.registry[at.full] = {}
        elif not call.on("Force"):
            call.write_error(
                call.error(
                    "A key in this path already exists.",
                    "System.IO.IOException",
                    "ResourceExists",
                    exception="System.IO.IOException",
                    target=at.provider_path,
                ),
            )
            continue
        found = files.item(server, at, call.session.now())
        if found is not None:
            yield found


async def _remove_item(call: Call) -> Objects:
    server = call.session.server
    for at in _places(call):
        _refuse_other(at, "Remove-Item")
        if _key(server, at) is None:
            missing(call, at.full)
            continue
        below = at.full.casefold()
        for key in [key for key in server.registry if f"{key.casefold()}\\".startswith(f"{below}\\")]:
            if not call.on("WhatIf"):
                del server.registry[key]
    for nothing in SILENCE:
        yield nothing


def _is_configuration(server: SyncServer, at: Place) -> bool:
    return at.full.casefold() == files.engine_configuration_path(server).casefold()


async def _get_content(call: Call) -> Objects:
    server = call.session.server
    for at in _places(call):
        if not _is_configuration(server, at):
            missing(call, at.full)
            continue
        text = files.engine_configuration(server).decode()
        for part in [text] if call.on("Raw") else text.splitlines():
            yield Boxed(part, files.provider_notes(at, container=None))


async def _set_content(call: Call) -> Objects:
    """Write the text file: each value on a line of its own."""
    server = call.session.server
    given = [value async for value in call.source] if call.source is not None else call.get("Value")
    several = given if isinstance(given, list) else [given]
    end = "" if call.on("NoNewline") else "\r\n"
    written = "".join(to_text(value) + end for value in several)
    for at in _places(call):
        if not _is_configuration(server, at):
            raise not_simulated(f"writing the file {at.full}")
        before = files.engine_configuration(server).decode() if call.info.name == "Add-Content" else ""
        if not call.on("WhatIf"):
            files.write_engine_configuration(server, before + written)
    for nothing in SILENCE:
        yield nothing


def _command(name: str, run: object, *more: Parameter, changes: bool = True) -> CommandInfo:
    return CommandInfo(
        name,
        _MANAGEMENT,
        run,  # type: ignore[arg-type]
        (
            Parameter(_PATH, array(STRING), position=0, mandatory=True, sets=frozenset({_PATH})),
            Parameter(_LITERAL, array(STRING), aliases=("PSPath",), mandatory=True, sets=frozenset({_LITERAL})),
            *more,
            switch("Force"),
        ),
        implementing_type=f"{_COMMANDS}.{name.replace('-', '')}Command",
        default_set=_PATH,
        should_process=changes,
    )


_VALUE = Parameter("Value", OBJECT, position=2, empty_allowed=True)
_NAME = Parameter("Name", STRING, aliases=("PSProperty",), position=1, mandatory=True)
_ENCODING = Parameter("Encoding", STRING)
_TEXT = Parameter("Value", OBJECT, position=1, mandatory=True, pipeline=True, empty_allowed=True)

ITEM_WRITING = (
    _command(
        "Set-ItemProperty",
        _set_property,
        _NAME,
        _VALUE,
        Parameter("Type", STRING, aliases=("PropertyType",), allowed=_KINDS),
        switch("PassThru"),
    ),
    _command(
        "New-ItemProperty",
        _new_property,
        _NAME,
        _VALUE,
        Parameter("PropertyType", STRING, aliases=("Type",), allowed=_KINDS),
    ),
    _command(
        "Remove-ItemProperty",
        _remove_property,
        Parameter("Name", array(STRING), aliases=("PSProperty",), position=1, mandatory=True),
    ),
    _command("New-Item", _new_item, Parameter("ItemType", STRING, aliases=("Type",)), Parameter("Value", OBJECT)),
    _command("Remove-Item", _remove_item, switch("Recurse")),
    _command("Get-Content", _get_content, switch("Raw"), _ENCODING, changes=False),
    _command("Set-Content", _set_content, _TEXT, _ENCODING, switch("NoNewline")),
    _command("Add-Content", _set_content, _TEXT, _ENCODING, switch("NoNewline")),
)
"""Cmdlets that change items, and the one that reads a text file."""
