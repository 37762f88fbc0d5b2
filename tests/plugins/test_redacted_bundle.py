"""The bundle of the redacted copy: judged again like any other, or refused by name."""

from __future__ import annotations

import json
import re
import zipfile
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import jsonschema

from fixtures import reads
from fixtures.answers import Answer, Outcome, digest
from fixtures.environment import load
from fixtures.facts.groups import group_counts
from fixtures.facts.rollback import digest_of
from fixtures.reads.references import dn_of
from plugins import redacted_answers
from plugins.redacted_run import redacted_environment
from plugins.redaction import Redactor
from tests.plugins.conftest import ENVIRONMENT, ROOT
from tests.plugins.test_waivers import WAIVER, _digest, _toml

if TYPE_CHECKING:
    from pathlib import Path

    import pytest

    from tests.plugins.conftest import House

SCHEMA = json.loads((ROOT / "reports" / "schema" / "verdict.schema.json").read_text(encoding="utf-8"))
ENTRA = {"Name": "fabrikam.onmicrosoft.com - AAD", "Identifier": "b891884f-051e-4a83-95af-2544101c9083"}
NAMED = (
    ENVIRONMENT.replace('"OLD"', '"FABRIKAM-SYNC01"')
    .replace('"NEW"', '"FABRIKAM-SYNC02"')
    .replace("old.example", "fabrikam-sync01.fabrikam.example")
    .replace("new.example", "fabrikam-sync02.fabrikam.example")
)
NAMING = """
@check("RE-01v1", reads=("new.computer_name", "tenant.organization"))
def test_computer(result, migration):
    name = migration.new.answers.get("computer_name")["ComputerName"]
    (domain,) = migration.tenant.answers.get("organization")["verifiedDomains"]
    result.passed(name, f"{name} is of {domain['name']}", {"name": name})

@check("RE-02v1", reads=("new.rules",))
def test_rules(result, migration):
    for rule in migration.new.answers.get("rules"):
        result.failed(rule["Name"], f"{rule['Name']} is of Smith's team in Board & Friends")
"""
LOST_GROUPS = """
@check("RB-09v1", reads=("new.connectors",), optional_reads=("new.group_statistics",))
def test_lost(result, migration, environment):
    from fixtures.facts.rollback import digest_of, lost_groups
    found = digest_of(lost_groups(migration.new))
    accepted = found == environment.rollback.accepted_groups_digest
    (result.passed if accepted else result.failed)("groups", f"the digest of the list is {found}")
"""
GROUPS = [
    {"RowNo": 1, "ConnectorName": ENTRA["Name"], "Rdn": dn_of(anchor), "DisplayName": name, "Count": 60_000,
     "ObjectId": f"1111111{number}-0000-4000-8000-00000000000a", "DisconnectorFlag": False}
    for number, (name, anchor) in enumerate([("Board", "PGohwlF2T0KQZzOkyH3YZA=="), ("Staff", "EMP-4711")])
]  # fmt: skip


def _filled(house: House, source: str = NAMING) -> None:
    (house.pytester.path / "environment.toml").write_text(NAMED, encoding="utf-8")
    house.checks(source)
    house.answer("new", "computer_name", {"ComputerName": "FABRIKAM-SYNC02"})
    house.answer("new", "rules", [{"Name": "In from AD - <Fabrikam>", "Identifier": "x"}, {"Name": "Out to AAD"}])
    house.answer(
        "new",
        "connectors",
        [
            {
                **ENTRA,
                "Type": "Extensible2",
                "ConnectorTypeName": "Extensible2",
                "ExtensionConfiguration": None,
                "Partitions": [],
            }
        ],
    )
    organization = {"displayName": "Fabrikam", "verifiedDomains": [{"name": "fabrikam.example"}]}
    house.answers.append(_from_graph("organization", organization))
    house.refuse("old", "rules", Outcome.FAILED, "FABRIKAM-SYNC02 said: no")


def _from_graph(read: str, item: dict[str, Any]) -> Answer:
    """An answer of the tenant: the one item of a page."""
    answer, raw = Answer.of("tenant", read, item), json.dumps({"value": [item]})
    return replace(answer, raw=raw, provenance=replace(answer.provenance, sha256=digest(raw)))


def _key(house: House) -> tuple[str, ...]:
    key = house.pytester.path / "redact.key"
    key.touch(mode=0o600)
    key.write_text("0123456789abcdef")
    return "--redact", "--redact-key", "redact.key"


def _copy(house: House) -> Path:
    return (house.runs / "latest" / "redacted").resolve()


def _replayed(house: House, *options: str) -> tuple[pytest.RunResult, dict[str, Any]]:
    kept = house.pytester.path / "copy.zip"
    kept.write_bytes((_copy(house) / "evidence.zip").read_bytes())
    done = house.run("--gate", "deployed", "--replay", "copy.zip", *options)
    folders = sorted(house.runs.glob("*-replay*"), key=lambda path: path.stat().st_mtime_ns)
    return done, json.loads((folders[-1] / "verdict.json").read_text(encoding="utf-8")) if folders else {}


