"""The rules before and after an upgrade: what the check says to which change."""

from __future__ import annotations

import copy
from typing import TYPE_CHECKING, Any

from fixtures.answers import Outcome

from .healthy import default_rules
from .running import Case, all_of
from .table_parity import on, user_rule

if TYPE_CHECKING:
    from .running import Change
    from .world import World


def then(*changes: dict[str, Any], gate: str = "in-place") -> Change:
    """The accepted run knew the default rules, and these."""

    def change(world: World) -> None:
        world["new", "rules"] = default_rules()
        known = [*default_rules(), *copy.deepcopy(list(changes))]
        world["collector", "baseline_rules", "new"] = {"gate": gate, "rules": known}

    return change


def disabled(world: World) -> None:
    world.rule("new", "Out to AAD - Group Writeup")["Disabled"] = True


def new_version(world: World) -> None:
    rule = world.rule("new", "Out to AAD - Group Join")
    rule["ImmutableTag"] = {**rule["ImmutableTag"], "TagValue": "Microsoft.OuttoAADGroupJoin.004", "TagVersion": 4}
    rule["AttributeFlowMappings"].pop()


def without_one(world: World) -> None:
    world["new", "rules"].pop(0)


CASES = [
    Case("IP-08v1", "no baseline", "not-applicable", "no accepted run tells the rules new had before", "upgraded"),
    Case("IP-08v1", "of another gate", "inconclusive", "is of the gate nightly", "upgraded", then(gate="nightly")),
    Case("IP-08v1", "kept", "pass", "4 rules of before were compared", "upgraded",
         all_of(then(user_rule()), on("new", user_rule()))),
    Case("IP-08v1", "newer standard rules", "pass", "3 rules of before", "upgraded", all_of(then(), new_version)),
    Case("IP-08v1", "a standard rule that is gone", "pass", "3 rules of before", "upgraded",
         all_of(then(), without_one)),
    Case("IP-08v1", "a custom rule lost", "fail", "In from AD - User department", "upgraded", then(user_rule())),
    Case("IP-08v1", "a custom rule enabled", "fail", "Disabled: was True, is False", "upgraded",
         all_of(then(user_rule(Disabled=True)), on("new", user_rule()))),
    Case("IP-08v1", "another order", "fail", "order", "upgraded", all_of(
        then(user_rule(), user_rule(41, "In from AD - User title", 51)),
        on("new", user_rule(precedence=60), user_rule(41, "In from AD - User title", 51)))),
    Case("IP-08v1", "a standard rule switched", "fail", "Disabled: was False, is True", "upgraded",
         all_of(then(), disabled)),
    Case("IP-08v1", "unreadable", "error", "baseline_rules of new: failed", "upgraded",
         all_of(then(), lambda world: world.refuse("collector", "baseline_rules", Outcome.FAILED))),
]  # fmt: skip
