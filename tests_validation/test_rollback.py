"""Going back: what would be lost, who takes over, and is it really done? [semantics §3]."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from fixtures.facts.api_version import ApiState
from fixtures.facts.member_limit import V1_LIMIT
from fixtures.facts.pairing import pairs
from fixtures.facts.rollback import digest_of, lost_groups
from fixtures.facts.runs import IMPORTS
from fixtures.versions import Standing

if TYPE_CHECKING:
    from datetime import datetime

    from fixtures.facts.pair import Migration
    from fixtures.facts.result import Result
    from fixtures.facts.server import ServerFacts


@pytest.mark.check(
    "RB-01v1",
    title="The groups that version 1 would delete are accepted",
    severity="blocking",
    gates=("rollback",),
    claims=("S0-37",),
    reads=("new.connectors",),
    optional_reads=("group_statistics", "old.adsync_parameters", "old.connectors", "old.product_version"),
    waivable=False,
)
def test_the_groups_that_would_be_lost_are_accepted(migration: Migration, result: Result) -> None:
    """Version 1 deletes every group over 50,000 members that version 2 has made.

    Why: the deletion comes with the next full synchronization, and nothing asks again.
    Judged: the joined groups over 50,000 members on the new server's Entra connector, as a list; NO-GO until
    rollback.accepted_groups_digest is the digest of that very list. A swing to a server on version 2 loses none.
    Fix: read the list, decide with the owners of the groups, and write its digest into the environment.
    """
    if migration.plan.rollback == "swing" and migration.old.api.state is ApiState.V2:
        result.not_applicable("groups", f"{migration.old.name} is on V2 and sends them too", migration.old.api.facts)
        return
    lost = lost_groups(migration.new)
    digest = digest_of(lost)
    facts = {"groups": [f"{group.name} ({group.count:,}) {group.rdn}" for group in lost], "digest": digest}
    if not lost:
        result.passed("groups", f"no group has more than {V1_LIMIT:,} members", facts)
    elif migration.environment.rollback.accepted_groups_digest == digest:
        result.passed("groups", f"the loss of {len(lost)} groups is accepted, digest {digest}", facts)
    else:
        names = ", ".join(group.name for group in lost[:5])
        result.failed(
            "groups",
            f"version 1 would delete {len(lost)} groups ({names}); to accept exactly this list set "
            f'rollback.accepted_groups_digest = "{digest}"',
            facts,
        )


@pytest.mark.check(
    "RB-02v1",
    title="It is known whether this build can go back to version 1",
    severity="advisory",
    gates=("rollback",),
    claims=("S0-37",),
    reads=("product_version",),
    servers="new",
)
def test_the_way_back_to_version_1_is_known(server: ServerFacts, migration: Migration, result: Result) -> None:
    """The documented rollback was written for 1.5.

    Why: no source says whether Set-ADSyncAADConnectorExportApiVersion 1 works on a 2.x build.
    Judged: never decided on 2.x; a swing does not need it.
    Fix: try it on a server that may be lost, or plan the rollback as a swing.
    """
    facts = {"ProductVersion": server.build, "rollback": migration.plan.rollback}
    if migration.plan.rollback == "swing":
        result.not_applicable(server.name, "the plan goes back by a swing", facts)
    elif server.build.major == 1:
        result.passed(server.name, f"{server.build} takes both versions", facts)
    else:
        reason = f"whether Set-ADSyncAADConnectorExportApiVersion 1 works on {server.build} is unknown"
        result.inconclusive(server.name, reason, facts)


@pytest.mark.check(
    "RB-03v1",
    title="The build of the server that takes over is allowed",
    severity="blocking",
    gates=("rollback",),
    claims=("S3-4", "S3-10", "S0-37"),
    pitfalls=("P48",),
    reads=("product_version",),
    servers="old",
)
def test_the_target_build_is_allowed(server: ServerFacts, migration: Migration, result: Result) -> None:
    """A server that cannot synchronize is no way back.

    Why: 1.x is dead, and below the floor nothing is exported.
    Judged: a 1.x target is a no on any day; otherwise by the version table.
    Fix: upgrade the old server, or go back by endpoint.
    """
    facts = {"ProductVersion": server.build, "rollback": migration.plan.rollback}
    judged = migration.version(server.build)
    if migration.plan.rollback != "swing":
        result.not_applicable(server.name, "the plan goes back by endpoint, on the new server", facts)
    elif server.build.major == 1:
        result.failed(server.name, f"{server.build} is 1.x: it is no way back", facts)
    elif judged.allowed:
        result.passed(server.name, judged.reason, facts)
    elif judged.standing is Standing.UNKNOWN:
        result.inconclusive(server.name, judged.reason, facts)
    else:
        result.failed(server.name, judged.reason, facts)


@pytest.mark.check(
    "RB-04v1",
    title="The server that takes over is staged and owes nothing",
    severity="blocking",
    gates=("rollback",),
    claims=("S0-9", "S0-11", "S3-31"),
    pitfalls=("P8",),
    reads=("scheduler", "overrides"),
    servers="old",
)
def test_the_target_is_staged(server: ServerFacts, migration: Migration, result: Result) -> None:
    """It must be ready before the other one steps back.

    Why: between the two steps nothing is exported.
    Judged: staging mode on, scheduler on and not suspended, no override pending.
    Fix: switch its scheduler on, and let a cycle finish.
    """
    if migration.plan.rollback != "swing":
        result.not_applicable(server.name, "the plan goes back by endpoint", {"rollback": migration.plan.rollback})
        return
    scheduler = server.scheduler
    wrong = [
        sentence
        for is_wrong, sentence in (
            (not scheduler.staging_mode_enabled, "it is not in staging mode"),
            (not scheduler.sync_cycle_enabled, "its scheduler is off"),
            (scheduler.scheduler_suspended, "its scheduler is suspended"),
            (any(override.pending for override in server.overrides), "a full run is owed"),
        )
        if is_wrong
    ]
    if wrong:
        result.failed(server.name, ", ".join(wrong))
    else:
        result.passed(server.name, "it is staged, its scheduler is on, nothing is owed")


@pytest.mark.check(
    "RB-05v1",
    title="The server that takes over is in step",
    severity="blocking",
    gates=("rollback",),
    claims=("S0-11", "S3-34"),
    pitfalls=("P8",),
    reads=("runs", "connectors"),
    optional_reads=("adsync_parameters", "product_version"),
    servers="old",
)
def test_the_target_is_in_step(server: ServerFacts, migration: Migration, now: datetime, result: Result) -> None:
    """A target that lags writes old values back.

    Why: it has not exported since the switch, and its memory may be that old.
    Judged: the newest import of each connector succeeded and is fresh; the newest synchronization succeeded, or ended
    with synchronization errors on version 1, which refuses the large groups counted apart.
    Fix: let the target run a cycle, and repair what fails in it.
    """
    if migration.plan.rollback != "swing":
        result.not_applicable(server.name, "the plan goes back by endpoint", {"rollback": migration.plan.rollback})
        return
    for connector in server.connectors:
        imported = server.history.last_success(connector.identifier, IMPORTS)
        last, synchronized = server.last_import(connector), server.last_synchronization(connector)
        if last is None or imported is None or not last.succeeded:
            result.failed(connector.name, str(last) if last else f"no import of {connector.name} is in the run history")
        elif now - (imported.ended_at or imported.started_at) > migration.policy.freshness:
            result.failed(connector.name, f"{imported}, older than {migration.policy.freshness}")
        elif synchronized is None:
            result.failed(connector.name, f"no synchronization of {connector.name} is in the run history")
        elif synchronized.succeeded:
            result.passed(connector.name, f"{imported}; {synchronized}")
        elif synchronized.result == "completed-sync-errors" and server.api.state is ApiState.V1:
            result.passed(connector.name, f"{synchronized}: version 1 refuses the large groups")
        else:
            result.failed(connector.name, str(synchronized))


@pytest.mark.check(
    "RB-06v1",
    title="Import and export are back on version 1",
    severity="blocking",
    gates=("rolled-back",),
    claims=("S0-37",),
    reads=("adsync_parameters", "connectors"),
    optional_reads=("product_version", "import_api_version", "export_api_version"),
    servers="new",
)
def test_both_directions_are_on_version_1(server: ServerFacts, migration: Migration, result: Result) -> None:
    """Both switches again, this time the other way.

    Why: a server between the versions exports nothing.
    Judged: both registry values and ExportType say version 1; only where the plan goes back by endpoint.
    Fix: Set-ADSyncAADConnectorExportApiVersion 1 and Set-ADSyncAADConnectorImportApiVersion 1, scheduler off.
    """
    if migration.plan.rollback != "endpoint":
        result.not_applicable(server.name, "the plan goes back by a swing", {"rollback": migration.plan.rollback})
    elif server.api.state is ApiState.V1:
        result.passed(server.name, server.api.reason, server.api.facts)
    else:
        result.failed(server.name, f"V1 is needed, found {server.api.reason}", server.api.facts)


@pytest.mark.check(
    "RB-07v1",
    title="The clones are gone and the default rules enabled",
    severity="blocking",
    gates=("rolled-back",),
    claims=("S0-38", "S0-39"),
    reads=("rules",),
    servers="new",
)
def test_the_clones_are_gone(server: ServerFacts, migration: Migration, result: Result) -> None:
    """Two steps of the rollback that are easily forgotten.

    Why: with the clone left, version 1 is sent groups that it refuses; with the default disabled, none is limited.
    Judged: no clone of a limiting rule is left, enabled or not, and each default rule is enabled.
    Fix: delete the clone, and enable the default rule in the Synchronization Rules Editor.
    """
    if migration.plan.rollback != "endpoint":
        result.not_applicable(server.name, "the plan goes back by a swing", {"rollback": migration.plan.rollback})
        return
    found = pairs(server.rules)
    for pair in found:
        clones = (*pair.enabled_clones, *pair.disabled_clones)
        if clones:
            result.failed(pair.default.name, f"the clone '{clones[0].name}' is still there")
        elif pair.default.disabled:
            result.failed(pair.default.name, f"the default rule '{pair.default.name}' is still disabled")
        else:
            result.passed(pair.default.name, f"'{pair.default.name}' is enabled, without a clone")
    if not found:
        result.inconclusive(server.name, "none of the default rules that limit members is there")
