"""The readers under the facts: Windows JSON, rule expressions, exported rule files, run times, events, versions."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING
from uuid import UUID

import pytest

from fixtures.facts import windows_json
from fixtures.facts.api_version import ApiState, read_api_version
from fixtures.facts.events import Event, deletes_were_suppressed, filtered_reference, rule_was_edited
from fixtures.facts.expression import ExpressionError, parse
from fixtures.facts.member_limit import expression_limit, member_limit, sendable_members
from fixtures.facts.rule_xml import read_rule_xml
from fixtures.facts.rules import FlowType, LinkType, RuleDirection, normalised_name, read_rules
from fixtures.facts.runs import IMPORTS, read_runs
from fixtures.facts.scheduler import read_scheduler
from fixtures.facts.windows_json import UnreadableFactError
from fixtures.versions import Build, Standing, judge, load_table, newest, wizard_floor

from .healthy import AD, ENTRA, NOW, cloned_rules, healthy, run

if TYPE_CHECKING:
    from pathlib import Path

RULE = """<synchronizationRule>
  <id>{039DCC3A-1513-4c08-b296-0973691e644a}</id><name>Out to AAD - Group Join</name>
  <immutable-tag>Microsoft.OuttoAADGroupJoin.006</immutable-tag><direction>Outbound</direction>
  <disabled>False</disabled><connector>{B891884F-051E-4A83-95AF-2544101C9083}</connector>
  <sourceObjectType>group</sourceObjectType><targetObjectType>group</targetObjectType>
  <linkType>Provision</linkType><precedence>139</precedence>
  <attribute-mappings>
    <mapping><dest>commonName</dest><src><attr>cn</attr></src></mapping>
    <mapping><dest>type</dest><src>Group</src></mapping>
    <mapping><dest>member</dest><src><attr>member</attr></src>
      <expression>IIF(([memberCount]&gt; 50000),Error("Maximum"),IgnoreThisFlow)</expression></mapping>
  </attribute-mappings>
  <synchronizationCriteria><conditions>
    <scope><csAttribute>memberCount</csAttribute><csOperator>LESSTHAN</csOperator><csValue>50000</csValue></scope>
  </conditions><conditions>
    <scope><csAttribute>cloudAnchor</csAttribute><csOperator>ISNOTNULL</csOperator><csValue /></scope>
  </conditions></synchronizationCriteria>
