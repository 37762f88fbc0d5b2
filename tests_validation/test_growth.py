"""Do the groups have the same members in Entra ID as the server that sends them wants? How long will they fit?"""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from fixtures.facts.growth import UnknownThenError, baseline_of

if TYPE_CHECKING:
    from fixtures.facts.pair import Migration
    from fixtures.facts.result import Result
    from fixtures.facts.server import ServerFacts


@pytest.mark.check(
    "LG-05v1",
    title="No group outgrows the limit by growing as it did",
    severity="advisory",
    gates=("promote", "soak", "finish", "nightly"),
    claims=("S0-2", "S0-22", "S1-2", "S1-4", "S2-2", "S2-3"),
    reads=("rules", "adsync_parameters", "connectors"),
    optional_reads=("product_version", "group_statistics"),
    servers="new",
)
def test_no_group_outgrows_the_limit(server: ServerFacts, migration: Migration, result: Result) -> None:
    """A group stops to synchronize on the day it passes the limit, and not a day before does anything say so.

    Why: a margin in percent does not tell a group that stands still from one that doubles every term.
    Judged: with --baseline, the members of each group of the AD connectors then and now: the same growth once more must
    stay within what the new server can send. A group that was not listed then counts as grown from nothing; one that is
    too large already is judged apart.
    Fix: split the group, or raise the limit in steps where it is below 250,000.
    """
    base = baseline_of(migration.answers)
    if base is None:
        result.not_applicable(server.name, "no accepted run was given to compare with", {"baseline": "none"})
        return
    try:
        growths = base.growth(server)
    except UnknownThenError as unknown:
        result.inconclusive(server.name, str(unknown))
        return
    sendable, since = server.sendable, f"since {base.read_at:%F %R}Z"
    outgrowing = [growth for growth in growths if growth.exceeds(sendable)]
    for growth in outgrowing:
        group = growth.group
        result.failed(
            group.name,
            f"{group.name} went from {growth.before:,} to {group.count:,} members {since}; {sendable:,} can be sent",
            {"Rdn": group.rdn, "before": growth.before, "now": group.count, "run": base.run_id},
        )
    if not outgrowing:
        fastest = f"{growths[0].group.name} grew most, by {growths[0].by:,}" if growths else "there are no groups"
        result.passed(server.name, f"{len(growths):,} groups {since}: {fastest}", {"run": base.run_id})
