"""Measure-Object."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lab.powershell import members
from lab.powershell.clr import NetObject, unbox
from lab.powershell.commands import CommandInfo, Parameter, switch
from lab.powershell.convert import OBJECT, STRING, array, number
from lab.powershell.errors import not_simulated
from lab.powershell.text import to_text

if TYPE_CHECKING:
    from lab.powershell.commands import Call, Objects

_GENERIC, _TEXT = "GenericMeasure", "TextMeasure"
_INFO = ("Microsoft.PowerShell.Commands.GenericMeasureInfo", "Microsoft.PowerShell.Commands.MeasureInfo")
_ARGUMENT = "System.Management.Automation.PSArgumentException"


class _Tally:
    """What has come so far for one property (or for the objects themselves)."""

    def __init__(self) -> None:
        self.count = 0
        self.sum = 0.0
        self.maximum: float | None = None
        self.minimum: float | None = None

    def add(self, call: Call, value: object) -> None:
        self.count += 1
        if not any(call.on(name) for name in ("Sum", "Average", "Maximum", "Minimum")):
            return
        found = number(value)
        if found is None:
            call.write_error(
                call.error(
                    f'Input object "{to_text(value)}" is not numeric.',
                    "NonNumericInputObject",
                    "InvalidType",
                    exception="System.Management.Automation.PSInvalidCastException",
                    target=to_text(value),
                ),
            )
            return
        exact = float(found)
        self.sum += exact
        self.maximum = exact if self.maximum is None else max(self.maximum, exact)
        self.minimum = exact if self.minimum is None else min(self.minimum, exact)

    def info(self, call: Call, name: str | None) -> NetObject:
        return NetObject(
            (*_INFO, "System.Object"),
            {
                "Count": self.count,
                "Average": self.sum / self.count if call.on("Average") and self.count else None,
                "Sum": self.sum if call.on("Sum") and self.count else None,
                "Maximum": self.maximum if call.on("Maximum") else None,
                "Minimum": self.minimum if call.on("Minimum") else None,
                "Property": name,
            },
        )


async def _run(call: Call) -> Objects:
    if call.parameter_set == _TEXT:
        raise not_simulated("Measure-Object -Line, -Word or -Character")
    wanted = call.texts("Property")
    tallies = {name: _Tally() for name in wanted}
    whole = _Tally()
    async for value in call.objects():
        if not wanted:
            whole.add(call, unbox(value))
        for name in wanted:
            if members.find(value, name):
                tallies[name].add(call, members.get(value, name))
    if not wanted:
        yield whole.info(call, None)
    for name, tally in tallies.items():
        if tally.count:
            yield tally.info(call, name)
            continue
        call.write_error(
            call.error(
                f'The property "{name}" cannot be found in the input for any objects.',
                "GenericMeasurePropertyNotFound",
                "InvalidArgument",
                exception=_ARGUMENT,
            ),
        )


MEASURE_OBJECT = CommandInfo(
    "Measure-Object",
    "Microsoft.PowerShell.Utility",
    _run,
    (
        Parameter("InputObject", OBJECT, pipeline=True),
        Parameter("Property", array(STRING), position=0),
        switch("Sum", _GENERIC),
        switch("Average", _GENERIC),
        switch("Maximum", _GENERIC),
        switch("Minimum", _GENERIC),
        switch("Line", _TEXT),
        switch("Word", _TEXT),
        switch("Character", _TEXT),
        switch("IgnoreWhiteSpace", _TEXT),
    ),
    implementing_type="Microsoft.PowerShell.Commands.MeasureObjectCommand",
    default_set=_GENERIC,
)
