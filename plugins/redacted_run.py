"""A run without names: the same run as the suite would have made it in a world where every name is a token.

Environment, answers, results and waivers are redacted; verdict document, report and bundle are then made from them by
the very functions that make the originals. So whatever refers to one another still does, and digests fit.
"""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from fixtures.answers import Answers, MissingAnswer
from fixtures.environment import Environment
from fixtures.facts.pair import Migration
from fixtures.facts.rollback import digest_of, lost_groups
from fixtures.facts.windows_json import UnreadableFactError
from plugins.bundle.contents import ANSWERS
from plugins.opening import WAIVERS
from plugins.redacted_answers import redacted_answers
from plugins.waiving import observed

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from fixtures.answers import Answer
    from plugins.redacted_answers import Raw
    from plugins.redaction import Redactor
    from plugins.run import CheckResult, Row, Run
    from plugins.verdict import Verdict
    from plugins.waivers import Waiver
    from plugins.waiving import Effective, Results

_SECRETS = ("password", "certificate", "certificate_password", "client_secret")
_PATHS = ("path", "ca_file", "token_file")
_CHOICES = frozenset(
    {
        "purpose", "source", "transport", "authentication", "service_name", "cloud", "kind", "features", "version",
        "target", "released", "end_of_support", "made_at", "expires_at", "exported_at", "taken_at",
    }
)  # fmt: skip
"""Settings that are one of a few words, a version or a time."""


@dataclass(frozen=True, slots=True)
class RedactedRun:
    """A run, its results and its waivers, without names."""

    run: Run
    results: Results
    waivers: tuple[Effective, ...]
    verdict: Verdict
    lost: tuple[str, ...]
    """Answers that can no longer be judged by, each with the reason; empty when the copy can be judged again."""


def redacted_run(
    run: Run,
    results: Mapping[tuple[str, str], CheckResult],
    waivers: Iterable[Effective],
    verdict: Verdict,
    redactor: Redactor,
) -> RedactedRun:
    """Return a run without names. Digests over names are told to the redactor on the way."""
    answers, lost = redacted_answers(run.fetched or Answers(), redactor, texts_of(run))
    environment = _with_accepted_groups(run, redacted_environment(run.environment, redactor), answers, redactor)
    redactor.digests[run.environment.digest] = environment.digest
    tenants = (str(run.environment.tenant.id), str(environment.tenant.id))
    rows = {id(row): _row(row, redactor) for result in results.values() for row in result.rows}
    found: Results = {}
    for result in results.values():
        subject = redactor.redact_text(result.subject)
        for row in result.rows:
            before = observed(tenants[0], result.check.id, result.subject, row)
            redactor.digests[before] = observed(tenants[1], result.check.id, subject, rows[id(row)])
        found[result.check.id, subject] = replace(
            result, subject=subject, rows=tuple(rows[id(row)] for row in result.rows), traceback=""
        )
    given = {waiver: _waiver(waiver, redactor) for waiver in run.waivers}
    for key, result in found.items():
        granted = tuple(replace(row, waiver=given[row.waiver]) if row.waiver else row for row in result.rows)
        found[key] = replace(result, rows=granted)
    attachments = redactor.redact_json({**run.attachments, WAIVERS: []})
    attachments[WAIVERS] = [waiver.model_dump(mode="json") for waiver in given.values()]
    return RedactedRun(
        replace(
            run,
            environment=environment,
            fetched=answers if run.fetched is not None else None,
            waivers=tuple(given.values()),
            attachments=attachments,
            results=found,
            replayed=None,
            baseline=None,
        ),
        found,
        tuple(each._replace(waiver=given[each.waiver], why=redactor.redact_text(each.why)) for each in waivers),
        replace(verdict, reasons=tuple(redactor.redact_text(reason) for reason in verdict.reasons)),
        tuple(lost),
    )


def texts_of(run: Run) -> Raw:
    """Return where the texts of a run's answers are: with them, or in the bundle that is replayed."""
    if run.replayed is None:
        return lambda answer: answer.raw
    archive = run.replayed.archive
    listed = {entry["id"]: entry for entry in archive.json(ANSWERS)["answers"]}

    def stored(answer: Answer) -> str | bytes | None:
        entry = listed[answer.provenance.id]
        if entry["member"] is None:
            return None
        content = archive.read(entry["member"])
        return content if entry["bytes"] else content.decode()

    return stored


