"""Objects of connector spaces and metaverse [adsync §7]."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime
    from uuid import UUID


@dataclass(slots=True)
class CsAttribute:
    """An attribute of a connector space object; binary values are base64 text."""

    name: str
    type: str
    is_multi_valued: bool
    make_values: Callable[[], list[str]] = field(repr=False)
    """Not a property of the product: how `values` is made."""

    @property
    def values(self) -> list[str]:
        """The values; those of a large group's `member` are made when they are read."""
        return self.make_values()


@dataclass(slots=True)
class CsLineage:
    """Which rule contributed to a connector space object."""

    sync_rule_internal_id: UUID
    sync_rule_name: str
    operation: str


@dataclass(slots=True)
class ExportError:
    """Why an export of the object failed."""

    retry_count: int
    initial_occurrence: datetime
    latest_occurrence: datetime
    error_type: str
    error_name: str
    error_code: int
    error_literal: str
    error_extra_details: str = ""


@dataclass(slots=True)
class SynchronizationError:
    """Why the object could not be synchronised."""

    retry_count: int
    initial_occurrence: datetime
    latest_occurrence: datetime
    error_type: str
    exported_changed_not_reimported: bool = False
    synchronization_step: str = ""
    stack_trace: str = ""


@dataclass(slots=True)
class CsObject:
    """Get-ADSyncCSObject [adsync §7]; the two heavy properties are computed when they are read."""

    object_id: UUID
    connector_id: UUID
    connector_name: str
    connector_type: str
    partition_id: UUID
    distinguished_name: str
    anchor_value: bytes
    object_type: str
    is_transient: bool
    is_place_holder: bool
    is_connector: bool
    has_sync_error: bool
    has_export_error: bool
    export_error: ExportError | None
    synchronization_error: SynchronizationError | None
    connected_mv_object_id: UUID
    lineage: list[CsLineage]
    make_attributes: Callable[[], list[CsAttribute]] = field(repr=False)
    """Not a property of the product: how `attributes` is made."""
    make_serialized_xml: Callable[[], str] = field(repr=False)
    """Not a property of the product: how `serialized_xml` is made."""

    @property
    def attributes(self) -> list[CsAttribute]:
        """The attributes; references are among them or not, as the world's lever says."""
        return self.make_attributes()

    @property
    def serialized_xml(self) -> str:
        """The object as one XML text, with its pending changes [entra_docs §1.4]."""
        return self.make_serialized_xml()


@dataclass(slots=True)
class MvLineage:
    """A connector space object joined to a metaverse object."""

    lineage_id: UUID
    connected_cs_object_dn: str
    connected_cs_object_id: UUID
    connector_name: str
    connector_id: UUID


@dataclass(slots=True)
class MvAttribute:
    """An attribute of a metaverse object and who contributed it."""

    name: str
    type: str
    is_multi_valued: bool
    sync_rule_name: str
    connector_name: str
    lineage_id: UUID
    last_modification_time: datetime
    values: list[str]


@dataclass(slots=True)
class MvObject:
    """Get-ADSyncMVObject [adsync §7]."""

    object_id: UUID
    lineage: list[MvLineage]
    attributes: list[MvAttribute]
    serialized_xml: str


@dataclass(slots=True)
class GroupStatistics:
    """One row of Get-ADSyncCSGroupStatistics, sorted by count descending [adsync §7]."""

    row_no: int
    connector_name: str
    rdn: str
    display_name: str
    object_id: UUID
    disconnector_flag: bool
    count: int
