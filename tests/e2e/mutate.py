"""Takes checks out of the suite, to see that the matrix misses them.

    python -m tests.e2e.mutate                    which rows miss each check, worked out from what they declare
    python -m tests.e2e.mutate EP-01v1 RU-04v1    really take them out, one at a time, of a copy, and play one row
    python -m tests.e2e.mutate --sample 5         the same for five checks picked by chance

Exit code 1: a check could be taken out and no row missed it.
"""

from __future__ import annotations

import argparse
import ast
import json
import random
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from tests.checks.running import checks
from tests.e2e.driver import GATE_WITHIN, ROOT, GateRun, Lab
from tests.e2e.matrix import EXIT_CODES, ROWS, STANDING, Played, play

if TYPE_CHECKING:
    from tests.e2e.row import Row

LEFT_BEHIND = shutil.ignore_patterns(".*", "__pycache__", "runs", "node_modules")


def recorded(row: Row, without: str = "") -> Played:
    """The row as it went when every declared check turned, but for one that is not there."""
    turned = [{"id": check, "subject": "", "state": "fail"} for check in row.turns if check != without]
    standing = [{"id": check, "subject": "", "state": state} for check, state in STANDING if check != without]
    document = {"verdict": row.verdict, "checks": turned + standing}
    return Played(row, GateRun(EXIT_CODES[row.verdict], "", None, document))


def missing(check: str) -> tuple[Row, ...]:
    """The rows that go as declared with a check and not without it."""
    return tuple(row for row in ROWS if recorded(row).as_declared and not recorded(row, check).as_declared)


def unmissed() -> tuple[str, ...]:
    """The checks that no row would miss."""
    return tuple(check for check in sorted(checks()) if not missing(check))


def take_out(check: str, clone: Path) -> None:
    """Delete the function of a check, with its marker, from a copy of the suite."""
    module, _, name = checks()[check].definition.function.partition(":")
    path = clone / f"{module.replace('.', '/')}.py"
    source = path.read_text(encoding="utf-8")
    found = next(node for node in ast.parse(source).body if isinstance(node, ast.FunctionDef) and node.name == name)
    lines = source.splitlines(keepends=True)
    first = min([found.lineno, *(decorator.lineno for decorator in found.decorator_list)]) - 1
    path.write_text("".join(lines[:first] + lines[found.end_lineno :]), encoding="utf-8")


def play_without(check: str) -> tuple[bool, str]:
    """Whether the first row that should miss a check does so, played in a copy of the suite that lacks it."""
    found = missing(check)
    if not found:
        return False, "no row of the matrix turns it"
    with tempfile.TemporaryDirectory(prefix="swing-gate-") as scratch:
        clone = Path(scratch) / "clone"
        shutil.copytree(ROOT, clone, ignore=LEFT_BEHIND)
        take_out(check, clone)
        command = [sys.executable, "-m", "tests.e2e.mutate", "--row", str(ROWS.index(found[0]))]
        done = subprocess.run(command, cwd=clone, capture_output=True, text=True, timeout=2 * GATE_WITHIN, check=False)
    if not done.stdout.strip():
        raise RuntimeError(f"{found[0].name} could not be played: {done.stderr[-2000:]}")
    told = json.loads(done.stdout.splitlines()[-1])
    return not told["as_declared"], told["went"]


def play_row(number: int) -> int:
    """Play one row here and print how it went: what the copy is asked to do."""
    with tempfile.TemporaryDirectory(prefix="swing-gate-") as scratch, Lab(Path(scratch) / "lab") as lab:
        played = play(lab, Path(scratch) / "runs", ROWS[number])
    print(json.dumps({"as_declared": played.as_declared, "went": str(played)}))
    return 0


def main() -> int:
    """Answer the command line."""
    parser = argparse.ArgumentParser(prog="python -m tests.e2e.mutate", description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("checks", nargs="*", metavar="CHECK", help="take this one out and play the row that misses it")
    parser.add_argument("--sample", type=int, default=0, help="take so many out, picked by chance")
    parser.add_argument("--row", type=int, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.row is not None:
        return play_row(options.row)
    if unknown := sorted(set(options.checks) - checks().keys()):
        parser.error(f"no check has this id: {', '.join(unknown)}")
    proved = sorted(checks().keys() - set(unmissed()))
    picked = [*options.checks, *random.sample(proved, min(options.sample, len(proved)))]
    if not picked:
        for check in sorted(checks()):
            print(f"{check}: {', '.join(f'{row.name} at {row.gate}' for row in missing(check)) or 'NO ROW'}")
        print(f"{len(proved)} of {len(checks())} checks would be missed by {len(ROWS)} rows")
        return 1 if unmissed() else 0
    results = {check: play_without(check) for check in picked}
    for check, (missed, went) in results.items():
        print(f"without {check}, {'MISSED' if missed else 'NOT MISSED'}: {went}")
    return 0 if all(missed for missed, _ in results.values()) else 1


if __name__ == "__main__":
    sys.exit(main())
