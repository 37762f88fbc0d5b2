"""Faults of parity and prerequisites: fault, gate, verdict, then the checks that turn."""

from __future__ import annotations

ROWS: tuple[tuple[str, ...], ...] = (
    ("custom-rule-missing", "deployed", "NO-GO", "PA-01v1"),
    ("custom-rule-differs", "deployed", "NO-GO", "PA-01v1"),
    ("custom-rule-enabled-again", "deployed", "NO-GO", "PA-01v1"),
    ("custom-rules-reordered", "deployed", "NO-GO", "PA-03v1"),
    ("custom-rule-in-step", "deployed", "GO"),
    ("standard-rule-edited", "deployed", "NO-GO", "PA-02v1"),
    ("standard-rule-disabled", "deployed", "NO-GO", "PA-02v1"),
    ("newer-rule-version", "deployed", "GO"),
    ("clone-lost-a-flow", "deployed", "NO-GO", "PA-01v1"),
    ("forest-missing", "deployed", "NO-GO", "PA-04v1"),
    ("domain-not-selected", "deployed", "NO-GO", "PA-05v1"),
    ("container-excluded", "deployed", "NO-GO", "PA-05v1"),
    ("object-type-not-selected", "deployed", "NO-GO", "PA-06v1"),
    ("attribute-not-selected", "deployed", "NO-GO", "PA-07v1"),
    ("run-profile-missing", "deployed", "GO", "PA-08v1"),
    ("anchor-differs", "deployed", "NO-GO", "PA-09v1"),
    ("feature-off", "deployed", "NO-GO", "PA-10v1"),
    ("extension-missing", "deployed", "NO-GO", "PA-11v1"),
)
