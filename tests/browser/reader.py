"""A reader of a report: one page in one browser context, with all it asked for and all it said."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Self

if TYPE_CHECKING:
    from pathlib import Path

    from playwright.sync_api import BrowserContext, Dialog

PATIENCE = 20_000
"""Milliseconds for one act, on a busy machine."""


class Reader:
    """One page: what it reached for, what of that was refused, and what it wrote to the console."""

    def __init__(self, context: BrowserContext) -> None:
        self._context = context
        context.set_default_timeout(PATIENCE)
        self.page = context.new_page()
        self.requests: list[str] = []
        self.refused: list[str] = []
        self.said: list[str] = []
        self.page.on("request", lambda request: self.requests.append(request.url))
        self.page.on("requestfailed", lambda request: self.refused.append(f"{request.url} {request.failure}"))
        self.page.on("console", lambda message: self.said.append(f"{message.type}: {message.text}"))
        self.page.on("pageerror", lambda error: self.said.append(f"exception: {error}"))
        self.page.on("dialog", self._dismiss)

    def open(self, path: Path, link: str = "") -> None:
        self.page.goto(f"{path.as_uri()}{link}")

    def _dismiss(self, dialog: Dialog) -> None:
        self.said.append(f"dialog: {dialog.message}")
        dialog.dismiss()

    def close(self) -> None:
        self._context.close()

    @property
    def text(self) -> str:
        """All text that is there to be seen, white space in one form."""
        return " ".join(self.page.inner_text("body").split())

    def rows(self) -> list[str]:
        """The ids of the checks whose rows in the table are shown."""
        return self._of_shown("tr.check-row", "e => e.querySelector('a').textContent")

    def attributes(self, selector: str, name: str) -> list[str]:
        """An attribute of everything a selector finds that is shown."""
        return self._of_shown(selector, f"e => e.getAttribute('{name}')")

    def _of_shown(self, selector: str, told: str) -> list[str]:
        found: list[str] = self.page.locator(selector).evaluate_all(
            f"all => all.filter(e => e.checkVisibility()).map({told})"
        )
        return found

    def open_all(self) -> None:
        """Open everything that can be opened, as many clicks would."""
        self.page.locator("details").evaluate_all("all => all.forEach(e => { e.open = true })")

    def choose(self, word: str, group: str) -> None:
        """Choose a filter by its words, as a hand does."""
        self.page.get_by_role("radiogroup", name=group).get_by_text(word, exact=True).click()

    def done(self, act: str) -> Self:
        """Let the page do something."""
        self.page.evaluate(act)
        return self

    def on_screen(self, selector: str) -> bool:
        """Whether an element's top lies within the window."""
        place: dict[str, float] = self.page.locator(selector).evaluate("e => e.getBoundingClientRect().toJSON()")
        height: int = self.page.evaluate("innerHeight")
        return -1 < place["top"] < height and place["height"] > 0

    def focused(self) -> dict[str, Any]:
        """What has the keyboard."""
        found: dict[str, Any] = self.page.evaluate(
            "(e => ({tag: e.tagName, id: e.id, text: e.textContent.trim(), href: e.getAttribute('href')}))"
            "(document.activeElement)"
        )
        return found
