"""Rules and member limits: what each check says to which change."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from .healthy import default_rules, limit_expression, rule
from .running import Case, all_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from .world import World

JOIN = "Out to AAD - Group Join"
WRITEUP = "Out to AAD - Group Writeup Member Limit"


def expression(name: str, text: str) -> Callable[[World], None]:
    def change(world: World) -> None:
        world.rule("new", name)["AttributeFlowMappings"][0]["Expression"] = text

    return change


def limit(name: str, number: int) -> Callable[[World], None]:
    return expression(name, limit_expression(number))


def both_limits(number: int) -> Callable[[World], None]:
    def change(world: World) -> None:
        limit(JOIN, number)(world)
        limit(WRITEUP, number)(world)

    return change


def changed(name: str, *, first: bool = False, **changes: Any) -> Callable[[World], None]:
    def change(world: World) -> None:
        rules = world["new", "rules"] if first else list(reversed(world["new", "rules"]))
        next(found for found in rules if found["Name"].startswith(name)).update(changes)

    return change


def scope(operator: int, value: str) -> Callable[[World], None]:
    condition = {"Attribute": "memberCount", "ComparisonOperator": operator, "ComparisonValue": value}

    def change(world: World) -> None:
        world.rule("new", JOIN)["ScopeFilter"][0]["ScopeConditionList"].append(condition)

    return change


def rules(found: list[dict[str, Any]]) -> Callable[[World], None]:
    def change(world: World) -> None:
        world["new", "rules"] = found

    return change


def default_world(number: int | None) -> Callable[[World], None]:
    """The three variants of 2.x defaults: a literal 250,000, none, 50,000."""

    def change(world: World) -> None:
        found = default_rules(number or 0)
        if number is None:
            for one in found:
                one["AttributeFlowMappings"] = []
        world["new", "rules"] = found

    return change


def renamed(world: World) -> None:
    changed(JOIN, first=True, Name="Out to Microsoft Entra ID \u2013 Group Join")(world)


def untagged(world: World) -> None:
    for name in (JOIN, WRITEUP):
        changed(name, first=True, ImmutableTag=None, VersionAgnosticTag=None, Name=name.replace(" - ", " \u2013 "))(
            world
        )


CURLY = "IIF((ValueCount(\u201cmember\u201d)> 250000),Error(\u201cMaximum\u201d),IgnoreThisFlow)"
SPACED = 'iif( ( [memberCount]\n >=\t250001 ), ERROR ( "x" ), IgnoreThisFlow )'
REVERSED = 'IIF(250000 < ValueCount("member"),Error("x"),IgnoreThisFlow)'
ELSEWISE = 'IIF(ValueCount("member") <= 250000,IgnoreThisFlow,Error("x"))'
UNKNOWN = 'IIF(Len([member]) > 250000,Error("x"),IgnoreThisFlow)'
STRAY = "0c0c0c0c-0000-4000-8000-000000000000"

CASES = [
    Case("RU-01v1", "both raised", "pass", "the limit is 250,000", "deployed"),
    Case("RU-01v1", "only one raised", "fail", "50,000 by the member flow of 'Out to AAD - Group Writeup", "deployed",
         limit(WRITEUP, 50_000)),
    Case("RU-01v1", "other forms", "pass", "the limit is 250,000", "deployed",
         all_of(expression(JOIN, SPACED), expression(WRITEUP, REVERSED))),
    Case("RU-01v1", "error in the else branch", "pass", "250,000", "deployed", expression(JOIN, ELSEWISE)),
    Case("RU-01v1", "one less", "fail", "249,999", "deployed", expression(JOIN, REVERSED.replace("<", "<="))),
    Case("RU-01v1", "a default left enabled", "fail", "250,000 is intended, the limit is 50,000", "deployed",
         changed(JOIN, first=True, Disabled=False)),
    Case("RU-01v1", "hidden in scope", "fail", "49,999 by the scope filter", "deployed", scope(2, "50000")),
    Case("RU-01v1", "an unknown form", "inconclusive", "not all limits can be read", "deployed", expression(JOIN,
         UNKNOWN)),
    Case("RU-01v1", "curly quotes", "inconclusive", "a curly quote", "deployed", expression(JOIN, CURLY)),
    Case("RU-01v1", "default literal 250000", "pass", "the limit is 250,000", "deployed", default_world(250_000)),
    Case("RU-01v1", "default without a limit", "pass", "the service enforces 250,000", "deployed", default_world(None)),
    Case("RU-01v1", "default literal 50000", "fail", "the limit is 50,000", "deployed", default_world(50_000)),
    Case("RU-01v1", "less was intended", "fail", "75,000 is intended, the limit is 250,000", "soak",
         lambda world: world.environment.update(endpoint={"member_limit": 75_000})),
    Case("RU-02v1", "within", "pass", "limits in member flows: 250,000", "deployed"),
    Case("RU-02v1", "no limit", "pass", "none stands in a rule", "deployed", default_world(None)),
    Case("RU-02v1", "250001", "fail", "is not within 50,001 to 250,000", "deployed", both_limits(250_001)),
    Case("RU-03v1", "cloned", "pass", "the default rule is disabled and 'Out to AAD - Group Join - Cloned", "deployed"),
    Case("RU-03v1", "untouched", "pass", "the default rule is in force", "deployed", default_world(250_000)),
    Case("RU-03v1", "rebranded", "pass", "takes its place", "deployed", renamed),
    Case("RU-03v1", "without tags", "pass", "takes its place", "deployed", untagged),
    Case("RU-03v1", "clone with a name of its own", "pass", "'Large groups'", "deployed",
         changed(JOIN, Name="Large groups")),
    Case("RU-03v1", "both enabled", "fail", "still enabled beside its clone", "deployed",
         changed(JOIN, first=True, Disabled=False)),
    Case("RU-03v1", "both disabled", "fail", "is disabled too", "deployed", changed(JOIN, Disabled=True)),
    Case("RU-03v1", "no clone", "fail", "no enabled clone takes its place", "deployed",
         rules(default_rules(disabled=True))),
    Case("RU-03v1", "two clones", "fail", "more than one clone", "deployed",
         lambda world: world["new", "rules"].append(rule(9, f"{JOIN} - Cloned again", 97, 250_000))),
    Case("RU-03v1", "no such rules", "inconclusive", "none of the default rules", "deployed",
         rules([rule(9, "Something else", 90, 250_000)])),
    Case("RU-04v1", "98 and 99", "pass", "precedence 99", "deployed"),
    Case("RU-04v1", "120", "fail", "precedence 120, not one of 0 to 99", "deployed", changed(JOIN, Precedence=120)),
    Case("RU-04v1", "shared", "fail", "shares precedence 99 with", "deployed", changed(JOIN, Precedence=99)),
    Case("RU-04v1", "no clones", "not-applicable", "no limiting rule is cloned", "deployed", default_world(250_000)),
    Case("RU-05v1", "readable", "pass", "2 limits, all of a known form", "deployed"),
    Case("RU-05v1", "curly quotes", "fail", "curly quotes", "deployed", expression(JOIN, CURLY)),
    Case("RU-05v1", "an unknown form", "inconclusive", "no member count", "deployed", expression(JOIN, UNKNOWN)),
    Case("RU-05v1", "a scope value that is no number", "inconclusive", "no number", "deployed", scope(2, "many")),
    Case("RU-06v1", "none", "pass", "no scope filter limits memberCount", "deployed"),
    Case("RU-06v1", "wide enough", "pass", "memberCount LESSTHAN_OR_EQUAL 250000", "deployed", scope(3, "250000")),
    Case("RU-06v1", "below", "fail", "memberCount LESSTHAN 50000, 250,000 is intended", "deployed", scope(2, "50000")),
    Case("RU-07v1", "at home", "pass", "5 rules on 2 connectors", "deployed"),
    Case("RU-07v1", "an orphan", "fail", f"belongs to connector {STRAY}, which is not on this server", "deployed",
         changed(JOIN, Connector=STRAY)),
]  # fmt: skip
