"""A value that cannot be one: of another type, below zero, of the future. No check takes it for a good one.

The first passing case of each check is judged again, with each field that the check asked for changed to such a value
wherever it stands. What still passes is then read as the wire reads it: what does not come that far is no answer.
"""

from __future__ import annotations

import json
from datetime import timedelta
from functools import cache
from typing import Any

import pytest

from fixtures.reads import IncompleteError, decode

from .fields import Field, copied, keys_of, lose, present, used
from .healthy import NOW, date
from .running import Case, checks, judge_world, world_of
from .test_tables import CASES

SILENT = {"pass", "not-applicable"}
FUTURE = NOW + timedelta(days=3650)
OF_ANOTHER_TYPE: dict[type, tuple[Any, ...]] = {
    bool: (7, "perhaps"),
    int: ("many", {"x": 1}),
    float: ("many", {"x": 1}),
    str: (7, {"x": 1}),
    list: ("x", 7),
    dict: ("x", [7]),
}
EXPLAINED = {
    "adsync_parameters: AadConnectorExportApiVersion": "EP-01 judges it; the groups take any other than 2 for 1",
    "adsync_parameters: AadConnectorImportApiVersion": "EP-01 judges it; the groups take any other than 2 for 1",
    "connectors: [].ExtensionConfiguration": "most connectors have none; who needs the export type asks further",
    "connectors: [].ExtensionConfiguration.ExportType": "EP-01 judges it; the groups take what disagrees for 1",
    "current_export_data: configuration": "an optional witness can contradict; its absence never decides",
    "current_export_data: configuration.currentExportData": "as above",
    "current_export_data: configuration.currentExportData.clientMachineName": "as above",
    "on_premises_synchronization: features.deviceWritebackEnabled": "judged only where the environment expects it",
    "on_premises_synchronization: features.groupWriteBackEnabled": "judged only where the environment expects it",
    "on_premises_synchronization: features.passwordSyncEnabled": "judged only where the environment expects it",
    "on_premises_synchronization: features.userWritebackEnabled": "judged only where the environment expects it",
    "events_adsync: [].RecordId": "shown; it names an event and orders nothing",
    "events_oldest: TimeCreated": "EV-11 judges it; shown with a sign of life that is young",
    "events_password_hashes: [].RecordId": "shown; it names an event and orders nothing",
    "events_password_writeback: [].RecordId": "shown; it names an event and orders nothing",
    "events_adsync: [].Id": "RH-02 looks for the edit of a rule; another id is another event",
    "rules: [].Precedence": "an order; what stands below zero comes first",
    "rules: [].AttributeFlowMappings[].ValueMergeType": "compared between the servers, whatever it means",
    "runs: [].RunNumber": "shown; runs are ordered by their times",
    "scheduler: CurrentlyEffectiveSyncCycleInterval.Ticks": "SC-05, PE-08 and RH-09 judge the interval",
    "scheduler: NextSyncCycleStartTimeInUTC": "how fresh the runs are tells a scheduler that hangs; promote ends by it",
    "sync_applications: [].keyCredentials[].endDateTime": "a certificate may end in ten years",
}
"""Fields with which a check may pass all the same, and why."""


def impossible(value: Any) -> tuple[Any, ...]:
    """Values that a field with this value cannot have."""
    if isinstance(value, str) and value.startswith("/Date("):
        return (*OF_ANOTHER_TYPE[str], date(FUTURE))
    if isinstance(value, str) and value[4:5] == "-" and value[10:11] == "T":
        return (*OF_ANOTHER_TYPE[str], f"{FUTURE:%FT%TZ}")
    if isinstance(value, int | float) and not isinstance(value, bool):
        return (*OF_ANOTHER_TYPE[type(value)], -abs(value) - 1)
    return OF_ANOTHER_TYPE.get(type(value), ())


def refused_by_the_wire(read: str, name: str, value: Any) -> bool:
    """Whether the wire takes a property with this value for one that lost its depth, and so for no answer."""
    try:
        decode(read, json.dumps([{name: value}]))
    except IncompleteError as error:
        return "bare value" in str(error)
    except ValueError:
        return False
    return False


@cache
def passing_with_an_impossible_value(check: str) -> frozenset[str]:
    definition = checks()[check]
    case = next(case for case in CASES if (case.check, case.state) == (check, "pass"))
    asked = used(definition, world_of(case), case.server) & present(definition, world_of(case), case.server)
    return frozenset(str(field) for field in asked for nth in range(3) if _passes(case, field, nth))


def _passes(case: Case, field: Field, nth: int) -> bool:
    check, world = checks()[case.check], world_of(case)
    changed: list[tuple[str, Any]] = []

    def change(owner: dict[str, Any], name: str) -> None:
        values = impossible(owner.get(name))
        if nth < len(values):
            owner[name] = values[nth]
            changed.append((name, values[nth]))

    keys = [key for key in keys_of(check, world, case.server) if key[1] == field.read]
    for key in keys:
        world[key] = copied(world[key])
        lose(world[key], field.path, change)
    if not changed:
        return False
    try:
        state = judge_world(check, world, case.server)[0]
    except Exception:  # noqa: BLE001 - whatever a check raises, the plugins make an error of it
        return False
    return state in SILENT and not any(refused_by_the_wire(field.read, *pair) for pair in changed)


@pytest.mark.parametrize("check", sorted(checks()))
def test_an_impossible_value_is_never_taken_for_a_good_one(check: str) -> None:
    assert sorted(passing_with_an_impossible_value(check) - EXPLAINED.keys()) == []


def test_no_explanation_outlives_its_field() -> None:
    assert EXPLAINED.keys() <= {field for check in checks() for field in passing_with_an_impossible_value(check)}
