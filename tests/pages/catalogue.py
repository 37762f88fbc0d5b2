"""docs/checks.md: every check as its marker and its docstring describe it."""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING

from fixtures.claims import load_ledger
from tests.checks.running import checks

from .known import definitions, faults_of, gates_of
from .markdown import codes, document, link, plain, table

if TYPE_CHECKING:
    from plugins.definition import CheckDefinition

INTRODUCTION = """What each check asks, why, and how it judges. A *blocking* check can stop a gate; an *advisory* one
only speaks. The number after the `v` moves when the judgement changes. [Which claims they cover](coverage.md) ·
[when they are asked](gates.md) · [what they read](reads.md)"""


def page() -> str:
    """The page."""
    found = definitions()
    families = [list(group) for _, group in groupby(found, key=lambda check: check.id[:2])]
    return document(
        ["# Checks"],
        [INTRODUCTION],
        table(
            ("family", "question", "checks"),
            (
                (family[0].id[:2], subject(family[0]), ", ".join(link(c.id, f"#{c.id}") for c in family))
                for family in families
            ),
        ),
        *(block for family in families for block in _family(family)),
    )


def subject(check: CheckDefinition) -> str:
    """The first line of the module that holds the check, without its source tag."""
    first = (checks()[check.id].module.__doc__ or "").strip().splitlines()[0]
    return first.partition(" [")[0]


def _family(family: list[CheckDefinition]) -> list[list[str]]:
    blocks = [[f"## {family[0].id[:2]}: {subject(family[0])}"]]
    for check in family:
        blocks += [
            [f'### <a id="{check.id}"></a>{check.id}: {check.title}'],
            table(("", ""), ((f"**{name}**", text) for name, text in _rows(check) if text)),
        ]
    return blocks


def _rows(check: CheckDefinition) -> list[tuple[str, str]]:
    entries = load_ledger().entries
    covered = [
        f"{link(name, f'coverage.md#{name}')} {entries[name].title}" for name in (*check.claims, *check.pitfalls)
    ]
    servers = {None: "the servers together", "each": "each server"}.get(check.servers, f"the {check.servers} server")
    return [
        ("severity", check.severity),
        ("gates", gates_of([check])),
        ("judges", servers),
        ("why", plain(check.why)),
        ("judged", plain(check.judged)),
        ("fix", plain(check.fix)),
        ("needs", codes(check.reads)),
        ("uses where it can", codes(check.optional_reads)),
        ("covers", "<br>".join(covered)),
        ("found by faults", codes(faults_of([check.id]))),
        ("read on", "<br>".join(check.links)),
    ]
