"""The signed statement about a run, and what a pipeline that verifies it refuses."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from cryptography.hazmat.primitives.serialization import BestAvailableEncryption, Encoding, NoEncryption
from cryptography.hazmat.primitives.serialization import PrivateFormat as Private
from cryptography.hazmat.primitives.serialization import PublicFormat as Public
from hypothesis import given
from hypothesis import strategies as st
from securesystemslib.signer import SSlibKey

from plugins import evidence
from plugins.folder import RunFolder
from plugins.run import Clock
from plugins.signing import EnvelopeError, KeyFileError, enveloped, opened, public_key_of, signer_of
from plugins.statement import ENVELOPE, STATEMENT, statement
from plugins.verdict import EXIT_CODES, Word
from plugins.verification import Wanted, verify
from tests.plugins.test_evidence import _broken
from tests.plugins.test_gate_run import FAILING, PASSING, UNTOLD

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from cryptography.hazmat.primitives.asymmetric.types import PrivateKeyTypes

    from tests.plugins.conftest import House

KEYS: dict[str, Callable[[], PrivateKeyTypes]] = {
    "Ed25519": ed25519.Ed25519PrivateKey.generate,
    "ECDSA P-256": lambda: ec.generate_private_key(ec.SECP256R1()),
    "RSA 2048": lambda: rsa.generate_private_key(65537, 2048),
}


def _pair(folder: Path, key: PrivateKeyTypes | None = None, passphrase: bytes | None = None) -> tuple[Path, Path]:
    key = key or ed25519.Ed25519PrivateKey.generate()
    folder.mkdir(parents=True, exist_ok=True)
    private, public = folder / "release.key", folder / "release.pub"
    private.touch(mode=0o600)
    encryption = BestAvailableEncryption(passphrase) if passphrase else NoEncryption()
    private.write_bytes(key.private_bytes(Encoding.PEM, Private.PKCS8, encryption))
    public.write_bytes(key.public_key().public_bytes(Encoding.PEM, Public.SubjectPublicKeyInfo))
    return private, public


@pytest.fixture
def keys(tmp_path: Path) -> tuple[Path, Path]:
    """A private key and its public key."""
    return _pair(tmp_path / "keys")


def _run(house: House, keys: tuple[Path, Path], *options: str, source: str = PASSING) -> Path:
    """A signed run that holds for an hour."""
    house.checks(source.replace('check("EP-01v1")', 'check("EP-01v1", reads=("new.rules",))'))
    house.answers.clear()
    house.answer("new", "rules", [])
    house.gate("--sign-key", str(keys[0]), *options)
    return (house.runs / "latest").resolve()


def _problems(folder: Path, public: Path, at: datetime | None = None, wanted: Wanted | None = None) -> tuple[str, ...]:
    return verify(folder, public_key_of(public), at or datetime.now(UTC), wanted).problems


def test_a_signed_go_over_unchanged_files_is_verified(house: House, keys: tuple[Path, Path]) -> None:
    folder = _run(house, keys)

    assert _problems(folder, keys[1]) == ()
    assert _problems(folder / ENVELOPE, keys[1]) == ()
    done = house.run("--verify-evidence", str(folder), "--verify-key", str(keys[1]))
    assert done.ret == 0
    done.stdout.fnmatch_lines(["VERIFIED: GO of the gate deployed, run *", "holds until *"])


def test_the_statement_names_every_file_of_the_run_and_every_check(house: House, keys: tuple[Path, Path]) -> None:
    folder = _run(house, keys, source=PASSING + UNTOLD.replace('"EP-03v1"', '"EP-03v1", severity="advisory"'))

    said = json.loads((folder / STATEMENT).read_text(encoding="utf-8"))

    assert said["_type"] == "https://in-toto.io/Statement/v1"
    assert said["predicateType"] == "https://in-toto.io/attestation/test-result/v0.1"
    named = [subject["name"] for subject in said["subject"]]
    assert {"verdict.json", "report.html", "junit.xml", "ctrf.json"} <= set(named)
    assert said["predicate"]["result"] == "WARNED"
    assert said["predicate"]["passedTests"] == ["EP-01v1"]
    assert said["predicate"]["warnedTests"] == ["EP-03v1"]
    assert said["predicate"]["failedTests"] == []
    envelope = json.loads((folder / ENVELOPE).read_text(encoding="utf-8"))
    assert envelope["payloadType"] == "application/vnd.in-toto+json"


@pytest.mark.parametrize(
    ("verdict", "checks", "result"),
    [
        ("GO", [("pass", "blocking", True), ("not-applicable", "blocking", True)], "PASSED"),
        ("GO", [("waived", "blocking", True)], "WARNED"),
        ("GO", [("fail", "advisory", True)], "WARNED"),
        ("NO-GO", [("fail", "blocking", True)], "FAILED"),
        ("UNDECIDED", [("inconclusive", "blocking", True)], "FAILED"),
        ("UNDECIDED", [("error", "advisory", False)], "FAILED"),
    ],
)
def test_only_go_is_anything_but_failed(verdict: str, checks: list[tuple[str, str, bool]], result: str) -> None:
    document: dict[str, Any] = {
        "run_id": "r", "gate": "g", "verdict": verdict, "made_at": "m", "valid_until": "v", "rehearsal": False,
        "environment_digest": "0" * 64, "suite_version": "1", "exit_code": EXIT_CODES[Word(verdict)],
        "checks": [
            {"id": "A", "server": None, "state": state, "severity": severity, "reported": reported}
            for state, severity, reported in checks
        ],
    }  # fmt: skip

    predicate = statement(document, {"verdict.json": "0" * 64})["predicate"]

    assert predicate["result"] == result
    assert bool(predicate["failedTests"]) == (verdict != "GO")


@pytest.mark.parametrize("options", [("--rehearsal",), ("--rehearsal", "--as-of", "2021-09-01")])
def test_the_statement_of_a_rehearsal_is_no_pass_for_a_reader_who_knows_three_words(
    house: House, keys: tuple[Path, Path], options: tuple[str, ...]
) -> None:
    folder = _run(house, keys, *options)

    assert house.verdict()["verdict"] == "GO"
    assert json.loads((folder / STATEMENT).read_text(encoding="utf-8"))["predicate"]["result"] == "FAILED"


@pytest.mark.parametrize("name", ["verdict.json", "report.html", "junit.xml", "ctrf.json"])
def test_a_changed_byte_is_refused_by_the_name_of_its_file(house: House, keys: tuple[Path, Path], name: str) -> None:
    folder = _run(house, keys)
    found = (folder / name).read_bytes()
    (folder / name).write_bytes(found[:-2] + bytes([found[-2] ^ 1]) + found[-1:])

    assert _problems(folder, keys[1]) == (f"{name} was changed since it was signed",)
    assert house.run("--verify-evidence", str(folder), "--verify-key", str(keys[1])).ret == 1


def test_a_bundle_beside_the_report_is_covered_too(keys: tuple[Path, Path], house: House) -> None:
    folder = _run(house, keys)
    document = json.loads((folder / "verdict.json").read_text(encoding="utf-8"))
    (folder / "evidence.zip").write_bytes(b"PK")
    digests = {path.name: __import__("hashlib").sha256(path.read_bytes()).hexdigest() for path in folder.iterdir()}
    signed = enveloped(json.dumps(statement(document, digests)), signer_of(keys[0]))
    (folder / ENVELOPE).write_text(signed, encoding="utf-8")
    assert not [problem for problem in _problems(folder, keys[1]) if "evidence.zip" in problem]

    (folder / "evidence.zip").write_bytes(b"PQ")

    assert "evidence.zip was changed since it was signed" in _problems(folder, keys[1])


def test_a_file_that_is_gone_is_refused(house: House, keys: tuple[Path, Path]) -> None:
    folder = _run(house, keys)
    (folder / "report.html").unlink()

    assert _problems(folder, keys[1]) == ("report.html cannot be read: No such file or directory",)


def test_another_key_verifies_nothing(house: House, keys: tuple[Path, Path], tmp_path: Path) -> None:
    folder = _run(house, keys)
    _, other = _pair(tmp_path / "other")

    assert _problems(folder, other) == (f"{ENVELOPE}: it is not signed with this key, or was changed since",)


@pytest.mark.parametrize("change", ["payload", "payloadType", "sig", "text", "empty"])
def test_a_changed_envelope_is_refused(house: House, keys: tuple[Path, Path], change: str) -> None:
    folder = _run(house, keys)
    envelope = json.loads((folder / ENVELOPE).read_text(encoding="utf-8"))
    if change == "payload":
        envelope["payload"] = envelope["payload"].replace("A", "B", 1)
    elif change == "payloadType":
        envelope["payloadType"] = "text/plain"
    elif change == "sig":
        envelope["signatures"][0]["sig"] = "AAAA"
    elif change == "empty":
        envelope["signatures"] = []
    (folder / ENVELOPE).write_text("{" if change == "text" else json.dumps(envelope), encoding="utf-8")

    assert len(_problems(folder, keys[1])) == 1


def test_a_go_that_no_longer_holds_is_refused(house: House, keys: tuple[Path, Path]) -> None:
    folder = _run(house, keys)
    until = json.loads((folder / "verdict.json").read_text(encoding="utf-8"))["valid_until"]

    assert _problems(folder, keys[1], datetime.fromisoformat(until)) == (f"it held until {until}",)
    assert _problems(folder, keys[1], datetime.fromisoformat(until) - timedelta(seconds=1)) == ()


def test_a_go_of_the_future_is_refused(house: House, keys: tuple[Path, Path]) -> None:
    folder = _run(house, keys)

    (problem,) = _problems(folder, keys[1], datetime.now(UTC) - timedelta(hours=1))

    assert problem.startswith("it was made in the future")


@pytest.mark.parametrize(("source", "said"), [(FAILING, "NO-GO"), (UNTOLD, "UNDECIDED")])
def test_a_verdict_that_is_no_go_is_refused_however_well_it_is_signed(
    house: House, keys: tuple[Path, Path], source: str, said: str
) -> None:
    folder = _run(house, keys, source=PASSING + source)

    (problem,) = _problems(folder, keys[1])

    assert problem.startswith(f"the verdict is {said}")


def test_a_rehearsal_is_refused(house: House, keys: tuple[Path, Path]) -> None:
    folder = _run(house, keys, "--rehearsal")

    assert _problems(folder, keys[1]) == ("it is a rehearsal",)


def _signed_again(folder: Path, keys: tuple[Path, Path], **changes: Any) -> None:
    """Change the verdict and sign it anew, as a run of another kind would have."""
    document = {**json.loads((folder / "verdict.json").read_text(encoding="utf-8")), **changes}
    (folder / "verdict.json").write_text(json.dumps(document), encoding="utf-8")
    place = RunFolder(folder)
    digests = {name: digest for name, digest in place.digests().items() if not name.startswith("test-result")}
    place.write(ENVELOPE, enveloped(json.dumps(statement(document, digests)), signer_of(keys[0])))


@pytest.mark.parametrize(
    ("changes", "problem"),
    [
        ({"replay": {"of": "20261120T064512Z-promote"}}, "it is a replay of an older run"),
        ({"valid_until": None}, "it does not say how long it holds"),
        ({"as_of": "2021-09-01T00:00:00Z"}, "it is a rehearsal"),
        ({"exit_code": 10}, "the verdict is GO with exit code 10"),
    ],
)
def test_a_verdict_that_releases_nothing_is_refused(
    house: House, keys: tuple[Path, Path], changes: dict[str, Any], problem: str
) -> None:
    folder = _run(house, keys)
    _signed_again(folder, keys, **changes)

    assert _problems(folder, keys[1]) == (problem,)


def test_a_go_of_another_gate_or_environment_is_refused_where_they_are_asked_for(
    house: House, keys: tuple[Path, Path]
) -> None:
    folder = _run(house, keys)
    house.pytester.path.joinpath("other.toml").write_text(
        house.pytester.path.joinpath("environment.toml")
        .read_text(encoding="utf-8")
        .replace("new.example", "x.example"),
        encoding="utf-8",
    )
    verifying = ("--verify-evidence", str(folder), "--verify-key", str(keys[1]))

    assert house.run(*verifying, "--gate", "deployed", "--environment", "environment.toml").ret == 0
    assert house.run(*verifying, "--gate", "promote").ret == 1
    assert house.run(*verifying, "--environment", "other.toml").ret == 1


def test_a_statement_about_files_elsewhere_is_refused(house: House, keys: tuple[Path, Path]) -> None:
    folder = _run(house, keys)
    document = json.loads((folder / "verdict.json").read_text(encoding="utf-8"))
    said = statement(document, {"verdict.json": "0" * 64, "../verdict.json": "0" * 64})
    (folder / ENVELOPE).write_text(enveloped(json.dumps(said), signer_of(keys[0])), encoding="utf-8")

    assert "names a file of another folder" in _problems(folder, keys[1])[0]


def test_a_statement_that_cannot_be_written_is_no_go(
    house: House, keys: tuple[Path, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(evidence, "enveloped", _broken)

    folder = _run(house, keys)

    assert house.verdict()["verdict"] == "UNDECIDED"
    assert "the signed statement could not be written" in house.verdict()["reasons"][0]
    assert not (folder / "report.html").exists()
    assert not (folder / STATEMENT).exists()


KEY = SSlibKey.from_crypto(ed25519.Ed25519PrivateKey.generate().public_key())
values = st.recursive(
    st.none() | st.integers() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["sig", "keyid", "x"]), inner),
    max_leaves=8,
)


@given(
    st.binary(max_size=40)
    | values.map(lambda value: json.dumps(value).encode())
    | st.fixed_dictionaries({"payload": values, "payloadType": values, "signatures": values}).map(
        lambda value: json.dumps(value).encode()
    )
)
def test_nothing_that_is_no_envelope_is_opened_or_breaks_the_opener(envelope: bytes) -> None:
    with pytest.raises(EnvelopeError):
        opened(envelope, KEY)


@pytest.mark.parametrize("kind", KEYS)
def test_keys_of_the_usual_kinds_sign_and_verify(tmp_path: Path, kind: str) -> None:
    private, public = _pair(tmp_path, KEYS[kind]())

    assert opened(enveloped("{}", signer_of(private)).encode(), public_key_of(public)) == b"{}"


def test_an_encrypted_key_takes_its_passphrase_from_the_environment(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    private, _ = _pair(tmp_path, passphrase=b"open sesame")

    with pytest.raises(KeyFileError, match="it is encrypted"):
        signer_of(private)
    monkeypatch.setenv("SWING_GATE_SIGN_KEY_PASSPHRASE", "open sesame")
    assert signer_of(private) is not None


def test_a_key_file_that_others_can_read_or_that_holds_no_key_is_refused_before_anyone_is_asked(
    house: House, keys: tuple[Path, Path]
) -> None:
    house.checks(PASSING)
    keys[0].chmod(0o644)
    assert house.gate("--sign-key", str(keys[0])).ret == 4
    keys[0].chmod(0o600)
    keys[0].write_text("no key", encoding="utf-8")
    assert house.gate("--sign-key", str(keys[0])).ret == 4
    assert house.gate("--sign-key", "nowhere").ret == 4
    assert house.asked == []


def test_verification_without_a_key_is_a_usage_error(house: House, keys: tuple[Path, Path]) -> None:
    assert house.run("--verify-evidence", "x").ret == 4
    assert house.run("--verify-evidence", "x", "--verify-key", str(keys[0])).ret == 4
    assert house.run("--verify-evidence", "x", "--verify-key", str(keys[1])).ret == 1


def test_a_run_without_a_key_leaves_the_statement_unsigned(house: House) -> None:
    house.checks(PASSING)
    house.gate()

    assert (house.runs / "latest" / STATEMENT).exists()
    assert not (house.runs / "latest" / ENVELOPE).exists()


def test_a_clock_shows_the_same_time_for_the_same_moment() -> None:
    started = datetime(2026, 11, 20, tzinfo=UTC)
    other = datetime(2021, 9, 1, tzinfo=UTC)

    assert Clock(started, other).at(started + timedelta(minutes=1)) == other + timedelta(minutes=1)
    assert Clock(started).at(started) == started
