"""A review is drafted by a gate, signed by somebody, and holds until something moves."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.e2e.driver import GateRun, Lab, run_gate
from tests.e2e.matrix import take
from tests.e2e.rows_pending import REVIEWED, csexport, listed

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@pytest.fixture(scope="module")
def lab(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lab]:
    with Lab(tmp_path_factory.mktemp("lab")) as running:
        yield running


def promote(lab: Lab, reports: Path, settings: str, *options: str) -> GateRun:
    environment = lab.folder / "environment-reviewed.toml"
    environment.write_text(lab.environment.read_text(encoding="utf-8") + settings, encoding="utf-8")
    return run_gate("promote", environment, reports, *options)


def failed(run: GateRun) -> set[str]:
    return {check for check, _, state in run.turned() if state == "fail"}


def draft_of_now(lab: Lab, reports: Path) -> str:
    """What waits now, approved by name: deletes need no budget then."""
    review = lab.folder / "review-of-now.toml"
    promote(lab, reports, listed(), f"--write-review={review}")
    return review.read_text(encoding="utf-8").replace('author = ""', 'author = "change board"')


def test_promote_says_go_inside_the_signed_draft_and_names_what_moves_out_of_it(lab: Lab, tmp_path: Path) -> None:
    review = lab.folder / "review.toml"
    take(lab, csexport())

    drafted = promote(lab, tmp_path, listed(), f"--write-review={review}")
    draft = review.read_text(encoding="utf-8")
    unsigned = promote(lab, tmp_path, listed() + REVIEWED)
    review.write_text(draft.replace('author = ""', 'author = "change board"'), encoding="utf-8")
    signed = promote(lab, tmp_path, listed() + REVIEWED)
    lab.fault("deletes-3")
    take(lab, csexport())
    moved = promote(lab, tmp_path, listed() + REVIEWED)
    review.write_text(draft_of_now(lab, tmp_path), encoding="utf-8")
    named = promote(lab, tmp_path, listed() + REVIEWED)
    again = promote(lab, tmp_path, listed(), f"--write-review={review}")

    assert (drafted.said, unsigned.said, signed.said, moved.said) == ("GO", "UNDECIDED", "GO", "NO-GO")
    assert (named.said, failed(named)) == ("GO", set())
    assert failed(moved) == {"PE-01v2", "PE-04v1"}
    assert any("3 deletes of user that nobody approved" in reason for reason in moved.verdict["reasons"])
    assert again.exit_code == 4
    assert "a review is never written over" in again.output
