"""What the sync engine refuses, with the texts the product prints."""

from __future__ import annotations


class SyncError(Exception):
    """The ADSync service or module refuses a call; `error_id` names the kind for an ErrorRecord."""

    def __init__(self, message: str, error_id: str = "SyncEngineException") -> None:
        super().__init__(message)
        self.message = message
        self.error_id = error_id


class UnknownArgumentError(Exception):
    """A step, a fault or the control address was given something it does not know."""
