"""A collection in the place of a server: the same answers as the live read, and nothing that was changed."""

from __future__ import annotations

import hashlib
import json
import re
import shutil
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest

from fixtures.answers import AT_END, Outcome
from fixtures.offline.collected import Collection
from fixtures.offline.pipelines import LEFT_OUT
from fixtures.offline.script import collector_script
from fixtures.offline.wire import NotHeldError
from fixtures.reads import SERVER_READS, statement
from fixtures.wire.psrp import Question
from tests.offline.conftest import read

if TYPE_CHECKING:
    from pathlib import Path

    from fixtures.answers import Answer, Answers
    from tests.offline.conftest import Sources

_MOVES = {"scheduler", "scheduler@end"}
"""Holds the time of the next cycle."""


def _script(sources: Sources) -> str:
    path = sources.lab.folder / "collector.ps1"
    path.write_text(collector_script(sources.environment()), encoding="utf-8-sig", newline="")
    return str(path)


@pytest.fixture(scope="module")
def collection(sources: Sources, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return sources.export("collection", "old", tmp_path_factory.mktemp("brought") / "sync01", script=_script(sources))


@pytest.fixture
def copy(collection: Path, tmp_path: Path) -> Path:
    shutil.copytree(collection, tmp_path / "sync01")
    return tmp_path / "sync01"


def _collected(sources: Sources, path: Path, **about: Any) -> Answers:
    return read(sources.environment({"old": {"source": "collected", "path": str(path), **about}}), tenant=False)


def _whole(sources: Sources, path: Path, gate: str) -> Answers:
    return read(sources.environment({"old": {"source": "collected", "path": str(path)}}), gate)


def _old(answers: Answers) -> dict[tuple[str, str], Answer]:
    return {(answer.read, answer.subject.casefold()): answer for answer in answers.server("old")}


def _said(answer: Answer) -> tuple[object, ...]:
    return answer.outcome, answer.value


@pytest.mark.parametrize("gate", ["promote", "soak"])
def test_a_collection_gives_the_answers_of_the_live_read(
    sources: Sources, collection: Path, tmp_path: Path, gate: str
) -> None:
    live, brought = _old(read(sources.environment(), gate)), _old(_whole(sources, collection, gate))
    assert set(live) == set(brought)
    differ = {key for key, answer in live.items() if key[0] not in _MOVES and _said(answer) != _said(brought[key])}
    devices = {answer.subject for (name, _), answer in live.items() if name == "reference_object"} & {
        brought[key].subject for key in differ
    }
    assert {key[0] for key in differ} <= {"reference_object", "reference_sid"}
    assert all("collect again with -ReferenceDN" in str(brought[key].error) for key in differ)
    assert {name for (name, _), answer in brought.items() if not answer.ok} == set(LEFT_OUT) | {
        key[0] for key in differ
    }
    again = sources.export(
        "collection", "old", tmp_path / "again", script=_script(sources), references=";".join(devices)
    )
    brought = _old(_whole(sources, again, gate))
    assert not {key for key, answer in live.items() if key[0] not in _MOVES and _said(answer) != _said(brought[key])}


def test_what_was_collected_says_who_asked_what_where_and_when(sources: Sources, collection: Path) -> None:
    about = _collected(sources, collection).find("old", "rules").provenance
    assert about.identity == "CONTOSO\\administrator on CONTOSO-SYNC01"
    assert about.target == f"collected: {collection}"
    assert about.request.startswith("Get-ADSyncRule | Select-Object -Property 'Identifier'")
    assert about.ended_at <= datetime.now(UTC)
    assert about.server_clock is not None
    assert about.rows
    listed = json.loads((collection / "collection.json").read_text())["entries"]
    assert about.sha256 == next(entry["sha256"] for entry in listed if entry["read"] == "rules")


def test_what_is_not_collected_says_so_and_names_the_collection(sources: Sources, collection: Path) -> None:
    found = _collected(sources, collection).find("old", "export_api_version")
    assert found.outcome is Outcome.NOT_OFFERED
    assert found.error is not None
    assert found.error.startswith("the collection sync01 of CONTOSO-SYNC01: export_api_version is not collected")


def test_a_zip_is_read_as_the_folder_is(sources: Sources, collection: Path, tmp_path: Path) -> None:
    archive = shutil.make_archive(str(tmp_path / "sync01"), "zip", collection)
    folder, packed = _old(_collected(sources, collection)), _old(_collected(sources, tmp_path / archive))
    assert {key: answer.value for key, answer in packed.items()} == {key: one.value for key, one in folder.items()}


def test_a_changed_byte_is_refused_by_name_and_nothing_is_read(sources: Sources, copy: Path) -> None:
    rules = next((copy / "answers").glob("*-rules.json"))
    rules.write_bytes(rules.read_bytes().replace(b"50000", b"50001", 1))
    answers = _collected(sources, copy)
    assert not any(answer.ok for answer in answers.server("old"))
    assert f"answers/{rules.name} was changed" in str(answers.find("old", "scheduler").error)


def test_a_missing_file_is_named(sources: Sources, copy: Path) -> None:
    gone = next((copy / "answers").glob("*-connectors.json"))
    gone.unlink()
    assert f"answers/{gone.name} is missing" in str(_collected(sources, copy).find("old", "rules").error)


def test_the_digest_of_the_manifest_can_be_pinned(sources: Sources, collection: Path) -> None:
    answers = _collected(sources, collection, sha256="0" * 64)
    assert "does not have the SHA-256 the environment names" in str(answers.find("old", "rules").error)


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ({"schema": 2}, "only 1 is known"),
        ({"entries": [{"read": "rules"}]}, "is no manifest of a collection"),
        ({"ended_at": (datetime.now(UTC) + timedelta(hours=1)).isoformat()}, "in the future"),
    ],
)
def test_a_manifest_that_cannot_be_is_refused(sources: Sources, copy: Path, change: dict[str, Any], why: str) -> None:
    path = copy / "collection.json"
    path.write_text(json.dumps({**json.loads(path.read_text()), **change}))
    found = _collected(sources, copy).find("old", "rules")
    assert found.outcome is Outcome.FAILED
    assert why in str(found.error)


