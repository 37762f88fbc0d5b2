"""Error and warning records that the wire itself has to make."""

from __future__ import annotations

from psrpcore.types import ErrorCategory, ErrorCategoryInfo, ErrorRecord, NETException, WarningRecord


def lab_error(message: str, error_id: str, category: ErrorCategory = ErrorCategory.NotImplemented) -> ErrorRecord:
    """A record for what the lab does not do; no real server sends this error id."""
    return ErrorRecord(
        Exception=NETException(Message=message, HResult=-2146233087),
        CategoryInfo=ErrorCategoryInfo(Category=category, Reason="Exception"),
        FullyQualifiedErrorId=error_id,
    )


def warning(text: str) -> WarningRecord:
    """A WarningRecord with the ToString that Windows sends and psrpcore leaves out [psrp §1]."""
    record = WarningRecord(Message=text)
    record.PSObject.to_string = text
    return record
