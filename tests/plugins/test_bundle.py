"""What a run leaves in its bundle, and that a bundle judges again to the same, offline."""

from __future__ import annotations

import hashlib
import json
import zipfile
from typing import TYPE_CHECKING, Any

import pytest

from fixtures.answers import Outcome
from plugins import evidence
from plugins.bundle import chain, writer
from plugins.bundle.opened import canonical_digest
from tests.plugins.conftest import whole
from tests.plugins.test_gate_run import FAILING, PASSING, UNTOLD
from tests.plugins.test_statement import _pair

if TYPE_CHECKING:
    from pathlib import Path

    from tests.plugins.conftest import House

READING = """
@check("RE-01v1", reads=("new.rules",), optional_reads=("tenant.organization",))
def test_reading(result, migration, now):
    rules = migration.new.answers.get("rules")
    result.passed("rules", f"{len(rules)} rules at {now}", {"now": now, "names": {rule["Name"] for rule in rules}})
"""
RULES = [{"Name": "In from AD"}, {"Name": "Out to AAD"}]


def filled(house: House, *sources: str) -> House:
    house.checks("".join(sources) or PASSING + READING)
    house.answer("new", "rules", RULES)
    house.refuse("tenant", "organization", Outcome.DENIED, "403")
    return house


def bundle_of(house: House) -> Path:
    return house.runs / "latest" / "evidence.zip"


def member(house: House, name: str) -> Any:
    with zipfile.ZipFile(bundle_of(house)) as archive:
        return json.loads(archive.read(name))


def replay(house: House, *arguments: str, bundle: Path | None = None, gate: str = "deployed") -> pytest.RunResult:
    kept = house.pytester.path / "kept.zip"
    kept.write_bytes((bundle or bundle_of(house)).read_bytes())
    return house.run("--gate", gate, "--replay", "kept.zip", *arguments)


def replayed(house: House) -> dict[str, Any]:
    folder = max(house.runs.glob("*-replay*"), key=lambda path: path.stat().st_mtime_ns)
    found: dict[str, Any] = json.loads((folder / "verdict.json").read_text(encoding="utf-8"))
    return found


def test_the_bundle_holds_every_text_as_it_was_received(house: House) -> None:
    filled(house).gate()

    (listed,) = [entry for entry in member(house, "answers.json")["answers"] if entry["id"] == "new:rules"]
    with zipfile.ZipFile(bundle_of(house)) as archive:
        text = archive.read(listed["member"])
    assert json.loads(text) == whole("rules", RULES)
    assert hashlib.sha256(text).hexdigest() == listed["sha256"]


def test_the_bundle_says_who_asked_what_with_which_right_and_by_which_clock(house: House) -> None:
    filled(house).gate("--report-dir", "reports/runs")

    run = member(house, "run.json")
    assert [entry["rights"] for entry in run["identities"]] == [
        ["member of ADSyncAdmins (or the SwingGate role capability)"],
        ["Organization.Read.All"],
    ]
    assert (run["registered"], run["reported"]) == (2, 2)
    assert run["command"][:3] == ["pytest", "--gate", "deployed"]
    assert set(run["clock"]) == {"started_at", "as_of", "read_at", "made_at"}
    assert run["suite"]["code_sha256"]
    for name in ("junit.xml", "report.html"):
        assert run["beside"][name] == hashlib.sha256(house.file(name).encode()).hexdigest()
    assert [check["id"] for check in member(house, "catalogue.json")] == ["EP-01v1", "RE-01v1"]
    assert member(house, "results.json")["digest"] == house.verdict()["result_digest"]


def test_no_secret_is_in_the_bundle(house: House) -> None:
    filled(house).gate("-o", "junit_suite_name=x", "--override-ini=cache_dir=x")

    with zipfile.ZipFile(bundle_of(house)) as archive:
        everything = b"".join(archive.read(name) for name in archive.namelist())
    assert b"not a secret" not in everything
    assert b"env:TEST_PASSWORD" in everything


