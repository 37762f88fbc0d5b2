"""10,000 of everything: the page stays as usable as a small one, and says where it was cut."""

from __future__ import annotations

import statistics
import time
from functools import cache
from typing import TYPE_CHECKING, Any

import pytest

import reports as renderer

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from .reader import Reader

MANY = 10_000
MOMENT = "2026-11-20T06:45:12Z"
STEEPEST = 8
"""How many times as long a step may take on the large page as on the small one, which holds a fiftieth of its rows."""


def document(checks: int, rows: int, reads: int) -> dict[str, Any]:
    """A run as `verdict.json` holds it, with what the report shows beside it."""
    asked = [
        {
            "id": f"new:read{number}", "system": "new", "target": "new.example:5986", "request": "Get-ADSyncRule",
            "started_at": MOMENT, "ended_at": MOMENT, "identity": "reader", "attempts": 1, "rows": 1,
            "sha256": f"{number:064x}", "outcome": "ok", "error": None, "server_clock": MOMENT,
        }
        for number in range(reads)
    ]  # fmt: skip
    row = {"state": "pass", "reason": "the same members", "facts": {"members": 12_000}}
    judged = [
        {
            "id": f"{'LG' if number % 2 else 'RU'}-{number:02d}v1", "title": f"Thing {number} is as it must be",
            "subject": "groups", "state": "fail" if number == 0 else "pass", "true_state": "pass",
            "severity": "blocking", "reason": "it is", "claims": [], "reads": [each["id"] for each in asked[:3]],
            "server": None, "reported": True, "remedy": "make it so",
            "rows": [{**row, "subject": f"group {place} of {number}"} for place in range(rows)],
        }
        for number in range(checks)
    ]  # fmt: skip
    runs = [
        {
            "connector": "contoso.com", "profile": "Export", "kind": "export", "number": number, "result": "success",
            "succeeded": True, "started_at": MOMENT, "ended_at": MOMENT,
        }
        for number in range(120)
    ]  # fmt: skip
    groups = [
        {"name": f"group {n}", "on_premises": n, "expected": n, "entra": n, "sendable": 250_000, "server": "new"}
        for n in range(rows)
    ]
    return {
        "schema": 1, "run_id": "20261120T064512Z-soak", "gate": "soak", "plan": "v2-endpoint", "rehearsal": False,
        "as_of": None, "verdict": "NO-GO", "exit_code": 1, "made_at": MOMENT, "valid_until": MOMENT,
        "environment_digest": "0" * 64, "suite_version": "1", "reasons": [f"reason {n}." for n in range(rows)],
        "checks": judged, "reads": asked, "registered": checks, "reported": checks, "question": "Is it so?",
        "started_at": MOMENT, "command": ["pytest"], "waivers": [], "definitions": {}, "moment": "while watching",
        "next": "", "deciding": rows,
        "raw": {each["id"]: {"text": "x" * 5000, "holds_until": MOMENT} for each in asked},
        "glance": {
            "servers": [], "tenant": {"id": "0", "name": "Contoso", "cloud": "commercial"}, "thresholds": {},
            "pictures": {
                "members": groups, "pending": [],
                "timeline": {
                    "servers": [
                        {"server": "new", "purpose": "new", "known": MANY, "uncertain_seconds": 0, "runs": runs}
                    ],
                    "switch": None,
                },
            },
        },
    }  # fmt: skip


@cache
def large() -> str:
    """50 checks with 10,000 subjects each, of which each shows 200: 10,000 rows on the page."""
    return renderer.page(document(50, MANY, MANY))


@pytest.fixture
def pages(tmp_path: Path) -> tuple[Path, Path]:
    paths = tmp_path / "small.html", tmp_path / "large.html"
    paths[0].write_text(renderer.page(document(10, 20, 20)), encoding="utf-8")
    paths[1].write_text(large(), encoding="utf-8")
    return paths


ACTS = {
    "filter": "document.getElementById('show-fail').click()",
    "link": "location.hash = '#LG-09v1'",
}


def timed(act: Callable[[], object]) -> float:
    began = time.perf_counter()
    act()
    return time.perf_counter() - began


def drawn(reader: Reader) -> None:
    """Wait until what was done is on the screen."""
    reader.page.evaluate("new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))")


def test_ten_thousand_rows_are_on_the_page_and_each_cut_is_counted(
    pages: tuple[Path, Path], read: Callable[..., Reader]
) -> None:
    reader = read(pages[1])
    told: str = reader.page.evaluate("document.body.textContent")

    assert reader.page.locator(".result > table.rows tbody tr").count() == MANY
    for cut in (
        "First 200 of 10,000 subjects, most serious first; all of them stand in verdict.json.",
        "First 40 of 10,000 reasons; all of them stand in verdict.json.",
        "First 500 of 10,000 reads; all of them stand in verdict.json.",
        "First 12 of 10,000 groups, the largest first.",
        "Newest 60 of 10,000 runs of new.",
        "and 1,000 characters more",
    ):
        assert cut in told
    assert pages[1].stat().st_size < 20_000_000


@pytest.mark.parametrize("act", ["open", "filter", "link"])
def test_a_large_page_is_as_usable_as_a_small_one(
    act: str, pages: tuple[Path, Path], read: Callable[..., Reader]
) -> None:
    def once(path: Path) -> float:
        if act == "open":
            return timed(lambda: drawn(read(path)))
        reader = read(path)
        drawn(reader)
        return timed(lambda: drawn(reader.done(ACTS[act])))

    small, big = (statistics.median(once(path) for _ in range(3)) for path in pages)

    assert big < STEEPEST * small, f"{act}: {small:.3f} s and {big:.3f} s"