def test_a_path_that_leads_out_of_the_collection_is_refused(sources: Sources, copy: Path) -> None:
    path = copy / "collection.json"
    path.write_text(path.read_text().replace('"answers/00001', '"answers/../../00001'))
    assert "no manifest" in str(_collected(sources, copy).find("old", "rules").error)


def test_a_collection_that_is_not_there_is_no_unreachable_server(sources: Sources, tmp_path: Path) -> None:
    found = _collected(sources, tmp_path / "nothing").find("old", "scheduler")
    assert (found.outcome, found.error) == (Outcome.FAILED, "nothing: there is no such file or folder")


def _edited(copy: Path, read: str, **changes: Any) -> None:
    path = copy / "collection.json"
    told = json.loads(path.read_text())
    for entry in told["entries"]:
        if entry["read"] == read:
            entry.update(changes)
    path.write_text(json.dumps(told))


def test_an_error_of_the_collector_is_an_answer_with_its_reason(sources: Sources, copy: Path) -> None:
    denied = {"id": "X,Get-ADSyncRule", "message": "No.", "activity": "Get-ADSyncRule", "category": "PermissionDenied"}
    _edited(copy, "rules", errors=denied)
    found = _collected(sources, copy).find("old", "rules")
    assert (found.outcome, found.error) == (Outcome.DENIED, "No. [X,Get-ADSyncRule]")


def test_a_read_asked_in_an_older_form_is_not_taken_for_this_suites(sources: Sources, copy: Path) -> None:
    _edited(copy, "rules", request="Get-ADSyncRule | ConvertTo-Json")
    found = _collected(sources, copy).find("old", "rules")
    assert found.outcome is Outcome.NOT_OFFERED
    assert "was asked in another form" in str(found.error)


def test_events_that_do_not_reach_back_far_enough_are_no_events(sources: Sources, copy: Path) -> None:
    path = copy / "collection.json"
    told = json.loads(path.read_text())
    told["parameters"]["since"] = told["ended_at"][:19] + "Z"
    path.write_text(json.dumps(told))
    found = _collected(sources, copy).find("old", "events_adsync")
    assert found.outcome is Outcome.NOT_OFFERED
    assert "-EventHours" in str(found.error)


def test_a_group_that_was_not_collected_is_asked_for_by_parameter(sources: Sources, collection: Path) -> None:
    environment = sources.environment({"old": {"source": "collected", "path": str(collection)}})
    dn = "CN=Somebody Else,OU=Groups,DC=contoso,DC=com"
    groups = environment.groups.model_copy(update={"prove": (type(environment.groups.prove[0])(dn=dn),)})
    found = read(environment.model_copy(update={"groups": groups})).find("old", "group_object", dn)
    assert found.outcome is Outcome.NOT_OFFERED
    assert "-GroupDN" in str(found.error)


def test_a_cycle_that_ran_while_collecting_tears_the_collection(sources: Sources, copy: Path) -> None:
    path = copy / "collection.json"
    told = json.loads(path.read_text())
    entry = next(found for found in told["entries"] if (found["read"], found["suffix"]) == ("run_marks", AT_END))
    marks = copy / entry["file"]
    text = re.sub(r'"RunNumber":(\d+)', lambda found: f'"RunNumber":{int(found[1]) + 1}', marks.read_text())
    marks.write_text(text)
    entry["sha256"] = hashlib.sha256(text.encode()).hexdigest()
    path.write_text(json.dumps(told))
    found = _collected(sources, copy).find("old", "rules")
    assert (found.outcome, found.error) == (Outcome.TORN, "run_marks moved while this was read")


def test_a_file_that_changes_after_the_digests_were_verified_is_not_taken(copy: Path) -> None:
    opened = Collection.open(copy)
    row = SERVER_READS["rules"]
    question = Question(row, statement(row, {}, jea=False))
    assert opened.find(question).text
    file = next((copy / "answers").glob("*-rules.json"))
    file.write_bytes(file.read_bytes() + b" ")
    with pytest.raises(NotHeldError, match="was changed while it was read"):
        opened.find(question)
