"""axe-core finds nothing serious, in light and dark, in each state of the page; and what axe does not look at."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING, Any

import pytest

from .conftest import AXE

if TYPE_CHECKING:
    from collections.abc import Callable

    from .conftest import Reports
    from .reader import Reader

SEVERE = ("serious", "critical")


def findings(reader: Reader) -> dict[str, list[str]]:
    """What axe-core holds to be serious or critical: rule and the places."""
    reader.page.evaluate(AXE.read_text(encoding="utf-8"))
    result: dict[str, Any] = reader.page.evaluate("axe.run(document, {resultTypes: ['violations']})")
    assert len(result["passes"]) > 20
    return {
        found["id"]: [node["html"][:160] for node in found["nodes"][:5]]
        for found in result["violations"]
        if found["impact"] in SEVERE
    }


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("name", ["GO", "NO-GO", "UNDECIDED", "switched", "replay", "redacted"])
def test_axe_finds_nothing_serious(name: str, scheme: str, reports: Reports, read: Callable[..., Reader]) -> None:
    reader = read(reports[name], color_scheme=scheme)

    assert findings(reader) == {}


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_serious_with_everything_open(
    scheme: str, reports: Reports, read: Callable[..., Reader]
) -> None:
    reader = read(reports["NO-GO"], color_scheme=scheme)
    reader.open_all()

    assert findings(reader) == {}


def test_axe_finds_nothing_serious_while_a_filter_hides_most(reports: Reports, read: Callable[..., Reader]) -> None:
    reader = read(reports["NO-GO"], "#EP-01v1")
    reader.choose("fail", "State")

    assert findings(reader) == {}


def test_axe_finds_nothing_serious_on_a_narrow_screen(reports: Reports, read: Callable[..., Reader]) -> None:
    reader = read(reports["NO-GO"], viewport={"width": 360, "height": 740})

    assert findings(reader) == {}
    assert reader.page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_axe_would_tell_of_a_serious_finding(reports: Reports, read: Callable[..., Reader]) -> None:
    reader = read(reports["GO"])
    reader.page.evaluate("document.querySelector('svg[role=img]').removeAttribute('aria-labelledby')")
    reader.page.evaluate("document.querySelector('svg[role=img] title').remove()")
    reader.page.evaluate("document.documentElement.removeAttribute('lang')")

    assert "html-has-lang" in findings(reader)


def test_headings_go_down_one_step_at_a_time(reports: Reports, read: Callable[..., Reader]) -> None:
    reader = read(reports["NO-GO"])

    levels: list[int] = reader.page.locator("h1, h2, h3, h4").evaluate_all("all => all.map(e => +e.tagName[1])")

    assert levels.count(1) == 1
    assert levels[0] == 1
    assert all(below - above <= 1 for above, below in pairwise(levels))


@pytest.mark.parametrize(("name", "drawn"), [("NO-GO", 4), ("switched", 3)])
def test_every_table_says_what_it_is_and_every_picture_has_its_words(
    name: str, drawn: int, reports: Reports, read: Callable[..., Reader]
) -> None:
    reader = read(reports[name])

    tables: list[str] = reader.page.locator("main table").evaluate_all("all => all.map(e => e.caption?.textContent)")
    pictures = reader.page.locator("main svg[role=img]")

    assert len(tables) > 100
    assert all(tables)
    assert pictures.count() == drawn
    assert all(len(words) > 20 for words in pictures.locator("desc").all_text_contents())
    assert reader.page.locator("main").count() == reader.page.locator("header").count() == 1


def test_a_state_is_a_word_and_a_sign_besides_a_colour(reports: Reports, read: Callable[..., Reader]) -> None:
    reader = read(reports["UNDECIDED"])

    chips: list[str] = reader.page.locator(".chip").evaluate_all("all => all.map(e => e.textContent.trim())")

    told = {" ".join(chip.split()) for chip in chips}
    assert told <= {"✓ Pass", "✕ Fail", "! Error", "? Inconclusive", "– Not applicable", "~ Waived"}  # noqa: RUF001
    assert {"! Error", "✓ Pass"} <= told


def test_light_and_dark_follow_the_reader(reports: Reports, read: Callable[..., Reader]) -> None:
    ground = "getComputedStyle(document.body).backgroundColor"
    grounds = {scheme: read(reports["GO"], color_scheme=scheme).page.evaluate(ground) for scheme in ("light", "dark")}

    assert grounds == {"light": "rgb(252, 251, 248)", "dark": "rgb(23, 22, 21)"}


def test_times_are_told_in_utc(reports: Reports, read: Callable[..., Reader]) -> None:
    reader = read(reports["GO"], timezone_id="Asia/Tokyo")

    times: list[str] = reader.page.locator("main time").all_text_contents()

    assert len(times) > 100
    assert all(time.endswith(" UTC") for time in times)
