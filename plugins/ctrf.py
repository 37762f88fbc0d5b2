"""CTRF, the Common Test Report Format: `ctrf.json`, for dashboards that read it.

CTRF knows passed, failed, skipped, pending and other. What could not be told and what was waived is `other`, so that no
dashboard counts it as passed; the exact state stands in `rawStatus`. The verdict has no place of its own: it stands in
`extra`.
"""

from __future__ import annotations

import json
import uuid
from datetime import datetime
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

SPECIFICATION = "1.0.0"
STATUS: Mapping[str, str] = {
    "pass": "passed",
    "fail": "failed",
    "error": "other",
    "inconclusive": "other",
    "waived": "other",
    "not-applicable": "skipped",
}
_VERDICT = (
    "gate",
    "plan",
    "verdict",
    "exit_code",
    "rehearsal",
    "as_of",
    "made_at",
    "valid_until",
    "environment_digest",
)
_NAMESPACE = uuid.UUID("9f0a3a1e-6b0c-5d0e-8a53-5d1f3a6f0c11")
"""Names this suite's documents: the same run has the same ids."""


def ctrf_json(document: Mapping[str, Any]) -> str:
    """Return the checks of a verdict document as CTRF."""
    tests = [_test(check) for check in document["checks"]]
    found = [test["status"] for test in tests]
    start, stop = _milliseconds(document["started_at"]), _milliseconds(document["made_at"])
    summary = {status: found.count(status) for status in ("passed", "failed", "skipped", "pending", "other")}
    report = {
        "reportFormat": "CTRF",
        "specVersion": SPECIFICATION,
        "reportId": str(uuid.uuid5(_NAMESPACE, document["run_id"])),
        "timestamp": document["made_at"],
        "generatedBy": "swing-gate",
        "results": {
            "tool": {"name": "swing-gate", "version": document["suite_version"]},
            "summary": {"tests": len(tests), **summary, "start": start, "stop": stop},
            "tests": tests,
            "extra": {"run_id": document["run_id"], **{key: document[key] for key in _VERDICT}},
        },
    }
    return json.dumps(report, indent=2, ensure_ascii=False, allow_nan=False) + "\n"


def _test(check: Mapping[str, Any]) -> dict[str, Any]:
    state = check["state"]
    test = {
        "name": f"{check['id']} {check['title']}" + (f" [{check['server']}]" if check["server"] else ""),
        "status": STATUS[state],
        "rawStatus": state,
        "duration": 0,
        "suite": ["swing-gate", check["id"][:2]],
        "tags": [check["severity"], *check["claims"]],
        "extra": {
            "check": check["id"],
            "true_state": check["true_state"],
            "severity": check["severity"],
            "subject": check["subject"],
            "claims": check["claims"],
            "reads": check["reads"],
            "waivers": [row["waiver"] for row in check["rows"] if "waiver" in row],
        },
    }
    if state != "pass":
        test["message"] = check["reason"]
    return test


def _milliseconds(moment: str) -> int:
    return int(datetime.fromisoformat(moment).timestamp() * 1000)
