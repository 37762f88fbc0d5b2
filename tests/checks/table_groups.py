"""Groups and rollback: what each check says to which change."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from fixtures.answers import Outcome
from fixtures.facts.groups import group_counts
from fixtures.facts.rollback import digest_of
from fixtures.reads import Member, dn_of

from .healthy import (
    AD,
    AD_NAME,
    CAMPUS,
    ENTRA,
    ENTRA_NAME,
    STAFF,
    anchor,
    anchors,
    default_rules,
    entra_dn,
    group_count,
    members,
    run,
)  # fmt: skip
from .running import Case, Change, all_of
from .table_endpoint import api

if TYPE_CHECKING:
    from collections.abc import Callable

    from .world import World

SWING = {"rollback": "swing"}
NESTED_SID = "S-1-5-21-1-2-3-555"


def cloud(name: str, *found: Member) -> Callable[[World], None]:
    def change(world: World) -> None:
        world["tenant", "members", f"cloud-{name}"] = found
        world["tenant", "members_count", f"cloud-{name}"] = len(found)

    return change


def one_short(name: str, count: int) -> Callable[[World], None]:
    return cloud(name, *members(count - 1))


def swapped(world: World) -> None:
    cloud("Staff", *members(2), Member("user", "x", anchor(9), None))(world)


def pending(world: World) -> None:
    found = world["old", "group_references", "entra-Staff"]
    world["old", "group_references", "entra-Staff"] = replace(
        found, imported=anchors(2), pending_adds=frozenset({anchor(2)})
    )
    one_short("Staff", 3)(world)


def not_in_cloud(key: str, number: int) -> Callable[[World], None]:
    def change(world: World) -> None:
        trail(key, cloud=None)(world)
        world["tenant", "group_by_sid", f"S-1-5-21-1-2-3-{number}"] = None

    return change


def no_such_object(world: World) -> None:
    trail(STAFF, ad=None, mv=None, entra=None, cloud=None, sid=None, ad_count=None, why="there is no such object")(
        world
    )
    world["old", "group_object", STAFF] = None


def cut(system: str, read: str, **ends: Any) -> Change:
    """A trail that ends because a read failed, not because there is nothing."""
    return all_of(trail(STAFF, **ends), lambda world: world.refuse(system, read, Outcome.UNREACHABLE))


def trail(key: str, **changes: Any) -> Callable[[World], None]:
    return lambda world: world["collector", "group_trail", key].update(changes)


def nested(sid: str) -> Callable[[World], None]:
    def change(world: World) -> None:
        cloud("Staff", *members(2), Member("group", "g", None, NESTED_SID))(world)
        world["old", "reference_sid", entra_dn(2)] = {"Name": "onPremiseSecurityIdentifier", "Values": [sid]}

    return change


def left_out(value: Any, *, looked: bool = True) -> Callable[[World], None]:
    """A fourth on-premises member of Staff that is not expected in Entra ID."""

    def change(world: World) -> None:
        trail(STAFF, ad_count=4)(world)
        found = world["old", "group_members_ad", "ad-Staff"]
        world["old", "group_members_ad", "ad-Staff"] = replace(found, imported=anchors(4))
        if looked:
            world["old", "reference_object", dn_of(anchor(3))] = value

    return change


def no_groups(world: World) -> None:
    world.environment["groups"] = {}
    for key in (STAFF, CAMPUS):
        world.forget("collector", "group_trail", key)


def every_group_over(number: int) -> Callable[[World], None]:
    return lambda world: world.environment["groups"].update(over=number)


def only_large(world: World) -> None:
    world.environment["groups"] = {"prove": [{"dn": CAMPUS}]}
    world.forget("collector", "group_trail", STAFF)


def no_exports(world: World) -> None:
    world["new", "runs"] = [one for one in world["new", "runs"] if one["RunProfileName"] != "Export"]


def too_large(world: World) -> None:
    trail(CAMPUS, ad_count=260_000)(world)
    world["new", "group_statistics", AD_NAME].append(group_count("Everyone", "CN=Everyone", 260_000))


def accepted(world: World) -> None:
    counts = group_counts(world["new", "group_statistics", ENTRA_NAME])
    world.environment["rollback"] = {"accepted_groups_digest": digest_of(one for one in counts if one.count > 50_000)}


def accepted_then_grown(world: World) -> None:
    accepted(world)
    world["new", "group_statistics", ENTRA_NAME].append(group_count("Another", entra_dn(72), 50_001))


def accepted_then_churned(world: World) -> None:
    accepted(world)
    world["new", "group_statistics", ENTRA_NAME][0]["Count"] = 60_007


def no_large(world: World) -> None:
    world["new", "group_statistics", ENTRA_NAME] = [group_count("Edge", entra_dn(73), 50_000)]


def old_build(version: str) -> Callable[[World], None]:
    return lambda world: world["old", "product_version"].update(ProductVersion=version)


def old_runs(*more: dict[str, Any]) -> Callable[[World], None]:
    return lambda world: world["old", "runs"].extend(more)


def without(*profiles: str) -> Callable[[World], None]:
    def change(world: World) -> None:
        world["old", "runs"] = [one for one in world["old", "runs"] if one["RunProfileName"] not in profiles]

    return change


def stale(world: World) -> None:
    without("Delta Import")(world)
    old_runs(run(500, AD, "Delta Import", 400), run(501, ENTRA, "Delta Import", 400))(world)


def on_v2(world: World) -> None:
    api("old", 5, imports=2, exports=2)(world)


def clone_left(*, disabled: bool) -> Callable[[World], None]:
    def change(world: World) -> None:
        clone = {**default_rules()[0], "Identifier": "00000000-0000-4000-8000-000000000077"}
        name = f"{clone['Name']} - Cloned"
        clone |= {"Name": name, "Precedence": 98, "IsStandardRule": False, "Disabled": disabled}
        world["new", "rules"].append({**clone, "ImmutableTag": None, "VersionAgnosticTag": None})

    return change


CASES = [
    Case("LG-01v2", "small groups match", "pass", "Staff (CN=Staff,OU=Groups,DC=contoso,DC=com): 3 members",
         "deployed"),
    Case("LG-01v2", "a large one waits", "pass", "old can send 50,000; new has 60,000 members staged", "promote"),
    Case("LG-01v2", "larger than both can send", "not-applicable", "new 50,000: neither one sends it", "promote",
         all_of(lambda world: world.__setitem__(("new", "rules"), default_rules()),
                lambda world: world.environment["groups"].update(prove=[{"dn": CAMPUS}]),
                lambda world: world.forget("collector", "group_trail", STAFF))),
    Case("LG-01v2", "a large one, nothing staged", "inconclusive", "new lists none of that name", "promote",
         lambda world: world["new", "group_statistics", ENTRA_NAME].clear()),
    Case("LG-01v2", "a large one, not read", "error", "group_statistics", "promote",
         lambda world: world.refuse("new", "group_statistics")),
    Case("LG-01v2", "all match", "pass", "60,000 members on both sides", "soak"),
    Case("LG-01v2", "count and list differ", "inconclusive", "Graph counts 4 members and lists 3", "deployed",
         lambda world: world.__setitem__(("tenant", "members_count", "cloud-Staff"), 4)),
    Case("LG-01v2", "one short", "fail", "1 missing and 0 too many", "deployed", one_short("Staff", 3)),
    Case("LG-01v2", "one swapped", "fail", "1 missing and 1 too many", "deployed", swapped),
    Case("LG-01v2", "60,000 one short", "fail", "1 missing", "soak", one_short("Campus", 60_000)),
    Case("LG-01v2", "one short after an export", "fail", "1 missing", "switched", one_short("Campus", 60_000)),
    Case("LG-01v2", "one short before an export", "inconclusive", "nothing was exported since the switch", "switched",
         all_of(no_exports, one_short("Campus", 60_000))),
    Case("LG-01v2", "not in Entra before an export", "inconclusive", "it is not in Entra ID, and nothing", "switched",
         all_of(no_exports, not_in_cloud(CAMPUS, 71))),
    Case("LG-01v2", "a pending export settles it", "inconclusive", "pending exports would settle it", "deployed",
         pending),
    Case("LG-01v2", "not in Entra", "fail", "it is not in Entra ID", "deployed", not_in_cloud(STAFF, 70)),
    Case("LG-01v2", "not sent", "fail", "old does not send it: filtered", "deployed",
         trail(STAFF, entra=None, cloud=None, why="filtered")),
    Case("LG-01v2", "not found", "fail", "there is no such object", "deployed", no_such_object),
    Case("LG-01v2", "Graph could not be asked", "error", "group_by_sid", "deployed",
         cut("tenant", "group_by_sid", cloud=None)),
    Case("LG-01v2", "its SID could not be read", "error", "group_sid", "deployed",
         cut("old", "group_sid", cloud=None, sid=None)),
    Case("LG-01v2", "its lineage could not be read", "error", "group_lineage", "deployed",
         cut("old", "group_lineage", entra=None)),
    Case("LG-01v2", "its object could not be read", "error", "group_object", "deployed",
         cut("old", "group_object", ad=None, mv=None, entra=None)),
    Case("LG-01v2", "its size could not be read", "error", "group_statistics", "deployed",
         cut("old", "group_statistics", entra=None, ad_count=None)),
    Case("LG-01v2", "a nested group", "pass", "3 members on both sides", "deployed", nested(NESTED_SID)),
    Case("LG-01v2", "another nested group", "fail", "1 missing and 1 too many", "deployed",
         nested("S-1-5-21-1-2-3-556")),
    Case("LG-01v2", "too large for the service", "not-applicable", "it cannot be in Entra ID", "soak",
         all_of(only_large, too_large)),
    Case("LG-01v2", "no group is named", "inconclusive", "names no group to prove", "deployed", no_groups),
    Case("LG-01v2", "neither form is readable", "inconclusive", "its members cannot be read", "deployed",
         lambda world: world.refuse("old", "group_references", Outcome.PARTIAL)),
    Case("LG-01v2", "members refused", "error", "members", "deployed", lambda world: world.refuse("tenant", "members")),
    Case("LG-01v2", "all over a size", "pass", "members", "soak", every_group_over(3)),
    Case("LG-01v2", "one over the size was not followed", "error", "group_trail of Everyone", "soak",
         all_of(every_group_over(3), too_large, trail(CAMPUS, ad_count=60_000))),
    Case("LG-01v2", "sizes could not be read", "error", "group_statistics of contoso.com: denied", "soak",
         all_of(every_group_over(3), lambda world: world.refuse("new", "group_statistics"))),
    Case("LG-01v2", "no trail", "error", "group_trail", "deployed",
         lambda world: world.forget("collector", "group_trail", STAFF)),
    Case("LG-02v1", "equal", "pass", "3 members on-premises and expected", "deployed"),
    Case("LG-02v1", "out of scope", "pass", "1 members are out of scope, one by one", "deployed", left_out(None)),
    Case("LG-02v1", "a placeholder", "pass", "out of scope", "deployed",
         left_out({"IsConnector": False, "IsPlaceHolder": True})),
    Case("LG-02v1", "in scope", "fail", "1 members in scope are not sent", "deployed",
         left_out({"IsConnector": True, "IsPlaceHolder": False})),
    Case("LG-02v1", "not looked up", "inconclusive", "were not looked up", "deployed", left_out(None, looked=False)),
    Case("LG-02v1", "before an export", "inconclusive", "nothing was exported since", "switched", no_exports),
    Case("LG-02v1", "size unknown", "inconclusive", "no group statistics tell", "deployed",
         trail(STAFF, ad_count=None)),
    Case("LG-02v1", "none within reach", "not-applicable", "no group to prove is within reach", "deployed", only_large),
    Case("LG-03v1", "none", "pass", "no group has more than 250,000 members", "soak"),
    Case("LG-03v1", "one", "fail", "Everyone has 260,000 members, the new server can send 250,000", "soak", too_large),
    Case("RB-01v1", "not accepted", "fail", "rollback.accepted_groups_digest = ", "rollback"),
    Case("RB-01v1", "a swing to V1 loses them too", "fail", "would delete 1 groups (Campus)", "rollback", plan=SWING),
    Case("RB-01v1", "accepted", "pass", "the loss of 1 groups is accepted", "rollback", accepted),
    Case("RB-01v1", "accepted, then churned", "pass", "is accepted", "rollback", accepted_then_churned),
    Case("RB-01v1", "accepted, then one more", "fail", "would delete 2 groups", "rollback", accepted_then_grown),
    Case("RB-01v1", "none", "pass", "no group has more than 50,000 members", "rollback", no_large),
    Case("RB-01v1", "a swing to V2", "not-applicable", "old is on V2", "rollback", on_v2, plan=SWING),
    Case("RB-02v1", "2.x", "inconclusive", "on 2.6.92.0 is unknown", "rollback"),
    Case("RB-02v1", "1.6", "pass", "1.6.4.0 takes both versions", "rollback",
         lambda world: world["new", "product_version"].update(ProductVersion="1.6.4.0")),
    Case("RB-02v1", "a swing", "not-applicable", "by a swing", "rollback", plan=SWING),
    Case("RB-03v1", "supported", "pass", "2.6.92.0 is supported", "rollback", plan=SWING),
    Case("RB-03v1", "1.x", "fail", "1.6.4.0 is 1.x: it is no way back", "rollback", old_build("1.6.4.0"), plan=SWING),
    Case("RB-03v1", "below the floor", "fail", "below", "rollback", old_build("2.4.18.0"), plan=SWING),
    Case("RB-03v1", "unknown", "inconclusive", "not in the version table", "rollback", old_build("2.9.0.0"),
         plan=SWING),
    Case("RB-03v1", "by endpoint", "not-applicable", "by endpoint", "rollback"),
    Case("RB-04v1", "ready", "pass", "it is staged", "rollback", plan=SWING),
    Case("RB-04v1", "scheduler off", "fail", "its scheduler is off", "rollback",
         lambda world: world["old", "scheduler"].update(SyncCycleEnabled=False), plan=SWING),
    Case("RB-04v1", "active", "fail", "it is not in staging mode", "rollback",
         lambda world: world["old", "scheduler"].update(StagingModeEnabled=False), plan=SWING),
    Case("RB-04v1", "a full run is owed", "fail", "a full run is owed", "rollback",
         lambda world: world["old", "overrides"].append(
             {"ConnectorIdentifier": ENTRA, "FullImportRequired": False, "FullSyncRequired": True}), plan=SWING),
    Case("RB-04v1", "by endpoint", "not-applicable", "by endpoint", "rollback"),
    Case("RB-05v1", "in step", "pass", "Delta Import", "rollback", plan=SWING),
    Case("RB-05v1", "stale", "fail", "older than 3:00:00", "rollback", stale, plan=SWING),
    Case("RB-05v1", "never imported", "fail", "no import", "rollback", without("Delta Import", "Full Import"),
         plan=SWING),
    Case("RB-05v1", "never synchronized", "fail", "no synchronization", "rollback",
         without("Delta Synchronization", "Full Synchronization"), plan=SWING),
    Case("RB-05v1", "version 1 refuses large groups", "pass", "version 1 refuses the large groups", "rollback",
         old_runs(run(510, AD, "Delta Synchronization", 5, "completed-sync-errors")), plan=SWING),
    Case("RB-05v1", "other sync errors", "fail", "stopped-server", "rollback",
         old_runs(run(510, AD, "Delta Synchronization", 5, "stopped-server")), plan=SWING),
    Case("RB-05v1", "by endpoint", "not-applicable", "by endpoint", "rollback"),
    Case("RB-06v1", "both back", "pass", "V1 on both", "rolled-back"),
    Case("RB-06v1", "only export back", "fail", "V1 is needed, found import 2, export 1", "rolled-back", api("new",
         imports=2)),
    Case("RB-06v1", "a swing", "not-applicable", "by a swing", "rolled-back", plan=SWING),
    Case("RB-07v1", "done", "pass", "enabled, without a clone", "rolled-back"),
    Case("RB-07v1", "clone left", "fail", "is still there", "rolled-back", clone_left(disabled=False)),
    Case("RB-07v1", "clone only disabled", "fail", "is still there", "rolled-back", clone_left(disabled=True)),
    Case("RB-07v1", "default still disabled", "fail", "'Out to AAD - Group Join' is still disabled", "rolled-back",
         lambda world: world["new", "rules"][0].update(Disabled=True)),
    Case("RB-07v1", "no such rules", "inconclusive", "none of the default rules", "rolled-back",
         lambda world: world.__setitem__(("new", "rules"), world["new", "rules"][2:])),
    Case("RB-07v1", "a swing", "not-applicable", "by a swing", "rolled-back", plan=SWING),
]  # fmt: skip
