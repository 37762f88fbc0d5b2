"""Opening an archive of evidence: every byte of it is compared before anything in it is believed."""

from __future__ import annotations

import hashlib
import json
import zlib
from typing import TYPE_CHECKING, Any, BinaryIO, Self

from plugins.bundle import layout
from plugins.bundle.layout import DEFLATED, END_LENGTH, MANIFEST, PIECE, STORED, Member, Placed, Seal

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path
    from types import TracebackType

_END = "the end of the archive"


class ChangedError(Exception):
    """An archive is not as it was written. `part` names what was changed."""

    def __init__(self, part: str, what: str) -> None:
        self.part = part
        super().__init__(f"{part}: {what}")


class Archive:
    """An archive whose every byte was found to be as written. Contents are read when they are asked for."""

    def __init__(self, path: Path) -> None:
        """Open and verify. Raises ChangedError that names the changed part, and OSError."""
        self._file: BinaryIO = path.open("rb")
        self._offsets: dict[str, int] = {}
        try:
            self._length = path.stat().st_size
            self.seal = self._sealed()
            self.manifest = self._manifest()
            self.members = {member.name: member for member in _members(self.manifest)}
            self._verify()
        except BaseException:
            self._file.close()
            raise

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Close the file."""
        self._file.close()

    def read(self, name: str) -> bytes:
        """Return a member's content. Raises KeyError for a name that is not there, ChangedError, and OSError."""
        member = self.members[name]
        self._file.seek(self._offsets[name])
        content = b"".join(self._contents(member))
        if hashlib.sha256(content).hexdigest() != member.sha256:
            raise ChangedError(name, "its content is not the one the manifest lists")
        return content

    def json(self, name: str) -> Any:  # noqa: ANN401 - any JSON
        """Return a member's content as JSON. Raises as `read`."""
        return json.loads(self.read(name))

    def _take(self, count: int, part: str) -> bytes:
        found = self._file.read(count)
        if len(found) != count:
            raise ChangedError(part, "the archive ends within it")
        return found

    def _sealed(self) -> Seal:
        """Read the comment at the end. It says where the manifest stands."""
        if self._length < END_LENGTH:
            raise ChangedError(_END, "the file is too short to be an archive of evidence")
        self._file.seek(self._length - END_LENGTH)
        tail = self._take(END_LENGTH, _END)
        seal = Seal.parse(tail[-layout.COMMENT_LENGTH :])
        if seal is None:
            raise ChangedError(_END, "its comment does not name the manifest, or bytes were added or taken there")
        return seal

    def _manifest(self) -> dict[str, Any]:
        self._file.seek(min(self.seal.offset, self._length))
        self._take(30 + len(MANIFEST), MANIFEST)
        content = self._take(min(self.seal.size, self._length), MANIFEST)
        if hashlib.sha256(content).hexdigest() != self.seal.sha256:
            raise ChangedError(MANIFEST, f"it does not have the digest that stands in the comment of {_END}")
        try:
            found: dict[str, Any] = json.loads(content)
        except (ValueError, RecursionError) as error:
            raise ChangedError(MANIFEST, f"it is no JSON: {error}") from error
        if not isinstance(found, dict):
            raise ChangedError(MANIFEST, "it is no JSON object")
        if found.get("schema") != 1:
            raise ChangedError(MANIFEST, f"schema {found.get('schema')!r}: only schema 1 is known")
        return found

    def _verify(self) -> None:
        """Walk over the whole file and compare each byte with what the manifest makes it."""
        self._file.seek(0)
        placed = [self._verify_member(member) for member in self.members.values()]
        try:
            content = layout.manifest_bytes(_about(self.manifest), self.members.values())
        except ValueError as error:
            raise ChangedError(MANIFEST, f"it holds what this suite does not write: {error}") from error
        place = Placed(MANIFEST, STORED, zlib.crc32(content), len(content), len(content), self._file.tell())
        if self._take(30 + len(MANIFEST), MANIFEST) != layout.local_header(place):
            raise ChangedError(MANIFEST, "the header before it was changed")
        if self._take(len(content), MANIFEST) != content:
            raise ChangedError(MANIFEST, "it is not written as this suite writes it")
        placed.append(place)
        begins = self._file.tell()
        for each in placed:
            entry = layout.directory_entry(each)
            if self._take(len(entry), each.name) != entry:
                raise ChangedError(each.name, "its entry in the directory of the archive was changed")
        end = layout.end(len(placed), self._file.tell() - begins, begins, self.seal)
        if self._take(len(end), _END) != end or self._file.read(1):
            raise ChangedError(_END, "it was changed, or bytes were added")

    def _verify_member(self, member: Member) -> Placed:
        offset = self._file.tell()
        head = self._take(30 + len(member.name), member.name)
        self._offsets[member.name] = self._file.tell()
        stored, whole, crc, size = hashlib.sha256(), hashlib.sha256(), 0, 0
        for piece in self._contents(member, stored):
            whole.update(piece)
            crc, size = zlib.crc32(piece, crc), size + len(piece)
        if stored.hexdigest() != member.stored_sha256:
            raise ChangedError(member.name, "its bytes in the archive are not those the manifest lists")
        if (whole.hexdigest(), size) != (member.sha256, member.size):
            raise ChangedError(member.name, "its content is not the one the manifest lists")
        placed = Placed(member.name, DEFLATED, crc, member.stored_size, size, offset)
        if head != layout.local_header(placed):
            raise ChangedError(member.name, "the header before it was changed")
        return placed

    def _contents(self, member: Member, stored: hashlib._Hash | None = None) -> Iterator[bytes]:
        """Yield a member's content piece by piece, from where the file stands. It never grows beyond its size."""
        inflate = zlib.decompressobj(-zlib.MAX_WBITS)
        left, room = member.stored_size, member.size
        while left:
            piece = self._take(min(PIECE, left), member.name)
            left -= len(piece)
            if stored is not None:
                stored.update(piece)
            more = True
            while more:
                try:
                    content = inflate.decompress(piece, PIECE)
                except zlib.error:
                    raise ChangedError(member.name, "its bytes in the archive do not unpack") from None
                room -= len(content)
                if room < 0 or inflate.unused_data:
                    raise ChangedError(member.name, "it unpacks to more than the manifest lists")
                yield content
                piece = inflate.unconsumed_tail
                more = bool(piece) or len(content) == PIECE
        if not inflate.eof:
            raise ChangedError(member.name, "its bytes in the archive end too early")


