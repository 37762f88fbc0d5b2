"""Writing an archive of evidence: member after member, never more than a piece of one in memory."""

from __future__ import annotations

import hashlib
import zlib
from typing import TYPE_CHECKING, Any, BinaryIO

from plugins.bundle import layout
from plugins.bundle.layout import DEFLATED, LEVEL, MANIFEST, PIECE, STORED, Member, Placed, Seal

if TYPE_CHECKING:
    from collections.abc import Iterator


class Writer:
    """Writes members in the order of their names, then the manifest, the directory and the seal."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self._members: list[Member] = []
        self._placed: list[Placed] = []

    def add(self, name: str, content: str | bytes) -> None:
        """Write one member. Raises ValueError out of order, OverflowError beyond what an archive holds."""
        if self._members and name <= self._members[-1].name:
            raise ValueError(f"{name} comes after {self._members[-1].name}: members are written in order")
        offset = self._file.tell()
        blank = Placed(name, DEFLATED, 0, 0, 0, offset)
        self._file.write(layout.local_header(blank))
        whole, kept = hashlib.sha256(), hashlib.sha256()
        crc = size = stored_size = 0
        deflate = zlib.compressobj(LEVEL, zlib.DEFLATED, -zlib.MAX_WBITS)
        for piece in _pieces(content):
            whole.update(piece)
            crc, size = zlib.crc32(piece, crc), size + len(piece)
            stored_size += self._keep(deflate.compress(piece), kept)
        stored_size += self._keep(deflate.flush(), kept)
        if size > layout.LARGEST_CONTENT:
            raise OverflowError(f"{name} has {size:,} bytes; one content may have {layout.LARGEST_CONTENT:,}")
        self._members.append(Member(name, size, whole.hexdigest(), stored_size, kept.hexdigest()))
        self._place(Placed(name, DEFLATED, crc, stored_size, size, offset))

    def seal(self, about: dict[str, Any]) -> str:
        """Write the manifest, the directory and the end. Return the digest of the manifest."""
        content = layout.manifest_bytes(about, self._members)
        digest = hashlib.sha256(content).hexdigest()
        offset = self._file.tell()
        placed = Placed(MANIFEST, STORED, zlib.crc32(content), len(content), len(content), offset)
        self._file.write(layout.local_header(placed))
        self._file.write(content)
        self._place(placed)
        begins = self._file.tell()
        for each in self._placed:
            self._file.write(layout.directory_entry(each))
        length = self._file.tell() - begins
        if len(self._placed) > layout.MOST_MEMBERS:
            raise OverflowError(f"{len(self._placed):,} members are more than an archive holds")
        self._file.write(layout.end(len(self._placed), length, begins, Seal(offset, len(content), digest)))
        return digest

    def _keep(self, stored: bytes, digest: hashlib._Hash) -> int:
        digest.update(stored)
        self._file.write(stored)
        return len(stored)

    def _place(self, placed: Placed) -> None:
        """Fill in the header of what was just written."""
        end = self._file.tell()
        if end > layout.LARGEST:
            raise OverflowError(f"{placed.name} makes the archive larger than 4 GiB")
        self._file.seek(placed.offset)
        self._file.write(layout.local_header(placed))
        self._file.seek(end)
        self._placed.append(placed)


def _pieces(content: str | bytes) -> Iterator[bytes]:
    for start in range(0, len(content), PIECE):
        piece = content[start : start + PIECE]
        yield piece.encode() if isinstance(piece, str) else piece
