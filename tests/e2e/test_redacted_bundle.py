"""The copy that is given away: nobody is named in any byte of it, and it still judges again to the same verdict."""

from __future__ import annotations

import base64
import json
import re
import subprocess
import sys
import zipfile
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pytest

from plugins.bundle.reader import Archive
from plugins.redaction_tokens import NAMES_NOBODY
from tests.e2e.driver import GATE_WITHIN, ROOT, GateRun, Lab, run_gate

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

GATES = ("promote", "deployed", "soak")
FORMS = {
    "SID": r"S-1-5-21(?:-\d+){3,4}(?![\d-])",
    "GUID": r"(?<![\w-])[0-9A-Fa-f]{8}(?:-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}(?![\w-])",
    "hex of an anchor": r"\{[0-9A-F]{40,}\}",
    "base64 of an anchor": r'(?<=["> ])[A-Za-z0-9+/]{22}==',
    "base64 of a SID": r'(?<=["> ])AQUAAAAAAA[A-Za-z0-9+/]{28}==',
    "UPN": r"[\w.+$-]+@[\w-]+(?:\.[\w-]+)+",
    "domain as DN": r"DC=[\w-]+,DC=[\w-]+",
}


@dataclass(frozen=True)
class Made:
    """Runs with their copies."""

    runs: dict[str, GateRun]
    again: GateRun
    """`promote` once more, with the same key."""

    def folder(self, gate: str) -> Path:
        folder = self.runs[gate].folder
        assert folder is not None
        return folder


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Made:
    """Runs of some gates with one key; the lab is gone."""
    place = tmp_path_factory.mktemp("redacted")
    key = place / "redact.key"
    key.touch(mode=0o600)
    key.write_text("0123456789abcdef0123456789abcdef")
    with Lab(place / "lab") as lab:
        runs = {
            gate: run_gate(gate, lab.environment, place / "runs", "--redact", "--redact-key", str(key))
            for gate in GATES
        }
        again = run_gate("promote", lab.environment, place / "again", "--redact", "--redact-key", str(key))
    for run in (*runs.values(), again):
        assert run.folder is not None, run.output
        assert (run.folder / "redacted" / "evidence.zip").exists(), run.output
    return Made(runs, again)


def texts(folder: Path) -> Iterator[tuple[str, str]]:
    """Everything in a folder, and everything packed in its archives."""
    for path in folder.iterdir():
        if path.suffix == ".zip":
            with zipfile.ZipFile(path) as archive:
                yield path.name, " ".join(archive.namelist()) + archive.comment.decode()
                yield from ((f"{path.name}/{name}", archive.read(name).decode()) for name in archive.namelist())
        elif path.is_file():
            yield path.name, path.read_text(encoding="utf-8")


def member(path: Path, name: str) -> Any:
    with Archive(path) as archive:
        return archive.json(name)


def private(folder: Path) -> set[str]:
    """What names somebody in the original: all that has a form, and the names in the answers and the environment."""
    bundle = folder / "evidence.zip"
    found = {
        text
        for name, content in texts(folder)
        if name != "ctrf.json"
        for form in FORMS.values()
        for text in re.findall(form, content)
    }
    found = {text for text in found if text.lower() not in NAMES_NOBODY}
    environment = member(bundle, "environment.json")
    for server in environment["servers"].values():
        found |= {server["computer_name"], server["host"], server["username"].rpartition("\\")[2], server["password"]}
    found |= {
        "contoso",
        "swing-reader",
        "swing-admin",
        "-sync0",
        "contoso-sql01",
        environment["tenant"]["id"],
        str(folder.parent),
    }
    with Archive(bundle) as archive:
        for name in archive.members:
            if "group-trail" in name:
                found |= {archive.json(name)["key"], archive.json(name)["key"].partition(",")[0]}
    return found | {"All Staff", "Finance", "Helpdesk"}


@pytest.mark.parametrize("gate", GATES)
def test_nothing_in_any_byte_of_the_copy_names_anybody(made: Made, gate: str) -> None:
    names = private(made.folder(gate))
    assert len(names) > 200, "an original that names nobody proves nothing"
    whole = {name: text.casefold() for name, text in texts(made.folder(gate) / "redacted")}
    assert {"report.html", "verdict.json", "junit.xml", "ctrf.json", "evidence.zip/environment.json"} <= whole.keys()

    left = {(where, name) for name in names for where, text in whole.items() if name.casefold() in text}

    assert left == set()


