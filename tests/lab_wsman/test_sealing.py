from __future__ import annotations

import asyncio
import struct
from typing import TYPE_CHECKING

import pytest
import requests
import spnego
from pypsrp.encryption import WinRMEncryption
from pypsrp.exceptions import WinRMTransportError
from pypsrp.powershell import RunspacePool
from spnego.channel_bindings import GssChannelBindings

from lab.wsman import ntlm, sealing
from lab.wsman.users import AcceptorFiles, Users

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.lab_wsman.conftest import Lab

MESSAGE = b"<s:Envelope>--Encrypted Boundary--\r\n</s:Envelope>"
BINDINGS = GssChannelBindings(application_data=b"tls-server-end-point:hash")
Contexts = tuple[spnego.ContextProxy, spnego.ContextProxy]


@pytest.fixture
def accounts() -> Iterator[AcceptorFiles]:
    file = AcceptorFiles(Users({"CONTOSO\\admin": "pass"}))
    yield file
    file.close()


def log_on(accounts: AcceptorFiles, bindings: GssChannelBindings | None = None) -> tuple[Contexts, bytes]:
    """Both ends of a finished NTLM exchange, and its Type-3 message."""
    client = spnego.client("CONTOSO\\admin", "pass", protocol="ntlm", channel_bindings=bindings)
    with accounts.in_use():
        server = spnego.server(protocol="negotiate", options=spnego.NegotiateOptions.wrapping_winrm)
        challenge = server.step(client.step())
        type3 = client.step(challenge) or b""
        server.step(type3)
    return (client, server), type3


def test_the_seal_of_pypsrp_opens_and_ours_opens_there(accounts: AcceptorFiles) -> None:
    (client, server), _ = log_on(accounts)
    there = WinRMEncryption(client, sealing.SPNEGO)

    content_type, sealed = there.wrap_message(MESSAGE)

    assert sealing.is_sealed(content_type)
    assert sealing.unseal(server, sealed) == MESSAGE
    assert there.unwrap_message(sealing.seal(server, MESSAGE, sealing.SPNEGO), "Encrypted Boundary") == MESSAGE


def test_what_another_context_sealed_does_not_open(accounts: AcceptorFiles) -> None:
    (client, _), _ = log_on(accounts)
    (_, server), _ = log_on(accounts)
    _, sealed = WinRMEncryption(client, sealing.SPNEGO).wrap_message(MESSAGE)

    for body in (sealed, b"", b"plain", sealed[:-40]):
        with pytest.raises(sealing.BadSeal):
            sealing.unseal(server, body)


def test_a_type_3_message_names_its_user_and_its_channel(accounts: AcceptorFiles) -> None:
    _, bound = log_on(accounts, BINDINGS)
    _, unbound = log_on(accounts)

    first, second = ntlm.find_authenticate(b"around" + bound), ntlm.find_authenticate(unbound)

    assert first is not None
    assert second is not None
    assert (first.user, second.user) == ("CONTOSO\\admin", "CONTOSO\\admin")
    assert first.bound_to(BINDINGS)
    assert not first.bound_to(GssChannelBindings(application_data=b"tls-server-end-point:other"))
    assert second.channel_bindings is None


@pytest.mark.parametrize("tail", [b"", b"\xff" * 20, b"\xff" * 60])
def test_a_damaged_type_3_message_is_still_an_attempt(tail: bytes) -> None:
    found = ntlm.find_authenticate(b"NTLMSSP\x00" + struct.pack("<I", 3) + tail)

    assert found is not None
    assert found.channel_bindings is None


def test_type_1_messages_are_no_attempt() -> None:
    assert ntlm.find_authenticate(spnego.client("u", "p", protocol="ntlm").step() or b"") is None


async def test_a_message_sealed_for_a_lost_connection_is_a_bad_request(lab: Lab) -> None:
    """A keep-alive connection that drops leaves pypsrp with a useless seal (pypsrp issue 21)."""

    def run() -> int:
        pool = RunspacePool(lab.connect(auth="negotiate", ssl=False))
        pool.open()
        session = pool.connection.transport.session
        assert isinstance(session, requests.Session)
        session.close()
        with pytest.raises(WinRMTransportError) as refused:
            pool.get_available_runspaces()
        return int(refused.value.code)

    assert await asyncio.to_thread(run) == 400
