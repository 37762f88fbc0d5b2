from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from lab.world.default_rules import GROUP_JOIN, GROUP_WRITEUP
from lab.world.errors import SyncError, UnknownArgumentError
from lab.world.model import ENTRA_CONNECTOR
from lab.world.rule_editing import clones_of, default_rule
from lab.world.scenarios import make_world
from lab.world.server import EXPORT_API_VERSION, IMPORT_API_VERSION, PARAMETERS_KEY
from lab.world.steps import STEPS

from .helpers import cloud_count, expression_of, last_result, pending, step

if TYPE_CHECKING:
    from lab.world.server import SyncServer
    from lab.world.world import World


def clone_name(server: SyncServer, name: str = GROUP_JOIN) -> str:
    return clones_of(server, name)[0].name


def test_every_step_says_what_it_does_and_what_its_arguments_mean() -> None:
    for entry in STEPS.as_json():
        assert len(entry["meaning"]) > 10
        assert all(argument["meaning"] for argument in entry["arguments"].values())


def test_an_unknown_step_argument_or_server_is_refused_with_what_is_accepted(world: World) -> None:
    with pytest.raises(UnknownArgumentError, match="set-staging-mode"):
        STEPS["nope"]
    with pytest.raises(UnknownArgumentError, match="it takes: server, on"):
        step(world, "set-staging-mode", server="new", of="x")
    with pytest.raises(UnknownArgumentError, match="old, new"):
        step(world, "set-staging-mode", server="third", on=True)
    with pytest.raises(UnknownArgumentError, match="needs 'on'"):
        step(world, "set-staging-mode", server="new")
    with pytest.raises(UnknownArgumentError, match="on or off"):
        step(world, "set-staging-mode", server="new", on="maybe")
    with pytest.raises(UnknownArgumentError, match="whole number"):
        step(world, "complete-cycles", server="new", count="few")


def test_the_wizard_sets_both_staging_flags_and_starts_a_cycle(world: World, old: SyncServer) -> None:
    step(world, "set-staging-mode", server="old", on="on")
    assert old.staging
    assert old.scheduler.staging_mode_enabled
    assert old.scheduler.sync_cycle_in_progress
    world.finish_cycle(old)
    parameters = {item.name: item.value for item in old.global_parameters}
    assert parameters["Microsoft.Synchronize.StagingMode"] == "True"


def test_the_wizard_of_an_old_build_cannot_sign_in_any_more_but_could_in_2021(world: World) -> None:
    world.servers["old"].product_version = "2.3.20.0"
    with pytest.raises(SyncError, match="cannot sign in"):
        step(world, "set-staging-mode", server="old", on=True)
    then = make_world("2021")
    step(then, "set-staging-mode", server="old", on=True)
    assert then.servers["old"].staging


def test_a_cloned_rule_replaces_the_default_one(world: World) -> None:
    world = make_world("v2-start")
    new = world.servers["new"]
    step(world, "clone-rule", server="new", rule=GROUP_JOIN, precedence=99, limit=250_000)
    default, copy = default_rule(new, GROUP_JOIN), clones_of(new, GROUP_JOIN)[0]
    assert default.disabled
    assert not copy.disabled
    assert copy.name == f"{GROUP_JOIN} - Cloned - {world.clock.now().date()}"
    assert (copy.precedence, copy.is_standard_rule, copy.immutable_tag) == (99, False, None)
    assert "> 250000)" in expression_of(copy)
    assert "> 50000)" in expression_of(default)
    assert new.overrides[0].connector_identifier == ENTRA_CONNECTOR


def test_the_whole_v2_swing_brings_the_large_groups_to_entra() -> None:
    world = make_world("v2-start")
    new = world.servers["new"]
    assert pending(new).export_adds == 0
    new.set_scheduler(sync_cycle_enabled=False)
    new.set_export_api_version(2)
    new.set_import_api_version(2)
    step(world, "clone-rule", server="new", rule=GROUP_WRITEUP, precedence=98, limit=250_000)
    step(world, "complete-cycles", server="new")
    assert pending(new).export_adds == 0
    step(world, "clone-rule", server="new", rule=GROUP_JOIN, precedence=99, limit=250_000)
    new.set_scheduler(sync_cycle_enabled=True)
    step(world, "complete-cycles", server="new")
    assert pending(new).export_adds == 5
    step(world, "set-staging-mode", server="old", on=True)
    step(world, "set-staging-mode", server="new", on=False)
    step(world, "complete-cycles", server="new", count=2)
    assert cloud_count(world, "All Staff") == 250_000
    assert last_result(new, "Export") == "success"


