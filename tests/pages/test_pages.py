"""Pages say what the tables say."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from . import DOCS, PAGES, markdown

if TYPE_CHECKING:
    from pathlib import Path


@pytest.mark.parametrize("path", PAGES, ids=lambda path: path.name)
def test_a_page_is_what_the_tables_make_of_it(path: Path) -> None:
    assert path.read_text(encoding="utf-8") == PAGES[path](), "python -m tests.pages --write"


@pytest.mark.parametrize("path", PAGES, ids=lambda path: path.name)
def test_every_link_of_a_page_leads_somewhere(path: Path) -> None:
    text = PAGES[path]()
    made = {other.name: make() for other, make in PAGES.items()}
    for target in set(markdown.LINK.findall(text)):
        name, _, anchor = target.partition("#")
        there = made.get(name, "") if name else text
        assert there or (DOCS / name).is_file(), target
        assert not anchor or f'id="{anchor}"' in there or f"## {anchor}\n" in there, target


def test_a_bar_in_a_cell_does_not_end_it() -> None:
    assert markdown.table(["a"], [["`x | y`"]])[-1] == r"| `x \| y` |"


@pytest.mark.parametrize(("seconds", "shown"), [(3600, "1 h"), (900, "15 min"), (5400, "90 min"), (61, "61 s")])
def test_a_time_is_shown_in_the_unit_it_was_meant_in(seconds: int, shown: str) -> None:
    assert markdown.shown(timedelta(seconds=seconds)) == shown
