"""Writing a run's bundle into its folder: beside its final name, then renamed."""

from __future__ import annotations

import os
from contextlib import nullcontext
from typing import TYPE_CHECKING, Any

from plugins.bundle.chain import BUNDLE, alone, previous
from plugins.bundle.writer import Writer

if TYPE_CHECKING:
    from collections.abc import Iterable

    from plugins.bundle.contents import Content
    from plugins.folder import RunFolder


def write(
    place: RunFolder, members: Iterable[Content], about: dict[str, Any], *, chained: bool = True
) -> dict[str, Any]:
    """Write the bundle and return what names it: its manifest's digest and the run before it.

    A copy is not chained. Raises OSError, ValueError and OverflowError; then no file of its name is left.
    """
    with alone(place.path.parent) if chained else nullcontext():
        return _write(place, members, about, previous(place.path) if chained else None)


def _write(
    place: RunFolder, members: Iterable[Content], about: dict[str, Any], before: dict[str, Any] | None
) -> dict[str, Any]:
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
