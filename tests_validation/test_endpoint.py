"""Which endpoint version the servers import and export with [adsync §3]."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from fixtures.facts.api_version import ApiState

if TYPE_CHECKING:
    from fixtures.facts.pair import Migration
    from fixtures.facts.result import Result
    from fixtures.facts.server import ServerFacts

READS = ("adsync_parameters", "connectors")
OPTIONAL = ("product_version", "import_api_version", "export_api_version")


@pytest.mark.check(
    "EP-01v1",
    title="The new server imports and exports with the intended endpoint version",
    severity="blocking",
    gates=("deployed", "promote", "switched", "soak"),
    claims=("S0-7", "S0-17", "S0-18", "S0-19", "S1-8", "S1-11", "S2-5", "S2-7", "S4-1"),
    reads=READS,
    optional_reads=OPTIONAL,
    servers="new",
)
def test_import_and_export_use_the_intended_version(server: ServerFacts, migration: Migration, result: Result) -> None:
    """Import and export are two switches, and export is written down twice.

    Why: with only one of them switched, exports stop or large groups stay behind, and nothing says so.
    Judged: both registry values and the connector's ExportType say the intended version; a getter that is offered and
    disagrees is a contradiction. An absent value means 2 on 2.x, and 1 on 1.x with low confidence.
    Fix: run Set-ADSyncAADConnectorExportApiVersion and Set-ADSyncAADConnectorImportApiVersion with the scheduler off.
    """
    intended = ApiState.V2 if migration.environment.endpoint.api_version == 2 else ApiState.V1  # noqa: PLR2004
    api = server.api
    if api.state is not intended:
        result.failed(server.name, f"{intended} is intended, found {api.reason}", api.facts)
    elif api.assumed:
        result.inconclusive(server.name, api.reason, api.facts)
    else:
        result.passed(server.name, api.reason, api.facts)


@pytest.mark.check(
    "EP-02v1",
    title="The old server's endpoint version is recorded and consistent",
    severity="advisory",
    gates=("deployed", "promote", "switched", "soak"),
    claims=("S0-9", "S0-19"),
    reads=READS,
    optional_reads=OPTIONAL,
    servers="old",
)
def test_the_old_version_is_recorded(server: ServerFacts, migration: Migration, result: Result) -> None:
    """The old server may be on either version until the end, but not between them.

    Why: its version says which groups it can send, and what going back to it would lose.
    Judged: recorded; a mixed or half-switched state is a finding of its own.
    Fix: set both directions of the old server to one version again.
    """
    if why := migration.retired(server):
        result.not_applicable(server.name, why, {"old_exit": migration.plan.old_exit})
    elif server.api.state in {ApiState.V1, ApiState.V2}:
        result.passed(server.name, server.api.reason, server.api.facts)
    else:
        result.failed(server.name, server.api.reason, server.api.facts)


@pytest.mark.check(
    "EP-03v1",
    title="Every server in service is on version 2",
    severity="blocking",
    gates=("finish", "nightly"),
    claims=("S0-12", "S0-19", "S1-8"),
    reads=READS,
    optional_reads=OPTIONAL,
    servers="each",
)
def test_every_server_is_on_version_2(server: ServerFacts, migration: Migration, result: Result) -> None:
    """At the end no server is left that would send less than the active one.

    Why: a staging server on version 1 deletes every large group as soon as it takes over.
    Judged: both registry values and ExportType say version 2 on every server that is in service.
    Fix: upgrade the server, or switch both directions to version 2.
    """
    if why := migration.retired(server):
        result.not_applicable(server.name, why, {"old_exit": migration.plan.old_exit})
    elif server.api.state is not ApiState.V2:
        result.failed(server.name, f"V2 is needed, found {server.api.reason}", server.api.facts)
    else:
        result.passed(server.name, server.api.reason, server.api.facts)
