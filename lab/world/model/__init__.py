"""The objects that the ADSync cmdlets return, named after Microsoft's, with snake_case fields [adsync §2 to §7].

Fields stand in the order of the product's properties. A field's property name is its words in PascalCase;
`PROPERTY_NAMES` holds the exceptions. Where the state lives: `lab.world.server.SyncServer`,
`lab.world.tenant.Tenant`, `lab.world.world.World`.
"""

from lab.world.enums import (
    ComparisonOperator,
    EventLevel,
    FlowType,
    LinkType,
    RunState,
    RunStepTask,
    SynchronizationPolicyType,
    SynchronizationRuleDirection,
    ValueMergeType,
)
from lab.world.model.connectors import (
    Connector,
    ConnectorPartition,
    ConnectorPartitionScope,
    ConnectorRunStatus,
    ConnectorStatistics,
    ExtensionConfiguration,
    RunProfile,
    RunStep,
)
from lab.world.model.identifiers import ENTRA_CONNECTOR, NO_GUID
from lab.world.model.objects import (
    CsAttribute,
    CsLineage,
    CsObject,
    ExportError,
    GroupStatistics,
    MvAttribute,
    MvLineage,
    MvObject,
    SynchronizationError,
)
from lab.world.model.rules import (
    AttributeFlowMapping,
    ImmutableTag,
    JoinCondition,
    JoinConditionGroup,
    ScopeCondition,
    ScopeConditionGroup,
    SynchronizationRule,
)
from lab.world.model.runs import RunProfileResult, RunStepErrorObject, RunStepResult
from lab.world.model.settings import ConfigurationParameter, EventRecord, SchedulerConnectorOverride, SchedulerSettings

__all__ = [
    "ENTRA_CONNECTOR",
    "NO_GUID",
    "PROPERTY_NAMES",
    "AttributeFlowMapping",
    "ComparisonOperator",
    "ConfigurationParameter",
    "Connector",
    "ConnectorPartition",
    "ConnectorPartitionScope",
    "ConnectorRunStatus",
    "ConnectorStatistics",
    "CsAttribute",
    "CsLineage",
    "CsObject",
    "EventLevel",
    "EventRecord",
    "ExportError",
    "ExtensionConfiguration",
    "FlowType",
    "GroupStatistics",
    "ImmutableTag",
    "JoinCondition",
    "JoinConditionGroup",
    "LinkType",
    "MvAttribute",
    "MvLineage",
    "MvObject",
    "RunProfile",
    "RunProfileResult",
    "RunState",
    "RunStep",
    "RunStepErrorObject",
    "RunStepResult",
    "RunStepTask",
    "SchedulerConnectorOverride",
    "SchedulerSettings",
    "ScopeCondition",
    "ScopeConditionGroup",
    "SynchronizationError",
    "SynchronizationPolicyType",
    "SynchronizationRule",
    "SynchronizationRuleDirection",
    "ValueMergeType",
]

PROPERTY_NAMES = {
    "next_sync_cycle_start_time_in_utc": "NextSyncCycleStartTimeInUTC",
    "dn": "DN",
    "preferred_dcs": "PreferredDCs",
    "cs_attribute": "CSAttribute",
    "mv_attribute": "MVAttribute",
    "connected_mv_object_id": "ConnectedMVObjectId",
    "connected_cs_object_dn": "ConnectedCsObjectDN",
    "connector_connection_information_xml": "ConnectorConnectionInformationXml",
}
"""Field name to property name, where PascalCase of the field is not the product's spelling."""
