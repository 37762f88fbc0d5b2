"""Redaction: names become tokens, the same name always the same token, so that a reader can still follow them.

`Redactor.redact_text` and `Redactor.redact_json` are pure. Known names come from [plugins.redaction_names]; what has a
form of its own (DN, UPN, SID, GUID, source anchor, address) is found by its form, and [plugins.redaction_tokens] gives
it a token of the same form.
"""

from __future__ import annotations

import ipaddress
import re
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import PurePath
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote

from plugins.redaction_tokens import CLOUD_DOMAINS, Tokens

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping

_RDN = r"(?:CN|OU|O|L|UID)"
_FORMS = {
    "dn": rf"(?<!\w)(?:{_RDN}=(?:[^,\\\r\n]|\\.)+?,\s*(?={_RDN}=|DC=))*(?:{_RDN}=(?:[^,\\\r\n]|\\.)+?,\s*)?"
    r"DC=[\w-]+(?:,\s*DC=[\w-]+)*",
    "anchor": r"\{[0-9a-f]{40,}\}",
    "entra_dn": r"(?<!\w)CN=\{[0-9a-f]+\}",
    "rdn": rf"(?<!\w){_RDN}=[^,\r\n\"]+",
    "upn": r"[\w.+'$-]+@[\w-]+(?:\.[\w-]+)+",
    "account": r"(?<!\w)(?:(?:Sync|ConnectSyncProvisioning)_[\w.-]+_|(?:MSOL|AAD)_)[0-9a-f]{12}(?!\w)",
    "sid": r"(?<!\w)S-1-(?:5-21(?:-\d+){3,4}|12-1(?:-\d+){4})(?![\w-])",
    "guid": r"(?<![\w-])[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}(?![\w-])",
    "base64": r"(?<![\w+/=])(?:[A-Za-z0-9+/]{22}==|AQ[QU]AAAAAA[A-Za-z0-9+/]{23,29}={0,2})(?![\w+/=])",
    "digest": r"(?<!\w)[0-9a-f]{64}(?!\w)",
    "domain": rf"(?<![\w-])[\w-]+(?:{CLOUD_DOMAINS})(?![\w-])",
}
_LATER_FORMS = {
    "ipv4": r"(?<![\w.])\d{1,3}(?:\.\d{1,3}){3}(?![\w.]*\d)",
    "ipv6": r"(?<![\w:.])(?:[0-9a-f]{0,4}:){2,7}[0-9a-f]{0,4}(?![\w:])",
}
_AS_WRITTEN = ("name", "connector", "person")
"""Kinds of names that can be ordinary words: a group `Members` is no reason to lose the word members."""
_REQUEST_LINE = re.compile(r"GET /")
_SEPARATOR = re.compile(r"(?<!\\),\s*")
_ACCOUNT = re.compile(
    r"(?P<kind>(?:Sync|ConnectSyncProvisioning|MSOL|AAD)_)(?:(?P<server>.+)_)?(?P<digits>[0-9a-f]{12})", re.IGNORECASE
)
"""Accounts and applications that sync servers make for themselves."""
KEPT = frozenset(
    {
        "schema", "gate", "plan", "verdict", "exit_code", "rehearsal", "as_of", "made_at", "valid_until", "started_at",
        "ended_at", "suite_version", "question", "title", "state", "true_state", "severity", "claims", "outcome",
        "effect", "run_id", "definitions", "moment", "next", "approved_at", "expires_at",
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
    digests: dict[str, str] = field(default_factory=dict)
    """SHA-256 over something with names, and over the same without them."""

    @cached_property
    def tokens(self) -> Tokens:
        """What makes tokens of names that have a form."""
        return Tokens(self.key)

    @property
    def key_id(self) -> str:
        """Names the key without telling it: two copies with the same one can be read together."""
        return self.keyed("swing-gate redaction key")[:16]

    def keyed(self, text: str) -> str:
        """Return a digest of a text that nobody without the key can compute, to try names against it."""
        return self.tokens.keyed(text)

    def token(self, kind: str, name: str) -> str:
        """Return the token of a name; case makes no difference, as it makes none to the systems.

        A domain's keeps the end that tells its cloud, a path's the end that tells what kind of file it is.
        """
        if kind == "path":
            return self.tokens.word(kind, name) + PurePath(name).suffix
        return self.tokens.domain(name) if kind == "domain" else self.tokens.word(kind, name)

    def redact_text(self, text: str) -> str:
        """Return a text without names. In the line of a request, names may be percent-encoded."""
        return self._pattern.sub(self._replace, unquote(text) if _REQUEST_LINE.match(text) else text)

    def redact_json(
        self,
        value: Any,  # noqa: ANN401 - any JSON value
        kept: Collection[str] = KEPT,
        keyed_by_names: Collection[str] = _KEYED_BY_NAMES,
        *,
        names_as_keys: bool = False,
    ) -> Any:  # noqa: ANN401 - any JSON value
        """Return a JSON value without names. Keys stay, except where they are names themselves.

        Below a key of `kept` nothing is changed; below one of `keyed_by_names` keys are changed too.
        """
        if isinstance(value, str):
            return self.redact_text(value)
        if isinstance(value, list | tuple):
            return self._bytes(value) or [
                self.redact_json(item, kept, keyed_by_names, names_as_keys=names_as_keys) for item in value
            ]
        if not isinstance(value, dict):
            return value
        return {
            (self.redact_text(key) if names_as_keys else key): (
                item
                if key in kept and not names_as_keys
                else self.redact_json(item, kept, keyed_by_names, names_as_keys=names_as_keys or key in keyed_by_names)
            )
            for key, item in value.items()
        }

    def dn(self, dn: str) -> str:
        """Redact a DN part by part; its domain gets the token the domain has elsewhere."""
        parts = [part.partition("=")[::2] for part in _SEPARATOR.split(dn)]
        domain = ".".join(value for attribute, value in parts if attribute.upper() == "DC")
        redacted = [self._rdn(attribute, value) for attribute, value in parts if attribute.upper() != "DC"]
        return ",".join([*redacted, *([f"DC={self.token('domain', domain)}"] if domain else [])])

    def _bytes(self, items: Collection[Any]) -> list[int] | None:
        """Return bytes for the bytes of a SID or a GUID that are given as numbers; None for any other list."""
        if len(items) < 16 or not all(type(item) is int and 0 <= item < 256 for item in items):  # noqa: PLR2004
            return None
        found = self.tokens.bytes_of(bytes(items))
        return list(found) if found is not None else None

    @cached_property
    def _kinds(self) -> dict[str, str]:
        return {name.casefold(): kind for name, kind in self.names.items()}

    @cached_property
    def _pattern(self) -> re.Pattern[str]:
        longest_first = sorted(self.names, key=lambda name: (-len(name), name))
        known = "|".join(
            f"(?-i:{re.escape(name)})" if self.names[name] in _AS_WRITTEN else re.escape(name) for name in longest_first
        )
        domains = "|".join(re.escape(name) for name in longest_first if self.names[name] == "domain")
        forms = [f"(?P<{name}>{form})" for name, form in _FORMS.items()]
        forms += [rf"(?P<host>(?<![\w.-])[\w-]+(?:\.[\w-]+)*\.(?:{domains})(?![\w-]))"] if domains else []
        forms += [rf"(?P<known>(?<!\w)(?:{known})(?!\w))"] if known else []
        forms += [f"(?P<{name}>{form})" for name, form in _LATER_FORMS.items()]
        return re.compile("|".join(forms), re.IGNORECASE)

    @cached_property
    def _by_form(self) -> dict[str, Callable[[str], str]]:
        tokens = self.tokens
        return {
            "known": self._known,
            "dn": self.dn,
            "entra_dn": self.dn,
            "rdn": self.dn,
            "anchor": tokens.braced,
            "base64": lambda text: tokens.binary(text) or text,
            "upn": self._upn,
            "account": self._account,
            "guid": tokens.guid,
            "sid": tokens.sid,
            "domain": tokens.domain,
            "host": self._host,
            "digest": lambda text: self.digests.get(text.lower(), text),
            "ipv4": self._address,
            "ipv6": self._address,
        }

    def _replace(self, match: re.Match[str]) -> str:
        return self._by_form[str(match.lastgroup)](match[0])

    def _known(self, name: str) -> str:
        return self.token(self._kinds[name.casefold()], name)

    def _rdn(self, attribute: str, value: str) -> str:
        if value.startswith("{") and value.rstrip().endswith("}"):
            return f"{attribute}={self.tokens.braced(value.rstrip())}"
        plain = re.sub(r"\\(.)", r"\1", value)
        kind = "ou" if attribute.upper() == "OU" else self._kinds.get(plain.casefold(), "name")
        return f"{attribute}={self.token(kind, plain)}"

    def _upn(self, name: str) -> str:
        user, _, domain = name.partition("@")
        return f"{self._account(user)}@{self.token('domain', domain)}"

    def _account(self, user: str) -> str:
        """Redact an account; one that a sync server made for itself keeps its form, which names the server."""
        found = _ACCOUNT.fullmatch(user)
        if found is None:
            return self.token("user", user)
        server = found["server"]
        named = f"{self.token(self._kinds.get(server.casefold(), 'host'), server)}_" if server else ""
        return found["kind"] + named + self.tokens.digits(user, len(found["digits"]))

    def _host(self, name: str) -> str:
        """Redact a host in a known domain, or a domain below one."""
        if name.casefold() in self._kinds:
            return self._known(name)
        label, _, domain = name.partition(".")
        return f"{self.token(self._kinds.get(label.casefold(), 'host'), label)}.{self.token('domain', domain)}"

    def _address(self, text: str) -> str:
        if text in self.versions:
            return text
        try:
            address = ipaddress.ip_address(text)
        except ValueError:
            return text
        return self.token("ip", str(address)) if int(address) else text
