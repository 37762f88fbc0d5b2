"""Faults that wait to be exported, in rules, and in runs and events."""

from __future__ import annotations

from tests.e2e.row import Row, Steps, row

ENTRA, AD = "contoso.onmicrosoft.com - AAD", "contoso.com"


def csexport(connector: str = ENTRA, name: str = "entra.xml") -> Steps:
    return (("csexport", {"server": "new", "connector": connector, "path": f"{{folder}}/{name}"}),)


def listed(connector: str = ENTRA, name: str = "entra.xml") -> str:
    return f'\n[[pending_exports]]\nconnector = "{connector}"\npath = "{name}"\n'


REVIEWED = '\n[review]\npath = "review.toml"\n'
REVIEW = f"""
author = "change board"
made_at = 2026-11-20T08:00:00Z
churn = 2

[[classes]]
connector = "{ENTRA}"
object_type = "group"
operation = "add"
attributes = ["*"]
count = 5
"""
"""The groups over 50,000 members, which the new server is there to bring to Entra ID."""

ROWS: tuple[Row, ...] = (
    row("source-anchor-changes", "promote", "NO-GO", "PE-03v1", then=csexport(), settings=listed()),
    row("attribute-rewritten", "promote", "GO", "PE-06v1", then=csexport(), settings=listed()),
    row("group-loses-members", "promote", "GO", "PE-07v1", then=csexport(), settings=listed()),
    row(
        "updates-pending",
        "promote",
        "NO-GO",
        "PE-04v1",
        then=csexport(),
        settings=listed() + REVIEWED,
        files={"review.toml": REVIEW},
    ),
    row("updates-pending", "promote", "UNDECIDED", "PE-05v1", after=csexport(), settings=listed()),
    row("writeback-pending", "promote", "NO-GO", "PE-01v2"),
    row(
        "writeback-pending",
        "promote",
        "NO-GO",
        "PE-04v1",
        arguments={"operation": "update"},
        then=csexport() + csexport(AD, "ad.xml"),
        settings=listed() + listed(AD, "ad.xml") + REVIEWED,
        files={"review.toml": REVIEW},
    ),
    row("rule-edited-in-place", "deployed", "GO", "RU-08v1"),
    row("default-rule-stands-twice", "deployed", "GO", "RU-08v1"),
    row("copy-older-than-default", "deployed", "NO-GO", "RU-09v1", "PA-01v1"),
    row("custom-rule-at-precedence-160", "deployed", "NO-GO", "RU-10v1", "PA-01v1"),
    row("curly-quotes-in-custom-rule", "deployed", "NO-GO", "RU-11v1", "PA-01v1"),
    row("expression-of-another-language", "deployed", "NO-GO", "RU-12v1", "PA-01v1"),
    row("conditional-access-blocks-sync", "deployed", "GO", "EV-07v1"),
    row("assembly-not-loaded", "deployed", "GO", "EV-08v1"),
    row("watermark-not-saved", "deployed", "GO", "EV-06v1"),
    row("step-errors-in-another-form", "promote", "GO", "EV-09v1"),
    row("event-log-young", "deployed", "GO", "EV-04v1", "EV-06v1", "EV-07v1", "EV-08v1", "EV-11v1"),
    row("rule-saved-after-full-synchronization", "promote", "NO-GO", "RH-02v1"),
    row("connector-changed", "promote", "GO", "RH-10v1"),
    row("slow-import", "deployed", "GO", "RH-09v1"),
    row("synchronized-days-ago", "deployed", "NO-GO", "RH-08v1"),
)
