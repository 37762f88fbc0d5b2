"""A run beside an accepted one: what fails newly, still, or no longer, and what changed although nothing fails.

Results are compared row by row, by check, server and subject. A check whose version moved is method, not movement, and
stands apart. The comparison informs; it decides nothing.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Mapping
from datetime import datetime, timedelta
from itertools import pairwise
from typing import TYPE_CHECKING, Any, NamedTuple

from fixtures.answers import identify
from plugins.judgement import family, moved_versions
from plugins.settled import changes
from plugins.sources import settled
from plugins.states import SERIOUSNESS, State

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from pathlib import Path

    from fixtures.answers import Answers
    from plugins.bundle.opened import Replayed

OPEN = frozenset({State.FAIL, State.ERROR, State.INCONCLUSIVE})
LAST_RUNS = 10
"""Runs of the same gate that flapping is looked for in, this one included."""
FLIPS = 2
"""From good to open or back, that often: flapping."""
WAIVER_ENDS_WITHIN = timedelta(days=14)


class Key(NamedTuple):
    """What one row is about, whatever the version of its check."""

    family: str
    server: str
    subject: str


Row = Mapping[str, Any]
"""One row of a check as `verdict.json` has it, with id, title and server of the check."""
Rows = dict[Key, dict[str, Any]]


def compare(document: Mapping[str, Any], answers: Answers, base: Replayed, runs: Path) -> dict[str, Any]:
    """Compare a run, given as what `verdict.json` holds, with an accepted one. `runs` is where earlier runs lie."""
    accepted = base.verdict
    before, after = _rows(accepted["checks"]), _rows(document["checks"])
    ids = [{check["id"] for check in checks} for checks in (accepted["checks"], document["checks"])]
    same_gate = accepted["gate"] == document["gate"]
    both = {family(check) for check in ids[0]} & {family(check) for check in ids[1]}
    known = [sorted(check for check in found if same_gate or family(check) in both) for found in ids]
    moved = moved_versions(*known)
    method = {family(check) for check in ids[0] ^ ids[1]}
    pairs = [(before.get(key), after.get(key)) for key in sorted({*before, *after}) if key.family not in method]
    return {
        **base.about(),
        "gate": accepted["gate"],
        "verdict": accepted["verdict"],
        "made_at": accepted["made_at"],
        "environment_changed": accepted["environment_digest"] != document["environment_digest"],
        "newly_failing": [_entry(now, was) for was, now in pairs if now and _open(now) and not _open(was)],
        "still_failing": [_entry(now, was) for was, now in pairs if now and _open(now) and _open(was)],
        "fixed": list(_fixed(pairs, document["checks"])),
        "newly_waived": [_entry(now, was) for was, now in pairs if now and _waived(now) and not _waived(was)],
        "waivers_ending": _ending(after.values(), datetime.fromisoformat(document["made_at"])),
        "flapping": _flapping(document, runs),
        "method_changed": moved,
        "facts": _facts(base, answers, document["checks"]),
    }


def _rows(checks: Iterable[Mapping[str, Any]]) -> Rows:
    """Return the most serious row on each subject of each check. A silent check is one row of its own."""
    found: Rows = {}
    for check in checks:
        about = {"id": check["id"], "title": check["title"], "server": check["server"] or ""}
        rows = check.get("rows") or [{"subject": "", "state": check["state"], "reason": check["reason"]}]
        for row in rows:
            key = Key(family(check["id"]), about["server"], row["subject"])
            known = found.get(key)
            if known is None or SERIOUSNESS[row["state"]] < SERIOUSNESS[known["state"]]:
                found[key] = {**row, **about}
    return found


def _open(row: Row | None) -> bool:
    return row is not None and row["state"] in OPEN


def _waived(row: Row | None) -> bool:
    return row is not None and row["state"] == State.WAIVED


def _fixed(pairs: Iterable[tuple[Row | None, Row | None]], checks: Iterable[Row]) -> Iterator[dict[str, Any]]:
    """Yield what is open no longer. A row that is gone counts only where its check could tell."""
    told = {
        (check["id"], check["server"] or "")
        for check in checks
        if check["reported"] and check["state"] not in (State.ERROR, State.INCONCLUSIVE)
    }
    for was, now in pairs:
        if was is None or not _open(was):
            continue
        if now is None and (was["id"], was["server"]) in told:
            yield {**_entry(was, was), "after": None, "reason": "it is no longer among the subjects"}
        elif now is not None and now["state"] in (State.PASS, State.NOT_APPLICABLE):
            yield _entry(now, was)


def _entry(row: Row, before: Row | None) -> dict[str, Any]:
    return {
        "id": row["id"],
        "title": row["title"],
        "server": row["server"],
        "subject": row["subject"],
        "before": before["state"] if before else None,
        "after": row["state"],
        "reason": row["reason"],
    }


def _ending(rows: Iterable[Mapping[str, Any]], made_at: datetime) -> list[dict[str, Any]]:
    """Return the waived rows whose waiver ends soon: rows carry it as `waiver`, with `expires_at`."""
    found = []
    for row in rows:
        expires = (row.get("waiver") or {}).get("expires_at")
        if expires and datetime.fromisoformat(expires) <= made_at + WAIVER_ENDS_WITHIN:
            found.append({**_entry(row, None), "expires_at": expires})
    return sorted(found, key=lambda entry: entry["expires_at"])


def _flapping(document: Mapping[str, Any], runs: Path) -> list[dict[str, Any]]:
    """Return the checks that went from good to open or back again and again in the last runs of this gate.

    By their true states: what a waiver lets pass, and no longer, has not moved.
    """
    last = [*earlier(runs, document), document]
    states: dict[tuple[str, str], list[str]] = defaultdict(list)
    for each in last:
        for check in each["checks"]:
            states[check["id"], check["server"] or ""].append(check.get("true_state", check["state"]))
    found = []
    for (check, server), seen in sorted(states.items()):
        good = [state not in OPEN for state in seen]
        if sum(one != other for one, other in pairwise(good)) >= FLIPS:
            found.append({"id": check, "server": server, "states": seen})
    return found


def earlier(runs: Path, document: Mapping[str, Any], most: int = LAST_RUNS - 1) -> list[dict[str, Any]]:
    """Return the verdicts of the last real runs of the same gate, oldest first; what cannot be read is passed over."""
    found: list[dict[str, Any]] = []
    paths = [path for path in runs.glob(f"*-{document['gate']}*/verdict.json") if path.parent.name < document["run_id"]]
    for path in sorted(paths, reverse=True):
        try:
            told = json.loads(path.read_text(encoding="utf-8"))
        except (OSError, ValueError):
            continue
        if told.get("gate") == document["gate"] and not told.get("rehearsal") and "replay" not in told:
            found.append(told)
        if len(found) == most:
            break
    return found[::-1]


def _facts(base: Replayed, answers: Answers, checks: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Return the settled facts that changed, each with the open checks that rest on the read it came from."""
    reads = {answer.read for answer in answers if settled(answer.read)}
    found = []
    open_checks = [check for check in checks if check["state"] in OPEN]
    for change in changes(base.answers(reads), answers):
        source = identify(change.system, change.read)
        turned = {
            check["id"] for check in open_checks if any(f"{name}:".startswith(f"{source}:") for name in check["reads"])
        }
        found.append({**change._asdict(), "open": sorted(turned)})
    return found
