"""Constrained endpoints: what a role capability file shows, and what RestrictedRemoteServer shows by itself.

[psrp §3.3]
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from lab.powershell.commands import CommandInfo, CommandTable, Parameter
from lab.powershell.convert import OBJECT
from lab.powershell.core.hosting import GET_COMMAND, OUT_DEFAULT
from lab.powershell.core.measure import MEASURE_OBJECT
from lab.powershell.core.select import SELECT_OBJECT
from lab.powershell.errors import not_simulated
from lab.powershell.functions import FUNCTIONS
from lab.powershell.literals import NotLiteral, read_data
from lab.powershell.text import has_wildcard, wildcard

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    from lab.powershell.commands import Call, Objects

_SELECTABLE = (
    *("ModuleName", "Namespace", "OutputType", "Count", "HelpUri", "Name", "CommandType", "ResolvedCommandName"),
    *("DefaultParameterSet", "CmdletBinding", "Parameters"),
)
"""What the Select-Object of RestrictedRemoteServer can select [psrp §3.3]."""


class RoleCapabilityError(Exception):
    """The role capability file is not one, or names a command that the lab does not have."""


def _names(value: object) -> list[object]:
    if value is None:
        return []
    return value if isinstance(value, list) else [value]


def _allowed_values(entry: dict[str, object], key: str) -> tuple[str, ...] | None:
    values = tuple(str(value) for value in _names(entry.get(key)))
    return values or None


def _restricted(info: CommandInfo, entries: Iterable[object]) -> CommandInfo:
    """Make the proxy function that shows only these parameters, each with its ValidateSet or ValidatePattern."""
    kept: list[Parameter] = []
    for entry in entries:
        table = entry if isinstance(entry, dict) else {"Name": entry}
        name = str(table.get("Name", ""))
        for parameter in info.parameters:
            if wildcard(name).match(parameter.name):
                pattern = table.get("ValidatePattern")
                kept.append(
                    replace(
                        parameter,
                        allowed=_allowed_values(table, "ValidateSet") or parameter.allowed,
                        pattern=str(pattern) if pattern is not None else parameter.pattern,
                    ),
                )
    return replace(info, parameters=tuple(kept), implementing_type="")


def _matching(name: str, known: Iterable[CommandInfo]) -> list[CommandInfo]:
    """Find commands by a name that may carry a module and wildcards."""
    module, separator, bare = name.rpartition("\\")
    return [
        info
        for info in known
        if wildcard(bare).match(info.name) and (not separator or wildcard(module).match(info.module))
    ]


def _visible(entry: object, known: Iterable[CommandInfo], file: Path) -> Iterator[CommandInfo]:
    table = entry if isinstance(entry, dict) else {"Name": entry}
    name = str(table.get("Name", ""))
    found = _matching(name, known)
    if not found and not has_wildcard(name):
        raise RoleCapabilityError(f"{file}: the lab has no command {name}")
    for info in found:
        yield _restricted(info, _names(table["Parameters"])) if "Parameters" in table else info


def role_capability(file: Path, known: Iterable[CommandInfo]) -> tuple[CommandInfo, ...]:
    """Read which commands a role capability file makes visible.

    Raises:
        RoleCapabilityError: the file is not plain data, or names a command that the lab does not have.

    """
    try:
        table = read_data(file.read_text(encoding="utf-8-sig"))
    except NotLiteral as error:
        raise RoleCapabilityError(f"{file}: not plain data at {error}") from None
    keys = {key.casefold(): value for key, value in table.items()}
    known = tuple(known)
    shown: list[CommandInfo] = []
    for entry in _names(keys.get("visiblecmdlets")):
        shown.extend(_visible(entry, known, file))
    for entry in _names(keys.get("visiblefunctions")):
        functions = (*FUNCTIONS, *(info for info in known if not info.implementing_type))
        shown.extend(_visible(entry, functions, file))
    return tuple(shown)


async def _nothing(call: Call) -> Objects:
    async for value in call.objects():
        yield value


async def _help(call: Call) -> Objects:
    async for _ in call.objects():
        yield None
    raise not_simulated(call.info.name)


def restricted_remote_server(known: Iterable[CommandInfo]) -> CommandTable:
    """Build what a plain RestrictedRemoteServer endpoint shows: eight proxies, and the ADSync reads somebody listed."""
    select = tuple(parameter for parameter in SELECT_OBJECT.parameters if parameter.name in {"Property", "InputObject"})
    only_input = Parameter("InputObject", OBJECT, pipeline=True)
    return CommandTable(
        (
            CommandInfo("Clear-Host", "", _nothing),
            CommandInfo("Exit-PSSession", "", _nothing),
            replace(GET_COMMAND, implementing_type="", parameters=GET_COMMAND.parameters[:1]),
            CommandInfo("Get-FormatData", "", _help),
            CommandInfo("Get-Help", "", _help, (Parameter("Name", position=0),)),
            replace(MEASURE_OBJECT, implementing_type="", parameters=(only_input,), default_set=None),
            replace(OUT_DEFAULT, implementing_type="", parameters=(only_input,)),
            replace(
                SELECT_OBJECT,
                implementing_type="",
                default_set=None,
                parameters=tuple(
                    replace(parameter, sets=frozenset(), allowed=_SELECTABLE if parameter.name == "Property" else None)
                    for parameter in select
                ),
            ),
            *(info for info in known if info.module == "ADSync" and info.name.startswith("Get-")),
        ),
    )
