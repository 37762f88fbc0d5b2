from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.lab_powershell.running import Lab, Step, pipeline

if TYPE_CHECKING:
    from collections.abc import Sequence

ADSYNC = "Microsoft.IdentityManagement.PowerShell.Cmdlet"
SELECT = "Microsoft.PowerShell.Commands.SelectObjectCommand"
AAD = "b891884f-051e-4a83-95af-2544101c9083"


@pytest.mark.parametrize(
    ("step", "error_id", "text"),
    [
        (("Get-Foo",), "CommandNotFoundException", "The term 'Get-Foo' is not recognized as the name of a cmdlet"),
        (("Nope\\Get-ADSyncRule",), "CommandNotFoundException", "The term 'Nope\\Get-ADSyncRule' is not recognized"),
        (("Get-ADSyncPurgeRunHistory",), "CommandNotFoundException", "The term 'Get-ADSyncPurgeRunHistory'"),
        (("Get-ADSyncSchedulerSettings",), "CommandNotFoundException", "The term 'Get-ADSyncSchedulerSettings'"),
        (("Export-ADSyncServerConfiguration",), "CommandNotFoundException", "The term 'Export-ADSync"),
        (
            ("Get-ADSyncRule", ("Name", "x")),
            f"NamedParameterNotFound,{ADSYNC}.GetADSyncRule",
            "A parameter cannot be found that matches parameter name 'Name'.",
        ),
        (
            ("Get-ADSyncCSObject", ("HasError", None)),
            f"NamedParameterNotFound,{ADSYNC}.GetADSyncCSObject",
            "A parameter cannot be found that matches parameter name 'HasError'.",
        ),
        (
            ("Get-ADSyncConnectorStatistics", ("Identifier", AAD)),
            f"NamedParameterNotFound,{ADSYNC}.GetADSyncConnectorStatistics",
            "A parameter cannot be found that matches parameter name 'Identifier'.",
        ),
        (
            ("Get-ADSyncScheduler", (None, "x")),
            f"PositionalParameterNotFound,{ADSYNC}.GetADSyncScheduler",
            "A positional parameter cannot be found that accepts argument 'x'.",
        ),
        (
            ("Get-ADSyncRule", ("Identifier", "abc")),
            f"CannotConvertArgumentNoMessage,{ADSYNC}.GetADSyncRule",
            'Cannot bind parameter \'Identifier\'. Cannot convert value "abc" to type "System.Guid". Error: "Guid ',
        ),
        (
            ("Get-ADSyncConnectorStatistics",),
            f"MissingMandatoryParameter,{ADSYNC}.GetADSyncConnectorStatistics",
            "Cannot process command because of one or more missing mandatory parameters: ConnectorName.",
        ),
        (
            ("Get-ADSyncConnectorStatistics", ("ConnectorName", "")),
            f"ParameterArgumentValidationErrorEmptyStringNotAllowed,{ADSYNC}.GetADSyncConnectorStatistics",
            "Cannot bind argument to parameter 'ConnectorName' because it is an empty string.",
        ),
        (
            ("Get-ADSyncCSObject", ("Identifier", AAD), ("ConnectorName", "contoso.com")),
            f"AmbiguousParameterSet,{ADSYNC}.GetADSyncCSObject",
            "Parameter set cannot be resolved using the specified named parameters.",
        ),
        (
            ("Get-ADSyncCSObject", ("DistinguishedName", "CN=x"), ("MaxResultCount", 1)),
            f"AmbiguousParameterSet,{ADSYNC}.GetADSyncCSObject",
            "Parameter set cannot be resolved using the specified named parameters.",
        ),
        (
            ("Get-ADSyncCSObject", ("Connector", "x")),
            f"AmbiguousParameter,{ADSYNC}.GetADSyncCSObject",
            "Possible matches include: -ConnectorIdentifier -ConnectorName.",
        ),
        (
            ("Get-ADSyncRule", ("Identifier", AAD), ("Ident", AAD)),
            f"ParameterAlreadyBound,{ADSYNC}.GetADSyncRule",
            "Cannot bind parameter because parameter 'Identifier' is specified more than once.",
        ),
        (
            ("Set-ADSyncScheduler", ("SyncCycleEnabled", "yes")),
            f"CannotConvertArgumentNoMessage,{ADSYNC}.SetADSyncScheduler",
            "Boolean parameters accept only Boolean values and numbers",
        ),
        (
            ("Set-ADSyncScheduler", ("CustomizedSyncCycleInterval", "soon")),
            f"CannotConvertArgumentNoMessage,{ADSYNC}.SetADSyncScheduler",
            "String was not recognized as a valid TimeSpan.",
        ),
        (
            ("Start-ADSyncSyncCycle", ("PolicyType", "Full")),
            f"CannotConvertArgumentNoMessage,{ADSYNC}.StartADSyncSyncCycle",
            "Specify one of the following enumerator names and try again: Unspecified, Delta, Initial",
        ),
        (
            ("Set-ADSyncAADConnectorExportApiVersion",),
            "MissingMandatoryParameter,Set-ADSyncAADConnectorExportApiVersion",
            "missing mandatory parameters: version.",
        ),
        (
            ("Select-Object", ("Frist", 1)),
            f"NamedParameterNotFound,{SELECT}",
            "A parameter cannot be found that matches parameter name 'Frist'.",
        ),
        (
            ("Select-Object", ("First", -1)),
            f"ParameterArgumentValidationError,{SELECT}",
            "The -1 argument is less than the minimum allowed range of 0.",
        ),
        (
            ("ConvertTo-Json", ("Depth", 101), ("InputObject", 1)),
            "ParameterArgumentValidationError,Microsoft.PowerShell.Commands.ConvertToJsonCommand",
            "The 101 argument is greater than the maximum allowed range of 100.",
        ),
        (
            ("Where-Object", (None, "Name"), ("EQ", None), ("GT", None), ("Value", 1)),
            "AmbiguousParameterSet,Microsoft.PowerShell.Commands.WhereObjectCommand",
            "Parameter set cannot be resolved",
        ),
    ],
)
async def test_wrong_arguments_are_refused_in_windows_words(lab: Lab, step: Step, error_id: str, text: str) -> None:
    found = await lab.ask(pipeline([step]))
    assert found.failed == error_id
    assert text in found.texts[0]
    assert found.values == []


