"""Events are told apart by their text where the id is shared."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from fixtures.facts.event_texts import assembly_not_loaded, blocked_by_policy, is_audit, step_errors, who
from fixtures.facts.events import Event

NOW = datetime(2026, 11, 20, tzinfo=UTC)


def event(identity: int, text: str) -> Event:
    return Event(identity, "Directory Synchronization", 1, NOW, text)


@pytest.mark.parametrize(
    ("text", "blocked"),
    [
        ("AADSTS53003: blocked", True),
        ("the account needs multi-factor authentication", True),
        ("AADSTS50076: due to a configuration change", True),
        ("Access was stopped by a CONDITIONAL ACCESS policy", True),
        ("AADSTS50126: invalid user name or password", False),
        ("GetSecurityToken: unable to connect", False),
    ],
)
def test_a_policy_is_known_by_its_words(text: str, blocked: bool) -> None:
    assert blocked_by_policy(event(906, text)) is blocked


def test_the_counts_of_a_step_are_read_by_their_names() -> None:
    text = 'The management agent "a" step execution completed on run profile "Export" with errors.\nExport Errors : 12'
    assert str(step_errors(event(6100, text))) == "Export on a: 12 export errors"


@pytest.mark.parametrize("text", ["", 'The management agent "a" completed', "Export Errors : 12"])
def test_a_step_of_another_form_is_not_counted(text: str) -> None:
    assert step_errors(event(6100, text)) is None


@pytest.mark.parametrize(
    ("identity", "text", "audited"),
    [
        (2510, "Custom synchronization rule created. Rule name: x.", True),
        (2503, "Directory extension attributes were changed by CONTOSO\\admin", True),
        (2510, "ADSyncDiagnostics updated its report", False),
        (2502, "Something was updated", False),
        (2510, "Hello", False),
    ],
)
def test_the_audit_is_told_from_the_diagnostics(identity: int, text: str, audited: bool) -> None:
    assert is_audit(event(identity, text)) is audited


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("changed by CONTOSO\\admin.", "CONTOSO\\admin"),
        ("User: ann@contoso.com did it", "ann@contoso.com"),
        ("changed by somebody", ""),
    ],
)
def test_who_did_it_is_read_where_it_is_told(text: str, name: str) -> None:
    assert who(event(2510, text)) == name


def test_a_part_that_cannot_be_loaded_is_known_in_any_event() -> None:
    assert assembly_not_loaded(event(1, "Could not load file or assembly 'x'"))
    assert not assembly_not_loaded(event(1, "loaded"))
