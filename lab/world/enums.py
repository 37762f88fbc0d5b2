"""Enumerations of the product, with Microsoft's member names and numbers [adsync §2, §4.2, §5]."""

from __future__ import annotations

from enum import IntEnum


class SynchronizationPolicyType(IntEnum):
    """What a cycle does."""

    Unspecified = 0
    Delta = 1
    Initial = 2


class SynchronizationRuleDirection(IntEnum):
    """Towards the metaverse or away from it."""

    Inbound = 0
    Outbound = 1


class LinkType(IntEnum):
    """What a rule does with the link between an object and the metaverse."""

    Provision = 0
    StickyJoin = 1
    Join = 2
    JoinNoFlow = 3


class FlowType(IntEnum):
    """How a mapping computes its value."""

    Direct = 0
    Constant = 1
    Expression = 2


class ValueMergeType(IntEnum):
    """How values from several rules meet."""

    Update = 0
    Replace = 1
    MergeCaseInsensitive = 2
    Merge = 3


class ComparisonOperator(IntEnum):
    """How a scope condition compares."""

    EQUAL = 0
    NOTEQUAL = 1
    LESSTHAN = 2
    LESSTHAN_OR_EQUAL = 3
    CONTAINS = 4
    NOTCONTAINS = 5
    STARTSWITH = 6
    NOTSTARTSWITH = 7
    ENDSWITH = 8
    NOTENDSWITH = 9
    GREATERTHAN = 10
    GREATERTHAN_OR_EQUAL = 11
    ISNULL = 12
    ISNOTNULL = 13
    ISIN = 14
    ISNOTIN = 15
    ISBITSET = 16
    ISBITNOTSET = 17
    ISMEMBEROF = 18
    ISNOTMEMBEROF = 19


class RunState(IntEnum):
    """What a connector does right now; an idle one is not listed at all."""

    Busy = 0


class RunStepTask(IntEnum):
    """What one step of a run profile does."""

    FullImport = 0
    DeltaImport = 1
    FullSynchronization = 2
    DeltaSynchronization = 3
    Export = 4
    FullExport = 5


class EventLevel(IntEnum):
    """Level of an event log record."""

    Error = 2
    Warning = 3
    Information = 4
