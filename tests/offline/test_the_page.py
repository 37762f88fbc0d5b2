"""The page about offline sources holds the generated table, and names every parameter of the script."""

from __future__ import annotations

import re
from pathlib import Path

from fixtures.offline.lacks import table
from fixtures.offline.script import collector_script

PAGE = (Path(__file__).resolve().parents[2] / "docs" / "offline-sources.md").read_text(encoding="utf-8")


def test_the_page_ends_with_the_table_of_what_each_source_holds() -> None:
    assert PAGE.rstrip().endswith(table().rstrip())


def test_the_page_names_every_parameter_of_the_script() -> None:
    names = re.findall(r"^\.PARAMETER (\w+)", collector_script(), re.MULTILINE)
    assert set(names) - {"OutputFolder"} == set(re.findall(r"^\| `-(\w+)`", PAGE, re.MULTILINE))