def test_the_copy_comes_to_the_same_states_reasons_and_digest(house: House) -> None:
    _filled(house)
    house.gate(*_key(house))
    told = json.loads((_copy(house) / "verdict.json").read_text(encoding="utf-8"))

    done, verdict = _replayed(house)

    assert (done.ret, verdict["verdict"], verdict["replay"]["differences"]) == (1, "NO-GO", [])
    for name in ("checks", "reasons", "result_digest", "environment_digest"):
        assert verdict[name] == told[name], name
    assert sorted(map(str, verdict["reads"])) == sorted(map(str, told["reads"]))
    jsonschema.validate(verdict, SCHEMA)
    jsonschema.validate(told, SCHEMA)
    done.stdout.fnmatch_lines(["*Replay  of*the same results, judged from a copy without names"])
    assert "fabrikam" not in json.dumps(verdict).casefold()


def test_a_copy_whose_tokens_sort_otherwise_still_has_the_same_states(house: House) -> None:
    _filled(house)
    house.gate(*_key(house))
    first = '", ".join(sorted([name, "middle"]))'
    house.checks(NAMING.replace("f\"{name} is of {domain['name']}\"", first))
    house.gate(*_key(house))
    house.checks(NAMING.replace("f\"{name} is of {domain['name']}\"", first + ' + " in order"'))

    done, verdict = _replayed(house)

    assert verdict["replay"]["reproduced"] is False
    assert verdict["replay"]["differences"] == []
    done.stdout.fnmatch_lines(["*Replay  of*the same states, judged from a copy without names"])


def test_a_copy_that_comes_to_another_state_is_no_go(house: House) -> None:
    _filled(house)
    house.gate(*_key(house))
    house.checks(NAMING.replace("result.passed", "result.failed"))

    _, verdict = _replayed(house)

    assert verdict["replay"]["differences"] == ["RE-01v1 (pass, now fail)"]


