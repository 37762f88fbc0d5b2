"""What a bundle holds, member by member.

`environment.json`, `catalogue.json`, `results.json`, `facts.json`, `verdict.json` and `run.json` are for people and
machines alike; `answers.json` lists every answer with its provenance, `answers/` holds each text as it was received.
"""

from __future__ import annotations

import hashlib
import re
from functools import partial
from typing import TYPE_CHECKING, Any, NamedTuple

from plugins.bundle.facts import facts_document
from plugins.bundle.layout import as_json
from plugins.definition import document as definition_document
from plugins.freshness import COLLECTOR
from plugins.plain import moment
from plugins.sources import right

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping
    from pathlib import Path

    from fixtures.answers import Answer, Answers
    from plugins.bundle.reader import Archive
    from plugins.judgement import Judgement
    from plugins.run import Run

ANSWERS = "answers.json"
TEXTS = "answers/"
ATTACHMENTS = "attachments/"
CATALOGUE = "catalogue.json"
ENVIRONMENT = "environment.json"
FACTS = "facts.json"
RESULTS = "results.json"
RUN_FILE = "run.json"
VERDICT = "verdict.json"
CODE = ("conftest.py", "fixtures", "plugins", "tests_validation")
"""What of the suite a judgement rests on."""
LOCK = ("requirements", "suite.txt")
_SOURCES = frozenset({".py", ".toml"})
_NOT_IN_A_NAME = re.compile(r"[^a-z0-9]+")


class Content(NamedTuple):
    """One member to be; its content is fetched when it is written."""

    name: str
    fetch: Callable[[], str | bytes]


def contents(
    run: Run, document: Mapping[str, Any], judged: list[Judgement], digest: str, stamps: Mapping[str, Any]
) -> list[Content]:
    """Return every member of a run's bundle in the order of names.

    `document` is what `verdict.json` holds, `stamps` is what else the run says about itself.
    """
    small = {
        CATALOGUE: [definition_document(check) for check in run.registered],
        ENVIRONMENT: run.environment.model_dump(mode="json"),
        FACTS: facts_document(document),
        RESULTS: {"digest": digest, "checks": judged, "tracebacks": _tracebacks(run)},
        RUN_FILE: run_document(run, document, digest, stamps),
        VERDICT: document,
        **{f"{ATTACHMENTS}{name}.json": value for name, value in run.attachments.items()},
    }
    found = [Content(name, partial(as_json, value)) for name, value in small.items()]
    found += _as_before(run.replayed.archive) if run.replayed else _as_received(run.fetched or ())
    return sorted(found, key=lambda content: content.name)


def _as_received(answers: Iterable[Answer]) -> Iterator[Content]:
    """Yield every text, and the list of answers."""
    index = []
    for number, answer in enumerate(sorted(answers, key=lambda answer: answer.provenance.id), 1):
        name = _name_of(number, answer)
        index.append(_listed(answer, name))
        if name is not None and answer.raw is not None:
            yield Content(name, partial(_same, answer.raw))
    yield Content(ANSWERS, partial(as_json, {"schema": 1, "answers": index}))


def _as_before(archive: Archive) -> Iterator[Content]:
    """Yield the texts of a bundle that is replayed, one at a time: nothing was received since."""
    for name in archive.members:
        if name == ANSWERS or name.startswith(TEXTS):
            yield Content(name, partial(archive.read, name))


def _same(text: str | bytes) -> str | bytes:
    return text


def run_document(run: Run, document: Mapping[str, Any], digest: str, stamps: Mapping[str, Any]) -> dict[str, Any]:
    """Return what a run says about itself: its stamps, and who asked what with which right."""
    clock = run.clock
    return {
        "schema": 1,
        "run_id": document["run_id"],
        "gate": run.gate,
        "rehearsal": run.rehearsal,
        "environment_digest": run.environment.digest,
        "result_digest": digest,
        "registered": document["registered"],
        "reported": document["reported"],
        "command": document["command"],
        "replay_of": run.replayed.about() if run.replayed else None,
        **stamps,
        "clock": {
            "started_at": clock.started_at.isoformat(),
            "as_of": clock.as_of.isoformat() if clock.as_of else None,
            "read_at": clock.read_at.isoformat() if clock.read_at else None,
            "made_at": clock.made_at.isoformat() if clock.made_at else None,
        },
        "clocks": _clocks(run.fetched or ()),
        "identities": _identities(run.fetched or ()),
    }


