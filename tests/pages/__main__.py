"""Prints what has drifted, or writes the pages anew.

python -m tests.pages [--write]      (or: tox run -e pages)

`--write` also takes out of fixtures/claims/pending.toml what a check covers by now. Exit code 1: a page has drifted.
"""

from __future__ import annotations

import sys
import tomllib
from typing import TYPE_CHECKING

from fixtures.claims import PENDING_FILE, load_ledger

from . import PAGES
from .known import covering

if TYPE_CHECKING:
    from pathlib import Path

NOTHING = "pending = []\n"


def main(arguments: list[str]) -> int:
    """Compare, or write."""
    drifted = [path for path, make in PAGES.items() if not path.is_file() or path.read_text("utf-8") != make()]
    if "--write" not in arguments:
        sys.stdout.writelines(f"{path.name} has drifted: python -m tests.pages --write\n" for path in drifted)
        return 1 if drifted else 0
    shorten(PENDING_FILE)
    load_ledger.cache_clear()
    for path, make in PAGES.items():
        path.parent.mkdir(exist_ok=True)
        path.write_text(make(), encoding="utf-8")
    return 0


def shorten(file: Path) -> None:
    """Keep only what no check covers; an entry is never added."""
    head, _, rest = file.read_text(encoding="utf-8").partition("pending =")
    still = [entry for entry in tomllib.loads(f"pending ={rest}")["pending"] if not covering(entry)]
    rows = "".join(f'    "{entry}",\n' for entry in still)
    file.write_text(head + (f"pending = [\n{rows}]\n" if still else NOTHING), encoding="utf-8")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
