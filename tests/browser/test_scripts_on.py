"""With scripts on: filters, links to a check whatever is hidden, and the keyboard alone."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable

    from .conftest import Reports
    from .reader import Reader


def checks(reports: Reports, name: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads(reports[name].with_name("verdict.json").read_text("utf-8"))["checks"]
    return found


@pytest.mark.parametrize(
    ("group", "word", "value"),
    [
        ("State", "fail", "fail"),
        ("State", "not applicable", "not-applicable"),
        ("Severity", "advisory", "advisory"),
        ("Severity", "blocking", "blocking"),
        ("Family", "RH", "RH"),
    ],
)
def test_a_filter_leaves_what_it_says_in_table_and_sheets(
    group: str, word: str, value: str, reports: Reports, read: Callable[..., Reader]
) -> None:
    attribute = f"data-{group.lower()}"
    reader = read(reports["NO-GO"])
    every = len(reader.rows())

    reader.choose(word, group)
    left = reader.attributes("tr.check-row", attribute)
    sheets = reader.attributes("details.sheet[data-state]", attribute)
    reader.choose(f"every {group.lower()}", group)

    assert 0 < len(left) < every
    assert set(left) == set(sheets) == {value}
    assert len(reader.rows()) == every


def test_filters_narrow_one_another(reports: Reports, read: Callable[..., Reader]) -> None:
    expected = {
        check["id"]
        for check in checks(reports, "NO-GO")
        if (check["state"], check["severity"], check["id"][:2]) == ("pass", "blocking", "PA")
    }
    reader = read(reports["NO-GO"])

    for word, group in (("pass", "State"), ("blocking", "Severity"), ("PA", "Family")):
        reader.choose(word, group)

    assert set(reader.rows()) == expected != set()


def test_every_check_of_the_table_leads_to_its_open_sheet(reports: Reports, read: Callable[..., Reader]) -> None:
    reader = read(reports["GO"])
    links = reader.page.locator("tr.check-row a")

    for link in links.all()[:: max(1, links.count() // 12)]:
        link.click()
        target = str(link.get_attribute("href"))
        assert reader.page.locator(f'[id="{target[1:]}"]').is_visible(), target
        assert reader.on_screen(f'[id="{target[1:]}"]'), target


def test_a_link_shows_its_check_though_the_filters_hide_it(reports: Reports, read: Callable[..., Reader]) -> None:
    reader = read(reports["NO-GO"])
    reader.choose("fail", "State")
    assert not reader.page.locator("#EP-01v1").is_visible()

    reader.page.evaluate("location.hash = '#EP-01v1'")
    reader.page.wait_for_function("document.getElementById('EP-01v1').checkVisibility()")

    assert reader.on_screen("#EP-01v1")
    assert "sheet" in str(reader.page.locator("details:has(> #EP-01v1)").get_attribute("class"))


def test_a_link_from_outside_opens_the_page_at_its_check(reports: Reports, read: Callable[..., Reader]) -> None:
    reader = read(reports["GO"], "#VE-06v1")

    assert reader.on_screen("#VE-06v1")


def test_a_link_into_a_raw_answer_opens_the_reads(reports: Reports, read: Callable[..., Reader]) -> None:
    reader = read(reports["GO"], "#read-20")

    assert reader.on_screen("#read-20")


def test_the_raw_answer_of_a_check_opens_with_its_digest(reports: Reports, read: Callable[..., Reader]) -> None:
    reader = read(reports["GO"], "#EP-01v1")
    sheet = reader.page.locator("#EP-01v1")

    sheet.locator(".asked > summary").click()
    raw = sheet.locator("details.raw").first
    raw.locator("summary").click()

    assert '"AadConnectorImportApiVersion"' in raw.locator("pre").inner_text()
    assert "SHA-256" in sheet.locator(".asked").inner_text()


def test_the_keyboard_alone_skips_filters_and_opens(reports: Reports, read: Callable[..., Reader]) -> None:
    reader = read(reports["NO-GO"])
    keyboard = reader.page.keyboard

    keyboard.press("Tab")
    assert reader.focused()["text"] == "Skip to the checks"
    assert reader.page.locator(".skip").bounding_box()["x"] >= 0
    keyboard.press("Enter")
    keyboard.press("Tab")
    assert reader.focused()["tag"] == "INPUT"
    keyboard.press("ArrowRight")
    assert set(reader.attributes("tr.check-row", "data-state")) == {"fail"}
    for _ in range(5):
        keyboard.press("Tab")
        if reader.focused()["tag"] == "A":
            break
    assert reader.focused()["href"] == "#PE-01v2"
    keyboard.press("Enter")
    assert reader.on_screen("#PE-01v2")


def test_a_summary_opens_and_closes_by_key(reports: Reports, read: Callable[..., Reader]) -> None:
    reader = read(reports["GO"])
    sheet = reader.page.locator("details.sheet[data-state=pass]").first

    sheet.locator("> summary").focus()
    reader.page.keyboard.press("Enter")
    assert sheet.get_attribute("open") is not None
    reader.page.keyboard.press("Enter")
    assert sheet.get_attribute("open") is None


def test_what_has_the_keyboard_is_outlined(reports: Reports, read: Callable[..., Reader]) -> None:
    reader = read(reports["GO"])

    for _ in range(3):
        reader.page.keyboard.press("Tab")
        outline: str = reader.page.evaluate("getComputedStyle(document.activeElement).outlineStyle")
        assert outline == "solid"
