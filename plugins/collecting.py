"""`--collect-script OUT.ps1`: the script that reads a server nobody may reach over the network."""

from __future__ import annotations

import pytest

from fixtures.offline.script import collector_script
from plugins.guard import environment_of

_BOM = "\ufeff"
"""Without it Windows PowerShell 5.1 reads a script in the code page of the machine."""


def answer(config: pytest.Config) -> int:
    """Write the script and say what to do with it. Raises pytest.UsageError for a wrong environment file or path."""
    environment = environment_of(config) if config.getoption("environment") else None
    path = config.invocation_params.dir / config.getoption("collect_script")
    try:
        path.write_text(_BOM + collector_script(environment), encoding="utf-8", newline="")
    except OSError as error:
        raise pytest.UsageError(f"--collect-script: {path} cannot be written: {error.strerror}") from error
    print(_NEXT.format(path=path))  # noqa: T201 - this is the answer
    return 0


_NEXT = """{path} is written: a read-only Windows PowerShell 5.1 script.
Run it on the server as a member of ADSyncAdmins; bring the zip it leaves, and name it in the environment:

    [servers.NAME]
    purpose = "old"
    computer_name = "..."
    source = "collected"
    path = "swing-gate-....zip"
    sha256 = "..."   # of collection.json, the last line the script printed
"""
