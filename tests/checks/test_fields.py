"""A check that says pass has read what it rests on: without one of those fields it says something else.

Each passing case of the tables is judged again with every field that its check asked for taken away, one at a time:
once the property is not there at all, once it is there without a value.
"""

from __future__ import annotations

from functools import cache

import pytest

from .fields import absent, null, present, used, without
from .running import checks, world_of
from .test_tables import CASES

SILENT = {"pass", "not-applicable"}
NULL_IS_A_VALUE = {
    "adsync_parameters: AadConnectorExportApiVersion": "never set means version 2 on 2.x [adsync §3]",
    "adsync_parameters: AadConnectorImportApiVersion": "never set means version 2 on 2.x [adsync §3]",
    "connectors: [].ExtensionConfiguration": "most connectors have none; who needs the export type asks further",
    "group_statistics: [].DisplayName": "a group needs none; it is known by its Rdn",
    "on_premises_synchronization: configuration.accidentalDeletionPrevention.alertThreshold": "shown, not judged",
    "reference_object: IsPlaceHolder": "IsConnector, which is read too, is False on a placeholder",
    "rules: [].AttributeFlowMappings[].Source": "a constant has no source",
    "rules: [].ImmutableTag": "custom rules have none; the agnostic tag or the name stands in",
    "rules: [].ImmutableTag.TagValue": "the agnostic tag or the name stands in",
    "rules: [].ScopeFilter[].ScopeConditionList[].ComparisonValue": "ISNULL has none; memberCount needs one",
    "rules: [].VersionAgnosticTag": "custom rules have none; the tag itself stands in",
    "runs: [].ConnectorName": "shown; a run belongs to the connector of its ConnectorId",
    "events_directory_synchronization: [].ProviderName": "shown; the read asks for one provider",
    "events_adsync: [].ProviderName": "shown; the read asks for one provider",
    "events_audit: [].ProviderName": "shown; the read asks for one provider",
    "audit_switch: AuditEventLogging": "never set is not switched off",
    "events_password_hashes: [].Message": "the id says what it is; the read asks for three ids only",
    "events_password_hashes: [].ProviderName": "shown; the read asks for one provider",
    "events_password_writeback: [].Message": "the id says what it is; the read asks for one id only",
    "events_password_writeback: [].ProviderName": "shown; the read asks for one provider",
    "events_adsync: [].Message": "the id says what it is; where the text decides, none is the worse",
    "events_audit: [].Message": "an event without a text is no audit event of a rule: the ids collide with diagnostics",
    "events_directory_synchronization: [].Message": "advice by text; EV-02 takes a 116 without one for the worse",
    "auto_upgrade: SuspensionReason": "shown; the state is judged",
    "connector_settings: [].AttributeInclusionList": "a connector that takes none; both servers are compared",
    "connector_settings: [].ObjectInclusionList": "an export has none; the classes of partitions are compared",
    "connector_settings: [].GlobalParameters": "the Entra connector has none",
    "connector_settings: [].GlobalParameters[].Value": "a parameter that is set to nothing",
    "connector_settings: [].Partitions[].ConnectorPartitionScope.ContainerExclusionList": "nothing is excluded",
    "connector_settings: [].Partitions[].ConnectorPartitionScope.ContainerInclusionList": "everything is included",
    "connector_settings: [].Partitions[].ConnectorPartitionScope.ObjectClasses": "both servers are compared",
    "database: SqlEdition": "shown; what is judged is whether it is LocalDB",
    "database: SqlProductVersion": "shown; what is judged is whether it is LocalDB",
    "engine_configuration: Hash": "no such file: it was never changed",
    "global_parameters: [].Value": "a parameter that is set to nothing",
    "on_premises_synchronization: features.deviceWritebackEnabled": "judged only where the environment expects it",
    "on_premises_synchronization: features.groupWriteBackEnabled": "judged only where the environment expects it",
    "on_premises_synchronization: features.passwordSyncEnabled": "judged only where the environment expects it",
    "on_premises_synchronization: features.userWritebackEnabled": "judged only where the environment expects it",
    "operating_system: InstallationType": "shown; a Server Core says so",
    "operating_system: ProductName": "shown; the build decides",
    "sync_applications: [].displayName": "a name that tells nothing belongs to no server; TO-05 judges that",
    "sync_applications: [].keyCredentials": "an application without a certificate has none that ends",
    "sync_applications: [].keyCredentials[].endDateTime": "a credential without an end does not end",
    "tls: [].DisabledByDefault": "a value that is not set is the default of Windows",
    "tls: [].Enabled": "a value that is not set is the default of Windows",
    "tls: [].SchUseStrongCrypto": "a value that is not set is the default of Windows",
    "tls: [].SystemDefaultTlsVersions": "a value that is not set is the default of Windows",
}
"""Fields that may be there without a value, and why a check can pass then."""

OPTIONAL = {
    ("TO-01v1", "current_export_data"): "an optional witness can contradict; its absence never decides",
    ("TO-02v1", "current_export_data"): "an optional witness can contradict; its absence never decides",
    ("TE-05v1", "on_premises_synchronization"): "only the features that the environment expects are judged",
    ("TE-06v1", "on_premises_synchronization"): "features that the environment does not expect are not judged",
    ("TE-08v1", "on_premises_synchronization"): "only whether password hash synchronization is on is asked of it",
    ("CL-02v1", "events_adsync"): "the time of an event settles the zone, whatever its text",
    ("RH-02v1", "events_adsync"): "an event older than the full synchronization counts for nothing, whatever its text",
    ("RH-03v1", "events_adsync"): "filtered references are counted by their id; EV-01 reads the text",
}
"""Reads of which a check needs less than it asks for."""


@cache
def silent(check: str) -> frozenset[tuple[str, str]]:
    """The losses after which a check still passes: how the field was lost, and which."""
    found = set()
    for case in CASES:
        if (case.check, case.state) != (check, "pass"):
            continue
        definition = checks()[check]
        asked = used(definition, world_of(case), case.server) & present(definition, world_of(case), case.server)
        for loss in (absent, null):
            for field in asked:
                if without(definition, world_of(case), case.server, field, loss) in SILENT:
                    found.add((loss.__name__, str(field)))
    return frozenset(found)


def explained(check: str, how: str, field: str) -> bool:
    return (check, field.partition(":")[0]) in OPTIONAL or (how == "null" and field in NULL_IS_A_VALUE)


@pytest.mark.parametrize("check", sorted(checks()))
def test_a_missing_field_is_never_taken_for_a_good_one(check: str) -> None:
    assert [loss for loss in sorted(silent(check)) if not explained(check, *loss)] == []


def test_no_explanation_outlives_its_field() -> None:
    found = {(check, how, field) for check in checks() for how, field in silent(check)}
    assert NULL_IS_A_VALUE.keys() <= {field for _, how, field in found if how == "null"}
    assert OPTIONAL.keys() <= {(check, field.partition(":")[0]) for check, _, field in found}


def test_every_check_has_a_passing_case_to_take_fields_from() -> None:
    assert {case.check for case in CASES if case.state == "pass"} == checks().keys()
