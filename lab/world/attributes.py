"""Attributes of connector space objects, computed from keys."""

from __future__ import annotations

from base64 import b64encode
from typing import TYPE_CHECKING

from lab.world.forest import DirectoryObject, entra_dn_of
from lab.world.model import CsAttribute

if TYPE_CHECKING:
    from lab.world.server import SyncServer


def single(name: str, kind: str, value: str) -> CsAttribute:
    """An attribute with one value."""
    return CsAttribute(name, kind, is_multi_valued=False, make_values=lambda: [value])


def _text(name: str, value: str | None) -> list[CsAttribute]:
    return [] if value is None else [single(name, "string", value)]


def _flag(name: str, value: bool) -> CsAttribute:
    return single(name, "boolean", str(value).lower())


def _binary(name: str, value: bytes) -> CsAttribute:
    return single(name, "binary", b64encode(value).decode("ascii"))


def attributes_of(server: SyncServer, named: DirectoryObject, on_entra: bool) -> list[CsAttribute]:
    """All attributes of an object; references are among them or not, as the lever says."""
    listed = plain_attributes_of(server, named, on_entra)
    if named.kind != "group" or not server.options.references_in_attributes:
        return listed
    return [*listed, CsAttribute("member", "reference", True, lambda: _members(server, named.key, on_entra))]


def _members(server: SyncServer, key: int, on_entra: bool) -> list[str]:
    if on_entra:
        return [entra_dn_of(member) for member in server.entra.group(key).hologram]
    return [server.forest.object(member).dn for member in server.ad.groups[key]]


def plain_attributes_of(server: SyncServer, named: DirectoryObject, on_entra: bool) -> list[CsAttribute]:
    """The attributes that are no references."""
    group = server.forest.groups.get(named.key)
    if on_entra:
        listed = [
            *_text("commonName", named.name),
            *_text("displayName", named.display_name),
            *_text("mail", named.mail),
            *_text("sourceAnchor", named.source_anchor),
            *_text("userPrincipalName", named.user_principal_name),
        ]
        if named.kind != "contact":
            listed.append(_binary("onPremiseSecurityIdentifier", named.sid_bytes))
        if named.kind == "user":
            listed.append(_flag("accountEnabled", value=True))
        if group is not None:
            listed += [_flag("mailEnabled", group.mail_enabled), _flag("securityEnabled", group.security_enabled)]
        return listed
    listed = [
        *_text("cn", named.name),
        *_text("displayName", named.display_name),
        *_text("mail", named.mail),
        _binary("objectGUID", named.object_guid.bytes_le),
        *_text("userPrincipalName", named.user_principal_name),
    ]
    if named.kind != "contact":
        listed += [_binary("objectSid", named.sid_bytes), *_text("sAMAccountName", named.sam_account_name)]
    return listed
