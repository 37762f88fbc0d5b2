"""Object totals and approved differences: what each check says to which change."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .healthy import AD_NAME, ENTRA_NAME
from .running import Case, all_of
from .table_parity import STOPPED, listed, on, user_rule

if TYPE_CHECKING:
    from .running import Change


def total(server: str, count: int, connector: str = AD_NAME) -> Change:
    return lambda world: world[server, "connector_statistics", connector].update(TotalConnectors=count)


CASES = [
    Case("PA-12v1", "nothing listed", "not-applicable", "approves no difference", "promote"),
    Case("PA-12v1", "retired", "not-applicable", "stopped after the switch", "finish", plan=STOPPED),
    Case("PA-12v1", "all there", "pass", "1 approved differences, each of them there", "promote",
         all_of(on("old", user_rule()), listed(kind="rule", name="*"))),
    Case("PA-12v1", "fits nothing", "fail", "no such difference is there: rule In from AD - Leavers, *", "deployed",
         listed(kind="rule", name="In from AD - Leavers")),
    Case("PA-12v1", "another value", "fail", "to be some other value", "deployed",
         all_of(on("old", user_rule()), listed(kind="rule", name="*", new="some other value"))),
    Case("PA-13v1", "the same", "pass", "contoso.com: 9 objects on the old server, 9 on the new one", "promote"),
    Case("PA-13v1", "a few new ones", "pass", "1,000 objects on the old server, 1,009 on the new one", "promote",
         all_of(total("old", 1_000), total("new", 1_009))),
    Case("PA-13v1", "saw a part", "fail", "the old server holds 1,000 objects, the new one 900", "deployed",
         all_of(total("old", 1_000), total("new", 900))),
    Case("PA-13v1", "old saw nothing", "fail", "the old server holds 0 objects, the new one 9", "deployed",
         total("old", 0, ENTRA_NAME)),
    Case("PA-13v1", "not read", "error", "connector_statistics", "promote",
         lambda world: world.refuse("old", "connector_statistics", subject=AD_NAME)),
    Case("PA-13v1", "retired", "not-applicable", "stopped and disabled", "promote",
         lambda world: world["old", "service"].update(Status=1, StartType=4), plan=STOPPED),
]  # fmt: skip
