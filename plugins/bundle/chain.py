"""The chain of bundles: each manifest names the one written before it in the same folder of runs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from plugins.bundle.reader import seal_of

if TYPE_CHECKING:
    from pathlib import Path

BUNDLE = "evidence.zip"


def previous(run: Path) -> dict[str, Any] | None:
    """Return name and manifest digest of the newest bundle beside a run's folder; None for the first one.

    A bundle whose seal cannot be read has no digest here: the gap in the chain is shown, not passed over.
    """
    written = []
    for path in run.parent.glob(f"*/{BUNDLE}"):
        folder = path.parent
        if folder.name != run.name and not folder.is_symlink():
            written.append((path.stat().st_mtime_ns, folder.name, path))
    if not written:
        return None
    _, name, newest = max(written)
    seal = seal_of(newest)
    return {"run_id": name, "manifest_sha256": seal.sha256 if seal else None}
