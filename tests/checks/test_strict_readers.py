"""What a build does not have comes back without a value: where a value always is, that is no answer."""

from __future__ import annotations

import pytest

from fixtures.facts.connectors import read_connectors
from fixtures.facts.events import Event, deletes_were_suppressed, rule_was_edited
from fixtures.facts.pair import Migration
from fixtures.facts.parity import Comparison
from fixtures.facts.rules import read_rules
from fixtures.facts.windows_json import UnreadableFactError, collection, filled, given

from .healthy import ENTRA, NOW, cloned_rules
from .world import World


@pytest.mark.parametrize("value", [None, "", "  "])
def test_a_text_that_always_is_there_may_not_be_empty(value: str | None) -> None:
    with pytest.raises(UnreadableFactError, match="Name: expected text that is not empty"):
        filled({"Name": value}, "Name")


def test_an_empty_collection_is_one_and_null_is_none() -> None:
    assert collection({"ScopeFilter": []}, "ScopeFilter") == ()
    with pytest.raises(UnreadableFactError, match="ScopeFilter: expected a collection"):
        collection({"ScopeFilter": None}, "ScopeFilter")


def test_null_is_a_value_that_is_not_given_and_absence_is_not_a_value() -> None:
    assert not given({"Value": None}, "Value")
    with pytest.raises(UnreadableFactError, match="does not hold this property"):
        given({}, "Value")


@pytest.mark.parametrize(
    "name", ["Name", "SourceObjectType", "TargetObjectType", "AttributeFlowMappings", "ScopeFilter"]
)
def test_a_rule_that_lost_what_makes_it_a_limiting_one_is_not_read(name: str) -> None:
    """Read without it, the rule would limit nothing, and the service's own limit would seem to be in force."""
    with pytest.raises(UnreadableFactError, match=name):
        read_rules([{**rule, name: None} for rule in cloned_rules()])


def test_an_expression_without_its_text_is_not_read() -> None:
    rules = cloned_rules()
    rules[-1]["AttributeFlowMappings"][0]["Expression"] = None
    with pytest.raises(UnreadableFactError, match="Expression"):
        read_rules(rules)


def test_a_connector_without_an_export_type_only_fails_who_asks_for_it() -> None:
    record = {"Identifier": ENTRA, "Name": "contoso.onmicrosoft.com - AAD", "ExtensionConfiguration": {"a": 1}}
    (connector,) = read_connectors([record])
    assert connector.is_entra
    with pytest.raises(UnreadableFactError, match="ExportType"):
        _ = connector.export_type


def test_two_reads_that_disagree_about_a_connector_are_no_answer() -> None:
    world = World("promote")
    world["new", "connectors"][0]["Identifier"] = "66666666-2222-4333-8444-555555555555"
    with pytest.raises(UnreadableFactError, match="new: two reads disagree about the connector"):
        _ = Comparison(Migration(world.settings(), world.answers(), "promote", NOW)).totals


def test_an_event_whose_text_could_not_be_rendered_counts_as_the_worse() -> None:
    assert deletes_were_suppressed(Event(116, "x", 1, NOW, ""))
    assert rule_was_edited(Event(2510, "x", 1, NOW, ""))
