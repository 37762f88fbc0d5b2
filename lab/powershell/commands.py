"""What a command is: its name, its parameters, the coroutine behind it, and one call of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from lab.powershell.convert import STRING, SWITCH, ClrType
from lab.powershell.errors import BindingErrors, error_record
from lab.powershell.seam import TerminatingError, WarningOutput

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Callable, Iterable, Iterator, Mapping

    from psrpcore.types import ErrorRecord

    from lab.powershell.engine import Execution
    from lab.powershell.session import Session

    Objects = AsyncGenerator[object, None]


class StoppedByPreferenceError(TerminatingError):
    """An error that -ErrorAction Stop made terminating: it ends all statements."""


SILENCE: tuple[object, ...] = ()
"""What a command without output gives."""
ALL_SETS: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Parameter:
    """One parameter; no `sets` means it belongs to every parameter set."""

    name: str
    type: ClrType = STRING
    aliases: tuple[str, ...] = ()
    position: int | None = None
    mandatory: bool = False
    sets: frozenset[str] = ALL_SETS
    pipeline: bool = False
    """Whether pipeline input binds to it (by value)."""
    allowed: tuple[str, ...] | None = None
    """ValidateSet, compared without regard to case."""
    bounds: tuple[int, int] | None = None
    """ValidateRange."""
    pattern: str | None = None
    """ValidatePattern."""
    empty_allowed: bool = False
    """AllowNull, AllowEmptyString."""


def switch(name: str, *sets: str, aliases: tuple[str, ...] = ()) -> Parameter:
    """Declare a switch parameter."""
    return Parameter(name, SWITCH, aliases=aliases, sets=frozenset(sets))


@dataclass(frozen=True)
class CommandInfo:
    """A cmdlet or function that a session may offer."""

    name: str
    module: str
    run: Callable[[Call], Objects]
    parameters: tuple[Parameter, ...] = ()
    implementing_type: str = ""
    """The cmdlet's .NET class, which its error ids end with; empty for a function."""
    default_set: str | None = None
    should_process: bool = False
    """Whether it takes -WhatIf and -Confirm."""

    @property
    def command_type(self) -> str:
        """Cmdlet or Function, as Get-Command shows it."""
        return "Cmdlet" if self.implementing_type else "Function"

    @property
    def error_source(self) -> str:
        """What error ids of this command end with."""
        return self.implementing_type or self.name

    @property
    def binding_errors(self) -> BindingErrors:
        """The binding errors of this command."""
        return BindingErrors(self.name, self.error_source)

    @property
    def parameter_sets(self) -> frozenset[str]:
        """Names of all parameter sets; empty when there is just the one nameless set."""
        return frozenset(name for parameter in self.parameters for name in parameter.sets)


@dataclass
class Call:
    """One call of a command in a running pipeline."""

    info: CommandInfo
    session: Session
    bound: dict[str, object]
    """Values by parameter name as declared; parameters not given are absent."""
    parameter_set: str | None
    source: Objects | None
    """What the command before it emits; None for the first one."""
    records: list[ErrorRecord | WarningOutput]
    """Errors and warnings of the whole pipeline, not yet delivered, in order."""
    execution: Execution
    """The pipeline this call is part of."""

    def given(self, name: str) -> bool:
        """Whether the caller bound this parameter."""
        return name in self.bound

    def get(self, name: str, default: object = None) -> object:
        """Value of a parameter."""
        return self.bound.get(name, default)

    def text(self, name: str, default: str = "") -> str:
        """Value of a String parameter."""
        value = self.bound.get(name)
        return value if isinstance(value, str) else default

    def texts(self, name: str) -> list[str]:
        """Value of a String[] parameter."""
        value = self.bound.get(name)
        return [item for item in value if isinstance(item, str)] if isinstance(value, list) else []

    def integer(self, name: str, default: int = 0) -> int:
        """Value of an Int32 parameter."""
        value = self.bound.get(name)
        return int(value) if isinstance(value, int) else default

    def on(self, name: str) -> bool:
        """Whether a switch (or Boolean) is given and true."""
        return self.bound.get(name) is True

    async def objects(self) -> Objects:
        """Give the pipeline input, or the value of -InputObject as the one object."""
        if "InputObject" in self.bound:
            yield self.bound["InputObject"]
        elif self.source is not None:
            async for value in self.source:
                yield value

    def error(
        self,
        message: str,
        error_id: str,
        category: str = "NotSpecified",
        *,
        exception: str = "System.Exception",
        target: str = "",
        target_type: str = "",
    ) -> ErrorRecord:
        """Build an error of this command; the id gets the command's error source appended."""
        return error_record(
            message,
            f"{error_id},{self.info.error_source}",
            category,
            exception=exception,
            activity=self.info.name,
            target=target,
            target_type=target_type or ("String" if target else ""),
        )

    def write_error(self, record: ErrorRecord) -> None:
        """Write to the error stream and go on.

        Raises:
            StoppedByPreferenceError: -ErrorAction Stop.

        """
        match str(self.bound.get("ErrorAction", "Continue")).casefold():
            case "stop":
                raise StoppedByPreferenceError(record)
            case "silentlycontinue" | "ignore":
                return
            case _:
                self.records.append(record)

    def warn(self, text: str) -> None:
        """Write to the warning stream."""
        if str(self.bound.get("WarningAction", "Continue")).casefold() not in {"silentlycontinue", "ignore"}:
            self.records.append(WarningOutput(text))


class CommandTable:
    """The commands of a session by name, with or without the module's name in front, or by alias."""

    def __init__(self, commands: Iterable[CommandInfo] = (), aliases: Mapping[str, str] | None = None) -> None:
        self._commands = {command.name.casefold(): command for command in commands}
        self._aliases = aliases or {}

    def find(self, name: str) -> CommandInfo | None:
        """Find a command by its name, with or without its module in front; None where there is none."""
        module, separator, bare = self._aliases.get(name.casefold(), name).rpartition("\\")
        command = self._commands.get(bare.casefold())
        if command is not None and separator and command.module.casefold() != module.casefold():
            return None
        return command

    def __iter__(self) -> Iterator[CommandInfo]:
        return iter(self._commands.values())
