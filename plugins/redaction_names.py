"""The names of one run that redaction looks for: from the environment, from what was answered, and from waivers.

A name that stands nowhere but in the free text of an error or an event is not known here: it is found only when it has
a form of its own, such as a DN or a UPN.
"""

from __future__ import annotations

import ipaddress
import re
from typing import TYPE_CHECKING

from fixtures.versions.table import TABLE
from plugins.freshness import COLLECTOR
from plugins.plain import plain

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import PurePath

    from fixtures.answers import Answer
    from fixtures.environment import Environment
    from plugins.run import Run

Found = tuple[str, str]
"""A name and its kind."""
_ROLES = ("old", "new", "standby", "tenant")
"""Names of servers that say what they are for, and not who they are."""
_HEAVY = ("group_references", "group_members_ad", "members")
"""Answers of members by the hundred thousand: nothing in them but what has a form of its own."""
_KEYS: tuple[tuple[re.Pattern[str], str], ...] = (
    (re.compile(r"(computer|machine|host|server)name$", re.IGNORECASE), "host"),
    (re.compile(r"netbios", re.IGNORECASE), "netbios"),
    (re.compile(r"(domain|forest)(fqdn|name)?$", re.IGNORECASE), "domain"),
    (re.compile(r"(displayname|samaccountname|mailnickname|commonname|givenname|surname)$", re.IGNORECASE), "name"),
    (re.compile(r"^(author|approver|exported_?by|made_?by)$", re.IGNORECASE), "person"),
    (re.compile(r"connectorname$", re.IGNORECASE), "connector"),
)
_NAMES_OF: dict[tuple[str, str], str] = {("connectors", "name"): "connector", ("organization", "name"): "domain"}
_NO_NAMES = frozenset({"default"})
"""What the product calls a thing that has no name of its own: the partition of the Entra connector."""
_PER_CONNECTOR = ("connector_statistics", "group_statistics", "password_writeback")
_ACCOUNT_SETTING = re.compile(r"(?:user|login|account)(?:-?name)?$", re.IGNORECASE)
_DOMAIN_COMPONENTS = re.compile(r"DC=[\w-]+(?:,\s*DC=[\w-]+)+", re.IGNORECASE)
_DOMAIN = re.compile(r"[\w-]+(\.[\w-]+)+")
_FIRST_CN = re.compile(r"CN=((?:[^,\\{]|\\.)+),", re.IGNORECASE)
_VERSION = re.compile(r"\d{1,5}(?:\.\d{1,5}){3}")


def names_in(run: Run) -> dict[str, str]:
    """Return every known name of a run with its kind; the first kind a name was found as stands."""
    found: dict[str, str] = {}
    kinds: dict[str, str] = {}
    for name, kind in (
        *_of_environment(run.environment),
        *_of_answers(run.fetched or ()),
        *_of_results(run),
        *_of_people(run),
    ):
        if name.strip() and name not in _NO_NAMES and not _VERSION.fullmatch(name):
            found[name] = kinds.setdefault(name.casefold(), kind)
    return found


def versions_in(run: Run) -> frozenset[str]:
    """Return the version numbers a run speaks of: the table's, the environment's, and those that were read."""
    known = set(_VERSION.findall(TABLE.read_text(encoding="utf-8")))
    known |= {row.version for row in run.environment.versions}
    for answer in run.fetched or ():
        known.update(
            text
            for key, value in (_pairs(answer.value) if answer.ok and answer.read not in _HEAVY else ())
            if "version" in key.casefold()
            for text in _VERSION.findall(value)
        )
    return frozenset(known)


def _of_environment(environment: Environment) -> Iterator[Found]:
    for name, server in environment.servers.items():
        if name not in _ROLES:
            yield name, "server"
        for host in filter(None, (server.host, server.service_host)):
            yield from _host(host)
        yield server.computer_name, "host"
        yield from _account(server.username or "")
        yield server.exported_by or "", "person"
        yield from _path(server.path)
    for group in environment.groups.prove:
        yield from _in_dn(group.dn or "")
    for file in environment.pending_exports:
        yield from _path(file.path)
    yield from _path(environment.review.path if environment.review else None)
    for connector in environment.policy.budgets:
        yield from _connector(connector)


