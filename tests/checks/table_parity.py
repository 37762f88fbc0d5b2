"""Old and new side by side: what each check says to which change."""

from __future__ import annotations

import copy
from typing import TYPE_CHECKING, Any

from fixtures.answers import Outcome

from .healthy import AD, cloned_rules, default_rules, rule
from .healthy_parity import settings
from .running import Case, all_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from .running import Change
    from .world import World

OTHER_AD = "66666666-2222-4333-8444-555555555555"
DEPARTMENT = "In from AD - User department"
STOPPED = {"old_exit": "stopped"}
SWING = {"kind": "version-swing"}
STOPPED_TEXT = "the plan has it stopped after the switch"


def flow(source: list[str], destination: str, expression: str | None = None) -> dict[str, Any]:
    return {
        "Source": source, "Destination": destination, "FlowType": 2 if expression else 0, "Expression": expression,
        "ValueMergeType": 0, "ExecuteOnce": False,
    }  # fmt: skip


def user_rule(number: int = 40, name: str = DEPARTMENT, precedence: int = 50, **changes: Any) -> dict[str, Any]:
    made = rule(number, name, precedence, 0, Direction=0, Connector=AD, LinkType=2, **changes)
    made["AttributeFlowMappings"] = [
        flow(["department"], "department"),
        flow([], "title", 'Left([title] & " of us", 64)'),
    ]
    made["JoinFilter"] = [
        {"JoinConditionList": [{"CSAttribute": "objectGUID", "MVAttribute": "sourceAnchorBinary",
                                "CaseSensitive": False}]}
    ]  # fmt: skip
    return made


def on(server: str, *rules: dict[str, Any]) -> Change:
    def change(world: World) -> None:
        world[server, "rules"] += copy.deepcopy(list(rules))

    return change


def pair(left: dict[str, Any], right: dict[str, Any]) -> Change:
    return all_of(on("old", left), on("new", right))


def edited(**changes: Any) -> dict[str, Any]:
    return {**user_rule(), **changes}


def with_expression(text: str) -> dict[str, Any]:
    made = user_rule()
    made["AttributeFlowMappings"][1]["Expression"] = text
    return made


def listed(**item: str) -> Change:
    def change(world: World) -> None:
        world.environment["parity"] = {"expected": [{"reason": "change 4711", **item}]}

    return change


def moved(world: World) -> None:
    """Another installation has other identifiers, the forest is the same."""
    for record in (world["new", "connector_settings"][0], *world["new", "rules"]):
        for name in ("Identifier", "Connector"):
            if record.get(name) == AD:
                record[name] = OTHER_AD


def silent(world: World) -> None:
    world.silence("old")


def both_cloned(world: World) -> None:
    """The same clones on both, but for the day in their names; one that the new server lacks is disabled."""
    world["old", "rules"] = cloned_rules()
    for found in world["old", "rules"]:
        found["Name"] = found["Name"].replace("11/19/2026", "2025-03-01")
    world["old", "rules"].append(
        rule(6, "Out to AAD - Group Join - Cloned", 97, 250_000, Disabled=True, AttributeFlowMappings=[])
    )


def common(server: str, tag: int, *, disabled: bool = False, source: str = "cn") -> Change:
    """The standard rule In from AD - Group Common with a tag version."""

    def change(world: World) -> None:
        name = "Microsoft.InfromADGroupCommon"
        found = world.rule(server, "In from AD - Group Common")
        found["IsStandardRule"], found["VersionAgnosticTag"] = True, name
        found["ImmutableTag"] = {"TagValue": f"{name}.{tag:03d}"}
        found["Disabled"] = disabled
        found["AttributeFlowMappings"] = [flow([source], "commonName")]

    return change


def old_build(version: str) -> Change:
    def change(world: World) -> None:
        world["old", "product_version"]["ProductVersion"] = version

    return change


def raised_defaults(world: World) -> None:
    world["new", "rules"] = default_rules(250_000)


