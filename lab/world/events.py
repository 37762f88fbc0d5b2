"""The Application log of one server, and the texts of the records that the product writes [adsync §10]."""

from __future__ import annotations

from bisect import insort
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from lab.world.enums import EventLevel
from lab.world.model import EventRecord

if TYPE_CHECKING:
    from datetime import datetime

ENGINE = "ADSync"
"""Source of the engine's own records."""
TRACER = "Directory Synchronization"
"""Source of the managed parts: connector, scheduler, password hash sync."""
RESET_SERVICE = "PasswordResetService"
"""Source of password writeback."""

_FIRST_RECORD = 48_000


@dataclass(slots=True)
class EventLog:
    """The Application log; records stand in order of time and are numbered in that order."""

    records: list[EventRecord] = field(default_factory=list)
    next_record: int = _FIRST_RECORD

    def write(
        self,
        provider: str,
        event_id: int,
        message: str,
        when: datetime,
        level: EventLevel = EventLevel.Information,
    ) -> EventRecord:
        """Append a record (one dated earlier than the last is put where it belongs)."""
        record = EventRecord("Application", provider, event_id, level, when, self.next_record, message)
        self.next_record += 1
        insort(self.records, record, key=lambda item: item.time_created)
        return record

    def forget_before(self, moment: datetime) -> None:
        """Drop what is older, as a log that overwrites does."""
        self.records = [record for record in self.records if record.time_created >= moment]


def reference_filtered(object_dn: str, attribute: str, reference_dn: str) -> str:
    """Text of 6949."""
    return (
        "Reference value was filtered from export (dn-attributes-failure).\n"
        f"Object DN: {object_dn}\n"
        f"Attribute: {attribute}\n"
        f"Reference DN: {reference_dn}\n"
        "Please resolve provisioning errors for the referenced object above."
    )


def export_error(dn: str, name: str, detail: str) -> str:
    """Text of 6941."""
    return f"ECMA2 MA export run caused an error.\nDN: {dn}\nError Name: {name}\nError Detail: {detail}"


def deletions_prevented(pending: int, threshold: int) -> str:
    """Text of the warning 116."""
    return (
        "Prevent Accidental Deletes: The number of deletions for this sync cycle "
        f"({pending} pending deletes) has exceeded the current threshold of {threshold} objects. "
        "Deletions will be suppressed for this sync cycle."
    )


def step_with_errors(connector: str, profile: str, synchronization_errors: int, export_errors: int) -> str:
    """Text of 6100."""
    return (
        f'The management agent "{connector}" step execution completed on run profile "{profile}" with errors.\n'
        "Discovery Errors       : 0\n"
        f"Synchronization Errors : {synchronization_errors}\n"
        "Metaverse Retry Errors : 0\n"
        f"Export Errors          : {export_errors}\n"
        "Warnings               : 0"
    )


def rules_not_applied(connector: str, profile: str) -> str:
    """Text of 6127."""
    return (
        f'The management agent "{connector}" completed run profile "{profile}". '
        "The synchronization rules configuration has changed since the last full synchronization; "
        "a full synchronization should be run."
    )
