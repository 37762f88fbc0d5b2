"""The machine itself: its clock, its time zone, its name, its restart."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from lab.powershell.clr import NetObject
from lab.powershell.commands import SILENCE, CommandInfo, Parameter, switch
from lab.powershell.convert import DATE_TIME, OBJECT, STRING, TIME_SPAN, array
from lab.powershell.core.service_writing import restart, stop
from lab.powershell.dates import to_universal
from lab.powershell.errors import not_simulated
from lab.world.server import COMPUTER_NAME_KEY

if TYPE_CHECKING:
    from collections.abc import Callable

    from lab.powershell.commands import Call, Objects

_COMMANDS, _MANAGEMENT = "Microsoft.PowerShell.Commands", "Microsoft.PowerShell.Management"
_ZONES = {
    "UTC": "UTC",
    "GMT Standard Time": "Europe/London",
    "W. Europe Standard Time": "Europe/Berlin",
    "Romance Standard Time": "Europe/Paris",
    "Central Europe Standard Time": "Europe/Budapest",
    "Eastern Standard Time": "America/New_York",
    "Central Standard Time": "America/Chicago",
    "Mountain Standard Time": "America/Denver",
    "Pacific Standard Time": "America/Los_Angeles",
    "India Standard Time": "Asia/Kolkata",
    "China Standard Time": "Asia/Shanghai",
    "Tokyo Standard Time": "Asia/Tokyo",
    "AUS Eastern Standard Time": "Australia/Sydney",
}
"""Some of Windows' time zones, by the names of the tz database."""


async def _set_date(call: Call) -> Objects:
    server = call.session.server
    if call.given("Adjust"):
        span = call.get("Adjust")
        assert isinstance(span, timedelta)
    else:
        wanted = call.get("Date")
        assert isinstance(wanted, datetime)
        span = to_universal(wanted, call.session.zone) - server.now()
    if not call.on("WhatIf"):
        server.clock_skew += span
    yield call.session.now()


def _zone(call: Call) -> NetObject:
    server = call.session.server
    now = datetime.now(UTC).astimezone(server.time_zone)
    known = str(getattr(server.time_zone, "key", "UTC"))
    name = next((windows for windows, tz in _ZONES.items() if tz == known), known)
    return NetObject(
        ("System.TimeZoneInfo+AdjustmentRule", "System.TimeZoneInfo", "System.Object")[1:],
        {
            "Id": name,
            "DisplayName": name,
            "StandardName": name,
            "DaylightName": name,
            "BaseUtcOffset": (now.utcoffset() or timedelta()) - (now.dst() or timedelta()),
            "SupportsDaylightSavingTime": bool(now.dst()),
        },
    )


async def _get_time_zone(call: Call) -> Objects:
    yield _zone(call)


async def _set_time_zone(call: Call) -> Objects:
    wanted = call.text("Id") or call.text("Name")
    known = next((tz for windows, tz in _ZONES.items() if windows.casefold() == wanted.casefold()), None)
    if known is None:
        raise not_simulated(f"the time zone {wanted}")
    if not call.on("WhatIf"):
        call.session.server.time_zone = UTC if known == "UTC" else ZoneInfo(known)
    if call.on("PassThru"):
        yield _zone(call)


async def _rename(call: Call) -> Objects:
    """Give the computer a name that it takes with the next restart."""
    server, name = call.session.server, call.text("NewName")
    if not call.on("WhatIf"):
        server.name_after_restart = name.upper()
        if not call.on("Restart"):
            call.warn(f"The changes will take effect after you restart the computer {server.computer_name}.")
    if call.on("Restart"):
        async for nothing in _restart(call):
            yield nothing


async def _restart(call: Call) -> Objects:
    """Restart: a new name counts, the service starts if it starts by itself. The session outlives it, here only."""
    server = call.session.server
    if call.given("ComputerName"):
        raise not_simulated("Restart-Computer -ComputerName")
    if not call.on("WhatIf"):
        if server.name_after_restart:
            server.computer_name, server.name_after_restart = server.name_after_restart, ""
            server.registry.setdefault(COMPUTER_NAME_KEY, {})["ComputerName"] = server.computer_name
        if server.service_start_type == "Automatic":
            restart(server)
        else:
            stop(server)
    for nothing in SILENCE:
        yield nothing


def _command(name: str, run: Callable[[Call], Objects], *parameters: Parameter, changes: bool = True) -> CommandInfo:
    return CommandInfo(
        name,
        _MANAGEMENT,
        run,
        parameters,
        implementing_type=f"{_COMMANDS}.{name.replace('-', '')}Command",
        should_process=changes,
    )


MACHINE = (
    _command(
        "Set-Date",
        _set_date,
        Parameter("Date", DATE_TIME, position=0, mandatory=True, sets=frozenset({"Date"})),
        Parameter("Adjust", TIME_SPAN, mandatory=True, sets=frozenset({"Adjust"})),
    ),
    _command("Get-TimeZone", _get_time_zone, changes=False),
    _command(
        "Set-TimeZone",
        _set_time_zone,
        Parameter("Name", STRING, position=0, mandatory=True, sets=frozenset({"Name"})),
        Parameter("Id", STRING, mandatory=True, sets=frozenset({"Id"})),
        switch("PassThru"),
    ),
    _command(
        "Rename-Computer",
        _rename,
        Parameter("NewName", STRING, position=0, mandatory=True),
        *(switch(name) for name in ("Force", "PassThru", "Restart")),
        Parameter("DomainCredential", OBJECT),
        Parameter("LocalCredential", OBJECT),
    ),
    _command(
        "Restart-Computer",
        _restart,
        Parameter("ComputerName", array(STRING), position=0),
        *(switch(name) for name in ("Force", "Wait")),
    ),
)
"""Cmdlets that change the machine."""
