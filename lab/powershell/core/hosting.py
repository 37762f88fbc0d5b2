"""Get-Command, Import-Module, Invoke-Expression, Out-String, Out-Default."""

from __future__ import annotations

from enum import IntEnum
from typing import TYPE_CHECKING

from lab.powershell import members
from lab.powershell.clr import Boxed, NetObject, Version
from lab.powershell.commands import SILENCE, CommandInfo, Parameter, switch
from lab.powershell.convert import INT32, OBJECT, STRING, array
from lab.powershell.core.formatting import ENTRY
from lab.powershell.text import display_text, has_wildcard, wildcard

if TYPE_CHECKING:
    from collections.abc import Iterator

    from lab.powershell.commands import Call, Objects

_COMMANDS = "Microsoft.PowerShell.Commands"
_UTILITY, _CORE = "Microsoft.PowerShell.Utility", "Microsoft.PowerShell.Core"
_SHOWN_ITEMS = 4
"""$FormatEnumerationLimit."""


class CommandTypes(IntEnum):
    """System.Management.Automation.CommandTypes."""

    __clr_name__ = "System.Management.Automation.CommandTypes"
    Alias = 1
    Function = 2
    Cmdlet = 8


def _command(info: CommandInfo) -> NetObject:
    kind = "CmdletInfo" if info.implementing_type else "FunctionInfo"
    return NetObject(
        (
            f"System.Management.Automation.{kind}",
            "System.Management.Automation.CommandInfo",
            "System.Object",
        ),
        {
            "Name": info.name,
            "CommandType": CommandTypes[info.command_type],
            "Source": info.module,
            "Version": Version((1, 0, 0, 0) if info.module == "ADSync" else (3, 1, 0, 0)),
            "Visibility": "Public",
            "ModuleName": info.module,
            "Parameters": {parameter.name: parameter.type.name for parameter in info.parameters},
        },
        text=info.name,
    )


async def _get_command(call: Call) -> Objects:
    modules = [wildcard(name) for name in call.texts("Module")]
    offered = [
        info
        for info in sorted(call.session.table, key=lambda info: info.name.casefold())
        if not modules or any(module.match(info.module) for module in modules)
    ]
    for name in call.texts("Name") or ["*"]:
        bare = name.rpartition("\\")[2]
        found = [info for info in offered if wildcard(bare).match(info.name)]
        for info in found:
            yield _command(info)
        if not found and not has_wildcard(name):
            call.write_error(
                call.error(
                    f"The term '{name}' is not recognized as the name of a cmdlet, function, script file, or operable "
                    "program. Check the spelling of the name, or if a path was included, verify that the path is "
                    "correct and try again.",
                    "CommandNotFoundException",
                    "ObjectNotFound",
                    exception="System.Management.Automation.CommandNotFoundException",
                    target=name,
                ),
            )


async def _import_module(call: Call) -> Objects:
    root = call.session.server.install_path.rstrip("\\").casefold()
    known = {
        "adsync": "ADSync",
        rf"{root}\bin\adsync": "ADSync",
        rf"{root}\bin\adsync\adsync.psd1": "ADSync",
        rf"{root}\extensions\aadconnector.psm1": "AADConnector",
        "microsoft.powershell.management": "Microsoft.PowerShell.Management",
        "microsoft.powershell.utility": _UTILITY,
    }
    for name in call.texts("Name"):
        module = known.get(name.casefold().rstrip("\\"))
        if module is not None:
            if call.on("PassThru"):
                yield NetObject(
                    ("System.Management.Automation.PSModuleInfo", "System.Object"),
                    {"Name": module, "Version": Version((1, 0, 0, 0))},
                    text=module,
                )
            continue
        call.write_error(
            call.error(
                f"The specified module '{name}' was not loaded because no valid module file was found in any module "
                "directory.",
                "Modules_ModuleNotFound",
                "ResourceUnavailable",
                exception="System.IO.FileNotFoundException",
                target=name,
            ),
        )


async def _invoke_expression(call: Call) -> Objects:
    async for value in call.execution.run_text(call.text("Command"), propagate=True):
        yield value


def _cell(value: object) -> str:
    if isinstance(value, list):
        shown = [display_text(item) for item in value[:_SHOWN_ITEMS]]
        return "{" + ", ".join([*shown, "..."] if len(value) > _SHOWN_ITEMS else shown) + "}"
    return display_text(value)


def _lines(value: object) -> Iterator[str]:
    """Write one object: a text as it is, an object as a list of its properties."""
    if isinstance(value, NetObject) and "Shown" in value.notes and not value.is_custom:
        yield from _lines(value.notes["Shown"])
        return
    if isinstance(value, Boxed) or not isinstance(value, NetObject) or value.type_names[0] == ENTRY:
        yield from display_text(value).splitlines() or [""]
        return
    names = [name for name in value.names() if not name.startswith("PS") or value.is_custom]
    width = max((len(name) for name in names), default=0)
    yield ""
    for name in names:
        yield f"{name.ljust(width)} : {_cell(members.get(value, name))}"


async def _out_string(call: Call) -> Objects:
    lines: list[str] = []
    objects = False
    async for value in call.objects():
        objects = objects or isinstance(value, NetObject)
        lines.extend(_lines(value))
    if objects:
        lines = ["", *lines, "", ""]
    if call.on("Stream"):
        for line in lines:
            yield line
    else:
        yield "".join(f"{line}\r\n" for line in lines)


async def _out_default(call: Call) -> Objects:
    async for value in call.objects():
        yield value


async def _out_null(call: Call) -> Objects:
    async for value in call.objects():
        del value
    for nothing in SILENCE:
        yield nothing


_INPUT = Parameter("InputObject", OBJECT, pipeline=True)

GET_COMMAND = CommandInfo(
    "Get-Command",
    _CORE,
    _get_command,
    (
        Parameter("Name", array(STRING), position=0),
        Parameter("Module", array(STRING), aliases=("PSSnapin",)),
        Parameter("CommandType", OBJECT, aliases=("Type",)),
        switch("All"),
        switch("Syntax"),
    ),
    implementing_type=f"{_COMMANDS}.GetCommandCommand",
)
IMPORT_MODULE = CommandInfo(
    "Import-Module",
    _CORE,
    _import_module,
    (
        Parameter("Name", array(STRING), position=0, mandatory=True),
        switch("Force"),
        switch("PassThru"),
        switch("Global"),
        switch("DisableNameChecking"),
        Parameter("Prefix", STRING),
    ),
    implementing_type=f"{_COMMANDS}.ImportModuleCommand",
)
INVOKE_EXPRESSION = CommandInfo(
    "Invoke-Expression",
    _UTILITY,
    _invoke_expression,
    (Parameter("Command", STRING, position=0, mandatory=True, pipeline=True),),
    implementing_type=f"{_COMMANDS}.InvokeExpressionCommand",
)
OUT_NULL = CommandInfo("Out-Null", _CORE, _out_null, (_INPUT,), implementing_type=f"{_COMMANDS}.OutNullCommand")
OUT_STRING = CommandInfo(
    "Out-String",
    _UTILITY,
    _out_string,
    (_INPUT, switch("Stream"), Parameter("Width", INT32, bounds=(2, 2**31 - 1))),
    implementing_type=f"{_COMMANDS}.OutStringCommand",
)
OUT_DEFAULT = CommandInfo(
    "Out-Default",
    _CORE,
    _out_default,
    (_INPUT, switch("Transcript")),
    implementing_type=f"{_COMMANDS}.OutDefaultCommand",
)
