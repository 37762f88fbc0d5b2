"""Where the messages of a shell or a command wait until the client asks for them."""

from __future__ import annotations

import asyncio

from lab.wsman import faults
from lab.wsman.framing import BYTES_PER_RECEIVE, Outbox

HIGH_WATER = 2 * BYTES_PER_RECEIVE
"""Bytes that may wait unreceived before the producer is held."""


class Channel:
    """An outbox between one producer and the Receives of a client."""

    def __init__(self) -> None:
        self._outbox = Outbox()
        self._aborted = False
        self._ended = False
        self._readable = asyncio.Event()
        self._writable = asyncio.Event()

    @property
    def exhausted(self) -> bool:
        """Everything has been handed out and nothing more will come."""
        return self._ended and not self._outbox

    def put(self, object_id: int, message: bytes) -> None:
        """Append a message."""
        self._outbox.put(object_id, message)
        self._readable.set()

    def put_break(self) -> None:
        """What follows belongs into another ReceiveResponse."""
        self._outbox.put_break()

    def end(self) -> None:
        """Nothing more will come."""
        self._ended = True
        self._readable.set()

    def abort(self) -> None:
        """Let every pending Receive end with fault 995; the channel is not used again."""
        self._aborted = True
        self._readable.set()
        self._writable.set()

    def take_ready(self) -> list[bytes]:
        """What one answer can carry of the fragments that wait now."""
        return self._outbox.take(2 * BYTES_PER_RECEIVE)

    async def writable(self) -> None:
        """Wait until the client has taken enough."""
        while self._outbox.size >= HIGH_WATER and not self._aborted:
            self._writable.clear()
            await self._writable.wait()

    async def receive(self, envelope: int, timeout: float) -> list[bytes]:  # noqa: ASYNC109 - OperationTimeout of the request
        """Fragments for an answer of `envelope` characters; waits up to `timeout` seconds for the first one.

        Raises:
            WSManFault: 2150858793 after the timeout, 995 when the channel was aborted.

        """
        try:
            async with asyncio.timeout(timeout):
                while not (self._outbox or self._ended or self._aborted):
                    self._readable.clear()
                    await self._readable.wait()
        except TimeoutError:
            raise faults.timed_out() from None
        if self._aborted:
            raise faults.operation_aborted()
        fragments = self._outbox.take(envelope)
        self._writable.set()
        return fragments
