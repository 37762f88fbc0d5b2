"""The chain of a folder of runs: one line, and whatever is removed, swapped or altered in it has a name."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
import threading
import zipfile
from typing import TYPE_CHECKING

import pytest

from plugins.bundle import writing
from plugins.bundle.__main__ import main
from plugins.bundle.chain import BUNDLE, alone
from plugins.bundle.contents import Content
from plugins.bundle.walk import walk
from plugins.bundle.writer import Writer
from plugins.folder import RunFolder
from tests.plugins.conftest import ROOT

if TYPE_CHECKING:
    from pathlib import Path

RUNS = [f"20261120T06450{number}Z-promote" for number in range(5)]


def add(runs: Path, name: str, content: str = "[]", **about: object) -> str:
    """Write one run as the evidence does; return the digest of its manifest."""
    place = RunFolder(runs / name)
    place.path.mkdir(parents=True, exist_ok=True)
    named = writing.write(place, [Content("answers.json", lambda: content)], {"run_id": name, **about})
    place.write("verdict.json", json.dumps({"evidence": named}))
    return str(named["manifest_sha256"])


@pytest.fixture
def runs(tmp_path: Path) -> Path:
    """A folder of five runs."""
    for name in RUNS:
        add(tmp_path / "runs", name)
    return tmp_path / "runs"


def kinds(runs: Path, end: str | None = None) -> list[str]:
    return [problem.partition(":")[0] for problem in walk(runs, end).problems]


def test_a_chain_that_is_whole_has_no_problem_and_one_end(runs: Path) -> None:
    found = walk(runs)

    assert found.problems == ()
    assert [link.folder for link in found.links] == RUNS
    assert [link.folder for link in found.ends] == [RUNS[-1]]
    assert walk(runs, found.ends[0].sha256).problems == ()


@pytest.mark.parametrize("number", range(4))
def test_a_run_that_was_removed_is_missed_by_the_one_after_it(runs: Path, number: int) -> None:
    shutil.rmtree(runs / RUNS[number])

    (problem,) = walk(runs).problems

    assert problem.startswith(f"missing: {RUNS[number + 1]} follows {RUNS[number]} (")


def test_a_bundle_that_was_removed_is_missed_by_its_verdict_too(runs: Path) -> None:
    (runs / RUNS[2] / BUNDLE).unlink()

    assert walk(runs).problems[0] == f"missing: {RUNS[2]} has no {BUNDLE}, and its verdict.json names one"
    assert kinds(runs) == ["missing", "missing"]


def test_runs_that_were_removed_at_the_end_are_missed_only_by_a_digest_kept_elsewhere(runs: Path) -> None:
    (end,) = walk(runs).ends
    shutil.rmtree(runs / RUNS[4])

    assert kinds(runs) == []
    assert kinds(runs, end.sha256) == ["shortened"]


def test_any_altered_byte_is_named_with_its_run_and_its_member(runs: Path) -> None:
    path = runs / RUNS[1] / BUNDLE
    whole = bytearray(path.read_bytes())
    whole[30 + len("answers.json") + 1] ^= 1
    path.write_bytes(whole)

    assert walk(runs).problems == (
        f"changed: {RUNS[1]}: answers.json: its bytes in the archive are not those the manifest lists",
    )


def test_a_bundle_that_was_written_anew_breaks_the_link_of_its_follower(runs: Path) -> None:
    with (runs / RUNS[1] / BUNDLE).open("wb") as file:
        writer = Writer(file)
        writer.add("answers.json", '["another"]')
        before = json.loads((runs / RUNS[1] / "verdict.json").read_text(encoding="utf-8"))["evidence"]["previous"]
        writer.seal({"run_id": RUNS[1], "previous": before})

    assert kinds(runs) == ["swapped", "broken"]
    assert walk(runs).problems[1].startswith(f"broken: {RUNS[2]} follows {RUNS[1]} with the digest ")


def test_two_bundles_that_were_swapped_are_named_both(runs: Path) -> None:
    one, other = runs / RUNS[1] / BUNDLE, runs / RUNS[3] / BUNDLE
    first, second = one.read_bytes(), other.read_bytes()
    one.write_bytes(second)
    other.write_bytes(first)

    problems = walk(runs).problems

    assert f"swapped: {RUNS[1]} holds the bundle of {RUNS[3]}" in problems
    assert f"swapped: {RUNS[3]} holds the bundle of {RUNS[1]}" in problems
    assert any(problem.startswith(f"broken: {RUNS[2]}") for problem in problems)


def test_two_bundles_that_follow_the_same_one_are_a_fork(runs: Path) -> None:
    add(runs, RUNS[4] + "-2")
    shutil.rmtree(runs / RUNS[4])
    shutil.copytree(runs / (RUNS[4] + "-2"), runs / "other")
    for name in ("x", "y"):
        (runs / name).mkdir()
        with (runs / name / BUNDLE).open("wb") as file:
            writer = Writer(file)
            writer.seal({"run_id": name, "previous": {"run_id": RUNS[3], "manifest_sha256": _digest(runs, RUNS[3])}})

    assert f"forked: x, y all follow {RUNS[3]}" in walk(runs).problems


def _digest(runs: Path, name: str) -> str:
    return next(link.sha256 for link in walk(runs).links if link.folder == name)


def test_a_second_beginning_is_a_fork(runs: Path) -> None:
    with (runs / RUNS[4] / BUNDLE).open("wb") as file:
        Writer(file).seal({"run_id": RUNS[4], "previous": None})
    (runs / RUNS[4] / "verdict.json").unlink()

    assert walk(runs).problems == (f"forked: {RUNS[0]}, {RUNS[4]} all are the first",)


def test_a_bundle_that_could_not_be_read_when_the_next_was_written_is_a_gap(runs: Path) -> None:
    (runs / RUNS[4] / BUNDLE).write_bytes(b"broken")
    add(runs, "20261120T064509Z-promote")

    assert kinds(runs) == ["changed", "gap"]


def test_a_folder_that_was_copied_goes_on_after_its_end_whatever_the_times_of_its_files(runs: Path) -> None:
    for turn, name in enumerate(reversed(RUNS)):
        os.utime(runs / name / BUNDLE, (1_000_000 + turn, 1_000_000 + turn))

    add(runs, "20261120T064509Z-promote")

    assert walk(runs).problems == ()


def test_runs_that_end_at_the_same_time_stand_in_line(tmp_path: Path) -> None:
    names = [f"2026112{number}T064500Z-promote" for number in range(8)]
    together = threading.Barrier(len(names))

    def run(name: str) -> None:
        together.wait(10)
        add(tmp_path, name)

    threads = [threading.Thread(target=run, args=(name,)) for name in names]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)

    found = walk(tmp_path)
    assert found.problems == ()
    assert len(found.links) == len(names)


def test_a_process_waits_until_another_one_has_added_its_link(tmp_path: Path) -> None:
    script = (
        "import pathlib, sys; from plugins.bundle.chain import alone\n"
        "print('ready', flush=True)\nwith alone(pathlib.Path(sys.argv[1])): print('mine', flush=True)\n"
    )
    command = [sys.executable, "-c", script, str(tmp_path)]
    with alone(tmp_path):
        other = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True)
        assert other.stdout is not None
        assert other.stdout.readline() == "ready\n"
        with pytest.raises(subprocess.TimeoutExpired):
            other.wait(0.3)
    assert other.communicate(timeout=20)[0] == "mine\n"


def test_other_folders_and_the_pointer_are_no_runs(runs: Path) -> None:
    (runs / "notes").mkdir()
    (runs / "latest").symlink_to(RUNS[4], target_is_directory=True)
    (runs / RUNS[4] / "redacted").mkdir()
    shutil.copy(runs / RUNS[4] / BUNDLE, runs / RUNS[4] / "redacted" / BUNDLE)

    assert walk(runs).problems == ()


def test_the_command_says_what_it_found_and_by_which_digest_the_chain_ends(
    runs: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (end,) = walk(runs).ends

    assert main([str(runs)]) == 0
    told = capsys.readouterr().out
    assert told.startswith(f"WHOLE: 5 bundles, the last of {RUNS[4]} with the digest {end.sha256}\n")
    assert "only --end can tell" in told
    assert main([str(runs), "--end", end.sha256]) == 0
    assert "only --end" not in capsys.readouterr().out
    shutil.rmtree(runs / RUNS[2])
    assert main([str(runs)]) == 1
    assert re.search(r"^missing: .*\nNOT WHOLE: 1 of it, in 4 bundles$", capsys.readouterr().out, re.MULTILINE)


def test_a_folder_without_bundles_proves_nothing(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([str(tmp_path)]) == 1
    assert "nothing is proven" in capsys.readouterr().out
    assert main([str(tmp_path / "nowhere")]) == 2


def test_it_runs_as_a_module(runs: Path) -> None:
    command = [sys.executable, "-m", "plugins.bundle", str(runs)]

    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=60, check=False)

    assert (done.returncode, done.stdout.split(":")[0]) == (0, "WHOLE")


def test_a_manifest_that_does_not_fit_its_seal_is_not_believed(runs: Path) -> None:
    path = runs / RUNS[4] / BUNDLE
    with zipfile.ZipFile(path) as archive:
        offset = archive.getinfo("manifest.json").header_offset
    whole = bytearray(path.read_bytes())
    whole[offset + 60] ^= 1
    path.write_bytes(whole)

    add(runs, "20261120T064509Z-promote")

    before = json.loads((runs / "20261120T064509Z-promote/verdict.json").read_text(encoding="utf-8"))["evidence"]
    assert before["previous"]["run_id"] in RUNS
    assert kinds(runs) != []
