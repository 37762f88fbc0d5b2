"""`--list-gates` and `--list-checks`: what there is, for people and for machines."""

from __future__ import annotations

import json
import textwrap
from typing import TYPE_CHECKING

from _pytest.main import wrap_session

from plugins.catalogue import discover
from plugins.gates import GATES

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pytest

    from plugins.definition import CheckDefinition


def answer(config: pytest.Config) -> int:
    """Print the list that was asked for and return pytest's exit code."""
    if config.getoption("list_checks"):
        return list_checks(config)
    print(list_gates())  # noqa: T201 - this is the answer
    return 0


def list_gates() -> str:
    """Return the gates in the order of the runbook."""
    blocks = []
    for gate in GATES.values():
        after = f" (after {gate.predecessor})" if gate.predecessor else ""
        blocks.append(f"{gate.name}{after}\n    {gate.moment}\n    {gate.question}\n")
    return "\n".join(blocks)


def list_checks(config: pytest.Config) -> int:
    """Print every check of the suite, as `--list-checks` says, and return pytest's exit code."""
    config.option.verbose = -2  # the standard output is the list and nothing else

    def main(config: pytest.Config, session: pytest.Session) -> None:
        checks = discover(session).checks
        as_json = config.getoption("list_checks") == "json"
        print(checks_json(checks) if as_json else checks_table(checks))  # noqa: T201 - this is the answer

    return int(wrap_session(config, main))


def checks_json(checks: Sequence[CheckDefinition]) -> str:
    """Return checks as a JSON list."""
    rows = [
        {
            "id": check.id,
            "title": check.title,
            "severity": check.severity,
            "gates": list(check.gates),
            "claims": list(check.claims),
            "pitfalls": list(check.pitfalls),
            "reads": list(check.reads),
            "optional_reads": list(check.optional_reads),
            "servers": check.servers,
            "waivable": check.waivable,
            "function": check.function,
        }
        for check in checks
    ]
    return json.dumps(rows, indent=2, ensure_ascii=False)


def checks_table(checks: Sequence[CheckDefinition]) -> str:
    """Return checks as a table of 100 columns; a long cell goes on below itself."""
    widths = (9, 9, 34, 26, 18)
    lines = [_row(("check", "severity", "title", "gates", "claims"), widths), _row(["-" * w for w in widths], widths)]
    for check in checks:
        cells = (check.id, check.severity, check.title, ", ".join(check.gates), ", ".join(check.claims))
        wrapped = [
            textwrap.wrap(cell, width, break_on_hyphens=False) or [""]
            for cell, width in zip(cells, widths, strict=True)
        ]
        height = max(map(len, wrapped))
        lines += [_row([cell[n] if n < len(cell) else "" for cell in wrapped], widths) for n in range(height)]
    lines.append(f"\n{len(checks)} checks")
    return "\n".join(lines)


def _row(cells: Sequence[str], widths: Sequence[int]) -> str:
    return " ".join(cell.ljust(width) for cell, width in zip(cells, widths, strict=True)).rstrip()