def test_an_answer_that_cannot_be_read_without_its_names_is_listed_and_a_replay_is_refused_by_its_name(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    _filled(house)

    def decode(read: str, raw: str | bytes) -> Any:
        if read == "rules":
            raise ValueError("the rules of Fabrikam need their names")
        return reads.decode(read, raw)

    monkeypatch.setattr(redacted_answers, "decode", decode)
    house.gate(*_key(house))

    done, verdict = _replayed(house)

    assert (done.ret, verdict) == (4, {})
    done.stderr.fnmatch_lines(
        ["*cannot be judged again: new:rules: it cannot be read without its names: the rules of *"]
    )
    assert "Fabrikam" not in (_copy(house) / "verdict.json").read_text(encoding="utf-8")


def test_a_waiver_holds_in_the_copy_as_it_does_in_the_original(house: House) -> None:
    _filled(house)
    digests = _digest(house, "RE-02v1"), house.verdict()["checks"][0]["rows"][1]["digest"]
    subjects = [row["subject"] for row in house.verdict()["checks"][0]["rows"]]
    waivers = [
        {**WAIVER, "check": "RE-02v1", "subject": subject, "digest": digest, "approver": "otto@fabrikam.example"}
        for subject, digest in zip(subjects, digests, strict=True)
    ]
    (house.pytester.path / "waivers.toml").write_text(
        _toml(*waivers, {**waivers[0], "digest": "1" * 64}), encoding="utf-8"
    )
    assert house.gate("--waivers", "waivers.toml", *_key(house)).ret == 0

    done, verdict = _replayed(house)

    assert (done.ret, verdict["verdict"], verdict["replay"]["differences"]) == (0, "GO", [])
    effects = [waiver["effect"] for waiver in house.verdict()["waivers"]]
    assert [waiver["effect"] for waiver in verdict["waivers"]] == effects
    assert effects[:2] == ["applied", "applied"]
    whole = (_copy(house) / "verdict.json").read_text(encoding="utf-8")
    for private in (*digests, "1" * 64, "otto", "anna"):
        assert private not in whole


def test_groups_that_are_accepted_to_be_lost_are_accepted_in_the_copy(house: House) -> None:
    _filled(house, LOST_GROUPS)
    house.answers.clear()
    house.answer(
        "new",
        "connectors",
        [
            {
                **ENTRA,
                "Type": "Extensible2",
                "ConnectorTypeName": "Extensible2",
                "ExtensionConfiguration": None,
                "Partitions": [],
            }
        ],
    )
    house.answers.append(Answer.of("new", "group_statistics", GROUPS, ENTRA["Name"]))
    accepted = digest_of(group_counts(GROUPS))
    (house.pytester.path / "environment.toml").write_text(
        f'{NAMED}\n[rollback]\naccepted_groups_digest = "{accepted}"\n', encoding="utf-8"
    )
    assert house.gate(*_key(house)).ret == 0

    done, verdict = _replayed(house)

    assert (done.ret, verdict["replay"]["reproduced"]) == (0, True)
    assert accepted not in (_copy(house) / "verdict.json").read_text(encoding="utf-8")


def test_the_copy_is_no_baseline(house: House) -> None:
    _filled(house)
    house.gate(*_key(house))
    (house.pytester.path / "copy.zip").write_bytes((_copy(house) / "evidence.zip").read_bytes())

    done = house.gate("--baseline", "copy.zip")

    assert done.ret == 4
    done.stderr.fnmatch_lines(["*copy.zip is a copy without names, and a run has names: give the original*"])


def test_a_replay_can_be_given_away_too(house: House) -> None:
    _filled(house)
    house.gate()
    (house.pytester.path / "kept-by-fabrikam.zip").write_bytes((house.runs / "latest" / "evidence.zip").read_bytes())
    house.run("--gate", "deployed", "--replay", "kept-by-fabrikam.zip", *_key(house))
    (copy,) = house.runs.glob("*-replay/redacted")

    with zipfile.ZipFile(copy / "evidence.zip") as archive:
        whole = b"".join(archive.read(name) for name in archive.namelist())
        run = json.loads(archive.read("run.json"))
    assert b"fabrikam" not in whole.lower()
    assert run["replay_of"]["file"].startswith("path-")
    done = house.run("--gate", "deployed", "--replay", str(copy / "evidence.zip"))
    done.stdout.fnmatch_lines(["*the same results, judged from a copy without names"])


def test_what_came_with_an_error_is_withheld_and_its_sentence_has_no_names(house: House) -> None:
    _filled(house)
    house.answers[-1] = Answer.of("old", "rules", ["secret of fabrikam"]).become(Outcome.PARTIAL, "cut")
    house.gate(*_key(house))

    with zipfile.ZipFile(_copy(house) / "evidence.zip") as archive:
        listed = {entry["id"]: entry for entry in json.loads(archive.read("answers.json"))["answers"]}
    assert (listed["old:rules"]["member"], listed["old:rules"]["error"]) == (None, "cut")


def test_the_places_of_files_and_who_brought_them_are_names_too(house: House) -> None:
    _filled(house)
    place = str(house.pytester.path / "from-otto" / "pending.xml")
    identity = {"target": place, "identity": "FABRIKAM\\otto.schmidt"}
    house.answers.append(Answer.of("collector", "pending", {"path": place}, "new/x", **identity))
    house.answers.append(
        Answer.without_value("collector", "review", Outcome.FAILED, f"{place}: otto.schmidt", **identity)
    )
    house.gate(*_key(house))

    with zipfile.ZipFile(_copy(house) / "evidence.zip") as archive:
        whole = b"".join(archive.read(name) for name in archive.namelist()).decode()
    assert not re.search("otto|from-otto|fabrikam", whole, re.IGNORECASE)
    targets = re.findall(r'"target": "(path-[0-9a-f]{10}\.xml)"', whole)
    assert len(set(targets)) == 1


def test_an_environment_of_tokens_is_a_valid_one_that_leads_nowhere(tmp_path: Path) -> None:
    (tmp_path / "environment.toml").write_text(
        ENVIRONMENT.replace("servers.old", "servers.emea-sync01")
        .replace('password = "env:TEST_PASSWORD"', 'password = "keyring:fabrikam/reader"', 1)
        .replace('"OLD"', '"OLD"\nca_file = "/home/otto/fabrikam-ca.pem"')
        + '\n[policy.budgets."fabrikam.example"]\ndeletes = 3\n'
        '[[pending_exports]]\nconnector = "fabrikam.example"\npath = "fabrikam.xml"\n'
        '[[attestations]]\nname = "database-backup"\nauthor = "otto"\nstatement = "emea-sync01 is backed up"\n'
        "made_at = 2026-11-20T08:00:00Z\nexpires_at = 2026-12-20T08:00:00Z\n",
        encoding="utf-8",
    )
    names = {"emea-sync01": "server", "fabrikam.example": "domain", "otto": "person", "OLD": "host", "reader": "user"}
    redactor = Redactor(b"k" * 16, names)

    environment = redacted_environment(load(tmp_path / "environment.toml"), redactor)

    server = redactor.token("server", "emea-sync01")
    assert list(environment.servers) == [server, "new"]
    assert environment.servers[server].name == server
    assert str(environment.servers[server].ca_file).startswith("path-")
    assert environment.servers[server].purpose == "old"
    assert environment.policy.budgets.keys() == {redactor.token("domain", "fabrikam.example")}
    whole = environment.model_dump_json().casefold()
    for private in (*names, "keyring:fabrikam", "test_password", "/home", "0000-000000000001"):
        assert f'"{private.casefold()}' not in whole or private == "OLD", private
    assert environment.digest != load(tmp_path / "environment.toml").digest
