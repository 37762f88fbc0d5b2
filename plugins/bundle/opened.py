"""A bundle that is judged again, or compared with: verified as a whole, then made into what a run is made of."""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pydantic import ValidationError

from fixtures.answers import Answer, Answers, Outcome, Provenance
from fixtures.answers import digest as digest_of
from fixtures.environment import Environment
from fixtures.reads import decode
from plugins.bundle import contents
from plugins.bundle.reader import Archive, ChangedError
from plugins.definition import Need, expand
from plugins.run import Clock

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

    from plugins.judgement import Judgement


class UnusableBundleError(Exception):
    """A bundle cannot be used. `str()` names the file, the member and what is wrong with it."""


@dataclass(frozen=True)
class Replayed:
    """One bundle."""

    path: Path
    archive: Archive
    run: dict[str, Any]
    environment: Environment
    opened_at: datetime

    @property
    def gate(self) -> str:
        """The gate it was made at."""
        return str(self.run["gate"])

    @property
    def clock(self) -> Clock:
        """The clock of the run: its judging time, and the moment its verdict was made."""
        moments = {name: datetime.fromisoformat(told) if told else None for name, told in self.run["clock"].items()}
        return Clock(moments["started_at"] or self.opened_at, moments["as_of"], moments["read_at"], moments["made_at"])

    @property
    def verdict(self) -> dict[str, Any]:
        """What `verdict.json` held."""
        found: dict[str, Any] = self.archive.json(contents.VERDICT)
        return found

    @property
    def judged(self) -> list[Judgement]:
        """What was judged."""
        found: list[Judgement] = self.archive.json(contents.RESULTS)["checks"]
        return found

    @property
    def check_ids(self) -> list[str]:
        """Ids of the checks that were registered."""
        return [check["id"] for check in self.archive.json(contents.CATALOGUE)]

    @property
    def redacted(self) -> dict[str, Any] | None:
        """What a copy without names says about itself: its key, its original, and what was lost. None in others."""
        found: dict[str, Any] | None = self.run.get("redacted")
        return found

    @property
    def settings_moved(self) -> list[str]:
        """Settings that this suite reads otherwise than the one that made the bundle."""
        return list(_moved(self.archive.json(contents.ENVIRONMENT), self.environment.model_dump(mode="json")))

    def asked_for(self, need: Need) -> bool:
        """Return whether a check of that day wanted a read, so that no answer means that there was nothing to ask."""
        return need in self._needs

    @cached_property
    def _needs(self) -> frozenset[Need]:
        found: set[Need] = set()
        for check in self.archive.json(contents.CATALOGUE):
            of = check["servers"]
            servers = [name for name, each in self.environment.servers.items() if of in ("each", each.purpose)]
            for name in (*check["reads"], *check["optional_reads"]):
                for subject in servers if of else ("",):
                    found.update(expand(name, self.environment, subject))
        return frozenset(found)

    @property
    def attachments(self) -> dict[str, Any]:
        """What other plugins had kept, by name."""
        names = [name for name in self.archive.members if name.startswith(contents.ATTACHMENTS)]
        return {Path(name).stem: self.archive.json(name) for name in names}

    def about(self) -> dict[str, Any]:
        """Return which bundle this is, as a replay's evidence names it."""
        return {
            "file": self.path.name,
            "run_id": self.run["run_id"],
            "manifest_sha256": self.archive.seal.sha256,
            "result_digest": self.run["result_digest"],
            "suite": self.run["suite"],
            "opened_at": self.opened_at.isoformat(timespec="seconds"),
        }

    def answers(self, reads: Collection[str] | None = None) -> Answers:
        """Return the answers, or those of some reads, with values derived from the texts as received.

        The texts themselves stay in the bundle: some are 25 MB, and what is judged are values. A text this suite can no
        longer read is no value any more: its answer says so. Raises UnusableBundleError.
        """
        listed = self.archive.json(contents.ANSWERS)["answers"]
        return Answers(self._answer(entry) for entry in listed if reads is None or entry["read"] in reads)

    def _answer(self, entry: dict[str, Any]) -> Answer:
        provenance = Provenance(
            entry["id"],
            entry["system"],
            entry["target"],
            entry["request"],
            datetime.fromisoformat(entry["started_at"]),
            datetime.fromisoformat(entry["ended_at"]),
            entry["identity"],
            entry["attempts"],
            entry["rows"],
            entry["sha256"],
            datetime.fromisoformat(entry["server_clock"]) if entry["server_clock"] else None,
        )
        outcome = Outcome(entry["outcome"])
        answer = Answer(entry["read"], entry["subject"], outcome, None, entry["error"], provenance)
        if entry["member"] is None:
            return answer if not answer.ok else answer.become(Outcome.PARTIAL, "the bundle holds no text for it")
        content = self.archive.read(entry["member"])
        if digest_of(content) != entry["sha256"]:
            raise UnusableBundleError(f"{self.path}: {entry['member']}: it is not what {entry['id']} received")
        return _valued(answer, content if entry["bytes"] else content.decode()) if answer.ok else answer


