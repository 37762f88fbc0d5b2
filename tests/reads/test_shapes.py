"""What Windows PowerShell 5.1 prints, and what it means."""

from __future__ import annotations

import json
from typing import Any

import pytest

from fixtures.reads import SERVER_READS, EmptyError, IncompleteError, Member, decode
from fixtures.reads.graph_values import collection, members_of, members_raw
from fixtures.reads.sid import read_sid


def row(read: str, **properties: Any) -> dict[str, Any]:
    """An object as `Select-Object` gives it: with every property it was asked for."""
    return {**dict.fromkeys(SERVER_READS[read].properties), **properties}


def shown(*rows: dict[str, Any]) -> str:
    return json.dumps(rows[0] if len(rows) == 1 else rows)


OWED = row("overrides", ConnectorIdentifier="a", FullSyncRequired=True)
OTHER = row("overrides", ConnectorIdentifier="b", FullSyncRequired=False)
STAGING = [row("global_parameters", Name="StagingMode", Value=value) for value in ("True", "False")]
ON = row("scheduler", SyncCycleEnabled=True)
RULE = {
    **row("rules"),
    "Identifier": "039dcc3a-1513-4c08-b296-0973691e644a",
    "ImmutableTag": {"TagValue": "Microsoft.OuttoAADGroupJoin.006"},
    "ScopeFilter": [{"ScopeConditionList": [{"Attribute": "memberCount", "ComparisonOperator": 2}]}],
    "AttributeFlowMappings": [{"Source": ["member"], "Destination": "member", "Expression": ""}],
}


def changed(**properties: Any) -> str:
    return json.dumps({**RULE, **properties})


@pytest.mark.parametrize(
    ("read", "raw", "value"),
    [
        ("overrides", "", []),
        ("overrides", shown(OWED), [OWED]),
        ("overrides", shown(OWED, OTHER), [OWED, OTHER]),
        ("overrides", json.dumps({"value": [OWED], "Count": 1}), [OWED]),
        ("overrides", "[]", []),
        ("entra_connector_account", "", None),
        ("scheduler", shown(ON), ON),
        ("scheduler@end", shown(ON), ON),
        ("import_api_version", "2", 2),
        ("export_api_version", '{"mismatch": "Version mismatch"}', {"mismatch": "Version mismatch"}),
        ("rules", json.dumps(RULE), [RULE]),
        ("rules", changed(AttributeFlowMappings=[]), [{**RULE, "AttributeFlowMappings": []}]),
        ("members_count", "250000\n", 250000),
        ("group_by_id", "null", None),
        ("group_by_sid", '{"value":[]}', None),
        ("organization", '{"value":[{"id":"x"}]}', {"id": "x"}),
        ("organization", b'\xef\xbb\xbf{"value":[{"id":"x"}]}', {"id": "x"}),
    ],
)
def test_a_text_is_read_by_the_shape_of_its_read(read: str, raw: str | bytes, value: Any) -> None:
    assert decode(read, raw) == value


@pytest.mark.parametrize("read", ["rules", "connectors", "global_parameters"])
def test_nothing_is_a_fault_where_something_must_be(read: str) -> None:
    with pytest.raises(EmptyError):
        decode(read, "")


