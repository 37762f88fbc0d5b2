"""docs/coverage.md: every claim and every pitfall, and what becomes of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fixtures.claims import load_ledger

from .known import covering, faults_of, gates_of
from .markdown import codes, document, link, table

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from fixtures.claims import Claim

MOST_FAULTS = 3
HEAD = ("id", "says", "checks", "gates", "turned by faults")
INTRODUCTION = """Every claim of the five documents and every pitfall known from the field: the checks that judge it,
the gates at which they are asked, and faults of the lab that turn them. Where no machine can tell, the reason stands in
the place of the checks. All faults of a check stand with [the check](checks.md)."""


def page() -> str:
    """The page."""
    ledger = load_ledger()
    blocks = [["# Coverage"], [INTRODUCTION], table(_SUMMARY, _summary(ledger.claims, ledger.pitfalls))]
    for key, name in ledger.documents.items():
        own = [claim for claim in ledger.claims.values() if claim.id.partition("-")[0] == key]
        blocks += [[f"## {key}: {name}"], table(HEAD, map(_row, own))]
    blocks += [["## Pitfalls"], table(("id", "is", *HEAD[2:]), map(_row, ledger.pitfalls.values()))]
    return document(*blocks)


_SUMMARY = ("", "all", "covered by checks", "which a fault turns", "no machine can tell", "not covered yet")


def _summary(*lists: Mapping[str, Claim]) -> Iterable[tuple[str, ...]]:
    for name, found in zip(("claims", "pitfalls"), lists, strict=True):
        explained = sum(1 for entry in found.values() if entry.not_checkable)
        pending = [entry.id for entry in found.values() if not entry.not_checkable and not covering(entry.id)]
        proved = sum(1 for entry in found if faults_of(check.id for check in covering(entry)))
        counts = (len(found), len(found) - explained - len(pending), proved, explained, len(pending))
        yield name, *map(str, counts)


def _row(entry: Claim) -> tuple[str, ...]:
    name = f'<a id="{entry.id}"></a>{entry.id}'
    if entry.not_checkable:
        return name, entry.title, f"*none:* {entry.not_checkable}", "", ""
    found = covering(entry.id)
    if not found:
        return name, entry.title, "*not covered yet*", "", ""
    faults = faults_of(check.id for check in found)
    more = f" and {len(faults) - MOST_FAULTS} more" if len(faults) > MOST_FAULTS else ""
    return (
        name,
        entry.title,
        ", ".join(link(check.id, f"checks.md#{check.id}") for check in found),
        gates_of(found),
        codes(faults[:MOST_FAULTS]) + more,
    )