def _members(manifest: dict[str, Any]) -> list[Member]:
    try:
        members = [Member(**listed) for listed in manifest["members"]]
    except (KeyError, TypeError, ValueError) as error:
        raise ChangedError(MANIFEST, f"its list of members cannot be read: {error}") from error
    names = [member.name for member in members]
    if len(names) >= layout.MOST_MEMBERS:
        raise ChangedError(MANIFEST, f"it lists {len(names):,} members, which are more than an archive holds")
    if names != sorted(set(names)) or MANIFEST in names:
        raise ChangedError(MANIFEST, "its members are not in order")
    return members


def _about(manifest: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in manifest.items() if key != "members"}


def manifest_of(path: Path) -> dict[str, Any] | None:
    """Return what an archive's manifest says, without verifying the members; None when it cannot be believed."""
    seal = seal_of(path)
    if seal is None:
        return None
    with path.open("rb") as file:
        file.seek(seal.offset + 30 + len(MANIFEST))
        content = file.read(min(seal.size, path.stat().st_size))
    if hashlib.sha256(content).hexdigest() != seal.sha256:
        return None
    found: dict[str, Any] = json.loads(content)
    return found


def seal_of(path: Path) -> Seal | None:
    """Return the seal of an archive without verifying it; None when it has none. Raises OSError."""
    with path.open("rb") as file:
        file.seek(-min(layout.COMMENT_LENGTH, path.stat().st_size), 2)
        return Seal.parse(file.read())