def named(document: Mapping[str, Any]) -> dict[str, Any]:
    """Return what a manifest says about its run."""
    return {key: document[key] for key in ("run_id", "gate", "verdict", "made_at", "result_digest")}


def beside(place: Path, names: Iterable[str]) -> dict[str, str]:
    """Return the digests of files that stand beside the bundle, so that it vouches for them too."""
    found = [(name, place / name) for name in names]
    return {name: hashlib.sha256(path.read_bytes()).hexdigest() for name, path in found if path.is_file()}


def suite_document(home: Path, version: str) -> dict[str, Any]:
    """Return which suite judged: its version, and the digests of its lock file and of its code."""
    lock = home.joinpath(*LOCK)
    return {
        "version": version,
        "lock_sha256": hashlib.sha256(lock.read_bytes()).hexdigest() if lock.is_file() else None,
        "code_sha256": _code_digest(home),
    }


def _code_digest(home: Path) -> str:
    digest = hashlib.sha256()
    roots = [home / name for name in CODE]
    files = [root for root in roots if root.is_file()]
    files += [path for root in roots for path in root.rglob("*") if path.suffix in _SOURCES]
    for path in sorted(files):
        content = path.read_bytes().replace(b"\r\n", b"\n")
        digest.update(f"{path.relative_to(home).as_posix()} {hashlib.sha256(content).hexdigest()}\n".encode())
    return digest.hexdigest()


def _name_of(number: int, answer: Answer) -> str | None:
    """Return the member an answer's text stands in; None when nothing came back."""
    if answer.raw is None:
        return None
    words = _NOT_IN_A_NAME.sub("-", f"{answer.system} {answer.read}".lower()).strip("-")
    return f"{TEXTS}{number:06d}-{words[:80]}.txt"


def _listed(answer: Answer, name: str | None) -> dict[str, Any]:
    source = answer.provenance
    return {
        "id": source.id,
        "read": answer.read,
        "subject": answer.subject,
        "outcome": str(answer.outcome),
        "error": answer.error,
        "system": source.system,
        "target": source.target,
        "request": source.request,
        "started_at": source.started_at.isoformat(),
        "ended_at": source.ended_at.isoformat(),
        "identity": source.identity,
        "attempts": source.attempts,
        "rows": source.rows,
        "sha256": source.sha256,
        "server_clock": source.server_clock.isoformat() if source.server_clock else None,
        "member": name,
        "bytes": isinstance(answer.raw, bytes),
    }


def _clocks(answers: Answers | Iterable[Answer]) -> dict[str, Any]:
    """Return each system's clock as it was last told, and how far it was off ours at the most."""
    found: dict[str, Any] = {}
    for answer in sorted(answers, key=lambda answer: answer.provenance.ended_at):
        source, skew = answer.provenance, answer.provenance.clock_skew
        if source.server_clock is not None and skew is not None:
            before = found.get(source.system, {}).get("skew_seconds", 0.0)
            found[source.system] = {
                "told": source.server_clock.isoformat(),
                "at": moment(source.ended_at),
                "skew_seconds": max(before, round(skew.total_seconds(), 3), key=abs),
            }
    return found


def _identities(answers: Iterable[Answer]) -> list[dict[str, Any]]:
    """Return who asked which system, how often, and with which rights."""
    found: dict[tuple[str, str], dict[str, Any]] = {}
    for answer in answers:
        if answer.system == COLLECTOR:
            continue
        key = (answer.system, answer.provenance.identity)
        entry = found.setdefault(key, {"system": key[0], "identity": key[1], "answers": 0, "rights": set()})
        entry["answers"] += 1
        entry["rights"].add(right(answer.read))
    return [{**found[key], "rights": sorted(found[key]["rights"])} for key in sorted(found)]


def _tracebacks(run: Run) -> dict[str, str]:
    """Return what unexpected exceptions left, by check and subject. No judgement: it names places of this machine."""
    return {
        f"{check} {subject}".strip(): result.traceback
        for (check, subject), result in sorted(run.results.items())
        if result.traceback
    }
