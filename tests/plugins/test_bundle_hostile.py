"""An archive made to do harm: whatever it is, it is refused by name, and nothing of it is unpacked or believed."""

from __future__ import annotations

import hashlib
import io
import json
import tracemalloc
import zipfile
import zlib
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from plugins.bundle import layout
from plugins.bundle.layout import DEFLATED, MANIFEST, STORED, Placed, Seal
from plugins.bundle.opened import UnusableBundleError, open_bundle
from plugins.bundle.reader import Archive, ChangedError
from plugins.bundle.writer import Writer
from tests.plugins.test_bundle_archive import MEMBERS, write

if TYPE_CHECKING:
    from pathlib import Path


def crafted(manifest: Any, stored: list[tuple[str, bytes, int, int]] | None = None) -> bytes:
    """An archive whose seal fits its manifest, whatever stands in it: by somebody who knows the layout.

    `stored` are members: name, deflated bytes, checksum and size.
    """
    placed, file = [], io.BytesIO()
    for name, data, crc, size in stored or ():
        place = Placed(name, DEFLATED, crc, len(data), size, file.tell())
        file.write(layout.local_header(place) + data)
        placed.append(place)
    content = manifest if isinstance(manifest, bytes) else layout.as_json(manifest)
    place = Placed(MANIFEST, STORED, zlib.crc32(content), len(content), len(content), file.tell())
    file.write(layout.local_header(place) + content)
    placed.append(place)
    begins = file.tell()
    for each in placed:
        file.write(layout.directory_entry(each))
    seal = Seal(place.offset, len(content), hashlib.sha256(content).hexdigest())
    file.write(layout.end(len(placed), file.tell() - begins, begins, seal))
    return file.getvalue()


def refused(path: Path, content: bytes) -> str:
    path.write_bytes(content)
    with pytest.raises(ChangedError) as error:
        Archive(path)
    return str(error.value)


def listed(name: object, data: bytes, size: int, content: bytes) -> dict[str, Any]:
    return {
        "name": name,
        "size": size,
        "sha256": hashlib.sha256(content).hexdigest(),
        "stored_size": len(data),
        "stored_sha256": hashlib.sha256(data).hexdigest(),
    }


def deflated(content: bytes) -> bytes:
    packer = zlib.compressobj(layout.LEVEL, zlib.DEFLATED, -zlib.MAX_WBITS)
    return packer.compress(content) + packer.flush()


def test_what_is_crafted_here_is_a_whole_archive_when_nothing_in_it_is_wrong(tmp_path: Path) -> None:
    data = deflated(b"[]")
    manifest = {"members": [listed("a.json", data, 2, b"[]")], "schema": 1}
    (tmp_path / "a.zip").write_bytes(crafted(manifest, [("a.json", data, zlib.crc32(b"[]"), 2)]))

    with Archive(tmp_path / "a.zip") as archive:
        assert archive.json("a.json") == []


@pytest.mark.parametrize("name", ["../a", "/etc/passwd", "a/../b", "C:/a", "a\\b", "", ".", "a\0b", 5, None])
def test_a_name_that_leads_out_of_a_folder_is_refused(tmp_path: Path, name: object) -> None:
    data = deflated(b"[]")

    told = refused(tmp_path / "a.zip", crafted({"members": [listed(name, data, 2, b"[]")], "schema": 1}))

    assert told.startswith(f"{MANIFEST}: its list of members cannot be read: {name!r} is no name of a member")


def test_a_name_that_stands_twice_is_refused(tmp_path: Path) -> None:
    data = deflated(b"[]")
    member = ("a.json", data, zlib.crc32(b"[]"), 2)
    manifest = {"members": [listed("a.json", data, 2, b"[]")] * 2, "schema": 1}

    assert refused(tmp_path / "a.zip", crafted(manifest, [member, member])) == (
        f"{MANIFEST}: its members are not in order"
    )


def test_a_file_the_manifest_does_not_list_is_refused(tmp_path: Path) -> None:
    data = deflated(b"[]")

    told = refused(tmp_path / "a.zip", crafted({"members": [], "schema": 1}, [("a.json", data, zlib.crc32(b"[]"), 2)]))

    assert told == f"{MANIFEST}: the header before it was changed"


@pytest.mark.parametrize("name", ["verdict.json", "results.json", "a/new.txt", MANIFEST])
@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_a_file_another_tool_added_is_refused_even_with_the_seal_kept(tmp_path: Path, name: str) -> None:
    path = tmp_path / "a.zip"
    write(path)
    with zipfile.ZipFile(path, "a") as archive:
        comment = archive.comment
        archive.writestr(name, "[]")
        archive.comment = comment

    assert refused(path, path.read_bytes()).endswith("its entry in the directory of the archive was changed")


def test_a_comment_another_tool_changed_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "a.zip"
    write(path)
    whole = path.read_bytes()
    for comment in (b"", b"hello", b"x" * layout.COMMENT_LENGTH, b"x" * 70_000):
        told = refused(path, whole[: -layout.COMMENT_LENGTH] + comment)
        assert told.startswith("the end of the archive: ")


