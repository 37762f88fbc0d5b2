"""What a run against the lab leaves: no secret anywhere, a copy that names nobody, and a signature that holds."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import zipfile
from typing import TYPE_CHECKING, Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat

from plugins.redaction_tokens import NAMES_NOBODY
from tests.e2e.driver import GATE_WITHIN, ROOT, GateRun, Lab, run_gate

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

SECRET_FILES = ("*.password", "*.secret")


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Lab, GateRun, Path]]:
    """One gate run with everything that leaves the building."""
    place = tmp_path_factory.mktemp("leaving")
    private, public = place / "release.key", place / "release.pub"
    key = Ed25519PrivateKey.generate()
    private.touch(mode=0o600)
    private.write_bytes(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    public.write_bytes(key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo))
    with Lab(place / "lab") as lab:
        yield (
            lab,
            run_gate("promote", lab.environment, place / "runs", "--redact", "--oscal", "--sign-key", str(private)),
            public,
        )


def _texts(folder: Path) -> Iterator[tuple[str, bytes]]:
    """Every byte a run left, and what is packed in its archives."""
    for path in folder.rglob("*"):
        if path.is_file():
            yield path.name, path.read_bytes()
            if path.suffix == ".zip":
                with zipfile.ZipFile(path) as archive:
                    yield from ((name, archive.read(name)) for name in archive.namelist())


def _secrets(lab: Lab) -> Iterator[bytes]:
    for pattern in SECRET_FILES:
        for path in lab.folder.rglob(pattern):
            yield path.read_bytes().strip()
    for server in lab.contract["servers"].values():
        yield server["admin"]["password"].encode()
    for path in lab.folder.rglob("*.pem"):
        yield from _key_lines(path)


def _key_lines(path: Path) -> Iterator[bytes]:
    """The lines of a private key; none for a file that holds no such key."""
    body = path.read_bytes().partition(b"PRIVATE KEY-----")[2].split(b"-----END")[0]
    yield from (line for line in body.splitlines() if len(line) > 40)


def test_no_secret_of_the_lab_stands_anywhere_in_what_a_run_left(run: tuple[Lab, GateRun, Path]) -> None:
    lab, done, _ = run
    assert done.folder is not None
    secrets = [*_secrets(lab), *_key_lines(lab.folder.parent / "release.key")]
    assert len(secrets) > 6
    for name, content in [*_texts(done.folder), ("the screen", done.output.encode())]:
        for secret in secrets:
            assert secret not in content, name
        for sign in (b"PRIVATE KEY", b"Bearer ey", b"access_token", b"client_assertion"):
            assert sign not in content, (name, sign)
        assert not re.search(rb"eyJ[\w-]{10,}\.eyJ[\w-]{10,}\.", content), f"a token in {name}"


def test_the_redacted_copy_of_a_real_run_names_nobody(run: tuple[Lab, GateRun, Path]) -> None:
    _, done, _ = run
    assert done.folder is not None
    tenant = next(read for read in done.verdict["reads"] if read["system"] == "tenant")["target"]
    assert tenant.startswith("https://127.0.0.1")
    report_id = json.loads((done.folder / "redacted" / "ctrf.json").read_text(encoding="utf-8"))["reportId"]
    names = {"contoso", "127.0.0.1", "swing-reader", "aadc-", str(done.folder.parent)}
    names |= _facts(done.verdict, "on-premises", "dn", "sid")
    for name, content in _texts(done.folder / "redacted"):
        text = content.decode(errors="replace").casefold()
        for private in names:
            assert private.casefold() not in text, (name, private)
        guids = set(re.findall(r"(?<![\w-])[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}", text))
        assert {guid for guid in guids if not guid.startswith("00000000-")} <= {*NAMES_NOBODY, report_id}, name


def _facts(document: dict[str, Any], *keys: str) -> set[str]:
    rows = [row for check in document["checks"] for row in check["rows"]]
    return {str(row["facts"][key]) for row in rows for key in keys if len(str(row["facts"].get(key, ""))) > 5}


def test_the_redacted_report_still_answers_the_gate(run: tuple[Lab, GateRun, Path]) -> None:
    _, done, _ = run
    assert done.folder is not None
    redacted = json.loads((done.folder / "redacted" / "verdict.json").read_text(encoding="utf-8"))

    assert [(check["id"], check["state"]) for check in redacted["checks"]] == [
        (check["id"], check["state"]) for check in done.verdict["checks"]
    ]
    assert len(redacted["reads"]) == len(done.verdict["reads"])


def test_a_promotion_pipeline_can_rely_on_the_signature(run: tuple[Lab, GateRun, Path], tmp_path: Path) -> None:
    _, done, public = run
    assert done.folder is not None
    command = [sys.executable, "-m", "pytest", "--verify-evidence", str(done.folder), "--verify-key", str(public)]

    good = subprocess.run(
        [*command, "--gate", "promote"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        timeout=GATE_WITHIN,
        check=False,
        env={**os.environ, "PYTHONPATH": os.pathsep.join([str(ROOT), *filter(None, sys.path)])},
    )
    assert good.returncode == 0, good.stdout + good.stderr
    assert "VERIFIED: GO of the gate promote" in good.stdout

    report = done.folder / "report.html"
    content = report.read_bytes()
    report.write_bytes(content + b" ")
    bad = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=GATE_WITHIN, check=False)
    report.write_bytes(content)
    assert bad.returncode == 1
    assert "report.html was changed since it was signed" in bad.stdout
