"""A row of the fault matrix, and the steps that several of them begin with."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Mapping

Steps: TypeAlias = "tuple[tuple[str, Mapping[str, Any]], ...]"

SWITCHED: Steps = (
    ("set-staging-mode", {"server": "old", "on": True}),
    ("set-staging-mode", {"server": "new", "on": False, "start_cycle": False}),
    ("complete-cycles", {"server": "new", "count": 3}),
)
"""The steps that lead from the default scenario to the state a soak watches."""


@dataclass(frozen=True)
class Row:
    """One fault at the first gate that can see it."""

    fault: str
    gate: str
    verdict: str
    turns: frozenset[str]
    """Exactly the checks that must leave pass; nothing else may. Standing inconclusive advice is not counted."""
    arguments: Mapping[str, Any] = field(default_factory=dict)
    after: Steps = ()
    environment: tuple[str, str] | None = None
    """A line of the environment file and what to write instead: a mistake of the asking side, not of the lab."""
    edit: tuple[str, str] | None = None
    """The same, beside the fault: what a person would have set for this moment."""
    plan: tuple[tuple[str, str], ...] = ()
    """Lines of the environment file that say another plan: a pattern that fits exactly one, and what stands there."""
    then: Steps = ()
    """Steps after the fault; `{folder}` in a text is the lab's folder."""
    settings: str = ""
    """What the environment file says at its end, besides what the lab wrote."""
    files: Mapping[str, str] = field(default_factory=dict)
    """Files beside the environment file, name to content."""
    baseline: str = ""
    """A gate that is asked before all steps; the row's own is then compared with that run."""
    scenario: str = "v2-swing"
    """The lab's scenario that is broken."""
    cmdlets: tuple[tuple[str, str], ...] = ()
    """Made with cmdlets: pipelines that an administrator runs on a server, in the place of a fault of the lab."""
    open_ended: bool = False
    """Where a whole system is silent, every check that needs it is undecided."""

    @property
    def name(self) -> str:
        shown = ", ".join(f"{name}={value}" for name, value in self.arguments.items())
        return f"{self.fault} ({shown})" if shown else self.fault


def row(fault: str, gate: str, verdict: str, *turns: str, **options: Any) -> Row:
    return Row(fault, gate, verdict, frozenset(turns), **options)
