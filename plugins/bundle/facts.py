"""`facts.json`: every fact a check proved its judgement by, beside the answers it can rest on, named by their digests.

One entry for each fact of each row, so that one can look from an answer to what was made of it, and back. A row that
gave its reason alone has one entry without a fact.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping


def facts_document(document: Mapping[str, Any]) -> dict[str, Any]:
    """Return the facts of a run, given as what `verdict.json` holds, in the order of checks, servers and subjects."""
    digests = {read["id"]: read["sha256"] for read in document["reads"]}
    checks = sorted(document["checks"], key=lambda check: (check["id"], check["server"] or ""))
    return {"schema": 1, "facts": [entry for check in checks for entry in _entries(check, digests)]}


def _entries(check: Mapping[str, Any], digests: Mapping[str, str | None]) -> Iterator[dict[str, Any]]:
    answers = [{"id": name, "sha256": digests.get(name)} for name in sorted(check["reads"])]
    for row in sorted(check["rows"], key=lambda row: (row["subject"], row["state"], row["reason"])):
        about = {"check": check["id"], "server": check["server"], "subject": row["subject"], "state": row["state"]}
        facts: Iterable[tuple[str | None, Any]] = sorted(row["facts"].items()) or [(None, None)]
        for name, value in facts:
            yield {**about, "fact": name, "value": value, "answers": answers}
