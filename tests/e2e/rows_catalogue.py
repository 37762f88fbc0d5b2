"""Rows for passwords, sign-in, pass-through agents, and for what only one moment of a migration shows."""

from __future__ import annotations

from tests.e2e.row import SWITCHED, Row, row

STOPPED = ((r'^old_exit = "staging"$', 'old_exit = "stopped"'),)

ROWS: tuple[Row, ...] = (
    row("application-twice", "prepare", "GO", "TO-09v1"),
    row("sign-in-parameters-wiped", "deployed", "GO", "TO-10v1", "VE-05v1", "VE-06v1", "VE-08v1"),
    row("password-writeback", "switched", "GO", "PW-01v1", after=SWITCHED),
    row("password-writeback", "switched", "GO", "PW-01v1", arguments={"state": "stolen"}, after=SWITCHED),
    row("password-writeback", "switched", "GO", arguments={"state": "open"}, after=SWITCHED),
    row("password-hashes-silent", "switched", "GO", "PW-02v1", after=SWITCHED),
    row("unknown-exporter", "promote", "GO", "AT-04v1", "TO-04v1", plan=STOPPED),
)
