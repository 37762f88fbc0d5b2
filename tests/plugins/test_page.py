"""The report as a reader gets it: complete without scripts, without a network, and with every name as text."""

from __future__ import annotations

import platform
import re
from typing import TYPE_CHECKING

from lxml import html

from fixtures.answers import Outcome
from reports.tables import asked
from tests.plugins.test_gate_run import FAILING, PASSING, UNTOLD

if TYPE_CHECKING:
    import pytest

    from tests.plugins.conftest import House

HOSTILE = "<img src=x onerror=alert(1)>\"'</script><script>alert(2)</script>"
HOSTILE_CHECKS = f"""
NAME = {HOSTILE!r}

@check("EP-01v1", reads=("tenant.organization",))
def test_names(result):
    result.failed(NAME, f"{{NAME}} is wrong", {{NAME: NAME, "list": [NAME]}})

@check("EP-02v1")
def test_assertion(result):
    assert NAME == "", NAME

@check("EP-03v1")
def test_exception(result):
    raise ValueError(NAME)
"""


def _page(house: House) -> html.HtmlElement:
    return html.document_fromstring(house.file("report.html"))


def _without_scripts(page: html.HtmlElement) -> str:
    for element in page.iter("script", "style", "template"):
        element.drop_tree()
    return " ".join(page.text_content().split())


def test_the_verdict_stands_first_and_the_page_has_a_language(house: House) -> None:
    house.checks(PASSING + FAILING)
    house.gate()

    page = _page(house)

    assert page.get("lang") == "en"
    assert page.findtext(".//title").startswith("NO-GO · deployed · 20")
    assert [heading.text_content().strip() for heading in page.iter("h1")] == ["NO-GO"]
    told = _without_scripts(page)
    assert told.index("NO-GO", 80) < told.index("Why not, and what would turn it to GO") < told.index("At a glance")
    assert "EP-02v1, fail: thing: it is not as it must be." in told
    assert "What to do Make it so." in told


def test_everything_about_a_check_stands_in_its_sheet_without_scripts(house: House) -> None:
    house.checks(PASSING.replace('"EP-01v1"', '"EP-01v1", reads=("new.rules",)'))
    house.answer("new", "rules", [1, 2, 3])
    house.gate()

    sheet = _page(house).get_element_by_id("EP-01v1")
    told = " ".join(" ".join(sheet.itertext()).split())

    for part in (
        "it is as it must be",
        "found 2",
        "it matters.",
        "by looking.",
        "Make it so.",
        "Claimed The new endpoint makes the sync service faster S0-1",
        "ok, 3 rows",
    ):
        assert part.lower() in told.lower()
    assert re.search(r"SHA-256 [0-9a-f]{64}", told)


def test_each_check_can_be_linked_to_and_what_needs_work_stands_open(house: House) -> None:
    house.checks(PASSING + FAILING + UNTOLD)
    house.gate()

    page = _page(house)
    links = {link.get("href") for link in page.xpath("//table[contains(@class, 'checks')]//a")}

    assert links == {"#EP-01v1", "#EP-02v1", "#EP-03v1"}
    opened = {page.get_element_by_id(link[1:]).getparent().get("open") is not None: link for link in sorted(links)}
    assert opened[False] == "#EP-01v1"
    assert opened[True] == "#EP-03v1"


def test_the_table_of_checks_is_sorted_by_seriousness_and_tells_states_in_words(house: House) -> None:
    house.checks(PASSING + UNTOLD + FAILING)
    house.gate()

    rows = _page(house).xpath("//tr[@class='check-row']")

    assert [row.get("data-state") for row in rows] == ["fail", "inconclusive", "pass"]
    assert [row[0].text_content().split() for row in rows] == [["✕", "Fail"], ["?", "Inconclusive"], ["✓", "Pass"]]


def test_a_line_of_the_table_has_the_short_name_and_links_to_the_other_subjects(house: House) -> None:
    house.checks(
        """
@check("LG-01v2")
def test_groups(result):
    for name in ("Finance", "Field_Staff", "Sales"):
        result.failed(f"{name} (CN={name},OU=Groups,DC=contoso,DC=com)", "1 member is missing")
"""
    )
    house.gate()

    page = _page(house)
    cells = page.xpath("//tr[@class='check-row']/td")
    subject, reason = cells[2], cells[4]

    assert subject.text_content() == "Finance"
    assert reason.text_content() == "1 member is missing and 2 more subjects"
    assert reason.find("a").get("href") == "#LG-01v2"
    full = page.get_element_by_id("LG-01v2").xpath(".//tbody/tr/th/bdi")
    assert [name.text_content() for name in full][1] == "Field_Staff (CN=Field_Staff,OU=Groups,DC=contoso,DC=com)"
    assert list(full[1].itertext())[:3] == ["Field_", "Staff (CN=Field_", "Staff,"]
    assert "Finance (CN=Finance,OU=Groups,DC=contoso,DC=com): 1 member is missing (and 2 more subjects)" in (
        _without_scripts(page)
    )


def test_only_a_go_says_until_when_it_holds(house: House) -> None:
    house.checks(PASSING.replace('"EP-01v1"', '"EP-01v1", reads=("new.rules",)'))
    house.answer("new", "rules", [1])
    house.gate()
    assert "Holds until" in _page(house).findtext(".//header//dl/div[2]/dt")

    house.checks(FAILING.replace('"EP-02v1"', '"EP-02v1", reads=("new.rules",)'))
    house.gate()

    assert house.verdict()["valid_until"]
    told = [term.text for term in _page(house).findall(".//header//dl/div/dt")]
    assert told == ["Made", "Checks", "Exit code", "Next"]


