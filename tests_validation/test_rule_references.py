"""Do the rules of the new server let the intended groups through, and do they get what they read?"""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from fixtures.facts.parity.connectors import read_connector_settings
from fixtures.facts.rule_references import not_selected
from fixtures.facts.rules import ENTRA_CONNECTOR

if TYPE_CHECKING:
    from fixtures.facts.result import Result
    from fixtures.facts.server import ServerFacts


@pytest.mark.check(
    "RU-13v1",
    title="Every attribute that a custom rule speaks of is selected on its connector",
    severity="advisory",
    gates=("deployed", "promote", "upgraded", "nightly"),
    claims=("S3-33", "S3-36", "S3-48"),
    pitfalls=("P25", "P26"),
    reads=("rules", "connector_settings"),
    servers="new",
)
def test_attributes_of_custom_rules_are_selected(server: ServerFacts, result: Result) -> None:
    """Settings import brings the rule, and does not bring the selection of attributes.

    Why: an attribute that is not selected has no value for the engine, so the rule empties what it should fill.
    Judged: sources, scope and join attributes of enabled custom inbound rules, and destinations of the outbound ones,
    are in the attribute list of their connector; the Entra connector is left out. Whether the attribute exists in the
    directory at all is not told by any read of documented form.
    Fix: select the attribute on the connector, then run a full import and a full synchronization.
    """
    settings = read_connector_settings(server.answers.get("connector_settings")).values()
    connectors = {connector.identifier: connector for connector in settings}
    custom = [
        (rule, connectors[rule.connector])
        for rule in server.rules
        if not rule.is_standard and rule.enabled and rule.connector in connectors
        if str(rule.connector) != ENTRA_CONNECTOR
    ]
    lacking = [(rule, connector, names) for rule, connector in custom if (names := not_selected(rule, connector))]
    for rule, connector, names in lacking:
        told = f"'{rule.name}' speaks of {', '.join(names)}, not selected on {connector.place}"
        result.failed(rule.name, told, {"attributes": list(names)})
    if not lacking:
        result.passed(server.name, f"{len(custom)} custom rules speak of selected attributes only")
