"""The one layout an archive of evidence has: a plain ZIP file in which no byte is free.

Local headers, data, directory and end follow one another without a gap; times, systems and flags are constants. So an
archive can be rebuilt from its manifest and compared byte by byte, and whatever was changed has a name.
"""

from __future__ import annotations

import json
import re
import struct
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable

MANIFEST = "manifest.json"
STORED, DEFLATED = 0, 8
LEVEL = 6
"""Of compression. Another zlib may pack the same contents into other bytes; the digests of the contents stay."""
PIECE = 1 << 20
"""Bytes that are held at once."""
LARGEST = 0xFFFF_FFFF
MOST_MEMBERS = 0xFFFF
LARGEST_CONTENT = 1 << 29
"""Bytes of one content: it is held in memory when it is read. The largest answer measured has 25 MB."""
_VERSION, _FLAGS, _TIME, _DATE = 20, 0, 0, 0x21  # 1980-01-01 00:00:00, the first moment ZIP knows
_NAME = re.compile(r"[A-Za-z0-9_-][A-Za-z0-9._-]*(?:/[A-Za-z0-9_-][A-Za-z0-9._-]*)*")
_COMMENT = re.compile(rb"manifest\.json at (\d{10}), (\d{10}) bytes, SHA-256 ([0-9a-f]{64})")
COMMENT_LENGTH = len("manifest.json at 0000000000, 0000000000 bytes, SHA-256 ") + 64
END_LENGTH = 22 + COMMENT_LENGTH


@dataclass(frozen=True, slots=True)
class Member:
    """One file of an archive, as the manifest lists it."""

    name: str
    size: int
    """Bytes of the content."""
    sha256: str
    """Of the content."""
    stored_size: int
    """Bytes in the archive."""
    stored_sha256: str
    """Of the bytes in the archive: compressed data has bits that decide nothing, and they count too."""

    def __post_init__(self) -> None:
        """Raise ValueError for a name that could lead out of a folder, and for numbers that are none."""
        if not isinstance(self.name, str) or not _NAME.fullmatch(self.name):
            raise ValueError(f"{self.name!r} is no name of a member")
        for size, most in ((self.size, LARGEST_CONTENT), (self.stored_size, LARGEST)):
            if type(size) is not int or not 0 <= size <= most:
                raise ValueError(f"{size!r} is no size of {self.name}; accepted: 0 to {most:,}")
        if not all(isinstance(digest, str) for digest in (self.sha256, self.stored_sha256)):
            raise ValueError(f"{self.name} has no digest")


@dataclass(frozen=True, slots=True)
class Placed:
    """What a header says about a member: where it begins, how it is kept, and the checksum ZIP knows."""

    name: str
    method: int
    crc: int
    stored_size: int
    size: int
    offset: int


@dataclass(frozen=True, slots=True)
class Seal:
    """What the archive's comment says: where the manifest stands, and its digest."""

    offset: int
    size: int
    sha256: str

    def text(self) -> bytes:
        """Return the comment."""
        return f"{MANIFEST} at {self.offset:010d}, {self.size:010d} bytes, SHA-256 {self.sha256}".encode()

    @classmethod
    def parse(cls, comment: bytes) -> Seal | None:
        """Read a comment; None when it is no seal."""
        found = _COMMENT.fullmatch(comment)
        return cls(int(found[1]), int(found[2]), found[3].decode()) if found else None


def local_header(placed: Placed) -> bytes:
    """Return the header that stands before a member's data."""
    name = placed.name.encode()
    sizes = (placed.crc, placed.stored_size, placed.size, len(name), 0)
    return struct.pack("<4s5H3I2H", b"PK\3\4", _VERSION, _FLAGS, placed.method, _TIME, _DATE, *sizes) + name


def directory_entry(placed: Placed) -> bytes:
    """Return a member's entry in the directory."""
    name = placed.name.encode()
    sizes = (placed.crc, placed.stored_size, placed.size, len(name), 0, 0, 0, 0, 0, placed.offset)
    head = (_VERSION, _VERSION, _FLAGS, placed.method, _TIME, _DATE)
    return struct.pack("<4s6H3I5H2I", b"PK\1\2", *head, *sizes) + name


def end(members: int, directory_size: int, directory_offset: int, seal: Seal) -> bytes:
    """Return the end of the archive, with the seal as its comment."""
    comment = seal.text()
    numbers = (0, 0, members, members, directory_size, directory_offset, len(comment))
    return struct.pack("<4s4H2IH", b"PK\5\6", *numbers) + comment


def manifest_bytes(about: dict[str, Any], members: Iterable[Member]) -> bytes:
    """Return a manifest: what the run says about itself, and every member."""
    manifest = {**about, "schema": 1, "members": [asdict(member) for member in members]}
    return as_json(dict(sorted(manifest.items())))


def as_json(value: object) -> bytes:
    """Return a value as JSON text, indented for people. Order stays: that of servers is their order in the run."""
    return (json.dumps(value, indent=1, ensure_ascii=False, allow_nan=False) + "\n").encode()