def test_rules_can_be_edited_enabled_disabled_and_deleted(world: World, new: SyncServer) -> None:
    copy = clone_name(new)
    step(world, "set-rule-precedence", server="new", rule=copy, precedence=42)
    step(world, "set-rule-limit", server="new", rule=copy, limit="75000")
    assert new.rule(copy).precedence == 42
    assert "> 75000)" in expression_of(new.rule(copy))
    step(world, "set-rule-expression", server="new", rule=copy, expression="IgnoreThisFlow")
    assert expression_of(new.rule(copy)) == "IgnoreThisFlow"
    step(world, "disable-rule", server="new", rule=copy)
    assert new.rule(copy).disabled
    step(world, "enable-rule", server="new", rule=copy)
    assert not new.rule(copy).disabled
    step(world, "delete-rule", server="new", rule=f"{GROUP_JOIN} - Cloned")
    assert not clones_of(new, GROUP_JOIN)
    with pytest.raises(SyncError, match="could not be found"):
        step(world, "delete-rule", server="new", rule="No such rule")
    with pytest.raises(UnknownArgumentError, match="no expression"):
        step(world, "set-rule-limit", server="new", rule="Out to AAD - Group Intune", limit=1)


def test_cycles_are_started_and_completed(world: World, old: SyncServer) -> None:
    runs = len(old.runs)
    step(world, "start-cycle", server="old", policy="initial")
    with pytest.raises(SyncError, match="already running"):
        step(world, "start-cycle", server="old")
    step(world, "complete-cycles", server="old", count=2)
    assert not old.scheduler.sync_cycle_in_progress
    assert len(old.runs) == runs + 18
    assert old.runs[runs].run_profile_name == "Full Import"
    with pytest.raises(UnknownArgumentError, match="Delta or Initial"):
        step(world, "start-cycle", server="old", policy="sometimes")


def test_the_service_can_be_stopped_disabled_and_started(world: World, old: SyncServer) -> None:
    step(world, "stop-service", server="old")
    step(world, "set-service-start-type", server="old")
    assert (old.service_status, old.service_start_type) == ("Stopped", "Disabled")
    with pytest.raises(SyncError, match="disabled"):
        step(world, "start-service", server="old")
    step(world, "set-service-start-type", server="old", start_type="automatic")
    step(world, "start-service", server="old")
    assert old.service_status == "Running"
    assert [record.id for record in old.events[-2:]] == [2002, 2001]
    with pytest.raises(SyncError, match="no start type"):
        step(world, "set-service-start-type", server="old", start_type="Never")


def test_an_upgrade_switches_v2_on_sets_standard_rules_back_and_demands_full_runs(
    world: World, old: SyncServer, new: SyncServer
) -> None:
    step(world, "set-rule-limit", server="old", rule=GROUP_JOIN, limit=75_000)
    step(world, "upgrade", server="old", version="2.6.92.0")
    assert old.product_version == "2.6.92.0"
    assert old.registry[PARAMETERS_KEY][IMPORT_API_VERSION] == 2
    assert old.registry[PARAMETERS_KEY][EXPORT_API_VERSION] == 2
    assert old.export_api_version() == 2
    assert "> 50000)" in expression_of(default_rule(old, GROUP_JOIN))
    assert {row.connector_identifier for row in old.overrides} == {item.identifier for item in old.connectors}
    step(world, "complete-cycles", server="old")
    assert not old.overrides
    step(world, "upgrade", server="new")
    assert clones_of(new, GROUP_JOIN)
    assert default_rule(new, GROUP_JOIN).disabled


def test_after_the_upgrade_the_old_server_can_be_given_the_raised_limit_too(world: World, old: SyncServer) -> None:
    step(world, "set-staging-mode", server="old", on=True)
    step(world, "set-staging-mode", server="new", on=False)
    step(world, "complete-cycles", server="new")
    step(world, "complete-cycles", server="old")
    step(world, "upgrade", server="old")
    for name, precedence in ((GROUP_WRITEUP, 98), (GROUP_JOIN, 99)):
        step(world, "clone-rule", server="old", rule=name, precedence=precedence, limit=250_000)
    step(world, "complete-cycles", server="old")
    assert pending(old).export_adds == pending(old).export_updates == pending(old).export_deletes == 0
