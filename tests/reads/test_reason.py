"""What people read of an error is what happened, not who was told of it."""

from __future__ import annotations

import socket
import ssl
from pathlib import Path
from types import SimpleNamespace
from typing import TYPE_CHECKING, cast

import httpx
import pytest
import requests

from fixtures.wire.failures import of_exception
from fixtures.wire.reason import innermost
from fixtures.wire.trust import TrustError, authorities

if TYPE_CHECKING:
    from fixtures.environment import Environment


def closed_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])


def test_a_refused_connection_is_told_without_the_words_of_urllib3() -> None:
    with pytest.raises(requests.exceptions.ConnectionError) as raised:
        requests.get(f"https://127.0.0.1:{closed_port()}/wsman", timeout=5)

    assert innermost(raised.value) == "Connection refused"
    assert of_exception(raised.value).text == "no connection: Connection refused"


def test_a_name_nobody_knows_is_told_as_the_resolver_tells_it() -> None:
    with pytest.raises(requests.exceptions.ConnectionError) as raised:
        requests.get("https://sync01.contoso.invalid/wsman", timeout=5)

    assert "HTTPSConnection" not in innermost(raised.value)
    assert "name" in innermost(raised.value).lower()


def test_a_refused_connection_of_httpx_is_told_the_same_way() -> None:
    with pytest.raises(httpx.ConnectError) as raised:
        httpx.get(f"https://127.0.0.1:{closed_port()}/", trust_env=False)

    assert innermost(raised.value) == "Connection refused"


def test_a_certificate_that_is_not_trusted_is_told_with_openssl_s_reason() -> None:
    error = ssl.SSLCertVerificationError(1, "[SSL: CERTIFICATE_VERIFY_FAILED] (_ssl.c:1006)")
    error.verify_message = "certificate has expired"
    wrapped = requests.exceptions.SSLError(error)

    assert (
        of_exception(wrapped).text
        == "the certificate is not trusted: certificate verify failed: certificate has expired"
    )


def test_an_error_that_leads_back_to_itself_ends() -> None:
    first, second = RuntimeError("first"), RuntimeError("second")
    first.__cause__, second.__cause__ = second, first

    assert innermost(first) in {"first", "second"}


def test_an_address_of_an_object_is_left_out() -> None:
    assert innermost(RuntimeError(f"broken: {object()!r}")) == "broken: object"


@pytest.mark.parametrize(
    ("content", "told"),
    [(None, "cannot be read: No such file or directory"), ("rubbish", "no certificate in PEM stands in ca_file")],
)
def test_a_ca_file_of_no_use_is_told_by_its_path(tmp_path: Path, content: str | None, told: str) -> None:
    path = tmp_path / "ca.pem"
    if content is not None:
        path.write_text(content)
    environment = cast("Environment", SimpleNamespace(path=lambda relative: tmp_path / relative))

    with pytest.raises(TrustError) as raised:
        authorities(environment, Path("ca.pem"))

    assert told in str(raised.value)
    assert str(path) in str(raised.value)


def test_without_a_ca_file_this_machine_decides_whom_to_trust() -> None:
    assert authorities(cast("Environment", SimpleNamespace()), None) is None
