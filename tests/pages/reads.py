"""docs/reads.md: what is asked of whom, with which right, and how long the answer holds."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fixtures.reads.pipeline import template
from fixtures.reads.table import SERVER_READS, TENANT_READS, TRAILER_STATEMENT

from .markdown import code, document, shown, table

if TYPE_CHECKING:
    from collections.abc import Iterator

    from fixtures.reads.server_read import ServerRead
    from fixtures.reads.tenant_table import TenantRead

INTRODUCTION = f"""Everything that this suite ever asks. Nothing else can be sent: the table of reads is also the
allow-list. A server is asked with pipelines of cmdlets, each followed by `{TRAILER_STATEMENT}`, the tenant with GET
requests to Microsoft Graph. An answer older than its maximum age no longer counts. A heavy read loads the system and is
not sent to a server while its cycle runs. `{{...}}` is filled in from earlier answers."""

RIGHTS = """The rights of a server read are those on a full endpoint. On the SwingGate endpoint the role capability is
enough, which names each of these cmdlets and nothing more."""


def page() -> str:
    """The page."""
    return document(
        ["# Reads"],
        [INTRODUCTION],
        ["## Rights"],
        [RIGHTS],
        table(("system", "right", "reads"), _rights()),
        ["## A sync server is asked"],
        table(
            ("read", "brings", "right", "maximum age", "time limit", "heavy", "nothing means"),
            map(_server, SERVER_READS.values()),
        ),
        ["## With these pipelines"],
        table(("read", "on a full endpoint", "on the SwingGate endpoint"), map(_pipelines, SERVER_READS.values())),
        ["## The tenant is asked"],
        table(
            ("read", "brings", "right (application)", "maximum age", "time limit", "GET"),
            map(_tenant, TENANT_READS.values()),
        ),
    )


def _rights() -> Iterator[tuple[str, str, str]]:
    for system, found in (("server", SERVER_READS), ("tenant", TENANT_READS)):
        rights = sorted({right for read in found.values() for right in _split(system, read.right)})
        for right in rights:
            names = [code(read.name) for read in found.values() if right in _split(system, read.right)]
            yield system, right, ", ".join(names)


def _split(system: str, right: str) -> list[str]:
    return right.split(", ") if system == "tenant" else [right.partition(" (or ")[0]]


def _server(read: ServerRead) -> tuple[str, ...]:
    return (
        code(read.name),
        read.title + (f", per {read.subject}" if read.subject else ""),
        _split("server", read.right)[0],
        shown(read.max_age),
        shown(read.time_limit),
        "heavy" if read.heavy else "",
        "none" if read.empty_is_value else "a fault",
    )


def _pipelines(read: ServerRead) -> tuple[str, ...]:
    full, jea = (template(read.pipeline_on(jea=jea)) for jea in (False, True))
    there = "the same" if jea == full else code(jea)
    return code(read.name), code(full), there if read.on_jea else "not offered"


def _tenant(read: TenantRead) -> tuple[str, ...]:
    query = "&".join(f"{key}={value}" for key, value in read.query)
    asked = read.path + (f"?{query}" if query else "")
    return (
        code(read.name),
        read.title + (f", per {read.subject}" if read.subject else ""),
        read.right,
        shown(read.max_age),
        shown(read.time_limit),
        code(asked),
    )
