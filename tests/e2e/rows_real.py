"""Rows for faults that administrators of real servers report."""

from __future__ import annotations

from tests.e2e.row import Row, row

ROWS: tuple[Row, ...] = (
    row("management-pipe-refuses", "deployed", "UNDECIDED", "RU-01v1", "TO-01v1", open_ended=True),
)
