"""Get-Date."""

from __future__ import annotations

from datetime import UTC, datetime
from enum import IntEnum
from typing import TYPE_CHECKING

from lab.powershell.clr import Boxed
from lab.powershell.commands import CommandInfo, Parameter
from lab.powershell.convert import DATE_TIME, INT32, STRING, enum
from lab.powershell.dates import format_date, to_local
from lab.powershell.errors import not_simulated
from lab.powershell.seam import TerminatingError

if TYPE_CHECKING:
    from lab.powershell.commands import Call, Objects

_NET, _UNIX = "net", "UFormat"
_NAMED_FORMATS = {
    "filedate": "yyyyMMdd",
    "filedateuniversal": "yyyyMMddZ",
    "filedatetime": "yyyyMMddTHHmmssffff",
    "filedatetimeuniversal": "yyyyMMddTHHmmssffffZ",
}


class DisplayHintType(IntEnum):
    """Microsoft.PowerShell.Commands.DisplayHintType."""

    __clr_name__ = "Microsoft.PowerShell.Commands.DisplayHintType"
    Date = 0
    Time = 1
    DateTime = 2


def _moment(call: Call) -> datetime:
    given = call.get("Date")
    moment = to_local(given, call.session.zone) if isinstance(given, datetime) else call.session.now()
    changes = {
        name.lower(): call.integer(name)
        for name in ("Year", "Month", "Day", "Hour", "Minute", "Second")
        if call.given(name)
    }
    if call.given("Millisecond"):
        changes["microsecond"] = call.integer("Millisecond") * 1000
    return moment.replace(**changes)  # type: ignore[arg-type]


def _formatted(call: Call, moment: datetime) -> str:
    wanted = call.text("Format")
    named = _NAMED_FORMATS.get(wanted.casefold())
    pattern = named or wanted
    if named and wanted.casefold().endswith("universal"):
        moment = moment.astimezone(UTC)
    try:
        return format_date(moment, pattern, call.session.zone)
    except ValueError:
        raise TerminatingError(
            call.error(
                "Input string was not in a correct format.",
                "System.FormatException",
                exception="System.FormatException",
            ),
        ) from None


async def _run(call: Call) -> Objects:
    if call.given("UFormat"):
        raise not_simulated("Get-Date -UFormat")
    moment = _moment(call)
    if call.given("Format"):
        yield _formatted(call, moment)
        return
    hint = call.get("DisplayHint", DisplayHintType.DateTime)
    yield Boxed(moment, {"DisplayHint": hint}, {"DateTime": format_date(moment, "F", call.session.zone)})


GET_DATE = CommandInfo(
    "Get-Date",
    "Microsoft.PowerShell.Utility",
    _run,
    (
        Parameter("Date", DATE_TIME, aliases=("LastWriteTime",), position=0),
        Parameter("Year", INT32, bounds=(1, 9999)),
        Parameter("Month", INT32, bounds=(1, 12)),
        Parameter("Day", INT32, bounds=(1, 31)),
        Parameter("Hour", INT32, bounds=(0, 23)),
        Parameter("Minute", INT32, bounds=(0, 59)),
        Parameter("Second", INT32, bounds=(0, 59)),
        Parameter("Millisecond", INT32, bounds=(0, 999)),
        Parameter("DisplayHint", enum(DisplayHintType)),
        Parameter("UFormat", STRING, sets=frozenset({_UNIX})),
        Parameter("Format", STRING, sets=frozenset({_NET})),
    ),
    implementing_type="Microsoft.PowerShell.Commands.GetDateCommand",
    default_set=_NET,
)
