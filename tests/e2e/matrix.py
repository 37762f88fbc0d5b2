"""Fault by gate: what each fault of the lab must turn, and the page that shows what it did turn.

    python -m tests.e2e.matrix [--write]      (or: tox run -e faults)

Every row starts from a reset lab, goes over the wire, and is a pytest process of its own. Two are played at a
time, on labs of their own.
"""

from __future__ import annotations

import argparse
import re
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from queue import SimpleQueue
from typing import TYPE_CHECKING

from tests.e2e import (
    rows_catalogue,
    rows_cmdlets,
    rows_coverage,
    rows_parity,
    rows_pending,
    rows_real,
    rows_topology,
)
from tests.e2e.driver import ROOT, GateRun, Lab, run_gate
from tests.e2e.row import SWITCHED, Row, Steps, row

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

PAGE = ROOT / "docs" / "faults.md"
AT_ONCE = 2
"""Rows played at the same time: a lab and a gate take turns, so each row keeps about one core busy."""
WRONG_PASSWORD = "wrong.password"
EXIT_CODES = {"GO": 0, "NO-GO": 1, "UNDECIDED": 10}
STANDING = frozenset({("AT-01v1", "inconclusive"), ("AT-02v1", "inconclusive"), ("VE-05v1", "inconclusive")})
"""What a healthy lab leaves open: attestations that nobody wrote, and whether a newer build is out."""
ATTESTED_AT = {"AT-01v1": {"prepare", "deployed", "promote"}, "AT-02v1": {"promote", "switched", "soak"}}
"""Where the attestations must be asked for: no fault of the lab can turn a check that reads no system."""

HEAD = """# Faults and what they turn

Generated from a run against the lab by `python -m tests.e2e.matrix`; a test compares. Each fault is made from outside,
at the first gate that can see it. What begins with `cmdlets:` is no fault of the lab's catalogue: an administrator does
it on the server's own endpoint, with the product's and Windows' cmdlets.

| fault | gate | checks that turn | verdict | exit code |
| --- | --- | --- | --- | --- |"""

ROWS: tuple[Row, ...] = (
    row("only-import-switched", "deployed", "NO-GO", "EP-01v1", "LG-03v1"),
    row("only-export-switched", "deployed", "NO-GO", "EP-01v1", "LG-03v1"),
    row("registry-and-export-type-disagree", "deployed", "NO-GO", "EP-01v1", "LG-03v1"),
    row("writeup-rule-left-at-50000", "deployed", "NO-GO", "RU-01v1", "RU-02v1", "LG-03v1", "RH-01v1"),
    row(
        "default-left-enabled-beside-clone", "deployed", "NO-GO", "RU-03v1", "RU-01v1", "RU-02v1", "LG-03v1", "RH-01v1"
    ),
    row("both-rules-disabled", "deployed", "NO-GO", "RU-03v1", "PE-02v1", "LG-01v2"),
    row("clone-at-precedence-120", "deployed", "NO-GO", "RU-04v1"),
    row("limit-250001", "deployed", "NO-GO", "RU-02v1"),
    row("curly-quotes-in-expression", "deployed", "NO-GO", "RU-05v1", "RU-01v1", "RH-01v1", "LG-01v2"),
    row("scope-filter-member-count", "deployed", "NO-GO", "RU-06v1", "RU-01v1", "LG-03v1", "PE-02v1"),
    row("override-pending", "deployed", "NO-GO", "SC-03v1"),
    row("scheduler-off", "deployed", "NO-GO", "SC-01v1"),
    row("scheduler-suspended", "deployed", "NO-GO", "SC-02v1"),
    row("both-active", "deployed", "NO-GO", "TO-01v1"),
    row("neither-active", "promote", "NO-GO", "TO-01v1"),
    row("deletes-600", "promote", "NO-GO", "PE-01v2"),
    row("deletes-3", "promote", "NO-GO", "PE-01v2"),
    row("same-machine", "deployed", "NO-GO", "ID-01v1", "ID-02v1", open_ended=True),
    row("other-tenant", "deployed", "NO-GO", "ID-03v1"),
    row("small-group-member-missing", "deployed", "NO-GO", "LG-01v2"),
    row("small-group-member-swapped", "deployed", "NO-GO", "LG-01v2"),
    row("large-group-member-missing", "soak", "NO-GO", "LG-01v2", after=SWITCHED),
    row("member-filtered-though-in-scope", "soak", "NO-GO", "EV-01v1", "EV-03v1", "LG-01v2", "RH-03v1", after=SWITCHED),
    row("new-below-floor", "deployed", "NO-GO", "VE-01v1", "VE-05v1", "VE-06v1", "VE-08v1"),
    row("recalled-build", "deployed", "NO-GO", "VE-01v1", "VE-05v1", "VE-06v1"),
    row("cycle-starts-while-reading", "deployed", "GO", arguments={"times": "once", "after": 2}),
    row(
        "cycle-starts-while-reading",
        "deployed",
        "UNDECIDED",
        "SC-01v1",
        arguments={"times": "forever", "after": 2},
        open_ended=True,
    ),
    row("tenant-unreachable", "deployed", "UNDECIDED", "ID-03v1", "TE-01v1", open_ended=True),
    row(
        "server-unreachable",
        "deployed",
        "UNDECIDED",
        "ID-01v1",
        "TO-01v1",
        arguments={"server": "old"},
        open_ended=True,
    ),
    row(
        "read-denied", "deployed", "UNDECIDED", "SC-03v1", arguments={"cmdlet": "Get-ADSyncSchedulerConnectorOverride"}
    ),
    row("graph-denied", "deployed", "UNDECIDED", "LG-01v2"),
    row(
        "wrong-password",
        "deployed",
        "UNDECIDED",
        "ID-01v1",
        "TO-01v1",
        environment=('"file:old-reader.password"', f'"file:{WRONG_PASSWORD}"'),
        open_ended=True,
    ),
    row(
        "restricted-remote-server-endpoint",
        "deployed",
        "UNDECIDED",
        "ID-01v1",
        "TO-01v1",
        environment=('configuration_name = "SwingGate"', 'configuration_name = "RestrictedRemoteServer"'),
        open_ended=True,
    ),
    *(row(*names, **options) for names, options in rows_parity.ROWS),
    *rows_pending.ROWS,
    *rows_real.ROWS,
    *rows_coverage.ROWS,
    *rows_topology.ROWS,
    *rows_catalogue.ROWS,
    *rows_cmdlets.ROWS,
)
"""Faults first seen at the gate they are played at."""


