"""Pending exports listed in files, and their review: what each check says to which change."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from fixtures.answers import Outcome

from .healthy import AD_NAME, ENTRA_NAME, NOW, run, span, statistics
from .healthy import ENTRA as ENTRA_ID
from .running import Case, all_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from .world import World

COUNTERS = {"add": "ExportAdds", "update": "ExportUpdates", "delete": "ExportDeletes"}


def pending(kind: str, operation: str, count: int, *attributes: str, named: int | None = None) -> dict[str, Any]:
    """One class of the collector's summary."""
    names = [f"CN={operation}-{kind}-{number}" for number in range(count if named is None else named)]
    return {"object_type": kind, "operation": operation, "attributes": list(attributes), "count": count, "named": names}


GROUPS = pending("group", "update", 2, "member")
USERS = pending("user", "update", 150, "displayName", "title")
NEW_USERS = pending("user", "add", 3, "displayName", "mail")
GONE = pending("user", "delete", 2)


def listed(*classes: dict[str, Any], connector: str = ENTRA_NAME, minutes_ago: float = 5, **more: Any) -> Any:
    """A csexport file of a connector, with the statistics that fit it."""

    def change(world: World) -> None:
        counts: dict[str, int] = {}
        for one in classes:
            counts[one["operation"]] = counts.get(one["operation"], 0) + one["count"]
        updated = [{"object_type": one["object_type"], "attribute": name, "count": one["count"]}
                   for one in classes if one["operation"] == "update" for name in one["attributes"]]  # fmt: skip
        value = {
            "server": "new", "connector": connector, "file": "export.xml", "connectors": [connector],
            "taken_at": (NOW - timedelta(minutes=minutes_ago)).isoformat(), "counts": counts, "undetailed": 0,
            "classes": list(classes), "updated": updated, "renamed": [], "anchor_changes": [], "members": [],
            "capped": [],
        }  # fmt: skip
        world["collector", "pending_exports", f"new/{connector}".casefold()] = value | more
        world["new", "connector_statistics", connector] = statistics(
            **{COUNTERS[name]: count for name, count in counts.items()}, TotalConnectors=2_000
        )

    return change


def counts(**numbers: int) -> Callable[[World], None]:
    return lambda world: world["new", "connector_statistics", ENTRA_NAME].update(numbers)


def approved(*classes: dict[str, Any], objects: tuple[tuple[str, str], ...] = (), **more: Any) -> Any:
    """A review of these classes and objects."""

    def change(world: World) -> None:
        world.environment["review"] = {"path": "review.toml"}
        world["collector", "review"] = {
            "author": "cio",
            "made_at": "2026-11-20T07:00:00Z",
            "churn": 0,
            "classes": [
                {"connector": ENTRA_NAME, "object_type": one["object_type"], "operation": one["operation"],
                 "attributes": one["attributes"], "count": one["count"]}
                for one in classes
            ],
            "objects": [{"connector": ENTRA_NAME, "dn": dn, "operation": operation} for operation, dn in objects],
        } | more  # fmt: skip

    return change


def unread_review(world: World) -> None:
    world.environment["review"] = {"path": "review.toml"}
    world.refuse("collector", "review", Outcome.FAILED)


MEMBERS = {"operation": "update", "added": 0, "removed": 0, "replaced": False}
ANCHOR = {"dn": "CN=Ann", "before": "AAAA", "after": "BBBB"}
DELETED = tuple(("delete", dn) for dn in GONE["named"])

