"""The log of every request the lab has answered: kept in memory, read as JSON lines."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable


@dataclass(frozen=True, slots=True)
class LogEntry:
    """One request: who asked which system for what, when, and how it ended. Times are the machine's, in UTC."""

    system: str
    """`old`, `new`, `tenant` or `control`."""
    kind: str
    """`wsman`, `pipeline`, `authentication`, `graph`, `token` or `control`."""
    identity: str
    asked: str
    started_at: datetime
    ended_at: datetime
    outcome: str

    def as_json(self) -> str:
        """The entry as one line of JSON, times in ISO 8601."""
        fields = asdict(self) | {"started_at": self.started_at.isoformat(), "ended_at": self.ended_at.isoformat()}
        return json.dumps(fields, ensure_ascii=False)


class RequestLog:
    """All entries since the lab started or was reset; listeners hear of each one as it is written."""

    def __init__(self) -> None:
        self.entries: list[LogEntry] = []
        self.listeners: list[Callable[[LogEntry], None]] = []

    def record(  # noqa: PLR0917 - the fields of an entry, in their order
        self,
        system: str,
        identity: str,
        asked: str,
        started: datetime,
        ended: datetime | None = None,
        outcome: str = "ok",
        *,
        kind: str = "wsman",
    ) -> None:
        """Write one entry; without an end it ended now."""
        entry = LogEntry(system, kind, identity, asked, started, ended or datetime.now(UTC), outcome)
        self.entries.append(entry)
        for listener in tuple(self.listeners):
            listener(entry)

    def as_json_lines(self) -> str:
        """The whole log, one JSON object per line, oldest first."""
        return "".join(f"{entry.as_json()}\n" for entry in self.entries)

    def clear(self) -> None:
        """Forget everything written so far; listeners stay."""
        self.entries.clear()