@dataclass(frozen=True)
class Played:
    """What one row did."""

    row: Row
    run: GateRun

    @property
    def turned(self) -> dict[str, str]:
        """Check id -> worst state, of the checks that are not where a healthy lab has them."""
        seen = {(check, state) for check, _, state in self.run.turned()} - STANDING
        return {check: min(state for other, state in seen if other == check) for check, _ in sorted(seen)}

    @property
    def as_declared(self) -> bool:
        turned = frozenset(self.turned)
        told = self.row.turns <= turned if self.row.open_ended else self.row.turns == turned
        asked = {check for check, _, _ in self.run.turned()}
        standing = {check for check, gates in ATTESTED_AT.items() if self.row.gate in gates}
        verdict = self.run.said == self.row.verdict and self.run.exit_code == EXIT_CODES[self.row.verdict]
        return told and standing <= asked and verdict

    def __str__(self) -> str:
        turned = ", ".join(f"{check} {state}" for check, state in self.turned.items())
        verdict = f"{self.run.said} (exit {self.run.exit_code})"
        return f"{self.row.name} at {self.row.gate}: {verdict}, turned {turned or 'nothing'}"


class Labs:
    """A lab for every set of servers that rows ask for, each started once; it plays one row at a time."""

    def __init__(self, folder: Path, stack: ExitStack) -> None:
        self._folder = folder
        self._stack = stack
        self._running: dict[str, Lab] = {}

    def of(self, scenario: str) -> Lab:
        """The lab that can play a scenario: one server, or two."""
        servers = scenario if scenario == "in-place" else "two"
        if servers not in self._running:
            lab = Lab(self._folder / f"lab-{servers}", "--scenario", scenario)
            self._running[servers] = self._stack.enter_context(lab)
        return self._running[servers]


def play(lab: Lab, reports: Path, played: Row) -> Played:
    """Reset, prepare, break, ask."""
    lab.reset(scenario=played.scenario)
    options = accepted(lab, reports, played) if played.baseline else ()
    take(lab, played.after)
    if played.environment is not None:
        return Played(played, run_gate(played.gate, mistaken(lab, *played.environment), reports))
    for server, text in played.cmdlets:
        lab.administrator(server).script(text)
    if not played.cmdlets:
        lab.fault(played.fault, **played.arguments)
    take(lab, played.then)
    return Played(played, run_gate(played.gate, planned(lab, played), reports, *options))


