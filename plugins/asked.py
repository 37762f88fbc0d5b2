"""What was asked for beyond the files that every run leaves; keys are opened before anyone is asked anything."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import pytest

from plugins.redacted import RedactionKeyError, key_of
from plugins.signing import KeyFileError, signer_of

if TYPE_CHECKING:
    from securesystemslib.signer import CryptoSigner


@dataclass(frozen=True, slots=True)
class Asked:
    """Signature, redacted copy, OSCAL."""

    signer: CryptoSigner | None = None
    redaction_key: bytes | None = None
    """Key of the tokens in the redacted copy; None when none was asked for."""
    oscal: bool = False


def asked_of(config: pytest.Config) -> Asked:
    """Return what the command line asks for. Raises pytest.UsageError for a key that cannot be used."""
    here = config.invocation_params.dir
    sign_key, redact_key = config.getoption("sign_key"), config.getoption("redact_key")
    if redact_key and not config.getoption("redact"):
        raise pytest.UsageError("--redact-key needs --redact")
    try:
        signer = signer_of(here / sign_key) if sign_key else None
        key = key_of(here / redact_key if redact_key else None) if config.getoption("redact") else None
    except KeyFileError as error:
        raise pytest.UsageError(f"--sign-key: {error}") from error
    except RedactionKeyError as error:
        raise pytest.UsageError(f"--redact-key: {error}") from error
    return Asked(signer, key, config.getoption("oscal"))
