"""The chain of bundles: each manifest names the one written before it in the same folder of runs.

Runs that end at the same time stand in line for the link, so that the chain does not fork.
"""

from __future__ import annotations

import contextlib
import os
import sys
from typing import TYPE_CHECKING, Any

from plugins.bundle.reader import manifest_of, seal_of

if sys.platform != "win32":
    import fcntl

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

BUNDLE = "evidence.zip"


@contextlib.contextmanager
def alone(runs: Path) -> Iterator[None]:
    """Be the only one who adds a link to a folder of runs; the end of a process ends that too. Raises OSError.

    Where there is no such lock, two runs at the same time may both follow one, and the walk over the chain says so.
    """
    if sys.platform == "win32":
        yield
        return
    folder = os.open(runs, os.O_RDONLY)
    try:
        with contextlib.suppress(OSError):  # some network drives have none
            fcntl.flock(folder, fcntl.LOCK_EX)
        yield
    finally:
        os.close(folder)


def previous(run: Path) -> dict[str, Any] | None:
    """Return name and manifest digest of the last bundle beside a run's folder; None for the first one.

    The last one is that which no other follows; of several, the one written last. A bundle whose seal cannot be read
    has no digest here: the gap in the chain is shown, not passed over.
    """
    written = {}
    followed = set()
    for path in run.parent.glob(f"*/{BUNDLE}"):
        folder = path.parent
        if folder.name == run.name or folder.is_symlink():
            continue
        written[folder.name] = path
        before = (manifest_of(path) or {}).get("previous")
        if before is not None:
            followed.add(before["run_id"])
    ends = written.keys() - followed or written.keys()
    if not ends:
        return None
    name = max(ends, key=lambda name: (written[name].stat().st_mtime_ns, name))
    seal = seal_of(written[name])
    return {"run_id": name, "manifest_sha256": seal.sha256 if seal else None}
