"""A server that is read from files: what the environment demands of it, and what it refuses beside it."""

from __future__ import annotations

from pathlib import Path

import pytest
from pydantic import ValidationError

from fixtures.environment.systems import Server

COLLECTED = {"purpose": "old", "computer_name": "SYNC01", "source": "collected", "path": "old.zip"}
LIVE = {"purpose": "old", "computer_name": "SYNC01", "host": "h", "authentication": "kerberos"}


def test_a_collected_server_needs_no_host_and_no_identity() -> None:
    server = Server.model_validate(COLLECTED)
    assert (server.live, server.full_endpoint, server.target) == (False, True, "collected: old.zip")
    assert server.path == Path("old.zip")


def test_a_live_server_needs_a_host() -> None:
    with pytest.raises(ValidationError, match="Field required"):
        Server.model_validate({key: value for key, value in LIVE.items() if key != "host"})


@pytest.mark.parametrize(
    ("given", "why"),
    [
        ({**LIVE, "path": "x"}, "belong to a source of files"),
        ({**COLLECTED, "path": None}, "needs path"),
        ({**COLLECTED, "host": "h"}, "takes no host"),
        ({**COLLECTED, "exported_at": "2026-01-01T00:00:00Z"}, "says itself when"),
        ({**COLLECTED, "sha256": "abc"}, "pattern"),
        ({**COLLECTED, "source": "configuration", "sha256": "0" * 64}, "belongs to a collection"),
        ({**COLLECTED, "source": "policy"}, "needs exported_at"),
        ({**COLLECTED, "source": "policy", "exported_at": "2026-01-01T00:00:00"}, "timezone"),
        ({**COLLECTED, "source": "heresay"}, "'live', 'collected', 'configuration' or 'policy'"),
    ],
)
def test_what_does_not_fit_a_source_is_refused(given: dict[str, object], why: str) -> None:
    with pytest.raises(ValidationError, match=why):
        Server.model_validate(given)
