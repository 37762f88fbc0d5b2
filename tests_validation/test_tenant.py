"""Is the tenant in the state that a migration needs? [entra §10]."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from fixtures.answers import MissingAnswer

if TYPE_CHECKING:
    from datetime import datetime

    from fixtures.facts.pair import Migration
    from fixtures.facts.result import Result
    from fixtures.facts.tenant import TenantFacts


ENABLED = frozenset({"enabledforcount", "enabledforpercentage"})
"""Graph's enumeration may grow, and says unknownFutureValue to those who do not ask for what is new."""


@pytest.mark.check(
    "TE-01v1",
    title="Directory synchronization is on in the tenant",
    severity="blocking",
    gates=("prepare", "deployed", "promote", "switched", "soak", "finish", "in-place", "upgraded", "nightly"),
    claims=("S0-30", "S3-42"),
    pitfalls=("P46",),
    reads=("tenant.organization",),
)
def test_directory_synchronization_is_on(tenant: TenantFacts, result: Result) -> None:
    """Switching it off as a repair can take more than three days to undo.

    Why: with synchronization off every export is refused.
    Judged: onPremisesSyncEnabled of the organization is true.
    Fix: switch directory synchronization on again, and wait until it is.
    """
    if tenant.synchronized:
        result.passed("tenant", "onPremisesSyncEnabled is true")
    else:
        result.failed("tenant", "onPremisesSyncEnabled is not true")


@pytest.mark.check(
    "TE-02v1",
    title="Accidental deletions are prevented",
    severity="advisory",
    gates=("prepare", "promote", "soak", "in-place", "nightly"),
    claims=("S0-31", "S3-35"),
    pitfalls=("P15",),
    optional_reads=("tenant.on_premises_synchronization",),
)
def test_accidental_deletions_are_prevented(tenant: TenantFacts, result: Result) -> None:
    """The threshold lives in the tenant; the copy on a server can be stale.

    Why: somebody switched it off for a mass delete and forgot it.
    Judged: the type of accidentalDeletionPrevention is enabledForCount or enabledForPercentage. Advisory, because Graph
    may refuse the read to an application.
    Fix: Enable-ADSyncExportDeletionThreshold -DeletionThreshold 500
    """
    try:
        kind, threshold = tenant.deletion_prevention
    except MissingAnswer as missing:
        result.inconclusive("tenant", missing)
        return
    facts = {"synchronizationPreventionType": kind, "alertThreshold": threshold}
    if kind.casefold() == "disabled":
        result.failed("tenant", "accidental deletion prevention is disabled", facts)
    elif kind.casefold() in ENABLED:
        result.passed("tenant", f"{kind}, threshold {'not told' if threshold is None else threshold}", facts)
    else:
        result.inconclusive("tenant", f"the type is {kind}, which is not known to prevent deletions", facts)


@pytest.mark.check(
    "TE-03v1",
    title="The tenant was synchronized lately",
    severity="advisory",
    gates=("deployed", "promote", "switched", "soak", "nightly"),
    claims=("S0-30",),
    reads=("tenant.organization",),
)
def test_the_tenant_was_synchronized_lately(
    tenant: TenantFacts, migration: Migration, now: datetime, result: Result
) -> None:
    """The portal's own sign of life.

    Why: it is what people look at. It stays green while deletes are suppressed, so it proves nothing alone.
    Judged: onPremisesLastSyncDateTime is not older than the freshness of the policy.
    Fix: look at the active server's runs.
    """
    last, allowed = tenant.last_sync, migration.policy.freshness
    if last is None:
        result.inconclusive("tenant", "onPremisesLastSyncDateTime is not set")
    elif last > now + migration.policy.clock_skew:
        result.inconclusive("tenant", f"the last sync was {last:%F %R}Z, which is in the future")
    elif now - last > allowed:
        result.failed("tenant", f"the last sync was {last:%F %R}Z, older than {allowed}")
    else:
        result.passed("tenant", f"the last sync was {last:%F %R}Z")