def test_every_byte_between_the_members_is_told_apart_from_their_contents(tmp_path: Path) -> None:
    """Headers, directory and end are the archive's own bytes: a change in each is refused as what it is."""
    path = tmp_path / "a.zip"
    write(path)
    whole = path.read_bytes()
    with zipfile.ZipFile(path) as archive:
        infos, begins = archive.infolist(), archive.start_dir
    parts = {info.filename: range(info.header_offset, info.header_offset + 30) for info in infos}
    place = begins
    for info in infos:
        length = 46 + len(info.filename)
        parts[f"{info.filename} in the directory"] = range(place, place + length)
        place += length
    parts["the end of the archive"] = range(place, len(whole))
    for name, places in parts.items():
        for at in places:
            changed = bytearray(whole)
            changed[at] ^= 0x20
            told = refused(path, bytes(changed))
            assert name.partition(" in ")[0] in told or "the end of the archive" in told or MANIFEST in told


@pytest.mark.parametrize("claimed", [10, 1000, layout.LARGEST_CONTENT])
def test_a_member_that_unpacks_to_more_than_it_says_is_stopped_there(tmp_path: Path, claimed: int) -> None:
    bomb = deflated(b"\0" * (layout.PIECE * 64)) if claimed < layout.PIECE else deflated(b"\0" * 1000)
    manifest = {"members": [listed("bomb.txt", bomb, claimed, b"")], "schema": 1}
    content = crafted(manifest, [("bomb.txt", bomb, 0, claimed)])
    tracemalloc.start()

    told = refused(tmp_path / "a.zip", content)

    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert told.startswith("bomb.txt: ")
    assert peak < 8 * layout.PIECE


@pytest.mark.parametrize("size", [layout.LARGEST_CONTENT + 1, 1 << 40, -1, 1.5, "2", True, None])
def test_a_size_beyond_what_is_held_in_memory_is_refused_before_anything_is_unpacked(
    tmp_path: Path, size: object
) -> None:
    data = deflated(b"[]")
    manifest = {"members": [{**listed("a.json", data, 2, b"[]"), "size": size}], "schema": 1}

    told = refused(tmp_path / "a.zip", crafted(manifest, [("a.json", data, zlib.crc32(b"[]"), 2)]))

    assert told.startswith(f"{MANIFEST}: its list of members cannot be read: {size!r} is no size of a.json")


def test_what_cannot_be_read_again_is_not_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(layout, "LARGEST_CONTENT", 100)

    with (tmp_path / "a.zip").open("wb") as file, pytest.raises(OverflowError, match=r"a\.json has 101 bytes"):
        Writer(file).add("a.json", "x" * 101)


@pytest.mark.parametrize(
    "manifest",
    [b"", b"{", b"[]", b"5", b"null", b'{"schema": 1}', b'{"schema": 2, "members": []}', b'{"schema": 1, "members": 5}',
     b'{"schema": 1, "members": [{}]}', b'{"members": [], "schema": 1, "x": NaN}', b'{"schema":1,"members":[]}',
     b'{"members": [], "schema": 1, "x": "\\ud800"}', b"[" * 200_000, b"\xff\xfe", b'{"schema": 1, "members": [null]}',
     b'{"members": [], "schema": Infinity}'],
)  # fmt: skip
def test_a_manifest_that_is_none_is_refused_though_its_seal_fits(tmp_path: Path, manifest: bytes) -> None:
    assert refused(tmp_path / "a.zip", crafted(manifest)).startswith(f"{MANIFEST}: ")


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=8,
)


@given(st.dictionaries(st.sampled_from(["schema", "members", "previous", "run_id"]), JSON))
def test_nothing_but_a_refusal_comes_of_any_manifest(tmp_path_factory: pytest.TempPathFactory, manifest: Any) -> None:
    path = tmp_path_factory.mktemp("any") / "a.zip"
    path.write_bytes(crafted({"schema": 1, **manifest}))

    with pytest.raises(UnusableBundleError) as error:
        open_bundle(path)

    assert str(path) in str(error.value)


@given(st.binary(max_size=400))
def test_nothing_but_a_refusal_comes_of_any_bytes(tmp_path_factory: pytest.TempPathFactory, content: bytes) -> None:
    path = tmp_path_factory.mktemp("any") / "a.zip"
    path.write_bytes(content)

    with pytest.raises(UnusableBundleError):
        open_bundle(path)


@pytest.mark.parametrize("run", ["{", "[]", "5", '{"gate": 1}', '{"environment_digest": "x", "clock": null}'])
def test_a_whole_archive_that_is_no_run_is_refused(tmp_path: Path, run: str) -> None:
    write(tmp_path / "a.zip", {"environment.json": "{}", "run.json": run})

    with pytest.raises(UnusableBundleError, match=r"a\.zip: "):
        open_bundle(tmp_path / "a.zip")


def test_the_members_of_an_example_are_what_the_other_tests_change() -> None:
    assert json.dumps(sorted(MEMBERS)) == '["answers/00001-new-rules.txt", "answers/00002.txt", "results.json"]'
