"""The checks nobody can waive, in the suite itself and in what is written about it."""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING

from tests.plugins.conftest import ROOT

if TYPE_CHECKING:
    from collections.abc import Iterator

UNWAIVABLE = {"TO-01", "TO-02", "ID-01", "ID-02", "ID-03", "CL-01", "PE-01", "PE-03", "PA-09", "RB-01"}


def _unwaivable() -> Iterator[str]:
    for path in (ROOT / "tests_validation").glob("test_*.py"):
        module = importlib.import_module(f"tests_validation.{path.stem}")
        for thing in vars(module).values():
            for mark in getattr(thing, "pytestmark", ()):
                if mark.name == "check" and mark.kwargs.get("waivable") is False:
                    yield mark.args[0].partition("v")[0]


def test_two_active_servers_the_wrong_machines_and_lost_data_cannot_be_waived() -> None:
    assert set(_unwaivable()) >= UNWAIVABLE


def test_the_page_about_waivers_names_each_check_that_cannot_be_waived() -> None:
    page = (ROOT / "docs" / "waivers.md").read_text(encoding="utf-8")

    assert [check for check in sorted(set(_unwaivable())) if f"`{check}`" not in page] == []
