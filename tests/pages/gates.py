"""docs/gates.md: the gates in the order of the runbook, and what each of them asks."""

from __future__ import annotations

from plugins.gates import GATES

from .known import definitions
from .markdown import code, document, link, table

INTRODUCTION = """A gate is a named moment with one question. `python -m pytest --gate NAME` answers it with GO, NO-GO
or UNDECIDED. Its checks are those that name it; a blocking one can stop it, an advisory one only speaks."""


def page() -> str:
    """The page."""
    return document(
        ["# Gates"],
        [INTRODUCTION],
        table(
            ("gate", "moment", "question", "after"),
            (
                (link(code(gate.name), f"#{gate.name}"), gate.moment, gate.question, gate.predecessor or "")
                for gate in GATES.values()
            ),
        ),
        *(block for name in GATES for block in _gate(name)),
    )


def _gate(name: str) -> list[list[str]]:
    found = [check for check in definitions() if name in check.gates]
    blocking = sum(check.blocking for check in found)
    return [
        [f"## {name}"],
        [f"GO means: {GATES[name].then}"],
        [f"{len(found)} checks, {blocking} of them blocking."],
        table(
            ("check", "asks whether", "severity"),
            ((link(check.id, f"checks.md#{check.id}"), check.title, check.severity) for check in found),
        ),
    ]
