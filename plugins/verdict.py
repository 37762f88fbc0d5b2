"""The verdict on a gate: a pure function of what is registered and what was reported [semantics §1].

Any blocking fail is NO-GO. Else anything blocking that could not be told, any registered check that did not report, or
any trouble around the checks is UNDECIDED. Else GO. There is no score.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum
from types import MappingProxyType
from typing import TYPE_CHECKING

from plugins.states import SERIOUSNESS, STATES, State

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from datetime import datetime

    from plugins.causes import Cause


class Word(StrEnum):
    """The three verdicts."""

    GO = "GO"
    NO_GO = "NO-GO"
    UNDECIDED = "UNDECIDED"


MOST_NAMES = 8
"""Checks, and reads, that are named with a cause they share."""
EXIT_CODES: Mapping[Word, int] = MappingProxyType({Word.GO: 0, Word.NO_GO: 1, Word.UNDECIDED: 10})
"""Of a run that pytest itself completed; 2 to 6 keep pytest's own meaning."""


@dataclass(frozen=True, slots=True)
class Expected:
    """One registered check: what it is called and on which subjects it has to report."""

    id: str
    title: str
    blocking: bool
    fix: str
    subjects: tuple[str, ...] = ("",)


@dataclass(frozen=True, slots=True)
class Reported:
    """What one check said about one of its subjects."""

    id: str
    subject: str
    state: State
    reason: str
    causes: tuple[Cause, ...] = ()
    """What kept it from being told, where that was an answer. One sentence is said for all checks that share it."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """The answer to a gate's question."""

    word: Word
    reasons: tuple[str, ...]
    """Most serious first, one line each, with what to do: what decided, then what is open among advisory checks."""
    deciding: int
    """How many of the reasons decided; the others are advisory."""
    registered: int
    reported: int
    made_at: datetime
    valid_until: datetime | None
    exit_code: int

    def downgraded(self, reason: str) -> Verdict:
        """Return this verdict after something broke that its proof depends on: GO becomes UNDECIDED."""
        if self.word is not Word.GO:
            return replace(self, reasons=(reason, *self.reasons), deciding=self.deciding + 1)
        code = EXIT_CODES[Word.UNDECIDED] if self.exit_code == EXIT_CODES[Word.GO] else self.exit_code
        return replace(
            self, word=Word.UNDECIDED, reasons=(reason, *self.reasons), deciding=self.deciding + 1, exit_code=code
        )


def decide(
    expected: Sequence[Expected],
    reported: Sequence[Reported],
    *,
    made_at: datetime,
    limits: Iterable[datetime] = (),
    troubles: Sequence[str] = (),
    broken: int | None = None,
) -> Verdict:
    """Judge a gate.

    `limits` are the times at which something the verdict rests on stops to hold. `troubles` are sentences about what
    went wrong around the checks. `broken` is pytest's own exit code when the run did not complete (2 to 6).
    """
    checks = {check.id: check for check in expected}
    said = {(result.id, result.subject): result for result in reversed(reported)}
    unknown = sorted({result.id for result in reported} - checks.keys())
    silent = [
        (check, subject) for check in expected for subject in check.subjects or ("",) if (check.id, subject) not in said
    ]
    known = [result for result in said.values() if result.id in checks]
    blocking = [result for result in known if checks[result.id].blocking]
    valid_until = min(limits, default=None)

    open_ends = [f"{name} reported but is not registered." for name in unknown]
    open_ends += troubles
    if not any(check.blocking for check in expected):
        open_ends.append("No blocking check is registered for this gate, so nothing can answer its question.")
    if valid_until is not None and valid_until <= made_at:
        open_ends.append(f"What was read stopped to hold at {valid_until:%Y-%m-%d %H:%M:%SZ}. Run the gate again.")
    if broken is not None:
        open_ends.append("The run did not complete. Run the gate again.")

    if any(result.state is State.FAIL for result in blocking):
        word = Word.NO_GO
    elif open_ends or silent or any(not STATES[result.state].told for result in blocking):
        word = Word.UNDECIDED
    else:
        word = Word.GO
    blamed = _by_cause(known)
    decisive = {
        _shared(cause) for cause, results in blamed.items() if any(checks[result.id].blocking for result in results)
    }
    deciding = [
        *_sentences(checks, (result for result in blocking if result.state is State.FAIL)),
        *_blame({cause: blamed[cause] for cause in blamed if _shared(cause) in decisive}),
        *_sentences(checks, (result for result in blocking if result.state is not State.FAIL and not _blames(result))),
        *(_silence(check, subject) for check, subject in silent),
        *open_ends,
    ]
    advisory = [
        *_blame({cause: blamed[cause] for cause in blamed if _shared(cause) not in decisive}),
        *_sentences(checks, (result for result in known if not checks[result.id].blocking and not _blames(result))),
    ]
    return Verdict(
        word=word,
        reasons=(*deciding, *advisory),
        deciding=len(deciding),
        registered=len(expected),
        reported=len(expected) - len({check.id for check, _ in silent}),
        made_at=made_at,
        valid_until=valid_until,
        exit_code=EXIT_CODES[word] if broken is None else broken,
    )


