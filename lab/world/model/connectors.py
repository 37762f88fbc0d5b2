"""Connectors, their partitions and run profiles [adsync §5]."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import datetime
    from uuid import UUID

    from lab.world.enums import RunState, RunStepTask
    from lab.world.model.settings import ConfigurationParameter


@dataclass(slots=True)
class ConnectorPartitionScope:
    """What a partition brings in [adsync §5]."""

    is_default: bool
    object_classes: list[str]
    container_inclusion_list: list[str]
    container_exclusion_list: list[str]


@dataclass(slots=True)
class ConnectorPartition:
    """A partition of a connector [adsync §5]."""

    identifier: UUID
    dn: str
    version: int
    creation_time: datetime
    last_modification_time: datetime
    selected: bool
    connector_partition_scope: ConnectorPartitionScope
    name: str
    parameters: list[ConfigurationParameter] = field(default_factory=list)
    preferred_dcs: list[str] = field(default_factory=list)
    is_domain: bool = True
    type: str = ""


@dataclass(slots=True)
class RunStep:
    """A step of a run profile [adsync §5]."""

    task_type: RunStepTask
    batch_size: int
    object_delete_limit: int
    object_process_limit: int
    page_size: int
    partition_identifier: UUID
    timeout: int


@dataclass(slots=True)
class RunProfile:
    """A run profile of a connector [adsync §5]."""

    identifier: UUID
    name: str
    run_steps: list[RunStep]
    connector_identifier: UUID
    version: int = 1


@dataclass(slots=True)
class ExtensionConfiguration:
    """The extension settings of a connector; `export_type` 2 is V1, 5 is V2 [adsync §3]."""

    export_type: int
    capability_bits: int = 2147982384
    extension_file_name: str = ""
    assembly_version: str = ""


@dataclass(slots=True)
class Connector:
    """Get-ADSyncConnector, without the huge Schema [adsync §5]."""

    connector_type_name: str
    identifier: UUID
    version: int
    name: str
    description: str
    creation_time: datetime
    last_modification_time: datetime
    partitions: list[ConnectorPartition]
    run_profiles: list[RunProfile]
    connectivity_parameters: list[ConfigurationParameter]
    global_parameters: list[ConfigurationParameter]
    object_inclusion_list: list[str]
    attribute_inclusion_list: list[str]
    list_name: str
    company_name: str
    type: str
    subtype: str
    extension_configuration: ExtensionConfiguration | None


@dataclass(slots=True)
class ConnectorStatistics:
    """Pending work of one connector space, in objects [adsync §5]."""

    export_adds: int = 0
    export_updates: int = 0
    export_deletes: int = 0
    import_adds: int = 0
    import_updates: int = 0
    import_deletes: int = 0
    import_no_change: int = 0
    total_connectors: int = 0


@dataclass(slots=True)
class ConnectorRunStatus:
    """A connector that runs right now [adsync §5]."""

    run_state: RunState
    connector_name: str
