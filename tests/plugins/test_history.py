"""The page over many runs."""

from __future__ import annotations

import json
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest
from lxml import html

from reports import history
from reports.plot import HEIGHT, WIDTH, plot
from tests.plugins.conftest import ROOT

if TYPE_CHECKING:
    from pathlib import Path

BEGAN = datetime(2026, 11, 1, 2, 0, tzinfo=UTC)
HOSTILE = "<img src=x onerror=alert(1)>"


def _moment(at: datetime) -> str:
    return at.isoformat().replace("+00:00", "Z")


def left(runs: Path, night: int, verdict: str = "GO", members: int = 200_000, **about: Any) -> None:
    at = BEGAN + timedelta(days=night)
    gate = about.get("gate", "nightly")
    name = f"{at:%Y%m%dT%H%M%SZ}-{gate}"
    document = {
        "run_id": name,
        "gate": gate,
        "verdict": verdict,
        "made_at": _moment(at),
        "rehearsal": False,
        "registered": 40,
        "reported": 40,
        "reasons": [] if verdict == "GO" else [f"LG-01v2, fail: {HOSTILE}"],
        "figures": {
            "groups": [{"server": "new", "id": "1", "name": HOSTILE, "members": members, "limit": 250_000}],
            "pending": [{"server": "new", "connector": "contoso.com", "adds": night, "updates": 2, "deletes": 0}],
            "cycles": [{"server": "new", "started_at": _moment(at - timedelta(hours=1)), "seconds": 600, "runs": 6}],
        },
        **about,
    }
    (runs / name).mkdir()
    (runs / name / "verdict.json").write_text(json.dumps(document), encoding="utf-8")


def page_of(runs: Path) -> html.HtmlElement:
    return html.document_fromstring(history.history(*history.read_runs(runs)))


def test_the_page_shows_verdicts_groups_pending_exports_and_cycles(tmp_path: Path) -> None:
    for night, (verdict, members) in enumerate([("GO", 200_000), ("UNDECIDED", 210_000), ("NO-GO", 240_000)]):
        left(tmp_path, night, verdict, members)

    page = page_of(tmp_path)

    told = " ".join(page.text_content().split())
    assert "nightly 1 GO, 1 UNDECIDED, 1 NO-GO" in told
    assert "members: 200,000 to 240,000; limit of new 250,000, 96% of it reached" in told
    assert "adds: 0 to 2; updates: 2; deletes: 0" in told
    assert "cycle: 600 s" in told
    assert len(page.xpath("//table/tbody/tr")) == 3
    assert len(page.xpath("//circle[@class='go']")) == 1
    assert len(page.xpath("//path[@class='no-go']")) == 1
    assert len(page.xpath("//path[@class='undecided']")) == 1


def test_names_are_text_and_the_page_needs_no_script_and_no_network(tmp_path: Path) -> None:
    left(tmp_path, 0, "NO-GO")

    page = page_of(tmp_path)

    assert page.xpath("//script | //img | //link | //iframe") == []
    assert all(not address.startswith(("http", "//")) for address in page.xpath("//@href | //@src"))
    assert HOSTILE in page.text_content()


def test_every_plot_has_its_numbers_in_words(tmp_path: Path) -> None:
    left(tmp_path, 0)
    left(tmp_path, 1)

    for drawing in page_of(tmp_path).xpath("//*[local-name()='svg']"):
        assert drawing.get("role") == "img"
        assert drawing.get("aria-label")


def test_what_does_not_change_is_told_without_a_line(tmp_path: Path) -> None:
    for night in range(2):
        left(tmp_path, night)

    cards = page_of(tmp_path).xpath("//figure[@class='plot']")

    assert [" ".join(card.find("p").text_content().split()) for card in cards] == [
        "members: 200,000; limit of new 250,000, 80% of it reached",
        "adds: 0 to 1; updates: 2; deletes: 0",
        "cycle: 600 s",
    ]
    assert [len(card.xpath(".//*[local-name()='svg']")) for card in cards] == [0, 1, 0]


def test_a_line_that_went_up_and_came_back_is_drawn(tmp_path: Path) -> None:
    for night, members in enumerate((200_000, 240_000, 200_000)):
        left(tmp_path, night, members=members)

    card = page_of(tmp_path).xpath("//figure[@class='plot']")[0]

    assert len(card.xpath(".//*[local-name()='svg']")) == 1