@pytest.mark.parametrize(
    ("read", "raw", "where"),
    [
        ("rules", changed(ImmutableTag="Microsoft.OuttoAADGroupJoin.006"), "ImmutableTag"),
        ("rules", changed(AttributeFlowMappings="System.Collections.Generic.List`1[X]"), "AttributeFlowMappings"),
        (
            "rules",
            changed(
                ScopeFilter=[
                    {"ScopeConditionList": "Microsoft.IdentityManagement.PowerShell.ObjectModel.ScopeCondition"}
                ]
            ),
            "ScopeFilter[0].ScopeConditionList",
        ),
        ("rules", changed(ScopeFilter=["@{ScopeConditionList=System.Object[]}"]), "ScopeFilter[0]"),
        ("connectors", '{"Partitions":[{"ConnectorPartitionScope":{"ObjectClasses":"user"}}]}', "ObjectClasses"),
        ("runs", '{"Result":"System.Collections.Hashtable"}', "Result"),
        ("rules", '[{"Identifier":', "not whole"),
        ("scheduler", shown(ON, ON), "2 objects"),
        ("events_adsync", shown(*[row("events_adsync", Id=6949)] * 5000), "may be more"),
        ("overrides", '{"FullSyncRequired":false}', "without ConnectorIdentifier"),
        ("overrides", shown(OWED, OWED), "two objects came with the same ConnectorIdentifier"),
        ("global_parameters", shown(*STAGING), "two objects came with the same Name"),
        ("overrides", "[null]", "None came where an object"),
        ("overrides", '"none"', "'none' came where an object"),
        ("overrides", json.dumps({"value": [OWED], "Count": 2}), "1 objects came where the server counted 2"),
        ("scheduler", shown(ON)[:-1] + ',"SyncCycleEnabled":false}', "a property twice"),
        ("scheduler", shown(ON)[:-1] + ',"syncCycleEnabled":false}', "a property twice"),
        ("scheduler", shown(ON).replace("true", "NaN"), "NaN is no JSON"),
        ("scheduler", "\ufeff" + shown(ON), "not whole"),
        ("scheduler", shown(ON) + shown(ON), "not whole"),
        ("group_references", "", "no text"),
        ("group_by_sid", '{"value":[{"id":1},{"id":2}]}', "2 items"),
        ("group_by_sid", '{"value":[],"@odata.nextLink":"https://graph/x"}', "more pages follow"),
        ("sync_accounts", '{"value":[],"@odata.nextLink":"https://graph/x"}', "more pages follow"),
        ("sync_accounts", '{"value":null}', "without value"),
        ("organization", "[]", "without value"),
        ("group_by_id", '"x"', "no object"),
        ("members_count", '"many"', "no number"),
        ("members_count", "true", "no number"),
        ("members_count", "-1", "no number"),
        ("group_by_id", "[]", "no object"),
        ("organization", '{"value":{"id":"x"}}', "a page without value"),
        ("sync_accounts", '{"value":{}}', "a page without value"),
        ("sync_accounts", '{"value":["x"]}', "an item that is no object"),
        ("organization", '{"value":[{"id":"x"}],"@odata.nextLink":"https://graph/x"}', "more pages follow"),
    ],
)
def test_what_is_not_whole_is_told_by_its_place(read: str, raw: str | bytes, where: str) -> None:
    with pytest.raises(IncompleteError, match=where.replace("[", r"\[")):
        decode(read, raw)


def test_an_expression_that_looks_like_code_is_no_type_name() -> None:
    rule = changed(AttributeFlowMappings=[{"Source": [], "Expression": 'IIF(IsNull([x]),"System.",@{})'}])
    assert decode("rules", rule)[0]["AttributeFlowMappings"][0]["Source"] == []


@pytest.mark.parametrize(
    "value",
    [
        "S-1-5-21-1-2-3-1104",
        ["S-1-5-21-1-2-3-1104"],
        "AQUAAAAAAAUVAAAAAQAAAAIAAAADAAAAUAQAAA==",
        [[1, 5, 0, 0, 0, 0, 0, 5, 21, 0, 0, 0, 1, 0, 0, 0, 2, 0, 0, 0, 3, 0, 0, 0, 80, 4, 0, 0]],
    ],
)
def test_a_sid_is_read_in_every_form(value: Any) -> None:
    assert read_sid(value) == "S-1-5-21-1-2-3-1104"


@pytest.mark.parametrize("value", [None, "", "no sid", "AQU=", [], 7, ["a", "b"]])
def test_what_is_no_sid_is_none(value: Any) -> None:
    assert read_sid(value) is None


def test_members_keep_their_names_through_the_kept_text() -> None:
    page = [
        {"@odata.type": "#microsoft.graph.user", "id": "1", "onPremisesImmutableId": "abc=="},
        {"@odata.type": "#microsoft.graph.group", "id": "2", "onPremisesSecurityIdentifier": "S-1-5-21-1"},
    ]
    members = (Member("user", "1", "abc==", None), Member("group", "2", None, "S-1-5-21-1"))
    assert tuple(members_of(page)) == members
    assert decode("members", members_raw(members)) == members


@pytest.mark.parametrize(
    "body", [b"{}", b'{"value":{}}', b"[]", b'{"value":[', b"<html>", b"null", b'{"value":[null]}']
)
def test_a_page_that_is_not_whole_is_never_the_end(body: bytes) -> None:
    with pytest.raises(IncompleteError):
        collection(body)


@pytest.mark.parametrize("item", [{}, {"id": None}, {"id": 5}])
def test_a_member_without_an_id_is_not_whole(item: dict[str, Any]) -> None:
    with pytest.raises(IncompleteError, match="without an id"):
        members_of([item])


def test_what_a_member_may_lack_is_none() -> None:
    nulls = dict.fromkeys(("@odata.type", "onPremisesImmutableId", "onPremisesSecurityIdentifier"))
    assert members_of([{"id": "1", **nulls}, {"id": "2"}]) == [Member("", "1", None, None), Member("", "2", None, None)]


def test_an_empty_page_with_a_next_link_is_no_end() -> None:
    assert collection(b'{"value":[],"@odata.nextLink":"https://graph/x"}') == ([], "https://graph/x")
