"""The redacted copy of a run: report and verdict without names, in a folder beside the originals, to be given away."""

from __future__ import annotations

import json
import os
import secrets
import stat
from pathlib import PurePath
from typing import TYPE_CHECKING, Any

import reports
from plugins.ctrf import ctrf_json
from plugins.folder import RunFolder
from plugins.junit import junit_xml
from plugins.redaction import Redactor
from plugins.redaction_names import names_in, versions_in

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from plugins.run import Run

FOLDER = "redacted"
SHORTEST_KEY = 16
"""Bytes."""
_BESIDE_THE_DOCUMENT = ("definitions", "glance", "moment", "next", "deciding")
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


def redacted_report(report: Mapping[str, Any], redactor: Redactor) -> dict[str, Any]:
    """Return what a report shows, without names. The command loses its paths: they tell who ran it, and where."""
    command = [_without_path(argument, redactor) for argument in report["command"]]
    redacted: dict[str, Any] = redactor.redact_json({**report, "command": command})
    for check in redacted["checks"]:
        for row in check["rows"]:
            if "digest" in row:
                row["digest"] = redactor.keyed(row["digest"])
    for waiver in redacted["waivers"]:
        waiver["digest"] = redactor.keyed(waiver["digest"])
    return {**redacted, "redacted": {"key_id": redactor.key_id}}


def write(folder: RunFolder, report: Mapping[str, Any], redactor: Redactor) -> None:
    """Write the redacted copy into a folder of its own. Raises whatever a writer raises."""
    place = RunFolder(folder.path / FOLDER)
    place.path.mkdir()
    redacted = redacted_report(report, redactor)
    document = {key: value for key, value in redacted.items() if key not in _BESIDE_THE_DOCUMENT}
    place.write("report.html", reports.page(redacted))
    place.write("junit.xml", junit_xml(document))
    place.write("ctrf.json", ctrf_json(document))
    place.write("verdict.json", json.dumps(document, indent=2, ensure_ascii=False, allow_nan=False) + "\n")


def _without_path(argument: str, redactor: Redactor) -> str:
    option, equals, value = argument.partition("=")
    place = value if equals else argument
    if "/" not in place and "\\" not in place:
        return argument
    token = redactor.token("path", place) + PurePath(place).suffix
    return f"{option}={token}" if equals else token
