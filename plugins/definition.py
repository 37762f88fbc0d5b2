"""What a check is: its marker and its docstring, validated once and frozen.

    @pytest.mark.check(
        "EP-01v1", title="...", severity="blocking", gates=("deployed", "promote"), claims=("S0-17",), pitfalls=(),
        reads=("adsync_parameters", "tenant.organization"), optional_reads=(), servers="new", fix="...", links=(),
    )

The docstring explains it to a reader, in sections that begin with `Why:`, `Judged:` and `Fix:`.
"""

from __future__ import annotations

import inspect
import re
from dataclasses import dataclass, fields
from typing import TYPE_CHECKING, Any, Literal, NamedTuple, Protocol, cast

from fixtures.answers import TENANT

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator, Mapping

Severity = Literal["blocking", "advisory"]
Servers = Literal["old", "new", "standby", "each"]

PURPOSES = ("old", "new", "standby")
_ID = re.compile(r"[A-Z]{2}-\d{2}v\d+")
_CLAIM = re.compile(r"S\d-\d+")
_PITFALL = re.compile(r"P\d+")
_KEYS = frozenset(
    {
        "title",
        "severity",
        "gates",
        "claims",
        "pitfalls",
        "reads",
        "optional_reads",
        "servers",
        "fix",
        "links",
        "waivable",
    }
)
_SECTION = re.compile(r"^(Why|Judged|Fix):[ \t]*", re.MULTILINE)


class DefinitionError(Exception):
    """A check does not say what it must. `str()` names the function and everything that is wrong."""


class Need(NamedTuple):
    """One read of one system that a check wants."""

    system: str
    """Name of a server in the environment, or `tenant`."""
    read: str


class ServerNames(Protocol):
    """What a definition asks of an environment: its servers, each with a purpose."""

    @property
    def servers(self) -> Mapping[str, Any]:
        """Servers by name; each has the attribute `purpose`."""


@dataclass(frozen=True, slots=True)
class CheckDefinition:
    """One check as it is registered."""

    id: str
    """Two letters for the family, a number, and the version of the judgement: `EP-01v1`."""
    title: str
    severity: Severity
    gates: tuple[str, ...]
    claims: tuple[str, ...]
    """Numbers of the claim list this check covers."""
    pitfalls: tuple[str, ...]
    """Numbers of the pitfalls it finds."""
    reads: tuple[str, ...]
    """Required reads: `rules`, `new.rules` or `tenant.organization`. One that is not OK makes the check an error."""
    optional_reads: tuple[str, ...]
    servers: Servers | None
    """The servers it runs on, one item each; None when it judges the pair as a whole."""
    fix: str
    why: str
    judged: str
    links: tuple[str, ...]
    function: str
    """Where it stands: `module:function`."""
    waivable: bool = True
    """Whether people may decide to let a fail of it pass. What would make every other judgement worthless may not."""

    @property
    def blocking(self) -> bool:
        """Whether it can stop the gate."""
        return self.severity == "blocking"

    def subjects(self, environment: ServerNames) -> tuple[str, ...]:
        """Return the servers this check runs on, or one empty name when it judges the whole."""
        if self.servers is None:
            return ("",)
        return tuple(name for name, server in environment.servers.items() if self.servers in ("each", server.purpose))

    def required(self, environment: ServerNames, subject: str) -> tuple[Need, ...]:
        """Return the reads that must be OK before the check runs on a subject."""
        return tuple(need for name in self.reads for need in expand(name, environment, subject))

    def optional(self, environment: ServerNames, subject: str) -> tuple[Need, ...]:
        """Return the reads the check uses where it can have them."""
        return tuple(need for name in self.optional_reads for need in expand(name, environment, subject))


def expand(name: str, environment: ServerNames, subject: str) -> Iterator[Need]:
    """Yield the system and read a name in a marker means.

    `tenant.X` is the tenant's. `new.X` is the server's with that purpose; where there is none the purpose itself stands
    as the system, which nobody answers for. A bare `X` is the subject's, or every server's when there is no subject.
    """
    prefix, dot, read = name.rpartition(".")
    if prefix == TENANT:
        yield Need(TENANT, read)
    elif dot:
        found = [server for server, settings in environment.servers.items() if settings.purpose == prefix]
        yield from (Need(server, read) for server in found or [prefix])
    else:
        yield from (Need(server, read) for server in ([subject] if subject else environment.servers))


