"""Format-List, Format-Table, Format-Wide: what they give is for a formatter, and Out-String writes it as text.

Over PSRP the real ones give objects of the formatter that no client can show by itself, either.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from lab.powershell import members
from lab.powershell.clr import NetObject
from lab.powershell.commands import CommandInfo, Parameter, switch
from lab.powershell.convert import OBJECT, STRING, array
from lab.powershell.core.select import picked
from lab.powershell.text import display_text

if TYPE_CHECKING:
    from lab.powershell.commands import Call, Objects

_FORMAT = "Microsoft.PowerShell.Commands.Internal.Format"
ENTRY = f"{_FORMAT}.FormatEntryData"
"""Type of what carries one object to the formatter."""


def _entry(value: object) -> NetObject:
    return NetObject((ENTRY, f"{_FORMAT}.PacketInfoData", "System.Object"), {}, text=display_text(value))


async def _chosen(call: Call) -> Objects:
    async for value in call.objects():
        if call.given("Property") and isinstance(value, NetObject):
            yield NetObject.custom(picked(call, value))
        else:
            yield value


async def _list(call: Call) -> Objects:
    """Give each object with its properties below one another."""
    async for value in _chosen(call):
        entry = _entry(value)
        entry.notes["Shown"] = value
        yield entry


async def _table(call: Call) -> Objects:
    """Give a table: a heading, and a line for each object."""
    rows = [value async for value in _chosen(call)]
    if not rows or not all(isinstance(row, NetObject) for row in rows):
        for row in rows:
            yield _entry(row)
        return
    names = list(dict.fromkeys(name for row in rows for name in members.names(row) if not name.startswith("PS")))
    cells = [[display_text(members.get(row, name)) for name in names] for row in rows]
    widths = [max(len(name), *(len(line[at]) for line in cells)) for at, name in enumerate(names)]
    rule = ["-" * len(name) for name in names]
    for line in [names, rule, *cells]:
        yield _entry(" ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)).rstrip())


_PARAMETERS = (
    Parameter("InputObject", OBJECT, pipeline=True),
    Parameter("Property", array(OBJECT), position=0),
    Parameter("GroupBy", OBJECT),
    Parameter("View", STRING),
    switch("AutoSize"),
    switch("Wrap"),
    switch("HideTableHeaders"),
    switch("Force"),
)

FORMATTING = tuple(
    CommandInfo(
        name,
        "Microsoft.PowerShell.Utility",
        run,
        _PARAMETERS,
        implementing_type=f"Microsoft.PowerShell.Commands.{name.replace('-', '')}Command",
    )
    for name, run in (("Format-List", _list), ("Format-Table", _table), ("Format-Wide", _table))
)
"""Cmdlets that format."""