CASES = [
    Case("PE-01v2", "deletes by name", "pass", "2 deletes", "promote", all_of(listed(GONE), approved(objects=DELETED))),
    Case("PE-01v2", "one delete more", "fail", "1 deletes (budget 0)", "promote",
         all_of(listed(GONE), approved(objects=DELETED[:1]))),
    Case("PE-01v2", "approved on another connector", "fail", "2 deletes (budget 0)", "promote",
         all_of(listed(GONE, connector=AD_NAME), approved(objects=DELETED))),
    Case("PE-01v2", "approved and counted anew", "fail", "3 deletes (budget 0)", "promote",
         all_of(listed(GONE), approved(objects=DELETED), counts(ExportDeletes=3))),
    Case("PE-01v2", "approved by nobody", "fail", "2 deletes (budget 0)", "promote",
         all_of(listed(GONE), approved(objects=DELETED, author=" "))),
    Case("PE-01v2", "approved and not listed", "fail", "2 deletes (budget 0)", "promote",
         all_of(counts(ExportDeletes=2), approved(objects=DELETED))),
    Case("PE-01v2", "unreadable review", "error", "review: failed", "promote", all_of(listed(GONE), unread_review)),
    Case("PE-03v1", "no file", "not-applicable", "no csexport file was handed in", "promote"),
    Case("PE-03v1", "none", "pass", "no source anchor changes in 152 pending exports", "promote",
         listed(GROUPS, USERS)),
    Case("PE-03v1", "one", "fail", "1 source anchors change: of CN=Ann AAAA becomes BBBB", "promote",
         listed(USERS, anchor_changes=[ANCHOR])),
    Case("PE-03v1", "approved all the same", "fail", "1 source anchors change", "promote",
         all_of(listed(USERS, anchor_changes=[ANCHOR]), approved(USERS))),
    Case("PE-03v1", "value not told", "fail", "of CN=Ann another becomes BBBB", "promote",
         listed(USERS, anchor_changes=[{**ANCHOR, "before": ""}])),
    Case("PE-03v1", "no attributes", "inconclusive", "of 4 objects no attribute is listed", "promote",
         listed(USERS, undetailed=4)),
    Case("PE-03v1", "added and deleted alike", "inconclusive", "as many deletes as for add user", "promote",
         listed(pending("user", "add", 2, "mail"), GONE)),
    Case("PE-03v1", "unreadable file", "error", "pending_exports of new/contoso.com: failed", "promote",
         lambda world: world.refuse("collector", "pending_exports", Outcome.FAILED, "new/contoso.com")),
    Case("PE-04v1", "no review", "not-applicable", "the budgets decide", "promote", listed(USERS)),
    Case("PE-04v1", "nothing waits", "pass", "nothing on contoso.com, inside the review of cio", "promote", approved()),
    Case("PE-04v1", "approved", "pass", "155 pending exports on contoso.onmicrosoft.com - AAD", "promote",
         all_of(listed(GROUPS, USERS, NEW_USERS), approved(GROUPS, USERS, NEW_USERS))),
    Case("PE-04v1", "any attribute approved", "pass", "inside the review", "promote",
         all_of(listed(USERS), approved({**USERS, "attributes": ["*"]}))),
    Case("PE-04v1", "fewer attributes", "pass", "inside the review", "promote",
         all_of(listed({**USERS, "attributes": ["title"]}), approved(USERS))),
    Case("PE-04v1", "another attribute", "fail", "a class that nobody approved: 150 x update user of displayName",
         "promote", all_of(listed(USERS), approved({**USERS, "attributes": ["title"]}))),
    Case("PE-04v1", "another operation", "fail", "nobody approved: 3 x add user", "promote",
         all_of(listed(USERS, NEW_USERS), approved(USERS))),
    Case("PE-04v1", "another connector", "fail", "150 x update user of displayName, title on contoso.com", "promote",
         all_of(listed(USERS, connector=AD_NAME), approved(USERS))),
    Case("PE-04v1", "within the churn", "pass", "inside the review", "promote",
         all_of(listed({**NEW_USERS, "count": 5}), approved(NEW_USERS, churn=2))),
    Case("PE-04v1", "beyond the churn", "fail", "of that kind 3 were approved and 2 more are tolerated", "promote",
         all_of(listed({**NEW_USERS, "count": 6}), approved(NEW_USERS, churn=2))),
    Case("PE-04v1", "two classes of one approval", "fail", "of that kind 150 were approved", "promote",
         all_of(listed(USERS, pending("user", "update", 1, "title")), approved(USERS))),
    Case("PE-04v1", "a delete", "fail", "2 deletes of user that nobody approved, as CN=delete-user-0", "promote",
         all_of(listed(GONE), approved())),
    Case("PE-04v1", "deletes by name", "pass", "2 pending exports", "promote",
         all_of(listed(GONE), approved(objects=DELETED))),
    Case("PE-04v1", "one delete more", "fail", "1 deletes of user that nobody approved, as CN=delete-user-1",
         "promote", all_of(listed(GONE), approved(objects=DELETED[:1]))),
    Case("PE-04v1", "deletes that are not named", "fail", "as one that is not named", "promote",
         all_of(listed({**GONE, "count": 9}), approved(objects=DELETED))),
    Case("PE-04v1", "adds by name", "pass", "inside the review", "promote",
         all_of(listed(NEW_USERS), approved(objects=tuple(("add", dn) for dn in NEW_USERS["named"])))),
    Case("PE-04v1", "not listed", "inconclusive", "no csexport file lists them", "promote",
         all_of(counts(ExportAdds=4), approved(NEW_USERS))),
    Case("PE-04v1", "a draft", "inconclusive", "the review has no author", "promote",
         all_of(listed(USERS), approved(USERS, author=" "))),
    Case("PE-04v1", "unreadable review", "error", "review: failed", "promote", unread_review),
    Case("PE-05v1", "no file", "not-applicable", "no csexport file was handed in", "promote"),
    Case("PE-05v1", "the same", "pass", "lists what the server counts: 152", "promote", listed(GROUPS, USERS)),
    Case("PE-05v1", "more since", "inconclusive", "stale or not whole: 150 updates listed and 9 counted", "promote",
         all_of(listed(USERS), counts(ExportUpdates=9))),
    Case("PE-05v1", "cut off", "inconclusive", "3 adds listed and 4 counted", "promote",
         all_of(listed(NEW_USERS), counts(ExportAdds=4))),
    Case("PE-05v1", "older than a synchronization", "inconclusive", "a synchronization ended", "promote",
         listed(USERS, minutes_ago=60)),
    Case("PE-05v1", "synchronized just now", "inconclusive", "a synchronization ended", "promote",
         all_of(listed(USERS), lambda world: world["new", "runs"].append(
             run(900, ENTRA_ID, "Delta Synchronization", 3)))),
    Case("PE-05v1", "another connector", "inconclusive", "export.xml is of fabrikam.com", "promote",
         listed(USERS, connectors=["fabrikam.com"])),
    Case("PE-05v1", "no such connector", "inconclusive", "which is not this connector", "promote",
         listed(USERS, connector="fabrikam.com")),
    Case("PE-06v1", "no file", "not-applicable", "no csexport file was handed in", "promote"),
    Case("PE-06v1", "everyday", "pass", "150 updates, no attribute on more than 10 %", "promote", listed(USERS)),
    Case("PE-06v1", "a spike", "fail", "extensionAttribute1 is updated on 900 of 2,000 objects", "deployed",
         listed(pending("user", "update", 900, "extensionAttribute1", named=0))),
    Case("PE-06v1", "a small connector", "pass", "no attribute on more than", "promote",
         all_of(listed(pending("user", "update", 90, "title")), counts(TotalConnectors=100))),
    Case("PE-07v1", "no file", "not-applicable", "no csexport file was handed in", "promote"),
    Case("PE-07v1", "gains", "pass", "1 groups gain 60,000 members, none loses any", "promote",
         listed(GROUPS, members=[{**MEMBERS, "dn": "CN=Campus", "added": 60_000}])),
    Case("PE-07v1", "loses", "fail", "CN=Staff loses 2 members and gains 1", "promote",
         listed(GROUPS, members=[{**MEMBERS, "dn": "CN=Staff", "added": 1, "removed": 2}])),
    Case("PE-07v1", "sent whole", "inconclusive", "1 groups are sent whole, as CN=Staff", "deployed",
         listed(GROUPS, members=[{**MEMBERS, "dn": "CN=Staff", "added": 3, "replaced": True}])),
    Case("PE-08v1", "few", "pass", "9,000 writes fit into 0:30:00", "promote", counts(ExportUpdates=9_000)),
    Case("PE-08v1", "many", "fail", "120,000 writes take 86 minutes at least", "promote", counts(ExportAdds=120_000)),
    Case("PE-08v1", "a longer interval", "pass", "fit into 2:00:00", "promote", all_of(
         counts(ExportAdds=120_000), lambda world: world["new", "scheduler"].update(
             CurrentlyEffectiveSyncCycleInterval=span(120)))),
]  # fmt: skip