def define(
    function: Callable[..., object],
    args: tuple[object, ...],
    kwargs: Mapping[str, object],
    *,
    gates: Collection[str],
    server_reads: Collection[str],
    tenant_reads: Collection[str],
) -> CheckDefinition:
    """Make a definition from the arguments of a marker and the docstring below it.

    Raises DefinitionError that names all that is wrong.
    """
    where = f"{function.__module__}:{function.__qualname__}"
    wrong = list(_wrong_marker(args, kwargs, gates, server_reads, tenant_reads))
    sections = _sections(inspect.getdoc(function) or "")
    fix = str(kwargs.get("fix") or sections.get("Fix", ""))
    for name, text in (("Why", sections.get("Why")), ("Judged", sections.get("Judged")), ("Fix", fix)):
        if not text:
            wrong.append(f"the docstring has no section '{name}:'")
    if wrong:
        raise DefinitionError(f"{where}: " + "; ".join(wrong))
    return CheckDefinition(
        id=cast("str", args[0]),
        title=cast("str", kwargs["title"]),
        severity=cast("Severity", kwargs["severity"]),
        gates=_texts(kwargs["gates"]),
        claims=_texts(kwargs["claims"]),
        pitfalls=_texts(kwargs.get("pitfalls", ())),
        reads=_texts(kwargs.get("reads", ())),
        optional_reads=_texts(kwargs.get("optional_reads", ())),
        servers=cast("Servers | None", kwargs.get("servers")),
        fix=" ".join(fix.split()),
        why=sections["Why"],
        judged=sections["Judged"],
        links=_texts(kwargs.get("links", ())),
        function=where,
        waivable=kwargs.get("waivable", True) is True,
    )


def _wrong_marker(
    args: tuple[object, ...],
    kwargs: Mapping[str, object],
    gates: Collection[str],
    server_reads: Collection[str],
    tenant_reads: Collection[str],
) -> Iterator[str]:
    if len(args) != 1 or not isinstance(args[0], str) or not _ID.fullmatch(args[0]):
        yield f"found {args!r} as id; accepted: one id as in EP-01v1"
    if unknown := sorted(kwargs.keys() - _KEYS):
        yield f"found {', '.join(unknown)}; accepted: {', '.join(sorted(_KEYS))}"
    if not isinstance(kwargs.get("title"), str) or not kwargs["title"]:
        yield "it has no title"
    if kwargs.get("severity") not in ("blocking", "advisory"):
        yield f"found severity {kwargs.get('severity')!r}; accepted: blocking, advisory"
    if kwargs.get("servers") not in (None, "each", *PURPOSES):
        yield f"found servers {kwargs.get('servers')!r}; accepted: {', '.join(PURPOSES)}, each, or none"
    if not isinstance(kwargs.get("waivable", True), bool):
        yield f"found waivable {kwargs['waivable']!r}; accepted: True, False"
    yield from _wrong_list("gates", kwargs.get("gates"), gates.__contains__, ", ".join(gates), empty=False)
    yield from _wrong_list("claims", kwargs.get("claims"), _CLAIM.fullmatch, "claims as in S0-17", empty=False)
    yield from _wrong_list("pitfalls", kwargs.get("pitfalls", ()), _PITFALL.fullmatch, "pitfalls as in P13")
    yield from _wrong_list("links", kwargs.get("links", ()), re.compile("https://").match, "https addresses")

    def known(name: str) -> bool:
        prefix, dot, read = name.rpartition(".")
        if prefix == TENANT:
            return read in tenant_reads
        return read in server_reads and (not dot or prefix in PURPOSES)

    accepted = "names of the read table, alone or after 'tenant.', 'old.', 'new.', 'standby.'"
    for key in ("reads", "optional_reads"):
        yield from _wrong_list(key, kwargs.get(key, ()), known, accepted)


def _wrong_list(
    key: str, found: object, accepts: Callable[[str], object], accepted: str, *, empty: bool = True
) -> Iterator[str]:
    if not isinstance(found, (tuple, list)) or not (found or empty):
        yield f"found {found!r} for {key}; accepted: a tuple of {accepted}"
        return
    wrong = [item for item in found if not isinstance(item, str) or not accepts(item)]
    if wrong:
        yield f"found {', '.join(map(repr, wrong))} in {key}; accepted: {accepted}"


def _texts(found: object) -> tuple[str, ...]:
    return tuple(cast("tuple[str, ...]", found))


def _sections(docstring: str) -> dict[str, str]:
    """Split a docstring at its section names; a section ends where the next one begins."""
    pieces = _SECTION.split(docstring)
    return {name: inspect.cleandoc(text).strip() for name, text in zip(pieces[1::2], pieces[2::2], strict=True)}


def document(check: CheckDefinition) -> dict[str, Any]:
    """Return a definition as plain data."""
    return {
        field.name: list(value) if isinstance(value := getattr(check, field.name), tuple) else value
        for field in fields(check)
    }
