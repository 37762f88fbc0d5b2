"""Steps and faults as tables: a name, what it does, the arguments it takes, and the function that does it."""

from __future__ import annotations

from dataclasses import dataclass, field
from difflib import get_close_matches
from typing import TYPE_CHECKING, Any

from lab.world.enums import SynchronizationPolicyType
from lab.world.errors import UnknownArgumentError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from lab.world.server import SyncServer
    from lab.world.world import World

    Undo = Callable[[], None]
    Action = Callable[[World, "Arguments"], Undo | None]

_TRUE, _FALSE = {"true", "on", "yes", "1"}, {"false", "off", "no", "0"}


@dataclass(frozen=True, slots=True)
class Argument:
    """One argument: what it means, and what it is when it is left out (None: it may not be)."""

    meaning: str
    default: str | int | bool | None = None


@dataclass(frozen=True, slots=True)
class Entry:
    """A step or a fault."""

    name: str
    meaning: str
    arguments: dict[str, Argument]
    action: Action = field(repr=False)

    def apply(self, world: World, given: Mapping[str, object]) -> Undo | None:
        """Do it.

        Raises:
            UnknownArgumentError: an argument is unknown, missing or not of its kind.
            SyncError: the server refuses.
        """
        return self.action(world, Arguments(self, given, world))

    def as_json(self) -> dict[str, Any]:
        """The entry for people and machines that list the table."""
        arguments = {
            name: {"meaning": item.meaning, "default": item.default, "required": item.default is None}
            for name, item in self.arguments.items()
        }
        return {"name": self.name, "meaning": self.meaning, "arguments": arguments}


class Arguments:
    """The arguments of one call, checked against the table; texts are read as numbers or switches when asked so."""

    def __init__(self, entry: Entry, given: Mapping[str, object], world: World) -> None:
        if unknown := set(given) - set(entry.arguments):
            accepted = ", ".join(entry.arguments) or "none"
            raise UnknownArgumentError(f"{entry.name} takes no {', '.join(sorted(unknown))}; it takes: {accepted}")
        self._entry, self._given, self._world = entry, given, world

    def _value(self, name: str) -> object:
        value = self._given.get(name, self._entry.arguments[name].default)
        if value is None:
            raise UnknownArgumentError(
                f"{self._entry.name} needs {name!r}: {self._entry.arguments[name].meaning}",
            )
        return value

    def text(self, name: str) -> str:
        """The argument as text."""
        return str(self._value(name))

    def number(self, name: str) -> int:
        """The argument as a whole number."""
        try:
            return int(str(self._value(name)))
        except ValueError as error:
            raise UnknownArgumentError(f"{name} is a whole number, not {self._value(name)!r}") from error

    def flag(self, name: str) -> bool:
        """The argument as a switch: on or off."""
        text = str(self._value(name)).casefold()
        if text not in _TRUE | _FALSE:
            raise UnknownArgumentError(f"{name} is on or off, not {text!r}")
        return text in _TRUE

    def server(self, name: str = "server") -> SyncServer:
        """The server that the argument names by purpose."""
        return self._world.server(self.text(name))

    def policy(self, name: str = "policy") -> SynchronizationPolicyType:
        """The argument as a policy of a cycle."""
        try:
            return SynchronizationPolicyType[self.text(name).capitalize()]
        except KeyError as error:
            raise UnknownArgumentError(f"{name} is Delta or Initial, not {self.text(name)!r}") from error


class Table:
    """Entries by name, in the order they were written."""

    def __init__(self, kind: str) -> None:
        self.kind = kind
        self.entries: dict[str, Entry] = {}

    def add(self, name: str, **arguments: Argument) -> Callable[[Action], Action]:
        """Register a function under a name; its docstring is the meaning."""

        def register(action: Action) -> Action:
            meaning = " ".join((action.__doc__ or "").split())
            self.entries[name] = Entry(name, meaning, arguments, action)
            return action

        return register

    def __getitem__(self, name: str) -> Entry:
        """The entry with this name.

        Raises:
            UnknownArgumentError: there is none.
        """
        if name not in self.entries:
            near = get_close_matches(name, self.entries)
            like = f"closest: {', '.join(near)}; `{self.kind} --list` shows them all"
            known = f"there are {', '.join(sorted(self.entries))}"
            raise UnknownArgumentError(f"no {self.kind} {name!r}; {like if near else known}")
        return self.entries[name]

    def as_json(self) -> list[dict[str, Any]]:
        """All entries, for listing."""
        return [entry.as_json() for entry in self.entries.values()]


SERVER = Argument("purpose of the server: old or new")
NEW = Argument("purpose of the server: old or new", "new")
OLD = Argument("purpose of the server: old or new", "old")
