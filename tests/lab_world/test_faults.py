from __future__ import annotations

from datetime import UTC, timedelta
from typing import TYPE_CHECKING, Any
from uuid import UUID

import pytest

from lab.world.default_rules import GROUP_JOIN, GROUP_WRITEUP
from lab.world.errors import SyncError, UnknownArgumentError
from lab.world.faults import FAULTS
from lab.world.model import ENTRA_CONNECTOR
from lab.world.rule_editing import clones_of, default_rule, limiting_rules
from lab.world.scenarios import WorldOptions, make_world
from lab.world.server import EXPORT_API_VERSION, IMPORT_API_VERSION, PARAMETERS_KEY

from .helpers import cloud_count, expression_of, fault, key_of, last_result, pending, switch, there

if TYPE_CHECKING:
    from collections.abc import Callable

    from lab.world.default_rules import MemberLimit
    from lab.world.model import EventRecord, SynchronizationRule
    from lab.world.server import SyncServer
    from lab.world.world import World


def versions(server: SyncServer) -> tuple[Any, Any, Any]:
    values, extension = server.registry[PARAMETERS_KEY], there(server.entra_connector.extension_configuration)
    return values.get(IMPORT_API_VERSION), values.get(EXPORT_API_VERSION), extension.export_type


def join(server: SyncServer) -> SynchronizationRule:
    return clones_of(server, GROUP_JOIN)[0]


def events(server: SyncServer, number: int) -> list[EventRecord]:
    return [record for record in server.events if record.id == number]


def test_every_fault_says_what_it_does_and_what_its_arguments_mean() -> None:
    for entry in FAULTS.as_json():
        assert len(entry["meaning"]) > 15, entry["name"]
        assert all(argument["meaning"] for argument in entry["arguments"].values())


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("only-import-switched", (2, 1, 2)),
        ("only-export-switched", (1, 2, 5)),
        ("registry-and-export-type-disagree", (2, 2, 2)),
        ("back-on-v1", (1, 1, 2)),
        ("api-version-values-absent", (None, None, 5)),
    ],
)
def test_faults_of_the_api_version_change_registry_and_export_type_and_can_be_undone(
    world: World, new: SyncServer, name: str, expected: tuple[int | None, int | None, int]
) -> None:
    undo = there(FAULTS[name].apply(world, {}))
    assert versions(new) == expected
    undo()
    assert versions(new) == (2, 2, 5)


def test_the_export_getter_refuses_when_registry_and_connector_disagree(world: World, new: SyncServer) -> None:
    fault(world, "registry-and-export-type-disagree")
    with pytest.raises(SyncError, match="Version mismatch in Registry and AAD Connector"):
        new.export_api_version()
    assert new.import_api_version() == 2


def test_an_absent_registry_value_means_version_2_on_2x(world: World, new: SyncServer) -> None:
    fault(world, "api-version-values-absent")
    assert (new.import_api_version(), new.export_api_version()) == (2, 2)


RULE_FAULTS: dict[str, Callable[[SyncServer], object]] = {
    "writeup-rule-left-at-50000": lambda s: (
        not default_rule(s, GROUP_WRITEUP).disabled and not clones_of(s, GROUP_WRITEUP)
    ),
    "default-left-enabled-beside-clone": lambda s: not default_rule(s, GROUP_JOIN).disabled and not join(s).disabled,
    "both-rules-disabled": lambda s: default_rule(s, GROUP_JOIN).disabled and join(s).disabled,
    "clone-at-precedence-120": lambda s: join(s).precedence == 120,
    "limit-250001": lambda s: all(
        "> 250001)" in expression_of(rule) for rule in limiting_rules(s) if not rule.is_standard_rule
    ),
    "curly-quotes-in-expression": lambda s: "“member”" in expression_of(join(s)),
    "scope-filter-member-count": lambda s: all(
        group.scope_condition_list[-1].attribute == "memberCount" for group in join(s).scope_filter
    ),
    "limit-in-member-count-form": lambda s: "[memberCount]> 50000" in expression_of(join(s)),
    "rule-edited-in-place": lambda s: (
        "> 250000)" in expression_of(default_rule(s, GROUP_JOIN)) and not clones_of(s, GROUP_JOIN)
    ),
    "precedence-used-twice": lambda s: [join(s).precedence, clones_of(s, GROUP_WRITEUP)[0].precedence] == [99, 99],
    "rule-without-connector": lambda s: (
        {rule.connector for rule in s.rules} - {item.identifier for item in s.connectors}
    ),
}


