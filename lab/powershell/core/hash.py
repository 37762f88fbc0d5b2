"""Get-FileHash, for the one file on the server whose content the world knows."""

from __future__ import annotations

from hashlib import sha256
from typing import TYPE_CHECKING

from lab.powershell import files
from lab.powershell.clr import NetObject
from lab.powershell.commands import CommandInfo, Parameter
from lab.powershell.convert import STRING, array
from lab.powershell.errors import not_simulated

if TYPE_CHECKING:
    from lab.powershell.commands import Call, Objects

_PATH, _LITERAL = "Path", "LiteralPath"


async def _get_file_hash(call: Call) -> Objects:
    if call.text("Algorithm", "SHA256").casefold() != "sha256":
        raise not_simulated("Get-FileHash -Algorithm")
    server = call.session.server
    known = files.engine_configuration_path(server)
    for path in call.texts(_LITERAL if call.given(_LITERAL) else _PATH):
        if path.casefold() != known.casefold():
            call.write_error(
                call.error(
                    f"Cannot find path '{path}' because it does not exist.",
                    "FileNotFound",
                    "ObjectNotFound",
                    exception="System.Management.Automation.ItemNotFoundException",
                    target=path,
                ),
            )
            continue
        digest = sha256(files.engine_configuration(server)).hexdigest().upper()
        yield NetObject.custom({"Algorithm": "SHA256", "Hash": digest, "Path": known})


GET_FILE_HASH = CommandInfo(
    "Get-FileHash",
    "Microsoft.PowerShell.Utility",
    _get_file_hash,
    (
        Parameter(_PATH, array(STRING), position=0, mandatory=True, sets=frozenset({_PATH})),
        Parameter(_LITERAL, array(STRING), aliases=("PSPath",), mandatory=True, sets=frozenset({_LITERAL})),
        Parameter("Algorithm", STRING),
    ),
    default_set=_PATH,
)
"""A function of its module in Windows PowerShell 5.1, not a cmdlet."""
