"""Rows of the matrix: topology, tenant, groups, the upgrade in place, and rollbacks that are half done."""

from __future__ import annotations

from typing import Any

from tests.e2e.row import Row, row

IN_PLACE: dict[str, Any] = {"scenario": "in-place"}
VERSION_SWING: dict[str, Any] = {"scenario": "version-swing"}
ATTESTED = (
    "[expected]",
    """[[attestations]]
name = "database-backup"
author = "the matrix"
made_at = 2020-01-01T00:00:00Z
expires_at = 2100-01-01T00:00:00Z
statement = "restored once"

[expected]""",
)
BEFORE_AN_UPGRADE: dict[str, Any] = {**IN_PLACE, "edit": ATTESTED}
SWITCHED = (
    ("set-staging-mode", {"server": "old", "on": True, "start_cycle": False}),
    ("set-staging-mode", {"server": "new", "on": False, "start_cycle": False}),
    ("complete-cycles", {"server": "new", "count": 3}),
)
FINISHED = (
    *SWITCHED,
    ("upgrade", {"server": "old", "version": "2.6.92.0"}),
    ("complete-cycles", {"server": "old"}),
)
"""The old server is upgraded after the soak, as the documents end it."""
UPGRADE = (("upgrade", {"server": "new", "version": "2.6.92.0"}),)
UPGRADED = (*UPGRADE, ("complete-cycles", {"server": "new"}))
ROLLED_BACK = (
    *SWITCHED,
    ("set-api-version", {"server": "new", "version": 1}),
    *(
        (step, {"server": "new", "rule": name + suffix})
        for name in ("Out to AAD - Group Join", "Out to AAD - Group Writeup Member Limit")
        for step, suffix in (("delete-rule", " - Cloned"), ("enable-rule", ""))
    ),
    ("complete-cycles", {"server": "new", "policy": "Initial"}),
    ("complete-cycles", {"server": "new"}),
)
"""The documents' rollback by endpoint, done to the end."""
SWUNG_BACK = (
    *SWITCHED,
    ("set-staging-mode", {"server": "new", "on": True, "start_cycle": False}),
    ("set-staging-mode", {"server": "old", "on": False, "start_cycle": False}),
)

ROWS: tuple[Row, ...] = (
    row("scheduler-off", "prepare", "NO-GO", "SC-01v1", arguments={"server": "old"}),
    row("scheduler-suspended", "prepare", "NO-GO", "SC-02v1", arguments={"server": "old"}),
    row("staging-flags-disagree", "prepare", "NO-GO", "SC-04v1", "TO-01v1"),
    row("third-server-account", "prepare", "GO", "TO-05v1"),
    row("third-server-application", "prepare", "GO", "TO-05v1"),
    row("third-server-account", "finish", "NO-GO", "TO-06v1", after=FINISHED),
    row("certificate-ends-soon", "prepare", "GO", "TO-07v1"),
    row("application-fell-back", "prepare", "GO", "TO-08v1"),
    row("unknown-exporter", "prepare", "GO", "TO-04v1"),
    row(
        "old-server-still-runs",
        "finish",
        "NO-GO",
        "TO-02v1",
        "TO-06v1",
        "AT-04v1",
        environment=('old_exit = "staging"', 'old_exit = "stopped"'),
        after=SWITCHED,
        **VERSION_SWING,
    ),
    row("forced-export", "deployed", "NO-GO", "TO-01v1", "RH-07v1", **VERSION_SWING),
    row("old-exports-after-the-switch", "switched", "NO-GO", "TO-03v1", after=SWITCHED, **VERSION_SWING),
    row("directory-synchronization-off", "prepare", "NO-GO", "TE-01v1"),
    row("deletion-threshold-off", "prepare", "GO", "TE-02v1"),
    row("tenant-not-synchronized-lately", "deployed", "GO", "TE-03v1"),
    row("deletion-threshold-raised", "prepare", "GO", "TE-04v1"),
    row("password-hash-sync-off", "prepare", "GO", "TE-05v1", "TE-06v1"),
    row("device-writeback-in-the-tenant-only", "prepare", "GO", "TE-06v1"),
    row("group-provisioning-error", "promote", "NO-GO", "TE-07v1"),
    row("password-hashes-behind", "switched", "GO", "TE-08v1", after=SWITCHED, **VERSION_SWING),
    row(
        "margin-of-90-percent", "deployed", "GO", "LG-04v1", environment=("margin_percent = 100", "margin_percent = 90")
    ),
    row("service-stopped", "prepare", "NO-GO", "SC-06v1", "SC-01v1", arguments={"server": "old"}, open_ended=True),
    row("too-many-objects", "in-place", "NO-GO", "IP-01v1", **BEFORE_AN_UPGRADE),
    row("rule-edited-in-place", "in-place", "NO-GO", "IP-02v1", **BEFORE_AN_UPGRADE),
    row("entra-connector-missing", "in-place", "NO-GO", "IP-03v1", "ID-03v1", **BEFORE_AN_UPGRADE),
    row("override-pending", "in-place", "GO", "IP-04v1", **BEFORE_AN_UPGRADE),
    row("full-runs-deferred", "upgraded", "UNDECIDED", "IP-05v1", after=UPGRADE, baseline="in-place", **IN_PLACE),
    row("override-pending", "upgraded", "NO-GO", "SC-03v1", after=UPGRADED, baseline="in-place", **IN_PLACE),
    row("upgrade-gave-up", "upgraded", "UNDECIDED", "IP-07v1", after=UPGRADED, baseline="in-place", **IN_PLACE),
    row("partial-upgrade", "upgraded", "NO-GO", "VE-03v1", after=UPGRADED, baseline="in-place", **IN_PLACE),
    row("scheduler-off", "rolled-back", "NO-GO", "SC-01v1", after=ROLLED_BACK),
    row("only-import-switched", "rolled-back", "NO-GO", "RB-06v1", after=ROLLED_BACK),
    row("clone-left-behind", "rolled-back", "NO-GO", "RB-07v1", after=ROLLED_BACK),
    row("override-pending", "rolled-back", "NO-GO", "RB-09v1", after=ROLLED_BACK),
    row(
        "failed-run",
        "rolled-back",
        "NO-GO",
        "RB-08v1",
        arguments={"connector": "contoso.onmicrosoft.com - AAD", "profile": "Export"},
        after=ROLLED_BACK,
    ),
    row("failed-run", "rolled-back", "NO-GO", "RB-10v1", arguments={"profile": "Delta Import"}, after=ROLLED_BACK),
)
