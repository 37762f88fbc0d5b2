"""Causes: what keeps a check from being told, and what to do about it.

One server that cannot be reached leaves dozens of checks untold. A reader needs that one sentence, not the dozens, and
the remedy of the cause, not the fix of a check that never ran.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from fixtures.answers import TENANT, MissingAnswer, Outcome
from plugins import sources

if TYPE_CHECKING:
    from collections.abc import Iterable

    from fixtures.environment import Environment

NOT_ASKED = "not asked"
_WHOLE_SYSTEM = frozenset({Outcome.UNREACHABLE, Outcome.AUTHENTICATION, Outcome.TORN})
"""Outcomes that say something about the system rather than about one read."""
_REMEDIES = {
    Outcome.UNREACHABLE: "see that {target} can be reached from here, with a certificate that ca_file trusts.",
    Outcome.AUTHENTICATION: (
        "correct account and secret for {system} in the environment, and see that the account is not locked; "
        "it is tried once in a run."
    ),
    Outcome.TORN: "wait until no cycle runs on {system}, then run the gate again.",
    Outcome.DENIED: "give the identity for {system} this right: {right}.",
    Outcome.NOT_OFFERED: "set configuration_name of {system} to an endpoint that offers it, such as SwingGate.",
    Outcome.TIMED_OUT: "see why {system} takes so long, or raise its time limit in the policy.",
    Outcome.PARTIAL: "run the gate again; if it stays, report it with the request from the evidence.",
    Outcome.STALE: "run the gate again.",
    Outcome.FAILED: "repair on {system} what the error names, then run the gate again.",
    NOT_ASKED: "see why nothing was asked: {system} may not be in the environment, or a read before this one failed.",
}
_REMEDY_OF_THE_CLOUD = "look it up in the portal: Graph does not offer this read to this cloud or application."
_REMEDY_OF_FILES = "bring what the reason names, or let {system} be read live."


class Lack(NamedTuple):
    """One read that cannot be used."""

    system: str
    read: str
    subject: str
    outcome: str
    """An Outcome, or `not asked`."""
    error: str

    @classmethod
    def of(cls, missing: MissingAnswer) -> Lack:
        """Return the lack a MissingAnswer tells of."""
        return cls(
            missing.system, missing.read, missing.subject, str(missing.outcome or NOT_ASKED), missing.error or ""
        )


class Cause(NamedTuple):
    """Why something could not be told, and the remedy. Equal causes are one."""

    system: str
    read: str
    """Empty where nothing of the system can be read."""
    why: str
    remedy: str

    def text(self, reads: Iterable[str] = ()) -> str:
        """Say it in one line, of this read or of several that share the reason."""
        about = ", ".join(filter(None, reads or (self.read,)))
        return f"{self.system}: {about}: {self.why}" if about else f"{self.system}: {self.why}"


def describe(lacks: Iterable[Lack]) -> str:
    """Say in one line which reads cannot be used and why; reads that share a reason stand together."""
    reasons: dict[tuple[str, str, str], list[str]] = {}
    for lack in lacks:
        about = f"{lack.read} of {lack.subject}" if lack.subject else lack.read
        reasons.setdefault((lack.system, lack.outcome, lack.error), []).append(about)
    return "; ".join(
        f"{system}: {', '.join(dict.fromkeys(reads))}: {outcome}" + (f" ({error})" if error else "")
        for (system, outcome, error), reads in reasons.items()
    )


def causes(lacks: Iterable[Lack], environment: Environment) -> tuple[Cause, ...]:
    """Return the causes behind some lacks, each once."""
    return tuple(dict.fromkeys(_cause(lack, environment) for lack in lacks))


def _cause(lack: Lack, environment: Environment) -> Cause:
    error = f" ({lack.error})" if lack.error else ""
    server = environment.servers.get(lack.system)
    target = server.target if server else lack.system
    if lack.system == TENANT:
        target = f"{environment.tenant.graph_url} and {environment.tenant.authority_url}"
    remedy = _REMEDIES[lack.outcome]
    if server is not None and not server.live:
        remedy = _REMEDY_OF_FILES
    elif lack.system == TENANT and lack.outcome == Outcome.NOT_OFFERED:
        remedy = _REMEDY_OF_THE_CLOUD
    return Cause(
        lack.system,
        "" if lack.outcome in _WHOLE_SYSTEM else lack.read,
        f"{lack.outcome}{error}",
        remedy.format(system=lack.system, target=target, right=sources.right(lack.read)),
    )
