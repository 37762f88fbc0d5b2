"""An archive of evidence: any ZIP tool opens it, and no byte of it can be changed without being named."""

from __future__ import annotations

import hashlib
import tracemalloc
import zipfile
from typing import TYPE_CHECKING

import pytest

from plugins.bundle.layout import LEVEL, MANIFEST, PIECE
from plugins.bundle.reader import Archive, ChangedError, seal_of
from plugins.bundle.writer import Writer

if TYPE_CHECKING:
    from pathlib import Path

MEMBERS = {"answers/00001-new-rules.txt": "[]", "answers/00002.txt": "", "results.json": "ä" * 3000}


def write(path: Path, members: dict[str, str] | None = None) -> str:
    with path.open("wb") as file:
        writer = Writer(file)
        for name, content in (members or MEMBERS).items():
            writer.add(name, content)
        return writer.seal({"run_id": "20261120T064512Z-promote", "previous": None})


def test_any_zip_tool_opens_it_and_finds_the_constants(tmp_path: Path) -> None:
    digest = write(tmp_path / "evidence.zip")

    with zipfile.ZipFile(tmp_path / "evidence.zip") as archive:
        assert archive.testzip() is None
        assert {name: archive.read(name).decode() for name in MEMBERS} == MEMBERS
        assert hashlib.sha256(archive.read(MANIFEST)).hexdigest() == digest
        assert {info.date_time for info in archive.infolist()} == {(1980, 1, 1, 0, 0, 0)}
        assert archive.namelist() == [*MEMBERS, MANIFEST]
    assert LEVEL == 6


def test_the_same_members_give_the_same_bytes(tmp_path: Path) -> None:
    for name in ("one", "two"):
        write(tmp_path / name)

    assert (tmp_path / "one").read_bytes() == (tmp_path / "two").read_bytes()


def test_the_contents_come_back(tmp_path: Path) -> None:
    digest = write(tmp_path / "evidence.zip")

    with Archive(tmp_path / "evidence.zip") as archive:
        assert {name: archive.read(name).decode() for name in archive.members} == MEMBERS
        assert archive.manifest["run_id"] == "20261120T064512Z-promote"
        assert archive.seal.sha256 == digest
    seal = seal_of(tmp_path / "evidence.zip")
    assert seal is not None
    assert seal.sha256 == digest


@pytest.mark.parametrize("flip", [0x01, 0x80])
def test_every_single_byte_that_is_flipped_is_refused_by_name(tmp_path: Path, flip: int) -> None:
    path = tmp_path / "evidence.zip"
    write(path)
    whole = path.read_bytes()
    named = set()

    for place in range(len(whole)):
        changed = bytearray(whole)
        changed[place] ^= flip
        path.write_bytes(changed)
        with pytest.raises(ChangedError) as refused:
            Archive(path)
        named.add(refused.value.part)

    assert named == {*MEMBERS, MANIFEST, "the end of the archive"}


def test_a_flipped_byte_in_a_members_data_names_that_member(tmp_path: Path) -> None:
    path = tmp_path / "evidence.zip"
    write(path)
    with zipfile.ZipFile(path) as archive:
        infos = archive.infolist()
    whole = path.read_bytes()

    for info in infos:
        changed = bytearray(whole)
        changed[info.header_offset + 30 + len(info.filename)] ^= 0x10
        path.write_bytes(changed)
        with pytest.raises(ChangedError) as refused:
            Archive(path)
        assert refused.value.part == info.filename


@pytest.mark.parametrize("extra", [b"\0", b"PK\5\6", b"more"])
def test_bytes_before_or_after_are_refused(tmp_path: Path, extra: bytes) -> None:
    path = tmp_path / "evidence.zip"
    write(path)
    whole = path.read_bytes()

    for changed in (whole + extra, extra + whole, whole[: -len(extra)], b""):
        path.write_bytes(changed)
        with pytest.raises(ChangedError):
            Archive(path)


def test_a_member_rewritten_with_another_tool_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "evidence.zip"
    write(path)
    with zipfile.ZipFile(path) as archive:
        contents = {name: archive.read(name) for name in archive.namelist()}
        comment = archive.comment
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in contents.items():
            archive.writestr(name, content)
        archive.comment = comment

    with pytest.raises(ChangedError):
        Archive(path)


def test_names_that_lead_out_of_a_folder_are_no_names(tmp_path: Path) -> None:
    for name in ("../evidence", "/etc/passwd", "a/../b", "a//b", "ä", ""):
        with pytest.raises(ValueError, match="is no name of a member"):
            write(tmp_path / "evidence.zip", {name: ""})


def test_members_out_of_order_are_refused(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="in order"):
        write(tmp_path / "evidence.zip", {"b": "", "a": ""})


@pytest.mark.parametrize("size", [PIECE - 1, PIECE, PIECE + 1, 3 * PIECE])
def test_contents_at_the_edge_of_a_piece_come_back_whole(tmp_path: Path, size: int) -> None:
    write(tmp_path / "evidence.zip", {"large.txt": "x" * size})

    with Archive(tmp_path / "evidence.zip") as archive:
        assert archive.read("large.txt") == b"x" * size


def test_a_large_text_is_written_and_verified_a_piece_at_a_time(tmp_path: Path) -> None:
    text = "<dn-value><dn>CN={41414141}</dn></dn-value>" * 1_000_000
    tracemalloc.start()

    write(tmp_path / "evidence.zip", {"large.txt": text})
    Archive(tmp_path / "evidence.zip").close()

    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert len(text) > 40_000_000
    assert peak < 8 * PIECE
