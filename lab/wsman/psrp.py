"""The PSRP side of one shell: psrpcore's server state, with messages as Windows frames them [psrp §1]."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from psrpcore import ServerRunspacePool, StreamType
from psrpcore.types import (
    ApplicationPrivateData,
    PSRPMessageType,
    PSVersion,
    RunspacePoolInitData,
    RunspacePoolState,
    RunspacePoolStateMsg,
)

from lab.wsman.channel import Channel
from lab.wsman.clixml import dump
from lab.wsman.framing import write_message

if TYPE_CHECKING:
    from uuid import UUID

    from psrpcore import ConnectRunspacePoolEvent

PS_VERSION = "5.1.20348.2227"


def version_table() -> dict[str, object]:
    """$PSVersionTable of Windows PowerShell 5.1 on Server 2022, as APPLICATION_PRIVATE_DATA carries it."""
    return {
        "PSVersion": PSVersion(PS_VERSION),
        "PSEdition": "Desktop",
        "PSCompatibleVersions": [PSVersion(v) for v in ("1.0", "2.0", "3.0", "4.0", "5.0", PS_VERSION)],
        "CLRVersion": PSVersion("4.0.30319.42000"),
        "BuildVersion": PSVersion("10.0.20348.2227"),
        "WSManStackVersion": PSVersion("3.0"),
        "PSRemotingProtocolVersion": PSVersion("2.3"),
        "SerializationVersion": PSVersion("1.1.0.1"),
    }


class PoolState(ServerRunspacePool):
    """psrpcore's pool, sending into channels instead of one buffer.

    Attributes:
        channel: What waits for a Receive on the shell itself.
        channels: The same per pipeline.

    """

    def __init__(self) -> None:
        super().__init__(application_private_data={"PSVersionTable": version_table()})
        self.channel = Channel()
        self.channels: dict[UUID, Channel] = {}

    def prepare_message(
        self,
        message: Any,  # noqa: ANN401 - psrpcore's signature
        message_type: PSRPMessageType | None = None,
        pipeline_id: UUID | None = None,
        stream_type: StreamType = StreamType.default,  # noqa: ARG002 - one stream, stdout
    ) -> None:
        """Serialise and queue a message for the pool or for one pipeline."""
        if message_type is None:
            message_type = (
                PSRPMessageType.PipelineOutput if message is None else PSRPMessageType.get_message_id(type(message))
            )
        if isinstance(message, RunspacePoolStateMsg):
            self.channel.put_break()  # Windows sends the opened state only with the next Receive
        data = dump(message, message_type, self)
        channel = self.channels[pipeline_id] if pipeline_id else self.channel
        channel.put(self._fragment_counter, write_message(message_type, data, self.runspace_pool_id, pipeline_id))

    def await_connection(self) -> None:
        """Expect CONNECT_RUNSPACEPOOL of a new client; object ids go on counting [recordings]."""
        self._change_state(RunspacePoolState.Connecting, emit=False)

    def _process_ConnectRunspacePool(self, event: ConnectRunspacePoolEvent) -> None:  # noqa: N802 - psrpcore's dispatch
        self._max_runspaces = event.max_runspaces or self.max_runspaces
        self._min_runspaces = event.min_runspaces or self.min_runspaces
        self.prepare_message(self.our_capability)
        self.prepare_message(RunspacePoolInitData(MinRunspaces=self.min_runspaces, MaxRunspaces=self.max_runspaces))
        self.channel.put_break()
        self.prepare_message(ApplicationPrivateData(ApplicationPrivateData=self.application_private_data))
        self._change_state(RunspacePoolState.Opened, emit=False)
