"""What may happen to a request on its way, as psrp §5 lists it for clients to survive."""

from __future__ import annotations

import re
from enum import StrEnum

_ACTION = re.compile(rb"<(?:\w+:)?Action[^>]*>\s*[^<]*/(\w+)\s*<")


class Interference(StrEnum):
    """One way in which a request goes wrong."""

    RESET = "reset"
    """The connection is reset before the server has done anything."""
    LOSE_ANSWER = "lose-answer"
    """The server does what it is asked; the connection is reset instead of the answer."""
    HANG = "hang"
    """Nothing is done and nothing is answered."""
    UNAVAILABLE = "unavailable"
    """HTTP 503 without a body."""
    NO_SOAP = "no-soap"
    """HTTP 200 with a page of something in between."""


def verb_of(envelope: bytes) -> str:
    """The verb of a request (Create, Receive, ...), or an empty string."""
    match = _ACTION.search(envelope)
    return match[1].decode() if match is not None else ""
