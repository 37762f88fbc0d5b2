"""The numbers of a run that are worth watching from run to run. No judgement rests on them."""

from __future__ import annotations

from contextlib import suppress
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from fixtures.answers import MissingAnswer
from fixtures.facts.pair import Migration
from fixtures.facts.windows_json import UnreadableFactError
from plugins.plain import moment

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from fixtures.facts.groups import GroupCount
    from fixtures.facts.runs import Run as SyncRun
    from fixtures.facts.server import ServerFacts
    from plugins.run import Run

LARGEST_GROUPS = 20
LAST_CYCLES = 20
BETWEEN_CYCLES = timedelta(seconds=60)
"""Runs with a longer pause between them belong to two cycles."""
_UNTOLD = (MissingAnswer, UnreadableFactError, LookupError)


def figures(run: Run) -> dict[str, Any]:
    """Return sizes of the largest groups, pending exports and lengths of sync cycles, as far as they were read."""
    if run.fetched is None:
        return {"groups": [], "pending": [], "cycles": []}
    migration = Migration(run.environment, run.fetched, run.gate, run.clock.now())
    servers = list(migration.servers.values())
    return {
        "groups": next(filter(None, map(_groups, _active_first(migration))), []),
        "pending": [row for server in servers for row in _pending(server)],
        "cycles": [row for server in servers for row in _cycles(server)],
    }


def _active_first(migration: Migration) -> list[ServerFacts]:
    found = list(migration.servers.values())
    with suppress(*_UNTOLD):
        active = migration.active
        found.sort(key=lambda server: server is not active)
    return found


def _groups(server: ServerFacts) -> list[dict[str, Any]]:
    """Return the largest groups on-premises, and the largest one this server can send."""
    limit = None
    with suppress(*_UNTOLD):
        limit = server.sendable
    counts: list[GroupCount] = []
    with suppress(*_UNTOLD):
        for connector in server.connectors:
            if not connector.is_entra:
                counts += server.group_counts(connector)
    largest = sorted(counts, key=lambda group: (-group.count, group.identifier))[:LARGEST_GROUPS]
    return [
        {"server": server.name, "id": group.identifier, "name": group.name, "members": group.count, "limit": limit}
        for group in largest
    ]


def _pending(server: ServerFacts) -> Iterator[dict[str, Any]]:
    with suppress(*_UNTOLD):
        for connector in server.connectors:
            with suppress(*_UNTOLD):
                pending = server.statistics(connector)
                counts = {"adds": pending.adds, "updates": pending.updates, "deletes": pending.deletes}
                yield {"server": server.name, "connector": connector.name, **counts}


def _cycles(server: ServerFacts) -> list[dict[str, Any]]:
    """Return the newest cycles: runs one after another, from the first start to the last end."""
    found: list[tuple[SyncRun, ...]] = []
    with suppress(*_UNTOLD):
        complete = [run for run in server.history.runs if run.complete and run.ended_at is not None]
        for run in sorted(complete, key=lambda run: (run.started_at, run.run_number)):
            if found and run.started_at - _end(found[-1]) <= BETWEEN_CYCLES:
                found[-1] = (*found[-1], run)
            else:
                found.append((run,))
    return [
        {
            "server": server.name,
            "started_at": moment(cycle[0].started_at),
            "seconds": round((_end(cycle) - cycle[0].started_at).total_seconds()),
            "runs": len(cycle),
        }
        for cycle in found[-LAST_CYCLES:]
    ]


def _end(cycle: tuple[SyncRun, ...]) -> datetime:
    return max(run.ended_at for run in cycle if run.ended_at is not None)
