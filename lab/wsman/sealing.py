"""Message encryption of WinRM: a SOAP envelope sealed by the security context, in a MIME wrapping [MS-WSMV 2.2.9.1]."""

from __future__ import annotations

import re
import struct
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from spnego import ContextProxy

SPNEGO = "application/HTTP-SPNEGO-session-encrypted"
KERBEROS = "application/HTTP-Kerberos-session-encrypted"

_BOUNDARY = b"--Encrypted Boundary"
_BODY = re.compile(
    rb"--\s*Encrypted Boundary\r\n.*?Length=(\d+)\s*\r\n--\s*Encrypted Boundary\r\n"
    rb"\s*Content-Type: application/octet-stream\r\n(.*)--\s*Encrypted Boundary--(?:\r\n)?",
    re.DOTALL | re.IGNORECASE,
)
_LENGTH = struct.Struct("<I")


class BadSeal(Exception):  # noqa: N818 - an answer (HTTP 400), not a failure of ours
    """The message was not sealed by this context, or is damaged."""


def is_sealed(content_type: str) -> bool:
    """Whether a Content-Type announces an encrypted message."""
    return content_type.lower().startswith("multipart/encrypted")


def content_type(protocol: str) -> str:
    """Content-Type of an encrypted message."""
    return f'multipart/encrypted;protocol="{protocol}";boundary="Encrypted Boundary"'


def protocol_of(header: str) -> str:
    """The protocol that a Content-Type names."""
    return KERBEROS if "HTTP-Kerberos" in header else SPNEGO


def unseal(context: ContextProxy | None, body: bytes) -> bytes:
    """Decrypt a message.

    Raises:
        BadSeal: sealed by another context, damaged, or no sealed message at all.

    """
    match = _BODY.fullmatch(body)
    if context is None or match is None or len(match[2]) < _LENGTH.size:
        raise BadSeal("not a multipart/encrypted message, or no security context")
    (header_length,) = _LENGTH.unpack_from(match[2])
    start = _LENGTH.size + header_length
    try:
        message = context.unwrap_winrm(match[2][_LENGTH.size : start], match[2][start:])
    except Exception as error:  # pyspnego raises errors of its own, of gssapi and of struct
        raise BadSeal(str(error)) from error
    if len(message) != int(match[1]):
        raise BadSeal(f"{len(message)} bytes where {int(match[1])} were announced")
    return message


def seal(context: ContextProxy, message: bytes, protocol: str) -> bytes:
    """Encrypt a message."""
    wrapped = context.wrap_winrm(message)
    length = len(message) + wrapped.padding_length
    head = (
        f"\r\n\tContent-Type: {protocol}\r\n"
        f"\tOriginalContent: type=application/soap+xml;charset=UTF-8;Length={length}\r\n"
    )
    return b"".join(
        (
            _BOUNDARY,
            head.encode(),
            _BOUNDARY,
            b"\r\n\tContent-Type: application/octet-stream\r\n",
            _LENGTH.pack(len(wrapped.header)),
            wrapped.header,
            wrapped.data,
            _BOUNDARY,
            b"--\r\n",
        )
    )
