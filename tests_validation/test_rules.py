"""Do the rules of the new server let the intended groups through, and only as intended? [adsync §4.4]."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from fixtures.facts.member_limit import V1_LIMIT, V2_LIMIT
from fixtures.facts.pairing import pairs
from fixtures.facts.rules import CUSTOM_PRECEDENCE

if TYPE_CHECKING:
    from fixtures.facts.pair import Migration
    from fixtures.facts.result import Result
    from fixtures.facts.server import ServerFacts

FORWARD = ("deployed", "promote", "switched", "soak", "finish", "nightly", "upgraded")


@pytest.mark.check(
    "RU-01v1",
    title="The effective member limit is the intended one",
    severity="blocking",
    gates=FORWARD,
    claims=("S0-2", "S0-5", "S0-20", "S0-22", "S0-23", "S0-26", "S0-27", "S1-2", "S1-9", "S1-10", "S2-2", "S4-1"),
    pitfalls=("P23",),
    reads=("rules",),
    servers="new",
)
def test_the_effective_member_limit_is_the_intended_one(
    server: ServerFacts, migration: Migration, result: Result
) -> None:
    """The smallest limit of all rules decides, whatever one rule by name says.

    Why: raising the clone of Group Join changes nothing while Group Writeup Member Limit stays at 50,000.
    Judged: over every enabled outbound group rule of the Entra connector, in member flows and scope filters. No limit
    found on 2.x means 250,000, enforced by the service. A flow that cannot be read does not decide.
    Fix: raise the limit in every rule named here, through a clone, and run a full synchronization.
    """
    found, endpoint = server.limit, migration.environment.endpoint
    intended, effective = endpoint.member_limit, found.sendable(endpoint.api_version)
    facts = {"limits": [str(limit) for limit in found.limits], "intended": intended}
    if found.smallest and found.smallest.limit < intended:
        result.failed(server.name, f"{intended:,} is intended, the limit is {found.smallest}", facts)
    elif found.unreadable:
        result.inconclusive(server.name, f"not all limits can be read: {found.unreadable[0]}", facts)
    elif effective != intended:
        limit = str(found.smallest) if found.smallest else f"{effective:,}, which the service enforces"
        result.failed(server.name, f"{intended:,} is intended, the limit is {limit}", facts)
    elif found.smallest is None:
        result.passed(server.name, f"no rule holds a limit, the service enforces {effective:,}", facts)
    else:
        result.passed(server.name, f"the limit is {found.smallest}", facts)


@pytest.mark.check(
    "RU-02v1",
    title="No limit is beyond what the endpoint takes",
    severity="blocking",
    gates=FORWARD,
    claims=("S0-2", "S0-22", "S0-26", "S1-2", "S2-2"),
    pitfalls=("P23",),
    reads=("rules",),
    servers="new",
)
def test_no_limit_is_beyond_what_the_endpoint_takes(server: ServerFacts, migration: Migration, result: Result) -> None:
    """A raised limit lies between 50,001 and 250,000.

    Why: Entra ID refuses a group over 250,000 members whatever the rule says, and the export then fails every cycle.
    Judged: every number in a limiting member flow is at most 250,000, and on version 2 at least 50,001.
    Fix: set the number in the clone to one from 50,001 to 250,000.
    """
    raised = migration.environment.endpoint.api_version == 2  # noqa: PLR2004 - the endpoint's version number
    allowed = range(V1_LIMIT + 1 if raised else 1, (V2_LIMIT if raised else V1_LIMIT) + 1)
    flows = [limit for limit in server.limit.limits if limit.place == "the member flow"]
    outside = [limit for limit in flows if limit.literal not in allowed]
    for limit in outside:
        bounds = f"{allowed.start:,} to {allowed[-1]:,}"
        result.failed(
            limit.rule.name,
            f"{limit.literal:,} in '{limit.rule.name}' is not within {bounds}",
            {"expression": limit.text},
        )
    if not outside:
        numbers = ", ".join(sorted({f"{limit.literal:,}" for limit in flows})) or "none stands in a rule"
        result.passed(server.name, f"limits in member flows: {numbers}")


@pytest.mark.check(
    "RU-03v1",
    title="Each limiting default rule is in force, or exactly one clone takes its place",
    severity="blocking",
    gates=FORWARD,
    claims=("S0-23", "S0-24"),
    pitfalls=("P21",),
    reads=("rules",),
    servers="new",
)
def test_default_rules_and_clones_pair_up(server: ServerFacts, result: Result) -> None:
    """Editing a default rule means to disable it and to enable one copy.

    Why: with both enabled the lower limit wins; with both disabled the groups fall out of scope.
    Judged: for Group Join and Group Writeup Member Limit, found by tag and then by name: the default is enabled without
    an enabled clone, or disabled with exactly one.
    Fix: in the Synchronization Rules Editor disable the default rule and keep one enabled clone.
    """
    found = pairs(server.rules)
    for pair in found:
        facts = {"identifier": pair.default.identifier, "Disabled": pair.default.disabled}
        if pair.fault:
            result.failed(pair.default.name, f"'{pair.default.name}': {pair.fault}", facts)
        else:
            result.passed(pair.default.name, f"'{pair.default.name}': {pair}", facts)
    if not found:
        result.inconclusive(server.name, "none of the default rules that limit members is there")


@pytest.mark.check(
    "RU-04v1",
    title="Clones of limiting rules have a custom precedence of their own",
    severity="blocking",
    gates=FORWARD,
    claims=("S0-25",),
    pitfalls=("P21",),
    reads=("rules",),
    servers="new",
)
def test_clones_have_a_custom_precedence(server: ServerFacts, result: Result) -> None:
    """Custom rules live below 100, and no two rules share a number.

    Why: a clone at 100 or above ranks among the default rules and is moved by the next upgrade.
    Judged: the precedence of every enabled clone is 0 to 99 and no other rule of that server has it.
    Fix: give the clone a free precedence from 1 to 99.
    """
    clones = [clone for pair in pairs(server.rules) for clone in pair.enabled_clones]
    for clone in clones:
        twins = [rule.name for rule in server.rules if rule.precedence == clone.precedence and rule is not clone]
        facts = {"Precedence": clone.precedence, "identifier": clone.identifier}
        if clone.precedence not in CUSTOM_PRECEDENCE:
            result.failed(clone.name, f"'{clone.name}' has precedence {clone.precedence}, not one of 0 to 99", facts)
        elif twins:
            result.failed(clone.name, f"'{clone.name}' shares precedence {clone.precedence} with '{twins[0]}'", facts)
        else:
            result.passed(clone.name, f"'{clone.name}' has precedence {clone.precedence}", facts)
    if not clones:
        result.not_applicable(server.name, "no limiting rule is cloned", {"rules": len(server.rules)})


@pytest.mark.check(
    "RU-05v1",
    title="Every limiting member flow can be read",
    severity="blocking",
    gates=FORWARD,
    claims=("S0-26", "S0-27"),
    reads=("rules",),
    servers="new",
)
def test_every_member_flow_can_be_read(server: ServerFacts, result: Result) -> None:
    """An expression pasted from a document brings curly quotes, and the engine refuses it.

    Why: the flow then fails for every group, and a limit that cannot be read may be any limit.
    Judged: a limiting flow with curly quotes is damaged; one of another unknown form does not decide.
    Fix: type the expression again with straight quotes.
    """
    unreadable = server.limit.unreadable
    for found in unreadable:
        if found.damaged:
            result.failed(found.rule.name, f"curly quotes: {found}", {"expression": found.text})
        else:
            result.inconclusive(found.rule.name, str(found), {"expression": found.text})
    if not unreadable:
        result.passed(server.name, f"{len(server.limit.limits)} limits, all of a known form")


@pytest.mark.check(
    "RU-06v1",
    title="No lower limit hides in a scope filter",
    severity="blocking",
    gates=FORWARD,
    claims=("S0-23", "S0-26"),
    pitfalls=("P23",),
    reads=("rules",),
    servers="new",
)
def test_no_lower_limit_hides_in_a_scope_filter(server: ServerFacts, migration: Migration, result: Result) -> None:
    """Old default rules also limit by memberCount in their scope.

    Why: a clone of such a rule keeps the literal in its scope when only the expression is edited.
    Judged: a memberCount condition of an enabled rule lets the intended number through.
    Fix: raise or remove the memberCount condition in the scope of the clone.
    """
    intended = migration.environment.endpoint.member_limit
    hidden = [limit for limit in server.limit.limits if limit.place == "the scope filter"]
    for limit in hidden:
        if limit.limit < intended:
            result.failed(
                limit.rule.name, f"the scope of '{limit.rule.name}' says {limit.text}, {intended:,} is intended"
            )
        else:
            result.passed(limit.rule.name, f"the scope of '{limit.rule.name}' says {limit.text}")
    if not hidden:
        result.passed(server.name, "no scope filter limits memberCount")


@pytest.mark.check(
    "RU-07v1",
    title="Every rule belongs to a connector of its server",
    severity="blocking",
    gates=("deployed", "promote", "upgraded"),
    claims=("S3-48", "S3-49"),
    reads=("rules", "connectors"),
    servers="new",
)
def test_every_rule_has_a_connector(server: ServerFacts, result: Result) -> None:
    """A rule copied from another server carries that server's connector.

    Why: a rule of a connector that does not exist here is never applied, and nothing says so.
    Judged: the Connector of every rule is the Identifier of a connector on the same server.
    Fix: export the rule, replace the connector's GUID with this server's, and import it again.
    """
    known = {connector.identifier for connector in server.connectors}
    orphans = [rule for rule in server.rules if rule.connector not in known]
    for rule in orphans:
        result.failed(
            rule.name,
            f"'{rule.name}' belongs to connector {rule.connector}, which is not on this server",
            {"identifier": rule.identifier},
        )
    if not orphans:
        result.passed(server.name, f"{len(server.rules)} rules on {len(known)} connectors")
