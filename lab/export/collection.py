"""What a collector script would leave: its pipelines run in the lab's engine, in the order its flow has."""

from __future__ import annotations

import hashlib
import json
import re
from contextlib import aclosing
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, Protocol

from lab.powershell.script import parse
from lab.powershell.seam import ErrorOutput, Output, Pipeline, TerminatingError

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Sequence
    from pathlib import Path

    from psrpcore.types import ErrorRecord

    from lab.export.script import Script
    from lab.powershell.seam import Record

ENTRA = "b891884f-051e-4a83-95af-2544101c9083"
_NONE = "00000000-0000-0000-0000-000000000000"


class Runspace(Protocol):
    """Runs pipelines on one server."""

    def invoke(self, pipeline: Pipeline) -> AsyncGenerator[Record, None]:
        """Run one."""


class Collector:
    """One run of the script on one server."""

    def __init__(
        self, script: Script, runspace: Runspace, folder: Path, now: datetime, references: Sequence[str] = ()
    ) -> None:
        """`now` is the server's clock, UTC; `references` what the administrator gives as -ReferenceDN."""
        self._references = references or script.names("ReferenceDN")
        self._script, self._runspace, self._folder = script, runspace, folder
        self._ahead = now - datetime.now(UTC)
        self._entries: list[dict[str, Any]] = []
        self._asked: set[str] = set()
        self._groups = script.names("GroupDN")
        self._over = script.number("Over")
        self._since = (now - timedelta(hours=script.number("EventHours"))).strftime("%Y-%m-%dT%H:%M:%S.000Z")
        self._beginning = now

    def _now(self) -> str:
        return _round_trip(datetime.now(UTC) + self._ahead)

    async def run(self, computer_name: str, identity: str) -> None:
        """Read everything and write the folder."""
        (self._folder / "answers").mkdir(parents=True)
        bracket = self._script.names("bracket")
        for read in bracket:
            await self._answer(read)
        texts = await self._once()
        connectors = _objects(texts["connectors"])
        groups, names = await self._statistics(connectors)
        await self._groups_of(connectors, groups, names)
        for dn in re.findall(r"Reference DN: (CN=\{[0-9A-Fa-f]+\})", texts["events_adsync"]):
            await self._reference(dn)
        for dn in self._references:
            await self._reference(dn)
        for read in bracket:
            await self._answer(read, suffix="@end")
        manifest = {
            "schema": self._setting("schema"),
            "collector": str(self._setting("collector")),
            "computer_name": computer_name,
            "identity": identity,
            "powershell": "5.1.20348.2849",
            "started_at": _round_trip(self._beginning),
            "ended_at": self._now(),
            "parameters": {"since": self._since, "over": self._over, "groups": self._groups},
            "entries": self._entries,
        }
        (self._folder / "collection.json").write_text(json.dumps(manifest), encoding="utf-8")

    def _setting(self, name: str) -> int | str:
        found = re.search(rf"^\s*{name}\s*= '?(\w+)'?\s*$", self._script.text, re.MULTILINE)
        text = found[1] if found else "0"
        return int(text) if text.isdigit() else text

    async def _once(self) -> dict[str, str]:
        texts: dict[str, str] = {}
        for read in self._script.names("once"):
            root = (_objects(texts.get("adsync_parameters", "")) or [{}])[0].get("Path")
            engine = (root or r"C:\Program Files\Microsoft Azure AD Sync").rstrip("\\") + r"\Bin\miiserver.exe"
            given = {"since": self._since, "engine": engine, "engine_configuration": f"{engine}.config"}
            texts[read] = await self._answer(read, {name: given[name] for name in self._script.parameters(read)})
        return texts

    async def _statistics(self, connectors: list[dict[str, Any]]) -> tuple[list[str], set[str]]:
        """Return the ids of the large groups, and the names of all groups towards Entra ID."""
        minimum = 0 if self._groups else max(min(self._over, 50_000) - 1, 0)
        page = self._script.number("page")
        large: list[str] = []
        names: set[str] = set()
        for connector in connectors:
            name = str(connector["Name"])
            for read in self._script.names("perConnector"):
                await self._answer(read, {"connector": name}, name)
            for number in range(self._script.number("mostPages")):
                values = {"connector": name, "minimum": minimum, "start": number * page}
                rows = _objects(await self._answer("group_statistics", values, name))
                if str(connector["Identifier"]).lower() == ENTRA:
                    names |= {str(row["Rdn"]).upper() for row in rows}
                else:
                    large += [str(row["ObjectId"]).lower() for row in rows if row["Count"] > self._over]
                if len(rows) < page or rows[-1]["Count"] < max(minimum, 1):
                    break
        return large, names

    async def _groups_of(self, connectors: list[dict[str, Any]], large: list[str], names: set[str]) -> None:
        for dn in self._groups:
            name = _connector_of(dn, connectors)
            if name:
                text = await self._answer("group_object_by_dn", {"connector": name, "dn": dn}, dn)
                await self._group(text, names)
        for identifier in large:
            text = await self._answer("group_object", {"identifier": identifier}, identifier)
            await self._group(text, names)

    async def _group(self, text: str, names: set[str]) -> None:
        for found in _objects(text):
            identifier = str(found["ObjectId"]).lower()
            metaverse = str(found["ConnectedMVObjectId"] or "").lower()
            if not self._first_time(f"group {identifier}"):
                continue
            await self._answer("group_sid", {"identifier": identifier}, identifier)
            await self._answer("group_members_ad", {"identifier": identifier}, identifier)
            if metaverse in ("", _NONE):
                continue
            for link in _objects(await self._answer("group_lineage", {"identifier": metaverse}, metaverse)):
                if str(link["ConnectorId"]).lower() == ENTRA:
                    entra = str(link["ConnectedCsObjectId"]).lower()
                    references = await self._answer("group_references", {"identifier": entra}, entra)
                    for dn in re.findall(r"<dn>(CN=\{[0-9A-Fa-f]+\})</dn>", references):
                        if dn.upper() in names:
                            await self._reference(dn)

    async def _reference(self, dn: str) -> None:
        if self._first_time(f"reference {dn.upper()}"):
            for read in ("reference_object", "reference_sid"):
                await self._answer(read, {"dn": dn}, dn)

    def _first_time(self, what: str) -> bool:
        new = what not in self._asked
        self._asked.add(what)
        return new

    async def _answer(
        self, read: str, arguments: dict[str, Any] | None = None, subject: str = "", suffix: str = ""
    ) -> str:
        given = arguments or {}
        started = self._now()
        text, errors = await self._run(self._script.pipeline(read, given))
        clock, _ = await self._run("Get-Date -Format o")
        kind = "xml" if text.startswith("<") else "json"
        file = f"answers/{len(self._entries) + 1:05d}-{read}.{kind}"
        data = text.encode()
        (self._folder / file).write_bytes(data)
        self._entries.append(
            {
                "read": read,
                "subject": subject,
                "suffix": suffix,
                "arguments": given,
                "request": self._script.blocks[read],
                "started_at": started,
                "ended_at": self._now(),
                "server_clock": clock,
                "file": file,
                "sha256": hashlib.sha256(data).hexdigest(),
                "errors": errors,
            }
        )
        return text

    async def _run(self, text: str) -> tuple[str, list[dict[str, str]]]:
        """Run a pipeline and return what it wrote, and its errors as data."""
        texts: list[str] = []
        errors: list[dict[str, str]] = []
        try:
            async with aclosing(self._runspace.invoke(Pipeline(parse(text)))) as records:
                async for record in records:
                    if isinstance(record, Output):
                        texts.append(str(record.value))
                    elif isinstance(record, ErrorOutput):
                        errors.append(_plain(record.record))
        except TerminatingError as error:
            errors.append(_plain(error.record))
        return "".join(texts), errors


def _plain(record: ErrorRecord) -> dict[str, str]:
    category = record.CategoryInfo.Category
    return {
        "id": str(record.FullyQualifiedErrorId),
        "message": str(record.Exception.Message),
        "activity": str(record.CategoryInfo.Activity or ""),
        "category": getattr(category, "name", str(category)),
    }


def _objects(text: str) -> list[dict[str, Any]]:
    """Return the objects of a JSON text of Windows PowerShell 5.1."""
    value = json.loads(text) if text.strip() else []
    return value if isinstance(value, list) else [value]


def _connector_of(dn: str, connectors: list[dict[str, Any]]) -> str:
    best = name = ""
    for connector in connectors:
        if str(connector["Identifier"]).lower() == ENTRA:
            continue
        for partition in connector["Partitions"]:
            root = str(partition["DN"])
            if dn.lower().endswith(root.lower()) and len(root) > len(best):
                best, name = root, str(connector["Name"])
    return name


def _round_trip(moment: datetime) -> str:
    """Write a time as .NET's `o` does: seven digits."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%f") + "0Z"
