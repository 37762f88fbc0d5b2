"""Does the new server hold as much as the old one, and is every approved difference still one? [entra §6 P19, P42]."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from fixtures.facts.parity import Comparison

if TYPE_CHECKING:
    from fixtures.facts.pair import Migration
    from fixtures.facts.result import Result

PAIR = ("deployed", "promote", "finish", "nightly")


@pytest.mark.check(
    "PA-12v1",
    title="Every approved difference is still there",
    severity="advisory",
    gates=PAIR,
    claims=("S3-33", "S3-35"),
    pitfalls=("P21",),
    reads=("rules", "connector_settings", "global_parameters", "product_version"),
)
def test_every_approved_difference_is_still_there(migration: Migration, result: Result) -> None:
    """An approval outlives what it was given for, or never fitted it.

    Why: an entry that fits nothing says that somebody expects another state than there is, and it will cover, unseen,
    the next thing that happens to have its name.
    Judged: each entry of [[parity.expected]] covers a difference between the two servers, of whatever weight.
    Fix: take the entry out, or correct its kind, name, aspect or value.
    """
    comparison = Comparison(migration)
    listed = migration.environment.parity.expected
    if why := comparison.spared:
        result.not_applicable("both servers", why, {"old_exit": migration.plan.old_exit})
        return
    if not listed:
        result.not_applicable("both servers", "the environment approves no difference", {"expected": 0})
        return
    unused = comparison.unused
    for item in unused:
        about = f"{item.kind} {item.name}, {item.aspect}"
        told = f"approved, and no such difference is there: {about}" + (f" to be {item.new}" if item.new else "")
        result.failed(about, told, {"reason": item.reason})
    if not unused:
        told = f"{len(listed)} approved differences, each of them there"
        result.passed("both servers", told, {"expected": len(listed)})


@pytest.mark.check(
    "PA-13v1",
    title="Both servers hold the same number of objects",
    severity="advisory",
    gates=("deployed", "promote"),
    claims=("S0-8", "S3-35", "S3-36", "S3-45", "S3-46"),
    pitfalls=("P19", "P42"),
    reads=("connectors", "connector_settings"),
    optional_reads=("connector_statistics",),
)
def test_both_servers_hold_the_same_number_of_objects(migration: Migration, result: Result) -> None:
    """An account that may not read everything makes an import that is green and small.

    Why: the next full import takes what it did not see for deleted, and no run says so.
    Judged: objects of each connector on both servers, an AD connector by its forest, may differ by
    object_share_percent of the old server's: the two import at different times. Advisory: the deletes that come of it
    are judged as pending exports.
    Fix: compare the rights of the AD accounts, then the domains, containers and object types of both connectors.
    """
    comparison = Comparison(migration)
    if why := comparison.spared:
        result.not_applicable("both servers", why, {"old_exit": migration.plan.old_exit})
        return
    share = migration.policy.object_share_percent
    for place, (old, new) in comparison.totals.items():
        facts = {"old": old, "new": new, "object_share_percent": share}
        if abs(new - old) * 100 > share * old:
            result.failed(place, f"{place}: the old server holds {old:,} objects, the new one {new:,}", facts)
        else:
            result.passed(place, f"{place}: {old:,} objects on the old server, {new:,} on the new one", facts)
