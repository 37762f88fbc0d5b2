"""Reads a collector script as far as the lab needs it: its pipelines, and the defaults of its parameters.

The lab has no PowerShell. It takes the script blocks of the table `$reads` out of the text, puts literals where their
parameters stand, and runs them in its own engine.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from lab.powershell.literals import Reader, tokens

if TYPE_CHECKING:
    from collections.abc import Mapping

_BLOCK = re.compile(r"^\s*'(?P<name>\w+)' = \{ (?P<body>.+) \}\s*$", re.MULTILINE)
_PARAM = re.compile(r"param\((?P<names>[^)]*)\) ")
_LIST = r"^\s*(?:\[string\[\]\])?\${name} = (?P<value>@\([^)]*\)),?\s*$"
_NUMBER = r"^\s*(?:\[int\])?\${name} = (?P<value>\d+),?\s*$"


class UnreadableScriptError(Exception):
    """The script has no table of reads, or a setting it should have is missing."""


@dataclass(frozen=True, slots=True)
class Script:
    """A collector script."""

    text: str
    blocks: Mapping[str, str]
    """Text between the braces, by name of the read."""

    @classmethod
    def read(cls, text: str) -> Script:
        """Take the table of reads out of a script; raises UnreadableScriptError."""
        text = text.replace("\r\n", "\n")
        blocks = {found["name"]: found["body"] for found in _BLOCK.finditer(text)}
        if not blocks:
            raise UnreadableScriptError("the script holds no table of reads")
        return cls(text, blocks)

    def names(self, variable: str) -> list[str]:
        """Return a list of texts that stands in the script as `$variable = @(...)`."""
        value = Reader(tokens(self._setting(_LIST, variable))).value()
        return [str(item) for item in value] if isinstance(value, list) else []

    def number(self, variable: str) -> int:
        """Return a number that stands in the script as `$variable = n`."""
        return int(self._setting(_NUMBER, variable))

    def _setting(self, pattern: str, variable: str) -> str:
        found = re.search(pattern.replace("{name}", re.escape(variable)), self.text, re.MULTILINE)
        if found is None:
            raise UnreadableScriptError(f"the script does not set ${variable}")
        return found["value"]

    def parameters(self, read: str) -> list[str]:
        """Return the names of a block's parameters."""
        found = _PARAM.match(self.blocks[read])
        return [name.strip().removeprefix("$") for name in found["names"].split(",")] if found else []

    def pipeline(self, read: str, arguments: Mapping[str, str | int]) -> str:
        """Return a block's pipeline with literals in the place of its parameters."""
        body = _PARAM.sub("", self.blocks[read], count=1)
        return re.sub(r"\$(\w+)", lambda found: _literal(arguments[found[1]]), body)


def _literal(value: str | int) -> str:
    return str(value) if isinstance(value, int) else "'" + value.replace("'", "''") + "'"
