from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from lab.world.errors import UnknownArgumentError
from lab.world.rule_editing import limiting_rules
from lab.world.scenarios import SCENARIOS, WorldOptions, make_world
from lab.world.server import COMPUTER_NAME_KEY
from lab.world.tenant import ClientApp

from .helpers import fault, pending, step, switch, there

if TYPE_CHECKING:
    from lab.world.default_rules import MemberLimit
    from lab.world.server import SyncServer
    from lab.world.world import World


def enabled_limits(server: SyncServer) -> list[tuple[int, bool]]:
    return sorted((rule.precedence, rule.is_standard_rule) for rule in limiting_rules(server) if not rule.disabled)


def test_the_default_scenario_stands_after_the_steps_and_before_the_switch(
    world: World, old: SyncServer, new: SyncServer
) -> None:
    assert [server.computer_name for server in world.active] == ["CONTOSO-SYNC01"]
    assert (old.import_api_version(), old.export_api_version()) == (1, 1)
    assert (new.import_api_version(), new.export_api_version()) == (2, 2)
    assert enabled_limits(new) == [(98, False), (99, False)]
    assert pending(new).export_adds == 5
    assert pending(new).export_deletes == pending(new).export_updates == 0
    assert not new.overrides
    assert not old.overrides


def test_the_next_cycle_of_either_server_is_more_than_twenty_minutes_away(world: World) -> None:
    for server in world.servers.values():
        until = server.scheduler.next_sync_cycle_start_time_in_utc - world.clock.now()
        assert timedelta(minutes=20) < until < timedelta(minutes=30)


def test_the_full_synchronisation_is_newer_than_the_last_edit_of_a_rule(new: SyncServer) -> None:
    edited = max(record.time_created for record in new.events if record.id == 2510)
    full = [run for run in new.runs if run.run_profile_name == "Full Synchronization"]
    assert len(full) == 2
    assert all(run.start_date > edited and run.result == "success" for run in full)
    assert new.entra_connector.last_modification_time == edited


def test_run_history_covers_a_day_without_overlap(old: SyncServer, new: SyncServer, world: World) -> None:
    for server in (old, new):
        assert world.clock.now() - server.runs[0].start_date > timedelta(hours=23)
        assert all(run.is_run_complete for run in server.runs)
        pairs = zip(server.runs, server.runs[1:], strict=False)
        assert all(there(before.end_date) <= after.start_date for before, after in pairs)
        assert there(server.runs[-1].end_date) < world.clock.now()
    assert {run.result for run in old.runs if run.run_profile_name != "Delta Synchronization"} == {"success"}


def test_the_event_log_is_numbered_in_order_and_more_than_thirty_days_old(old: SyncServer, world: World) -> None:
    times = [record.time_created for record in old.events]
    assert times == sorted(times)
    assert world.clock.now() - times[0] > timedelta(days=30)
    assert len({record.record_id for record in old.events}) == len(times)


@pytest.mark.parametrize("limit", ["250000", "none"])
def test_in_the_variants_the_default_rules_stay_and_the_same_groups_are_pending(limit: MemberLimit) -> None:
    new = make_world(options=WorldOptions(member_limit=limit)).servers["new"]
    assert all(rule.is_standard_rule for rule in new.rules)
    assert len(limiting_rules(new)) == (0 if limit == "none" else 2)
    assert pending(new).export_adds == 5


def test_before_the_steps_both_servers_use_v1_and_nothing_is_pending() -> None:
    world = make_world("v2-start")
    for server in world.servers.values():
        assert (server.import_api_version(), server.export_api_version()) == (1, 1)
        assert pending(server).export_adds == 0
        assert all(rule.is_standard_rule for rule in server.rules)


def test_2021_has_its_own_builds_and_time() -> None:
    world = make_world("2021")
    assert world.servers["old"].product_version == "1.6.4.0"
    assert world.servers["new"].product_version == "2.0.3.0"
    assert world.clock.now() - datetime(2021, 7, 25, 10, tzinfo=UTC) < timedelta(minutes=1)
    assert world.servers["new"].runs[-1].start_date.year == 2021
    assert pending(world.servers["new"]).export_adds == 5


def test_an_unknown_scenario_is_refused_with_those_there_are() -> None:
    with pytest.raises(UnknownArgumentError, match="v2-swing, v2-start, 2021"):
        make_world("1999")
    assert all(scenario.meaning for scenario in SCENARIOS.values())


def test_a_world_becomes_a_fresh_one_and_everybody_keeps_what_they_hold(
    world: World, old: SyncServer, new: SyncServer
) -> None:
    forest, tenant, clock = world.forest, world.tenant, world.clock
    tenant.apps = {tenant.tenant_id: ClientApp(tenant.tenant_id, "secret")}
    switch(world)
    fault(world, "same-machine")
    fault(world, "deletes-3")
    step(world, "start-cycle", server="old")
    world.become(make_world("v2-start"))
    assert (world.forest, world.tenant, world.clock) == (forest, tenant, clock)
    assert world.servers == {"old": old, "new": new}
    assert old.forest is new.forest is tenant.forest is forest
    assert old.clock is clock
    assert len(forest.users) == 300_000
    assert not old.staging
    assert new.staging
    assert old.cycle is None
    assert world.host("new") is new
    assert tenant.apps
    assert pending(new).export_adds == 0


def test_texts_of_global_parameters_follow_the_state(new: SyncServer) -> None:
    values = {item.name: item.value for item in new.global_parameters}
    assert values["Microsoft.Synchronize.ServerConfigurationVersion"] == "2.6.92.0"
    assert values["Microsoft.Synchronize.StagingMode"] == "True"
    assert values["Microsoft.Synchronize.TimeInterval"] == "00:30:00"
    assert values["Microsoft.Synchronize.NextStartTime"].endswith("GMT")
    assert all(isinstance(value, str) for value in values.values())
    assert new.registry[COMPUTER_NAME_KEY]["ComputerName"] == new.computer_name
    assert new.fqdn == "contoso-sync02.contoso.com"


def test_a_customised_interval_is_effective_unless_it_is_shorter_than_allowed(new: SyncServer) -> None:
    new.set_scheduler(customized_sync_cycle_interval=timedelta(hours=2))
    assert new.scheduler.currently_effective_sync_cycle_interval == timedelta(hours=2)
    new.set_scheduler(customized_sync_cycle_interval=timedelta(minutes=5))
    assert new.scheduler.currently_effective_sync_cycle_interval == timedelta(minutes=30)
    new.set_scheduler(customized_sync_cycle_interval=None)
    assert new.scheduler.currently_effective_sync_cycle_interval == timedelta(minutes=30)
