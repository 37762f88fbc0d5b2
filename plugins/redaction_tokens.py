"""Tokens: what stands in a name's place. Each keeps the form of what it replaces, so that it can still be judged by.

A GUID's token is a GUID that begins with zeros, a SID's is a SID, a source anchor's is base64 or hex as it was. So a
DN of the Entra connector still decodes to the anchor that Graph tells, and an account `Sync_SERVER_…@domain` still
names the server whose token `SERVER` has. All come from an HMAC: the same name and key always give the same token.
"""

from __future__ import annotations

import base64
import binascii
import hmac
import re
import struct
from dataclasses import dataclass
from uuid import UUID

ENTRA_CONNECTOR = "b891884f-051e-4a83-95af-2544101c9083"
"""The identifier the Entra connector has everywhere: it names nobody."""
SYNC_ACCOUNTS = "d29b2b05-8046-44ba-8758-1e26182fcf32"
"""The template of the role that accounts of sync servers have, in every tenant."""
NAMES_NOBODY = frozenset({ENTRA_CONNECTOR, SYNC_ACCOUNTS, str(UUID(int=0))})
CLOUD_DOMAINS = r"\.(?:mail\.)?onmicrosoft\.(?:com|us|de|cn)|\.partner\.onmschina\.cn"
"""Ends of the domains that every tenant has. They tell its cloud, and stay."""
_DIGITS = 10
_GUID_BYTES = 16
_FIRST_OWN_RID = 1000
"""Smaller ones mean the same in every domain [MS-DTYP 2.4.2.4]."""
_ROUNDS = 4
_CLOUD_DOMAIN = re.compile(rf"(?P<name>.+?)(?P<end>{CLOUD_DOMAINS})", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Tokens:
    """Makes tokens under one key."""

    key: bytes

    def keyed(self, text: str) -> str:
        """Return a digest of a text that nobody without the key can compute, to try names against it."""
        return hmac.digest(self.key, text.encode(), "sha256").hex()

    def word(self, kind: str, name: str) -> str:
        """Return `kind-` and ten digits; case makes no difference, as it makes none to the systems."""
        return f"{kind}-{self.keyed(f'{kind}{chr(0)}{name.casefold()}')[:_DIGITS]}"

    def domain(self, name: str) -> str:
        """Return the token of a domain; one that every tenant has keeps its end."""
        found = _CLOUD_DOMAIN.fullmatch(name)
        return self.word("domain", found["name"]) + found["end"].lower() if found else self.word("domain", name)

    def digits(self, text: str, number: int) -> str:
        """Return hex digits for the part of a name that is hex digits itself."""
        return self.keyed(f"digits\0{text.casefold()}")[:number]

    def guid(self, text: str) -> str:
        """Return a GUID for a GUID, in its letters. Raises ValueError when it is none."""
        guid = str(UUID(text))
        if guid in NAMES_NOBODY:
            return text
        found = self.keyed(f"guid\0{guid}")
        token = f"00000000-{found[:4]}-8{found[4:7]}-8{found[7:10]}-{found[10:22]}"
        return token.upper() if text != text.lower() else token

    def sid(self, text: str) -> str:
        """Return a SID for a SID: another domain, and within it a permutation of its members."""
        parts = text.split("-")
        if parts[2:4] == ["12", "1"] and len(parts) == 8:  # noqa: PLR2004 - the GUID of an Entra object in four numbers
            guid = UUID(bytes_le=struct.pack("<4I", *map(int, parts[4:])))
            return "-".join([*parts[:4], *map(str, struct.unpack("<4I", UUID(self.guid(str(guid))).bytes_le))])
        domain, members = "-".join(parts[:7]), parts[7:]
        found = self.keyed(f"sid\0{domain}")
        numbers = [str(int(found[place : place + 8], 16)) for place in (0, 8, 16)]
        return "-".join([*parts[:4], *numbers, *(str(self._member(domain, int(member))) for member in members)])

    def _member(self, domain: str, number: int) -> int:
        """Return another number of a domain's member. No two members get the same one: it is a Feistel network."""
        if number < _FIRST_OWN_RID:
            return number
        while True:
            left, right = number >> 16, number & 0xFFFF
            for turn in range(_ROUNDS):
                mixed = hmac.digest(self.key, f"{domain} {turn} {right}".encode(), "sha256")
                left, right = right, left ^ int.from_bytes(mixed[:2], "big")
            number = left << 16 | right
            if number >= _FIRST_OWN_RID:
                return number

    def anchor(self, text: str) -> str:
        """Return a source anchor for a source anchor: that of a GUID leads to the token of the GUID."""
        return self.binary(text) or self.word("anchor", text)

    def braced(self, text: str) -> str:
        """Return `{hex}` for `{hex}` of a source anchor, as a DN of the Entra connector has it."""
        try:
            anchor = bytes.fromhex(text[1:-1]).decode()
        except ValueError:
            return "{" + self.keyed(f"anchor\0{text.casefold()}")[:48].upper() + "}"
        return "{" + self.anchor(anchor).encode().hex().upper() + "}"

    def binary(self, text: str) -> str | None:
        """Return base64 for base64 of a GUID or of a SID; None for anything else."""
        try:
            data = base64.b64decode(text, validate=True)
        except (binascii.Error, ValueError):
            return None
        found = self.bytes_of(data)
        return base64.b64encode(found).decode() if found is not None else None

    def bytes_of(self, data: bytes) -> bytes | None:
        """Return bytes for the bytes of a GUID or of a SID; None for anything else."""
        if len(data) == _GUID_BYTES:
            return UUID(self.guid(str(UUID(bytes_le=data)))).bytes_le
        if len(data) < 12 or data[0] != 1 or len(data) != 8 + 4 * data[1]:  # noqa: PLR2004 - the header of a SID
            return None
        numbers = struct.unpack(f"<{data[1]}I", data[8:])
        sid = "-".join(["S", "1", str(int.from_bytes(data[2:8], "big")), *map(str, numbers)])
        if not NAMING_SID.fullmatch(sid):
            return data
        return data[:8] + struct.pack(f"<{data[1]}I", *map(int, self.sid(sid).split("-")[3:]))


NAMING_SID = re.compile(r"S-1-(?:5-21(?:-\d+){3,4}|12-1(?:-\d+){4})")
"""A SID of a domain or of an object in it. The others, such as S-1-5-32-544, are the same everywhere."""