def accepted(lab: Lab, reports: Path, played: Row) -> tuple[str, ...]:
    """Ask a gate of the lab as it is, and return the option that compares with that run."""
    before = run_gate(played.baseline, planned(lab, played), reports)
    assert before.folder is not None, before.output
    return (f"--baseline={before.folder / 'evidence.zip'}",)


def take(lab: Lab, steps: Steps) -> None:
    """Take the steps, with the lab's folder where a text asks for it."""
    for step, arguments in steps:
        known = {
            key: text.format(folder=lab.folder) if isinstance(text, str) else text for key, text in arguments.items()
        }
        lab.step(step, **known)


def planned(lab: Lab, played: Row) -> Path:
    """The lab's environment file, or a copy of it with the row's own plan and settings, and its files beside it."""
    for name, content in played.files.items():
        (lab.folder / name).write_text(content, encoding="utf-8")
    if not played.plan and not played.settings and played.edit is None:
        return lab.environment
    text = lab.environment.read_text(encoding="utf-8") + played.settings
    if played.edit is not None:
        right, instead = played.edit
        assert right in text, f"{right!r} does not stand in {lab.environment}"
        text = text.replace(right, instead)
    for pattern, instead in played.plan:
        text, found = re.subn(pattern, instead, text, flags=re.MULTILINE)
        assert found == 1, f"{pattern!r} stands {found} times in {lab.environment}"
    edited = lab.folder / "environment-planned.toml"
    edited.write_text(text, encoding="utf-8")
    return edited


def mistaken(lab: Lab, right: str, wrong: str) -> Path:
    """A copy of the lab's environment file with one change in it."""
    password = lab.folder / WRONG_PASSWORD
    password.write_text("not the password", encoding="utf-8")
    password.chmod(0o600)
    text = lab.environment.read_text(encoding="utf-8")
    assert right in text
    edited = lab.folder / "environment-mistaken.toml"
    edited.write_text(text.replace(right, wrong), encoding="utf-8")
    return edited


def page(results: Iterable[Played]) -> str:
    """The results as the page of the docs."""
    lines = [HEAD, *(line(result) for result in results)]
    return "\n".join(lines) + "\n"


def line(result: Played) -> str:
    """One row of the page; of an open-ended fault only the declared checks are named."""
    shown = {check: result.turned.get(check, "pass") for check in sorted(result.row.turns)}
    turned = [f"`{check}` {state}" for check, state in (shown if result.row.open_ended else result.turned).items()]
    if result.row.open_ended:
        turned.append("and what rests on the same answers")
    cells = (
        result.row.name,
        result.row.gate,
        "<br>".join(turned) or "nothing",
        result.run.said,
        str(result.run.exit_code),
    )
    return f"| {' | '.join(cells)} |"


def play_all(rows: Sequence[Row], scratch: Path) -> list[Played]:
    """Play the rows, several at once; returns them in their order."""
    with ExitStack() as stack, ThreadPoolExecutor(AT_ONCE) as players:
        idle: SimpleQueue[Labs] = SimpleQueue()
        for number in range(AT_ONCE):
            idle.put(Labs(scratch / f"player-{number}", stack))

        def play_one(number: int, each: Row) -> Played:
            labs = idle.get()
            try:
                return play(labs.of(each.scenario), scratch / f"runs-{number}", each)
            finally:
                idle.put(labs)

        return list(players.map(play_one, range(len(rows)), rows))


def main() -> int:
    """Play every row and print the page; 1 when a row did not turn what it declares."""
    parser = argparse.ArgumentParser(prog="python -m tests.e2e.matrix", description=main.__doc__)
    parser.add_argument("--write", action="store_true", help=f"write {PAGE.name} anew instead")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="swing-gate-") as scratch:
        results = play_all(ROWS, Path(scratch))
    for result in results:
        if not result.as_declared:
            print(f"NOT AS DECLARED: {result}", file=sys.stderr)
    if arguments.write:
        PAGE.write_text(page(results), encoding="utf-8")
    else:
        print(page(results), end="")
    return 0 if all(result.as_declared for result in results) else 1


if __name__ == "__main__":
    sys.exit(main())
