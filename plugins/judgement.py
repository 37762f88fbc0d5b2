"""What a run judged, apart from when and where: the part of it that a replay must come to again."""

from __future__ import annotations

import hashlib
import json
from typing import TYPE_CHECKING, Any

from plugins.states import SERIOUSNESS

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from plugins.run import CheckResult

Judgement = dict[str, Any]
"""One check on one subject of its own: id, subject, state, rows."""


def judgements(results: Iterable[CheckResult]) -> list[Judgement]:
    """Return what was judged, in the order of checks and subjects."""
    found = [
        {
            "id": result.check.id,
            "subject": result.subject,
            "state": str(result.state),
            "rows": [
                {"subject": row.subject, "state": str(row.state), "reason": row.reason, "facts": dict(row.facts)}
                for row in sorted(result.rows, key=lambda row: (SERIOUSNESS[row.state], row.subject, row.reason))
            ],
        }
        for result in results
    ]
    return sorted(found, key=_key)


def result_digest(gate: str, judged: Sequence[Judgement]) -> str:
    """Return the SHA-256 of everything a gate judged: states, reasons and proving facts, no stamp of the run."""
    text = json.dumps({"gate": gate, "checks": list(judged)}, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()


def differences(before: Iterable[Judgement], after: Iterable[Judgement]) -> list[str]:
    """Name the checks that were judged otherwise, each with its subject and both states."""
    first = {_key(judged): judged for judged in before}
    second = {_key(judged): judged for judged in after}
    return [
        _told(key, first.get(key), second.get(key))
        for key in sorted({*first, *second})
        if first.get(key) != second.get(key)
    ]


def family(check: str) -> str:
    """Return a check's id without the version of its judgement."""
    return check.partition("v")[0]


def moved_versions(before: Iterable[str], after: Iterable[str]) -> list[str]:
    """Say which checks stand in another version, are new, or are gone. Both are ids."""
    first, second = ({family(check): check for check in ids} for ids in (before, after))
    told = []
    for name in sorted({*first, *second}):
        was, now = first.get(name), second.get(name)
        if was != now:
            told.append(f"{was} is now {now}" if was and now else f"{now} is new" if now else f"{was} is gone")
    return told


def _key(judged: Mapping[str, Any]) -> tuple[str, str]:
    return judged["id"], judged["subject"]


def _told(key: tuple[str, str], before: Judgement | None, after: Judgement | None) -> str:
    about = f"{key[0]} on {key[1]}" if key[1] else key[0]
    was, now = (judged["state"] if judged else "silent" for judged in (before, after))
    return f"{about} ({was}, now {now})" if was != now else f"{about} ({now}, for other reasons)"
