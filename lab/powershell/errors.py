"""Error records as Windows PowerShell 5.1 writes them: text, FullyQualifiedErrorId, category, exception type."""

from __future__ import annotations

from typing import TYPE_CHECKING

from psrpcore.types import ErrorCategory, ErrorCategoryInfo, ErrorRecord, NETException

from lab.powershell.seam import TerminatingError

if TYPE_CHECKING:
    from collections.abc import Sequence

_RUNTIME = ("System.Management.Automation.RuntimeException", "System.SystemException", "System.Exception")
_BASES: dict[str, tuple[str, ...]] = {
    "System.Management.Automation.ParameterBindingValidationException": (
        "System.Management.Automation.ParameterBindingException",
        *_RUNTIME,
    ),
    "System.Management.Automation.ParameterBindingException": _RUNTIME,
    "System.Management.Automation.CommandNotFoundException": _RUNTIME,
    "System.Management.Automation.ParseException": _RUNTIME,
    "System.Management.Automation.ItemNotFoundException": _RUNTIME,
    "System.Management.Automation.ProviderNotFoundException": _RUNTIME,
    "System.Management.Automation.PSArgumentException": ("System.ArgumentException", *_RUNTIME[1:]),
}


def error_record(
    message: str,
    error_id: str,
    category: str = "NotSpecified",
    *,
    exception: str = "System.Exception",
    activity: str = "",
    target: str = "",
    target_type: str = "",
) -> ErrorRecord:
    """Build an error record; `error_id` is the whole FullyQualifiedErrorId, `exception` a full type name."""
    wrong = NETException(Message=message, HResult=-2146233087)
    bases = _BASES.get(exception, ("System.SystemException", "System.Exception"))
    wrong.PSObject.type_names = list(dict.fromkeys((exception, *bases, "System.Object")))
    wrong.PSObject.to_string = f"{exception}: {message}"
    return ErrorRecord(
        Exception=wrong,
        TargetObject=target or None,
        FullyQualifiedErrorId=error_id,
        CategoryInfo=ErrorCategoryInfo(
            Category=getattr(ErrorCategory, category),
            Activity=activity,
            Reason=exception.rpartition(".")[2],
            TargetName=target,
            TargetType=target_type,
        ),
    )


def script_refused(script: str) -> TerminatingError:
    """Refuse script text in a NoLanguage runspace, as recorded [psrp §1]."""
    text = "The syntax is not supported by this runspace. This can occur if the runspace is in no-language mode."
    return TerminatingError(
        error_record(
            text,
            "ScriptsNotAllowed",
            "ParserError",
            exception="System.Management.Automation.ParseException",
            target=script,
            target_type="String",
        ),
    )


def command_not_found(name: str) -> TerminatingError:
    """Refuse a command that does not exist, or that the endpoint does not show."""
    text = (
        f"The term '{name}' is not recognized as the name of a cmdlet, function, script file, or operable program. "
        "Check the spelling of the name, or if a path was included, verify that the path is correct and try again."
    )
    return TerminatingError(
        error_record(
            text,
            "CommandNotFoundException",
            "ObjectNotFound",
            exception="System.Management.Automation.CommandNotFoundException",
            target=name,
            target_type="String",
        ),
    )


def not_simulated(what: str) -> TerminatingError:
    """Refuse what Windows could do and the lab cannot: never to be mistaken for an answer of Windows."""
    text = f"Swing Gate lab: {what} is not simulated. The lab runs pipelines of cmdlets with bound parameters only."
    return TerminatingError(
        error_record(text, "LabNotSimulated", "NotImplemented", exception="System.NotImplementedException"),
    )


