"""Every claim and every pitfall is accounted for, once."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from fixtures.claims import load_ledger

from .__main__ import main, shorten
from .known import covering, definitions

if TYPE_CHECKING:
    from pathlib import Path

    from fixtures.claims import Claim
    from plugins.definition import CheckDefinition

LEDGER = load_ledger()
ENTRIES = list(LEDGER.entries.values())
COUNTS = {"S0": 41, "S1": 11, "S2": 8, "S3": 66, "S4": 3}


def test_the_list_is_whole() -> None:
    assert list(LEDGER.claims) == [f"{key}-{n}" for key, count in COUNTS.items() for n in range(1, count + 1)]
    assert list(LEDGER.pitfalls) == [f"P{n}" for n in range(1, 49)]
    assert LEDGER.documents.keys() == COUNTS.keys()


@pytest.mark.parametrize("entry", ENTRIES, ids=lambda entry: entry.id)
def test_an_entry_has_a_check_or_a_reason_or_is_known_to_wait(entry: Claim) -> None:
    covered = bool(covering(entry.id))
    assert [covered, bool(entry.not_checkable), entry.pending].count(True) == 1, (
        f"{entry.id}: covered by a check: {covered}, said to be not checkable: {bool(entry.not_checkable)}, "
        f"in pending.toml: {entry.pending}"
    )


@pytest.mark.parametrize("check", definitions(), ids=lambda check: check.id)
def test_a_check_names_only_entries_that_exist_and_each_once(check: CheckDefinition) -> None:
    named = (*check.claims, *check.pitfalls)
    assert set(named) <= LEDGER.entries.keys()
    assert len(named) == len(set(named))


def test_a_reason_is_a_sentence() -> None:
    for entry in ENTRIES:
        assert not entry.not_checkable or (entry.not_checkable[0].isupper() and entry.not_checkable.endswith("."))


@pytest.mark.parametrize(
    ("reasons", "pending", "found"),
    [('S0-9 = "no"', "[]", "S0-9"), ("", '["P7"]', "P7"), ('S0-1 = "no"', '["S0-1"]', "S0-1")],
)
def test_a_list_that_contradicts_itself_is_refused(tmp_path: Path, reasons: str, pending: str, found: str) -> None:
    claims, waiting = tmp_path / "claims.toml", tmp_path / "pending.toml"
    claims.write_text(f'[documents]\n[claims]\nS0-1 = "a"\n[pitfalls]\nP1 = "b"\n[not_checkable]\n{reasons}\n')
    waiting.write_text(f"pending = {pending}\n")
    with pytest.raises(ValueError, match=found):
        load_ledger(claims, waiting)


def test_the_command_finds_nothing_to_do(capsys: pytest.CaptureFixture[str]) -> None:
    assert main([]) == 0
    assert capsys.readouterr().out == ""


def test_what_is_covered_no_longer_waits(tmp_path: Path) -> None:
    waiting = tmp_path / "pending.toml"
    waiting.write_text('# why\npending = ["S0-17", "S9-9"]\n')

    shorten(waiting)

    assert waiting.read_text() == '# why\npending = [\n    "S9-9",\n]\n'
