"""What the wire tells the lab's request log."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Protocol


class RequestLog(Protocol):
    """The part of `lab.log.RequestLog` that the wire calls."""

    def record(
        self, *, kind: str, system: str, identity: str, asked: str, started: datetime, ended: datetime, outcome: str
    ) -> None:
        """Append one entry; times are aware UTC."""
        ...


def now() -> datetime:
    """The real time, which a shifted world does not change."""
    return datetime.now(UTC)
