"""Connector spaces of one server, kept as sets of keys."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

from lab.world.keys import EMPTY, KeySet

if TYPE_CHECKING:
    from datetime import datetime

Operation = Literal["none", "add", "update", "delete"]


@dataclass(slots=True)
class AdSpace:
    """The AD connector space: what the last import brought in."""

    users: KeySet = EMPTY
    devices: KeySet = EMPTY
    contacts: KeySet = EMPTY
    groups: dict[int, KeySet] = field(default_factory=dict)
    """Members as Active Directory lists them, also those outside the included containers."""
    changed: set[int] = field(default_factory=set)
    """Groups changed by an import and not synchronised since."""

    @property
    def objects(self) -> KeySet:
        """Everything but groups."""
        return self.users | self.devices | self.contacts

    @property
    def everything(self) -> KeySet:
        """All objects, groups too: those have a metaverse object each."""
        return self.objects | KeySet.of(*self.groups)


@dataclass(frozen=True, slots=True)
class AdExport:
    """What waits to be written back to Active Directory for one object."""

    operation: Operation
    attribute: str = ""


@dataclass(slots=True)
class Failure:
    """An error that sticks to an object until it is processed without one."""

    error_type: str
    text: str
    rule: str
    first_occurred: datetime
    last_occurred: datetime
    retry_count: int = 0


@dataclass(slots=True)
class EntraGroup:
    """A group on the Entra connector."""

    imported: KeySet | None = None
    """Members that Entra ID is known to hold; None when it holds no such group."""
    desired: KeySet | None = None
    """Members that the rules want there; None when they want no such group."""
    synchronization_failure: Failure | None = None
    export_failure: Failure | None = None

    @property
    def exists(self) -> bool:
        """Whether the connector space has an object for the group at all."""
        return self.imported is not None or self.desired is not None

    @property
    def operation(self) -> Operation:
        """The pending export."""
        if self.imported is None:
            return "none" if self.desired is None else "add"
        if self.desired is None:
            return "delete"
        return "none" if self.desired == self.imported else "update"

    @property
    def hologram(self) -> KeySet:
        """Members once the pending export is through; those imported when the object is to be deleted."""
        return self.desired if self.desired is not None else self.imported or EMPTY

    @property
    def pending_adds(self) -> KeySet:
        """References that the next export adds."""
        return (self.desired or EMPTY) - (self.imported or EMPTY) if self.desired is not None else EMPTY

    @property
    def pending_deletes(self) -> KeySet:
        """References that the next export removes."""
        return (self.imported or EMPTY) - self.desired if self.desired is not None else EMPTY


@dataclass(slots=True)
class EntraSpace:
    """The Entra connector space."""

    objects: KeySet = EMPTY
    """Users, devices and contacts that Entra ID is known to hold."""
    desired: KeySet = EMPTY
    """Those that the rules want there."""
    changed: KeySet = EMPTY
    """Objects with an attribute change to export."""
    changed_attributes: dict[int, str] = field(default_factory=dict)
    """Which attribute of them changes; those not listed have another displayName."""
    groups: dict[int, EntraGroup] = field(default_factory=dict)
    failures: dict[int, Failure] = field(default_factory=dict)
    """Export errors of users, devices and contacts."""
    unprovisioned: dict[int, KeySet] = field(default_factory=dict)
    """References to objects outside the scope that every export of V2 reports as filtered, by group."""
    changed_groups: set[int] = field(default_factory=set)
    """Groups changed by an import and not synchronised since."""

    def group(self, key: int) -> EntraGroup:
        """The group's entry, made when there is none."""
        return self.groups.setdefault(key, EntraGroup())

    @property
    def everything(self) -> KeySet:
        """All objects of the connector space, groups too."""
        return self.objects | self.desired | KeySet.of(*(key for key, group in self.groups.items() if group.exists))

    def pending(self, operation: Operation) -> KeySet:
        """The objects with a pending export of this kind."""
        groups = KeySet.of(*(key for key, group in self.groups.items() if group.operation == operation))
        if operation == "add":
            return groups | (self.desired - self.objects)
        if operation == "delete":
            return groups | (self.objects - self.desired)
        return groups | (self.changed & self.desired & self.objects)
