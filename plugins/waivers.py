"""The waivers file: decisions of people to let a known result pass, for a time, each bound to what was observed.

    [[waivers]]
    check = "VE-01v1"             # with the version of the judgement
    server = "new"                # where the check runs on servers; left out where it judges the whole
    subject = "new"
    digest = "<64 hex digits>"    # of the observed value, as the report and the screen print it
    reason = "..."
    ticket = "CHG-4711"
    author = "who asks for it"
    approver = "who grants it, and is somebody else"
    approved_at = 2026-11-20T08:00:00Z
    expires_at = 2026-12-01T08:00:00Z

A file that cannot be understood stops the run before anything is asked. One that can be understood, but says what does
not hold, is listed entry by entry and has no effect [see plugins.waiving].
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Self

from pydantic import ConfigDict, Field, model_validator

from fixtures.environment.toml_file import TomlFile
from fixtures.environment.values import Model, Moment, Sha256, Text

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

CheckId = Annotated[str, Field(pattern=r"^[A-Z]{2}-[0-9]{2}v[0-9]+$")]
Person = Annotated[str, Field(min_length=1, max_length=200, pattern=r"\S")]


class Waiver(Model):
    """One decision to let one observed value of one subject pass."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    check: CheckId
    server: str | None = None
    subject: str
    digest: Sha256
    reason: Text
    ticket: Text
    author: Person
    approver: Person
    approved_at: Moment
    expires_at: Moment

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if self.expires_at <= self.approved_at:
            raise ValueError("expires_at is not later than approved_at")
        return self

    @property
    def target(self) -> tuple[str, str, str, str]:
        """What it is about. Two waivers about the same are one too many."""
        return (self.check, self.server or "", self.subject, self.digest)


class WaiversFile(Model):
    """All waivers of one file."""

    waivers: tuple[Waiver, ...] = ()


def restored(documents: Sequence[object]) -> tuple[Waiver, ...]:
    """Return the waivers that a bundle kept as plain data."""
    return WaiversFile.model_validate({"waivers": tuple(documents)}).waivers


def load(path: Path) -> tuple[Waiver, ...]:
    """Read and validate a waivers file; raise UnusableFileError with every mistake in it."""
    return TomlFile.read(path).validated(WaiversFile).waivers
