"""What an accepted run tells the checks of this one: as answers, so that a replay needs no baseline."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from fixtures.answers import Answer, Answers
from fixtures.facts.groups import COLLECTOR
from fixtures.facts.growth import BASELINE
from fixtures.facts.kept_rules import RULES_THEN

if TYPE_CHECKING:
    from plugins.bundle.opened import Replayed

_KEPT = ("Rdn", "DisplayName", "Count")
_STATISTICS, _RULES = "group_statistics", "rules"


def with_baseline(answers: Answers, base: Replayed) -> Answers:
    """Return the answers, and what the accepted run knew of rules and sizes of groups. Raises UnusableBundleError."""
    sizes: dict[str, dict[str, list[dict[str, Any]]]] = {}
    told = []
    for answer in base.answers({_STATISTICS, _RULES}):
        system = answer.provenance.system
        if answer.ok and answer.read == _RULES:
            told.append(_told(base, RULES_THEN, {"gate": base.gate, "rules": answer.value}, system))
        elif answer.ok:
            rows = [{name: row.get(name) for name in _KEPT} for row in answer.value]
            sizes.setdefault(system, {})[answer.subject] = rows
    value = {"run_id": base.run["run_id"], "read_at": base.run["clock"]["read_at"], "sizes": sizes}
    return Answers([*answers, *told, _told(base, BASELINE, value)])


def _told(base: Replayed, read: str, value: object, subject: str = "") -> Answer:
    return Answer.of(
        COLLECTOR, read, value, subject, target=base.path.name, request=f"the evidence of {base.run['run_id']}"
    )
