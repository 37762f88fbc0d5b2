"""The world's time: the machine's, or shifted, and never standing still."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta


class Clock:
    """Aware UTC time, `shift` away from the machine's."""

    def __init__(self, shift: timedelta = timedelta()) -> None:
        self.shift = shift

    @classmethod
    def starting_at(cls, moment: datetime) -> Clock:
        """A clock that shows this moment now and runs on."""
        return cls(moment - datetime.now(UTC))

    def now(self) -> datetime:
        """The time in this world."""
        return datetime.now(UTC) + self.shift
