"""Rows for the checks that no other row would miss."""

from __future__ import annotations

from tests.e2e.row import SWITCHED, Row, row

ON_OLD = {"server": "old"}
JUST_SWITCHED = (*SWITCHED[:-1], ("complete-cycles", {"server": "new", "count": 1}))
OLD_AT_REST = (*SWITCHED, ("complete-cycles", {"server": "old", "count": 1}))
SWING = ((r'^rollback = "endpoint"$', 'rollback = "swing"'),)
STOPPED = ((r'^old_exit = "staging"$', 'old_exit = "stopped"'),)

ROWS: tuple[Row, ...] = (
    row("only-import-switched", "deployed", "GO", "EP-02v1", arguments=ON_OLD),
    row("back-on-v1", "finish", "NO-GO", "EP-03v1", "LG-03v1", "PR-07v1", "VE-09v1", after=SWITCHED),
    row("clock-skew", "deployed", "UNDECIDED", "CL-01v1"),
    row("server-in-another-zone", "promote", "GO"),
    row("computer-renamed", "deployed", "NO-GO", "ID-02v1"),
    row("same-instance", "deployed", "NO-GO", "ID-01v1"),
    row("partial-upgrade", "deployed", "NO-GO", "VE-03v1"),
    row("old-below-wizard-floor", "promote", "NO-GO", "VE-02v1", "VE-04v1"),
    row("new-below-floor", "promote", "NO-GO", "VE-01v1", "VE-04v1", "VE-05v1", "VE-06v1"),
    row("staging-flags-disagree", "deployed", "NO-GO", "SC-04v1", "TO-01v1"),
    row("maintenance-off", "deployed", "NO-GO", "SC-05v1", "PA-10v1"),
    row("names-like-markup", "promote", "GO"),
    row("precedence-used-twice", "deployed", "NO-GO", "RU-04v1"),
    row("member-not-sent", "deployed", "NO-GO", "LG-02v1"),
    row("group-above-250000", "deployed", "NO-GO", "LG-03v1", "RH-01v1"),
    row("failed-run", "deployed", "NO-GO", "RH-01v1"),
    row("stale-runs", "deployed", "NO-GO", "RH-01v1", "RH-05v1", "RH-06v1"),
    row("no-full-synchronization", "promote", "UNDECIDED", "RH-02v1", "RH-05v1", "RH-10v1"),
    row("export-forced", "deployed", "GO", "RH-07v1"),
    row("assembly-too-old", "deployed", "GO", "EV-04v1"),
    row("directory-synchronization-off", "deployed", "NO-GO", "TE-01v1"),
    row("tenant-not-synchronized-lately", "deployed", "GO", "TE-03v1"),
    row("deletion-threshold-off", "promote", "GO", "TE-02v1"),
    row("forgotten-server-exports", "promote", "GO", "TO-04v1"),
    row("asked-too-early", "switched", "NO-GO", "TO-02v1", after=SWITCHED, plan=STOPPED),
    row("export-forced", "soak", "NO-GO", "TO-03v1", arguments=ON_OLD, after=SWITCHED),
    row("asked-too-early", "soak", "UNDECIDED", "RH-04v1", after=JUST_SWITCHED),
    row("deletes-600", "soak", "NO-GO", "EV-02v1", "RH-03v1", after=SWITCHED),
    row("password-synchronization-fails", "soak", "GO", "EV-05v1", after=SWITCHED),
    row("asked-too-early", "rollback", "NO-GO", "RB-01v1", "RB-02v1", after=SWITCHED),
    row("old-below-wizard-floor", "rollback", "NO-GO", "RB-01v1", "RB-03v1", after=SWITCHED, plan=SWING),
    row("scheduler-off", "rollback", "NO-GO", "RB-01v1", "RB-04v1", arguments=ON_OLD, after=SWITCHED, plan=SWING),
    row("stale-runs", "rollback", "NO-GO", "RB-01v1", "RB-05v1", arguments=ON_OLD, after=OLD_AT_REST, plan=SWING),
    row("only-import-switched", "rolled-back", "NO-GO", "RB-06v1", "RB-07v1", after=SWITCHED),
    row("back-on-v1", "rolled-back", "NO-GO", "RB-07v1", after=SWITCHED),
    row("asked-too-early", "in-place", "UNDECIDED", "AT-03v1", scenario="in-place"),
)
