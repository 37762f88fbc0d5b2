"""The gates: named moments of a migration, each with one question [design, Gates].

A gate is answered by the checks that name it in their marker. The order here is the order of the runbook.
"""

from __future__ import annotations

from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping


@dataclass(frozen=True, slots=True)
class Gate:
    """One moment, the question asked at it, and the gate that must have been GO before."""

    name: str
    moment: str
    question: str
    then: str
    """What GO allows."""
    predecessor: str | None = None


_IN_ORDER = (
    Gate(
        "prepare",
        "before anything changes",
        "Can this pair be migrated at all: versions, prerequisites, a healthy old server, a plan that can be undone?",
        "Build or reconfigure the new server in staging mode, switch its scheduler on, then run the gate deployed.",
    ),
    Gate(
        "deployed",
        "the new server has its endpoint or build, its scheduler is on again",
        "Is the new server configured as intended, with no override pending?",
        "Let the new server finish a full cycle, review its pending exports, then run the gate promote.",
        "prepare",
    ),
    Gate(
        "promote",
        "the go/no-go before the switch",
        "Can the new server take over now, and the old one step back?",
        "Switch now: the old server to staging first, then the new one to active. Then run the gate switched.",
        "deployed",
    ),
    Gate(
        "switched",
        "right after the switch",
        "Is exactly one server active, and does the new one export?",
        "Leave both servers alone and watch. Run the gate soak after the agreed number of cycles.",
        "promote",
    ),
    Gate(
        "soak",
        "while watching",
        "Do the large groups match in Entra, after enough good cycles, and could we still go back?",
        "Upgrade or retire the old server, then run the gate finish.",
        "switched",
    ),
    Gate(
        "finish",
        "the old server is upgraded or retired",
        "Is the migration complete: every server on the intended endpoint or gone, and none unknown?",
        "The migration is complete. Run the gate nightly from now on.",
        "soak",
    ),
    Gate(
        "rollback",
        "before rolling back",
        "What would be lost by going back, and can the other server take over?",
        "Roll back now, step by step, then run the gate rolled-back.",
        "switched",
    ),
    Gate(
        "rolled-back",
        "after rolling back",
        "Is every step of the rollback really done?",
        "The rollback is complete. Find the cause before the next attempt.",
        "rollback",
    ),
    Gate(
        "in-place",
        "before an in-place upgrade",
        "Is this server eligible for an in-place upgrade, with its overrides known and its rules kept?",
        "Upgrade the server now, then run the gate upgraded.",
    ),
    Gate(
        "upgraded",
        "after an in-place upgrade",
        "Did the upgrade keep the rules, and were the connectors refreshed?",
        "The upgrade is complete. Run the gate nightly from now on.",
        "in-place",
    ),
    Gate(
        "nightly",
        "every night",
        "Is the steady state unchanged and healthy?",
        "Nothing to do.",
    ),
)

GATES: Mapping[str, Gate] = MappingProxyType({gate.name: gate for gate in _IN_ORDER})
