"""The on-premises forest: some 300,000 users computed from their key, groups as sets of keys."""

from __future__ import annotations

import re
from base64 import b64decode, b64encode
from dataclasses import dataclass, field
from typing import Literal
from uuid import UUID

from lab.world.ids import IdSpace
from lab.world.keys import EMPTY, KeySet

Kind = Literal["user", "group", "device", "contact"]

GROUPS = 10_000_000
"""First key of the groups; users are the keys below."""
DEVICES = 11_000_000
CONTACTS = 12_000_000

DN = "DC=contoso,DC=com"
PEOPLE = f"OU=People,{DN}"
SERVICE_ACCOUNTS = f"OU=Service Accounts,{DN}"
GROUPS_OU = f"OU=Groups,{DN}"
DEVICES_OU = f"OU=Devices,{DN}"
CONTACTS_OU = f"OU=Contacts,{DN}"
SYNCHRONISED_CONTAINERS = (PEOPLE, GROUPS_OU, DEVICES_OU, CONTACTS_OU)
"""What the connector includes; the service accounts stay outside."""

DOMAIN_SID = "S-1-5-21-1004336348-1177238915-682003330"
_RID_OFFSET = 1100
_GUID_BYTES = 16

OBJECT_GUIDS = IdSpace("contoso.com/objectGUID")
ENTRA_IDS = IdSpace("contoso.onmicrosoft.com/id")

_GIVEN = ("Ada", "Bela", "Carla", "Dinesh", "Elif", "Femi", "Greta", "Hugo", "Ines", "Jonas", "Kaja", "Leo", "Mina")
_SURNAMES = ("Abara", "Berg", "Castro", "Dahl", "Eriksen", "Fontaine", "Ganz", "Hallman", "Ito", "Jansen", "Kowalski")
_FIRST_SERVICE_ACCOUNT = 299_000
_USERS = 300_000

_SPECIAL = re.compile(r'[,+"\\<>;=]')
_SEPARATOR = re.compile(r"(?<!\\),")


def _escaped(name: str) -> str:
    """A name as it stands in a DN: what has a meaning there is escaped [RFC 4514]."""
    return _SPECIAL.sub(r"\\\g<0>", name)


def kind_of(key: int) -> Kind:
    """What kind of object a key stands for."""
    if key < GROUPS:
        return "user"
    if key < DEVICES:
        return "group"
    return "device" if key < CONTACTS else "contact"


def anchor_of(key: int) -> str:
    """The source anchor: base64 of the object's GUID as Windows stores it."""
    return b64encode(OBJECT_GUIDS.bytes_le(key)).decode("ascii")


def entra_dn_of(key: int) -> str:
    """The object's name on the Entra connector: `CN={hex of the source anchor}` [adsync §7]."""
    return "CN={" + b64encode(OBJECT_GUIDS.bytes_le(key)).hex().upper() + "}"


@dataclass(frozen=True, slots=True)
class DirectoryObject:
    """One object of the forest; everything but its key and (for groups) its name is computed on demand."""

    key: int
    kind: Kind
    name: str
    """The cn."""
    mail_enabled: bool = False

    @property
    def display_name(self) -> str:
        """The display name: the cn, without the number a user's cn carries."""
        return self.name.rsplit(" ", 1)[0] if self.kind == "user" and self.key < _FIRST_SERVICE_ACCOUNT else self.name

    @property
    def sam_account_name(self) -> str:
        """The pre-Windows 2000 name."""
        if self.kind == "user":
            return f"svc{self.key:06d}" if self.key >= _FIRST_SERVICE_ACCOUNT else f"u{self.key:06d}"
        return self.name.replace(" ", "") + ("$" if self.kind == "device" else "")

    @property
    def user_principal_name(self) -> str | None:
        """The sign-in name; only users have one."""
        return f"{self.sam_account_name}@contoso.com" if self.kind == "user" else None

    @property
    def mail(self) -> str | None:
        """The primary address, or None."""
        if self.kind == "user" and self.key < _FIRST_SERVICE_ACCOUNT:
            return f"{self.sam_account_name}@contoso.com"
        if self.kind == "contact" or (self.kind == "group" and self.mail_enabled):
            return f"{self.sam_account_name.lower()}@contoso.com"
        return None

    @property
    def container(self) -> str:
        """The DN of the organisational unit the object lives in."""
        if self.kind == "user":
            return SERVICE_ACCOUNTS if self.key >= _FIRST_SERVICE_ACCOUNT else PEOPLE
        return {"group": GROUPS_OU, "device": DEVICES_OU, "contact": CONTACTS_OU}[self.kind]

    @property
    def dn(self) -> str:
        """The distinguished name in Active Directory."""
        return f"CN={_escaped(self.name)},{self.container}"

    @property
    def sid(self) -> str:
        """The security identifier in its text form."""
        return f"{DOMAIN_SID}-{self.key + _RID_OFFSET}"

    @property
    def sid_bytes(self) -> bytes:
        """The security identifier as Windows stores it."""
        parts = [int(part) for part in self.sid.split("-")[3:]]
        return bytes((1, len(parts), 0, 0, 0, 0, 0, 5)) + b"".join(part.to_bytes(4, "little") for part in parts)

    @property
    def object_guid(self) -> UUID:
        """The objectGUID in Active Directory."""
        return OBJECT_GUIDS.uuid(self.key)

    @property
    def source_anchor(self) -> str:
        """The immutable id: base64 of objectGUID."""
        return anchor_of(self.key)

    @property
    def entra_dn(self) -> str:
        """The name on the Entra connector."""
        return entra_dn_of(self.key)

    @property
    def entra_id(self) -> UUID:
        """The object id in the tenant."""
        return ENTRA_IDS.uuid(self.key)


