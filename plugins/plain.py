"""Facts as plain data: what may stand in JSON and in a report."""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Mapping
from collections.abc import Set as AbstractSet
from datetime import UTC, datetime
from enum import Enum

LONGEST = 1000
"""Items of one list or set that are kept; the rest is counted."""

Plain = None | bool | int | float | str | list["Plain"] | dict[str, "Plain"]


def plain(value: object) -> Plain:
    """Return a value as JSON knows it. Times become UTC with zone, sets are sorted, long lists are cut with a count."""
    if isinstance(value, Enum):
        value = value.value
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        value = {field.name: getattr(value, field.name) for field in dataclasses.fields(value)}
    if isinstance(value, AbstractSet):
        value = sorted(value, key=str)
    if isinstance(value, datetime):
        return moment(value)
    if isinstance(value, Mapping):
        return {str(key): plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return _cut(value)
    if value is None or isinstance(value, bool | int | str) or (isinstance(value, float) and math.isfinite(value)):
        return value
    return str(value)


def moment(value: datetime) -> str:
    """Return a time as `2026-11-20T06:45:12Z`. Raises ValueError when it has no zone."""
    if value.tzinfo is None:
        msg = f"{value} has no zone"
        raise ValueError(msg)
    return value.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")


def _cut(items: list[object] | tuple[object, ...]) -> list[Plain]:
    kept = [plain(item) for item in items[:LONGEST]]
    return [*kept, f"and {len(items) - LONGEST:,} more"] if len(items) > LONGEST else kept