def _valued(answer: Answer, raw: str | bytes) -> Answer:
    try:
        return replace(answer, value=decode(answer.read, raw))
    except (ValueError, LookupError, TypeError) as error:
        return answer.become(Outcome.PARTIAL, f"this suite cannot read the stored text: {error}")


def canonical_digest(environment: Any) -> str:  # noqa: ANN401 - JSON as it came
    """Return the digest an environment has in the evidence, of the settings as they are stored."""
    return digest_of(json.dumps(environment, sort_keys=True, separators=(",", ":"), ensure_ascii=False))


def _moved(stored: Any, now: Any, path: str = "") -> Iterator[str]:  # noqa: ANN401 - JSON as it came
    """Name the settings that this suite reads otherwise than they are stored: new ones, and changed ones."""
    if isinstance(stored, dict) and isinstance(now, dict):
        for name in sorted({*stored, *now}):
            inside = f"{path}.{name}" if path else name
            if name not in stored:
                yield f"the setting {inside} is new"
            else:
                yield from _moved(stored[name], now.get(name), inside)
    elif stored != now:
        yield f"the setting {path} is read otherwise"


def open_bundle(path: Path) -> Replayed:
    """Verify every byte of a bundle and open it. Raises UnusableBundleError."""
    try:
        archive = Archive(path)
    except OSError as error:
        raise UnusableBundleError(f"{path}: cannot be read: {error.strerror}") from error
    except ChangedError as error:
        raise UnusableBundleError(f"{path}: changed since it was written: {error}") from error
    try:
        return _opened(path, archive)
    except KeyError as error:
        archive.close()
        raise UnusableBundleError(f"{path}: it is no bundle of a run: {error} is missing") from error
    except ValidationError as error:
        archive.close()
        raise UnusableBundleError(f"{path}: {contents.ENVIRONMENT}: {error}") from error
    except (ValueError, TypeError, AttributeError, RecursionError) as error:
        archive.close()
        raise UnusableBundleError(f"{path}: it is no bundle of a run: {error}") from error
    except UnusableBundleError:
        archive.close()
        raise


def _opened(path: Path, archive: Archive) -> Replayed:
    run = archive.json(contents.RUN_FILE)
    stored = archive.json(contents.ENVIRONMENT)
    environment = Environment.model_validate(stored)
    if canonical_digest(stored) != run["environment_digest"]:
        raise UnusableBundleError(f"{path}: {contents.ENVIRONMENT}: it is not the environment the run names")
    if run["clock"]["read_at"] is None:
        raise UnusableBundleError(f"{path}: {contents.RUN_FILE}: the run read nothing, so nothing can be judged")
    return Replayed(path, archive, run, environment, datetime.now(UTC))
