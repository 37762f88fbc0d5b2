"""Redaction: names become tokens, the same name always the same token, so that a reader can still follow them.

`Redactor.redact_text` and `Redactor.redact_json` are pure. A token is `kind-` and ten digits of an HMAC of the name:
with the same key it is the same in every run, and without the key it cannot be computed. Known names come from
[plugins.redaction_names]; what has a form of its own (DN, UPN, SID, GUID, source anchor, address) is found by its form.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import ipaddress
import re
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote
from uuid import UUID

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

ENTRA_CONNECTOR = "b891884f-051e-4a83-95af-2544101c9083"
"""The identifier the Entra connector has everywhere: it names nobody."""
_DIGITS = 10
_RDN = r"(?:CN|OU|O|L|UID)"
_FORMS = {
    "dn": rf"(?<!\w)(?:{_RDN}=(?:[^,\\\r\n]|\\.)+?,\s*(?={_RDN}=|DC=))*(?:{_RDN}=(?:[^,\\\r\n]|\\.)+?,\s*)?"
    r"DC=[\w-]+(?:,\s*DC=[\w-]+)*",
    "anchor": r"\{[0-9a-f]{40,}\}",
    "entra_dn": r"(?<!\w)CN=\{[0-9a-f]+\}",
    "rdn": rf"(?<!\w){_RDN}=[^,\r\n\"]+",
    "upn": r"[\w.+'$-]+@[\w-]+(?:\.[\w-]+)+",
    "sid": r"(?<!\w)S-1-(?:5-21|12-1)(?:-\d+)+",
    "guid": r"(?<![\w-])[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}(?![\w-])",
    "base64": r"(?<![\w+/=])[A-Za-z0-9+/]{22}==(?!=)",
    "domain": r"(?<![\w-])[\w-]+(?:\.mail)?\.onmicrosoft\.(?:com|us|cn)(?![\w-])",
}
_LATER_FORMS = {
    "ipv4": r"(?<![\w.])\d{1,3}(?:\.\d{1,3}){3}(?![\w.]*\d)",
    "ipv6": r"(?<![\w:.])(?:[0-9a-f]{0,4}:){2,7}[0-9a-f]{0,4}(?![\w:])",
}
_AS_WRITTEN = ("name", "connector", "person")
"""Kinds of names that can be ordinary words: a group `Members` is no reason to lose the word members."""
_REQUEST_LINE = re.compile(r"GET /")
_SEPARATOR = re.compile(r"(?<!\\),\s*")
KEPT = frozenset(
    {
        "schema", "gate", "plan", "verdict", "exit_code", "rehearsal", "as_of", "made_at", "valid_until", "started_at",
        "ended_at", "environment_digest", "suite_version", "question", "title", "state", "true_state", "severity",
        "claims", "outcome", "effect", "sha256", "run_id", "definitions", "moment", "next", "approved_at", "expires_at",
    }
)  # fmt: skip
"""Keys whose values say nothing about anybody: they are the suite's own words."""
_KEYED_BY_NAMES = ("facts",)
"""Keys of objects whose own keys can be names."""


