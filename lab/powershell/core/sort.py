"""Sort-Object."""

from __future__ import annotations

from functools import cmp_to_key
from typing import TYPE_CHECKING

from lab.powershell import members
from lab.powershell.commands import CommandInfo, Parameter, switch
from lab.powershell.compare import Incomparable, order
from lab.powershell.convert import OBJECT, STRING, array
from lab.powershell.errors import not_simulated
from lab.powershell.text import to_text

if TYPE_CHECKING:
    from lab.powershell.commands import Call, Objects


def _expression(item: object) -> str:
    if isinstance(item, dict):
        raise not_simulated("Sort-Object with a hashtable as property")
    return to_text(item)


def _order(one: object, other: object, *, case_sensitive: bool) -> int:
    try:
        return order(one, other, case_sensitive=case_sensitive)
    except Incomparable:
        return order(to_text(one), to_text(other), case_sensitive=case_sensitive)


async def _run(call: Call) -> Objects:
    given = call.get("Property")
    wanted = [_expression(item) for item in given] if isinstance(given, list) else []
    case_sensitive = call.on("CaseSensitive")

    def keys(value: object) -> list[object]:
        return [members.get(value, name) for name in wanted] if wanted else [value]

    def compared(one: list[object], other: list[object]) -> int:
        for left, right in zip(one, other, strict=True):
            if found := _order(left, right, case_sensitive=case_sensitive):
                return found
        return 0

    rows = [(keys(value), value) async for value in call.objects()]
    key = cmp_to_key(compared)
    rows.sort(key=lambda row: key(row[0]), reverse=call.on("Descending"))
    before: list[object] | None = None
    for row_keys, value in rows:
        if call.on("Unique") and before is not None and compared(before, row_keys) == 0:
            continue
        before = row_keys
        yield value


SORT_OBJECT = CommandInfo(
    "Sort-Object",
    "Microsoft.PowerShell.Utility",
    _run,
    (
        Parameter("InputObject", OBJECT, pipeline=True),
        Parameter("Property", array(OBJECT), position=0),
        switch("Descending"),
        switch("Unique"),
        switch("CaseSensitive"),
        Parameter("Culture", STRING),
    ),
    implementing_type="Microsoft.PowerShell.Commands.SortObjectCommand",
)
