"""Ways to break the world: each changes state, never an answer. `FAULTS` is the table."""

from lab.world.faults import (
    endpoint,
    journal,
    members,
    naming,
    neglect,
    parity,
    pending,
    pipe,
    prerequisites,
    promotion,
    reading,
    rule_set,
    rules,
    state,
    topology,
    upgrading,
)
from lab.world.faults.catalogue import FAULTS

__all__ = [
    "FAULTS",
    "endpoint",
    "journal",
    "members",
    "naming",
    "neglect",
    "parity",
    "pending",
    "pipe",
    "prerequisites",
    "promotion",
    "reading",
    "rule_set",
    "rules",
    "state",
    "topology",
    "upgrading",
]