def test_each_manifest_names_the_one_before_it(house: House) -> None:
    filled(house)
    house.gate()
    first = house.verdict()
    house.gate()

    assert first["evidence"]["previous"] is None
    assert house.verdict()["evidence"]["previous"] == {
        "run_id": first["run_id"],
        "manifest_sha256": first["evidence"]["manifest_sha256"],
    }
    assert member(house, "manifest.json")["previous"]["run_id"] == first["run_id"]


def test_a_bundle_before_it_that_cannot_be_read_is_a_gap_that_shows(house: House) -> None:
    filled(house).gate()
    run_id = house.verdict()["run_id"]
    (house.runs / run_id / chain.BUNDLE).write_bytes(b"broken")

    house.gate()

    assert house.verdict()["evidence"]["previous"] == {"run_id": run_id, "manifest_sha256": None}


def test_two_runs_of_the_same_inputs_differ_only_by_their_stamps(house: House) -> None:
    filled(house, PASSING, UNTOLD)
    held = []
    for _ in range(2):
        house.gate()
        with zipfile.ZipFile(bundle_of(house)) as archive:
            held.append({name: archive.read(name) for name in archive.namelist()})

    different = {name for name in held[0] if held[0][name] != held[1][name]}
    assert held[0].keys() == held[1].keys()
    assert different == {"manifest.json", "run.json", "verdict.json"}


STAMPS = {
    "run.json": {"run_id", "clock", "clocks", "beside"},
    "verdict.json": {"run_id", "made_at", "valid_until", "started_at"},
    "manifest.json": {"run_id", "made_at", "previous", "members"},
}
"""What a run says about itself and about nothing else."""


def test_what_differs_between_two_runs_of_the_same_inputs_are_the_stamps_alone(house: House) -> None:
    filled(house, PASSING, UNTOLD)
    held = []
    for _ in range(2):
        house.gate()
        held.append({name: member(house, name) for name in STAMPS})

    for name, stamps in STAMPS.items():
        without = [{key: value for key, value in each[name].items() if key not in stamps} for each in held]
        assert without[0] == without[1], name


def test_two_replays_of_one_bundle_hold_the_same_judged_contents(house: House) -> None:
    filled(house, PASSING, UNTOLD, READING).gate()
    held = []
    bundle = bundle_of(house).read_bytes()
    for _ in range(2):
        (house.pytester.path / "once.zip").write_bytes(bundle)
        house.run("--gate", "deployed", "--replay", "once.zip")
        with zipfile.ZipFile(
            max(house.runs.glob("*-replay*/evidence.zip"), key=lambda path: path.stat().st_mtime_ns)
        ) as archive:
            held.append({name: archive.read(name) for name in archive.namelist()})
    with zipfile.ZipFile(bundle_of(house)) as archive:
        original = {name: archive.read(name) for name in archive.namelist()}

    stamped = {"manifest.json", "run.json", "verdict.json"}
    for name in original.keys() - stamped:
        assert held[0][name] == held[1][name] == original[name], name
    assert held[0].keys() == held[1].keys() == original.keys()


LISTED = {
    "answers.json": "every raw answer, with its provenance",
    "facts.json": "every fact",
    "environment.json": "the environment",
    "catalogue.json": "the catalogue with versions",
    "results.json": "results",
    "verdict.json": "verdict",
    "run.json": "command line, suite, identities, clocks, counts",
    "attachments/waivers.json": "waivers",
    "manifest.json": "digests and the chain",
}


def test_the_bundle_holds_all_that_it_has_to(house: House) -> None:
    filled(house).gate()

    with zipfile.ZipFile(bundle_of(house)) as archive:
        names = set(archive.namelist())
    assert {name for name in names if not name.startswith("answers/")} == LISTED.keys()
    run = member(house, "run.json")
    assert {"command", "suite", "identities", "clock", "clocks", "registered", "reported"} <= run.keys()
    assert run["suite"].keys() == {"version", "lock_sha256", "code_sha256"}
    manifest = member(house, "manifest.json")
    assert {listed["name"] for listed in manifest["members"]} == names - {"manifest.json"}
    assert all(len(listed["sha256"]) == 64 for listed in manifest["members"])


