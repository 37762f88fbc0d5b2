"""Do the groups have the same members in Entra ID as the server that sends them wants? [semantics §3, §5]."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from fixtures.answers import MissingAnswer, Outcome
from fixtures.facts.groups import group_proofs, over

if TYPE_CHECKING:
    from fixtures.facts.groups import GroupProof
    from fixtures.facts.pair import Migration
    from fixtures.facts.result import Result
    from fixtures.facts.server import ServerFacts

TRAIL = (
    "group_statistics", "group_object", "group_lineage", "group_sid", "group_references", "reference_sid",
    "tenant.group_by_sid", "tenant.group_by_id", "tenant.members_count", "tenant.members",
)  # fmt: skip


def judge_members(group: GroupProof, migration: Migration, result: Result) -> None:
    """One group that the active server can send: every member, or the reason why not."""
    if not group.in_connector_space:
        why = group.why or "it is not on the Entra connector"
        result.failed(group.subject, f"{group.server.name} does not send it: {why}")
        return
    exported = migration.has_exported
    if not group.in_cloud:
        judge = result.failed if exported else result.inconclusive
        judge(
            group.subject, f"it is not in Entra ID{'' if exported else ', and nothing was exported since the switch'}"
        )
        return
    difference = group.difference
    counts = {"expected": len(group.references.expected), "cloud": len(group.cloud_members)}
    facts = {**counts, "missing": sorted(difference.missing)[:20], "surplus": sorted(difference.surplus)[:20]}
    if group.cloud_count != len(group.cloud_members):
        told = f"Graph counts {group.cloud_count:,} members and lists {len(group.cloud_members):,}"
        result.inconclusive(group.subject, told, facts)
    elif not difference.missing and not difference.surplus:
        result.passed(group.subject, f"{counts['cloud']:,} members on both sides, the same ones", counts)
    elif not exported:
        result.inconclusive(group.subject, f"{difference}, and nothing was exported since the switch", facts)
    elif difference.settled:
        result.failed(group.subject, str(difference), facts)
    else:
        result.inconclusive(group.subject, f"{difference}: pending exports would settle it", facts)


def judge_too_large(group: GroupProof, migration: Migration, result: Result) -> None:
    """One group beyond what the active server can send: before the switch the pending adds on the new server."""
    count, sendable = group.on_premises_count, migration.active.sendable
    facts = {"on_premises": count, "sendable": sendable}
    told = f"{count:,} members, and {migration.active.name} can send {sendable:,}"
    if not migration.before_the_switch:
        result.not_applicable(group.subject, f"{told}: it cannot be in Entra ID", facts)
    elif count is not None and count > migration.new.sendable:
        result.not_applicable(
            group.subject, f"{told}, {migration.new.name} {migration.new.sendable:,}: neither one sends it", facts
        )
    elif (staged := migration.staged_members(group.name, group.trail.get("entra_dn"))) is None:
        result.inconclusive(
            group.subject,
            f"{told}; among the groups it has staged, {migration.new.name} lists none of that name",
            facts,
        )
    else:
        result.passed(group.subject, f"{told}; {migration.new.name} has {staged:,} members staged for it", facts)


@pytest.mark.check(
    "LG-01v2",
    title="The groups have the same members in Entra ID",
    severity="blocking",
    gates=("deployed", "promote", "switched", "soak", "finish", "nightly"),
    claims=("S0-2", "S0-10", "S0-36", "S1-2", "S2-2", "S2-6", "S4-3"),
    reads=("rules", "adsync_parameters", "connectors"),
    optional_reads=("runs", "product_version", *TRAIL),
)
def test_the_groups_have_the_same_members(migration: Migration, result: Result) -> None:
    """Equal counts are not enough: one member may stand in the place of another.

    Why: a large group that stays behind keeps people from what they need, and no run ends red for it.
    Judged: imported plus pending references of the active server against the members in Entra ID, one by one. Before
    the switch only groups that the active server can send; above that the members staged on the new server are shown,
    and one that the new server could send and has not staged does not decide.
    At switched a difference does not decide until one export of the new server succeeded.
    Fix: look up the named members on the Entra connector of the active server, and in the errors of its last export.
    """
    groups = group_proofs(migration)
    for group in groups:
        count = group.on_premises_count
        try:
            if count is not None and count > migration.active.sendable:
                judge_too_large(group, migration, result)
            else:
                judge_members(group, migration, result)
        except MissingAnswer as missing:
            if missing.outcome is not Outcome.PARTIAL:
                raise
            result.inconclusive(group.subject, f"its members cannot be read: {missing}")
    if not groups:
        result.inconclusive("groups", "the environment names no group to prove ([groups] prove or over)")


@pytest.mark.check(
    "LG-02v1",
    title="Every on-premises member that is not sent is out of scope",
    severity="blocking",
    gates=("deployed", "promote", "switched", "soak", "finish", "nightly"),
    claims=("S0-10", "S0-36"),
    reads=("rules", "adsync_parameters", "connectors"),
    optional_reads=("product_version", "group_members_ad", "reference_object", *TRAIL),
)
def test_members_left_out_are_out_of_scope(migration: Migration, result: Result) -> None:
    """A member may be missing for a reason: it is not synchronized itself.

    Why: any other reason is a member that somebody took away.
    Judged: where on-premises and expected counts differ, each member that is not expected is looked up on the Entra
    connector of the active server: not joined there is out of scope, joined is a fault.
    Fix: run a full synchronization, then compare the member's lineage with one that is sent.
    """
    groups = [
        group
        for group in group_proofs(migration)
        if group.in_connector_space and (group.on_premises_count or 0) <= migration.active.sendable
    ]
    for group in groups:
        if not migration.has_exported:
            result.inconclusive(group.subject, "nothing was exported since the switch, so its members were not read")
            continue
        expected = len(group.references.expected)
        if group.on_premises_count is None:
            result.inconclusive(group.subject, "no group statistics tell how many members it has on-premises")
            continue
        if group.on_premises_count == expected:
            result.passed(group.subject, f"{expected:,} members on-premises and expected in Entra ID")
            continue
        scopes = {anchor: group.in_scope(anchor) for anchor in sorted(group.left_out)}
        wrong = [anchor for anchor, joined in scopes.items() if joined]
        unknown = [anchor for anchor, joined in scopes.items() if joined is None]
        facts = {"on_premises": group.on_premises_count, "expected": expected, "left_out": len(scopes)}
        if wrong:
            result.failed(group.subject, f"{len(wrong):,} members in scope are not sent, for example {wrong[0]}", facts)
        elif unknown:
            result.inconclusive(group.subject, f"{len(unknown):,} members that are not sent were not looked up", facts)
        else:
            result.passed(group.subject, f"{len(scopes):,} members are out of scope, one by one", facts)
    if not groups:
        result.not_applicable("groups", "no group to prove is within reach", {"active": migration.active.name})


@pytest.mark.check(
    "LG-03v1",
    title="No group is larger than the new server can send",
    severity="advisory",
    gates=("deployed", "promote", "soak", "finish", "nightly"),
    claims=("S0-2", "S0-20", "S0-22", "S1-2", "S1-4", "S2-2"),
    reads=("rules", "adsync_parameters", "connectors"),
    optional_reads=("product_version", "group_statistics"),
    servers="new",
)
def test_no_group_is_too_large(server: ServerFacts, result: Result) -> None:
    """A group that grows to the limit stops to synchronize, without an error in Entra ID.

    Why: its members then age unseen. Advisory, because such a group was not synchronized before either.
    Judged: the member counts of the AD connectors against what the new server can send.
    Fix: split the group, or raise the limit up to 250,000.
    """
    sendable = server.sendable
    counts = [
        count for connector in server.connectors if not connector.is_entra for count in server.group_counts(connector)
    ]
    too_large = [count for count in counts if count.count > sendable]
    for group in sorted(too_large, key=lambda group: -group.count):
        result.failed(
            group.name,
            f"{group.name} has {group.count:,} members, the new server can send {sendable:,}",
            {"Rdn": group.rdn},
        )
    if not too_large:
        result.passed(server.name, f"no group has more than {sendable:,} members", {"groups": len(over(counts, 0))})


@pytest.mark.check(
    "LG-04v1",
    title="No group is close to the limit",
    severity="advisory",
    gates=("deployed", "promote", "soak", "finish", "nightly"),
    claims=("S0-2", "S0-22", "S1-2", "S1-4", "S2-2", "S2-3"),
    reads=("rules", "adsync_parameters", "connectors"),
    optional_reads=("product_version", "group_statistics"),
    servers="new",
)
def test_no_group_is_close_to_the_limit(server: ServerFacts, migration: Migration, result: Result) -> None:
    """A limit that is reached in the middle of a term is found out by those who are missing.

    Why: one member too many, and the whole group stops to synchronize.
    Judged: the member counts of the AD connectors against margin_percent of what the new server can send; beyond that
    it is a group too large, which is judged apart.
    Fix: raise the limit in steps where it is below 250,000, or split the group.
    """
    sendable, percent = server.sendable, migration.policy.margin_percent
    counts = [
        count for connector in server.connectors if not connector.is_entra for count in server.group_counts(connector)
    ]
    for group in sorted(counts, key=lambda group: -group.count):
        if sendable * percent < group.count * 100 <= sendable * 100:
            part = group.count / sendable
            result.failed(
                group.name, f"{group.name} has {group.count:,} members, {part:.0%} of {sendable:,}", {"Rdn": group.rdn}
            )
    largest = max((group.count for group in counts if group.count <= sendable), default=0)
    if largest * 100 <= sendable * percent:
        left = f"the largest group within {sendable:,} has {largest:,} members"
        result.passed(server.name, left, {"margin_percent": percent})
