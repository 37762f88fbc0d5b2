"""When the new server's next sync cycle starts: from then on, what was read at `promote` no longer holds."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from fixtures.answers import AT_END, Answer
from fixtures.facts.scheduler import SchedulerSettings, read_scheduler
from fixtures.facts.windows_json import UnreadableFactError

if TYPE_CHECKING:
    from plugins.run import Run


def next_cycle_starts(run: Run) -> list[datetime]:
    """Return the start of the next cycle of each new server, on our clock.

    None for a scheduler that is off or suspended, and none where it could not be read: the checks judge those.
    """
    starts = []
    for name, server in run.environment.servers.items():
        answer = _last_scheduler(run, name) if server.purpose == "new" else None
        if answer is None:
            continue
        try:
            settings = read_scheduler(answer.value)
        except UnreadableFactError:
            continue
        if settings.sync_cycle_enabled and not settings.scheduler_suspended:
            starts.append(_on_our_clock(answer, settings))
    return starts


def _last_scheduler(run: Run, name: str) -> Answer | None:
    for read in (f"scheduler{AT_END}", "scheduler"):
        found = run.answers.about(name, read).get("")
        if found is not None and found.ok:
            return found
    return None


def _on_our_clock(answer: Answer, settings: SchedulerSettings) -> datetime:
    """Translate the start to our clock by what the server said the time was.

    The time is UTC, but may come without saying so and is then shifted by the server's zone [semantics §5]. The shifted
    reading is taken only where it alone lies within one interval from now; otherwise the time stands as it came.
    """
    source = answer.provenance
    server_now = source.server_clock or source.ended_at
    shift = server_now.utcoffset() or timedelta(0)
    readings = (settings.next_start, settings.next_start + shift)
    plausible = [start for start in readings if server_now < start <= server_now + settings.effective_interval]
    return source.ended_at + (min(plausible, default=settings.next_start) - server_now)
