"""Get-WinEvent on the Application log; newest first unless -Oldest."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from lab.powershell.clr import Byte, Int16, Int64, NetObject, UInt32
from lab.powershell.commands import CommandInfo, Parameter, switch
from lab.powershell.compare import equals
from lab.powershell.convert import DATE_TIME, HASHTABLE, INT64, OBJECT, STRING, ConversionError, array
from lab.powershell.dates import to_universal
from lab.powershell.errors import not_simulated
from lab.powershell.seam import TerminatingError
from lab.powershell.text import has_wildcard, to_text, wildcard

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from lab.powershell.commands import Call, Objects
    from lab.powershell.session import Session
    from lab.world.model import EventRecord
    from lab.world.server import SyncServer

_LOG, _PROVIDER, _HASH = "GetLogSet", "GetProviderSet", "HashQuerySet"
_UNSIMULATED = ("ListLog", "ListProvider", "FilterXPath", "FilterXml", "Path", "ComputerName", "Credential")
LOGS = ("Application", "Security", "Setup", "System", "Windows PowerShell")
"""Logs that every Windows has."""
_PROVIDERS = ("ADSync", "Directory Synchronization", "PasswordResetService")
"""Event sources that setup registers: they exist without a single event."""
_MOST_IDS = 22
"""Event ids that one query takes; more of them make an XPath expression that the event log refuses."""
_LEVELS = {1: "Critical", 2: "Error", 3: "Warning", 4: "Information", 5: "Verbose"}


_CLASSIC = Int64(0x80000000000000)
"""The keyword that classic event sources write."""


def providers(server: SyncServer) -> tuple[str, ...]:
    """Give the event sources of a server."""
    return tuple(dict.fromkeys((*_PROVIDERS, *(event.provider_name for event in server.events))))


def _record(session: Session, event: EventRecord) -> NetObject:
    level = int(event.level)
    return NetObject(
        (
            "System.Diagnostics.Eventing.Reader.EventLogRecord",
            "System.Diagnostics.Eventing.Reader.EventRecord",
            "System.Object",
        ),
        {
            "Id": event.id,
            "Version": Byte(0),
            "Qualifiers": 0,
            "Level": Byte(level),
            "Task": 0,
            "Opcode": Int16(0),
            "Keywords": _CLASSIC,
            "RecordId": Int64(event.record_id),
            "ProviderName": event.provider_name,
            "ProviderId": None,
            "LogName": event.log_name,
            "ProcessId": UInt32(0),
            "ThreadId": UInt32(0),
            "MachineName": session.server.fqdn,
            "UserId": None,
            "TimeCreated": event.time_created.astimezone(session.zone),
            "ActivityId": None,
            "RelatedActivityId": None,
            "ContainerLog": event.log_name,
            "MatchedQueryIds": [],
            "LevelDisplayName": _LEVELS.get(level, ""),
            "OpcodeDisplayName": "Info",
            "TaskDisplayName": "None",
            "KeywordsDisplayNames": ["Classic"],
            "Properties": [],
        },
        notes={"Message": event.message},
        text="System.Diagnostics.Eventing.Reader.EventLogRecord",
    )


def _items(value: object) -> list[object]:
    return value if isinstance(value, list) else [value]


def _time(call: Call, key: str, value: object) -> datetime:
    try:
        found = DATE_TIME.convert(value)
    except ConversionError as error:
        raise TerminatingError(
            call.error(
                f"The parameter is incorrect: {key}. {error}",
                "System.Exception",
                "InvalidArgument",
            ),
        ) from None
    assert isinstance(found, datetime)
    return to_universal(found, call.session.zone)


def _named(value: object, read: Callable[[EventRecord], str]) -> Callable[[EventRecord], bool]:
    patterns = [wildcard(to_text(item)) for item in _items(value)]
    return lambda event: any(pattern.match(read(event)) for pattern in patterns)


def _numbered(value: object, read: Callable[[EventRecord], int]) -> Callable[[EventRecord], bool]:
    wanted = _items(value)
    return lambda event: any(equals(read(event), item) for item in wanted)


def _condition(call: Call, key: str, value: object) -> Callable[[EventRecord], bool]:
    match key.casefold():
        case "logname":
            return _named(value, lambda event: event.log_name)
        case "providername":
            return _named(value, lambda event: event.provider_name)
        case "id":
            return _numbered(value, lambda event: event.id)
        case "level":
            return _numbered(value, lambda event: int(event.level))
        case "starttime":
            start = _time(call, key, value)
            return lambda event: event.time_created >= start
        case "endtime":
            end = _time(call, key, value)
            return lambda event: event.time_created <= end
        case _:
            raise not_simulated(f"the key {key} of -FilterHashtable")


def _unknown(call: Call, kind: str, name: str) -> None:
    call.write_error(
        call.error(
            f'There is not an event {kind} on the localhost computer that matches "{name}".',
            f"NoMatching{kind.capitalize()}sFound",
            "ObjectNotFound",
            target=name,
        ),
    )


def _known(call: Call, kind: str, names: list[object], existing: tuple[str, ...]) -> bool:
    """Check that logs or providers of these names exist; every one that does not is an error."""
    right = True
    for name in (to_text(item) for item in names):
        if not any(wildcard(name).match(known) for known in existing):
            _unknown(call, kind, name)
            right = False
        elif has_wildcard(name):
            continue
    return right


def _query(call: Call) -> dict[str, object]:
    """Bring the three parameter sets to the one form of -FilterHashtable."""
    if call.parameter_set == _HASH:
        table = call.get("FilterHashtable")
        return {to_text(key): value for key, value in table.items()} if isinstance(table, dict) else {}
    if call.parameter_set == _PROVIDER:
        return {"ProviderName": call.get("ProviderName")}
    return {"LogName": call.get("LogName")} if call.given("LogName") else {}


def _matching(call: Call, query: dict[str, object]) -> Iterator[EventRecord]:
    conditions = [_condition(call, key, value) for key, value in query.items()]
    events = sorted(call.session.server.events, key=lambda event: event.record_id, reverse=not call.on("Oldest"))
    limit = call.integer("MaxEvents", len(events))
    for event in events:
        if limit <= 0:
            return
        if all(holds(event) for holds in conditions):
            limit -= 1
            yield event


async def _run(call: Call) -> Objects:
    for name in _UNSIMULATED:
        if call.given(name):
            raise not_simulated(f"Get-WinEvent -{name}")
    query = _query(call)
    keys = {key.casefold(): value for key, value in query.items()}
    sources = providers(call.session.server)
    if len(_items(keys.get("id"))) > _MOST_IDS:
        kind = "System.Diagnostics.Eventing.Reader.EventLogException"
        call.write_error(call.error("The specified query is invalid", kind, exception=kind))
        return
    if not _known(call, "log", _items(keys["logname"]) if "logname" in keys else [], LOGS):
        return
    if not _known(call, "provider", _items(keys["providername"]) if "providername" in keys else [], sources):
        return
    found = False
    for event in _matching(call, query):
        found = True
        yield _record(call.session, event)
    if not found:
        call.write_error(
            call.error(
                "No events were found that match the specified selection criteria.",
                "NoMatchingEventsFound",
                "ObjectNotFound",
            ),
        )


GET_WIN_EVENT = CommandInfo(
    "Get-WinEvent",
    "Microsoft.PowerShell.Diagnostics",
    _run,
    (
        Parameter("LogName", array(STRING), position=0, sets=frozenset({_LOG})),
        Parameter("ProviderName", array(STRING), position=0, mandatory=True, sets=frozenset({_PROVIDER})),
        Parameter("FilterHashtable", HASHTABLE, position=0, mandatory=True, sets=frozenset({_HASH})),
        Parameter("ListLog", array(STRING), mandatory=True, sets=frozenset({"ListLogSet"})),
        Parameter("ListProvider", array(STRING), mandatory=True, sets=frozenset({"ListProviderSet"})),
        Parameter("Path", array(STRING), mandatory=True, sets=frozenset({"FileSet"})),
        Parameter("FilterXml", OBJECT, mandatory=True, sets=frozenset({"XmlQuerySet"})),
        Parameter("FilterXPath", STRING, sets=frozenset({_LOG, _PROVIDER, "FileSet"})),
        Parameter("MaxEvents", INT64, bounds=(1, 2**63 - 1)),
        Parameter("ComputerName", STRING, aliases=("Cn",)),
        Parameter("Credential", OBJECT),
        switch("Force", _LOG, _PROVIDER, _HASH),
        switch("Oldest"),
    ),
    implementing_type="Microsoft.PowerShell.Commands.GetWinEventCommand",
    default_set=_LOG,
)
