"""Are the rules of a server kept as Microsoft's documents ask for? [adsync §4.4 FIXRULE]."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from fixtures.answers import MissingAnswer
from fixtures.facts.pairing import pairs
from fixtures.facts.rule_body import body, copied_on, copies, damaged, namesakes, unread
from fixtures.facts.rules import CUSTOM_PRECEDENCE

if TYPE_CHECKING:
    from fixtures.facts.pair import Migration
    from fixtures.facts.result import Result
    from fixtures.facts.rules import SynchronizationRule
    from fixtures.facts.server import ServerFacts


def peers(
    rule: SynchronizationRule, server: ServerFacts, migration: Migration
) -> dict[bool, list[SynchronizationRule]]:
    """The rules of the same tag on the other servers, by whether those run the same build."""
    found: dict[bool, list[SynchronizationRule]] = {True: [], False: []}
    for other in migration.present:
        try:
            if other is not server and rule.is_standard and rule.tag:
                found[other.build == server.build] += [one for one in other.rules if one.tag == rule.tag]
        except MissingAnswer:
            continue
    return found


@pytest.mark.check(
    "RU-08v1",
    title="No default rule was edited in place",
    severity="advisory",
    gates=("prepare", "deployed", "promote", "in-place"),
    claims=("S3-13", "S3-18", "S3-19", "S0-24"),
    pitfalls=("P22",),
    reads=("rules",),
    optional_reads=("product_version",),
    servers="each",
)
def test_no_default_rule_was_edited_in_place(server: ServerFacts, migration: Migration, result: Result) -> None:
    """An upgrade sets default rules back, and what was edited in them is gone.

    Why: the change that made a group or a user fit is lost in the night of the upgrade.
    Judged: no enabled default rule has a disabled default rule of its own name beside it, and none does anything else
    than the rule of the same tag on another server. Which of the two was edited, that does not tell; where the builds
    differ it does not decide.
    Fix: put the change into a copy of the rule, and set the default rule back.
    """
    if why := migration.spared(server):
        result.not_applicable(server.name, why, {"gate": migration.gate})
        return
    edited = namesakes(server.rules)
    for enabled, disabled in edited:
        facts = {"enabled": enabled.identifier, "disabled": disabled.identifier}
        result.failed(enabled.name, f"'{enabled.name}' stands twice: edited in place, its default disabled", facts)
    compared = 0
    for rule in server.rules:
        for same_build, found in peers(rule, server, migration).items():
            compared += bool(found)
            if not found or any(body(other) == body(rule) for other in found):
                continue
            edited += ((rule, rule),)
            differs = {"only here": list(body(found[0]).lacks(body(rule))),
                     "only there": list(body(rule).lacks(body(found[0])))}  # fmt: skip
            why = f"'{rule.name}' ({rule.tag}) does something else than on the other server"
            if same_build:
                result.failed(rule.name, f"{why} of this build", differs)
            else:
                result.inconclusive(rule.name, f"{why}: edited, or changed by a build that kept the tag", differs)
    if not edited:
        result.passed(server.name, f"{compared} default rules do what the rules of their tag do elsewhere")


@pytest.mark.check(
    "RU-09v1",
    title="Copies are not older than the default rules they replace",
    severity="advisory",
    gates=("deployed", "promote", "upgraded"),
    claims=("S3-18", "S3-19", "S0-24"),
    reads=("rules",),
    servers="new",
)
def test_copies_are_not_older_than_their_defaults(server: ServerFacts, result: Result) -> None:
    """A disabled default rule still gets Microsoft's changes, its copy never.

    Why: the copy goes on doing what was right two builds ago.
    Judged: apart from the member limit, a copy does what its default does today. Where it does not, the default may
    have moved on or the copy was changed on purpose: that only a person can tell.
    Fix: copy the default rule again, and repeat in the copy what was meant to differ.
    """
    found = copies(server.rules)
    for default, copy in found:
        now, was = body(default).without_limit(), body(copy).without_limit()
        day = copied_on(copy)
        facts = {"default": default.tag, "copied": str(day or "unknown"), "lacks": list(was.lacks(now)),
                 "has besides": list(now.lacks(was))}  # fmt: skip
        if lacking := was.lacks(now):
            of = f"of {day:%F} " if day else ""
            result.inconclusive(copy.name, f"'{copy.name}' {of}lacks what its default has: {lacking[0]}", facts)
        else:
            result.passed(copy.name, f"'{copy.name}' does all that its default does today", facts)
    if not found:
        result.not_applicable(server.name, "no default rule is replaced by a copy", {"rules": len(server.rules)})


@pytest.mark.check(
    "RU-10v1",
    title="Every custom rule has a custom precedence of its own",
    severity="blocking",
    gates=("deployed", "promote", "upgraded"),
    claims=("S0-25", "S3-51"),
    pitfalls=("P21",),
    reads=("rules",),
    servers="new",
)
def test_every_custom_rule_has_a_custom_precedence(server: ServerFacts, result: Result) -> None:
    """The copies of limiting rules are judged apart; these are all the others.

    Why: at 100 and above a custom rule ranks among the default ones and the next upgrade moves it; two rules of one
    number have no order between them.
    Judged: an enabled custom rule has a precedence from 0 to 99, and no other rule of that server has it.
    Fix: give the rule a free precedence from 1 to 99.
    """
    judged = {clone.identifier for pair in pairs(server.rules) for clone in pair.enabled_clones}
    custom = [rule for rule in server.rules if not rule.is_standard and rule.enabled and rule.identifier not in judged]
    for rule in custom:
        twins = [other.name for other in server.rules if other.precedence == rule.precedence and other is not rule]
        facts = {"Precedence": rule.precedence, "identifier": rule.identifier}
        if rule.precedence not in CUSTOM_PRECEDENCE:
            result.failed(rule.name, f"'{rule.name}' has precedence {rule.precedence}, not one of 0 to 99", facts)
        elif twins:
            result.failed(rule.name, f"'{rule.name}' shares precedence {rule.precedence} with '{twins[0]}'", facts)
        else:
            result.passed(rule.name, f"'{rule.name}' has precedence {rule.precedence}", facts)
    if not custom:
        result.not_applicable(server.name, "there is no other custom rule", {"rules": len(server.rules)})


@pytest.mark.check(
    "RU-11v1",
    title="No custom rule has curly quotes",
    severity="blocking",
    gates=("deployed", "promote", "upgraded"),
    claims=("S0-27", "S3-50"),
    reads=("rules",),
    servers="new",
)
def test_no_custom_rule_has_curly_quotes(server: ServerFacts, result: Result) -> None:
    """What was pasted from a document or a mail looks right and is not.

    Why: the engine refuses the expression, and every object in the rule's scope gets an error.
    Judged: over every expression of every enabled custom rule, member limits apart. Curly quotes inside a text that
    stands in straight quotes are letters like any other.
    Fix: type the quotes of the named expression again.
    """
    judged = {(found.rule.identifier, found.text) for found in server.limit.unreadable}
    flows = [
        (rule, mapping)
        for rule in server.rules
        if not rule.is_standard and rule.enabled
        for mapping in rule.mappings
        if (rule.identifier, mapping.expression) not in judged
    ]
    broken = [(rule, mapping) for rule, mapping in flows if damaged(mapping.expression)]
    for rule, mapping in broken:
        result.failed(
            rule.name,
            f"curly quotes in the flow to {mapping.destination} of '{rule.name}'",
            {"expression": mapping.expression},
        )
    if not broken:
        result.passed(server.name, f"{len(flows)} flows of custom rules, none with curly quotes")


@pytest.mark.check(
    "RU-12v1",
    title="Every expression of a custom rule can be read",
    severity="advisory",
    gates=("deployed", "promote", "upgraded"),
    claims=("S0-27", "S3-50"),
    reads=("rules",),
    servers="new",
)
def test_every_expression_of_a_custom_rule_can_be_read(server: ServerFacts, result: Result) -> None:
    """An expression that this suite cannot read it cannot compare either.

    Why: differences between two servers hide in it, and the engine may not be able to read it.
    Judged: by the documented language. What is not it may be a mistake, or a form that is not documented.
    Fix: open the rule in the editor and let it check the expression.
    """
    custom = [rule for rule in server.rules if not rule.is_standard and rule.enabled]
    judged = {(found.rule.identifier, found.text) for found in server.limit.unreadable}
    unknown = [
        (rule, mapping, why)
        for rule in custom
        for mapping in rule.mappings
        if (why := unread(mapping.expression)) and (rule.identifier, mapping.expression) not in judged
        if not damaged(mapping.expression)
    ]
    for rule, mapping, why in unknown:
        result.inconclusive(
            rule.name, f"the flow to {mapping.destination} of '{rule.name}': {why}", {"expression": mapping.expression}
        )
    if not unknown:
        result.passed(server.name, f"all expressions of {len(custom)} custom rules are of the documented language")
