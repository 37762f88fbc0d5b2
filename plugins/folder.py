"""The folder of a run: `reports/runs/20261120T064512Z-promote`, and the `latest` pointer beside it.

Writers write beside their final name and rename, so a name that exists is a file that is complete.
"""

from __future__ import annotations

import hashlib
import os
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

LATEST = "latest"


@dataclass(frozen=True, slots=True)
class RunFolder:
    """One run's own folder."""

    path: Path

    @property
    def run_id(self) -> str:
        """Name of the run."""
        return self.path.name

    def beside(self, name: str) -> Path:
        """Return the path a file is written to before it gets its final name."""
        return self.path / f".{name}.partial"

    def write(self, name: str, text: str) -> None:
        """Write a file whole, or leave no file of that name. Raises OSError."""
        partial = self.beside(name)
        with partial.open("w", encoding="utf-8", newline="\n") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        self.finish(name)

    def finish(self, name: str) -> None:
        """Give a file written beside its final name. Raises OSError."""
        self.beside(name).replace(self.path / name)

    def digests(self) -> dict[str, str]:
        """Return the SHA-256 of every file that stands under its final name. Raises OSError."""
        return {
            path.name: hashlib.sha256(path.read_bytes()).hexdigest()
            for path in sorted(self.path.iterdir())
            if path.is_file() and not path.name.startswith(".")
        }

    def withdraw(self, name: str) -> None:
        """Take the final name from a file that must not be believed."""
        final = self.path / name
        if final.exists():
            final.replace(self.path / f"{name}.withdrawn")

    def discard(self) -> None:
        """Remove the folder of a run that came to nothing. A folder with anything in it stays."""
        try:
            self.path.rmdir()
        except OSError:
            return

    def point_latest(self) -> None:
        """Make `latest` lead here: a symbolic link, or a text file where the file system has none. Raises OSError."""
        pointer = self.path.parent / LATEST
        beside = self.path.parent / f".{LATEST}.{self.run_id}"
        beside.unlink(missing_ok=True)
        try:
            beside.symlink_to(self.run_id, target_is_directory=True)
        except (OSError, NotImplementedError):
            beside.write_text(self.run_id + "\n", encoding="utf-8")
        beside.replace(pointer)


def forget_latest(parent: Path) -> None:
    """Take `latest` away: from its start until its end a run has no older verdict beside it. Raises OSError."""
    (parent / LATEST).unlink(missing_ok=True)


def create(parent: Path, gate: str, at: datetime) -> RunFolder:
    """Make the folder of a run; a second run in the same second gets a number. Raises OSError."""
    parent.mkdir(parents=True, exist_ok=True)
    name = f"{at.astimezone(UTC):%Y%m%dT%H%M%SZ}-{gate}"
    number = 1
    while True:
        path = parent / (name if number == 1 else f"{name}-{number}")
        try:
            path.mkdir()
        except FileExistsError:
            number += 1
        else:
            return RunFolder(path)
