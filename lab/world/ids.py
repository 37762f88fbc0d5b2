"""Identifiers computed from keys and back: nothing is stored, and no table is searched."""

from __future__ import annotations

from hashlib import sha256
from uuid import UUID

_A_BITS, _C_BITS = 48, 62
_A_MASK, _C_MASK = (1 << _A_BITS) - 1, (1 << _C_BITS) - 1
_VERSION_4 = 4 << 12
_VARIANT = 2 << _C_BITS


class IdSpace:
    """A family of version-4-shaped GUIDs, one per key; two families never share a GUID by design of their salt."""

    def __init__(self, salt: str) -> None:
        seed = sha256(salt.encode()).digest()
        self._a_factor = int.from_bytes(seed[0:6], "big") | 1
        self._a_shift = int.from_bytes(seed[6:12], "big")
        self._a_inverse = pow(self._a_factor, -1, 1 << _A_BITS)
        self._c_factor = int.from_bytes(seed[12:20], "big") & _C_MASK | 1
        self._c_shift = int.from_bytes(seed[20:28], "big") & _C_MASK

    def number(self, key: int) -> int:
        """The GUID of a key as a 128-bit number (big-endian, as `UUID.int`)."""
        a = (key * self._a_factor + self._a_shift) & _A_MASK
        c = (key * self._c_factor + self._c_shift) & _C_MASK
        b = (a ^ c) & 0xFFF
        return (a << 16 | _VERSION_4 | b) << 64 | _VARIANT | c

    def uuid(self, key: int) -> UUID:
        """The GUID of a key."""
        return UUID(int=self.number(key))

    def bytes_le(self, key: int) -> bytes:
        """The GUID of a key as Windows stores it (the first three fields little-endian)."""
        raw = self.number(key).to_bytes(16, "big")
        return raw[3::-1] + raw[5:3:-1] + raw[7:5:-1] + raw[8:]

    def key(self, identifier: UUID) -> int | None:
        """The key behind a GUID, or None when the GUID is of no key in this family (keys are below 2**48)."""
        a = identifier.int >> 80
        key = ((a - self._a_shift) * self._a_inverse) & _A_MASK
        return key if self.number(key) == identifier.int else None
