"""The main job, shown: the V2 swing of the documents, walked on the lab, with the gate asked at every step.

    python -m tests.walk [--reports DIR] [--work DIR]

The engineer's cmdlets go over PSRP to the administrators' endpoint, the wizard's and the rule editor's work are lab
steps, and each gate is a pytest process of its own. The walk says no where it must: half-done steps, a switch in the
wrong moment, a rollback whose losses nobody has accepted. It exits 0 when every gate answered as expected.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from tests.e2e.driver import ROOT, Lab
from tests.walking import Moment, Walk
from tests.walks_more import MORE

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

GROUP_JOIN = "Out to AAD - Group Join"
WRITEUP_LIMIT = "Out to AAD - Group Writeup Member Limit"


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
    walk.at(Moment("New is active and has exported nothing yet.", "switched", "UNDECIDED", "LG-01v2"))
    walk.lab.step("complete-cycles", server="new", count=1)
    walk.at(Moment("The first export ran.", "switched", "GO"))
    walk.at(Moment("One good cycle is not yet a soak.", "soak", "UNDECIDED"))
    walk.lab.step("complete-cycles", server="new", count=2)
    walk.at(Moment("More good cycles.", "soak", "GO"))


def finish(walk: Walk) -> None:
    """The blog's last step: the other server is upgraded as well, and the steady state begins."""
    walk.at(Moment("Old is staging, and still on version 1.", "finish", "NO-GO", "EP-03v1"))
    walk.lab.step("upgrade", server="old", version="2.6.92.0")
    walk.lab.step("complete-cycles", server="old", count=1)
    walk.at(Moment("Old is upgraded, and has done its full runs.", "finish", "GO"))
    walk.set_environment(r'^rollback = "endpoint"$', 'rollback = "endpoint"\nexpected_active = "new"')
    walk.at(Moment("The steady state, that night.", "nightly", "GO"))


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


CHAPTERS: dict[str, tuple[str, tuple[Callable[[Walk], None], ...]]] = {
    "Deploy, switch, soak, and roll back the endpoint": ("v2-start", (deploy, switch, roll_back_the_endpoint)),
    "The same swing again, and roll back the swing": ("v2-start", (deploy, switch, roll_back_the_swing)),
    "The same swing once more, to its end": ("v2-start", (deploy, switch, finish)),
    **MORE,
}
"""Title to the lab's scenario and the parts walked on it."""


def walk_all(work: Path, reports: Path, say: Callable[[str], None]) -> Iterator[str]:
    """Walk every chapter on a lab of its own; yields what did not go as expected."""
    for number, (title, (scenario, parts)) in enumerate(CHAPTERS.items(), start=1):
        say(f"\n{number}. {title}")
        with Lab(work / f"lab-{number}", "--scenario", scenario) as lab:
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
