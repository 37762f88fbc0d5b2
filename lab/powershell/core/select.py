"""Select-Object."""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING

from lab.powershell import members
from lab.powershell.clr import Boxed, NetObject, is_enumerable, type_name, unbox
from lab.powershell.commands import CommandInfo, Parameter, switch
from lab.powershell.compare import equals
from lab.powershell.convert import INT32, OBJECT, STRING, array
from lab.powershell.errors import not_simulated
from lab.powershell.text import has_wildcard, to_text, wildcard

if TYPE_CHECKING:
    from lab.powershell.commands import Call, Objects

_DEFAULT, _INDEX, _SKIP_LAST = "DefaultParameter", "IndexParameter", "SkipLastParameter"
_CLASS = "Microsoft.PowerShell.Commands.SelectObjectCommand"
_ARGUMENT = "System.Management.Automation.PSArgumentException"
_LABELS = ("name", "label", "n", "l")
_EXPRESSIONS = ("expression", "e")


def _calculated(table: dict[str, object]) -> tuple[str, str]:
    """Read a calculated property: its label and the property it takes the value from."""
    keys = {key.casefold(): value for key, value in table.items()}
    expression = next((keys[key] for key in _EXPRESSIONS if key in keys), None)
    if not isinstance(expression, str):
        raise not_simulated("a calculated property whose Expression is not the name of a property")
    label = next((keys[key] for key in _LABELS if key in keys), expression)
    return to_text(label), expression


def _excluded(call: Call, name: str) -> bool:
    return any(wildcard(pattern).match(name) for pattern in call.texts("ExcludeProperty"))


def picked(call: Call, value: object) -> dict[str, object]:
    """Take the properties that -Property names; a name that fits nothing becomes a property that is $null."""
    notes: dict[str, object] = {}
    wanted = call.get("Property")
    for item in wanted if isinstance(wanted, list) else []:
        if isinstance(item, dict):
            label, expression = _calculated(item)
            notes[label] = members.get(value, expression)
            continue
        pattern = to_text(item)
        found = members.find(value, pattern)
        for name in found:
            if not _excluded(call, name) and name not in notes:
                notes[name] = members.get(value, name)
        if not found and not has_wildcard(pattern):
            notes.setdefault(pattern, None)
    return notes


def _already_there(call: Call, name: str) -> None:
    call.write_error(
        call.error(
            f'Property cannot be processed because property "{name}" already exists.',
            "AlreadyExistingUserSpecifiedPropertyExpand",
            "InvalidOperation",
            exception=_ARGUMENT,
        ),
    )


def _decorated(call: Call, value: object, notes: dict[str, object]) -> object:
    """Add the -Property values to what -ExpandProperty gave."""
    if not notes:
        return value
    if not isinstance(value, NetObject):
        return Boxed(unbox(value), notes)
    made = NetObject(value.type_names, value.adapted, value.notes, value.text)
    for name, item in notes.items():
        if made.find(name) is None:
            made.notes[name] = item
        else:
            _already_there(call, name)
    return made


def _expanded(call: Call, value: object) -> list[object]:
    name = call.text("ExpandProperty")
    found = members.find(value, name)
    if not found:
        call.write_error(
            call.error(
                f'Property "{name}" cannot be found.',
                "ExpandPropertyNotFound",
                "InvalidArgument",
                exception=_ARGUMENT,
                target=to_text(value),
                target_type=type_name(value).rpartition(".")[2],
            ),
        )
        return []
    if len(found) > 1:
        call.write_error(
            call.error(
                f'Multiple properties cannot be expanded: "{name}".',
                "MutlipleExpandProperties",
                "InvalidArgument",
                exception=_ARGUMENT,
            ),
        )
        return []
    inner = members.get(value, found[0])
    items = list(inner) if is_enumerable(inner) and isinstance(inner, list | bytes) else [inner]
    notes = picked(call, value)
    return [_decorated(call, item, notes) for item in items if item is not None]


def _project(call: Call, value: object) -> list[object]:
    if call.given("ExpandProperty"):
        return _expanded(call, value)
    if not call.given("Property"):
        return [value]
    return [NetObject.custom(picked(call, value), selected_from=type_name(value))]


def _same(one: object, other: object) -> bool:
    if isinstance(one, NetObject) and isinstance(other, NetObject):
        first, second = list(one.names()), list(other.names())
        return first == second and all(equals(one.get(name), other.get(name), case_sensitive=True) for name in first)
    return equals(one, other, case_sensitive=True)


async def _last(call: Call) -> Objects:
    """-Last, and -Skip that counts from the end."""
    kept = [value async for value in call.objects()]
    skipped = kept[: len(kept) - call.integer("Skip")] if call.integer("Skip") else kept
    for value in skipped[max(0, len(skipped) - call.integer("Last")) :]:
        yield value


async def _indexed(call: Call) -> Objects:
    wanted = call.get("Index")
    positions = {index for index in wanted if isinstance(index, int)} if isinstance(wanted, list) else set()
    at = -1
    async for value in call.objects():
        at += 1
        if at in positions:
            yield value
        if at >= max(positions, default=-1):
            return


async def _first(call: Call) -> Objects:
    """-First and -Skip, stopping what comes before as soon as enough has come; -SkipLast."""
    skip, wanted = call.integer("Skip"), call.integer("First") if call.given("First") else None
    held: deque[object] = deque()
    hold, sent = call.integer("SkipLast"), 0
    if wanted == 0:
        return
    async for value in call.objects():
        if skip:
            skip -= 1
            continue
        held.append(value)
        if len(held) <= hold:
            continue
        yield held.popleft()
        sent += 1
        if sent == wanted:
            return


async def _run(call: Call) -> Objects:
    chosen = _indexed(call) if call.given("Index") else _last(call) if call.given("Last") else _first(call)
    seen: list[object] = []
    async for value in chosen:
        for made in _project(call, value):
            if call.on("Unique"):
                if any(_same(made, known) for known in seen):
                    continue
                seen.append(made)
            yield made


_TAKES = frozenset({_DEFAULT})
SELECT_OBJECT = CommandInfo(
    "Select-Object",
    "Microsoft.PowerShell.Utility",
    _run,
    (
        Parameter("InputObject", OBJECT, pipeline=True),
        Parameter("Property", array(OBJECT), position=0, sets=frozenset({_DEFAULT, _SKIP_LAST})),
        Parameter("ExcludeProperty", array(STRING), sets=frozenset({_DEFAULT, _SKIP_LAST})),
        Parameter("ExpandProperty", STRING, sets=frozenset({_DEFAULT, _SKIP_LAST})),
        switch("Unique"),
        Parameter("Last", INT32, sets=_TAKES, bounds=(0, 2**31 - 1)),
        Parameter("First", INT32, sets=_TAKES, bounds=(0, 2**31 - 1)),
        Parameter("Skip", INT32, sets=_TAKES, bounds=(0, 2**31 - 1)),
        Parameter("SkipLast", INT32, sets=frozenset({_SKIP_LAST}), bounds=(0, 2**31 - 1)),
        switch("Wait", _DEFAULT, _INDEX),
        Parameter("Index", array(INT32), sets=frozenset({_INDEX}), bounds=(0, 2**31 - 1)),
    ),
    implementing_type=_CLASS,
    default_set=_DEFAULT,
)
