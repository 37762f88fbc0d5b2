"""What the tables of the page show: short names, how many subjects share a reason, reads in the order one looks."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, NamedTuple

from markupsafe import Markup

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

_DISTINGUISHED = re.compile(r"(?s)(?P<name>.+) \((?:CN|OU|DC)=.+\)")
"""A name with its distinguished name behind it, as checks of groups call their subjects."""
_MORE = re.compile(r" \(and (?P<more>[0-9,]+) more subjects?\)\Z")
"""How a reason ends when more subjects share it."""
_SEAM = re.compile(r"(?<=[,@_\\])")
"""Where a long name may be broken: behind a part of it, never inside one."""


class Brief(NamedTuple):
    """One check as its line in the table tells it."""

    subject: str
    """Without the distinguished name: that stands in the sheet."""
    reason: str
    more: int
    """How many more subjects share the state; the sheet has them all."""


class Asked(NamedTuple):
    """Reads under one heading, each with its number in the run and its name without the system."""

    heading: str
    target: str
    reads: tuple[dict[str, Any], ...]


def brief(check: Mapping[str, Any]) -> Brief:
    """Return a check's line. What its reason says of more subjects is taken out: the table says it with a link."""
    found = _MORE.search(check["reason"])
    more = sum(row["state"] == check["state"] for row in check["rows"]) - 1
    if found is None or found["more"] != f"{more:,}":
        return Brief(short(check["subject"]), check["reason"], 0)
    return Brief(short(check["subject"]), check["reason"][: found.start()], more)


def short(subject: str) -> str:
    """Return a subject without the distinguished name behind its name."""
    found = _DISTINGUISHED.fullmatch(subject)
    return found["name"] if found else subject


def breakable(text: str) -> Markup:
    """Return a text, escaped, that may be broken behind its commas, at signs, underscores and backslashes."""
    return Markup("<wbr>").join(_SEAM.split(text))


def asked(reads: Sequence[Mapping[str, Any]], most: int) -> Iterator[Asked]:
    """Yield the reads, at most so many: first those that failed, whoever was asked; then each system's own.

    A read that an endpoint does not offer is no failure: the checks say what that means.
    """
    numbered = [
        {
            **read,
            "number": number,
            "name": read["id"].removeprefix(f"{read['system']}:"),
            "failed": failed(read["outcome"]),
        }
        for number, read in enumerate(reads, start=1)
    ]
    shown = sorted(numbered, key=lambda read: not read["failed"])[:most]
    if lacking := tuple(read for read in shown if read["failed"]):
        yield Asked("Failed", "", lacking)
    others = [read for read in shown if not read["failed"]]
    for place in dict.fromkeys((read["system"], read["target"]) for read in others):
        yield Asked(*place, tuple(read for read in others if (read["system"], read["target"]) == place))


def failed(outcome: str) -> bool:
    """Return whether a read was asked in vain."""
    return outcome not in {"ok", "not-offered"}