class BindingErrors:
    """Parameter binding errors of one command; `source` is its implementing type, or its name for a function."""

    def __init__(self, command: str, source: str) -> None:
        self.command = command
        self.source = source

    def _error(self, message: str, error_id: str, *, validation: bool = False) -> TerminatingError:
        kind = "ParameterBindingValidationException" if validation else "ParameterBindingException"
        return TerminatingError(
            error_record(
                message,
                f"{error_id},{self.source}",
                "InvalidData" if validation else "InvalidArgument",
                exception=f"System.Management.Automation.{kind}",
                activity=self.command,
            ),
        )

    def unknown(self, name: str) -> TerminatingError:
        """No parameter of this name."""
        return self._error(
            f"A parameter cannot be found that matches parameter name '{name}'.",
            "NamedParameterNotFound",
        )

    def ambiguous_name(self, name: str, matches: Sequence[str]) -> TerminatingError:
        """The name begins several parameters."""
        possible = " ".join(f"-{match}" for match in matches)
        return self._error(
            f"Parameter cannot be processed because the parameter name '{name}' is ambiguous. "
            f"Possible matches include: {possible}.",
            "AmbiguousParameter",
        )

    def twice(self, name: str) -> TerminatingError:
        """The parameter is given more than once."""
        return self._error(
            f"Cannot bind parameter because parameter '{name}' is specified more than once. To provide multiple values "
            "to parameters that can accept multiple values, use the array syntax. For example, "
            '"-parameter value1,value2,value3".',
            "ParameterAlreadyBound",
        )

    def positional(self, value: str) -> TerminatingError:
        """No parameter takes this argument."""
        return self._error(
            f"A positional parameter cannot be found that accepts argument '{value}'.",
            "PositionalParameterNotFound",
        )

    def missing_argument(self, name: str, kind: str) -> TerminatingError:
        """A parameter that needs a value stands without one."""
        return self._error(
            f"Missing an argument for parameter '{name}'. Specify a parameter of type '{kind}' and try again.",
            "MissingArgument",
        )

    def missing(self, names: Sequence[str]) -> TerminatingError:
        """Mandatory parameters were not given; nobody is there to be prompted."""
        return self._error(
            f"Cannot process command because of one or more missing mandatory parameters: {' '.join(names)}.",
            "MissingMandatoryParameter",
        )

    def ambiguous_set(self) -> TerminatingError:
        """The given parameters do not decide on one parameter set, or belong to none."""
        return self._error(
            "Parameter set cannot be resolved using the specified named parameters.",
            "AmbiguousParameterSet",
        )

    def cannot_convert(self, name: str, detail: str) -> TerminatingError:
        """The argument has the wrong type."""
        return self._error(f"Cannot bind parameter '{name}'. {detail}", "CannotConvertArgumentNoMessage")

    def null(self, name: str) -> TerminatingError:
        """A mandatory parameter is $null."""
        return self._error(
            f"Cannot bind argument to parameter '{name}' because it is null.",
            "ParameterArgumentValidationErrorNullNotAllowed",
            validation=True,
        )

    def empty(self, name: str) -> TerminatingError:
        """A mandatory text is empty."""
        return self._error(
            f"Cannot bind argument to parameter '{name}' because it is an empty string.",
            "ParameterArgumentValidationErrorEmptyStringNotAllowed",
            validation=True,
        )

    def outside_set(self, name: str, value: str, allowed: Sequence[str]) -> TerminatingError:
        """The argument is none of the ValidateSet."""
        return self._error(
            f"Cannot validate argument on parameter '{name}'. The argument \"{value}\" does not belong to the set "
            f'"{",".join(allowed)}" specified by the ValidateSet attribute. Supply an argument that is in the set and '
            "then try the command again.",
            "ParameterArgumentValidationError",
            validation=True,
        )

    def outside_range(self, name: str, value: int, bounds: tuple[int, int]) -> TerminatingError:
        """The argument is outside the ValidateRange."""
        low = value < bounds[0]
        word, edge = ("less", "minimum") if low else ("greater", "maximum")
        limit, advice = (bounds[0], "greater") if low else (bounds[1], "less")
        return self._error(
            f"Cannot validate argument on parameter '{name}'. The {value} argument is {word} than the {edge} allowed "
            f"range of {limit}. Supply an argument that is {advice} than or equal to {limit} and then try the command "
            "again.",
            "ParameterArgumentValidationError",
            validation=True,
        )

    def outside_pattern(self, name: str, value: str, pattern: str) -> TerminatingError:
        """The argument does not match the ValidatePattern."""
        return self._error(
            f"Cannot validate argument on parameter '{name}'. The argument \"{value}\" does not match the "
            f'"{pattern}" pattern. Supply an argument that matches "{pattern}" and try the command again.',
            "ParameterArgumentValidationError",
            validation=True,
        )
