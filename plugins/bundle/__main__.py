"""`python -m plugins.bundle reports/runs`: whether the chain of a folder of runs is whole.

Exit code 0 says that every bundle is as it was written and follows the one it names, in one line without a fork. 1 says
that it is not, or that there is no bundle; 2 is a wrong command line or a folder that cannot be read.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from plugins.bundle.walk import walk

if TYPE_CHECKING:
    from collections.abc import Sequence

WHOLE, BROKEN, UNREADABLE = 0, 1, 2


def main(arguments: Sequence[str] | None = None) -> int:
    """Walk over a folder of runs, print what was found, and return the exit code."""
    parser = argparse.ArgumentParser(
        prog="python -m plugins.bundle", description="Verify the chain of a folder of runs."
    )
    parser.add_argument("runs", type=Path, metavar="RUNS", help="the folder of runs, as reports/runs")
    parser.add_argument("--end", metavar="SHA256", help="manifest digest of the last run, kept elsewhere")
    given = parser.parse_args(arguments)
    try:
        found = walk(given.runs, given.end)
    except OSError as error:
        print(f"{given.runs}: cannot be read: {error.strerror}", file=sys.stderr)  # noqa: T201 - this is the answer
        return UNREADABLE
    for problem in found.problems:
        print(problem)  # noqa: T201 - this is the answer
    if not found.links and not found.problems:
        print(f"{given.runs}: no bundle lies here, so nothing is proven")  # noqa: T201 - this is the answer
        return BROKEN
    if found.problems:
        print(f"NOT WHOLE: {len(found.problems)} of it, in {len(found.links)} bundles")  # noqa: T201 - this is the answer
        return BROKEN
    (last,) = found.ends
    print(f"WHOLE: {len(found.links)} bundles, the last of {last.folder} with the digest {last.sha256}")  # noqa: T201
    if given.end is None:
        print("Whether runs are missing at the end, only --end can tell.")  # noqa: T201 - this is the answer
    return WHOLE


if __name__ == "__main__":
    raise SystemExit(main())