def test_every_fact_stands_beside_the_answers_it_can_rest_on(house: House) -> None:
    filled(house, PASSING, READING).gate()

    facts = member(house, "facts.json")["facts"]
    named = {entry["fact"]: entry for entry in facts if entry["check"] == "RE-01v1"}
    assert named["names"]["value"] == ["In from AD", "Out to AAD"]
    assert named.keys() == {"names", "now"}
    listed = {entry["id"]: entry["sha256"] for entry in member(house, "answers.json")["answers"]}
    assert named["names"]["answers"] == [
        {"id": "new:rules", "sha256": listed["new:rules"]},
        {"id": "tenant:organization", "sha256": None},
    ]
    silent = [entry for entry in facts if entry["check"] == "EP-01v1"]
    assert [(entry["subject"], entry["fact"]) for entry in silent] == [("thing", "found")]


def test_what_other_plugins_judge_by_comes_back_in_a_replay(house: House) -> None:
    filled(house)
    house.pytester.makepyfile(
        keeper="""
import pytest
from plugins.run import RUN

@pytest.hookimpl(tryfirst=True)
def pytest_collection(session):
    run = session.config.stash[RUN]
    if run.replayed is None:
        run.attachments["notes"] = [{"check": "EP-01v1"}]
    print("kept:", run.attachments)
"""
    )
    house.pytester.syspathinsert()
    house.gate("-p", "keeper")

    done = replay(house, "-p", "keeper", "-s")

    done.stdout.fnmatch_lines(["*kept: {'notes': [[]{'check': 'EP-01v1'}[]], 'waivers': [[][]]}*"])
    assert member(house, "attachments/notes.json") == [{"check": "EP-01v1"}]


@pytest.mark.parametrize(
    ("sources", "word", "code"),
    [
        ((PASSING, READING), "GO", 0),
        ((PASSING, FAILING, READING), "NO-GO", 1),
        ((PASSING, UNTOLD, READING), "UNDECIDED", 10),
    ],
)
def test_a_replay_comes_to_the_same_verdict_and_digest(
    house: House, monkeypatch: pytest.MonkeyPatch, sources: tuple[str, ...], word: str, code: int
) -> None:
    filled(house, *sources).gate()
    before = house.verdict()
    monkeypatch.delenv("TEST_PASSWORD")
    (house.pytester.path / "environment.toml").unlink()
    house.asked.clear()

    done = replay(house)

    after = replayed(house)
    assert house.asked == []
    assert (done.ret, after["verdict"], after["exit_code"]) == (code, word, code)
    assert after["result_digest"] == before["result_digest"]
    for key in ("made_at", "valid_until", "environment_digest", "reasons", "checks", "reads"):
        assert after[key] == before[key]
    assert after["replay"]["reproduced"] is True
    assert (after["replay"]["versions"], after["replay"]["differences"]) == ([], [])
    assert after["run_id"] != before["run_id"]
    assert house.verdict() == before, "the latest run is the one that asked"


def test_a_replay_says_on_the_screen_and_in_the_report_that_it_is_no_release(house: House) -> None:
    filled(house).gate()

    done = replay(house)

    done.stdout.fnmatch_lines(["*GO*REPLAY of *, NOT A RELEASE*", "*Replay  of*the same results*", "*result digest*"])
    folder = max(house.runs.glob("*-replay*"))
    report = (folder / "report.html").read_text(encoding="utf-8")
    assert "This is no release." in report
    assert "It came to the same results as the bundle" in report


def test_no_file_of_a_replay_can_be_taken_for_a_go_of_now(house: House, tmp_path: Path) -> None:
    private, public = _pair(tmp_path)
    filled(house).gate()

    done = replay(house, "--sign-key", str(private))

    folder = max(house.runs.glob("*-replay*"))
    said = json.loads((folder / "test-result.json").read_text(encoding="utf-8"))
    assert done.ret == replayed(house)["exit_code"] == 0
    assert replayed(house)["verdict"] == "GO"
    assert said["predicate"]["result"] == "FAILED"
    done = house.run("--verify-evidence", str(folder), "--verify-key", str(public))
    assert done.ret == 1
    done.stdout.fnmatch_lines(["NOT VERIFIED*", "*it is a replay of an older run"])