def redacted_environment(environment: Environment, redactor: Redactor) -> Environment:
    """Return an environment in which every name is a token. It leads nowhere: neither to a system nor to a secret."""
    given = environment.model_dump(mode="json")
    servers = {redactor.redact_text(name): _system(server, redactor) for name, server in given.pop("servers").items()}
    tenant, plan = _system(given.pop("tenant"), redactor), given.pop("plan")
    if plan["expected_active"] is not None:
        plan["expected_active"] = redactor.redact_text(plan["expected_active"])
    policy = given.pop("policy")
    policy["budgets"] = {redactor.redact_text(name): budget for name, budget in policy["budgets"].items()}
    files = [_placed(file, redactor) for file in given.pop("pending_exports")]
    review = _placed(given.pop("review"), redactor)
    others = redactor.redact_json(given, _CHOICES, ())
    return Environment.model_validate(
        {**others, "servers": servers, "tenant": tenant, "plan": plan, "policy": policy}
        | {"pending_exports": redactor.redact_json(files, _CHOICES, ()), "review": review}
    )


def _system(settings: dict[str, Any], redactor: Redactor) -> dict[str, Any]:
    """Redact how one system is reached: names, places of files, and the references to secrets."""
    redacted: dict[str, Any] = redactor.redact_json(_placed(settings, redactor), _CHOICES, ())
    for key in _SECRETS:
        if redacted.get(key) is not None:
            kind, _, place = settings[key].partition(":")
            token = redactor.token("secret", place)
            redacted[key] = f"{kind}:{token}/{token}" if kind == "keyring" else f"{kind}:{token}"
    return redacted


def _placed(settings: Any, redactor: Redactor) -> Any:  # noqa: ANN401 - a table or nothing
    """Redact the paths of a table."""
    if settings is None:
        return None
    paths = {key: settings[key] for key in _PATHS if settings.get(key) is not None}
    return {**settings, **{key: redactor.token("path", path) for key, path in paths.items()}}


def _with_accepted_groups(run: Run, environment: Environment, answers: Answers, redactor: Redactor) -> Environment:
    """Return an environment that accepts the same groups to be lost: their digest is one over source anchors."""
    before = _lost_groups(run.environment, run.fetched or Answers(), run)
    for name, digest in before.items():
        after = _lost_groups(environment, answers, run).get(redactor.redact_text(name))
        if after is not None:
            redactor.digests[digest] = after
    accepted = environment.rollback.accepted_groups_digest
    if accepted is None:
        return environment
    changed = redactor.digests.get(accepted, redactor.keyed(accepted))
    rollback = environment.rollback.model_copy(update={"accepted_groups_digest": changed})
    return environment.model_copy(update={"rollback": rollback})


def _lost_groups(environment: Environment, answers: Answers, run: Run) -> dict[str, str]:
    """Return the digest of the groups that a return to version 1 would delete, by server, as far as they were read."""
    found = {}
    for name, server in Migration(environment, answers, run.gate, run.clock.now()).servers.items():
        with suppress(MissingAnswer, UnreadableFactError, LookupError):
            found[name] = digest_of(lost_groups(server))
    return found


def _row(row: Row, redactor: Redactor) -> Row:
    facts = redactor.redact_json(dict(row.facts), (), names_as_keys=True)
    subject, reason = redactor.redact_text(row.subject), redactor.redact_text(row.reason)
    return replace(row, subject=subject, reason=reason, facts=facts)


def _waiver(waiver: Waiver, redactor: Redactor) -> Waiver:
    """Redact a waiver. It is bound to what was observed, as that is told now; one that is bound to nothing stays so."""
    texts = ("subject", "reason", "ticket", "author", "approver")
    changed = {name: redactor.redact_text(getattr(waiver, name)) for name in texts}
    server = redactor.redact_text(waiver.server) if waiver.server else waiver.server
    digest = redactor.digests.get(waiver.digest, redactor.keyed(waiver.digest))
    return waiver.model_copy(update={**changed, "server": server, "digest": digest})
