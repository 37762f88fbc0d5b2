"""What custom rules speak of and what their connector selects: what the check says to which change."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .healthy import AD, ENTRA
from .running import Case, all_of
from .table_parity import connector, edited, on, user_rule, with_expression

if TYPE_CHECKING:
    from .running import Change


def selected(*names: str) -> Change:
    return connector("new", lambda found: found["AttributeInclusionList"].extend(names))


def scoped(attribute: str) -> Change:
    scope = [{"ScopeConditionList": [{"Attribute": attribute, "ComparisonValue": "x", "ComparisonOperator": 0}]}]
    return on("new", edited(ScopeFilter=scope))


BOTH = selected("Department", "title")
OWN = {"Identifier": "00000000-0000-4000-8000-000000000090", "Connector": AD, "Direction": 1}

CASES = [
    Case("RU-13v1", "no custom rules", "pass", "0 custom rules", "deployed"),
    Case("RU-13v1", "selected", "pass", "1 custom rules speak of selected", "promote", all_of(BOTH, scoped("MAIL"))),
    Case("RU-13v1", "a source", "fail", "speaks of department, title, not selected on forest contoso.com", "deployed",
         scoped("mail")),
    Case("RU-13v1", "in an expression only", "fail", "speaks of office", "deployed",
         all_of(BOTH, on("new", {**with_expression("Trim([office])"), "ScopeFilter": []}))),
    Case("RU-13v1", "in the scope", "fail", "speaks of employeeNumber", "nightly",
         all_of(BOTH, scoped("employeeNumber"))),
    Case("RU-13v1", "a destination", "fail", "speaks of commonName", "upgraded", on("new", {**user_rule(), **OWN,
         "JoinFilter": [], "AttributeFlowMappings": [{"Source": ["x"], "Destination": "commonName", "FlowType": 0,
         "Expression": None, "ValueMergeType": 0, "ExecuteOnce": False}]})),
    Case("RU-13v1", "disabled", "pass", "0 custom rules", "deployed", on("new", edited(Disabled=True))),
    Case("RU-13v1", "standard", "pass", "0 custom rules", "deployed", on("new", edited(IsStandardRule=True))),
    Case("RU-13v1", "towards Entra", "pass", "0 custom rules", "deployed", on("new", edited(Connector=ENTRA))),
    Case("RU-13v1", "unreadable expression", "pass", "1 custom rules", "deployed",
         all_of(BOTH, on("new", {**with_expression("Trim(("), "ScopeFilter": []}))),
    Case("RU-13v1", "not read", "error", "connector_settings", "deployed",
         lambda world: world.refuse("new", "connector_settings")),
]  # fmt: skip