@pytest.mark.parametrize("name", RULE_FAULTS)
def test_a_fault_of_the_rules_leaves_the_damage_and_no_demand_for_a_full_run(
    world: World, new: SyncServer, name: str
) -> None:
    fault(world, name)
    assert RULE_FAULTS[name](new)
    assert not new.overrides
    assert last_result(new, "Full Synchronization") in {"success", "completed-sync-errors"}


@pytest.mark.parametrize("limit", ["250000", "none"])
@pytest.mark.parametrize(
    "name", ["both-rules-disabled", "clone-at-precedence-120", "default-left-enabled-beside-clone"]
)
def test_faults_of_a_clone_make_one_in_the_variants_without(limit: MemberLimit, name: str) -> None:
    world = make_world(options=WorldOptions(member_limit=limit))
    fault(world, name)
    assert RULE_FAULTS[name](world.servers["new"])


@pytest.mark.parametrize(
    ("name", "adds"),
    [
        ("writeup-rule-left-at-50000", 0),
        ("default-left-enabled-beside-clone", 0),
        ("scope-filter-member-count", 0),
        ("limit-250001", 5),
        ("clone-at-precedence-120", 5),
    ],
)
def test_what_a_fault_of_the_rules_does_to_the_pending_exports(
    world: World, new: SyncServer, name: str, adds: int
) -> None:
    fault(world, name)
    assert pending(new).export_adds == adds


def test_with_curly_quotes_no_group_can_be_evaluated(world: World, new: SyncServer) -> None:
    fault(world, "curly-quotes-in-expression")
    failed = [group for group in new.entra.groups.values() if group.synchronization_failure]
    assert len(failed) == len(world.forest.groups)


def test_without_any_join_rule_every_group_is_to_be_deleted(world: World, new: SyncServer) -> None:
    fault(world, "both-rules-disabled")
    assert pending(new).export_deletes == len(world.tenant.live_groups)


@pytest.mark.parametrize(
    ("name", "holds", "purpose"),
    [
        ("override-pending", lambda s: s.overrides[0].connector_identifier == ENTRA_CONNECTOR, "new"),
        ("scheduler-off", lambda s: not s.scheduler.sync_cycle_enabled, "new"),
        ("scheduler-suspended", lambda s: s.scheduler.scheduler_suspended, "new"),
        ("both-active", lambda s: not s.scheduler.staging_mode_enabled and not s.staging, "new"),
        ("neither-active", lambda s: s.scheduler.staging_mode_enabled and s.staging, "old"),
        ("staging-flags-disagree", lambda s: s.staging != s.scheduler.staging_mode_enabled, "new"),
        ("computer-renamed", lambda s: s.computer_name == "CONTOSO-SYNC77", "new"),
        ("new-below-floor", lambda s: s.product_version == "2.5.76.0", "new"),
        ("recalled-build", lambda s: s.product_version == "2.6.79.0", "new"),
        ("unknown-build", lambda s: s.product_version == "2.7.13.0", "new"),
        ("old-below-wizard-floor", lambda s: s.product_version == "2.3.20.0", "old"),
        ("partial-upgrade", lambda s: s.configuration_version not in ("", s.product_version), "new"),
        ("server-unreachable", lambda s: s.unreachable, "old"),
        ("server-slow", lambda s: s.delay == 0.5, "new"),
        ("read-denied", lambda s: "Get-ADSyncScheduler" in s.denied, "new"),
        ("read-hangs", lambda s: "Get-ADSyncRule" in s.hang, "new"),
        ("clock-skew", lambda s: s.now() - s.clock.now() > timedelta(minutes=9), "new"),
        ("stale-runs", lambda s: s.clock.now() - s.runs[-1].end_date > timedelta(hours=8), "new"),
        ("no-full-synchronization", lambda s: not any("Full" in run.run_profile_name for run in s.runs), "new"),
        ("failed-run", lambda s: last_result(s, "Delta Import") == "no-start-connection", "new"),
        ("references-only-in-xml", lambda s: not s.options.references_in_attributes, "new"),
        ("service-stopped", lambda s: s.service_status == "Stopped", "new"),
        ("server-in-another-zone", lambda s: s.time_zone is not UTC, "new"),
        ("wire-interference", lambda s: s.interferences[0].times == 1, "new"),
        ("updates-pending", lambda s: pending(s).export_updates == 250, "new"),
        ("deletes-3", lambda s: pending(s).export_deletes == 3, "new"),
        ("deletes-600", lambda s: pending(s).export_deletes == 600, "new"),
        ("application-identity", lambda s: "UserName" not in _connectivity(s), "new"),
        ("connector-of-other-tenant", lambda s: "fabrikam" in _connectivity(s)["UserName"], "new"),
    ],
)
def test_a_fault_of_a_server_can_be_undone(world: World, name: str, holds: Callable[[Any], Any], purpose: str) -> None:
    server = world.servers[purpose]
    assert not _holds(holds, server)
    undo = there(FAULTS[name].apply(world, {}))
    assert holds(server)
    undo()
    assert not _holds(holds, server)


