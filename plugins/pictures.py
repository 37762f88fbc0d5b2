"""The numbers behind the report's pictures: members here and there, pending exports by type, runs and the switch.

As far as they were read: what is missing is None or left out, and no judgement rests on it.
"""

from __future__ import annotations

from contextlib import suppress
from datetime import timedelta
from typing import TYPE_CHECKING, Any, TypeVar

from fixtures.answers import MissingAnswer
from fixtures.facts.groups import group_proofs
from fixtures.facts.pair import Migration
from fixtures.facts.pending import pending_files
from fixtures.facts.pending import plain as folded
from fixtures.facts.windows_json import UnreadableFactError
from plugins.plain import moment

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from fixtures.facts.groups import GroupProof
    from fixtures.facts.runs import Run as SyncRun
    from fixtures.facts.server import ServerFacts
    from plugins.run import Run

Subject = TypeVar("Subject")
NEWEST_RUNS = 120
"""Runs of one server that the timeline shows."""
_UNTOLD = (MissingAnswer, UnreadableFactError, LookupError)


def pictures(run: Run) -> dict[str, Any]:
    """Return the numbers of all pictures. Empty where nothing was read."""
    if run.fetched is None:
        return {"members": [], "pending": [], "timeline": {"servers": [], "switch": None}}
    migration = Migration(run.environment, run.fetched, run.gate, run.clock.now())
    servers = list(migration.servers.values())
    return {
        "members": list(_members(migration)),
        "pending": [row for server in servers for row in _pending(server, migration)],
        "timeline": {"servers": [_lane(server) for server in servers], "switch": _switch(migration)},
    }


def _members(migration: Migration) -> Iterator[dict[str, Any]]:
    """Yield each group to prove: members on-premises, members that are expected, and members Entra ID counts."""
    with suppress(*_UNTOLD):
        sendable = _told(_sendable, migration)
        for group in group_proofs(migration):
            yield {
                "name": group.name,
                "on_premises": _told(_on_premises, group),
                "expected": _told(_expected, group),
                "entra": _told(_in_cloud, group),
                "sendable": sendable,
                "server": group.server.name,
            }


def _sendable(migration: Migration) -> int:
    return migration.active.sendable


def _on_premises(group: GroupProof) -> int | None:
    return group.on_premises_count


def _expected(group: GroupProof) -> int:
    return len(group.references.expected)


def _in_cloud(group: GroupProof) -> int:
    """Return what Entra ID counts; a group that it does not have counts no one. Raises MissingAnswer."""
    return group.cloud_count if group.in_cloud else 0


def _pending(server: ServerFacts, migration: Migration) -> Iterator[dict[str, Any]]:
    """Yield the pending exports of each connector by operation, and by type where a csexport file tells it."""
    with suppress(*_UNTOLD):
        by_type: dict[str, dict[str, int]] = {}
        with suppress(*_UNTOLD):
            files = pending_files(migration.answers, server.name)
            by_type = {folded(file.connector): file.by_type for file in files}
        for connector in server.connectors:
            with suppress(*_UNTOLD):
                found = server.statistics(connector)
                yield {
                    "server": server.name,
                    "connector": connector.name,
                    "adds": found.adds,
                    "updates": found.updates,
                    "deletes": found.deletes,
                    "by_type": [
                        {"type": kind, "objects": count}
                        for kind, count in sorted(by_type.get(folded(connector.name), {}).items())
                    ],
                }


def _lane(server: ServerFacts) -> dict[str, Any]:
    """Return the newest runs of a server, oldest first, and how far their times may be off."""
    runs: tuple[SyncRun, ...] = ()
    uncertainty = timedelta()
    with suppress(*_UNTOLD):
        runs, uncertainty = server.history.runs, server.history.uncertainty
    return {
        "server": server.name,
        "purpose": server.purpose,
        "known": len(runs),
        "uncertain_seconds": round(uncertainty.total_seconds()),
        "runs": [_run(run) for run in reversed(runs[:NEWEST_RUNS])],
    }


def _run(run: SyncRun) -> dict[str, Any]:
    return {
        "connector": run.connector_name,
        "profile": run.profile,
        "kind": _kind(run),
        "number": run.run_number,
        "result": run.result or "running",
        "succeeded": run.succeeded,
        "started_at": moment(run.started_at),
        "ended_at": moment(run.ended_at) if run.ended_at else None,
    }


def _kind(run: SyncRun) -> str:
    word = str(run.kind or "").rpartition(" ")[2].lower()
    return word or "other"


def _switch(migration: Migration) -> dict[str, str] | None:
    """Return when the exports went over from one server to the active one; None when no two servers exported."""
    with suppress(*_UNTOLD):
        active = migration.active
        others = [server for server in migration.present if server is not active and server.last_export()]
        since = migration.exports_since_the_switch
        if others and since:
            return {"server": active.name, "at": moment(since[-1].started_at)}
    return None


def _told(ask: Callable[[Subject], int | None], subject: Subject) -> int | None:
    """Return what a fact about a subject tells, or None when it is not there to be told."""
    try:
        return ask(subject)
    except _UNTOLD:
        return None
