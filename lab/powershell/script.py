"""The one-line scripts that clients send themselves: pipelines of cmdlets with literal arguments, nothing more."""

from __future__ import annotations

from lab.powershell.binding import FOLLOWING
from lab.powershell.errors import not_simulated
from lab.powershell.literals import NotLiteral, Reader, tokens
from lab.powershell.seam import Command

__all__ = ["FOLLOWING", "parse"]


def _command(reader: Reader) -> Command:
    name = reader.take()
    if name.kind != "word":
        raise NotLiteral(name.text)
    arguments: list[tuple[str | None, object]] = []
    while reader.kind not in {"pipe", "newline", "end"}:
        if reader.kind == "parameter":
            parameter = reader.take().text
            attached = reader.expression() if parameter.endswith(":") else FOLLOWING
            arguments.append((parameter.strip("-:"), attached))
        else:
            arguments.append((None, reader.expression()))
    return Command(name.text, is_script=False, parameters=tuple(arguments))


def parse(text: str) -> tuple[tuple[Command, ...], ...]:
    """Read script text into statements.

    Raises:
        TerminatingError: it uses the language (variables, expressions, blocks); the error says it is the lab's.

    """
    try:
        reader = Reader(tokens(text))
        statements: list[tuple[Command, ...]] = []
        reader.skip_lines()
        while reader.kind != "end":
            chain = [_command(reader)]
            while reader.kind == "pipe":
                reader.take()
                reader.skip_lines()
                chain.append(_command(reader))
            statements.append(tuple(chain))
            reader.skip_lines()
    except NotLiteral as error:
        raise not_simulated(f"script text beyond pipelines of cmdlets with literal arguments (at {error})") from None
    return tuple(statements)
