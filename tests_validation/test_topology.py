"""Exactly one server exports, and it is the right one [semantics §1, §3]."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from fixtures.facts.runs import EXPORTS

if TYPE_CHECKING:
    from fixtures.facts.pair import Migration
    from fixtures.facts.result import Result

ALWAYS = (
    "prepare", "deployed", "promote", "switched", "soak", "finish", "rollback", "rolled-back", "in-place", "upgraded",
    "nightly",
)  # fmt: skip
OVERLAP = timedelta(hours=6)


@pytest.mark.check(
    "TO-01v1",
    title="Exactly one server is active, and it is the right one",
    severity="blocking",
    gates=ALWAYS,
    claims=("S0-6", "S0-7", "S0-9", "S3-25", "S3-31", "S3-37", "S3-42"),
    pitfalls=("P1",),
    reads=("scheduler", "global_parameters"),
    optional_reads=("runs", "connectors", "service", "tenant.current_export_data"),
    waivable=False,
)
def test_exactly_one_server_is_active(migration: Migration, result: Result) -> None:
    """Two active servers overwrite each other; with none, nothing is exported.

    Why: nothing in the service keeps a second server from exporting, and each writes back what the other changed.
    Judged: by both staging flags of every server in service, against the role the plan gives it at this gate. Run
    history and the tenant's last exporter can contradict; their absence does not decide.
    Fix: put the server that must not export into staging mode first, then take the other one out of it.
    """
    exporting = [server.name for server in migration.present if not (server.staging and server.local_staging)]
    facts = {server.name: server.scheduler.role for server in migration.present}
    wrong = [
        f"{server.name} is {server.scheduler.role}, and must be {role} at {migration.gate}"
        for server in migration.present
        if (role := migration.expected_role(server)) and role != server.scheduler.role
    ]
    spared = [server for server in migration.servers.values() if server not in migration.present]
    stopped_already = migration.gate == "promote" and bool(spared)
    if len(exporting) > 1:
        result.failed("all servers", f"{' and '.join(exporting)} are active at once", facts)
    elif not exporting and not stopped_already:
        result.failed("all servers", "no server is active", facts)
    elif wrong:
        result.failed("all servers", "; ".join(wrong), facts)
    elif contradictions := migration.contradictions():
        result.failed("all servers", "; ".join(contradictions), facts)
    elif exporting:
        result.passed("all servers", f"{exporting[0]} is the only active server", facts)
    else:
        result.passed("all servers", f"none is active: {spared[0].name} is out of service", {"staging": list(facts)})


@pytest.mark.check(
    "TO-02v1",
    title="The old server is out of service where the plan says so",
    severity="blocking",
    gates=("switched", "soak", "finish", "nightly"),
    claims=("S3-40", "S3-41", "S3-42", "S3-43"),
    pitfalls=("P4",),
    optional_reads=("old.service", "tenant.current_export_data"),
    waivable=False,
)
def test_the_old_server_is_out_of_service(migration: Migration, result: Result) -> None:
    """A server that was only switched off comes back.

    Why: it would export its old data every cycle, until somebody finds it.
    Judged: its ADSync service is read as stopped and disabled; or nothing can be read from it, a dated attestation says
    that it is isolated, and the tenant does not name it as the last exporter.
    Fix: Stop-Service ADSync; Set-Service ADSync -StartupType Disabled; then uninstall, or isolate and attest it.
    """
    if migration.plan.kind == "in-place":
        result.not_applicable("servers", "an in-place upgrade leaves no old server", {"kind": migration.plan.kind})
        return
    old = migration.old
    if migration.plan.old_exit in {"staging", "upgrade-first"}:
        plan = {"old_exit": migration.plan.old_exit}
        result.not_applicable(old.name, f"the plan keeps it in service ({migration.plan.old_exit})", plan)
    elif migration.names_as_exporter(old):
        result.failed(old.name, f"the tenant names {migration.tenant.last_exporter} as the last exporter")
    elif proof := migration.proof_of_exit(old):
        result.passed(old.name, proof)
    elif old.unreachable is None:
        status, start = old.service
        result.failed(old.name, f"its ADSync service is {status} and starts {start}")
    else:
        missing = migration.attestation("old-isolated", old.name)
        result.inconclusive(
            old.name, f"it is unreachable, and {missing}" if isinstance(missing, str) else "unreachable"
        )


@pytest.mark.check(
    "TO-03v1",
    title="The old server stopped exporting before the new one began",
    severity="blocking",
    gates=("switched", "soak"),
    claims=("S0-9", "S3-37"),
    pitfalls=("P2",),
    reads=("runs", "connectors"),
)
def test_the_old_server_stopped_first(migration: Migration, result: Result) -> None:
    """The active server goes to staging before the other one leaves it.

    Why: in the other order both export for a while, and each undoes what the other wrote.
    Judged: in the run history no export of the old server lies between two exports of the new one.
    Fix: compare what both exported in that time; next time put the old server into staging mode first.
    """
    old, new = migration.old, migration.new
    if why := migration.retired(old):
        result.not_applicable(old.name, why, {"old_exit": migration.plan.old_exit})
        return
    theirs = old.history.of(old.entra.identifier, EXPORTS)
    ours = new.history.of(new.entra.identifier, EXPORTS)
    between = [
        run
        for run in theirs
        if any(run.started_at - OVERLAP < mine.started_at < run.started_at for mine in ours)
        and any(mine.started_at >= run.started_at for mine in ours)
    ]
    if between:
        result.failed(old.name, f"it exported while {new.name} did: {between[0]}", {"exports": len(between)})
    elif not ours:
        result.inconclusive(new.name, "it has not exported yet")
    else:
        result.passed(old.name, f"its last export is {theirs[0]}" if theirs else "no export is in its history")


@pytest.mark.check(
    "TO-04v1",
    title="No unknown machine exports to the tenant",
    severity="advisory",
    gates=("prepare", "promote", "soak", "finish", "in-place", "upgraded", "nightly"),
    claims=("S3-41", "S3-42", "S3-43"),
    pitfalls=("P4", "P5"),
    optional_reads=("tenant.current_export_data",),
)
def test_no_unknown_machine_exports(migration: Migration, result: Result) -> None:
    """A forgotten or restored server exports stale data.

    Why: it is on nobody's list, so only the tenant knows of it.
    Judged: the machine that Graph beta names as the last exporter is a server of the environment. Advisory, because
    the answer is offered by beta only.
    Fix: where Graph named a machine that is on no list, find it and take it out of service; where it named none, look
    for a forgotten server among the accounts of the sync role in the tenant.
    """
    exporter = migration.tenant.last_exporter
    known = {server.settings.computer_name.casefold() for server in migration.servers.values()}
    if exporter is None:
        result.inconclusive("tenant", "Graph did not tell which machine ran the last export")
    elif exporter.casefold() in known:
        result.passed("tenant", f"{exporter} ran the last export")
    else:
        result.failed("tenant", f"{exporter} ran the last export and is no server of the environment")
