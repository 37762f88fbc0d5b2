"""What the wire (lab.wsman) and the engine (lab.powershell) know of each other, and nothing more.

The wire turns a CREATE_PIPELINE message into a `Pipeline`, iterates what `Runspace.invoke` yields as far as the client
asks for more, and writes each record to psrpcore. A `TerminatingError` out of the iteration is the end of the pipeline:
PIPELINE_STATE Failed with its record. The end of the iteration without one is PIPELINE_STATE Completed.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from psrpcore.types import ErrorRecord


@dataclass(frozen=True)
class Command:
    """One command of a pipeline as the client sent it.

    Parameters are (name, value) in the order sent: name None is a positional argument, value None a bare switch.
    Values are what psrpcore decodes them to.
    """

    name: str
    is_script: bool
    parameters: tuple[tuple[str | None, object], ...] = ()


@dataclass(frozen=True)
class Pipeline:
    """The statements of one CREATE_PIPELINE message, each a chain of commands."""

    statements: tuple[tuple[Command, ...], ...]


@dataclass(frozen=True)
class Output:
    """One object of the output stream: anything `psrpcore.ServerPipeline.write_output` takes, flattened to depth 1."""

    value: object


@dataclass(frozen=True)
class ErrorOutput:
    """One record of the error stream; the pipeline goes on."""

    record: ErrorRecord


@dataclass(frozen=True)
class WarningOutput:
    """One line of the warning stream."""

    text: str


Record = Output | ErrorOutput | WarningOutput


class TerminatingError(Exception):
    """Ends the pipeline in state Failed with this record."""

    def __init__(self, record: ErrorRecord) -> None:
        super().__init__(str(record))
        self.record = record


class EndpointDenied(Exception):  # noqa: N818 - named after what the client sees: access denied, not an error of ours
    """The user may not open this configuration: WS-Man fault 5 [psrp §5]."""


class EndpointUnknown(Exception):  # noqa: N818 - as EndpointDenied
    """The server has no configuration of this name: WS-Man fault 2150858811 [psrp §5]."""


class Runspace(Protocol):
    """One open runspace pool of one user."""

    def invoke(self, pipeline: Pipeline) -> AsyncIterator[Record]:
        """Run the pipeline, lazily; closing the iterator stops it.

        Raises:
            TerminatingError: the pipeline failed.

        """
        ...

    def close(self) -> None:
        """Forget the runspace; running pipelines end at their next step."""
        ...


class Endpoints(Protocol):
    """The session configurations of every server of the lab."""

    def open(self, purpose: str, configuration_name: str, user: str) -> Runspace:
        """Open a runspace on the server that answers as `purpose` ("old" or "new").

        Raises:
            EndpointDenied: the user may not use this configuration.
            EndpointUnknown: there is no such configuration.

        """
        ...