</synchronizationRule>"""


@pytest.mark.parametrize(
    ("value", "moment"),
    [
        ("/Date(1649391053843)/", datetime(2022, 4, 8, 4, 10, 53, 843000, UTC)),
        ("/Date(1649391053843+0200)/", datetime(2022, 4, 8, 4, 10, 53, 843000, UTC)),
        ("2026-11-20T09:00:00.1234567+01:00", datetime(2026, 11, 20, 8, 0, 0, 123456, UTC)),
        ("2026-11-20T08:00:00", datetime(2026, 11, 20, 8, tzinfo=UTC)),
        ({"value": "/Date(0)/", "DisplayHint": 2}, datetime(1970, 1, 1, tzinfo=UTC)),
        ("/Date(-62135596800000)/", datetime(1, 1, 1, tzinfo=UTC)),
    ],
)
def test_a_date_is_read_in_every_form_windows_writes(value: object, moment: datetime) -> None:
    assert windows_json.moment({"When": value}, "When") == moment


@pytest.mark.parametrize(
    ("value", "span"),
    [
        ({"Ticks": 18_000_000_000, "TotalMinutes": 30}, timedelta(minutes=30)),
        ("00:30:00", timedelta(minutes=30)),
        ("7.00:00:00", timedelta(days=7)),
        ("-00:00:01.5000000", timedelta(seconds=-1.5)),
    ],
)
def test_a_time_span_is_read_as_object_and_as_text(value: object, span: timedelta) -> None:
    assert windows_json.span({"Interval": value}, "Interval") == span


@pytest.mark.parametrize("value", ["/Date(-62135640000000)/", "/Date(9999999999999999)/", "9999-12-31T23:59:59-12:00"])
def test_a_date_beyond_every_calendar_is_refused(value: str) -> None:
    with pytest.raises(UnreadableFactError, match="When: expected a date"):
        windows_json.moment({"When": value}, "When")


@pytest.mark.parametrize("value", [{"Ticks": 10**30}, "999999999999.00:00:00"])
def test_a_time_span_beyond_every_clock_is_refused(value: object) -> None:
    with pytest.raises(UnreadableFactError, match="Interval: expected a TimeSpan"):
        windows_json.span({"Interval": value}, "Interval")


@pytest.mark.parametrize("value", [None, "yes", 1, {}])
def test_what_is_no_boolean_is_refused(value: object) -> None:
    with pytest.raises(UnreadableFactError, match="StagingModeEnabled"):
        windows_json.boolean({"StagingModeEnabled": value}, "StagingModeEnabled")


def test_a_missing_property_is_named() -> None:
    with pytest.raises(UnreadableFactError, match="SyncCycleEnabled: the answer does not hold this property"):
        windows_json.boolean({}, "SyncCycleEnabled")


def test_true_and_false_are_also_read_as_text() -> None:
    assert windows_json.boolean({"Value": "False"}, "Value") is False


@pytest.mark.parametrize("value", ["{B891884F-051E-4A83-95AF-2544101C9083}", "b891884f-051e-4a83-95af-2544101c9083"])
def test_a_guid_is_read_in_any_case(value: str) -> None:
    assert windows_json.as_guid(value) == UUID(ENTRA)


@pytest.mark.parametrize(
    ("value", "found"),
    [(None, ()), ({"a": 1}, ({"a": 1},)), ({"value": [1, 2], "Count": 2}, (1, 2)), ([3], (3,)), ("x", ("x",))],
)
def test_a_collection_is_read_in_every_form(value: object, found: tuple[object, ...]) -> None:
    assert windows_json.as_items(value) == found


@pytest.mark.parametrize(
    ("text", "limit"),
    [
        ('IIF((ValueCount("member")> 75000),Error("Maximum"),IgnoreThisFlow)', 75_000),
        ('iif([memberCount]>=50000,error("x"),IgnoreThisFlow)', 49_999),
        ('IIF(\r\n\t90000  <\tValueCount( "Member" ),Error("a" & "b"),IgnoreThisFlow)', 90_000),
        ('IIF(CNum([memberCount]) > 60000,Error("""quoted"""),[member])', 60_000),
        ('IIF(IsPresent([x]),IIF([memberCount]>7,Error("x"),IgnoreThisFlow),IgnoreThisFlow)', 7),
        ('IIF([memberCount] <= 7,IgnoreThisFlow,Error("x"))', 7),
    ],
)
def test_a_limit_is_read_in_every_known_form(text: str, limit: int) -> None:
    found = expression_limit(text)
    assert found is not None
    assert found[0] == limit


@pytest.mark.parametrize(
    "text",
    [
        'Error("always")',
        'IIF([memberCount] < 7,Error("x"),IgnoreThisFlow)',
        'IIF([memberCount] = 7,Error("x"),IgnoreThisFlow)',
        'IIF([memberCount] > [limit],Error("x"),IgnoreThisFlow)',
        'IIF([memberCount] > 7,Error("x"),Error("y"))',
        'IIF([memberCount] > 7,Error("x")',
        'IIF([memberCount] > 7,Error("x"))',
        'IIF([department] > 7,Error("x"),IgnoreThisFlow)',
        'IIF([memberCount] > 7,Error("x"),IgnoreThisFlow) extra',
    ],
)
def test_an_error_that_is_no_known_limit_is_unreadable(text: str) -> None:
    with pytest.raises(ExpressionError):
        expression_limit(text)


def test_a_flow_without_an_error_holds_no_limit() -> None:
    assert expression_limit("[member]") is None


def test_curly_quotes_are_named() -> None:
    with pytest.raises(ExpressionError, match="curly quote"):
        parse("ValueCount(\u201cmember\u201d)")


@pytest.mark.parametrize(
    ("limit", "version", "sendable"), [(None, 1, 50_000), (None, 2, 250_000), (75_000, 2, 75_000), (75_000, 1, 50_000)]
)
def test_a_server_sends_what_its_rules_and_its_endpoint_allow(limit: int | None, version: int, sendable: int) -> None:
    assert sendable_members(limit, version) == sendable


def test_a_disabled_or_foreign_rule_does_not_limit() -> None:
    rules = cloned_rules(200_000)
    rules.append({**rules[-1], "Name": "inbound", "Direction": 0})
    rules[-1]["AttributeFlowMappings"] = rules[0]["AttributeFlowMappings"]
    assert member_limit(read_rules(rules)).limit == 200_000


@pytest.mark.parametrize(
    "name",
    ["Out to Microsoft Entra ID \u2013 Group Join", "out to AAD -  Group Join", "Out to Azure AD\u2014Group Join"],
)
def test_names_of_rules_are_normalised(name: str) -> None:
    assert normalised_name(name) == "out to aad - group join"


def test_an_exported_rule_file_is_the_same_fact() -> None:
    rule = read_rule_xml(RULE)
    assert (rule.direction, rule.link_type, rule.is_standard) == (RuleDirection.Outbound, LinkType.Provision, True)
    assert rule.version_agnostic_tag == "Microsoft.OuttoAADGroupJoin"
    assert [mapping.flow_type for mapping in rule.mappings] == [FlowType.Direct, FlowType.Constant, FlowType.Expression]
    assert {(found.limit, found.place) for found in member_limit([rule]).limits} == {
        (50_000, "the member flow"),
        (49_999, "the scope filter"),
    }


@pytest.mark.parametrize(
    "text", ["<ma-data/>", "no file", '<!DOCTYPE a [<!ENTITY b "c">]><synchronizationRule>&b;</synchronizationRule>']
)
def test_another_file_is_refused(text: str) -> None:
    with pytest.raises(UnreadableFactError):
        read_rule_xml(text)


def test_an_absent_version_is_a_guess_on_1_x_only() -> None:
    unset = {"AadConnectorImportApiVersion": None, "AadConnectorExportApiVersion": None}
    assert read_api_version(unset, 2, 1).assumed
    assert not read_api_version(unset, 5, 2).assumed
    assert read_api_version(unset, 5, 2).state is ApiState.V2


def test_a_run_in_the_future_shows_how_its_time_is_shifted() -> None:
    """A zone behind UTC moves run times ahead: the reading in the future cannot be the right one."""
    raw = [
        {
            **run(1, AD, "Delta Import", 20),
            "StartDate": windows(NOW + timedelta(hours=5)),
            "EndDate": windows(NOW + timedelta(hours=5)),
        }
    ]
    history = read_runs(raw, timedelta(hours=-5), NOW)
    assert history.uncertainty == timedelta()
    assert history.runs[0].ended_at == NOW


def test_uncertain_times_take_the_older_reading() -> None:
    history = read_runs([run(1, AD, "Delta Import", 400)], timedelta(hours=2), NOW)
    last = history.last(UUID(AD), IMPORTS)
    assert history.uncertainty == timedelta(hours=2)
    assert last is not None
    assert last.ended_at == NOW - timedelta(minutes=399)


@pytest.mark.parametrize(
    ("shown", "began", "ended"),
    [(timedelta(hours=2), timedelta(minutes=12), timedelta(minutes=11)), (timedelta(), timedelta(minutes=12), None)],
)
def test_a_living_scheduler_settles_which_reading_is_right(
    shown: timedelta, began: timedelta, ended: timedelta | None
) -> None:
    """A server two hours ahead of UTC: its last cycle began twelve minutes ago, as the next start tells."""
    minutes = int((shown + began).total_seconds() // 60)

    history = read_runs([run(1, AD, "Delta Import", minutes)], timedelta(hours=2), NOW, cycle_began=NOW - began)

    assert history.uncertainty == timedelta()
    assert history.runs[0].ended_at == NOW - (ended or timedelta(minutes=minutes - 1))


def test_a_scheduler_that_is_not_alive_settles_nothing() -> None:
    alive = read_scheduler(healthy("deployed")["new", "scheduler", ""])

    assert alive.last_start(NOW) is not None
    assert replace(alive, scheduler_suspended=True).last_start(NOW) is None
    assert replace(alive, sync_cycle_enabled=False).last_start(NOW) is None
    assert alive.last_start(NOW + timedelta(hours=5)) is None


def test_an_unfinished_run_is_no_last_run() -> None:
    raw = [{**run(1, AD, "Delta Import", 5), "IsRunComplete": False, "EndDate": "/Date(-62135596800000)/"}]
    assert read_runs(raw, timedelta(), NOW).last(UUID(AD), IMPORTS) is None


@pytest.mark.parametrize("date", ["/Date(-62135596800000)/", "/Date(253402300799999)/"])
def test_a_finished_run_without_a_date_is_refused(date: str) -> None:
    with pytest.raises(UnreadableFactError, match="no dates of a run"):
        read_runs([{**run(1, AD, "Delta Import", 5), "EndDate": date}], timedelta(hours=2), NOW)


@pytest.mark.parametrize("gap", ["\r\n", "\n", " / ", " "])
def test_the_three_names_of_a_6949_are_read(gap: str) -> None:
    text = gap.join(
        [
            "Reference value was filtered.",
            "Object DN: CN={41}",
            "Attribute: member",
            "Reference DN: CN={4242}",
            "Please resolve it.",
        ]
    )
    found = filtered_reference(Event(6949, "ADSync", 1, NOW, text))
    assert found is not None
    assert (found.object_dn, found.attribute, found.reference_dn) == ("CN={41}", "member", "CN={4242}")


def test_a_116_that_tells_the_threshold_is_no_alarm() -> None:
    assert not deletes_were_suppressed(Event(116, "x", 1, NOW, "Prevent Accidental Deletes: threshold 500 objects."))


def test_a_diagnostics_event_with_the_same_id_is_no_rule_change() -> None:
    assert not rule_was_edited(Event(2510, "x", 1, NOW, "ADSyncDiagnostics finished."))
    assert rule_was_edited(Event(2510, "x", 1, NOW, "Custom sync rule was updated by CONTOSO\\admin."))


def test_builds_compare_as_numbers() -> None:
    assert Build.parse("2.5.190.0") > Build.parse("2.5.79.0")


@pytest.mark.parametrize("text", ["2.5.190", "2.5.190.0-rc", ""])
def test_what_is_no_build_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="no version"):
        Build.parse(text)


@pytest.mark.parametrize(
    ("version", "day", "standing"),
    [
        ("2.5.79.0", date(2026, 10, 23), Standing.SUPPORTED),
        ("2.5.79.0", date(2026, 10, 24), Standing.OUT_OF_SUPPORT),
        ("2.5.76.0", date(2026, 9, 29), Standing.OUT_OF_SUPPORT),
        ("2.5.3.0", date(2026, 7, 1), Standing.SUPPORTED),
        ("2.4.131.0", date(2026, 9, 30), Standing.BELOW_FLOOR),
        ("1.6.4.0", date(2022, 8, 31), Standing.SUPPORTED),
        ("1.6.4.0", date(2022, 9, 1), Standing.BELOW_FLOOR),
    ],
)
def test_a_build_is_judged_as_of_a_day(version: str, day: date, standing: Standing) -> None:
    assert judge(Build.parse(version), day, load_table()).standing is standing


@pytest.mark.parametrize("cloud", ["commercial", "us-gov-l4", "us-gov-l5", "china"])
def test_the_wizard_floor_depends_on_the_cloud(cloud: str) -> None:
    floor = wizard_floor(Build.parse("2.4.18.0"), date(2025, 6, 1), load_table(), cloud)
    assert (floor is None) == (cloud == "commercial")


def test_the_newest_build_of_a_day_is_never_a_recalled_or_later_one() -> None:
    assert newest(date(2026, 7, 6), load_table()).version == Build(2, 6, 3, 0)


def test_every_row_of_the_version_table_names_its_sources() -> None:
    table = load_table()
    assert all(row.sources for row in table.builds.values())
    assert all(floor.sources for floor in (*table.floors, *table.advisories))


def test_a_table_with_one_version_twice_is_refused(tmp_path: Path) -> None:
    row = '[[builds]]\nversion = "2.6.92.0"\nsources = ["a"]\n'
    path = tmp_path / "table.toml"
    path.write_text(f"checked = 2026-10-06\nfloors = []\nadvisories = []\n{row}{row}")
    with pytest.raises(ValueError, match="twice"):
        load_table(path)


def windows(moment: datetime) -> str:
    return f"/Date({int(moment.timestamp() * 1000)})/"