@pytest.mark.parametrize(
    "step",
    [
        ("get-adsyncconnector", ("IDENTIFIER", AAD)),
        ("ADSync\\Get-ADSyncConnector", ("Ident", "{B891884F-051E-4A83-95AF-2544101C9083}")),
        ("Get-ADSyncConnector", ("Name", "contoso.onmicrosoft.com - AAD")),
        ("Get-ADSyncConnector", (None, "CONTOSO.onmicrosoft.com - aad")),
        ("Get-ADSyncConnector", ("Identifier", AAD), ("ErrorAction", "SilentlyContinue"), ("ev", "problems")),
        ("Get-ADSyncConnector", ("Identifier", AAD), ("Summary", None)),
    ],
)
async def test_a_parameter_is_found_by_case_prefix_alias_and_position(lab: Lab, step: Step) -> None:
    found = await lab.ask(pipeline([step, ("Select-Object", ("ExpandProperty", "Subtype"))]))
    assert found.values == ["Windows Azure Active Directory (Microsoft)"]


async def test_what_if_is_taken_where_the_cmdlet_supports_it_and_refused_elsewhere(lab: Lab) -> None:
    assert (await lab.ask(pipeline([("Get-ADSyncRule", ("WhatIf", None))]))).failed is None
    refused = await lab.ask(pipeline([("Get-ADSyncScheduler", ("WhatIf", None))]))
    assert refused.failed == f"NamedParameterNotFound,{ADSYNC}.GetADSyncScheduler"


async def test_input_that_binds_to_nothing_is_an_error_per_object(lab: Lab) -> None:
    found = await lab.ask("Get-ADSyncConnector | Get-ADSyncScheduler")
    assert found.errors == [f"InputObjectNotBound,{ADSYNC}.GetADSyncScheduler"] * 2
    assert found.values == []


async def test_everything_is_bound_before_anything_runs(lab: Lab) -> None:
    steps: Sequence[Step] = [("Set-ADSyncScheduler", ("SyncCycleEnabled", False)), ("Select-Object", ("Nope", 1))]
    found = await lab.ask(pipeline(list(steps)))
    assert found.failed == f"NamedParameterNotFound,{SELECT}"
    assert lab.new.scheduler.sync_cycle_enabled


async def test_a_terminating_error_among_several_statements_lets_the_next_one_run(lab: Lab) -> None:
    found = await lab.ask(pipeline([("Get-Foo",)], [("Get-Date", ("Format", "yyyy"))]))
    assert found.failed is None
    assert found.errors == ["CommandNotFoundException"]
    assert found.value == f"{lab.new.now():%Y}"


async def test_error_action_stop_ends_all_statements(lab: Lab) -> None:
    events = ("Get-WinEvent", ("FilterHashtable", {"LogName": "Application", "Id": 1}), ("ErrorAction", "Stop"))
    found = await lab.ask(pipeline([events], [("Get-Date",)]))
    assert found.failed == "NoMatchingEventsFound,Microsoft.PowerShell.Commands.GetWinEventCommand"
    assert found.values == []


@pytest.mark.parametrize("action", ["SilentlyContinue", "Ignore", 0])
async def test_a_silenced_error_is_not_written(lab: Lab, action: object) -> None:
    found = await lab.ask(pipeline([("Get-Service", (None, "Nope"), ("ErrorAction", action))]))
    assert (found.errors, found.failed) == ([], None)
