"""What the wire tells the lab's request log."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from lab.powershell.seam import Pipeline


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


def render(pipeline: Pipeline) -> str:
    """The pipeline as one line of PowerShell-like text, for people."""
    return "; ".join(
        " | ".join(
            command.name
            if command.is_script
            else " ".join([command.name, *(_parameter(name, value) for name, value in command.parameters)])
            for command in statement
        )
        for statement in pipeline.statements
    )


def _parameter(name: str | None, value: object) -> str:
    if value is None:
        return f"-{name}" if name else "$null"
    text = ", ".join(str(item) for item in value) if isinstance(value, list | tuple) else str(value)
    return f"-{name} {text}" if name else text
