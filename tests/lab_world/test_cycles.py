from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from lab.world.enums import SynchronizationPolicyType
from lab.world.errors import SyncError, UnknownArgumentError
from lab.world.scenarios import make_world

from .helpers import cloud_count, fault, key_of, last_result, pending, step, switch, there

if TYPE_CHECKING:
    from lab.world.model import EventRecord
    from lab.world.server import SyncServer
    from lab.world.world import World

LARGE = {"All Staff": 250_000, "Students": 120_000, "Members": 75_000, "Field": 59_997, "Contractors": 50_001}
INITIAL = SynchronizationPolicyType.Initial


def events(server: SyncServer, number: int) -> list[EventRecord]:
    return [record for record in server.events if record.id == number]


def test_a_cycle_can_be_seen_in_progress_and_ends_in_the_documented_order(world: World, old: SyncServer) -> None:
    now = 100.0
    world.monotonic = lambda: now
    before = len(old.runs)
    old.start_sync_cycle()
    seen = []
    for _ in range(40):
        world.tick()
        if old.cycle is None:
            break
        assert old.scheduler.sync_cycle_in_progress
        assert [status.connector_name for status in old.connector_run_status]
        seen.append(old.runs[-1].is_run_complete)
        now += 0.02
    assert seen
    assert not any(seen)
    assert not old.scheduler.sync_cycle_in_progress
    assert not old.connector_run_status
    assert [(run.connector_name, run.run_profile_name) for run in old.runs[before:]] == [
        ("contoso.com", "Delta Import"),
        ("contoso.onmicrosoft.com - AAD", "Delta Import"),
        ("contoso.com", "Delta Synchronization"),
        ("contoso.onmicrosoft.com - AAD", "Delta Synchronization"),
        ("contoso.onmicrosoft.com - AAD", "Export"),
        ("contoso.com", "Export"),
    ]


def test_a_due_cycle_starts_by_itself_and_the_next_is_half_an_hour_later(world: World, old: SyncServer) -> None:
    now = 5.0
    world.monotonic = lambda: now
    assert old.scheduler.next_sync_cycle_start_time_in_utc - world.clock.now() > timedelta(minutes=20)
    world.clock.shift += timedelta(minutes=27)
    world.tick()
    assert old.scheduler.sync_cycle_in_progress
    for _ in range(20):
        now += 0.1
        world.tick()
    assert old.cycle is None
    until = old.scheduler.next_sync_cycle_start_time_in_utc - world.clock.now()
    assert timedelta(minutes=29) < until <= timedelta(minutes=30)


@pytest.mark.parametrize("change", [{"sync_cycle_enabled": False}, {"scheduler_suspended": True}])
def test_a_scheduler_that_is_off_or_suspended_starts_nothing(
    world: World, old: SyncServer, change: dict[str, bool]
) -> None:
    old.set_scheduler(**change)
    world.clock.shift += timedelta(hours=2)
    world.tick()
    assert old.cycle is None


def test_a_second_start_is_refused_and_a_stopped_service_ends_the_cycle(world: World, old: SyncServer) -> None:
    old.start_sync_cycle()
    world.tick()
    with pytest.raises(SyncError, match="already running"):
        old.start_sync_cycle()
    old.stop_service()
    assert not old.scheduler.sync_cycle_in_progress
    assert old.runs[-1].result == "stopped-user-termination"
    with pytest.raises(SyncError, match="not running"):
        old.start_sync_cycle()


def test_a_staging_server_stages_large_groups_but_does_not_export(world: World, new: SyncServer) -> None:
    world.complete_cycle(new)
    assert "Export" not in {run.run_profile_name for run in new.runs}
    assert pending(new).export_adds == 5
    assert all(cloud_count(world, name) is None for name in LARGE)


def test_an_export_from_the_console_goes_through_in_staging_too(world: World, new: SyncServer) -> None:
    step(world, "run-profile", server="new", connector="contoso.onmicrosoft.com - AAD", profile="export")
    assert {name: cloud_count(world, name) for name in LARGE} == LARGE
    assert not new.connector_run_status


def test_the_old_server_refuses_large_groups_at_synchronisation(world: World, old: SyncServer) -> None:
    world.complete_cycle(old, INITIAL)
    assert last_result(old, "Full Synchronization", "contoso.com") == "completed-sync-errors"
    errors = [run for run in old.runs if run.run_step_results[0].sync_errors][-1].run_step_results[0].sync_errors
    assert len(errors) == 5
    assert "Maximum Group member count exceeded" in errors[0].extension_error_info
    field = there(old.cs_object_by_dn("contoso.com", world.forest.group_named("Field").dn))
    assert field.has_sync_error
    assert "Out to AAD - Group Writeup Member Limit" in there(field.synchronization_error).stack_trace
    assert pending(old).export_adds == 0


def test_after_the_switch_every_large_group_is_in_entra_with_its_synchronised_members(
    world: World, old: SyncServer, new: SyncServer
) -> None:
    switch(world)
    assert {name: cloud_count(world, name) for name in LARGE} == LARGE
    assert last_result(new, "Export") == "success"
    assert pending(new).export_adds == 0
    assert world.tenant.current_export_data.client_machine_name == "CONTOSO-SYNC02"
    assert not old.exports_with_v2


