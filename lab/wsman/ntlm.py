"""Just enough of NTLM messages to know what an attempt is, whose it is, and what it is bound to [MS-NLMP 2.2.1.3]."""

from __future__ import annotations

import hashlib
import struct
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from spnego.channel_bindings import GssChannelBindings

_SIGNATURE = b"NTLMSSP\x00"
_AUTHENTICATE = 3
_HEADER = 64
_UNICODE = 0x1
_AV_PAIRS = 44
"""Offset in an NTLMv2 response: proof (16) and the fixed part of the client challenge (28)."""
_AV_END, _AV_CHANNEL_BINDINGS = 0, 10


@dataclass(frozen=True, slots=True)
class Authenticate:
    r"""A Type-3 message.

    Attributes:
        user: DOMAIN\user, or user if no domain was sent.
        channel_bindings: MD5 of the bindings; None if absent or all zero, which means none.

    """

    user: str
    channel_bindings: bytes | None

    def bound_to(self, bindings: GssChannelBindings) -> bool:
        """Whether the client bound its answer to this channel."""
        return self.channel_bindings == hashlib.md5(bindings.pack(), usedforsecurity=False).digest()


def is_ntlm(token: bytes) -> bool:
    """Whether a token, bare or inside SPNEGO, carries an NTLM message."""
    return _SIGNATURE in token


def find_authenticate(token: bytes) -> Authenticate | None:
    """The Type-3 message in a token, or None; a damaged one counts, with what could be read of it."""
    start = token.find(_SIGNATURE + struct.pack("<I", _AUTHENTICATE))
    if start < 0:
        return None
    message = token[start:]
    if len(message) < _HEADER:
        return Authenticate("", None)
    encoding = "utf-16-le" if struct.unpack_from("<I", message, 60)[0] & _UNICODE else "latin-1"
    domain = _field(message, 28).decode(encoding, "replace")
    user = _field(message, 36).decode(encoding, "replace")
    return Authenticate(f"{domain}\\{user}" if domain else user, _channel_bindings(_field(message, 20)))


def _field(message: bytes, at: int) -> bytes:
    length, _, offset = struct.unpack_from("<HHI", message, at)
    return message[offset : offset + length]


def _channel_bindings(nt_response: bytes) -> bytes | None:
    at = _AV_PAIRS
    while at + 4 <= len(nt_response):
        kind, length = struct.unpack_from("<HH", nt_response, at)
        if kind == _AV_END:
            break
        if kind == _AV_CHANNEL_BINDINGS:
            value = nt_response[at + 4 : at + 4 + length]
            return value if any(value) else None
        at += 4 + length
    return None
