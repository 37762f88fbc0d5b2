"""Which fields of which answers a check looks at, and what it says when one of them is missing."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from .running import Check, judge_world

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from .world import World

ITEM = "[]"
Path = tuple[str, ...]
Key = tuple[str, str, str]
Loss = Callable[[dict[str, Any], str], None]


@dataclass(frozen=True, order=True)
class Field:
    """One property of one read, wherever it stands in the answers."""

    read: str
    path: Path

    def __str__(self) -> str:
        return f"{self.read}: {'.'.join(self.path).replace('.[]', '[]')}"


class Watched(dict[str, Any]):
    """A JSON object that tells which of its properties somebody asked for, found or not."""

    def __init__(self, plain: Mapping[str, Any], asked: Callable[[str], object]) -> None:
        super().__init__(plain)
        self._asked = asked

    def __getitem__(self, name: str) -> Any:
        self._asked(name)
        return super().__getitem__(name)

    def __contains__(self, name: object) -> bool:
        self._asked(str(name))
        return super().__contains__(name)

    def get(self, name: str, default: Any = None) -> Any:
        self._asked(name)
        return super().get(name, default)

    def items(self) -> Any:
        for name in self:
            self._asked(name)
        return super().items()


def keys_of(check: Check, world: World, server: str) -> list[Key]:
    """The answers of the reads that a check declares."""
    environment = world.settings()
    subject = server or next(iter(check.definition.subjects(environment)))
    needs = {*check.definition.required(environment, subject), *check.definition.optional(environment, subject)}
    return [key for key in world.keys if (key[0], key[1]) in needs]


def used(check: Check, world: World, server: str) -> set[Field]:
    """The fields that a check asks for, itself or through a fact."""
    found: set[Field] = set()
    for key in keys_of(check, world, server):
        world[key] = watched(world[key], key[1], (), found)
    judge_world(check, world, server)
    return found


def watched(value: Any, read: str, path: Path, found: set[Field]) -> Any:
    """A copy of a JSON value that writes down what is asked for."""
    if isinstance(value, dict):
        plain = {name: watched(item, read, (*path, name), found) for name, item in value.items()}
        return Watched(plain, lambda name: found.add(Field(read, (*path, name))))
    if isinstance(value, list):
        return [watched(item, read, (*path, ITEM), found) for item in value]
    return value


def present(check: Check, world: World, server: str) -> set[Field]:
    """The fields that stand in the answers of a check."""
    return {Field(key[1], path) for key in keys_of(check, world, server) for path in paths(world[key])}


def paths(value: Any, path: Path = ()) -> Iterator[Path]:
    """Every property below a JSON value."""
    if isinstance(value, dict):
        for name, item in value.items():
            yield (*path, name)
            yield from paths(item, (*path, name))
    elif isinstance(value, list):
        for item in value:
            yield from paths(item, (*path, ITEM))


def absent(owner: dict[str, Any], name: str) -> None:
    """The property is not there."""
    owner.pop(name, None)


def null(owner: dict[str, Any], name: str) -> None:
    """The property is there without a value, as Windows shows one that a build does not have."""
    if name in owner:
        owner[name] = None


def without(check: Check, world: World, server: str, field: Field, loss: Loss = absent) -> str:
    """The state of a check whose answers have lost one field everywhere."""
    for key in keys_of(check, world, server):
        if key[1] == field.read:
            world[key] = copied(world[key])
            lose(world[key], field.path, loss)
    try:
        return judge_world(check, world, server)[0]
    except Exception:  # noqa: BLE001 - whatever a check raises, the plugins make an error of it
        return "error"


def copied(value: Any) -> Any:
    """A JSON value of its own: cases share what they put into their worlds."""
    if isinstance(value, dict):
        return {name: copied(item) for name, item in value.items()}
    return [copied(item) for item in value] if isinstance(value, list) else value


def lose(value: Any, path: Path, loss: Loss) -> None:
    """Take a property away from every object that has it."""
    name, *rest = path
    if name == ITEM:
        for item in value if isinstance(value, list) else ():
            lose(item, tuple(rest), loss)
    elif isinstance(value, dict):
        if rest:
            lose(value.get(name), tuple(rest), loss)
        else:
            loss(value, name)
