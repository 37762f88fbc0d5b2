"""Judging a bundle again: whether the same came out, and where it did not, whether the method moved or the result."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from plugins.judgement import differences, family, moved_versions

if TYPE_CHECKING:
    from collections.abc import Sequence

    from plugins.bundle.opened import Replayed
    from plugins.judgement import Judgement

MOST_NAMED = 5


@dataclass(frozen=True, slots=True)
class Comparison:
    """What a replay came to, beside what the bundle says."""

    document: dict[str, Any]
    """As the evidence tells it."""
    trouble: str
    """Why the replay proves nothing; empty when it does."""


def compare(
    replayed: Replayed, judged: Sequence[Judgement], digest: str, word: str, check_ids: Sequence[str]
) -> Comparison:
    """Compare a replay with its bundle.

    Checks whose version moved may judge otherwise, and are named. Every other check must come to the same, and without
    moved versions the verdict too. In a copy without names tokens are sorted otherwise than the names were, so there
    the same are the states of checks and of their rows.
    """
    moved = [*moved_versions(replayed.check_ids, check_ids), *replayed.settings_moved]
    same = {family(check) for check in {*replayed.check_ids} & {*check_ids}}
    told = _states if replayed.redacted else dict
    before = [told(each) for each in replayed.judged if family(each["id"]) in same]
    after = [told(each) for each in judged if family(each["id"]) in same]
    other = differences(before, after)
    recorded = replayed.verdict
    trouble = ""
    if other:
        more = f" and {len(other) - MOST_NAMED} more" if len(other) > MOST_NAMED else ""
        trouble = f"The replay did not come to what the bundle holds: {', '.join(other[:MOST_NAMED])}{more}."
    elif not moved and word != recorded["verdict"]:
        trouble = f"The bundle holds the verdict {recorded['verdict']}: {_first(recorded['reasons'])}"
    document = {
        **replayed.about(),
        "verdict": recorded["verdict"],
        "made_at": recorded["made_at"],
        "reproduced": digest == replayed.run["result_digest"],
        "states_only": replayed.redacted is not None,
        "versions": moved,
        "differences": other,
    }
    return Comparison(document, trouble)


def _states(judged: Judgement) -> Judgement:
    """Return of a judgement what does not depend on how things are called."""
    return {**judged, "rows": sorted(row["state"] for row in judged["rows"])}


def _first(reasons: Sequence[str]) -> str:
    return reasons[0] if reasons else "it gives no reason."