@dataclass(slots=True)
class ForestGroup:
    """A group; `members` is replaced, never changed in place."""

    key: int
    display_name: str
    members: KeySet
    security_enabled: bool = True
    mail_enabled: bool = False

    @property
    def dn(self) -> str:
        """The distinguished name in Active Directory."""
        return f"CN={_escaped(self.display_name)},{GROUPS_OU}"


@dataclass(slots=True)
class Forest:
    """The forest contoso.com."""

    users: KeySet = field(default_factory=lambda: KeySet.of(range(_USERS)))
    groups: dict[int, ForestGroup] = field(default_factory=dict)
    devices: KeySet = EMPTY
    contacts: KeySet = EMPTY
    name: str = "contoso.com"
    netbios: str = "CONTOSO"
    dn: str = DN

    @property
    def service_accounts(self) -> KeySet:
        """The users outside the synchronised containers."""
        return self.users & KeySet.of(range(_FIRST_SERVICE_ACCOUNT, _USERS))

    def exists(self, key: int) -> bool:
        """Whether the forest holds an object with this key now."""
        return key in self.users or key in self.groups or key in self.devices or key in self.contacts

    def object(self, key: int) -> DirectoryObject:
        """The object of a key, also of one deleted since (a name outlives its object in other systems)."""
        kind = kind_of(key)
        if kind == "group":
            group = self.groups.get(key)
            name = group.display_name if group else f"Group {key - GROUPS:03d}"
            return DirectoryObject(key, kind, name, mail_enabled=bool(group and group.mail_enabled))
        if kind == "user":
            if key >= _FIRST_SERVICE_ACCOUNT:
                return DirectoryObject(key, kind, f"svc{key:06d}")
            given, surname = _GIVEN[key % len(_GIVEN)], _SURNAMES[key // len(_GIVEN) % len(_SURNAMES)]
            return DirectoryObject(key, kind, f"{given} {surname} {key:06d}")
        if kind == "device":
            return DirectoryObject(key, kind, f"CONTOSO-PC{key - DEVICES:03d}")
        return DirectoryObject(key, kind, f"Partner {key - CONTACTS:03d}")

    def group_named(self, name: str) -> ForestGroup:
        """The group with this name.

        Raises:
            KeyError: no group has that name.
        """
        for group in self.groups.values():
            if group.display_name.casefold() == name.casefold():
                return group
        raise KeyError(f"no group of {self.name} is called {name!r}")

    def by_dn(self, dn: str) -> DirectoryObject | None:
        """The object with this Active Directory DN (case-insensitive), or None."""
        rdn = _SEPARATOR.split(dn, maxsplit=1)[0].strip()
        name = re.sub(r"\\(.)", r"\1", rdn.partition("=")[2])
        digits = name[-6:] if name[-6:].isdecimal() else ""
        key: int | None = None
        if digits and int(digits) in self.users:
            key = int(digits)
        elif name.casefold().startswith("contoso-pc") and name[10:].isdecimal():
            key = DEVICES + int(name[10:])
        elif name.casefold().startswith("partner ") and name[8:].isdecimal():
            key = CONTACTS + int(name[8:])
        else:
            key = next((k for k, g in self.groups.items() if g.display_name.casefold() == name.casefold()), None)
        if key is None or not self.exists(key):
            return None
        found = self.object(key)
        return found if found.dn.casefold() == dn.casefold() else None

    def by_entra_dn(self, dn: str) -> DirectoryObject | None:
        """The object whose name on the Entra connector this is, or None when it is nobody's."""
        key = self.key_of_entra_dn(dn)
        return self.object(key) if key is not None and self.exists(key) else None

    def key_of_entra_dn(self, dn: str) -> int | None:
        """The key in a name on the Entra connector (hex in either case), also of an object that is gone."""
        if dn[:4].upper() != "CN={" or not dn.endswith("}"):
            return None
        try:
            raw = b64decode(bytes.fromhex(dn[4:-1]), validate=True)
        except ValueError:
            return None
        return OBJECT_GUIDS.key(UUID(bytes_le=raw)) if len(raw) == _GUID_BYTES else None

    def by_anchor(self, anchor: str) -> DirectoryObject | None:
        """The object with this source anchor, or None."""
        try:
            raw = b64decode(anchor, validate=True)
        except ValueError:
            return None
        return self.by_guid(UUID(bytes_le=raw)) if len(raw) == _GUID_BYTES else None

    def by_guid(self, guid: UUID) -> DirectoryObject | None:
        """The object with this objectGUID, or None (also None for an object that is gone)."""
        key = OBJECT_GUIDS.key(guid)
        return self.object(key) if key is not None and self.exists(key) else None

    def by_entra_id(self, entra_id: UUID) -> DirectoryObject | None:
        """The object whose id in the tenant this is, or None (an object gone from the forest is still found)."""
        key = ENTRA_IDS.key(entra_id)
        return None if key is None or (kind_of(key) == "group" and key not in self.groups) else self.object(key)

    def by_sid(self, sid: str) -> DirectoryObject | None:
        """The object with this SID in text form, or None."""
        head, _, rid = sid.rpartition("-")
        if head != DOMAIN_SID or not rid.isdecimal():
            return None
        key = int(rid) - _RID_OFFSET
        return self.object(key) if key >= 0 and self.exists(key) else None
