"""Where-Object in its simple form: -Property, one operator, -Value. Script blocks are not run."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from lab.powershell import members
from lab.powershell.clr import type_name
from lab.powershell.commands import CommandInfo, Parameter, switch
from lab.powershell.compare import OPERATORS, Incomparable, compare
from lab.powershell.convert import OBJECT, SCRIPT_BLOCK, STRING, truth

if TYPE_CHECKING:
    from lab.powershell.commands import Call, Objects

_SCRIPT, _TRUTH = "ScriptBlockSet", "EqualSet"
_ALIASES = {"EQ": ("IEQ",), "GT": ("IGT",), "LT": ("ILT",), "NE": ("INE",), "GE": ("IGE",), "LE": ("ILE",)} | {
    name: (f"I{name}",) for name in ("Like", "NotLike", "Match", "NotMatch", "Contains", "NotContains", "In", "NotIn")
}


def _set_of(operator: str) -> str:
    return f"{operator}Set"


def _operator(call: Call) -> str | None:
    return next((name for name in OPERATORS if call.on(name)), None)


def _refused(call: Call, message: str, error_id: str) -> None:
    call.write_error(
        call.error(
            message,
            error_id,
            "InvalidOperation",
            exception="System.Management.Automation.PSInvalidOperationException",
        ),
    )


async def _run(call: Call) -> Objects:
    operator, name, wanted = _operator(call), call.text("Property"), call.get("Value")
    async for value in call.objects():
        found = members.get(value, name)
        try:
            if truth(found) if operator is None else compare(operator, found, wanted):
                yield value
        except Incomparable:
            _refused(call, f'Could not compare "{type_name(found)}" to "{type_name(wanted)}".', "OperatorFailed")
        except re.error:
            _refused(call, f'The regular expression pattern "{wanted}" is not valid.', "OperatorFailed")


_COMPARING = frozenset(_set_of(name) for name in OPERATORS)
WHERE_OBJECT = CommandInfo(
    "Where-Object",
    "Microsoft.PowerShell.Core",
    _run,
    (
        Parameter("InputObject", OBJECT, pipeline=True),
        Parameter("FilterScript", SCRIPT_BLOCK, position=0, mandatory=True, sets=frozenset({_SCRIPT})),
        Parameter("Property", STRING, position=0, mandatory=True, sets=_COMPARING | {_TRUTH}),
        Parameter("Value", OBJECT, position=1, sets=_COMPARING),
        *(
            Parameter(
                name,
                switch(name).type,
                aliases=_ALIASES.get(name, ()),
                mandatory=True,
                sets=frozenset({_set_of(name)}),
            )
            for name in OPERATORS
        ),
    ),
    implementing_type="Microsoft.PowerShell.Commands.WhereObjectCommand",
    default_set=_TRUTH,
)
