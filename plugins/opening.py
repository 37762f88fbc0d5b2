"""The opening of a gate: what was asked for is made into a run, or refused."""

from __future__ import annotations

import importlib
from datetime import UTC, datetime

import pytest

from plugins import guard
from plugins.room import room_of_checks
from plugins.run import RUN, Clock, Run
from plugins.waiting import wait_of
from plugins.waivers import restored

WAIVERS = "waivers"
"""The name the waivers of a run stand under in its bundle."""


def pytest_configure(config: pytest.Config) -> None:
    """Make the run of a gate and load what it rests on. Raises pytest.UsageError."""
    started_at = datetime.now(UTC)
    gate = guard.gate_named(config.getoption("gate"))
    guard.refuse_weak_options(config)
    rehearsal = config.getoption("rehearsal")
    as_of = guard.judged_as_of(config.getoption("as_of"), rehearsal=rehearsal)
    replayed = guard.replayed_by(config, gate)
    if replayed is not None:
        config.stash[RUN] = Run(
            gate,
            replayed.environment,
            replayed.clock,
            replayed.run["rehearsal"],
            waivers=restored(replayed.attachments.get(WAIVERS, [])),
            attachments=replayed.attachments,
            replayed=replayed,
        )
    else:
        environment = guard.environment_of(config)
        guard.refuse_gate_outside_plan(gate, environment)
        waivers = guard.waivers_of(config)
        config.stash[RUN] = Run(gate, environment, Clock(started_at, as_of), rehearsal, waivers=waivers)
        config.stash[RUN].attachments[WAIVERS] = [waiver.model_dump(mode="json") for waiver in waivers]
        config.stash[RUN].wait = wait_of(config.getoption("wait"), gate.name)
    config.stash[RUN].baseline = guard.baseline_of(config)
    if config.args_source is not pytest.Config.ArgsSource.ARGS:
        config.args = [str(room_of_checks(config))]
    for plugin in guard.HOUSE_PLUGINS:
        config.pluginmanager.register(importlib.import_module(plugin), plugin)
    guard.verify_loaded(config)


def pytest_unconfigure(config: pytest.Config) -> None:
    """Close the bundles that were opened."""
    run = config.stash.get(RUN, None)
    for bundle in (run.replayed, run.baseline) if run is not None else ():
        if bundle is not None:
            bundle.archive.close()