def _sentences(checks: Mapping[str, Expected], results: Iterable[Reported]) -> list[str]:
    """Say what is not well, most serious first, then by check."""
    notable = [result for result in results if result.state in (State.FAIL, State.ERROR, State.INCONCLUSIVE)]
    notable.sort(key=lambda result: (SERIOUSNESS[result.state], result.id, result.subject))
    return [_sentence(checks[result.id], result) for result in notable]


def _sentence(check: Expected, result: Reported) -> str:
    about = f"{check.id} on {result.subject}" if result.subject else check.id
    kind = STATES[result.state].word.lower()
    advisory = "" if check.blocking else "advisory "
    return " ".join(f"{about}, {advisory}{kind}: {_ended(result.reason)} What to do: {_ended(check.fix)}".split())


def _blames(result: Reported) -> bool:
    return result.state in (State.ERROR, State.INCONCLUSIVE) and bool(result.causes)


def _by_cause(results: Iterable[Reported]) -> dict[Cause, list[Reported]]:
    """Return what could not be told for want of an answer, by its causes: the cause of most first, then by its text."""
    found: dict[Cause, list[Reported]] = {}
    for result in results:
        for cause in result.causes if _blames(result) else ():
            found.setdefault(cause, []).append(result)
    return dict(sorted(found.items(), key=lambda entry: (-len(entry[1]), entry[0])))


def _blame(blamed: Mapping[Cause, Iterable[Reported]]) -> Iterator[str]:
    """Say each cause once, with what it left untold. Reads that share system, reason and remedy stand together."""
    shared: dict[Cause, list[Cause]] = {}
    for cause in blamed:
        shared.setdefault(_shared(cause), []).append(cause)
    for causes in shared.values():
        untold = sorted({result.id for cause in causes for result in blamed[cause]})
        text = causes[0].text(_listed([cause.read for cause in causes]))
        said = f"{text}: {', '.join(_listed(untold))} could not be told. What to do: {_ended(causes[0].remedy)}"
        yield " ".join(said.split())


def _shared(cause: Cause) -> Cause:
    """Return what a cause has in common with those of other reads."""
    return cause._replace(read="")


def _listed(names: Sequence[str]) -> list[str]:
    """Return the first of some names, and how many more there are."""
    more = len(names) - MOST_NAMES
    return [*names[: MOST_NAMES - 1], f"{names[MOST_NAMES - 1]} and {more} more"] if more > 0 else list(names)


def _silence(check: Expected, subject: str) -> str:
    about = f"{check.id} on {subject}" if subject else check.id
    return f"{about} did not report ({check.title}). What to do: run the gate with every check selected."


def _ended(text: str) -> str:
    text = text.strip()
    return text if text.endswith((".", "!", "?")) else f"{text}."
