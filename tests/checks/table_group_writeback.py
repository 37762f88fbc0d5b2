"""The limit of groups that are written back: what the check says to which change."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .healthy import AD, limit_expression, standard
from .running import Case, all_of

if TYPE_CHECKING:
    from .running import Change
    from .world import World

TAG = "Microsoft.OuttoADGroupWritebackMemberLimit"


def configured(world: World) -> None:
    for record in world["new", "global_parameters"]:
        if record["Name"].endswith("GroupWriteBack"):
            record["Value"] = "True"


def limited(expression: str = limit_expression(50_000), *, disabled: bool = False) -> Change:
    def change(world: World) -> None:
        rule = standard(80, "Out to AD - Group Writeback Member Limit", TAG, 170, 50_000, Connector=AD)
        rule["AttributeFlowMappings"][0]["Expression"] = expression
        world["new", "rules"].append({**rule, "Disabled": disabled})

    return change


CASES = [
    Case("LG-06v1", "not configured", "not-applicable", "is not configured", "deployed", limited()),
    Case("LG-06v1", "no limit", "pass", "no rule limits", "promote", configured),
    Case("LG-06v1", "the rule is disabled", "pass", "no rule limits", "nightly",
         all_of(configured, limited(disabled=True))),
    Case("LG-06v1", "limited", "fail", "written back up to 50,000 by the member flow of", "finish",
         all_of(configured, limited())),
    Case("LG-06v1", "unreadable", "inconclusive", "Out to AD - Group Writeback Member Limit", "deployed",
         all_of(configured, limited("IIF((ValueCount(“member”)> 50000),Error(“x”),IgnoreThisFlow)"))),
    Case("LG-06v1", "not read", "error", "global_parameters", "deployed",
         lambda world: world.refuse("new", "global_parameters")),
]  # fmt: skip
