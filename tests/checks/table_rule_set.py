"""The rule set as a whole: what each check says to which change."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from .healthy import AD, rule, standard
from .running import Case, all_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from .world import World

JOIN = "Out to AAD - Group Join"
TAG = "Microsoft.OuttoAADGroupJoin"
COMMON = "In from AD - User Common"


def add(*rules: dict[str, Any], server: str = "new") -> Callable[[World], None]:
    return lambda world: world[server, "rules"].extend(rules)


def flows(*expressions: str, destination: str = "title") -> list[dict[str, Any]]:
    plain = {"Source": [], "Destination": destination, "FlowType": 2, "ValueMergeType": 0, "ExecuteOnce": False}
    return [{**plain, "Expression": text} for text in expressions]


def custom(number: int, precedence: int, *expressions: str, **changes: Any) -> dict[str, Any]:
    of = {"Direction": 0, "Connector": AD, "SourceObjectType": "user", "TargetObjectType": "person",
          "AttributeFlowMappings": flows(*expressions)}  # fmt: skip
    return rule(number, f"In from AD - Staff {number}", precedence, 0, **(of | changes))


def default(server: str, **changes: Any) -> Callable[[World], None]:
    def change(world: World) -> None:
        next(one for one in world[server, "rules"] if one["Name"] == JOIN).update(changes)

    return change


def build(server: str, version: str) -> Callable[[World], None]:
    return lambda world: world[server, "product_version"].update(ProductVersion=version)


def clone(**changes: Any) -> Callable[[World], None]:
    def change(world: World) -> None:
        world.rule("new", JOIN).update(changes)

    return change


def more_flows(world: World) -> None:
    default(
        "new",
        AttributeFlowMappings=[
            *world["new", "rules"][0]["AttributeFlowMappings"],
            *flows('"new since"', destination="labels"),
        ],
    )(world)


def fewer_flows(world: World) -> None:
    clone(AttributeFlowMappings=[])(world)


def respelled(world: World) -> None:
    found = next(one for one in world["old", "rules"] if one["Name"] == JOIN)["AttributeFlowMappings"][0]
    found["Expression"] = found["Expression"].replace("> ", "  >\r\n").replace("IIF((", "IIF ( (")


CURLY = "IIF([a] = \u201cx\u201d,NULL,[a])"
LETTERS = 'Replace([displayName],"\u2019","")'

CASES = [
    Case("RU-08v1", "as shipped", "pass", "2 default rules do what the rules of their tag", "deployed", server="new"),
    Case("RU-08v1", "other spaces", "pass", "2 default rules", "deployed", respelled, "new"),
    Case("RU-08v1", "another body", "fail", "does something else than on the other server", "deployed",
         default("new", LinkType=2), "new"),
    Case("RU-08v1", "another body there", "fail", f"'{JOIN}' ({TAG}.003) does something else", "promote",
         default("new", LinkType=2), "old"),
    Case("RU-08v1", "another build", "inconclusive", "changed by a build that kept the tag", "deployed",
         all_of(default("new", LinkType=2), build("old", "2.5.79.0")), "new"),
    Case("RU-08v1", "a namesake", "fail", "stands twice: edited in place", "deployed",
         add(standard(9, JOIN, TAG, 150, 250_000)), "new"),
    Case("RU-08v1", "a namesake elsewhere", "pass", "2 default rules", "deployed",
         add(standard(9, JOIN, f"{TAG}2", 150, 250_000, Connector=AD)), "new"),
    Case("RU-08v1", "nobody to compare with", "pass", "0 default rules", "deployed",
         lambda world: world.refuse("old", "rules"), "new"),
    Case("RU-08v1", "not set up", "not-applicable", "the new server is not set up yet", "prepare", server="new"),
    Case("RU-09v1", "fresh copies", "pass", "does all that its default does today", "deployed"),
    Case("RU-09v1", "a flow more", "pass", "does all that its default does today", "deployed",
         lambda world: world.rule("new", JOIN)["AttributeFlowMappings"].extend(flows('"x"', destination="info"))),
    Case("RU-09v1", "the default moved on", "inconclusive", 'lacks what its default has: labels <- "new since"',
         "deployed", more_flows),
    Case("RU-09v1", "flows left out", "inconclusive", "lacks what its default has: commonName <- cn", "promote",
         fewer_flows),
    Case("RU-09v1", "dated", "inconclusive", "of 2023-02-28 lacks", "deployed",
         all_of(fewer_flows, clone(Name=f"{JOIN} - Cloned - 2023-02-28"))),
    Case("RU-09v1", "dated by nonsense", "inconclusive", "' lacks what its default", "deployed",
         all_of(fewer_flows, clone(Name=f"{JOIN} - Cloned - 2023-02-31"))),
    Case("RU-09v1", "another link", "inconclusive", "it is outbound group group provision entra id", "deployed",
         clone(LinkType=3)),
    Case("RU-09v1", "no copies", "not-applicable", "no default rule is replaced by a copy", "deployed",
         lambda world: world.__setitem__(("new", "rules"), [custom(9, 50)])),
    Case("RU-10v1", "none", "not-applicable", "there is no other custom rule", "deployed"),
    Case("RU-10v1", "60", "pass", "'In from AD - Staff 9' has precedence 60", "deployed", add(custom(9, 60))),
    Case("RU-10v1", "0", "pass", "has precedence 0", "deployed", add(custom(9, 0))),
    Case("RU-10v1", "160", "fail", "has precedence 160, not one of 0 to 99", "deployed", add(custom(9, 160))),
    Case("RU-10v1", "shared", "fail", "shares precedence 60 with 'In from AD - Staff 8'", "promote",
         add(custom(8, 60), custom(9, 60))),
    Case("RU-10v1", "shared with a copy", "fail", "shares precedence 98 with", "deployed", add(custom(9, 98))),
    Case("RU-10v1", "disabled", "not-applicable", "there is no other custom rule", "deployed",
         add(custom(9, 160, Disabled=True))),
    Case("RU-11v1", "straight", "pass", "none with curly quotes", "deployed", add(custom(9, 60, '"x"', LETTERS))),
    Case("RU-11v1", "curly", "fail", "curly quotes in the flow to title of 'In from AD - Staff 9'", "deployed",
         add(custom(9, 60, CURLY))),
    Case("RU-11v1", "curly and disabled", "pass", "none with curly", "deployed",
         add(custom(9, 60, CURLY, Disabled=True))),
    Case("RU-12v1", "all", "pass", "all expressions of 3 custom rules", "deployed",
         add(custom(9, 60, "IIF(Not IsPresent([a]) || [b] = &HFF,NULL,%Domain.FQDN%)"))),
    Case("RU-12v1", "another language", "inconclusive", "the flow to title of 'In from AD - Staff 9': this text",
         "deployed", add(custom(9, 60, "if ($a) { 'x' }"))),
    Case("RU-12v1", "curly", "pass", "all expressions", "deployed", add(custom(9, 60, CURLY))),
]  # fmt: skip
