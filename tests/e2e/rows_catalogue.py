"""Rows for passwords, sign-in, pass-through agents, and for what only one moment of a migration shows."""

from __future__ import annotations

from tests.e2e.row import SWITCHED, Row, row
from tests.e2e.rows_topology import ATTESTED, IN_PLACE, UPGRADED

STOPPED = ((r'^old_exit = "staging"$', 'old_exit = "stopped"'),)
APPROVED = """
[[parity.expected]]
kind = "rule"
name = "In from AD - Leavers"
reason = "change 4711"
"""
WITH_A_STANDBY = (
    (r'^kind = "v2-endpoint"$', 'kind = "in-place"'),
    (r'^purpose = "old"$', 'purpose = "standby"'),
)
"""An upgrade in place of the new server, beside which the old one stands by."""

ROWS: tuple[Row, ...] = (
    row("application-twice", "prepare", "GO", "TO-09v1"),
    row("sign-in-parameters-wiped", "deployed", "GO", "TO-10v1", "VE-05v1", "VE-06v1", "VE-08v1"),
    row("password-writeback", "switched", "GO", "PW-01v1", after=SWITCHED),
    row("password-writeback", "switched", "GO", "PW-01v1", arguments={"state": "stolen"}, after=SWITCHED),
    row("password-writeback", "switched", "GO", arguments={"state": "open"}, after=SWITCHED),
    row("password-hashes-silent", "switched", "GO", "PW-02v1", after=SWITCHED),
    row(
        "server-in-another-zone",
        "promote",
        "NO-GO",
        "CL-02v1",
        "SC-01v1",
        arguments={"server": "old", "scheduler": "off"},
    ),
    row("attribute-rewritten", "promote", "GO", "PE-08v1", arguments={"count": 45_000}),
    row(
        "scheduler-off",
        "in-place",
        "NO-GO",
        "IP-01v1",
        "IP-06v1",
        arguments={"server": "old"},
        after=SWITCHED,
        edit=ATTESTED,
        plan=WITH_A_STANDBY,
    ),
    row("partial-import", "deployed", "GO", "PA-13v1"),
    row("custom-rule-in-step", "deployed", "GO", "PA-12v1", settings=APPROVED),
    row("group-grows", "promote", "GO", "LG-05v1", baseline="promote"),
    row("standard-rule-disabled", "upgraded", "NO-GO", "IP-08v1", after=UPGRADED, baseline="in-place", **IN_PLACE),
    row("attribute-of-a-custom-rule-not-selected", "deployed", "GO", "RU-13v1"),
    row("written-back-groups-limited", "deployed", "GO", "LG-06v1"),
    row("audit-off", "deployed", "GO", "EV-10v2"),
    row("unknown-exporter", "promote", "GO", "AT-04v1", "TO-04v1", plan=STOPPED),
)
