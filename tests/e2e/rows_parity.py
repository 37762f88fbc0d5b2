"""Faults of parity and prerequisites: fault, gate, verdict and the checks that turn, then what else a row says."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

Declared = tuple[tuple[str, ...], "Mapping[str, Any]"]

FINISHED: tuple[tuple[str, Mapping[str, Any]], ...] = (
    ("set-staging-mode", {"server": "old", "on": True}),
    ("set-staging-mode", {"server": "new", "on": False, "start_cycle": False}),
    ("complete-cycles", {"server": "new", "count": 3}),
    ("upgrade", {"server": "old", "version": "2.6.92.0"}),
    ("complete-cycles", {"server": "old", "count": 2}),
)
"""The steps that lead from the default scenario to the end of the migration."""


def _row(*names: str, **options: Any) -> Declared:
    return names, options


ROWS: tuple[Declared, ...] = (
    _row("custom-rule-missing", "deployed", "NO-GO", "PA-01v1"),
    _row("custom-rule-differs", "deployed", "NO-GO", "PA-01v1"),
    _row("custom-rule-enabled-again", "deployed", "NO-GO", "PA-01v1"),
    _row("custom-rules-reordered", "deployed", "NO-GO", "PA-03v1"),
    _row("custom-rule-in-step", "deployed", "GO"),
    _row("standard-rule-edited", "deployed", "NO-GO", "PA-02v1", "RU-08v1"),
    _row("standard-rule-disabled", "deployed", "NO-GO", "PA-02v1"),
    _row("newer-rule-version", "deployed", "GO"),
    _row("clone-lost-a-flow", "deployed", "NO-GO", "PA-01v1", "RU-09v1"),
    _row("forest-missing", "deployed", "NO-GO", "PA-04v1"),
    _row("domain-not-selected", "deployed", "NO-GO", "PA-05v1"),
    _row("container-excluded", "deployed", "NO-GO", "PA-05v1"),
    _row("object-type-not-selected", "deployed", "NO-GO", "PA-06v1"),
    _row("attribute-not-selected", "deployed", "NO-GO", "PA-07v1"),
    _row("run-profile-missing", "deployed", "GO", "PA-08v1"),
    _row("anchor-differs", "deployed", "NO-GO", "PA-09v1"),
    _row("feature-off", "deployed", "NO-GO", "PA-10v1"),
    _row("extension-missing", "deployed", "NO-GO", "PA-11v1"),
    _row("container-left-out", "deployed", "NO-GO", "PA-05v1", "PE-02v1"),
    _row("container-too-many", "deployed", "NO-GO", "PA-05v1"),
    _row("rule-without-connector", "deployed", "NO-GO", "PA-01v1", "RU-07v1"),
    _row("windows-too-old", "deployed", "NO-GO", "PR-01v1"),
    _row("windows-2025", "deployed", "UNDECIDED", "PR-01v1"),
    _row("server-core", "deployed", "NO-GO", "PR-01v1"),
    _row("dotnet-too-old", "deployed", "NO-GO", "PR-02v1"),
    _row("tls-off", "deployed", "NO-GO", "PR-03v1"),
    _row("strong-crypto-off", "deployed", "NO-GO", "PR-03v1"),
    _row("tls-not-set", "deployed", "GO"),
    _row("local-database", "deployed", "GO", "PR-05v1"),
    _row("auto-upgrade-enabled", "deployed", "GO", "PR-06v1"),
    _row("known-issue", "deployed", "GO", "VE-05v1", "VE-08v1"),
    _row("german-cloud", "deployed", "NO-GO", "ID-03v1", "VE-10v1"),
    _row("local-database", "deployed", "NO-GO", "PR-04v1", "PR-05v1", arguments={"used_mb": 10240}),
    _row("engine-configuration-edited", "finish", "GO", "PR-07v1", after=FINISHED),
    _row(
        "known-issue",
        "finish",
        "GO",
        "PR-07v1",
        "VE-09v1",
        arguments={"server": "old", "version": "2.6.84.0"},
        after=FINISHED,
    ),
    _row(
        "known-issue",
        "finish",
        "GO",
        "PR-07v1",
        "VE-04v1",
        "VE-05v1",
        "VE-06v1",
        "VE-07v1",
        "VE-08v1",
        "VE-09v1",
        arguments={"version": "2.5.190.0"},
        after=FINISHED,
    ),
)
