"""JUnit XML of a run, for build servers: one test case per check and server, its id and claims as properties.

JUnit knows no inconclusive: it stands as an `error` of the type `inconclusive`. A waived check stands as
skipped, with its true state and its waiver as properties. It carries no verdict; that is `verdict.json`'s alone.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any
from xml.etree import ElementTree as ET

from plugins.states import STATES, State

if TYPE_CHECKING:
    from collections.abc import Mapping

_NOT_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def junit_xml(document: Mapping[str, Any]) -> str:
    """Return the checks of a verdict document as JUnit XML."""
    cases = [_case(check, document["gate"]) for check in document["checks"]]
    totals = {kind: sum(case.find(kind) is not None for case in cases) for kind in ("failure", "error", "skipped")}
    suite = ET.Element(
        "testsuite",
        name=f"swing-gate {document['gate']}",
        tests=str(len(cases)),
        failures=str(totals["failure"]),
        errors=str(totals["error"]),
        skipped=str(totals["skipped"]),
        timestamp=document["started_at"],
    )
    _properties(suite, {key: document[key] for key in ("run_id", "gate", "plan", "suite_version")})
    suite.extend(cases)
    suites = ET.Element("testsuites", name="swing-gate")
    suites.append(suite)
    ET.indent(suites)
    return '<?xml version="1.0" encoding="utf-8"?>\n' + ET.tostring(suites, encoding="unicode") + "\n"


def _case(check: Mapping[str, Any], gate: str) -> ET.Element:
    name = f"{check['id']} {check['title']}" + (f" [{check['server']}]" if check["server"] else "")
    case = ET.Element("testcase", classname=f"swing-gate.{gate}", name=_clean(name), time="0")
    _properties(
        case,
        {
            "check": check["id"],
            "state": check["state"],
            "true_state": check["true_state"],
            "severity": check["severity"],
            "subject": check["subject"],
            "claims": " ".join(check["claims"]),
            **{f"waiver.{name}": value for name, value in _waiver(check).items()},
        },
    )
    element = STATES[State(check["state"])].junit
    if element is not None:
        state, reason = check["state"], check["reason"]
        message = f"waived {check['true_state']}: {reason}" if state == "waived" else reason
        detail = ET.SubElement(case, element, type=state, message=_clean(message))
        detail.text = _clean("\n".join(f"{row['state']}: {row['subject']}: {row['reason']}" for row in check["rows"]))
    return case


def _waiver(check: Mapping[str, Any]) -> Mapping[str, str]:
    """Return the first waiver among the rows of a check; all of them stand in verdict.json."""
    return next((row["waiver"] for row in check["rows"] if "waiver" in row), {})


def _properties(parent: ET.Element, values: Mapping[str, str]) -> None:
    properties = ET.SubElement(parent, "properties")
    for name, value in values.items():
        ET.SubElement(properties, "property", name=name, value=_clean(value))


def _clean(text: str) -> str:
    """Replace what XML cannot hold."""
    return _NOT_XML.sub("\ufffd", str(text))
