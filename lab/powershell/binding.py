"""Parameter binding: names, prefixes, aliases, positions, sets, mandatory ones, conversion and validation.

The order is that of Windows: named arguments first, then positional ones within the parameter sets still possible,
then one parameter set is settled, then mandatory parameters are demanded.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from lab.powershell.clr import unbox
from lab.powershell.commands import Parameter, switch
from lab.powershell.convert import INT32, STRING, ClrType, ConversionError, plain
from lab.powershell.text import to_text

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from lab.powershell.commands import CommandInfo
    from lab.powershell.errors import BindingErrors


class _Following:
    """Stands for "the next argument, if this parameter needs one": only parsed text leaves that open."""

    def __repr__(self) -> str:
        return "FOLLOWING"


FOLLOWING: Final = _Following()

_ACTION = ("SilentlyContinue", "Stop", "Continue", "Inquire", "Ignore", "Suspend")
"""ActionPreference by number."""


def _action(value: object) -> object:
    value = unbox(value)
    if isinstance(value, int) and not isinstance(value, bool):
        return _ACTION[value] if 0 <= value < len(_ACTION) else str(value)
    text = to_text(value)
    for name in _ACTION:
        if name.casefold() == text.casefold():
            return name
    raise ConversionError(
        f'Cannot convert value "{text}" to type "System.Management.Automation.ActionPreference". Error: "Unable to '
        f"match the identifier name {text} to a valid enumerator name. Specify one of the following enumerator names "
        f'and try again: {", ".join(_ACTION)}"',
    )


_PREFERENCE = ClrType("System.Management.Automation.ActionPreference", _action)
COMMON_PARAMETERS: tuple[Parameter, ...] = (
    switch("Verbose", aliases=("vb",)),
    switch("Debug", aliases=("db",)),
    Parameter("ErrorAction", _PREFERENCE, aliases=("ea",)),
    Parameter("WarningAction", _PREFERENCE, aliases=("wa",)),
    Parameter("InformationAction", _PREFERENCE, aliases=("infa",)),
    Parameter("ErrorVariable", STRING, aliases=("ev",)),
    Parameter("WarningVariable", STRING, aliases=("wv",)),
    Parameter("InformationVariable", STRING, aliases=("iv",)),
    Parameter("OutVariable", STRING, aliases=("ov",)),
    Parameter("OutBuffer", INT32, aliases=("ob",)),
    Parameter("PipelineVariable", STRING, aliases=("pv",)),
)
SHOULD_PROCESS: tuple[Parameter, ...] = (switch("WhatIf", aliases=("wi",)), switch("Confirm", aliases=("cf",)))


@dataclass(frozen=True)
class Binding:
    """The outcome: values by declared parameter name, and the parameter set that was settled on."""

    values: dict[str, object]
    parameter_set: str | None


def _find(name: str, parameters: Sequence[Parameter], errors: BindingErrors) -> Parameter:
    """Resolve a name, an alias or an unambiguous beginning of one; the command's own go before the common ones."""
    wanted = name.casefold()
    for parameter in parameters:
        if wanted in {spelling.casefold() for spelling in (parameter.name, *parameter.aliases)}:
            return parameter
    matches = [
        parameter
        for parameter in parameters
        if any(spelling.casefold().startswith(wanted) for spelling in (parameter.name, *parameter.aliases))
    ]
    if len(matches) > 1:
        own = [parameter for parameter in matches if parameter not in COMMON_PARAMETERS]
        matches = own if len(own) == 1 else matches
    if not matches:
        raise errors.unknown(name)
    if len(matches) > 1:
        raise errors.ambiguous_name(name, [parameter.name for parameter in matches])
    return matches[0]


def _validated(parameter: Parameter, value: object, errors: BindingErrors) -> object:
    items = value if parameter.type.is_array and isinstance(value, list) else [value]
    for item in items:
        text = to_text(item)
        if parameter.allowed is not None and text.casefold() not in {name.casefold() for name in parameter.allowed}:
            raise errors.outside_set(parameter.name, text, parameter.allowed)
        if parameter.bounds is not None and isinstance(item, int):
            low, high = parameter.bounds
            if not low <= item <= high:
                raise errors.outside_range(parameter.name, item, parameter.bounds)
        if parameter.pattern is not None and not re.search(parameter.pattern, text, re.IGNORECASE):
            raise errors.outside_pattern(parameter.name, text, parameter.pattern)
    return value


def _convert(parameter: Parameter, raw: object, errors: BindingErrors) -> object:
    value = plain(raw)
    if value is None and not parameter.type.is_switch and not parameter.type.null_as_is:
        if parameter.mandatory and not parameter.empty_allowed:
            raise errors.null(parameter.name)
        if parameter.type is STRING:
            return ""
    if parameter.mandatory and value == "" and parameter.type is STRING and not parameter.empty_allowed:
        raise errors.empty(parameter.name)
    try:
        converted = parameter.type.convert(value)
    except ConversionError as error:
        raise errors.cannot_convert(parameter.name, str(error)) from None
    return _validated(parameter, converted, errors)


