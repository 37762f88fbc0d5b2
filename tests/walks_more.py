"""More ways than the V2 swing: a version swing that retires the old server, and an upgrade in place."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.walking import Moment, Walk

if TYPE_CHECKING:
    from collections.abc import Callable

SYNCHRONIZATION = "contoso.com", "contoso.onmicrosoft.com - AAD"
BACKUP = """
[[attestations]]
name = "database-backup"
author = "the walk"
made_at = 2020-01-01T00:00:00Z
expires_at = 2100-01-01T00:00:00Z
statement = "restored once, on a spare server"
"""


def swing(walk: Walk) -> None:
    """Prepare, deployed and promote hold from the start; then old to staging, new to active."""
    walk.at(Moment("Old is active on 2.5.190.0, new is staging on 2.6.92.0, both on V2.", "prepare", "GO"))
    walk.at(Moment("The new server is set up.", "deployed", "GO"))
    walk.at(Moment("The go/no-go before the switch.", "promote", "GO"))
    walk.lab.step("set-staging-mode", server="new", on=False, start_cycle=False)
    walk.at(Moment("New was activated first: both are active.", "promote", "NO-GO", "TO-01v1"))
    walk.lab.step("set-staging-mode", server="new", on=True, start_cycle=False)
    walk.lab.step("set-staging-mode", server="old", on=True, start_cycle=False)
    walk.at(Moment("Back, and old to staging first: nobody exports.", "promote", "NO-GO", "TO-01v1"))
    walk.lab.step("set-staging-mode", server="new", on=False, start_cycle=False)
    walk.at(Moment("New is active and has exported nothing yet.", "switched", "UNDECIDED", "RH-03v1"))
    walk.lab.step("complete-cycles", server="new", count=1)
    walk.at(Moment("The first export ran.", "switched", "GO"))
    walk.at(Moment("One good cycle is not yet a soak.", "soak", "UNDECIDED", "RH-04v1"))
    walk.lab.step("complete-cycles", server="new", count=2)
    walk.at(Moment("More good cycles.", "soak", "GO"))


def retire(walk: Walk) -> None:
    """The old server is stopped, disabled, and taken out of the tenant."""
    walk.set_environment(r'^old_exit = "staging"$', 'old_exit = "stopped"')
    walk.at(Moment("Old is to be retired, and still runs.", "finish", "NO-GO", "TO-02v1"))
    walk.lab.step("stop-service", server="old")
    walk.at(Moment("Its service is stopped, and starts again with Windows.", "finish", "NO-GO", "TO-02v1"))
    walk.lab.step("set-service-start-type", server="old", start_type="Disabled")
    walk.at(Moment("Stopped and disabled; its account is left in the tenant.", "finish", "NO-GO", "TO-06v1"))
    walk.lab.step("remove-sync-identity", server="old")
    walk.at(Moment("Its account is removed.", "finish", "GO"))
    walk.set_environment(r'^rollback = "swing"$', 'rollback = "swing"\nexpected_active = "new"')
    walk.at(Moment("The steady state, that night.", "nightly", "GO"))
    walk.lab.step("set-service-start-type", server="old", start_type="Automatic")
    walk.lab.step("start-service", server="old")
    walk.at(Moment("Somebody started the old server again.", "nightly", "NO-GO", "TO-02v1"))


def upgrade_in_place(walk: Walk) -> None:
    """One server, upgraded over itself; its full runs deferred, then done."""
    walk.at(Moment("Nobody has attested a backup.", "in-place", "UNDECIDED", "AT-03v1"))
    walk.set_environment(r"\Z", BACKUP)
    before = walk.at(Moment("The backup is attested.", "in-place", "GO"))
    walk.baseline = before
    walk.at(Moment("Nothing was upgraded yet.", "upgraded", "UNDECIDED", "IP-07v1"))
    walk.lab.step("upgrade", server="new", version="2.6.92.0")
    walk.at(Moment("Upgraded; full runs are owed on both connectors.", "upgraded", "NO-GO", "SC-03v1"))
    new = walk.lab.administrator("new")
    for connector in SYNCHRONIZATION:
        new.run(
            "Set-ADSyncSchedulerConnectorOverride",
            ConnectorName=connector,
            FullImportRequired=False,
            FullSyncRequired=False,
        )
    walk.at(Moment("The overrides were taken away to defer the full runs.", "upgraded", "UNDECIDED", "IP-05v1"))
    walk.lab.step("complete-cycles", server="new", count=1)
    walk.at(Moment("A delta cycle ran: the full runs are still deferred.", "upgraded", "UNDECIDED", "IP-05v1"))
    for connector in SYNCHRONIZATION:
        new.run(
            "Set-ADSyncSchedulerConnectorOverride",
            ConnectorName=connector,
            FullImportRequired=True,
            FullSyncRequired=True,
        )
    walk.at(Moment("The overrides are back.", "upgraded", "NO-GO", "SC-03v1"))
    walk.lab.step("complete-cycles", server="new", count=1)
    walk.at(Moment("A cycle did the full runs.", "upgraded", "GO"))
    walk.at(Moment("The steady state, that night.", "nightly", "GO"))


MORE: dict[str, tuple[str, tuple[Callable[[Walk], None], ...]]] = {
    "Swing to the newest version, and retire the old server": ("version-swing", (swing, retire)),
    "Upgrade one server in place, its full runs deferred": ("in-place", (upgrade_in_place,)),
}
"""Title to the lab's scenario and the parts walked on it."""