@dataclass(frozen=True)
class Redactor:
    """Replaces names by tokens under one key."""

    key: bytes
    names: Mapping[str, str] = field(default_factory=dict)
    """Known names and their kinds: host, domain, netbios, name, connector, user, person, server."""
    versions: frozenset[str] = frozenset()
    """Version numbers, which look like addresses."""

    @property
    def key_id(self) -> str:
        """Names the key without telling it: two copies with the same one can be read together."""
        return self.keyed("swing-gate redaction key")[:16]

    def keyed(self, text: str) -> str:
        """Return a digest of a text that nobody without the key can compute, to try names against it."""
        return hmac.new(self.key, text.encode(), hashlib.sha256).hexdigest()

    def token(self, kind: str, name: str) -> str:
        """Return the token of a name; case makes no difference, as it makes none to the systems."""
        return f"{kind}-{self.keyed(f'{kind}{chr(0)}{name.casefold()}')[:_DIGITS]}"

    def redact_text(self, text: str) -> str:
        """Return a text without names. In the line of a request, names may be percent-encoded."""
        return self._pattern.sub(self._replace, unquote(text) if _REQUEST_LINE.match(text) else text)

    def redact_json(self, value: Any) -> Any:  # noqa: ANN401 - any JSON value
        """Return a JSON value without names. Keys stay, except where they are names themselves."""
        return self._json(value, names_as_keys=False)

    def _json(self, value: Any, *, names_as_keys: bool) -> Any:  # noqa: ANN401 - any JSON value
        if isinstance(value, str):
            return self.redact_text(value)
        if isinstance(value, list | tuple):
            return [self._json(item, names_as_keys=names_as_keys) for item in value]
        if isinstance(value, dict):
            return {
                (self.redact_text(key) if names_as_keys else key): (
                    item
                    if key in KEPT and not names_as_keys
                    else self._json(item, names_as_keys=names_as_keys or key in _KEYED_BY_NAMES)
                )
                for key, item in value.items()
            }
        return value

    @cached_property
    def _kinds(self) -> dict[str, str]:
        return {name.casefold(): kind for name, kind in self.names.items()}

    @cached_property
    def _pattern(self) -> re.Pattern[str]:
        longest_first = sorted(self.names, key=lambda name: (-len(name), name))
        known = "|".join(
            f"(?-i:{re.escape(name)})" if self.names[name] in _AS_WRITTEN else re.escape(name) for name in longest_first
        )
        forms = [f"(?P<{name}>{form})" for name, form in _FORMS.items()]
        forms += [rf"(?P<known>(?<!\w)(?:{known})(?!\w))"] if known else []
        forms += [f"(?P<{name}>{form})" for name, form in _LATER_FORMS.items()]
        return re.compile("|".join(forms), re.IGNORECASE)

    def _replace(self, match: re.Match[str]) -> str:
        form, found = str(match.lastgroup), match[0]
        if form == "known":
            return self.token(self._kinds[found.casefold()], found)
        by_form: dict[str, Callable[[str], str]] = {
            "dn": self._dn,
            "entra_dn": self._dn,
            "rdn": self._dn,
            "anchor": self._anchor,
            "base64": self._base64,
            "upn": self._upn,
            "guid": self._guid,
            "ipv4": self._address,
            "ipv6": self._address,
        }
        return by_form[form](found) if form in by_form else self.token(form, found)

    def _dn(self, dn: str) -> str:
        """Redact a DN part by part; its domain gets the token the domain has elsewhere."""
        parts = [part.partition("=")[::2] for part in _SEPARATOR.split(dn)]
        domain = ".".join(value for attribute, value in parts if attribute.upper() == "DC")
        redacted = [self._rdn(attribute, value) for attribute, value in parts if attribute.upper() != "DC"]
        return ",".join([*redacted, *([f"DC={self.token('domain', domain)}"] if domain else [])])

    def _rdn(self, attribute: str, value: str) -> str:
        if value.startswith("{") and value.rstrip().endswith("}"):
            return f"{attribute}={self._anchor(value.rstrip())}"
        plain = re.sub(r"\\(.)", r"\1", value)
        kind = "ou" if attribute.upper() == "OU" else self._kinds.get(plain.casefold(), "name")
        return f"{attribute}={self.token(kind, plain)}"

    def _anchor(self, braced: str) -> str:
        """Redact `{hex}` of a source anchor: where it is an object's GUID, it gets the token of that GUID."""
        try:
            anchor = bytes.fromhex(braced[1:-1]).decode()
        except ValueError:
            return f"{{{self.token('anchor', braced)}}}"
        return f"{{{self._base64(anchor)}}}"

    def _base64(self, anchor: str) -> str:
        try:
            raw = base64.b64decode(anchor, validate=True)
        except (binascii.Error, ValueError):
            return self.token("anchor", anchor)
        return self.token("guid", str(UUID(bytes_le=raw))) if len(raw) == 16 else self.token("anchor", anchor)  # noqa: PLR2004 - bytes of a GUID

    def _upn(self, name: str) -> str:
        user, _, domain = name.partition("@")
        return f"{self.token('user', user)}@{self.token('domain', domain)}"

    def _guid(self, guid: str) -> str:
        return guid if guid.casefold() == ENTRA_CONNECTOR else self.token("guid", guid)

    def _address(self, text: str) -> str:
        if text in self.versions:
            return text
        try:
            address = ipaddress.ip_address(text)
        except ValueError:
            return text
        return self.token("ip", str(address)) if int(address) else text
