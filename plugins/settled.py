"""Facts that only a person changes, compared between two runs: settings, rules, connectors, builds, the tenant.

What moves by itself (times of the last sync, the next cycle, run numbers, events, member counts) never shows.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from plugins import sources

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from fixtures.answers import Answer, Answers

MOVES_BY_ITSELF = frozenset(
    {
        "Microsoft.Synchronize.NextStartTime",
        "Microsoft.Synchronize.SynchronizationPolicy",
        "NextSyncCyclePolicyType",
        "NextSyncCycleStartTimeInUTC",
        "SyncCycleInProgress",
        "UsedSpaceInMb",
        "onPremisesLastPasswordSyncDateTime",
        "onPremisesLastSyncDateTime",
    }
)
"""Properties, and items of lists by their name."""
NAMES = ("Name", "name", "Identifier", "id", "ConnectorIdentifier", "Destination", "AttributeName")
"""Properties that can name an item of a list; the first one that tells all items apart does."""
LONGEST = 200
"""Characters of one value that are told."""


class Change(NamedTuple):
    """One fact that is another one now. None: it is not there."""

    system: str
    read: str
    fact: str
    before: str | None
    after: str | None


def changes(before: Answers, after: Answers) -> list[Change]:
    """Return the settled facts that differ, where both runs have an answer with a value."""
    found: list[Change] = []
    for answer in after:
        key = (answer.system, answer.read, answer.subject)
        if key in before and sources.settled(answer.read):
            found += _changes(before.find(*key), answer)
    return sorted(found)


def _changes(before: Answer, after: Answer) -> Iterator[Change]:
    if before.ok and after.ok and before.provenance.sha256 != after.provenance.sha256:
        for fact, was, now in _differing(before.value, after.value, after.subject):
            yield Change(after.system, after.read, fact, was, now)


def _differing(before: Any, after: Any, path: str) -> Iterator[tuple[str, str | None, str | None]]:  # noqa: ANN401
    """Walk two JSON values and yield where they part."""
    if isinstance(before, dict) and isinstance(after, dict) and "Ticks" not in after:
        for name in sorted({*before, *after} - MOVES_BY_ITSELF):
            yield from _differing(before.get(name), after.get(name), f"{path}.{name}" if path else name)
        return
    first, second = _by_name(before), _by_name(after)
    if first is None or second is None:
        if before != after:
            yield path, _told(before), _told(after)
        return
    for name in sorted({*first, *second} - MOVES_BY_ITSELF):
        inside = f"{path}[{name}]"
        if name in first and name in second:
            yield from _differing(first[name], second[name], inside)
        else:
            yield inside, *(("there", None) if name in first else (None, "there"))


def _by_name(value: Any) -> Mapping[str, Any] | None:  # noqa: ANN401
    """Return the items of a list by the property that names them; None for anything else."""
    if not isinstance(value, list) or not all(isinstance(item, dict) for item in value):
        return None
    for name in NAMES:
        named = {str(item[name]): item for item in value if item.get(name) is not None}
        if len(named) == len(value):
            return named
    return None


def _told(value: Any) -> str | None:  # noqa: ANN401
    """Return a value as one reads it."""
    if value is None:
        return None
    if isinstance(value, dict) and "TotalSeconds" in value:
        return f"{value['TotalSeconds']:g} s"
    if isinstance(value, bool):
        return "yes" if value else "no"
    text = ", ".join(map(str, value)) if isinstance(value, list) else str(value)
    return text if len(text) <= LONGEST else f"{text[:LONGEST]} … ({len(text):,} characters)"
