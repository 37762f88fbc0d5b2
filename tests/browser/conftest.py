"""A Chromium for the tests, and real reports: made by gates that asked the lab."""

from __future__ import annotations

import importlib.util
import os
import shutil
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.e2e.driver import Lab, run_gate
from tests.e2e.row import SWITCHED

from .reader import Reader

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from playwright.sync_api import Browser

CHROMIUM = shutil.which("chromium")
AXE = Path(__file__).with_name("node_modules") / "axe-core" / "axe.min.js"
SWITCHES = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
MISSING = [
    *([] if CHROMIUM else ["chromium"]),
    *(f"Python module {name}" for name in ("playwright", "pypdf") if importlib.util.find_spec(name) is None),
    *([] if AXE.is_file() else ["axe-core (npm ci in tests/browser)"]),
]
REQUIRED = "SWING_GATE_BROWSER"
"""Set in the tox environment of these tests: what is missing there is an error, and no reason to skip."""

Reports = dict[str, Path]


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """The system's Chromium, headless."""
    if MISSING:
        told = f"browser not run, missing: {', '.join(MISSING)}"
        if os.environ.get(REQUIRED):
            pytest.fail(told)
        pytest.skip(told)
    from playwright.sync_api import sync_playwright  # noqa: PLC0415 - only where it is installed

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=list(SWITCHES))
        yield browser
        browser.close()


CHANGED = {
    "over = 50000\n": "over = 250000\n",
    "prove = [\n": "".join(
        [
            "prove = [\n",
            *(f'  {{ dn = "CN={name},OU=Groups,DC=contoso,DC=com" }},\n' for name in ("Field", "Contractors")),
        ]
    ),
}
"""What a soak need not do here on a busy machine: read a quarter of a million members."""


def lighten(environment: Path) -> None:
    """Let a gate prove two large groups by name, in place of all."""
    settings = environment.read_text(encoding="utf-8")
    for found, wanted in CHANGED.items():
        assert found in settings
        settings = settings.replace(found, wanted)
    environment.write_text(settings, encoding="utf-8")


@pytest.fixture(scope="session")
def reports(chromium: Browser, tmp_path_factory: pytest.TempPathFactory) -> Reports:
    """Real reports, by what they show; nothing is made where no browser would read them."""
    assert chromium.is_connected()
    folder = tmp_path_factory.mktemp("reports")
    found: Reports = {}

    def ask(name: str, gate: str, verdict: str, *options: str) -> Path:
        run = run_gate(gate, None if "--replay" in options else lab.environment, folder / name, *options)
        assert run.said == verdict, run.output[-2000:]
        assert run.folder is not None
        found[name] = run.folder / "report.html"
        return run.folder

    with Lab(folder / "lab") as lab:
        go = ask("GO", "promote", "GO")
        lab.fault("deletes-600")
        no_go = ask("NO-GO", "promote", "NO-GO", "--redact")
        found["redacted"] = no_go / "redacted" / "report.html"
        lab.reset()
        lab.fault("tenant-unreachable")
        ask("UNDECIDED", "deployed", "UNDECIDED")
        lab.reset()
        lab.fault("names-like-markup")
        ask("hostile", "promote", "GO")
        lab.reset()
        for step, arguments in SWITCHED:
            lab.step(step, **arguments)
        lighten(lab.environment)
        ask("switched", "soak", "GO", "--baseline", str(go / "evidence.zip"))
        ask("replay", "promote", "NO-GO", "--replay", str(no_go / "evidence.zip"))
    return found


@pytest.fixture
def read(chromium: Browser) -> Iterator[Callable[..., Reader]]:
    """Open a file as a reader does. Options are those of a browser context: colour scheme, scripts off, and so on."""
    opened: list[Reader] = []

    def open_file(path: Path, link: str = "", **options: object) -> Reader:
        reader = Reader(chromium.new_context(**{"viewport": {"width": 1200, "height": 900}, **options}))
        opened.append(reader)
        reader.open(path, link)
        return reader

    yield open_file
    for reader in opened:
        reader.close()
