"""The page reaches for nothing, says nothing, and lets no script run but its own two."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable

    from .conftest import Reports
    from .reader import Reader

EVERY = ["GO", "NO-GO", "UNDECIDED", "hostile", "switched", "replay", "redacted"]


@pytest.mark.parametrize("name", EVERY)
def test_no_request_but_for_the_file_and_no_word_to_the_console(
    name: str, reports: Reports, read: Callable[..., Reader]
) -> None:
    reader = read(reports[name])

    reader.open_all()
    reader.page.wait_for_load_state("networkidle")

    assert reader.requests == [reports[name].as_uri()]
    assert reader.said == []


def test_the_policy_of_the_page_refuses_requests_and_foreign_scripts(
    reports: Reports, read: Callable[..., Reader]
) -> None:
    reader = read(reports["GO"])

    reader.page.evaluate(
        """() => {
            const image = new Image(); image.src = 'http://127.0.0.1:9/leak.png'; document.body.append(image);
            const script = document.createElement('script'); script.textContent = 'document.title = "run"';
            document.body.append(script);
            const button = document.createElement('button'); button.setAttribute('onclick', 'document.title = "run"');
            document.body.append(button); button.click();
        }"""
    )

    assert reader.page.title() != "run"
    assert len([word for word in reader.said if "Content Security Policy" in word]) >= 3
    assert reader.refused == ["http://127.0.0.1:9/leak.png csp"]


def test_the_appendix_of_pytest_html_is_drawn(reports: Reports, read: Callable[..., Reader]) -> None:
    reader = read(reports["NO-GO"])

    reader.page.locator(".appendix details > summary").click()

    assert reader.page.locator("#results-table tbody tr.collapsible").count() > 80
    assert "fail" in reader.page.locator("#results-table").inner_text()
