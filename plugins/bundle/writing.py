"""Writing a run's bundle into its folder: beside its final name, then renamed."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

from plugins.bundle.chain import BUNDLE, previous
from plugins.bundle.writer import Writer

if TYPE_CHECKING:
    from collections.abc import Iterable

    from plugins.bundle.contents import Content
    from plugins.folder import RunFolder


def write(place: RunFolder, members: Iterable[Content], about: dict[str, Any]) -> dict[str, Any]:
    """Write the bundle and return what names it: its manifest's digest and the run before it.

    Raises OSError, ValueError and OverflowError; then no file of its name is left.
    """
    before = previous(place.path)
    partial = place.beside(BUNDLE)
    try:
        with partial.open("wb") as file:
            writer = Writer(file)
            for name, fetch in members:
                writer.add(name, fetch())
            digest = writer.seal({**about, "previous": before})
            file.flush()
            os.fsync(file.fileno())
    except BaseException:
        partial.unlink(missing_ok=True)
        raise
    place.finish(BUNDLE)
    return {"file": BUNDLE, "manifest_sha256": digest, "previous": before}