def _pair_up(
    arguments: Iterable[tuple[str | None, object]],
    parameters: Sequence[Parameter],
    errors: BindingErrors,
) -> tuple[dict[Parameter, object], list[object]]:
    """Split into named and positional arguments, a name without value taking the argument after it."""
    named: dict[Parameter, object] = {}
    positional: list[object] = []
    waiting: Parameter | None = None
    for name, value in arguments:
        if name is None:
            if waiting is not None:
                named[waiting], waiting = value, None
            else:
                positional.append(value)
            continue
        if waiting is not None:
            raise errors.missing_argument(waiting.name, waiting.type.name)
        parameter = _find(name.lstrip("-").rstrip(":"), parameters, errors)
        if parameter in named:
            raise errors.twice(parameter.name)
        named[parameter] = None
        if value is not FOLLOWING:
            named[parameter] = value
        elif not parameter.type.is_switch:
            waiting = parameter
    if waiting is not None:
        raise errors.missing_argument(waiting.name, waiting.type.name)
    return named, positional


def _possible(sets: frozenset[str], bound: Iterable[Parameter], errors: BindingErrors) -> frozenset[str]:
    for parameter in bound:
        if parameter.sets:
            sets &= parameter.sets
            if not sets:
                raise errors.ambiguous_set()
    return sets


def _candidates(info: CommandInfo, sets: frozenset[str]) -> list[frozenset[str]]:
    """Sets to try for positional arguments: the default one first, then all that are possible."""
    if info.default_set in sets:
        return [frozenset({info.default_set}), sets]
    return [sets]


def _place(
    info: CommandInfo,
    values: dict[Parameter, object],
    positional: list[object],
    sets: frozenset[str],
) -> frozenset[str]:
    """Give positional arguments to the parameters with a position, lowest first."""
    errors = info.binding_errors
    for value in positional:
        failure: Exception = errors.positional(to_text(plain(value)))
        for candidate in _candidates(info, sets):
            free = sorted(
                (
                    parameter
                    for parameter in info.parameters
                    if parameter.position is not None
                    and parameter not in values
                    and (not parameter.sets or not info.parameter_sets or parameter.sets & candidate)
                ),
                key=lambda parameter: parameter.position or 0,
            )
            taken = _take(free, value, errors)
            if isinstance(taken, Exception):
                failure = taken
            elif taken is not None:
                parameter, converted = taken
                values[parameter] = converted
                sets = _possible(sets, [parameter], errors)
                break
        else:
            raise failure
    return sets


def _take(
    free: Sequence[Parameter],
    value: object,
    errors: BindingErrors,
) -> tuple[Parameter, object] | Exception | None:
    """Bind to the first parameter of the lowest free position that takes the value."""
    failure: Exception | None = None
    for parameter in free:
        if parameter.position != free[0].position:
            break
        try:
            return parameter, _convert(parameter, value, errors)
        except Exception as error:  # noqa: BLE001 - remembered, and raised when no parameter takes the value
            failure = failure or error
    return failure


def _missing(info: CommandInfo, values: dict[Parameter, object], chosen: str | None, *, piped: bool) -> list[str]:
    return [
        parameter.name
        for parameter in info.parameters
        if parameter.mandatory
        and parameter not in values
        and (not parameter.sets or chosen in parameter.sets)
        and not (piped and parameter.pipeline)
    ]


def _settle(info: CommandInfo, values: dict[Parameter, object], sets: frozenset[str], *, piped: bool) -> str | None:
    """Choose the parameter set: the only one left, the default one, or the only one that lacks nothing."""
    if not info.parameter_sets:
        return None
    if len(sets) == 1:
        return next(iter(sets))
    complete = [name for name in sorted(sets) if not _missing(info, values, name, piped=piped)]
    if info.default_set in sets and (info.default_set in complete or not complete):
        return info.default_set
    if len(complete) == 1:
        return complete[0]
    raise info.binding_errors.ambiguous_set()


def bind(info: CommandInfo, arguments: Iterable[tuple[str | None, object]], *, piped: bool) -> Binding:
    """Bind arguments to a command's parameters; `piped` says that objects come through the pipeline.

    Raises:
        TerminatingError: with the error record that Windows writes.

    """
    errors = info.binding_errors
    known = (*info.parameters, *COMMON_PARAMETERS, *(SHOULD_PROCESS if info.should_process else ()))
    named, positional = _pair_up(arguments, known, errors)
    sets = _possible(info.parameter_sets, named, errors)
    values = {parameter: _convert(parameter, raw, errors) for parameter, raw in named.items()}
    sets = _place(info, values, positional, sets)
    chosen = _settle(info, values, sets, piped=piped)
    missing = _missing(info, values, chosen, piped=piped)
    if missing:
        raise errors.missing(missing)
    return Binding({parameter.name: value for parameter, value in values.items()}, chosen)
