"""Do the groups have the same members in Entra ID as the server that sends them wants? And the other way round?"""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from fixtures.facts.member_limit import writeback_limit
from fixtures.facts.windows_json import boolean

if TYPE_CHECKING:
    from fixtures.facts.result import Result
    from fixtures.facts.server import ServerFacts

GROUP_WRITEBACK = "Microsoft.OptionalFeature.GroupWriteBack"


@pytest.mark.check(
    "LG-06v1",
    title="Groups that are written back have no limit of their own",
    severity="advisory",
    gates=("deployed", "promote", "finish", "nightly"),
    claims=("S1-3", "S2-3", "S4-1"),
    pitfalls=("P29",),
    reads=("rules", "global_parameters"),
    servers="new",
)
def test_groups_written_back_have_no_limit(server: ServerFacts, result: Result) -> None:
    """One document says that they have none; another one names a rule, and the limit in it.

    Why: a group above that limit stays as it was in Active Directory, and no run ends red for it.
    Judged: where group writeback is configured, no enabled outbound group rule of an AD connector holds a member limit.
    Which of the two kinds of group writeback it is, and whether the removed one was ever on, is told by no read that
    stays on the server.
    Fix: disable the rule Out to AD - Group Writeback Member Limit where larger groups are to be written back.
    """
    if not boolean(server.parameters, GROUP_WRITEBACK):
        result.not_applicable(server.name, "group writeback is not configured", {GROUP_WRITEBACK: "False"})
        return
    found = writeback_limit(server.rules)
    for unreadable in found.unreadable:
        result.inconclusive(unreadable.rule.name, str(unreadable))
    for limit in found.limits:
        result.failed(limit.rule.name, f"groups are written back up to {limit}", {"limit": limit.limit})
    if not found.limits and not found.unreadable:
        result.passed(server.name, "no rule limits the groups that are written back", {GROUP_WRITEBACK: "True"})
