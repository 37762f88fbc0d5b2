"""The session configurations of the lab's servers, and a runspace on one of them.

| configuration | who | what |
| --- | --- | --- |
| Microsoft.PowerShell | administrators | every command; script text as far as the lab can run it |
| SwingGate | everybody | NoLanguage; what the role capability file of the product lists |
| RestrictedRemoteServer | everybody | NoLanguage; the eight default proxies and the ADSync reads |
"""

from __future__ import annotations

from contextlib import aclosing
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from lab.powershell import engine
from lab.powershell.adsync import ADSYNC, ENTRA_CREDENTIAL
from lab.powershell.clr import Version
from lab.powershell.commands import CommandTable
from lab.powershell.core import ALIASES, CORE
from lab.powershell.functions import FUNCTIONS
from lab.powershell.jea import restricted_remote_server, role_capability
from lab.powershell.seam import EndpointDenied, EndpointUnknown, ErrorOutput, Output, TerminatingError
from lab.powershell.session import Session

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Collection

    from lab.log import RequestLog
    from lab.powershell.commands import CommandInfo
    from lab.powershell.seam import Pipeline, Record
    from lab.world.server import SyncServer
    from lab.world.world import World

FULL = "Microsoft.PowerShell"
JEA = "SwingGate"
RESTRICTED = "RestrictedRemoteServer"
ROLE_CAPABILITY = (
    Path(__file__).resolve().parents[2] / "fixtures" / "jea" / "SwingGate" / "RoleCapabilities" / "SwingGate.psrc"
)
"""Where the product keeps the role capability that an administrator would deploy."""
_ENTRA_CREDENTIAL_SINCE = Version((2, 5, 3, 0))


def _commands(server: SyncServer) -> tuple[CommandInfo, ...]:
    """Give all commands of a server: the core ones, and ADSync's of its build."""
    newer = Version.parse(server.product_version) >= _ENTRA_CREDENTIAL_SINCE
    return (*CORE, *ADSYNC, *((ENTRA_CREDENTIAL,) if newer else ()))


def _bare(user: str) -> str:
    """Give a user's name without domain or realm."""
    return user.rpartition("\\")[2].partition("@")[0].casefold()


class LabRunspace:
    """A runspace on one server; every pipeline of it stands in the request log."""

    def __init__(self, session: Session, purpose: str, user: str, log: RequestLog) -> None:
        self._session = session
        self._purpose = purpose
        self._user = user
        self._log = log

    async def invoke(self, pipeline: Pipeline) -> AsyncGenerator[Record, None]:
        """Run the pipeline, lazily; closing the iterator stops it.

        Raises:
            TerminatingError: the pipeline failed.

        """
        started, rows, errors, outcome = datetime.now(UTC), 0, 0, "stopped"
        try:
            async with aclosing(engine.run(self._session, pipeline)) as records:
                async for record in records:
                    rows += isinstance(record, Output)
                    errors += isinstance(record, ErrorOutput)
                    yield record
            outcome = "completed"
        except TerminatingError as error:
            outcome = f"failed: {error.record.FullyQualifiedErrorId}"
            raise
        finally:
            self._log.record(
                self._purpose,
                self._user,
                engine.written(pipeline),
                started,
                datetime.now(UTC),
                f"{outcome}; {rows} objects, {errors} errors",
                kind="pipeline",
            )

    def close(self) -> None:
        """Forget the runspace; running pipelines end at their next step."""
        self._session.closed = True


class PowerShellEndpoints:
    """The seam's Endpoints over a world."""

    def __init__(
        self,
        world: World,
        log: RequestLog,
        *,
        administrators: Collection[str],
        role_capability_file: Path = ROLE_CAPABILITY,
    ) -> None:
        """Read the role capability file.

        Raises:
            RoleCapabilityError: it names what the lab does not have.
            OSError: it cannot be read.

        """
        self._world = world
        self._log = log
        self._administrators = {_bare(name) for name in administrators}
        self._jea = role_capability(role_capability_file, (*CORE, *ADSYNC, ENTRA_CREDENTIAL))

    def open(self, purpose: str, configuration_name: str, user: str, *, local: bool = False) -> LabRunspace:
        """Open a runspace on the server that answers as `purpose`; `local` is one at its own console.

        Raises:
            EndpointDenied: not an administrator, on the full endpoint.
            EndpointUnknown: there is no such configuration.

        """
        commands = _commands(self._world.host(purpose))
        full = configuration_name.casefold() == FULL.casefold()
        if full:
            if _bare(user) not in self._administrators:
                raise EndpointDenied(configuration_name)
            table = CommandTable(commands, ALIASES)
        elif configuration_name.casefold() == JEA.casefold():
            present = {info.name for info in (*commands, *FUNCTIONS)}
            table = CommandTable(info for info in self._jea if info.name in present)
        elif configuration_name.casefold() == RESTRICTED.casefold():
            table = restricted_remote_server(commands)
        else:
            raise EndpointUnknown(configuration_name)
        session = Session(
            lambda: self._world.host(purpose),
            table,
            language=full,
            providers=full,
            local=local,
            cloud=self._world.tenant,
        )
        return LabRunspace(session, purpose, user, self._log)
