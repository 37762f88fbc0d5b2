"""What the plugins need to know about the reads: one door to the read table."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fixtures.answers import AT_END
from fixtures.reads import SERVER_READS, TABLE, TENANT_READS
from fixtures.reads.server_read import SETTLED

if TYPE_CHECKING:
    from collections.abc import Collection
    from datetime import timedelta

VOLATILE = frozenset(
    {"events_adsync", "events_audit", "events_directory_synchronization", "events_oldest", "members_count", "members"}
)
"""Reads that bring something else every time, however long one answer of theirs may be used."""
SETTLED_BUT_YOUNG = frozenset({"scheduler", "overrides"})
"""Settings that a person changes, in answers that are soon too old to judge by."""


def server_reads() -> Collection[str]:
    """Return the names of the reads of a server."""
    return SERVER_READS.keys()


def tenant_reads() -> Collection[str]:
    """Return the names of the reads of the tenant."""
    return TENANT_READS.keys()


def max_age(name: str) -> timedelta:
    """Return how old an answer may be when it is judged. Raises KeyError for a name that is no read."""
    return TABLE[name].max_age


def per_subject(name: str) -> bool:
    """Return whether a read is asked once per subject found at run time, and perhaps for none."""
    return bool(TABLE[name].subject)


def right(name: str) -> str:
    """Return the right a read needs; empty for a name that is no read."""
    return TABLE[name].right if (name := name.removesuffix(AT_END)) in TABLE else ""


def settled(name: str) -> bool:
    """Return whether only a person changes what a read brings, so that two runs can be compared by it."""
    read = TABLE.get(name)
    if read is None or read.heavy or name in VOLATILE:
        return False
    return name in SETTLED_BUT_YOUNG or read.max_age >= SETTLED
