"""Names from a directory are text: markup does not run, marks of direction turn no line, length breaks nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from lab.world.faults.naming import ENDLESS, IMAGE, SCRIPT, TENANT

if TYPE_CHECKING:
    from collections.abc import Callable

    from .conftest import Reports
    from .reader import Reader


@pytest.fixture
def hostile(reports: Reports, read: Callable[..., Reader]) -> Reader:
    reader = read(reports["hostile"])
    reader.open_all()
    return reader


@pytest.mark.parametrize("name", [IMAGE, SCRIPT, TENANT])
def test_markup_is_text(name: str, hostile: Reader) -> None:
    texts: list[str] = hostile.page.locator("main *").evaluate_all(
        "all => all.filter(e => !e.children.length).map(e => e.textContent)"
    )

    assert any(name in text for text in texts)


def test_nothing_of_it_became_an_element_or_ran(hostile: Reader) -> None:
    assert hostile.page.title().startswith("GO · promote · ")
    assert hostile.page.locator("img, [onerror], [onload]").count() == 0
    assert hostile.page.locator("script").count() == 2
    assert hostile.said == []
    assert len(hostile.requests) == 1


def test_a_mark_of_direction_is_shown_by_its_number(hostile: Reader) -> None:
    evidence: str = hostile.page.locator(".page").first.evaluate("e => e.textContent")

    assert "Field [U+202E]gnp.exe" in evidence
    assert "\u202e" not in evidence


def test_a_name_without_end_is_whole_and_makes_nothing_wider(hostile: Reader) -> None:
    assert ENDLESS in hostile.page.locator("#LG-01v2").inner_text()
    assert hostile.page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_it_is_text_in_the_appendix_too(reports: Reports, read: Callable[..., Reader]) -> None:
    reader = read(reports["hostile"])
    reader.page.evaluate("document.querySelectorAll('.collapsible td').forEach(e => e.click())")

    assert reader.page.title().startswith("GO · promote · ")
    assert reader.page.locator(".appendix img, .appendix svg").count() == 0
