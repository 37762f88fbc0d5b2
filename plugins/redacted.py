"""The redacted copy of a run: report, verdict and bundle without names, in a folder beside the originals.

It is what leaves the building.
"""

from __future__ import annotations

import json
import os
import secrets
import stat
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import reports
from plugins.bundle import writing
from plugins.bundle.contents import beside, contents, named, suite_document
from plugins.ctrf import ctrf_json
from plugins.folder import RunFolder
from plugins.judgement import judgements, result_digest
from plugins.junit import junit_xml
from plugins.options import PATH_OPTIONS
from plugins.redacted_run import redacted_run
from plugins.redaction import Redactor
from plugins.redaction_names import names_in, versions_in

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path

    from plugins.evidence import Evidence
    from plugins.run import Run

FOLDER = "redacted"
SHORTEST_KEY = 16
"""Bytes."""
_OTHERS = stat.S_IRWXG | stat.S_IRWXO


class RedactionKeyError(Exception):
    """The key file cannot be used."""


def key_of(path: Path | None) -> bytes:
    """Return the key of a file, or a new one that nobody keeps: then tokens are the same within one run only."""
    if path is None:
        return secrets.token_bytes(32)
    try:
        key = path.read_bytes().strip()
        mode = stat.S_IMODE(path.stat().st_mode)
    except OSError as error:
        raise RedactionKeyError(f"{path}: cannot be read: {error.strerror}") from error
    if os.name == "posix" and mode & _OTHERS:
        raise RedactionKeyError(f"{path} can be read by others: only its owner may read it (mode 0600)")
    if len(key) < SHORTEST_KEY:
        raise RedactionKeyError(f"{path}: found {len(key)} bytes; accepted: at least {SHORTEST_KEY}")
    return key


def redactor_of(run: Run, key: bytes) -> Redactor:
    """Return what redacts a run: under its key, with every name the run knows."""
    return Redactor(key, names_in(run), versions_in(run))


def write(evidence: Evidence, redactor: Redactor, home: Path) -> None:
    """Write the copy without names into a folder of its own. Raises whatever a writer raises.

    The copy has a bundle of its own, sealed like the original, whose digest it names. The original stays as it is.
    """
    if evidence.verdict is None:
        msg = "the verdict is not settled yet"
        raise RuntimeError(msg)
    place = RunFolder(evidence.folder.path / FOLDER)
    place.path.mkdir()
    found = redacted_run(evidence.run, evidence.results, evidence.waivers, evidence.verdict, redactor)
    judged = judgements(found.results.values())
    about = {
        "key_id": redactor.key_id,
        "manifest_sha256": evidence.extras["evidence"]["manifest_sha256"],
        "lost": list(found.lost),
    }
    command = tuple(_command(evidence.context.command, redactor))
    copy = replace(
        evidence,
        run=found.run,
        context=replace(evidence.context, command=command),
        verdict=found.verdict,
        results=found.results,
        waivers=found.waivers,
        extras={
            **_extras(evidence.extras, redactor),
            "result_digest": result_digest(found.run.gate, judged),
            "redacted": about,
        },
    )
    place.write("junit.xml", junit_xml(copy.document()))
    place.write("ctrf.json", ctrf_json(copy.document()))
    place.write("report.html", reports.page(copy.report()))
    document = copy.document()
    stamps = {
        "suite": suite_document(home, copy.context.suite_version),
        "beside": beside(place.path, ("junit.xml", "ctrf.json", "report.html")),
        "redacted": about,
        "replay_of": copy.extras.get("replay"),
    }
    members = contents(copy.run, document, judged, document["result_digest"], stamps)
    copy.extras["evidence"] = writing.write(place, members, named(document), chained=False)
    place.write("verdict.json", json.dumps(copy.document(), indent=2, ensure_ascii=False, allow_nan=False) + "\n")


def _extras(extras: Mapping[str, Any], redactor: Redactor) -> dict[str, Any]:
    """Redact what stands in a verdict beyond the contract. The file of another bundle loses its name."""
    redacted = {}
    for name, value in extras.items():
        if name == "evidence":
            continue
        redacted[name] = redactor.redact_json(value)
        if isinstance(value, dict) and "file" in value:
            redacted[name]["file"] = redactor.token("path", value["file"])
    return redacted


def _command(arguments: Sequence[str], redactor: Redactor) -> Iterator[str]:
    """Redact a command line. A path tells who ran it, and where."""
    before = ""
    for argument in arguments:
        option, equals, value = argument.partition("=")
        place = value if equals else argument
        if before in PATH_OPTIONS or (equals and option in PATH_OPTIONS) or "/" in place or "\\" in place:
            token = redactor.token("path", place)
            yield f"{option}={token}" if equals else token
        else:
            yield redactor.redact_text(argument)
        before = argument