def test_names_inside_base64_and_hex_are_gone_too(made: Made) -> None:
    with Archive(made.folder("soak") / "evidence.zip") as archive:
        rows = [row for name in archive.members if "tenant-members.txt" in name for row in archive.json(name)]
    hexes = {base64.b64encode(base64.b64decode(row[2])).decode().encode().hex().upper() for row in rows if row[2]}
    assert len(hexes) > 100
    whole = "".join(text for _, text in texts(made.folder("soak") / "redacted"))

    assert {text for text in re.findall(r"CN=\{([0-9A-F]+)\}", whole) if text in hexes} == set()


@pytest.mark.parametrize("gate", GATES)
def test_the_copy_judges_again_to_the_same_verdict_states_and_digest(made: Made, gate: str, tmp_path: Path) -> None:
    copy = made.folder(gate) / "redacted"
    told = json.loads((copy / "verdict.json").read_text(encoding="utf-8"))
    command = [sys.executable, "-m", "pytest", "--gate", gate, "--replay", str(copy / "evidence.zip")]

    done = subprocess.run(
        [*command, "--report-dir", str(tmp_path)],
        cwd=ROOT, capture_output=True, text=True, timeout=GATE_WITHIN, check=False,
    )  # fmt: skip

    (written,) = tmp_path.glob("*/verdict.json")
    verdict = json.loads(written.read_text(encoding="utf-8"))
    states = [(check["id"], check["state"]) for check in made.runs[gate].verdict["checks"]]
    assert verdict["replay"]["differences"] == [], done.stdout
    assert verdict["replay"]["states_only"] is True
    assert [(check["id"], check["state"]) for check in verdict["checks"]] == states
    assert verdict["verdict"] == told["verdict"] == made.runs[gate].said
    assert verdict["result_digest"] == told["result_digest"]
    assert verdict["reasons"] == told["reasons"]
    assert done.returncode == {"GO": 0, "NO-GO": 1, "UNDECIDED": 10}[verdict["verdict"]]


def test_the_original_stays_and_the_copy_names_it_by_digest(made: Made) -> None:
    folder = made.folder("promote")
    verdict = json.loads((folder / "verdict.json").read_text(encoding="utf-8"))

    with Archive(folder / "evidence.zip") as original:
        assert original.seal.sha256 == verdict["evidence"]["manifest_sha256"]
        assert "redacted" not in original.json("run.json")
    copy = json.loads((folder / "redacted" / "verdict.json").read_text(encoding="utf-8"))
    with Archive(folder / "redacted" / "evidence.zip") as archive:
        assert archive.seal.sha256 == copy["evidence"]["manifest_sha256"]
        assert archive.json("run.json")["redacted"] == copy["redacted"]
    assert copy["redacted"]["manifest_sha256"] == verdict["evidence"]["manifest_sha256"]
    assert copy["redacted"]["lost"] == []


def test_a_name_has_one_token_in_report_verdict_and_bundle_and_in_another_run(made: Made) -> None:
    assert made.again.folder is not None
    seen = []
    for folder in (made.folder("promote"), made.again.folder):
        copy = folder / "redacted"
        name = member(copy / "evidence.zip", "environment.json")["servers"]["new"]["computer_name"]
        seen.append(name)
        assert re.fullmatch(r"host-[0-9a-f]{10}", name)
        for where in ("report.html", "verdict.json"):
            assert name in (copy / where).read_text(encoding="utf-8"), where
        with Archive(copy / "evidence.zip") as archive:
            (answer,) = (each for each in archive.members if "new-computer-name" in each)
            assert archive.json(answer)["ComputerName"] == name
            (account,) = (each for each in archive.members if "new-entra-connector-account" in each)
            assert archive.json(account)["Value"].startswith(f"Sync_{name}_")
    assert seen[0] == seen[1]


def test_every_digest_of_the_copy_is_one_over_the_copy(made: Made) -> None:
    """A digest over a short text with a name in it would let anybody try names against it."""
    digests = [read["sha256"] for read in made.runs["promote"].verdict["reads"] if read["sha256"]]
    digests += [made.runs["promote"].verdict["environment_digest"]]
    empty = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
    whole = "".join(text for _, text in texts(made.folder("promote") / "redacted"))
    kept = {
        entry["sha256"] for entry in member(made.folder("promote") / "redacted/evidence.zip", "answers.json")["answers"]
    }

    named = {digest for digest in digests if digest in whole}

    assert named <= kept, "the same text has the same digest when nobody is named in it"
    assert empty in named
    assert len(named) < len(set(digests)) / 2