def _of_results(run: Run) -> Iterator[Found]:
    """Yield the common names in the DNs that checks speak of; people call the objects by them."""
    for result in run.results.values():
        for row in result.rows:
            for _, text in _pairs([row.subject, row.reason, plain(row.facts)]):
                yield from ((_unescaped(found[1]), "name") for found in _FIRST_CN.finditer(text))


def _of_people(run: Run) -> Iterator[Found]:
    for attestation in run.environment.attestations:
        yield attestation.author, "person"
    for waiver in run.waivers:
        yield waiver.author, "person"
        yield waiver.approver, "person"


def _of_answers(answers: Iterable[Answer]) -> Iterator[Found]:
    for answer in answers:
        if answer.read in _PER_CONNECTOR:
            yield from _connector(answer.subject)
        yield from _in_dn(answer.subject)
        if answer.system == COLLECTOR:
            yield from _path(answer.provenance.target)
        if "\\" in answer.provenance.identity:
            yield from _account(answer.provenance.identity)
        if not answer.ok or answer.read in _HEAVY:
            continue
        for key, value in _pairs(answer.value):
            kind = _NAMES_OF.get((answer.read, key.casefold())) or next(
                (kind for pattern, kind in _KEYS if pattern.search(key)), ""
            )
            if kind == "host":
                yield from _host(value)
            elif kind == "connector":
                yield from _connector(value)
            elif kind:
                yield value, kind
            yield from _in_dn(value)
        yield from _of_settings(answer.value)


def _of_settings(value: object) -> Iterator[Found]:
    """Yield the accounts among settings that are given as pairs of `Name` and `Value`."""
    for item in value if isinstance(value, list) else (value,):
        if not isinstance(item, dict):
            continue
        name, given = item.get("Name"), item.get("Value")
        if isinstance(name, str) and isinstance(given, str) and _ACCOUNT_SETTING.search(name):
            yield from _account(given)
        for inner in item.values():
            yield from _of_settings(inner) if isinstance(inner, list | dict) else ()


def _pairs(value: object, key: str = "") -> Iterator[tuple[str, str]]:
    """Yield each text in a JSON value with the key it stands under."""
    if isinstance(value, str):
        yield key, value
    elif isinstance(value, dict):
        for name, item in value.items():
            yield from _pairs(item, str(name))
    elif isinstance(value, list | tuple):
        for item in value:
            yield from _pairs(item, key)


def _host(host: str) -> Iterator[Found]:
    """Yield a host and its domain apart, so that a computer has one token with and without its domain."""
    try:
        ipaddress.ip_address(host.strip("[]"))
    except ValueError:
        label, _, domain = host.partition(".")
        if label.casefold() != "localhost":
            yield label, "host"
        if domain:
            yield domain, "domain"


def _account(username: str) -> Iterator[Found]:
    netbios, backslash, user = username.rpartition("\\")
    if backslash:
        yield netbios, "netbios"
    if "@" not in user:
        yield user, "user"


def _path(path: PurePath | str | None) -> Iterator[Found]:
    """Yield the place of a file; a plain word is none."""
    if path is not None and re.search(r"[/\\.]", str(path)):
        yield str(path), "path"


def _connector(name: str) -> Iterator[Found]:
    """Yield a connector's name; one that is the name of a domain is that domain."""
    if _DOMAIN.fullmatch(name):
        yield name, "domain"
    elif ".onmicrosoft." not in name:
        yield name, "connector"


def _in_dn(text: str) -> Iterator[Found]:
    """Yield the common name a DN begins with, for people call the object by it, and the domain it ends with."""
    for domain in _DOMAIN_COMPONENTS.finditer(text):
        yield ".".join(part.partition("=")[2].strip() for part in domain[0].split(",")), "domain"
    first = _FIRST_CN.match(text)
    if first:
        yield _unescaped(first[1]), "name"


def _unescaped(value: str) -> str:
    return re.sub(r"\\(.)", r"\1", value)