def test_reads_have_their_names_and_failed_ones_stand_first(house: House) -> None:
    house.checks(
        '@check("SC-01v1", reads=("new.rules", "tenant.organization"))\ndef test_it(result): result.passed("x", "y")\n'
    )
    house.answer("new", "rules", [1, 2, 3])
    house.refuse("tenant", "organization", Outcome.DENIED, "403")
    house.gate()

    groups = _page(house).get_element_by_id("reads").findall(".//tbody")
    told = [[" ".join(row[0].text_content().split()) for row in group] for group in groups]

    assert told[0][0] == "Failed"
    assert told[0][1].startswith("tenant:organization")
    assert groups[0][1].get("class") == "failed"
    assert "denied" in groups[0][1].text_content()
    assert [lines[0].split()[0] for lines in told[1:]] == ["New"]
    assert told[1][1] == "rules"
    numbers = [read["id"] for read in house.verdict()["reads"]]
    assert groups[0][1].get("id") == f"read-{numbers.index('tenant:organization') + 1}"


def test_names_from_a_directory_are_text_everywhere(house: House) -> None:
    house.checks(HOSTILE_CHECKS)
    house.refuse("tenant", "organization", Outcome.FAILED, HOSTILE)

    house.gate()
    source = house.file("report.html")
    page = _page(house)

    assert "<img" not in re.sub(r"<template.*?</template>", "", source, flags=re.DOTALL).partition("data-jsonblob")[0]
    assert not page.xpath("//*[@onerror]")
    assert len(list(page.iter("script"))) == 2
    blob = page.get_element_by_id("data-container").get("data-jsonblob") or ""
    assert "&lt;img" in blob
    assert "<img" not in blob


def test_ten_thousand_subjects_are_capped_with_a_count(house: House) -> None:
    house.checks(
        """
@check("LG-01v2")
def test_groups(result):
    for number in range(10_000):
        result.passed(f"group {number}", "the same members", {"members": number})
    result.failed("group 10000", "one is missing")
"""
    )
    house.gate()

    page = _page(house)
    sheet = page.get_element_by_id("LG-01v2")

    rows = sheet.findall(".//tbody/tr")
    assert len(rows) == 200
    assert "group 10000" in rows[0].text_content()
    assert (
        "First 200 of 10,001 subjects, most serious first; all of them stand in verdict.json." in sheet.text_content()
    )
    assert len(house.verdict()["checks"][0]["rows"]) == 10_001
    assert len(house.file("report.html")) < 500_000


def test_the_page_reaches_for_nothing_outside_itself(house: House) -> None:
    house.checks(PASSING)
    house.gate()
    page = _page(house)

    assert not page.xpath("//link | //iframe | //img[@src!=''] | //script[@src] | //*[@style[contains(., 'url')]]")
    assert "@import" not in house.file("report.html")
    assert not re.search(r"url\((?!#)", house.file("report.html"))


def test_what_plugins_tell_about_the_machine_is_not_in_it(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BUILD_URL", "https://builds.example/s3cret")
    house.checks(PASSING)
    house.gate()

    assert "s3cret" not in house.file("report.html")
    assert platform.platform() not in house.file("report.html")


def test_print_opens_every_sheet_and_dark_follows_the_reader(house: House) -> None:
    house.checks(PASSING)
    house.gate()
    source = house.file("report.html")

    assert re.search(r"@media print \{.*details::details-content \{ content-visibility: visible", source, re.DOTALL)
    assert "prefers-color-scheme: dark" in source


def test_the_picture_says_in_words_who_exports(house: House) -> None:
    house.checks('@check("SC-01v1", reads=("scheduler",))\ndef test_it(result): result.passed("x", "fine")\n')
    house.answer("old", "scheduler", {"StagingModeEnabled": False, "SyncCycleEnabled": True})
    house.refuse("new", "scheduler", Outcome.UNREACHABLE, "no route")
    house.gate()

    summary = _page(house).get_element_by_id("picture-text").text_content()

    assert summary == (
        "the old server OLD: active, exports to Entra; the new server NEW: role not read, exports not known"
    )


def test_the_appendix_is_the_table_of_pytest_html(house: House) -> None:
    house.checks(PASSING)
    house.gate()

    page = _page(house)

    assert page.get_element_by_id("results-table") is not None
    assert "col-state" in page.get_element_by_id("data-container").get("data-jsonblob")
    assert page.xpath("//noscript")[0].text_content().startswith("This table is drawn by a script")


def test_the_appendix_says_how_pytest_counts_what_could_not_be_told(house: House) -> None:
    house.checks(UNTOLD)
    house.gate()

    page = _page(house)
    (failed,) = page.xpath("//label[input[@data-test-result='failed']]")

    assert failed.text_content().strip() == "1 failed"
    assert "pytest knows no inconclusive: it counts such a check as failed." in _without_scripts(page)


def test_a_read_that_is_not_offered_is_no_failure() -> None:
    told = [
        {"id": f"new:{name}", "system": "new", "target": "host:5986", "outcome": outcome}
        for name, outcome in (("rules", "ok"), ("import_api_version", "not-offered"), ("runs", "timed-out"))
    ]

    groups = [(group.heading, [(read["number"], read["name"]) for read in group.reads]) for group in asked(told, 3)]

    assert groups == [("Failed", [(3, "runs")]), ("new", [(1, "rules"), (2, "import_api_version")])]
    assert [group.heading for group in asked(told, 1)] == ["Failed"]
