"""What csexport's XML costs to read: `python -m tests.offline.benchmark [--objects N]`.

Time is a ratio to expat alone over the same bytes (the floor of any streaming reader, in the same run); memory is the
peak of the interpreter's allocations, for N objects and for a tenth of them.
"""

from __future__ import annotations

import argparse
import tempfile
import time
import tracemalloc
from pathlib import Path
from typing import TYPE_CHECKING
from xml.parsers import expat

from fixtures.offline.csexport import read_pending_exports

if TYPE_CHECKING:
    from collections.abc import Callable

_CHUNK = 1 << 18


def write(path: Path, count: int) -> None:
    """Write updates of users, each with two attributes and what it holds now and will hold."""
    held = "".join(f'<attr name="a{n}" type="string"><value>value {n}</value></attr>' for n in range(10))
    with path.open("w", encoding="utf-8") as file:
        file.write("<cs-objects>\n")
        for number in range(count):
            dn = f"CN={{{number:032X}}}"
            file.write(
                f'<cs-object cs-dn="{dn}" id="{{{number:032X}}}" object-type="user"><ma-name>Entra</ma-name>'
                f"<synchronized-hologram><entry>{held}</entry></synchronized-hologram><unapplied-export>"
                f'<delta operation="update" dn="{dn}"><attr name="a1" operation="update">'
                '<value operation="add">x</value><value operation="delete">y</value></attr>'
                '<attr name="a2" operation="add"><value>z</value></attr></delta></unapplied-export>'
                f"<unapplied-export-hologram><entry>{held}</entry></unapplied-export-hologram></cs-object>\n"
            )
        file.write("</cs-objects>\n")


def floor(path: Path) -> None:
    """Parse with expat, with handlers that do nothing."""
    parser = expat.ParserCreate()
    parser.buffer_text = True
    parser.StartElementHandler = lambda _tag, _about: None
    parser.EndElementHandler = lambda _tag: None
    parser.CharacterDataHandler = lambda _text: None
    with path.open("rb") as file:
        while chunk := file.read(_CHUNK):
            parser.Parse(chunk, False)
    parser.Parse(b"", True)


def seconds(path: Path) -> tuple[float, float]:
    """CPU seconds of the floor and of the reader: the best of two each."""

    def best(read: Callable[[Path], object]) -> float:
        spent = []
        for _ in range(2):
            started = time.process_time()
            read(path)
            spent.append(time.process_time() - started)
        return min(spent)

    return best(floor), best(read_pending_exports)


def peak(path: Path) -> int:
    """Bytes at the peak."""
    tracemalloc.start()
    try:
        read_pending_exports(path)
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--objects", type=int, default=100_000)
    count = parser.parse_args().objects
    with tempfile.TemporaryDirectory() as folder:
        large, small = Path(folder) / "large.xml", Path(folder) / "small.xml"
        write(large, count)
        write(small, count // 10)
        bare, read = seconds(large)
        megabytes = large.stat().st_size / 1e6
        print(f"{count:,} objects, {megabytes:.0f} MB: {read:.1f} s; expat alone {bare:.1f} s; ratio {read / bare:.2f}")
        most, least = peak(large), peak(small)
        print(f"peak memory {most / 1e6:.2f} MB; for a tenth {least / 1e6:.2f} MB; ratio {most / least:.2f}")


if __name__ == "__main__":
    main()
