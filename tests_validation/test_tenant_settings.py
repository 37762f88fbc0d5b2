"""Are the tenant's synchronization settings the intended ones, and do both sides agree on them? [graph §1.4]."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from fixtures.answers import MissingAnswer
from fixtures.facts.groups import group_proofs
from fixtures.facts.windows_json import as_items, has, text

if TYPE_CHECKING:
    from datetime import datetime

    from fixtures.facts.pair import Migration
    from fixtures.facts.result import Result
    from fixtures.facts.tenant import TenantFacts

WRITEBACKS = {
    "deviceWritebackEnabled": "Microsoft.OptionalFeature.DeviceWriteBack",
    "groupWriteBackEnabled": "Microsoft.OptionalFeature.GroupWriteBack",
    "passwordSyncEnabled": "Microsoft.OptionalFeature.PasswordHashSync",
    "userWritebackEnabled": "Microsoft.OptionalFeature.UserWriteBack",
}
"""The tenant's feature, and the server's parameter that asks for it. Graph says that it does not use
passwordWritebackEnabled, so that one is left out."""


@pytest.mark.check(
    "TE-04v1",
    title="The deletion threshold is the expected one",
    severity="advisory",
    gates=("prepare", "promote", "soak", "in-place", "nightly"),
    claims=("S0-31", "S3-35"),
    pitfalls=("P15",),
    optional_reads=("tenant.on_premises_synchronization",),
)
def test_the_deletion_threshold_is_the_expected_one(migration: Migration, tenant: TenantFacts, result: Result) -> None:
    """Somebody raised it for a mass delete and did not put it back.

    Why: it is one number for the whole tenant, so the next server that is wrong passes it too.
    Judged: alertThreshold in the tenant equals expected.deletion_threshold of the environment.
    Fix: Enable-ADSyncExportDeletionThreshold with the expected number, or correct the environment.
    """
    expected = migration.environment.expected.deletion_threshold
    if expected is None:
        result.not_applicable("tenant", "the environment expects no threshold", {"deletion_threshold": "not set"})
        return
    try:
        kind, threshold = tenant.deletion_prevention
    except MissingAnswer as missing:
        result.inconclusive("tenant", missing)
        return
    facts = {"synchronizationPreventionType": kind, "alertThreshold": threshold, "expected": expected}
    if threshold is None:
        result.inconclusive("tenant", "the tenant tells no threshold", facts)
    elif threshold == expected:
        result.passed("tenant", f"the threshold is {threshold:,}", facts)
    else:
        result.failed("tenant", f"the threshold is {threshold:,}, {expected:,} is expected", facts)


@pytest.mark.check(
    "TE-05v1",
    title="The tenant's synchronization features are the expected ones",
    severity="advisory",
    gates=("prepare", "promote", "switched", "soak", "in-place", "upgraded", "nightly"),
    claims=("S3-47", "S3-15"),
    pitfalls=("P10", "P11"),
    optional_reads=("tenant.on_premises_synchronization",),
)
def test_features_are_the_expected_ones(migration: Migration, tenant: TenantFacts, result: Result) -> None:
    """Leaving staging mode can switch a feature of the tenant on, or leave it off.

    Why: since 2.6.84.0 nothing switches password hash synchronization on again by itself.
    Judged: each feature that expected.features of the environment names has that value in the tenant.
    Fix: switch the feature in the wizard of the active server, or correct the environment.
    """
    expected = migration.environment.expected.features
    if not expected:
        result.not_applicable("tenant", "the environment expects no features", {"features": "not set"})
        return
    try:
        features = tenant.features
    except MissingAnswer as missing:
        result.inconclusive("tenant", missing)
        return
    for name, value in expected.items():
        if name not in features:
            result.inconclusive(name, f"Graph does not tell {name}")
        elif features[name] is value:
            result.passed(name, f"{name} is {value}")
        else:
            result.failed(name, f"{name} is {features[name]}, {value} is expected")


@pytest.mark.check(
    "TE-06v1",
    title="The tenant and every server agree on writeback and password hashes",
    severity="advisory",
    gates=("prepare", "promote", "soak", "finish", "nightly"),
    claims=("S1-3", "S2-3", "S3-47"),
    pitfalls=("P10", "P28", "P29"),
    reads=("global_parameters",),
    optional_reads=("tenant.on_premises_synchronization",),
)
def test_both_sides_agree_on_features(migration: Migration, tenant: TenantFacts, result: Result) -> None:
    """A feature stands in the tenant, and as a wish on every server.

    Why: a wish that was not carried to the new server ends with the switch, and nobody is told.
    Judged: for writeback of devices, groups and users, and for password hashes, the server's optional feature equals
    the tenant's. A server that does not hold the parameter does not decide.
    Fix: open the optional features in that server's wizard.
    """
    try:
        features = tenant.features
    except MissingAnswer as missing:
        result.inconclusive("tenant", missing)
        return
    for server in migration.present:
        wished = {name: server.parameters.get(parameter) for name, parameter in WRITEBACKS.items()}
        told = {name: wish.casefold() == "true" for name, wish in wished.items() if wish and name in features}
        different = sorted(name for name, wish in told.items() if wish is not features[name])
        for name in different:
            result.failed(server.name, f"{name} is {features[name]} in the tenant, {told[name]} on {server.name}")
        if not told:
            result.inconclusive(server.name, "it holds none of these parameters")
        elif not different:
            result.passed(server.name, f"{len(told)} features agree", dict(told))


@pytest.mark.check(
    "TE-07v1",
    title="The groups to prove have no provisioning errors in Entra ID",
    severity="blocking",
    gates=("promote", "switched", "soak", "finish", "nightly"),
    claims=("S0-10", "S0-33", "S0-36"),
    reads=("connectors",),
    optional_reads=("rules", "adsync_parameters", "product_version", "group_statistics", "tenant.group_by_sid"),
)
def test_groups_have_no_provisioning_errors(migration: Migration, result: Result) -> None:
    """A conflict of addresses is kept on the group in the cloud, not on the server.

    Why: every run is green, and the group still lacks what was refused.
    Judged: onPremisesProvisioningErrors of each group to prove is empty, and is there; a group that is not in Entra ID
    is judged by its members.
    Fix: remove the named value from the other object that has it, then let a cycle run.
    """
    groups = [group for group in group_proofs(migration) if group.cloud_group]
    for group in groups:
        if not has(group.cloud_group, "onPremisesProvisioningErrors"):
            result.inconclusive(group.subject, "Graph does not tell its onPremisesProvisioningErrors")
            continue
        errors = as_items(group.cloud_group["onPremisesProvisioningErrors"])
        for error in errors:
            told = f"{text(error, 'category')} of {text(error, 'propertyCausingError')}: {text(error, 'value')}"
            result.failed(group.subject, told, {"occurredDateTime": text(error, "occurredDateTime")})
        if not errors:
            result.passed(group.subject, "it has no provisioning errors")
    if not groups:
        result.not_applicable("groups", "none of the groups to prove is in Entra ID", {"gate": migration.gate})


@pytest.mark.check(
    "TE-08v1",
    title="Password hashes are in step again",
    severity="advisory",
    gates=("switched", "soak", "nightly"),
    claims=("S0-30", "S3-15", "S3-47"),
    pitfalls=("P9",),
    optional_reads=("tenant.on_premises_synchronization", "tenant.password_sync", "runs", "connectors"),
)
def test_password_hashes_are_in_step(migration: Migration, tenant: TenantFacts, now: datetime, result: Result) -> None:
    """A staging server sends no password hashes; the new one resumes where it last left off.

    Why: after a long time in staging mode the backlog takes hours, and people use yesterday's password.
    Judged: onPremisesLastPasswordSyncDateTime is newer than the first export since the switch, and not older than the
    freshness of the policy. Advisory, because the time is offered by beta only and says nothing of single accounts.
    Fix: wait for the backlog; then run the password synchronization diagnostics of the product.
    """
    try:
        if not tenant.features.get("passwordSyncEnabled", True):
            result.not_applicable(
                "tenant", "passwordSyncEnabled is false in the tenant", {"passwordSyncEnabled": False}
            )
            return
        last, exports = tenant.last_password_sync, migration.exports_since_the_switch
    except MissingAnswer as missing:
        result.inconclusive("tenant", missing)
        return
    began = min((run.started_at for run in exports), default=None)
    if last is None:
        result.inconclusive("tenant", "Graph does not tell when password hashes were last synchronized")
    elif began is None or last < began.replace(microsecond=0):  # Graph tells whole seconds
        result.inconclusive("tenant", f"the last password hashes came at {last:%F %R}Z, before the switch")
    elif last > now + migration.policy.clock_skew:
        result.inconclusive(
            "tenant", f"the last password hashes came at {last:%F %R}Z, in the future: a clock is wrong"
        )
    elif now - last > migration.policy.freshness:
        result.failed(
            "tenant", f"the last password hashes came at {last:%F %R}Z, older than {migration.policy.freshness}"
        )
    else:
        result.passed("tenant", f"the last password hashes came at {last:%F %R}Z")
