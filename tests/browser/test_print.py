"""Printed, the report is whole: every sheet is open and every word is on paper, whatever the filters hide."""

from __future__ import annotations

import io
import json
import unicodedata
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable

    from .conftest import Reports
    from .reader import Reader


def printed(reader: Reader) -> str:
    """The text of the page printed to PDF, without white space and ligatures: lines are broken anywhere."""
    from pypdf import PdfReader  # noqa: PLC0415 - only where it is installed

    paper = PdfReader(io.BytesIO(reader.page.pdf(format="A4", print_background=True)))
    assert len(paper.pages) > 10
    return squeezed(" ".join(page.extract_text() for page in paper.pages))


def squeezed(text: str) -> str:
    return "".join(unicodedata.normalize("NFKC", text).split())


@pytest.fixture(scope="module")
def on_paper(chromium: object, reports: Reports) -> str:
    from .reader import Reader  # noqa: PLC0415 - one page for the module

    reader = Reader(chromium.new_context())  # type: ignore[attr-defined]
    reader.open(reports["NO-GO"])
    reader.choose("fail", "State")
    found = printed(reader)
    reader.close()
    return found


def test_every_sheet_is_on_paper_though_a_filter_hides_it(on_paper: str, reports: Reports) -> None:
    verdict = json.loads(reports["NO-GO"].with_name("verdict.json").read_text(encoding="utf-8"))

    for check in verdict["checks"]:
        assert on_paper.count(squeezed(check["title"])) >= 2, check["id"]
        assert squeezed(check["rows"][0]["reason"])[:60] in on_paper, check["id"]


def test_questions_raw_answers_and_digests_are_on_paper(on_paper: str, reports: Reports) -> None:
    verdict = json.loads(reports["NO-GO"].with_name("verdict.json").read_text(encoding="utf-8"))

    answered = [read for read in verdict["reads"] if read["sha256"]]
    assert len(answered) > 50
    for read in answered:
        assert read["sha256"] in on_paper, read["id"]
    assert '"AadConnectorImportApiVersion"' in on_paper


def test_the_numbers_behind_the_pictures_are_on_paper(on_paper: str) -> None:
    for word in ("ExpectedinEntra", "Bytypeofobject", "DeltaSynchronization#", "Owner", "Date"):
        assert word in on_paper


def test_controls_are_not_on_paper(on_paper: str) -> None:
    for word in ("everystate", "Linktothischeck", "Skiptothechecks", "Appendix:therun"):
        assert word not in on_paper


def test_paper_is_light_for_a_reader_in_the_dark(reports: Reports, read: Callable[..., Reader]) -> None:
    reader = read(reports["GO"], color_scheme="dark")
    dark: str = reader.page.evaluate("getComputedStyle(document.body).backgroundColor")

    reader.page.emulate_media(media="print")

    assert dark == "rgb(23, 22, 21)"
    assert reader.page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)"
    assert reader.page.evaluate("getComputedStyle(document.body).color") == "rgb(29, 28, 26)"
