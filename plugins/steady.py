"""Whether this machine's clock went back during a run: ages of answers are told by it, and would come out too young.

A clock that jumps ahead, or a machine that slept, makes answers older than they are, and that fails closed by itself.
"""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

TOLERATED = timedelta(seconds=10)
"""A time service may set a clock back by so much."""


@dataclass(frozen=True, slots=True)
class Steady:
    """The clock at the start of a run, and a count of seconds that nobody can set."""

    started_at: datetime = field(default_factory=lambda: datetime.now(UTC))
    ticks: float = field(default_factory=time.monotonic)

    def troubles(self, now: datetime) -> Iterator[str]:
        """Yield what makes ages unsure at a time of the same clock."""
        back = timedelta(seconds=time.monotonic() - self.ticks) - (now - self.started_at)
        if back > TOLERATED:
            seconds = round(back.total_seconds())
            yield f"The clock of this machine went back by {seconds:,} s during the run. Set it and run the gate again."