@pytest.mark.parametrize(
    ("sizes", "limit", "shown"),
    [
        ((124_999, 100), 250_000, False),
        ((125_000, 125_000), 250_000, True),
        ((200_000, 100), 250_000, True),
        ((100, 100), None, True),
    ],
)
def test_groups_that_never_came_near_to_their_limit_are_left_out(
    tmp_path: Path, sizes: tuple[int, ...], limit: int | None, *, shown: bool
) -> None:
    for night, members in enumerate(sizes):
        group = {"server": "new", "id": "1", "name": "Sales", "members": members, "limit": limit}
        left(tmp_path, night, figures={"groups": [group]})

    told = page_of(tmp_path).text_content()

    assert ("Sales" in told) is shown
    assert ("No group came to 50% of the limit in these runs." in told) is not shown


def test_the_strips_say_from_when_to_when_they_go(tmp_path: Path) -> None:
    left(tmp_path, 0)
    left(tmp_path, 3)
    left(tmp_path, 5, rehearsal=True)

    (span,) = page_of(tmp_path).xpath("//p[contains(@class, 'span')]")

    assert span.xpath(".//time/@datetime") == ["2026-11-01T02:00:00Z", "2026-11-04T02:00:00Z"]


def test_replays_are_left_out_and_rehearsals_are_only_listed(tmp_path: Path) -> None:
    left(tmp_path, 0)
    left(tmp_path, 1, "NO-GO", rehearsal=True)
    left(tmp_path, 2, replay={"run_id": "x"})

    page = page_of(tmp_path)

    assert len(page.xpath("//table/tbody/tr")) == 2
    assert page.xpath("//path[@class='no-go']") == []
    assert "NO-GO, rehearsal" in page.text_content()


def test_folders_without_a_verdict_one_can_read_are_named(tmp_path: Path) -> None:
    left(tmp_path, 0)
    for name, text in (
        ("cut", '{"verdict": "GO'),
        ("other", '{"made_at": "2026-11-01T02:00:00Z", "verdict": "maybe"}'),
    ):
        (tmp_path / name).mkdir()
        (tmp_path / name / "verdict.json").write_text(text, encoding="utf-8")

    assert "No verdict could be read in: cut, other." in page_of(tmp_path).text_content()


def test_the_oldest_runs_beyond_the_cap_are_counted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(history, "MOST_RUNS", 3)
    for night in range(5):
        left(tmp_path, night)

    told = " ".join(page_of(tmp_path).text_content().split())

    assert "3 runs, 2026-11-03 02:00:00 UTC to 2026-11-05 02:00:00 UTC. 2 older ones are left out." in told


def test_a_cycle_that_many_runs_have_read_counts_once(tmp_path: Path) -> None:
    cycle = {"server": "new", "started_at": _moment(BEGAN), "seconds": 60, "runs": 6}
    for night in range(3):
        left(tmp_path, night, figures={"cycles": [cycle]})

    assert "1 cycles" in page_of(tmp_path).text_content()


def test_runs_of_a_suite_without_figures_are_shown_too(tmp_path: Path) -> None:
    left(tmp_path, 0, figures={})

    assert page_of(tmp_path).text_content().count("Not read in these runs.") == 3


def test_every_point_lies_inside_its_plot() -> None:
    points = [(BEGAN + timedelta(days=day), value) for day, value in enumerate((0, 1e9, 5.0, -0.0))]

    drawn = plot("x", {"one": points, "none": []}, span=(points[0][0], points[-1][0]), limit=2e9)

    assert len(drawn.lines) == 1
    assert all(0 <= x <= WIDTH and 0 <= y <= HEIGHT for x, y in drawn.lines[0].dots)
    assert drawn.limit_y is not None
    assert 0 < drawn.limit_y < drawn.lines[0].dots[1][1]


@pytest.mark.parametrize(
    ("members", "told"), [(50_001, "1 above it"), (50_000, "100% of it reached"), (49_999, "99% of it reached")]
)
def test_one_member_above_the_limit_is_told_from_one_below(members: int, told: str) -> None:
    drawn = plot("x", {"members": [(BEGAN, members)]}, limit=50_000, limit_of="old", span=(BEGAN, BEGAN))

    assert drawn.summary == f"members: {members:,}; limit of old 50,000, {told}"


def test_a_plot_without_a_point_is_refused() -> None:
    with pytest.raises(ValueError, match="has no point"):
        plot("x", {"one": []}, span=(BEGAN, BEGAN))


def test_the_command_writes_the_page_beside_the_runs(tmp_path: Path) -> None:
    left(tmp_path, 0)

    done = subprocess.run(
        [sys.executable, "-m", "reports.history", str(tmp_path)], cwd=ROOT, capture_output=True, text=True, check=False
    )

    assert (done.returncode, done.stdout.strip()) == (0, str(tmp_path / "history.html")), done.stderr
    assert "History" in (tmp_path / "history.html").read_text(encoding="utf-8")


def test_a_folder_without_runs_is_refused(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "reports.history", str(tmp_path)], cwd=ROOT, capture_output=True, text=True, check=False
    )

    assert done.returncode == 2
    assert "holds no run" in done.stderr
