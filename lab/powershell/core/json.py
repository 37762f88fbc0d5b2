"""ConvertTo-Json."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lab.powershell.commands import CommandInfo, Parameter, switch
from lab.powershell.convert import INT32, OBJECT
from lab.powershell.json51 import NonStringKey, convert_to_json
from lab.powershell.seam import TerminatingError

if TYPE_CHECKING:
    from lab.powershell.commands import Call, Objects

_DEFAULT_DEPTH = 2


async def _run(call: Call) -> Objects:
    values = [value async for value in call.objects()]
    if not values:
        return
    try:
        yield convert_to_json(
            values if len(values) > 1 else values[0],
            depth=call.integer("Depth", _DEFAULT_DEPTH),
            compress=call.on("Compress"),
            zone=call.session.zone,
        )
    except NonStringKey as error:
        raise TerminatingError(
            call.error(
                f"The type 'System.Collections.Hashtable' is not supported for serialization or deserialization of a "
                f"dictionary. Keys must be strings ({error}).",
                "NonStringKeyInDictionary",
                "InvalidOperation",
                exception="System.InvalidOperationException",
            ),
        ) from None


CONVERT_TO_JSON = CommandInfo(
    "ConvertTo-Json",
    "Microsoft.PowerShell.Utility",
    _run,
    (
        Parameter("InputObject", OBJECT, position=0, mandatory=True, pipeline=True, empty_allowed=True),
        Parameter("Depth", INT32, bounds=(1, 100)),
        switch("Compress"),
    ),
    implementing_type="Microsoft.PowerShell.Commands.ConvertToJsonCommand",
)
