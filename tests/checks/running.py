"""Runs one real check on one world, as a gate would."""

from __future__ import annotations

import importlib
import inspect
import pkgutil
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cache
from typing import Any

import tests_validation
from fixtures.answers import MissingAnswer
from fixtures.facts.pair import Migration
from fixtures.facts.plan import may_be_silent
from fixtures.reads.table import SERVER_READS, TENANT_READS
from plugins.definition import CheckDefinition, define
from plugins.gates import GATES

from .recorder import Recorder
from .world import World

Change = Callable[[World], object]


def all_of(*changes: Change) -> Change:
    """Several changes as one."""

    def change(world: World) -> None:
        for one in changes:
            one(world)

    return change


@dataclass(frozen=True)
class Case:
    """One row of a table: a check, what is changed in the healthy world, and what the check must say."""

    check: str
    name: str
    state: str
    fragment: str
    gate: str
    change: Change = lambda _: None
    server: str = ""
    plan: dict[str, Any] = field(default_factory=dict)

    @property
    def label(self) -> str:
        return f"{self.check}-{self.gate}-{self.name}".replace(" ", "_")


@dataclass(frozen=True)
class Check:
    definition: CheckDefinition
    function: Callable[..., None]
    module: Any


@cache
def checks() -> dict[str, Check]:
    found: dict[str, Check] = {}
    for info in pkgutil.iter_modules(tests_validation.__path__):
        module = importlib.import_module(f"tests_validation.{info.name}")
        for function in vars(module).values():
            for mark in getattr(function, "pytestmark", ()):
                if mark.name == "check":
                    definition = define(
                        function,
                        mark.args,
                        mark.kwargs,
                        gates=tuple(GATES),
                        server_reads=tuple(SERVER_READS),
                        tenant_reads=tuple(TENANT_READS),
                    )
                    assert definition.id not in found, definition.id
                    found[definition.id] = Check(definition, function, module)
    return found


def world_of(case: Case) -> World:
    """The healthy world with the case's change in it."""
    world = World(case.gate)
    world.environment["plan"].update(case.plan)
    case.change(world)
    return world


def judge(case: Case) -> tuple[str, str]:
    """State and reasons of the case."""
    return judge_world(checks()[case.check], world_of(case), case.server)


def judge_world(check: Check, world: World, server: str = "") -> tuple[str, str]:
    environment, answers, result = world.settings(), world.answers(), Recorder()
    migration = Migration(environment, answers, world.gate, world.now, world.shift)
    subject = server or next(iter(check.definition.subjects(environment)))
    for need in check.definition.required(environment, subject):
        silent = need.system in environment.servers and may_be_silent(environment, world.gate, need.system)
        try:
            answers.find(need.system, need.read).get()
        except MissingAnswer as missing:
            if not silent:
                return "error", str(missing)
    known = {
        "migration": migration,
        "environment": environment,
        "gate": world.gate,
        "now": world.now,
        "tenant": migration.tenant,
        "result": result,
    }
    for name in ("old", "new"):
        if name in environment.servers:
            known[name] = migration.servers[name]
    if subject:
        known["server"] = migration.servers[subject]
    wanted = inspect.signature(check.function).parameters
    try:
        check.function(**{name: known[name] for name in wanted})
    except MissingAnswer as missing:
        return "error", str(missing)
    return result.state, "; ".join(result.reasons)