def without_common(server: str) -> Change:
    def change(world: World) -> None:
        world[server, "rules"].remove(world.rule(server, "In from AD - Group Common"))

    return change


def flow_of_clone(world: World) -> None:
    clone = world.rule("new", "Out to AAD - Group Join - Cloned")
    clone["AttributeFlowMappings"].pop()


def connector(server: str, change: Callable[[dict[str, Any]], object], number: int = 0) -> Change:
    return lambda world: change(world[server, "connector_settings"][number])


def partition(server: str, change: Callable[[dict[str, Any]], object]) -> Change:
    return connector(server, lambda found: change(found["Partitions"][0]))


def scope(server: str, name: str, *, add: str = "", remove: int | None = None) -> Change:
    def change(found: dict[str, Any]) -> None:
        names = found["ConnectorPartitionScope"][name]
        if add:
            names.append(add)
        if remove is not None:
            names.pop(remove)

    return partition(server, change)


def fabrikam(server: str) -> Change:
    made = settings(OTHER_AD, "fabrikam.com", "DC=fabrikam,DC=com", [], ["user"])
    return lambda world: world[server, "connector_settings"].append(made)


def parameter(server: str, name: str, value: str | None) -> Change:
    def change(world: World) -> None:
        kept = [item for item in world[server, "global_parameters"] if item["Name"] != name]
        world[server, "global_parameters"] = kept + ([{"Name": name, "Value": value}] if value is not None else [])

    return change


def untyped(server: str) -> Change:
    """As a configuration folder brings it."""

    def change(world: World) -> None:
        for found in world[server, "connector_settings"]:
            found["ObjectInclusionList"] = None

    return change


def configured_by(server: str, version: str = "2.6.92.0") -> Change:
    """Files do not tell the version of the program."""

    def change(world: World) -> None:
        world.refuse(server, "product_version", Outcome.NOT_OFFERED)
        parameter(server, "Microsoft.Synchronize.ServerConfigurationVersion", version)(world)

    return change


FEATURE = "Microsoft.OptionalFeature."
ANCHOR = "Microsoft.SynchronizationOption.AnchorAttribute"
EXTENSION = FEATURE + "DirectoryExtensionAttributes"
SWAPPED = all_of(
    on("old", user_rule(40, "first", 10), user_rule(41, "second", 20)),
    on("new", user_rule(42, "second", 10), user_rule(43, "first", 20)),
)

