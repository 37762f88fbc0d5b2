"""Sync identities and the tenant's settings: what each check says to which change."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from fixtures.answers import Outcome

from .healthy import runs
from .running import Case, all_of

if TYPE_CHECKING:
    from .running import Change
    from .world import World

STOPPED = {"old_exit": "stopped"}


def account(name: str) -> Change:
    def change(world: World) -> None:
        world["tenant", "sync_accounts"].append({"id": "more", "userPrincipalName": name})

    return change


def application(name: str, ends: str | None = "2027-05-01T00:00:00Z") -> Change:
    def change(world: World) -> None:
        keys = [{"endDateTime": ends}] if ends else []
        world["tenant", "sync_applications"].append({"displayName": name, "keyCredentials": keys})

    return change


def denied(read: str, system: str = "tenant") -> Change:
    return lambda world: world.refuse(system, read)


def expected(**settings: Any) -> Change:
    return lambda world: world.environment.update(expected=settings)


def synchronization(**settings: Any) -> Change:
    return lambda world: world["tenant", "on_premises_synchronization"]["configuration"].update(settings)


def feature(name: str, *, value: bool) -> Change:
    return lambda world: world["tenant", "on_premises_synchronization"]["features"].update({name: value})


def without_parameters(world: World) -> None:
    del world["new", "global_parameters"][2:]


def prevention(threshold: int | None) -> Change:
    return synchronization(
        accidentalDeletionPrevention={
            "synchronizationPreventionType": "enabledForCount", "alertThreshold": threshold
        }
    )  # fmt: skip


def provisioning_error(world: World) -> None:
    world["tenant", "group_by_sid", "S-1-5-21-1-2-3-70"]["onPremisesProvisioningErrors"] = [
        {"category": "PropertyConflict", "occurredDateTime": "2026-11-20T07:00:00Z",
         "propertyCausingError": "ProxyAddresses", "value": "SMTP:staff@contoso.com"}
    ]  # fmt: skip


def untold_errors(world: World) -> None:
    """As an application sees groups that may read less than all of a group."""
    world["tenant", "group_by_sid", "S-1-5-21-1-2-3-70"]["onPremisesProvisioningErrors"] = None


def nothing_in_the_cloud(world: World) -> None:
    for number in (70, 71):
        world["tenant", "group_by_sid", f"S-1-5-21-1-2-3-{number}"] = None


def password_sync(when: str | None) -> Change:
    return lambda world: world["tenant", "password_sync"].update(onPremisesLastPasswordSyncDateTime=when)


def an_early_switch(world: World) -> None:
    world["new", "runs"] = runs((16, 46, 600, 700))
    world["tenant", "password_sync"]["onPremisesLastPasswordSyncDateTime"] = "2026-11-20T00:00:00Z"


def on_2_5(world: World) -> None:
    world["new", "product_version"].update(ProductVersion="2.5.190.0")


def no_account(world: World) -> None:
    world["new", "entra_connector_account"] = None


def says_application(world: World) -> None:
    world["new", "entra_connector_identity"] = [{"ConnectorIdentityType": 1}]


APPLICATION = "ConnectSyncProvisioning_SYNC02_0123456789ab"
THRESHOLD = expected(deletion_threshold=500)
PASSWORDS = expected(features={"passwordSyncEnabled": True})

CASES = [
    Case("TO-05v1", "two servers", "pass", "it is sync01's", "promote"),
    Case("TO-05v1", "nobody", "pass", "nobody has the role", "promote",
         lambda world: world["tenant", "sync_accounts"].clear()),
    Case("TO-05v1", "a third server", "fail", "is left of rogue", "promote",
         account("Sync_ROGUE_0123456789ab@contoso.onmicrosoft.com")),
    Case("TO-05v1", "a third application", "fail", "is left of rogue", "nightly",
         application("ConnectSyncProvisioning_ROGUE_0123456789ab")),
    Case("TO-05v1", "a name that tells nothing", "inconclusive", "does not tell its server", "soak",
         account("somebody@contoso.com")),
    Case("TO-05v1", "denied", "inconclusive", "sync_accounts: denied", "soak", denied("sync_accounts")),
    Case("TO-06v1", "both in service", "pass", "it is sync02's", "finish"),
    Case("TO-06v1", "the old one is stopped", "fail", "is left of sync01", "finish", plan=STOPPED),
    Case("TO-06v1", "its account was removed", "pass", "it is sync02's", "finish",
         lambda world: world["tenant", "sync_accounts"].pop(0), plan=STOPPED),
    Case("TO-06v1", "a name that tells nothing", "inconclusive", "does not tell", "finish", account("x@contoso.com")),
    Case("TO-06v1", "denied", "error", "sync_applications: denied", "finish", denied("sync_applications")),
    Case("TO-07v1", "no application", "not-applicable", "no server signs in with an application", "promote"),
    Case("TO-07v1", "half a year", "pass", "ends at 2027-05-01", "promote", application(APPLICATION)),
    Case("TO-07v1", "ten days", "fail", "ends at 2026-11-30", "promote",
         application(APPLICATION, "2026-11-30T00:00:00Z")),
    Case("TO-07v1", "no certificate", "inconclusive", "shows no certificate", "promote",
         application(APPLICATION, None)),
    Case("TO-07v1", "denied", "inconclusive", "denied", "promote", denied("sync_applications")),
    Case("TO-08v1", "accounts only", "not-applicable", "no application for it", "promote"),
    Case("TO-08v1", "fell back", "fail", "it signs in as Sync_SYNC02", "promote", application(APPLICATION)),
    Case("TO-08v1", "signs in as the application", "pass", "it signs in as an application", "promote",
         all_of(application(APPLICATION), lambda world: world.__setitem__(("new", "entra_connector_account"), None))),
    Case("TO-08v1", "denied", "inconclusive", "denied", "promote", denied("sync_applications")),
    Case("TO-09v1", "no application", "not-applicable", "no server signs in with an application", "promote"),
    Case("TO-09v1", "one each", "pass", "sync02 has one application", "promote", application(APPLICATION)),
    Case("TO-09v1", "two lives", "fail", "sync02 has 2 applications", "nightly",
         all_of(application(APPLICATION), application("ConnectSyncProvisioning_SYNC02_ba9876543210"))),
    Case("TO-09v1", "a name that tells nothing", "inconclusive", "does not tell its server", "soak",
         application("ConnectSyncProvisioning_")),
    Case("TO-09v1", "denied", "inconclusive", "denied", "promote", denied("sync_applications")),
    Case("TO-10v1", "a build that keeps them", "not-applicable", "2.6.92.0 does not wipe them", "promote",
         server="new"),
    Case("TO-10v1", "an account", "pass", "it signs in as Sync_SYNC02", "promote", on_2_5, server="new"),
    Case("TO-10v1", "an application", "pass", "it signs in as an application", "promote",
         all_of(on_2_5, no_account, says_application), server="new"),
    Case("TO-10v1", "wiped", "fail", "names no account and no application", "nightly", all_of(on_2_5, no_account),
         server="new"),
    Case("TO-10v1", "an empty account", "fail", "names no account and no application", "soak",
         all_of(on_2_5, lambda world: world["new", "entra_connector_account"].update(Value=None)), server="new"),
    Case("TO-10v1", "cannot be asked", "inconclusive", "cannot be told", "deployed",
         all_of(on_2_5, no_account, denied("entra_connector_identity", "new")), server="new"),
    Case("TO-10v1", "retired", "not-applicable", "stopped after the switch", "soak", plan=STOPPED, server="old"),
    Case("TE-04v1", "as expected", "pass", "the threshold is 500", "promote", THRESHOLD),
    Case("TE-04v1", "raised", "fail", "the threshold is 5,000, 500 is expected", "promote",
         all_of(THRESHOLD, prevention(5000))),
    Case("TE-04v1", "not told", "inconclusive", "tells no threshold", "promote", all_of(THRESHOLD, prevention(None))),
    Case("TE-04v1", "nothing expected", "not-applicable", "expects no threshold", "promote"),
    Case("TE-04v1", "denied", "inconclusive", "denied", "promote",
         all_of(THRESHOLD, denied("on_premises_synchronization"))),
    Case("TE-05v1", "as expected", "pass", "passwordSyncEnabled is True", "promote", PASSWORDS),
    Case("TE-05v1", "switched off", "fail", "passwordSyncEnabled is False, True is expected", "soak",
         all_of(PASSWORDS, feature("passwordSyncEnabled", value=False))),
    Case("TE-05v1", "not told", "inconclusive", "does not tell blockSoftMatchEnabled", "soak",
         expected(features={"blockSoftMatchEnabled": True})),
    Case("TE-05v1", "nothing expected", "not-applicable", "expects no features", "soak"),
    Case("TE-05v1", "denied", "inconclusive", "denied", "soak",
         all_of(PASSWORDS, denied("on_premises_synchronization"))),
    Case("TE-06v1", "agreed", "pass", "4 features agree", "promote"),
    Case("TE-06v1", "lost on the way", "fail", "deviceWritebackEnabled is True in the tenant, False on old", "promote",
         feature("deviceWritebackEnabled", value=True)),
    Case("TE-06v1", "no parameters", "inconclusive", "holds none of these", "promote", without_parameters),
    Case("TE-06v1", "denied", "inconclusive", "denied", "promote", denied("on_premises_synchronization")),
    Case("TE-07v1", "none", "pass", "no provisioning errors", "soak"),
    Case("TE-07v1", "a conflict", "fail", "PropertyConflict of ProxyAddresses: SMTP:staff@contoso.com", "soak",
         provisioning_error),
    Case("TE-07v1", "not told", "inconclusive", "does not tell its onPremisesProvisioningErrors", "soak",
         untold_errors),
    Case("TE-07v1", "not in the cloud", "not-applicable", "none of the groups", "soak", nothing_in_the_cloud),
    Case("TE-07v1", "unreachable", "error", "group_by_sid", "soak",
         lambda world: world.refuse("tenant", "group_by_sid", Outcome.UNREACHABLE)),
    Case("TE-08v1", "in step", "pass", "came at 2026-11-20 07:55Z", "soak"),
    Case("TE-08v1", "switched off", "not-applicable", "passwordSyncEnabled is false", "soak",
         feature("passwordSyncEnabled", value=False)),
    Case("TE-08v1", "before the switch", "inconclusive", "before the switch", "switched",
         password_sync("2026-11-18T00:00:00Z")),
    Case("TE-08v1", "not told", "inconclusive", "does not tell", "switched", password_sync(None)),
    Case("TE-08v1", "hours behind", "fail", "older than 3:00:00", "soak", an_early_switch),
    Case("TE-08v1", "denied", "inconclusive", "denied", "soak", denied("password_sync")),
]  # fmt: skip