def _holds(condition: Callable[[Any], Any], server: object) -> bool:
    try:
        return bool(condition(server))
    except (IndexError, KeyError):
        return False


def _connectivity(server: SyncServer) -> dict[str, str]:
    connector = next(item for item in server.connectors if item.identifier == ENTRA_CONNECTOR)
    return {item.name: item.value for item in connector.connectivity_parameters}


def test_two_names_of_one_machine_answer_alike(world: World, old: SyncServer) -> None:
    undo = there(FAULTS["same-machine"].apply(world, {}))
    assert world.host("new") is world.host("old") is old
    undo()
    assert world.host("new") is not old


def test_a_copied_machine_has_the_same_installation(world: World, old: SyncServer, new: SyncServer) -> None:
    fault(world, "same-instance")
    assert new.instance_id == old.instance_id


def test_another_tenant_answers_with_its_own_id_and_domains(world: World) -> None:
    undo = there(FAULTS["other-tenant"].apply(world, {}))
    assert world.tenant.identity.tenant_id != world.tenant.tenant_id
    assert world.tenant.default_domain not in world.tenant.identity.verified_domains
    undo()
    assert world.tenant.identity.tenant_id == world.tenant.tenant_id


@pytest.mark.parametrize(
    ("name", "arguments", "holds"),
    [
        ("tenant-unreachable", {}, lambda t: t.unreachable),
        ("graph-denied", {}, lambda t: t.denied_paths == {"/groups"}),
        ("throttled", {"times": 7, "retry_after": 2}, lambda t: (t.throttle, t.retry_after) == (7, 2)),
        ("graph-chaos", {"path": "members", "kind": "truncated"}, lambda t: t.chaos[0].kind == "truncated"),
        ("directory-synchronization-delegated-only", {}, lambda t: not t.directory_synchronization_app_only),
        (
            "deletion-threshold-off",
            {},
            lambda t: t.accidental_deletion_prevention.synchronization_prevention_type == "disabled",
        ),
    ],
)
def test_a_fault_of_the_tenant_can_be_undone(
    world: World, name: str, arguments: dict[str, object], holds: Callable[[Any], Any]
) -> None:
    undo = there(FAULTS[name].apply(world, arguments))
    assert holds(world.tenant)
    undo()
    assert not _holds(holds, world.tenant)


def test_one_member_of_a_small_group_is_missing_or_swapped(world: World) -> None:
    key = key_of(world, "Finance")
    members = world.tenant.groups[key].members
    undo = there(FAULTS["small-group-member-missing"].apply(world, {}))
    assert len(members - world.tenant.groups[key].members) == 1
    undo()
    fault(world, "small-group-member-swapped")
    swapped = world.tenant.groups[key].members
    assert len(swapped) == len(members)
    assert len(swapped - members) == 1


def test_a_missing_member_is_only_noticed_by_the_next_cycle(world: World, old: SyncServer) -> None:
    fault(world, "small-group-member-missing")
    assert pending(old).export_updates == 0
    world.complete_cycle(old)
    assert cloud_count(world, "Finance") == 1_200


def test_a_large_group_can_only_miss_a_member_once_it_is_there(world: World) -> None:
    with pytest.raises(UnknownArgumentError, match="does not exist in Entra ID yet"):
        fault(world, "large-group-member-missing")
    switch(world)
    fault(world, "large-group-member-missing")
    assert cloud_count(world, "Field") == 59_996
    fault(world, "group-missing", group="Finance")
    assert cloud_count(world, "Finance") is None