CASES = [
    Case("PA-01v1", "equal", "pass", "0 custom rules", "nightly"),
    Case("PA-01v1", "clones of the plan", "pass", "2 expected differences", "deployed"),
    Case("PA-01v1", "the same rule", "pass", "1 custom rules", "promote", pair(user_rule(), user_rule(90))),
    Case("PA-01v1", "other identifiers", "pass", "1 custom rules", "promote",
         all_of(pair(user_rule(), user_rule(90)), moved)),
    Case("PA-01v1", "case, precedence and spaces", "pass", "2 expected differences", "promote",
         pair(user_rule(), {**with_expression('left( [Title]&" of us",64 )'), "Name": DEPARTMENT.upper(),
                            "Precedence": 7})),
    Case("PA-01v1", "a space in a string", "fail", "flow title: old Left", "promote",
         pair(user_rule(), with_expression('Left([title] & " of  us", 64)'))),
    Case("PA-01v1", "missing", "fail", f"{DEPARTMENT}: presence: old enabled at precedence 50, new (not there)",
         "deployed", on("old", user_rule())),
    Case("PA-01v1", "only on new", "fail", "old (not there), new enabled at precedence 50", "deployed",
         on("new", user_rule())),
    Case("PA-01v1", "missing and disabled", "pass", "1 harmless differences", "deployed",
         on("old", edited(Disabled=True))),
    Case("PA-01v1", "enabled again", "fail", "Disabled: old True, new False", "promote",
         pair(edited(Disabled=True), user_rule())),
    Case("PA-01v1", "edited while disabled", "pass", "1 harmless differences", "promote",
         pair(edited(Disabled=True), {**with_expression("NULL"), "Disabled": True})),
    Case("PA-01v1", "another join", "fail", "join: old objectGUID = sourceAnchorBinary, new (none)", "promote",
         pair(user_rule(), edited(JoinFilter=[]))),
    Case("PA-01v1", "of an unknown connector", "fail", "connector: old forest contoso.com, new unknown connector",
         "promote", pair(user_rule(), edited(Connector=OTHER_AD))),
    Case("PA-01v1", "listed", "pass", "3 expected differences", "promote",
         all_of(on("old", user_rule()), listed(kind="rule", name="in from ad - user dep*", aspect="presence"))),
    Case("PA-01v1", "listed with another value", "fail", "presence", "promote",
         all_of(on("old", user_rule()), listed(kind="rule", name=DEPARTMENT, new="enabled at precedence 3"))),
    Case("PA-01v1", "a clone that lost a flow", "fail", "flow commonname: old cn [Direct], new (not there)",
         "deployed", flow_of_clone),
    Case("PA-01v1", "clones outside of the plan", "fail", "Cloned", "deployed", plan=SWING),
    Case("PA-01v1", "the same clones", "pass", "1 harmless differences", "deployed",
         both_cloned, plan=SWING),
    Case("PA-01v1", "stopped", "not-applicable", STOPPED_TEXT, "finish", silent, plan=STOPPED),
    Case("PA-02v1", "equal", "pass", "3 standard rules", "finish"),
    Case("PA-02v1", "a build that only the configuration tells", "fail", "flow commonname", "promote",
         all_of(common("old", 4), common("new", 5, source="name"), configured_by("old"), configured_by("new"))),
    Case("PA-02v1", "another build that only the configuration tells", "pass", "1 harmless differences", "promote",
         all_of(common("old", 4), common("new", 5, source="name"), configured_by("old", "2.5.3.0"))),
    Case("PA-02v1", "the limit is planned", "pass", "2 expected differences", "deployed"),
    Case("PA-02v1", "the limit is not planned", "fail", "Disabled: old False, new True", "deployed", plan=SWING),
    Case("PA-02v1", "a build without the limiting rule", "pass", "expected differences", "deployed",
         lambda world: world["new", "rules"].pop(1)),
    Case("PA-02v1", "a build without Group Join", "fail", "Out to AAD - Group Join: presence", "deployed",
         lambda world: world["new", "rules"].pop(0)),
    Case("PA-02v1", "the limit of another build", "pass", "2 harmless differences", "deployed",
         all_of(raised_defaults, old_build("2.6.84.0")), plan=SWING),
    Case("PA-02v1", "the limit of one build", "fail", "flow member", "deployed", raised_defaults, plan=SWING),
    Case("PA-02v1", "another tag version", "pass", "1 harmless differences", "promote",
         all_of(common("old", 4), common("new", 5, source="name"), old_build("2.6.84.0"))),
    Case("PA-02v1", "another tag version of one build", "fail", "flow commonname", "promote",
         all_of(common("old", 4), common("new", 5, source="name"))),
    Case("PA-02v1", "edited in place", "fail", "flow commonname: old name [Direct], new cn [Direct]", "promote",
         all_of(common("old", 4, source="name"), common("new", 4), old_build("2.6.84.0"))),
    Case("PA-02v1", "enabled by the upgrade", "fail", "Disabled: old True, new False", "promote",
         all_of(common("old", 4, disabled=True), common("new", 5), old_build("2.6.84.0"))),
    Case("PA-02v1", "disabled on both", "pass", "1 harmless differences", "promote",
         all_of(common("old", 4, disabled=True), common("new", 4, disabled=True, source="name"))),
    Case("PA-02v1", "new in the build", "pass", "1 harmless differences", "promote",
         all_of(common("new", 4), without_common("old"), old_build("2.6.84.0"))),
    Case("PA-02v1", "gone", "fail", "presence: old enabled at precedence 114, new (not there)", "promote",
         all_of(common("old", 4), without_common("new"), old_build("2.6.84.0"))),
    Case("PA-02v1", "stopped", "not-applicable", STOPPED_TEXT, "finish", silent, plan=STOPPED),
    Case("PA-03v1", "equal", "pass", "no difference", "deployed", pair(user_rule(), user_rule(90, precedence=3))),
    Case("PA-03v1", "swapped", "fail", "old first > second, new second > first", "promote", SWAPPED),
    Case("PA-03v1", "stopped", "not-applicable", STOPPED_TEXT, "finish", silent, plan=STOPPED),
    Case("PA-04v1", "equal", "pass", "2 connectors", "deployed", moved),
    Case("PA-04v1", "missing", "fail", "forest fabrikam.com: presence: old connected, new (not there)", "promote",
         fabrikam("old")),
    Case("PA-04v1", "one more", "fail", "old (not there), new connected", "promote", fabrikam("new")),
    Case("PA-04v1", "listed", "pass", "1 expected differences", "promote",
         all_of(fabrikam("old"), listed(kind="connector", name="forest fabrikam.com"))),
    Case("PA-04v1", "stopped", "not-applicable", STOPPED_TEXT, "finish", silent, plan=STOPPED),
    Case("PA-05v1", "equal", "pass", "2 partitions", "deployed"),
    Case("PA-05v1", "left out", "fail", "included container OU=People,DC=contoso,DC=com: old selected, new (not there)",
         "deployed", scope("new", "ContainerInclusionList", remove=1)),
    Case("PA-05v1", "excluded", "fail", "excluded container OU=Guests: old (not there), new selected", "promote",
         scope("new", "ContainerExclusionList", add="OU=Guests")),
    Case("PA-05v1", "domain not selected", "fail", "DC=contoso,DC=com: Selected: old True, new False", "promote",
         partition("new", lambda found: found.update(Selected=False))),
    Case("PA-05v1", "group filter", "fail", "group filter: old CN=Pilot, new (empty)", "promote",
         connector("old", lambda found: found["GlobalParameters"].append(
             {"Name": "Connector.GroupFilteringGroupDn", "Value": "CN=Pilot"}))),
    Case("PA-05v1", "stopped", "not-applicable", STOPPED_TEXT, "finish", silent, plan=STOPPED),
    Case("PA-06v1", "equal", "pass", "10 selected object types", "deployed"),
    Case("PA-06v1", "told by partition only", "pass", "5 selected object types", "deployed",
         all_of(untyped("old"), untyped("new"))),
    Case("PA-06v1", "told by one server only", "inconclusive", "only one server tells", "deployed", untyped("old")),
    Case("PA-06v1", "another partition, and told by one server only", "fail", "object class of the partition user",
         "promote", all_of(untyped("old"), scope("new", "ObjectClasses", remove=0))),
    Case("PA-06v1", "not selected", "fail", "selected object type contact", "deployed",
         connector("new", lambda found: found["ObjectInclusionList"].remove("contact"))),
    Case("PA-06v1", "not in the partition", "fail", "object class of the partition user", "promote",
         scope("new", "ObjectClasses", remove=0)),
    Case("PA-06v1", "stopped", "not-applicable", STOPPED_TEXT, "finish", silent, plan=STOPPED),
    Case("PA-07v1", "equal", "pass", "10 selected attributes", "deployed"),
    Case("PA-07v1", "one less", "fail", "selected attribute mail: old selected, new (not there)", "deployed",
         connector("new", lambda found: found["AttributeInclusionList"].remove("mail"))),
    Case("PA-07v1", "one more", "pass", "1 harmless differences", "deployed",
         connector("new", lambda found: found["AttributeInclusionList"].append("info"))),
    Case("PA-07v1", "stopped", "not-applicable", STOPPED_TEXT, "finish", silent, plan=STOPPED),
    Case("PA-08v1", "equal", "pass", "10 run profiles", "deployed"),
    Case("PA-08v1", "one more on old", "fail", "run profile Nightly Full", "deployed",
         connector("old", lambda found: found["RunProfiles"].append({"Name": "Nightly Full", "RunSteps": []}))),
    Case("PA-08v1", "one more on new", "pass", "1 harmless differences", "deployed",
         connector("new", lambda found: found["RunProfiles"].append({"Name": "Nightly Full", "RunSteps": []}))),
    Case("PA-08v1", "none for a cycle", "fail", "export is not there, and a cycle needs it", "deployed",
         all_of(*(connector(server, lambda found: found["RunProfiles"].pop()) for server in ("old", "new")))),
    Case("PA-08v1", "stopped", "not-applicable", STOPPED_TEXT, "finish", silent, plan=STOPPED),
    Case("PA-09v1", "equal", "pass", "both use mS-DS-ConsistencyGuid", "deployed"),
    Case("PA-09v1", "another", "fail", "old uses mS-DS-ConsistencyGuid, new uses objectGUID", "promote",
         parameter("new", ANCHOR, "objectGUID")),
    Case("PA-09v1", "not told", "inconclusive", "old does not name its source anchor", "promote",
         parameter("old", ANCHOR, None)),
    Case("PA-09v1", "stopped", "not-applicable", STOPPED_TEXT, "finish", silent, plan=STOPPED),
    Case("PA-10v1", "equal", "pass", "harmless differences", "deployed"),
    Case("PA-10v1", "a feature is off", "fail", "PasswordHashSync: value: old True, new False", "promote",
         parameter("new", FEATURE + "PasswordHashSync", "False")),
    Case("PA-10v1", "a feature is not there", "fail", "PasswordHashSync: value: old True, new (not there)", "promote",
         parameter("new", FEATURE + "PasswordHashSync", None)),
    Case("PA-10v1", "off and not there", "pass", "harmless", "promote",
         parameter("old", FEATURE + "HybridExchange", "False")),
    Case("PA-10v1", "unknown in one build", "fail", "Later: value: old (not there), new 7", "promote",
         parameter("new", FEATURE + "Later", "7")),
    Case("PA-10v1", "brought by the build", "pass", "harmless", "promote",
         all_of(parameter("new", FEATURE + "Later", "7"), old_build("2.6.84.0"))),
    Case("PA-10v1", "may differ", "pass", "harmless", "promote",
         parameter("new", FEATURE + "ExportDeletionThresholdValue", "4500")),
    Case("PA-10v1", "listed", "pass", "1 expected differences", "promote",
         all_of(parameter("new", FEATURE + "PasswordHashSync", "False"),
                listed(kind="parameter", name="*.PasswordHashSync", new="False"))),
    Case("PA-10v1", "stopped", "not-applicable", STOPPED_TEXT, "finish", silent, plan=STOPPED),
    Case("PA-11v1", "equal", "pass", "no difference", "deployed",
         parameter("new", EXTENSION, "b.user.String.True,a.user.String.True")),
    Case("PA-11v1", "one less", "fail", "old a.user.String.True,b.user.String.True, new a.user.String.True", "promote",
         parameter("new", EXTENSION, "a.user.String.True")),
    Case("PA-11v1", "all gone", "fail", "new (not there)", "promote", parameter("new", EXTENSION, None)),
    Case("PA-11v1", "off and not there", "pass", "harmless", "promote",
         parameter("old", FEATURE + "DirectoryExtension", "False")),
    Case("PA-11v1", "stopped", "not-applicable", STOPPED_TEXT, "finish", silent, plan=STOPPED),
]  # fmt: skip
