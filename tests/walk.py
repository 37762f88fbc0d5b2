"""The main job, shown: the V2 swing of the documents, walked on the lab, with the gate asked at every step.

    python -m tests.walk [--reports DIR] [--work DIR]

The engineer's cmdlets go over PSRP to the administrators' endpoint, the wizard's and the rule editor's work are lab
steps, and each gate is a pytest process of its own. The walk says no where it must: half-done steps, a switch in the
wrong moment, a rollback whose losses nobody has accepted. It exits 0 when every gate answered as expected.
"""

from __future__ import annotations

import argparse
import re
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from tests.e2e.driver import ROOT, GateRun, Lab, run_gate

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

GROUP_JOIN = "Out to AAD - Group Join"
WRITEUP_LIMIT = "Out to AAD - Group Writeup Member Limit"


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

    def at(self, moment: Moment) -> GateRun:
        """Ask the gate and compare with what is right at that moment."""
        run = run_gate(moment.gate, self.lab.environment, self.reports)
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


def deploy(walk: Walk) -> None:
    """The blog's steps 1 to 3 on the staging server, asked after each."""
    new = walk.lab.administrator("new")
    walk.at(Moment("Nothing done yet: both servers use the V1 endpoint.", "deployed", "NO-GO", "EP-01v1"))
    new.run("Set-ADSyncScheduler", SyncCycleEnabled=False)
    new.run("Set-ADSyncAADConnectorExportApiVersion", version=2)
    walk.at(
        Moment("Scheduler off on new; export switched to version 2, import not yet.", "deployed", "NO-GO", "EP-01v1")
    )
    new.run("Set-ADSyncAADConnectorImportApiVersion", version=2)
    walk.lab.step("clone-rule", server="new", rule=GROUP_JOIN, precedence=98, limit=250_000)
    walk.at(Moment(f"Import too; limit raised in a copy of '{GROUP_JOIN}' only.", "deployed", "NO-GO", "RU-01v1"))
    walk.lab.step("clone-rule", server="new", rule=WRITEUP_LIMIT, precedence=99, limit=250_000)
    walk.at(Moment("Limit raised in both rules; the scheduler is still off.", "deployed", "NO-GO", "SC-01v1"))
    new.run("Set-ADSyncScheduler", SyncCycleEnabled=True)
    walk.at(
        Moment("Scheduler on; the full synchronization that the rules ask for is owed.", "deployed", "NO-GO", "SC-03v1")
    )
    new.run("Start-ADSyncSyncCycle", PolicyType="Initial")
    walk.lab.step("complete-cycles", server="new", count=1)
    walk.at(Moment("An initial cycle ran on new.", "deployed", "GO"))


def switch(walk: Walk) -> None:
    """Old to staging first, then new to active."""
    walk.at(Moment("The go/no-go before the switch.", "promote", "GO"))
    walk.lab.step("set-staging-mode", server="old", on=True)
    walk.at(Moment("Old is staging, new is still staging: nobody exports.", "promote", "NO-GO", "TO-01v1"))
    walk.lab.step("set-staging-mode", server="new", on=False, start_cycle=False)
    walk.at(Moment("New is active and has exported nothing yet.", "switched", "UNDECIDED", "LG-01v1"))
    walk.lab.step("complete-cycles", server="new", count=1)
    walk.at(Moment("The first export ran.", "switched", "GO"))
    walk.at(Moment("One good cycle is not yet a soak.", "soak", "UNDECIDED"))
    walk.lab.step("complete-cycles", server="new", count=2)
    walk.at(Moment("More good cycles.", "soak", "GO"))


def roll_back_the_endpoint(walk: Walk) -> None:
    """The documents' rollback: back to V1 on the same server, which deletes every group above 50,000 members."""
    refused = walk.at(Moment("Rollback of the endpoint asked for.", "rollback", "NO-GO", "RB-01v1"))
    walk.accept_losses(refused)
    walk.at(Moment("The very list of groups that V1 deletes is accepted.", "rollback", "GO"))
    new = walk.lab.administrator("new")
    new.run("Set-ADSyncScheduler", SyncCycleEnabled=False)
    new.run("Set-ADSyncAADConnectorExportApiVersion", version=1)
    new.run("Set-ADSyncAADConnectorImportApiVersion", version=1)
    walk.at(Moment("Both versions are 1 again; rules and scheduler are not yet.", "rolled-back", "NO-GO"))
    for rule in (GROUP_JOIN, WRITEUP_LIMIT):
        walk.lab.step("delete-rule", server="new", rule=f"{rule} - Cloned")
        walk.lab.step("enable-rule", server="new", rule=rule)
    new.run("Set-ADSyncScheduler", SyncCycleEnabled=True)
    walk.lab.step("complete-cycles", server="new", count=1, policy="Initial")
    walk.lab.step("complete-cycles", server="new", count=1)
    walk.at(Moment("Copies deleted, defaults enabled, scheduler on, full cycle done.", "rolled-back", "GO"))


def roll_back_the_swing(walk: Walk) -> None:
    """The other rollback: new back to staging, old active again, still on V1."""
    walk.set_environment(r'^rollback = "endpoint"$', 'rollback = "swing"')
    refused = walk.at(
        Moment("Rollback of the swing asked for: old would come back on V1.", "rollback", "NO-GO", "RB-01v1")
    )
    walk.accept_losses(refused)
    walk.at(Moment("The very list of groups is accepted.", "rollback", "GO"))
    walk.lab.step("set-staging-mode", server="new", on=True)
    walk.at(Moment("New is staging again; old is not active yet.", "rolled-back", "NO-GO", "TO-01v1"))
    walk.lab.step("set-staging-mode", server="old", on=False, start_cycle=False)
    walk.lab.step("complete-cycles", server="old", count=1)
    walk.at(Moment("Old is active and has exported.", "rolled-back", "GO"))


CHAPTERS: dict[str, tuple[Callable[[Walk], None], ...]] = {
    "Deploy, switch, soak, and roll back the endpoint": (deploy, switch, roll_back_the_endpoint),
    "The same swing again, and roll back the swing": (deploy, switch, roll_back_the_swing),
}


def walk_all(work: Path, reports: Path, say: Callable[[str], None]) -> Iterator[str]:
    """Walk every chapter on a lab of its own; yields what did not go as expected."""
    for number, (title, parts) in enumerate(CHAPTERS.items(), start=1):
        say(f"\n{number}. {title}")
        with Lab(work / f"lab-{number}", "--scenario", "v2-start") as lab:
            walk = Walk(lab, reports, say)
            for part in parts:
                part(walk)
            yield from walk.surprises


def main() -> int:
    """Walk, print, and say where the reports lie."""
    parser = argparse.ArgumentParser(prog="python -m tests.walk", description=__doc__)
    parser.add_argument("--reports", type=Path, default=ROOT / "reports" / "runs")
    parser.add_argument("--work", type=Path)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="swing-gate-") as scratch:
        work = options.work or Path(scratch)
        surprises = list(walk_all(work, options.reports, lambda line: print(line, flush=True)))
    print(f"\nReports: {options.reports}")
    for surprise in surprises:
        print(f"\nNOT AS EXPECTED: {surprise}", file=sys.stderr)
    return 1 if surprises else 0


if __name__ == "__main__":
    sys.exit(main())