def test_swinging_back_to_v1_deletes_the_large_groups(world: World, old: SyncServer, new: SyncServer) -> None:
    switch(world)
    world.complete_cycle(old)
    assert pending(old).export_deletes == 5
    step(world, "set-staging-mode", server="new", on=True, start_cycle=False)
    step(world, "set-staging-mode", server="old", on=False, start_cycle=False)
    world.complete_cycle(old)
    assert all(cloud_count(world, name) is None for name in LARGE)
    assert cloud_count(world, "Region") == 50_000
    assert len(new.rules) > len(old.rules)


def test_going_back_to_v1_in_place_deletes_the_large_groups_at_the_next_full_synchronisation(
    world: World, new: SyncServer
) -> None:
    switch(world)
    new.set_export_api_version(1)
    new.set_import_api_version(1)
    world.complete_cycle(new)
    assert cloud_count(world, "All Staff") == 250_000
    world.complete_cycle(new, INITIAL)
    assert all(cloud_count(world, name) is None for name in LARGE)


def test_a_group_in_entra_that_grows_over_the_limit_stops_synchronising(world: World, new: SyncServer) -> None:
    switch(world)
    fault(world, "group-above-250000")
    assert cloud_count(world, "All Staff") == 250_000
    assert last_result(new, "Delta Synchronization", "contoso.com") == "completed-sync-errors"
    assert pending(new).export_updates == 0


def test_a_group_over_250000_without_a_limit_is_refused_by_the_service() -> None:
    world = make_world()
    switch(world)
    new = world.servers["new"]
    for rule in [rule for rule in new.rules if "Cloned" in rule.name]:
        step(world, "set-rule-limit", server="new", rule=rule.name, limit=400_000)
    fault(world, "group-above-250000")
    assert last_result(new, "Export") == "completed-export-errors"
    named = there(
        new.cs_object_by_dn(new.entra_connector.name, world.forest.object(key_of(world, "All Staff")).entra_dn)
    )
    assert named.has_export_error
    assert there(named.export_error).error_name == "LargeObject"


def test_a_rule_edit_demands_a_full_synchronisation_which_clears_the_demand(world: World, new: SyncServer) -> None:
    version = new.global_settings_version
    step(world, "disable-rule", server="new", rule="Out to AAD - Group AzureRMS")
    assert [row.full_sync_required for row in new.overrides] == [True]
    assert new.global_settings_version == version + 1
    assert events(new, 2510)
    world.complete_cycle(new)
    assert last_result(new, "Full Synchronization") == "success"
    assert last_result(new, "Delta Import") == "success"
    assert not new.overrides


def test_a_demand_that_was_taken_back_leaves_a_warning_at_the_next_delta(world: World, new: SyncServer) -> None:
    step(world, "disable-rule", server="new", rule="Out to AAD - Group AzureRMS")
    new.set_override(new.entra_connector.identifier, full_sync=False)
    world.complete_cycle(new)
    assert len(events(new, 6127)) == 1


def test_too_many_deletions_stop_the_export_before_anything_is_deleted(world: World, old: SyncServer) -> None:
    users = len(world.tenant.users)
    world.forest.users -= (world.forest.users - world.forest.service_accounts).last(600)
    world.complete_cycle(old)
    assert last_result(old, "Export") == "stopped-deletion-threshold-exceeded"
    assert len(world.tenant.users) == users
    assert "600 pending deletes" in events(old, 116)[-1].message
    world.tenant.accidental_deletion_prevention.synchronization_prevention_type = "disabled"
    world.complete_cycle(old)
    assert len(world.tenant.users) == users - 600


def test_import_and_export_of_different_versions_stop_the_export(world: World, new: SyncServer) -> None:
    switch(world)
    new.set_export_api_version(1)
    world.complete_cycle(new)
    assert last_result(new, "Export") == "stopped-extension-dll-exception"


def test_an_isolated_server_reaches_nothing(world: World, old: SyncServer) -> None:
    step(world, "isolate-server", server="old")
    world.complete_cycle(old)
    assert old.unreachable
    assert last_result(old, "Export") == "no-start-connection"
    step(world, "isolate-server", server="old", on="off")
    world.complete_cycle(old)
    assert last_result(old, "Export") == "success"


def test_a_change_in_active_directory_reaches_entra_through_the_active_server(world: World, old: SyncServer) -> None:
    finance = world.forest.group_named("Finance")
    finance.members = finance.members - finance.members.first() | finance.members.__class__.of(298_500)
    world.complete_cycle(old)
    assert world.tenant.groups[finance.key].members == finance.members


def test_an_unknown_profile_or_connector_is_refused(world: World, old: SyncServer) -> None:
    with pytest.raises(UnknownArgumentError, match="no run profile"):
        world.run_profile(old, "contoso.com", "Sideways")
    with pytest.raises(SyncError, match="could not be found"):
        world.run_profile(old, "fabrikam.com", "Export")
