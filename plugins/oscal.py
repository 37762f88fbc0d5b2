"""OSCAL assessment results of a run, for governance tools that read them.

OSCAL's status is satisfied or not-satisfied, and nothing else. What failed, what could not be told and what was waived
are all not-satisfied; the reason is `fail` or `other`, and the exact state stands in a property. So does the verdict.
"""

from __future__ import annotations

import json
import uuid
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

NAME = "oscal-assessment-results.json"
OSCAL_VERSION = "1.1.2"
NAMESPACE = "urn:swing-gate"
_IDS = uuid.UUID("9f0a3a1e-6b0c-5d0e-8a53-5d1f3a6f0c11")
_STATUS: Mapping[str, tuple[str, str]] = {
    "pass": ("satisfied", "pass"),
    "not-applicable": ("satisfied", "other"),
    "fail": ("not-satisfied", "fail"),
    "error": ("not-satisfied", "other"),
    "inconclusive": ("not-satisfied", "other"),
    "waived": ("not-satisfied", "other"),
}
"""Status and its reason by state. There is nothing between the two."""
_OF_THE_RUN = ("run_id", "gate", "plan", "verdict", "exit_code", "rehearsal", "valid_until", "environment_digest")


def oscal_json(document: Mapping[str, Any]) -> str:
    """Return the checks of a verdict document as OSCAL assessment results."""
    run = document["run_id"]
    observations = [_observation(check, document) for check in document["checks"]]
    findings = [_finding(check, run) for check in document["checks"]]
    plan = _id(run, "plan")
    results = {
        "uuid": _id(run, "results"),
        "metadata": {
            "title": f"Swing Gate, gate {document['gate']}",
            "last-modified": document["made_at"],
            "version": document["suite_version"],
            "oscal-version": OSCAL_VERSION,
        },
        "import-ap": {"href": f"#{plan}"},
        "results": [
            {
                "uuid": _id(run, "result"),
                "title": f"{document['verdict']} at the gate {document['gate']}",
                "description": document["question"],
                "start": document["started_at"],
                "end": document["made_at"],
                "props": [_property(key, document[key]) for key in _OF_THE_RUN],
                "reviewed-controls": {"control-selections": [{"include-all": {}}]},
                "observations": observations,
                "findings": findings,
            }
        ],
        "back-matter": {
            "resources": [
                {
                    "uuid": plan,
                    "title": f"The checks registered for the gate {document['gate']}",
                    "description": f"{document['registered']} checks, of which {document['reported']} reported.",
                }
            ]
        },
    }
    return json.dumps({"assessment-results": results}, indent=2, ensure_ascii=False, allow_nan=False) + "\n"


def _observation(check: Mapping[str, Any], document: Mapping[str, Any]) -> dict[str, Any]:
    ended = {read["id"]: read["ended_at"] for read in document["reads"]}
    collected = max((ended[name] for name in check["reads"] if name in ended), default=document["made_at"])
    observation: dict[str, Any] = {
        "uuid": _id(document["run_id"], "observation", check),
        "title": check["title"],
        "description": check["reason"],
        "props": [_property("subject", check["subject"])] if check["subject"].strip() else [],
        "methods": ["TEST"],
        "relevant-evidence": [{"href": "verdict.json", "description": f"The rows of {check['id']}, with their facts."}],
        "collected": collected,
    }
    if document["valid_until"] is not None:
        observation["expires"] = document["valid_until"]
    return {key: value for key, value in observation.items() if value}


def _finding(check: Mapping[str, Any], run: str) -> dict[str, Any]:
    state, reason = _STATUS[check["state"]]
    waivers = [row["waiver"] for row in check["rows"] if "waiver" in row]
    properties = [
        *(_property(name, check[name]) for name in ("state", "true_state", "severity")),
        *(_property("claim", claim) for claim in check["claims"]),
        *(_property("waiver-ticket", waiver["ticket"]) for waiver in waivers),
    ]
    return {
        "uuid": _id(run, "finding", check),
        "title": f"{check['id']} {check['title']}",
        "description": check["reason"],
        "props": properties,
        "target": {
            "type": "objective-id",
            "target-id": check["id"],
            "status": {"state": state, "reason": reason},
        },
        "related-observations": [{"observation-uuid": _id(run, "observation", check)}],
    }


def _property(name: str, value: object) -> dict[str, str]:
    """Return a property; OSCAL wants a text of one line without spaces around it."""
    said = "none" if value is None else str(value).lower() if isinstance(value, bool) else " ".join(str(value).split())
    return {"name": name.replace("_", "-"), "ns": NAMESPACE, "value": said or "none"}


def _id(run: str, what: str, check: Mapping[str, Any] | None = None) -> str:
    about = f"{check['id']} {check['server'] or ''}" if check else ""
    return str(uuid.uuid5(_IDS, f"{run} {what} {about}"))
