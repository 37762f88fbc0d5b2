"""What every walk is made of: a lab, a moment in the runbook, and the verdict that is right there."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from tests.e2e.driver import GateRun, Lab, run_gate

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path


@dataclass(frozen=True)
class Moment:
    """One line of the walk: what was done, which gate was asked, and the verdict that is right there."""

    done: str
    gate: str
    expected: str
    because: str = ""
    """A check id that must be among those that turned, where the verdict is not GO."""


class Walk:
    """A lab, its environment file, and the runs made so far."""

    def __init__(self, lab: Lab, reports: Path, say: Callable[[str], None]) -> None:
        self.lab = lab
        self.reports = reports
        self.say = say
        self.surprises: list[str] = []
        self.baseline: GateRun | None = None
        """The accepted run that every later one is compared with."""

    def at(self, moment: Moment) -> GateRun:
        """Ask the gate and compare with what is right at that moment."""
        beside = self.baseline.folder if self.baseline else None
        options = (f"--baseline={beside / 'evidence.zip'}",) if beside else ()
        run = run_gate(moment.gate, self.lab.environment, self.reports, *options)
        turned = sorted({check for check, _, _ in run.turned()})
        right = run.said == moment.expected and (not moment.because or moment.because in turned)
        mark = "ok " if right else "NOT AS EXPECTED"
        reasons = [] if run.said == "GO" else run.verdict.get("reasons", [])
        reason = next((reason for reason in reasons if moment.because in reason), "")
        self.say(f"  {moment.done}")
        self.say(f"      {mark} gate {moment.gate:<12} {run.said:<10} {reason[:150]}")
        if not right:
            self.surprises.append(
                f"{moment.gate} after '{moment.done}': expected {moment.expected} {moment.because}, "
                f"got {run.said} with {turned}\n{run.output[-3000:]}"
            )
        return run

    def set_environment(self, pattern: str, replacement: str) -> None:
        """Change one line of the environment file, as a person would."""
        path = self.lab.environment
        text, found = re.subn(pattern, replacement, path.read_text(encoding="utf-8"), flags=re.MULTILINE)
        if found != 1:
            raise RuntimeError(f"{pattern!r} stands {found} times in {path}")
        path.write_text(text, encoding="utf-8")

    def accept_losses(self, run: GateRun) -> None:
        """Accept the very list of groups that a rollback deletes, by the digest that the gate printed."""
        digest = next(iter(re.findall(r"\b[0-9a-f]{64}\b", " ".join(run.verdict["reasons"]))))
        with self.lab.environment.open("a", encoding="utf-8") as file:
            file.write(f'\n[rollback]\naccepted_groups_digest = "{digest}"\n')
