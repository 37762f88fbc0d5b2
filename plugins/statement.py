"""An in-toto Test Result statement about a run: what a promotion pipeline can verify before it lets a change through.

The subjects are the files of the run, each with its SHA-256. The predicate knows PASSED, WARNED and FAILED only: GO
with nothing open is PASSED, GO with waivers or open advisory checks is WARNED, everything else is FAILED. So is a GO
that releases nothing: of a rehearsal, of a replay.
https://github.com/in-toto/attestation/blob/main/spec/predicates/test-result.md
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

STATEMENT = "test-result.json"
ENVELOPE = "test-result.dsse.json"
STATEMENT_TYPE = "https://in-toto.io/Statement/v1"
PREDICATE_TYPE = "https://in-toto.io/attestation/test-result/v0.1"
VERDICT = "verdict.json"
_ANNOTATED = ("run_id", "gate", "verdict", "made_at", "valid_until", "rehearsal")
_PASSED = ("pass", "not-applicable")


def statement(document: Mapping[str, Any], digests: Mapping[str, str]) -> dict[str, Any]:
    """Return the statement about a verdict document and the files beside it, given by name and SHA-256."""
    names: dict[str, list[str]] = {"passedTests": [], "warnedTests": [], "failedTests": []}
    for check in document["checks"]:
        names[_list(check)].append(check["id"] + (f"[{check['server']}]" if check["server"] else ""))
    return {
        "_type": STATEMENT_TYPE,
        "subject": [_subject(name, digest, document) for name, digest in sorted(digests.items())],
        "predicateType": PREDICATE_TYPE,
        "predicate": {
            "result": _result(document, warned=bool(names["warnedTests"])),
            "configuration": [
                {"name": "environment", "digest": {"sha256": document["environment_digest"]}},
                {"name": "suite", "uri": f"pkg:generic/swing-gate@{document['suite_version']}"},
            ],
            **names,
        },
    }


def statement_json(document: Mapping[str, Any], digests: Mapping[str, str]) -> str:
    """Return the statement as it is written, and as it is signed."""
    return json.dumps(statement(document, digests), indent=2, ensure_ascii=False, allow_nan=False) + "\n"


def _subject(name: str, digest: str, document: Mapping[str, Any]) -> dict[str, Any]:
    subject: dict[str, Any] = {"name": name, "digest": {"sha256": digest}}
    if name == VERDICT:
        subject["annotations"] = {key: document[key] for key in _ANNOTATED}
    return subject


def _list(check: Mapping[str, Any]) -> str:
    if check["state"] in _PASSED:
        return "passedTests"
    if check["state"] == "waived" or (check["severity"] == "advisory" and check["reported"]):
        return "warnedTests"
    return "failedTests"


def _result(document: Mapping[str, Any], *, warned: bool) -> str:
    fresh = document["exit_code"] == 0 and not document["rehearsal"] and document.get("replay") is None
    if document["verdict"] != "GO" or not fresh:
        return "FAILED"
    return "WARNED" if warned else "PASSED"
