"""In-place upgrade and the margin of groups: what each check says to which change."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fixtures.answers import Outcome

from .healthy import AD, AD_NAME, ENTRA, ago, default_rules, event, group_count, run
from .running import Case, all_of

if TYPE_CHECKING:
    from .running import Change
    from .world import World

JOIN = "Out to AAD - Group Join"
UPGRADED = "/Date(1795156200000)/"  # 2026-11-20 06:30


def rules(limit: int = 50_000) -> Change:
    return lambda world: world.__setitem__(("new", "rules"), default_rules(limit))


def audited(name: str) -> Change:
    def change(world: World) -> None:
        told = f"Custom synchronization rule updated. Rule name: {name}."
        world["new", "events_audit"].append(event(2510, told, 60, "Directory Synchronization"))

    return change


def twin(world: World) -> None:
    world["new", "rules"].append({**world["new", "rules"][0], "IsStandardRule": False, "Disabled": True})


def override(world: World) -> None:
    world["new", "overrides"].append({"ConnectorIdentifier": AD, "FullImportRequired": True, "FullSyncRequired": True})


def connectors_changed(world: World) -> None:
    for connector in world["new", "connectors"]:
        connector["LastModificationTime"] = UPGRADED


def full_runs(world: World) -> None:
    for connector in (AD, ENTRA):
        world["new", "runs"] += [
            run(500, connector, "Full Import", 60),
            run(501, connector, "Full Synchronization", 50),
        ]


def standby(*, staging: bool) -> Change:
    def change(world: World) -> None:
        world.environment["servers"]["old"]["purpose"] = "standby"
        world.environment["plan"]["kind"] = "in-place"
        world["old", "scheduler"]["StagingModeEnabled"] = staging

    return change


def build(version: str) -> Change:
    return lambda world: world["new", "product_version"].update(ProductVersion=version)


def largest(count: int) -> Change:
    return lambda world: world["new", "group_statistics", AD_NAME].append(group_count("Large", "CN=Large", count))


CASES = [
    Case("IP-01v1", "few", "pass", "the largest connector has 9 objects", "in-place"),
    Case("IP-01v1", "many", "fail", "120,000 objects", "in-place",
         lambda world: world["new", "connector_statistics", AD_NAME].update(TotalConnectors=120_000)),
    Case("IP-01v1", "denied", "error", "connector_statistics", "in-place",
         lambda world: world.refuse("new", "connector_statistics", Outcome.DENIED)),
    Case("IP-02v1", "copies only", "pass", "no edit of the 3 rules", "in-place"),
    Case("IP-02v1", "as shipped", "pass", "no edit", "in-place", rules()),
    Case("IP-02v1", "audited", "fail", "was edited: event 2510", "in-place", all_of(rules(), audited(JOIN))),
    Case("IP-02v1", "a copy was audited", "pass", "no edit", "in-place", audited(f"{JOIN} - Cloned - 11/19/2026")),
    Case("IP-02v1", "a default was disabled", "pass", "no edit", "in-place", audited(JOIN)),
    Case("IP-02v1", "a twin", "fail", "stands there twice", "in-place", all_of(rules(), twin)),
    Case("IP-02v1", "a limit of ones own", "fail", "75,000, which no build ships", "in-place", rules(75_000)),
    Case("IP-02v1", "a young log", "inconclusive", "the log begins at", "in-place",
         lambda world: world["new", "events_oldest"].update(TimeCreated=ago(hours=2))),
    Case("IP-03v1", "there", "pass", "is there", "in-place"),
    Case("IP-03v1", "missing", "fail", "no connector has the identifier b891884f", "upgraded",
         lambda world: world["new", "connectors"].pop()),
    Case("IP-04v1", "none", "pass", "no override is there", "in-place"),
    Case("IP-04v1", "one", "fail", "is owed already", "in-place", override),
    Case("IP-05v1", "not changed since", "pass", "both came after its change", "upgraded"),
    Case("IP-05v1", "done", "pass", "both came after its change", "upgraded", all_of(connectors_changed, full_runs)),
    Case("IP-05v1", "deferred", "inconclusive", "deferred, or not asked for", "upgraded", connectors_changed),
    Case("IP-05v1", "owed", "fail", "and it is owed", "upgraded", all_of(connectors_changed, override)),
    Case("IP-05v1", "not told", "inconclusive", "does not tell when", "upgraded",
         lambda world: world["new", "connectors"][0].pop("LastModificationTime")),
    Case("IP-06v1", "one server", "not-applicable", "one server only", "in-place"),
    Case("IP-06v1", "a standby", "pass", "stands by in staging mode", "in-place", standby(staging=True)),
    Case("IP-06v1", "an active standby", "fail", "is no standby", "in-place", standby(staging=False)),
    Case("IP-07v1", "the newest", "pass", "2.6.92.0 is installed", "upgraded"),
    Case("IP-07v1", "the target", "pass", "2.6.91.0 is installed", "upgraded", build("2.6.91.0"),
         plan={"target": "2.6.91.0"}),
    Case("IP-07v1", "not upgraded", "fail", "2.6.92.0 is installed, 2.6.93.0 was to be", "upgraded",
         plan={"target": "2.6.93.0"}),
    Case("IP-07v1", "an older one", "inconclusive", "is it the target? 2.6.92.0 is out", "upgraded", build("2.6.3.0")),
    Case("LG-04v1", "far away", "pass", "the largest group within 250,000 has 60,000", "deployed"),
    Case("LG-04v1", "close", "fail", "Large has 240,000 members, 96% of 250,000", "deployed", largest(240_000)),
    Case("LG-04v1", "just below", "pass", "has 225,000 members", "deployed", largest(225_000)),
    Case("LG-04v1", "too large is another matter", "pass", "has 60,000", "deployed", largest(300_000)),
]  # fmt: skip
