"""With scripts off the report is whole: what a script would add is convenience."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable

    from .conftest import Reports
    from .reader import Reader


@pytest.fixture
def still(read: Callable[..., Reader]) -> Callable[..., Reader]:
    return lambda path, link="": read(path, link, java_script_enabled=False)


def test_scripts_really_are_off(reports: Reports, still: Callable[..., Reader]) -> None:
    reader = still(reports["GO"])

    assert reader.page.locator("#results-table tbody").count() == 0
    assert reader.page.locator("noscript p").count() == 1


@pytest.mark.parametrize("name", ["GO", "NO-GO", "UNDECIDED", "switched"])
def test_every_check_has_its_row_and_its_sheet(name: str, reports: Reports, still: Callable[..., Reader]) -> None:
    verdict = json.loads(reports[name].with_name("verdict.json").read_text(encoding="utf-8"))
    reader = still(reports[name])

    assert len(reader.rows()) == len(verdict["checks"])
    sheets = reader.page.locator("details.sheet[data-state]")
    assert sheets.count() == len({check["id"] for check in verdict["checks"]})
    told_by: dict[str, str] = dict(sheets.evaluate_all("all => all.map(e => [e.lastElementChild.id, e.textContent])"))
    for check in verdict["checks"]:
        told = " ".join(told_by[check["id"]].split())
        assert " ".join(check["rows"][0]["reason"].split())[:200] in told, check["id"]
        assert "How it is judged" in told


def test_a_sheet_opens_by_hand(reports: Reports, still: Callable[..., Reader]) -> None:
    reader = still(reports["GO"])
    sheet = reader.page.locator("details.sheet[data-state=pass]").first

    sheet.locator("> summary").click()
    sheet.locator("details.asked > summary").first.click()
    sheet.locator("details.raw > summary").first.click()

    assert sheet.locator("pre").first.is_visible()


def test_nothing_is_hidden_but_in_what_can_be_opened(reports: Reports, still: Callable[..., Reader]) -> None:
    reader = still(reports["NO-GO"])

    reader.open_all()

    hidden = reader.page.locator("main *:not(.unseen, title, desc, style, defs, defs *)")
    assert hidden.count() > 5000
    unseen: list[str] = hidden.evaluate_all(
        "all => all.filter(e => !e.checkVisibility() && getComputedStyle(e).display !== 'contents')"
        ".map(e => e.outerHTML.slice(0, 80))"
    )
    assert unseen == []


def test_filters_work_by_style_alone(reports: Reports, still: Callable[..., Reader]) -> None:
    reader = still(reports["NO-GO"])

    reader.choose("fail", "State")

    assert set(reader.attributes("tr.check-row", "data-state")) == {"fail"}


def test_a_link_opens_the_sheet_of_its_check(reports: Reports, still: Callable[..., Reader]) -> None:
    reader = still(reports["GO"], "#EP-01v1")

    assert reader.on_screen("#EP-01v1")


def test_verdict_reasons_and_what_turns_it_stand_first(reports: Reports, still: Callable[..., Reader]) -> None:
    no_go = still(reports["NO-GO"]).text
    undecided = still(reports["UNDECIDED"]).text

    assert no_go.index("NO-GO") < no_go.index("Why not, and what would turn it to GO") < no_go.index("At a glance")
    assert "PE-01v2 on new, fail" in no_go[: no_go.index("At a glance")]
    assert "What to do Find the missing scope or rule" in no_go
    assert "What could not be told, and what would decide it" in undecided[: undecided.index("At a glance")]


def test_a_copy_to_be_given_away_leaves_raw_answers_out_and_says_so(
    reports: Reports, still: Callable[..., Reader]
) -> None:
    reader = still(reports["redacted"])

    assert still(reports["NO-GO"]).page.locator("pre").count() > 100
    assert reader.page.locator("pre").count() == 0
    assert "This copy leaves the answers themselves out." in reader.text
    assert "CONTOSO" not in reader.page.locator("html").inner_html()
