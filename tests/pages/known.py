"""What the pages are made of: the checks by what they cover, and the faults that turn them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from plugins.gates import GATES
from tests.checks.running import checks
from tests.e2e.matrix import ROWS

if TYPE_CHECKING:
    from collections.abc import Iterable

    from plugins.definition import CheckDefinition


def definitions() -> tuple[CheckDefinition, ...]:
    """All checks in the order of their ids."""
    return tuple(checks()[identity].definition for identity in sorted(checks()))


def covering(entry: str) -> tuple[CheckDefinition, ...]:
    """The checks that name a claim or a pitfall."""
    return tuple(check for check in definitions() if entry in (*check.claims, *check.pitfalls))


def faults_of(identities: Iterable[str]) -> tuple[str, ...]:
    """The faults of the matrix that turn one of these checks, each once; those that turn little else come first."""
    wanted = frozenset(identities)
    found = sorted((row for row in ROWS if row.turns & wanted), key=lambda row: (row.open_ended, len(row.turns)))
    return tuple(dict.fromkeys(row.fault for row in found))


def gates_of(found: Iterable[CheckDefinition]) -> str:
    """The gates at which these checks are asked, in the order of the runbook."""
    named = {gate for check in found for gate in check.gates}
    return "every gate" if named == GATES.keys() else ", ".join(gate for gate in GATES if gate in named)
