"""What a gate refuses: options under which a verdict would prove less than it says [semantics §1, §2]."""

from __future__ import annotations

import sys
from datetime import UTC, datetime
from difflib import get_close_matches
from typing import TYPE_CHECKING

import pytest

from fixtures.environment import Environment, UnusableFileError, load
from fixtures.facts.plan import not_of_the_plan
from plugins import waivers
from plugins.bundle.opened import UnusableBundleError, open_bundle
from plugins.gates import GATES, Gate

if TYPE_CHECKING:
    from collections.abc import Iterator

    from plugins.bundle.opened import Replayed
    from plugins.waivers import Waiver

HOUSE_PLUGINS = (
    "plugins.catalogue",
    "plugins.fetching",
    "plugins.results",
    "plugins.review_draft",
    "plugins.evidence",
    "plugins.page",
    "plugins.terminal",
    "fixtures.pytest_fixtures",
)
REQUIRED_PLUGINS = (*HOUSE_PLUGINS, "assertion", "html", "metadata")
"""Without one of these a gate proves nothing."""

_RERUNNERS = {"rerunfailures": "pytest-rerunfailures", "flaky": "flaky", "pytest_retry": "pytest-retry"}

_SPLITTERS = {"numprocesses": "-n", "dist": "--dist", "tx": "--tx", "forked": "--forked", "boxed": "--boxed"}
"""Options of pytest-xdist and pytest-forked, by destination: -n sets the two after it, so it is looked for first."""
_UNSPLIT: tuple[object, ...] = (None, 0, "no", [])
"""What these options hold while everything stays in one process."""


def gate_named(name: str) -> Gate:
    """Return the gate; raises pytest.UsageError that names the accepted ones."""
    if name not in GATES:
        closest = "".join(f"; closest: {near}" for near in get_close_matches(name, GATES, n=1))
        raise pytest.UsageError(f"--gate: found {name!r}; accepted: {', '.join(GATES)}{closest}")
    return GATES[name]


def judged_as_of(text: str | None, *, rehearsal: bool) -> datetime | None:
    """Return the day to judge by. Raises pytest.UsageError when it is no time, or this is no rehearsal."""
    if text is None:
        return None
    if not rehearsal:
        raise pytest.UsageError("--as-of judges by another day's version table: it needs --rehearsal")
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise pytest.UsageError(f"--as-of: found {text!r}; accepted: 2021-09-01 or 2021-09-01T08:00:00Z") from None
    return moment.astimezone(UTC) if moment.tzinfo else moment.replace(tzinfo=UTC)


def environment_of(config: pytest.Config) -> Environment:
    """Read the environment file. Raises pytest.UsageError with every mistake in it."""
    given = config.getoption("environment")
    if given is None:
        raise pytest.UsageError(
            "--gate needs --environment FILE: the servers and the tenant to judge (docs/environment.toml is a start)"
        )
    try:
        return load(config.invocation_params.dir / given)
    except UnusableFileError as error:
        raise pytest.UsageError(*error.problems) from error


def replayed_by(config: pytest.Config, gate: Gate) -> Replayed | None:
    """Open the bundle to judge again; None without --replay. Raises pytest.UsageError that names what was changed."""
    found = bundle_of(config, "replay")
    if found is None:
        return None
    given = ("environment", "waivers", "as_of", "rehearsal", "dry_run", "wait")
    if told := [f"--{option.replace('_', '-')}" for option in given if config.getoption(option)]:
        raise pytest.UsageError(
            f"--replay takes environment and time from the bundle: run it without {', '.join(told)}"
        )
    if found.redacted and found.redacted["lost"]:
        raise pytest.UsageError(
            f"--replay: {found.path} is a copy without names that cannot be judged again: "
            f"{'; '.join(found.redacted['lost'])}. Replay the original, whose manifest has the digest "
            f"{found.redacted['manifest_sha256']}"
        )
    if found.gate != gate.name:
        raise pytest.UsageError(f"--gate: found {gate.name!r}; accepted: {found.gate}, the gate the bundle was made at")
    return found


def bundle_of(config: pytest.Config, option: str) -> Replayed | None:
    """Open the bundle an option names; None without it. Raises pytest.UsageError that names what was changed."""
    given = config.getoption(option)
    if given is None:
        return None
    try:
        return open_bundle(config.invocation_params.dir / given)
    except UnusableBundleError as error:
        raise pytest.UsageError(f"--{option}: {error}") from error


def baseline_of(config: pytest.Config) -> Replayed | None:
    """Open the bundle of an accepted run; None without --baseline. Raises pytest.UsageError, also for one of tokens."""
    found = bundle_of(config, "baseline")
    if found is not None and found.redacted:
        found.archive.close()
        raise pytest.UsageError(
            f"--baseline: {found.path} is a copy without names, and a run has names: give the original, whose manifest "
            f"has the digest {found.redacted['manifest_sha256']}"
        )
    return found


def waivers_of(config: pytest.Config) -> tuple[Waiver, ...]:
    """Read the waivers file, if there is one. Raises pytest.UsageError with every mistake in it."""
    given = config.getoption("waivers")
    if given is None:
        return ()
    try:
        return waivers.load(config.invocation_params.dir / given)
    except UnusableFileError as error:
        raise pytest.UsageError(*error.problems) from error


def refuse_gate_outside_plan(gate: Gate, environment: Environment) -> None:
    """Raise pytest.UsageError when the gate's question has no meaning for the plan of the environment."""
    if why := not_of_the_plan(environment, gate.name):
        accepted = ", ".join(name for name in GATES if not not_of_the_plan(environment, name))
        raise pytest.UsageError(f"--gate {gate.name}: {why}; accepted for this plan: {accepted}")


def refuse_weak_options(config: pytest.Config) -> None:
    """Raise pytest.UsageError for every option that would weaken the verdict of a gate."""
    if weak := list(_weak(config)):
        raise pytest.UsageError(*weak)


def _weak(config: pytest.Config) -> Iterator[str]:
    if sys.flags.optimize:
        yield "python -O removes the assertions that checks speak with: run a gate without -O and PYTHONOPTIMIZE"
    if config.getoption("assertmode", "rewrite") != "rewrite":
        yield "--assert=plain takes the reasons out of assertions: run a gate without it"
    if spelling := split_by(config):
        yield f"{spelling} takes checks into other processes: a gate reads once and judges in one, so run it without"
    if config.getoption("reruns", None):
        yield "--reruns tries until it passes: in a gate the first result counts"
    for plugin, name in _RERUNNERS.items():
        if config.pluginmanager.has_plugin(plugin):
            yield f"{name} is loaded and can run a check again: in a gate the first result counts (-p no:{plugin})"
    for option in ("--setup-only", "--setup-plan"):
        if config.getoption(option):
            yield f"{option} runs no check: a gate needs them run"
    if config.getoption("max_warnings", None) is not None:
        yield "--max-warnings changes the exit code, which is the verdict's: run a gate without it"


def split_by(config: pytest.Config) -> str | None:
    """Return the option that would judge in several processes; None without one, and with `-n 0` or `--dist=no`."""
    given = (spelling for option, spelling in _SPLITTERS.items() if config.getoption(option, None) not in _UNSPLIT)
    return next(given, None)


def verify_loaded(config: pytest.Config) -> None:
    """Raise pytest.UsageError unless every plugin a gate rests on is loaded."""
    missing = [name for name in REQUIRED_PLUGINS if not config.pluginmanager.has_plugin(name)]
    if missing:
        raise pytest.UsageError(f"a gate needs these plugins, which are not loaded: {', '.join(missing)}")