def test_a_replay_of_a_replay_comes_to_the_same(house: House) -> None:
    filled(house).gate()
    before = house.verdict()
    replay(house)
    (folder,) = house.runs.glob("*-replay")

    replay(house, bundle=folder / "evidence.zip")

    assert replayed(house)["result_digest"] == before["result_digest"]
    assert replayed(house)["replay"]["run_id"] == folder.name


def test_a_rehearsal_is_replayed_by_its_own_day(house: House) -> None:
    filled(house).gate("--rehearsal", "--as-of", "2021-09-01")
    before = house.verdict()

    replay(house)

    after = replayed(house)
    assert (after["rehearsal"], after["as_of"]) == (True, "2021-09-01T00:00:00Z")
    assert after["result_digest"] == before["result_digest"]


def test_any_changed_byte_is_a_usage_error_that_names_the_member(house: House) -> None:
    filled(house).gate()
    path = bundle_of(house)
    whole = path.read_bytes()
    changed_path = house.pytester.path / "changed.zip"
    with zipfile.ZipFile(path) as archive:
        infos = archive.infolist()

    for info in infos:
        changed = bytearray(whole)
        changed[info.header_offset + 30 + len(info.filename) + info.compress_size // 2] ^= 0x04
        changed_path.write_bytes(changed)

        done = house.run("--gate", "deployed", "--replay", "changed.zip")

        assert done.ret == pytest.ExitCode.USAGE_ERROR
        done.stderr.fnmatch_lines([f"ERROR: --replay: *changed.zip: changed since it was written: {info.filename}: *"])
    assert not list(house.runs.glob("*-replay*"))


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("--environment", "environment.toml"), "run it without --environment"),
        (("--as-of", "2021-09-01", "--rehearsal"), "run it without --as-of, --rehearsal"),
        (("--dry-run",), "run it without --dry-run"),
    ],
)
def test_what_stands_in_the_bundle_cannot_be_given_again(house: House, arguments: tuple[str, ...], told: str) -> None:
    filled(house).gate()

    done = replay(house, *arguments)

    assert done.ret == pytest.ExitCode.USAGE_ERROR
    done.stderr.fnmatch_lines([f"*{told}*"])


def test_a_bundle_of_another_gate_is_refused(house: House) -> None:
    filled(house).gate()

    done = replay(house, gate="promote")

    assert done.ret == pytest.ExitCode.USAGE_ERROR
    done.stderr.fnmatch_lines(["*accepted: deployed, the gate the bundle was made at*"])


def test_a_bundle_that_is_not_there_is_refused(house: House) -> None:
    filled(house)

    done = house.run("--gate", "deployed", "--replay", "nowhere.zip")

    assert done.ret == pytest.ExitCode.USAGE_ERROR
    done.stderr.fnmatch_lines(["*nowhere.zip: cannot be read: No such file or directory*"])


def test_a_newer_suite_says_which_versions_differ(house: House) -> None:
    filled(house).gate()
    house.checks((PASSING + READING).replace("RE-01v1", "RE-01v2") + FAILING.replace("EP-02", "EP-07"))

    replay(house)

    after = replayed(house)
    assert after["verdict"] == "NO-GO"
    assert after["replay"]["versions"] == ["EP-07v1 is new", "RE-01v1 is now RE-01v2"]
    assert after["replay"]["differences"] == []
    assert after["replay"]["reproduced"] is False


NEWER = """
@check("EP-07v1", reads=("{read}",))
def test_newer(result, migration):
    for found in migration.answers.about("{system}", "{name}").values():
        result.failed("thing", "it is there")
    result.passed("thing", "nothing speaks against it")
"""


@pytest.mark.parametrize(
    "read", ["new.scheduler", "tenant.on_premises_synchronization", "new.group_statistics", "tenant.members"]
)
def test_a_check_that_is_newer_than_the_bundle_is_no_go_where_the_bundle_holds_no_answer_for_it(
    house: House, read: str
) -> None:
    """Also where a read is asked once for each subject, and an answer for none would be complete in a run of today."""
    filled(house).gate()
    system, _, name = read.partition(".")
    house.checks(PASSING + READING + NEWER.format(read=read, system=system, name=name))

    done = replay(house)

    after = replayed(house)
    assert (done.ret, after["verdict"]) == (10, "UNDECIDED")
    assert after["replay"]["versions"] == ["EP-07v1 is new"]
    assert f"{system}: {name}: not asked" in after["reasons"][0]


