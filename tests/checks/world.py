"""The healthy answers of one gate, as a world that a case can change."""

from __future__ import annotations

import copy
from dataclasses import replace
from datetime import timedelta
from typing import Any

from fixtures.answers import Answer, Answers, Outcome
from fixtures.environment import Environment
from fixtures.reads import References

from .healthy import NOW, environment, healthy


class World:
    """The healthy answers of one gate, to be changed by a case. `world["new", "rules"]` is a value to change."""

    def __init__(self, gate: str) -> None:
        self.gate = gate
        self.now = NOW
        self.shift = timedelta()
        self.environment = environment(gate)
        shared = (References, tuple)
        self._values = {
            key: value if isinstance(value, shared) else copy.deepcopy(value) for key, value in healthy(gate).items()
        }
        self._reasons: dict[tuple[str, str, str], tuple[Outcome, str]] = {}
        self.server_clock = NOW

    def __getitem__(self, key: tuple[str, ...]) -> Any:
        return self._values[self._key(key)]

    def __setitem__(self, key: tuple[str, ...], value: Any) -> None:
        self._reasons.pop(self._key(key), None)
        self._values[self._key(key)] = value

    @property
    def keys(self) -> tuple[tuple[str, str, str], ...]:
        """System, read and subject of every value."""
        return tuple(self._values)

    def forget(self, *key: str) -> None:
        """The question was not asked."""
        self._values.pop(self._key(key), None)

    def refuse(self, system: str, read: str, outcome: Outcome = Outcome.DENIED, subject: str | None = None) -> None:
        """Every answer of a read is a reason instead of a value."""
        found = [key for key in self._values if key[:2] == (system, read) and subject in {None, key[2]}]
        for key in found or [(system, read, subject or "")]:
            self._values.pop(key, None)
            self._reasons[key] = (outcome, f"lab says {outcome}")

    def silence(self, system: str) -> None:
        """Nothing at all can be read from a system."""
        for _, read, _ in [key for key in self._values if key[0] == system]:
            self.refuse(system, read, Outcome.UNREACHABLE)

    def rule(self, server: str, name: str) -> dict[str, Any]:
        """The rule whose name begins so, the last one of them."""
        found: dict[str, Any] = next(rule for rule in reversed(self[server, "rules"]) if rule["Name"].startswith(name))
        return found

    def answers(self) -> Answers:
        about = {"started_at": NOW, "ended_at": NOW, "server_clock": self.server_clock}
        made = [
            replace(
                Answer.without_value(system, read, Outcome.FAILED, "", subject, **about),
                outcome=Outcome.OK,
                error=None,
                value=value,
            )
            for (system, read, subject), value in self._values.items()
        ]
        made += [
            Answer.without_value(system, read, outcome, error, subject, **about)
            for (system, read, subject), (outcome, error) in self._reasons.items()
        ]
        return Answers(made)

    def settings(self) -> Environment:
        return Environment.model_validate(self.environment)

    @staticmethod
    def _key(key: tuple[str, ...]) -> tuple[str, str, str]:
        system, read, *subject = key
        return system, read, subject[0] if subject else ""
