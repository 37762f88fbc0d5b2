"""PSRP messages and fragments [MS-PSRP 2.2.1, 2.2.4; psrp §1]."""

from __future__ import annotations

import struct
from collections import deque
from typing import TYPE_CHECKING
from uuid import UUID

if TYPE_CHECKING:
    from psrpcore.types import PSRPMessageType

FRAGMENT_SIZE = 32_768
"""Bytes of a full fragment, header included, as Windows sends them."""
FRAGMENT_HEADER = struct.Struct(">QQBI")
BYTES_PER_RECEIVE = 4 * FRAGMENT_SIZE
"""Bytes of fragments that one ReceiveResponse carries at most."""
STREAM_ELEMENT = 100
"""Characters of an rsp:Stream element around its base64 text."""

_BOM = b"\xef\xbb\xbf"
_MESSAGE_HEADER = struct.Struct("<II16s16s")
_TO_CLIENT = 1
_START, _END = 1, 2
_NOBODY = UUID(int=0)


def write_message(message_type: PSRPMessageType, data: bytes, pool_id: UUID, pipeline_id: UUID | None) -> bytes:
    """A message to the client; Windows puts a byte order mark in front of the CLIXML."""
    header = _MESSAGE_HEADER.pack(_TO_CLIENT, message_type, pool_id.bytes_le, (pipeline_id or _NOBODY).bytes_le)
    return b"".join((header, _BOM, data))


def retarget_pipeline(fragments: bytes, command_id: UUID) -> bytes:
    """Give the pipeline id of every message that starts here the byte order of the command id.

    Clients before pypsrp 0.3.1 wrote it in network order; Windows goes by the command id [psrp §2].

    Raises:
        ValueError: not a sequence of whole fragments.

    """
    patched = bytearray(fragments)
    start = 0
    while start < len(patched):
        if len(patched) - start < FRAGMENT_HEADER.size:
            raise ValueError("torn fragment header")
        _, _, flags, length = FRAGMENT_HEADER.unpack_from(patched, start)
        pipeline_id = slice(start + FRAGMENT_HEADER.size + 24, start + FRAGMENT_HEADER.size + 40)
        if flags & _START and patched[pipeline_id] == command_id.bytes:
            patched[pipeline_id] = command_id.bytes_le
        start += FRAGMENT_HEADER.size + length
    if start != len(patched):
        raise ValueError("torn fragment")
    return bytes(patched)


def pipeline_of(fragments: bytes) -> UUID:
    """The pipeline id in the header of the message that starts the fragments."""
    start = FRAGMENT_HEADER.size + 24
    return UUID(bytes_le=fragments[start : start + 16])


class Outbox:
    """Messages waiting for a Receive, handed out fragment by fragment.

    A fragment is cut when it is taken, so a message of 25 MB is held once.
    """

    def __init__(self) -> None:
        self._messages: deque[tuple[int, bytes] | None] = deque()
        self._offset = 0
        self._fragment = 0
        self.size = 0

    def __bool__(self) -> bool:
        return bool(self._messages)

    def put(self, object_id: int, message: bytes) -> None:
        """Append a message; object ids count per pool."""
        self._messages.append((object_id, message))
        self.size += len(message)

    def put_break(self) -> None:
        """What follows belongs into another ReceiveResponse."""
        self._messages.append(None)

    def take(self, envelope: int) -> list[bytes]:
        """Fragments for one ReceiveResponse, but one at least if anything is waiting.

        They are at most BYTES_PER_RECEIVE together, and their rsp:Stream elements at most `envelope` characters.
        """
        taken: list[bytes] = []
        room = BYTES_PER_RECEIVE
        while self._messages:
            head = self._messages[0]
            if head is None:
                self._messages.popleft()
                if taken:
                    break
                continue
            fragment = self._cut(*head)
            element = STREAM_ELEMENT + (len(fragment) + 2) // 3 * 4
            if taken and (len(fragment) > room or element > envelope):
                break
            taken.append(fragment)
            room -= len(fragment)
            envelope -= element
            self._advance(len(fragment) - FRAGMENT_HEADER.size)
        return taken

    def _cut(self, object_id: int, message: bytes) -> bytes:
        payload = message[self._offset : self._offset + FRAGMENT_SIZE - FRAGMENT_HEADER.size]
        ends = self._offset + len(payload) == len(message)
        flags = (_START if self._offset == 0 else 0) | (_END if ends else 0)
        return FRAGMENT_HEADER.pack(object_id, self._fragment, flags, len(payload)) + payload

    def _advance(self, sent: int) -> None:
        head = self._messages[0]
        self.size -= sent
        self._offset += sent
        self._fragment += 1
        if head is not None and self._offset == len(head[1]):
            self._messages.popleft()
            self._offset = self._fragment = 0