def test_a_read_of_the_bundle_that_was_asked_for_no_subject_is_complete_in_a_replay_too(house: House) -> None:
    newer = NEWER.format(read="tenant.members", system="tenant", name="members")
    filled(house, PASSING, READING, newer).gate()

    assert (replay(house).ret, replayed(house)["verdict"]) == (0, "GO")


def test_a_newer_suite_whose_environment_has_more_settings_names_them(house: House) -> None:
    filled(house).gate()
    path = bundle_of(house)
    with zipfile.ZipFile(path) as archive:
        held = {name: archive.read(name) for name in archive.namelist() if name != "manifest.json"}
        about = json.loads(archive.read("manifest.json"))
    environment, run = json.loads(held["environment.json"]), json.loads(held["run.json"])
    del environment["policy"]["count_polls"]
    run["environment_digest"] = canonical_digest(environment)
    held |= {"environment.json": json.dumps(environment).encode(), "run.json": json.dumps(run).encode()}
    older = house.pytester.path / "older.zip"
    with older.open("wb") as file:
        sealing = writer.Writer(file)
        for name, content in sorted(held.items()):
            sealing.add(name, content)
        sealing.seal({key: value for key, value in about.items() if key not in ("members", "schema")})

    replay(house, bundle=older)

    assert replayed(house)["replay"]["versions"] == ["the setting policy.count_polls is new"]
    assert replayed(house)["replay"]["reproduced"] is True


def test_an_environment_that_is_not_the_one_of_the_run_is_refused(house: House) -> None:
    filled(house).gate()
    with zipfile.ZipFile(bundle_of(house)) as archive:
        held = {name: archive.read(name) for name in archive.namelist() if name != "manifest.json"}
    held["environment.json"] = held["environment.json"].replace(b"new.example", b"own.example")
    other = house.pytester.path / "other.zip"
    with other.open("wb") as file:
        sealing = writer.Writer(file)
        for name, content in sorted(held.items()):
            sealing.add(name, content)
        sealing.seal({})

    done = replay(house, bundle=other)

    assert done.ret == pytest.ExitCode.USAGE_ERROR
    done.stderr.fnmatch_lines(["*environment.json: it is not the environment the run names*"])


def test_another_result_of_the_same_version_is_no_go(house: House) -> None:
    filled(house).gate()
    house.checks(PASSING + READING.replace("{len(rules)} rules", "{len(rules)} of the rules"))

    assert replay(house).ret == 10

    after = replayed(house)
    assert after["verdict"] == "UNDECIDED"
    assert after["replay"]["differences"] == ["RE-01v1 (pass, for other reasons)"]
    assert after["reasons"][0].startswith("The replay did not come to what the bundle holds: RE-01v1")


def test_a_verdict_that_trouble_took_away_does_not_come_back_by_replay(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    filled(house)
    with monkeypatch.context() as patched:
        patched.setattr(evidence, "junit_xml", lambda _: 1 / 0)
        house.gate()

    assert replay(house).ret == 10
    assert replayed(house)["reasons"][0].startswith("The bundle holds the verdict UNDECIDED: junit.xml")


def test_without_its_bundle_there_is_no_go_and_no_report_that_says_so(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    filled(house)

    def broken(*_: object) -> None:
        msg = "the disk is full"
        raise OSError(msg)

    monkeypatch.setattr(writer.Writer, "seal", broken)

    assert house.gate().ret == 10
    assert house.verdict()["reasons"][0].startswith("evidence.zip could not be written (OSError: the disk is full)")
    names = {path.name for path in (house.runs / "latest").iterdir()}
    assert names == {"ctrf.json", "junit.xml", "test-result.json", "verdict.json", "report.html.withdrawn"}
