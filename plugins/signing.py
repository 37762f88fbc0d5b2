"""Keys and signatures: a statement goes into a DSSE envelope, signed with a key from a PEM file."""

from __future__ import annotations

import json
import os
import stat
from typing import TYPE_CHECKING

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.serialization import load_pem_private_key, load_pem_public_key
from securesystemslib.dsse import Envelope
from securesystemslib.exceptions import Error, VerificationError
from securesystemslib.signer import CryptoSigner, SSlibKey

if TYPE_CHECKING:
    from pathlib import Path

PAYLOAD_TYPE = "application/vnd.in-toto+json"
PASSPHRASE = "SWING_GATE_SIGN_KEY_PASSPHRASE"  # noqa: S105 - the name of a variable
"""Environment variable with the passphrase of an encrypted signing key."""
ACCEPTED = "a PEM file with an Ed25519, ECDSA or RSA key"
_OTHERS = stat.S_IRWXG | stat.S_IRWXO


class KeyFileError(Exception):
    """A key file cannot be used. The message never holds anything of the key."""


class EnvelopeError(Exception):
    """What should be an envelope is none, or its signature is not by the key."""


def signer_of(path: Path) -> CryptoSigner:
    """Return a signer with the private key of a PEM file that only its owner can read; raise KeyFileError."""
    pem = _read(path)
    if os.name == "posix" and stat.S_IMODE(path.stat().st_mode) & _OTHERS:
        raise KeyFileError(f"{path} can be read by others: only its owner may read it (mode 0600)")
    passphrase = os.environ.get(PASSPHRASE)
    try:
        return CryptoSigner(load_pem_private_key(pem, passphrase.encode() if passphrase else None))
    except TypeError as error:
        raise KeyFileError(f"{path}: it is encrypted and {PASSPHRASE} is not set, or the other way round") from error
    except (ValueError, UnsupportedAlgorithm, Error) as error:
        raise KeyFileError(f"{path}: no private key that can sign; accepted: {ACCEPTED}") from error


def public_key_of(path: Path) -> SSlibKey:
    """Return the public key of a PEM file; raise KeyFileError."""
    try:
        return SSlibKey.from_crypto(load_pem_public_key(_read(path)))
    except (ValueError, UnsupportedAlgorithm, Error) as error:
        raise KeyFileError(f"{path}: no public key; accepted: {ACCEPTED}") from error


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise KeyFileError(f"{path}: cannot be read: {error.strerror}") from error


def enveloped(payload: str, signer: CryptoSigner) -> str:
    """Return a statement in an envelope, signed."""
    envelope = Envelope(payload.encode(), PAYLOAD_TYPE, {})
    envelope.sign(signer)
    return json.dumps(envelope.to_dict(), indent=2) + "\n"


def opened(envelope: bytes, key: SSlibKey) -> bytes:
    """Return the payload of an envelope that was signed with a key; raise EnvelopeError."""
    try:
        found = Envelope.from_dict(json.loads(envelope))
    except (ValueError, KeyError, TypeError, AttributeError, Error) as error:
        raise EnvelopeError("it is no DSSE envelope") from error
    if found.payload_type != PAYLOAD_TYPE:
        raise EnvelopeError(f"its payload is {found.payload_type!r}, not {PAYLOAD_TYPE!r}")
    try:
        found.verify([key], 1)
    except VerificationError as error:
        raise EnvelopeError("it is not signed with this key, or was changed since") from error
    return found.payload
