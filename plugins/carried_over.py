"""What an accepted run tells the checks of this one: as an answer, so that a replay needs no baseline."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from fixtures.answers import Answer, Answers
from fixtures.facts.groups import COLLECTOR
from fixtures.facts.growth import BASELINE

if TYPE_CHECKING:
    from plugins.bundle.opened import Replayed

_KEPT = ("Rdn", "DisplayName", "Count")
_STATISTICS = "group_statistics"


def with_baseline(answers: Answers, base: Replayed) -> Answers:
    """Return the answers, and what the accepted run knew of the sizes of groups. Raises UnusableBundleError."""
    sizes: dict[str, dict[str, list[dict[str, Any]]]] = {}
    for answer in base.answers({_STATISTICS}):
        if answer.ok:
            rows = [{name: row.get(name) for name in _KEPT} for row in answer.value]
            sizes.setdefault(answer.provenance.system, {})[answer.subject] = rows
    value = {"run_id": base.run["run_id"], "read_at": base.run["clock"]["read_at"], "sizes": sizes}
    told = Answer.of(COLLECTOR, BASELINE, value, target=base.path.name, request="the evidence of an accepted run")
    return Answers([*answers, told])
