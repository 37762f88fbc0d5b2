"""Does the new server do what the old one does, except where the plan wants it otherwise? [entra §5.2, §6 P21-P29]."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from fixtures.facts.parity import Comparison, Weight

if TYPE_CHECKING:
    from fixtures.facts.pair import Migration
    from fixtures.facts.parity import Difference
    from fixtures.facts.result import Result

PAIR = ("deployed", "promote", "finish", "nightly")
RULES = ("rules", "connector_settings")
BUILD = ("product_version", "global_parameters")
"""Either tells the build; files have the second one only."""


def _say(result: Result, subject: str, compared: int, what: str, differences: tuple[Difference, ...]) -> None:
    """One row for each difference that blocks, and one for all the others."""
    blocking = [difference for difference in differences if difference.weight is Weight.BLOCKING]
    for difference in blocking:
        facts = {"old": difference.old, "new": difference.new, "kind": difference.kind, "aspect": difference.aspect}
        result.failed(difference.name, str(difference), facts)
    others = {
        weight: [str(difference) for difference in differences if difference.weight is weight]
        for weight in (Weight.EXPECTED, Weight.HARMLESS)
    }
    if not blocking:
        told = ", ".join(f"{len(found)} {weight} differences" for weight, found in others.items() if found)
        result.passed(
            subject,
            f"{compared} {what} compared, {told or 'no difference'}",
            {weight.value: found for weight, found in others.items() if found},
        )


@pytest.mark.check(
    "PA-01v1",
    title="Custom rules are the same on both servers",
    severity="blocking",
    gates=PAIR,
    claims=("S3-33", "S3-44", "S3-48", "S3-50", "S3-51"),
    pitfalls=("P21", "P44"),
    reads=RULES,
    optional_reads=BUILD,
)
def test_custom_rules_are_the_same(migration: Migration, result: Result) -> None:
    """Nothing carries a rule from one server to the other but the people who do it.

    Why: a rule that is missing, switched on again or changed on the new server rewrites objects at the first export.
    Judged: rules are matched by name, direction and connector (an AD connector by its forest); scope, join, flows and
    state must be equal, spaces and the order of conditions aside. Copies that raise the member limit are the plan's in
    a v2-endpoint migration; what else they change is not. Precedence numbers and identifiers are not compared.
    Fix: export the rule from the old server, replace the connector's GUID and import it, or list it in
    [[parity.expected]].
    """
    comparison = Comparison(migration)
    if why := comparison.spared:
        result.not_applicable("both servers", why, {"old_exit": migration.plan.old_exit})
        return
    old, _ = comparison.books
    _say(result, "both servers", len(old.custom), "custom rules of the old server", comparison.custom_rules)


@pytest.mark.check(
    "PA-02v1",
    title="Standard rules are the same on both servers",
    severity="blocking",
    gates=PAIR,
    claims=("S3-18", "S3-19", "S3-33"),
    pitfalls=("P22", "P44"),
    reads=RULES,
    optional_reads=BUILD,
)
def test_standard_rules_are_the_same(migration: Migration, result: Result) -> None:
    """A standard rule that was edited in place is gone on a new installation.

    Why: its flows or its disabled state were somebody's decision, and an upgrade sets them back without a word.
    Judged: rules are matched by tag. Of one tag version the content must be equal; of two versions it may differ, as
    products do; whether it is enabled must be equal always. A rule only the newer build has is harmless. In a
    v2-endpoint migration the two rules that limit members may differ in state and in the member flow, and one that does
    nothing else may be gone; between two builds the limit itself may differ. The limit has a check of its own.
    Fix: make the decision a custom rule on both servers, or list the difference in [[parity.expected]].
    """
    comparison = Comparison(migration)
    if why := comparison.spared:
        result.not_applicable("both servers", why, {"old_exit": migration.plan.old_exit})
        return
    old, _ = comparison.books
    standard = sum(rule.is_standard for rule in old.rules)
    _say(result, "both servers", standard, "standard rules of the old server", comparison.standard_rules)


@pytest.mark.check(
    "PA-03v1",
    title="Custom rules apply in the same order",
    severity="blocking",
    gates=PAIR,
    claims=("S3-33", "S3-51"),
    pitfalls=("P21",),
    reads=("rules", "connector_settings"),
)
def test_custom_rules_apply_in_the_same_order(migration: Migration, result: Result) -> None:
    """Where two rules flow one attribute, the lower precedence wins.

    Why: rules imported in another order hold the same text and give other values.
    Judged: the enabled custom rules of both servers, by direction, stand in the same order; their numbers may differ.
    Fix: give the rules of the new server precedences in the order of the old one.
    """
    comparison = Comparison(migration)
    if why := comparison.spared:
        result.not_applicable("both servers", why, {"old_exit": migration.plan.old_exit})
        return
    old, _ = comparison.books
    enabled = sum(rule.enabled for rule in old.custom)
    _say(result, "both servers", enabled, "enabled custom rules of the old server", comparison.order)


@pytest.mark.check(
    "PA-04v1",
    title="Both servers are connected to the same forests",
    severity="blocking",
    gates=PAIR,
    claims=("S3-45",),
    reads=("connector_settings",),
)
def test_both_servers_connect_the_same_forests(migration: Migration, result: Result) -> None:
    """Settings import brings the forests that were chosen in the wizard, and nothing checks that it was all of them.

    Why: objects of a forest that is missing on the new server are deletions in Entra ID.
    Judged: connectors are matched by what they lead to: Entra ID, an AD forest by its name, any other by its name.
    Fix: add the forest in the wizard of the new server, with the same domains and containers.
    """
    comparison = Comparison(migration)
    if why := comparison.spared:
        result.not_applicable("both servers", why, {"old_exit": migration.plan.old_exit})
        return
    _say(result, "both servers", len(comparison.connectors[0]), "connectors of the old server", comparison.forests)


@pytest.mark.check(
    "PA-05v1",
    title="Domain and OU filters are the same",
    severity="blocking",
    gates=PAIR,
    claims=("S3-46",),
    pitfalls=("P24",),
    reads=("connector_settings",),
)
def test_domain_and_ou_filters_are_the_same(migration: Migration, result: Result) -> None:
    """The filter decides which objects exist for a server.

    Why: an OU that is left out makes its objects deletions, one too many brings objects nobody asked for.
    Judged: for each connector of both servers the selected partitions, their included and excluded containers (DNs
    without case, in any order) and the group filter are equal.
    Fix: select the same containers in the wizard of the new server, then run a full import and synchronization.
    """
    comparison = Comparison(migration)
    if why := comparison.spared:
        result.not_applicable("both servers", why, {"old_exit": migration.plan.old_exit})
        return
    partitions = sum(len(settings.partitions) for settings in comparison.connectors[0].values())
    _say(result, "both servers", partitions, "partitions of the old server", comparison.scope("partition"))


@pytest.mark.check(
    "PA-06v1",
    title="The same object types are selected",
    severity="blocking",
    gates=PAIR,
    claims=("S3-33", "S3-44"),
    pitfalls=("P25",),
    reads=("connector_settings",),
)
def test_the_same_object_types_are_selected(migration: Migration, result: Result) -> None:
    """Settings import does not carry the selection of object types.

    Why: contacts or devices that the new server does not import are deletions in Entra ID.
    Judged: ObjectInclusionList of each connector and ObjectClasses of each selected partition are equal sets. An
    exported configuration has no ObjectInclusionList: two of them are compared by partition, one of them not at all.
    Fix: select the same object types in the Synchronization Service Manager of the new server, then import in full.
    """
    comparison = Comparison(migration)
    if why := comparison.spared:
        result.not_applicable("both servers", why, {"old_exit": migration.plan.old_exit})
        return
    types = comparison.object_types
    _say(result, "both servers", types, "selected object types of the old server", comparison.scope("object type"))
    for place in comparison.without_object_types:
        result.inconclusive(place, "only one server tells its ObjectInclusionList; the classes of partitions agree")


@pytest.mark.check(
    "PA-07v1",
    title="The same attributes are selected",
    severity="blocking",
    gates=PAIR,
    claims=("S3-33", "S3-44", "S3-52"),
    pitfalls=("P25",),
    reads=("connector_settings",),
)
def test_the_same_attributes_are_selected(migration: Migration, result: Result) -> None:
    """Settings import does not carry the selection of attributes, and a schema that was not refreshed has fewer.

    Why: an attribute that the new server does not import is empty for it, and the first export clears it.
    Judged: every attribute in the old server's AttributeInclusionList stands in the new one's; more are harmless.
    Fix: refresh the schema, select the same attributes on the new server, then run a full import.
    """
    comparison = Comparison(migration)
    if why := comparison.spared:
        result.not_applicable("both servers", why, {"old_exit": migration.plan.old_exit})
        return
    attributes = sum(len(settings.attributes.shown) for settings in comparison.connectors[0].values())
    _say(result, "both servers", attributes, "selected attributes of the old server", comparison.scope("attribute"))


@pytest.mark.check(
    "PA-08v1",
    title="The new server has every run profile",
    severity="advisory",
    gates=PAIR,
    claims=("S3-33", "S3-44"),
    reads=("connector_settings",),
)
def test_the_new_server_has_every_run_profile(migration: Migration, result: Result) -> None:
    """Settings import does not carry run profiles that somebody added.

    Why: a script that starts such a profile fails on the new server after the switch, and no scheduler says so.
    Judged: every run profile of the old server's connectors is on the new one, and the five that a cycle needs as well.
    Fix: add the profile in the Synchronization Service Manager of the new server.
    """
    comparison = Comparison(migration)
    if why := comparison.spared:
        result.not_applicable("both servers", why, {"old_exit": migration.plan.old_exit})
        return
    profiles = sum(len(settings.run_profiles.shown) for settings in comparison.connectors[0].values())
    _say(result, "both servers", profiles, "run profiles of the old server", comparison.scope("run profile"))
    for missing in comparison.missing_profiles:
        result.failed(missing, f"{missing} is not there, and a cycle needs it")


@pytest.mark.check(
    "PA-09v1",
    title="Both servers use the same source anchor",
    severity="blocking",
    gates=PAIR,
    claims=("S3-33", "S3-44"),
    pitfalls=("P16", "P17"),
    reads=("global_parameters",),
    waivable=False,
)
def test_both_servers_use_the_same_source_anchor(migration: Migration, result: Result) -> None:
    """The anchor ties an account in AD to the one in Entra ID.

    Why: with another attribute the new server sees no account as its own: everything is added again, or deleted.
    Judged: Microsoft.SynchronizationOption.AnchorAttribute is equal on both; no list can approve a difference.
    Fix: install the new server again with the anchor of the old one.
    """
    comparison = Comparison(migration)
    if why := comparison.spared:
        result.not_applicable("both servers", why, {"old_exit": migration.plan.old_exit})
        return
    old, new = comparison.anchors
    facts = {"old": old, "new": new}
    if not old or not new:
        silent = " and ".join(name for name, value in (("old", old), ("new", new)) if not value)
        result.inconclusive("source anchor", f"{silent} does not name its source anchor", facts)
    elif old.casefold() == new.casefold():
        result.passed("source anchor", f"both use {new}", facts)
    else:
        result.failed("source anchor", f"old uses {old}, new uses {new}", facts)


@pytest.mark.check(
    "PA-10v1",
    title="Optional features and global parameters are the same",
    severity="blocking",
    gates=PAIR,
    claims=("S1-3", "S2-3", "S3-44", "S3-47"),
    pitfalls=("P28", "P29"),
    reads=("global_parameters",),
    optional_reads=("product_version",),
)
def test_features_and_parameters_are_the_same(migration: Migration, result: Result) -> None:
    """Optional features are switched in the wizard of each server.

    Why: device writeback is listed by settings import and not applied; a feature that is off stops with the switch.
    Judged: every global parameter is equal, but for those that describe the machine, the build or the schedule, the
    local copy of the deletion threshold, and automatic upgrade. Off and not there are the same.
    Fix: set the feature in the wizard of the new server, or list the difference in [[parity.expected]].
    """
    comparison = Comparison(migration)
    if why := comparison.spared:
        result.not_applicable("both servers", why, {"old_exit": migration.plan.old_exit})
        return
    _say(
        result,
        "both servers",
        len(migration.old.parameters),
        "global parameters of the old server",
        comparison.parameters,
    )


@pytest.mark.check(
    "PA-11v1",
    title="The same directory extensions are synchronized",
    severity="blocking",
    gates=PAIR,
    claims=("S3-33", "S3-44"),
    pitfalls=("P27",),
    reads=("global_parameters",),
)
def test_the_same_directory_extensions_are_synchronized(migration: Migration, result: Result) -> None:
    """Directory extensions were lost by settings import more than once.

    Why: applications read them; an extension that is missing on the new server is emptied on every object.
    Judged: the parameters of directory extensions are equal on both, lists in any order.
    Fix: select the same attributes under Directory extensions in the wizard of the new server.
    """
    comparison = Comparison(migration)
    if why := comparison.spared:
        result.not_applicable("both servers", why, {"old_exit": migration.plan.old_exit})
        return
    _say(result, "both servers", 1, "set of directory extensions", comparison.extensions)