def test_a_member_filtered_though_in_scope_leaves_event_6949_at_every_export(world: World, new: SyncServer) -> None:
    switch(world)
    undo = there(FAULTS["member-filtered-though-in-scope"].apply(world, {}))
    refused = world.forest.object(next(iter(world.tenant.rejected)))
    assert refused.key in world.forest.group_named("Members").members
    assert cloud_count(world, "Members") == 74_999
    assert cloud_count(world, "All Staff") == 250_000
    assert last_result(new, "Export") == "completed-export-errors"
    record = events(new, 6949)[-1]
    assert f"Reference DN: {refused.entra_dn}" in record.message
    assert len(events(new, 6949)) == 1
    assert refused.key in world.tenant.provisioning_errors
    world.complete_cycle(new)
    assert len(events(new, 6949)) == 2
    undo()
    assert cloud_count(world, "Members") == 75_000
    assert last_result(new, "Export") == "success"
    assert not world.tenant.provisioning_errors


def test_out_of_scope_members_are_reported_as_filtered_without_being_missing(world: World, new: SyncServer) -> None:
    switch(world)
    undo = there(FAULTS["out-of-scope-member-filtered"].apply(world, {}))
    assert len(events(new, 6949)) == 3
    assert last_result(new, "Export") == "completed-export-errors"
    assert cloud_count(world, "Field") == 59_997
    undo()
    assert last_result(new, "Export") == "success"


def test_containers_that_differ_stage_deletions_or_additions(world: World, new: SyncServer) -> None:
    fault(world, "container-left-out")
    assert pending(new).export_deletes == 25
    other = make_world()
    fault(other, "container-too-many")
    assert pending(other.servers["new"]).export_adds == 1_000 + 5


def test_a_young_event_log_has_no_old_record(world: World, new: SyncServer) -> None:
    assert world.clock.now() - new.events[0].time_created > timedelta(days=30)
    fault(world, "event-log-young")
    assert world.clock.now() - new.events[0].time_created < timedelta(hours=1)


def test_interference_on_the_wire_is_used_up(world: World, new: SyncServer) -> None:
    fault(world, "wire-interference", verb="receive", kind="hang", times=2)
    assert new.next_interference("Create") is None
    assert [new.next_interference("Receive") for _ in range(3)] == ["hang", "hang", None]
    fault(world, "wire-interference", times=-1)
    assert {new.next_interference("Receive") for _ in range(5)} == {"reset"}
    with pytest.raises(UnknownArgumentError, match="kind is one of"):
        fault(world, "wire-interference", kind="smoke")


def test_a_cycle_starts_after_so_many_pipelines_of_that_server(world: World, new: SyncServer) -> None:
    fault(world, "cycle-starts-while-reading", after=2)
    for system, kind in (("old", "pipeline"), ("new", "wsman"), ("new", "pipeline")):
        world.request_answered(system, kind)
        assert new.cycle is None
    world.request_answered("new", "pipeline")
    assert new.cycle is not None
    assert new.cycle.seconds == 2
    world.finish_cycle(new)
    world.request_answered("new", "pipeline")
    world.request_answered("new", "pipeline")
    assert new.cycle is None


def test_a_cycle_can_start_again_and_again(world: World, new: SyncServer) -> None:
    undo = there(FAULTS["cycle-starts-while-reading"].apply(world, {"after": 1, "times": "forever"}))
    for _ in range(3):
        world.request_answered("new", "pipeline")
        assert new.cycle is not None
        world.finish_cycle(new)
    undo()
    world.request_answered("new", "pipeline")
    assert new.cycle is None


def test_a_fault_that_cannot_be_is_refused(world: World) -> None:
    with pytest.raises(UnknownArgumentError, match="no group"):
        fault(world, "small-group-member-missing", group="Nobody")
    with pytest.raises(UnknownArgumentError, match="at most"):
        fault(world, "deletes-600", count=10_000)
    with pytest.raises(UnknownArgumentError, match="holds no member limit"):
        fault(world, "clone-at-precedence-120", rule="Out to AAD - User Join")
    fault(world, "both-active")
    with pytest.raises(UnknownArgumentError, match="exactly one server"):
        fault(world, "member-filtered-though-in-scope", group="Finance")
    with pytest.raises(UnknownArgumentError, match="no run of"):
        fault(world, "failed-run", profile="Export")


def test_tenants_have_identifiers_that_are_not_nothing(world: World) -> None:
    assert world.tenant.tenant_id != UUID(int=0)
