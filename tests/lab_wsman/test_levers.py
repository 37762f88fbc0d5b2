"""What a fault of the lab can do to the wire, and what pypsrp makes of it (reference psrp §5)."""

from __future__ import annotations

import asyncio
import time
from xml.etree.ElementTree import ParseError

import pytest
import requests
from pypsrp.complex_objects import PSInvocationState
from pypsrp.exceptions import AuthenticationError, WinRMError, WinRMTransportError
from pypsrp.powershell import PowerShell

from lab.wsman.interference import Interference, verb_of
from lab.wsman.server import SyncServerListener
from tests.lab_wsman.conftest import USERS, Certificate, Lab
from tests.lab_wsman.engine import EchoEndpoints, Recorder
from tests.lab_wsman.raw import RawClient


@pytest.mark.parametrize("verb", ["Create", "Command"])
@pytest.mark.parametrize(
    ("interference", "expected"),
    [
        (Interference.RESET, requests.ConnectionError),
        (Interference.LOSE_ANSWER, requests.ConnectionError),
        (Interference.HANG, requests.ReadTimeout),
        (Interference.UNAVAILABLE, WinRMTransportError),
        (Interference.NO_SOAP, (WinRMError, ParseError)),
    ],
)
async def test_a_request_can_go_wrong_in_every_way(
    lab: Lab, verb: str, interference: Interference, expected: type[Exception]
) -> None:
    patience = 2 if interference is Interference.HANG else 30

    def run() -> None:
        with lab.pool(read_timeout=patience, operation_timeout=1) as pool:
            PowerShell(pool).add_cmdlet("Get-Anything").invoke()

    lab.interferences[verb] = interference

    with pytest.raises(expected):
        await asyncio.to_thread(run)
    handled = f"{verb} Microsoft.PowerShell" in [entry["asked"] for entry in lab.log.of("wsman")]
    assert handled == (interference is Interference.LOSE_ANSWER)


async def test_polling_on_after_a_lost_answer_loses_objects_silently(lab: Lab) -> None:
    def run() -> PowerShell:
        with lab.pool() as pool, PowerShell(pool) as pipeline:
            pipeline.add_cmdlet("Get-Lines").add_parameter("Count", 20_000).begin_invoke()
            lab.interferences["Receive"] = Interference.LOSE_ANSWER
            with pytest.raises(requests.ConnectionError):
                pipeline.poll_invoke()
            lab.interferences.clear()
            pipeline.end_invoke()
            return pipeline

    pipeline = await asyncio.to_thread(run)

    assert pipeline.state == PSInvocationState.COMPLETED
    assert pipeline.had_errors is False
    assert 15_000 < len(pipeline.output) < 20_000


async def test_a_receive_repeated_by_pypsrp_after_a_read_timeout_loses_nothing(lab: Lab) -> None:
    def run() -> list[str]:
        with lab.pool(read_timeout=2, operation_timeout=4, reconnection_backoff=0.1) as pool:
            return list(PowerShell(pool).add_cmdlet("Start-Sleep").add_parameter("Seconds", 2.5).invoke())

    assert await asyncio.to_thread(run) == ["awake"]


async def test_a_delay_holds_every_request(lab: Lab) -> None:
    def run() -> None:
        with lab.pool():
            pass

    lab.delay[0] = 0.2
    started = time.monotonic()

    await asyncio.to_thread(run)

    assert time.monotonic() - started > 0.8


async def test_relaxed_hardening_lets_a_client_without_channel_binding_pass(certificate: Certificate) -> None:
    listener = SyncServerListener(
        "new", EchoEndpoints(), USERS, Recorder(), certificate.load(), require_channel_binding=False
    )
    await listener.start()
    lab = Lab(listener, EchoEndpoints(), Recorder(), certificate.ca_file)
    try:
        await lab.invoke(lambda ps: ps.add_cmdlet("Get-Anything"), auth="ntlm", negotiate_send_cbt=False)
        with pytest.raises(AuthenticationError):
            await lab.invoke(lambda ps: ps.add_cmdlet("Get-Anything"), auth="ntlm", password="wrong")
    finally:
        await listener.stop()


async def test_other_paths_and_methods_are_not_served(lab: Lab) -> None:
    def run() -> list[int]:
        client = RawClient(lab)
        url = f"https://localhost:{lab.listener.https_port}"
        return [
            client.session.post(f"{url}/other", timeout=5).status_code,
            client.session.get(f"{url}/wsman", timeout=5).status_code,
        ]

    assert await asyncio.to_thread(run) == [404, 405]


def test_the_verb_is_the_last_word_of_the_action() -> None:
    assert verb_of(b'<a:Action x="y">http://schemas.xmlsoap.org/ws/2004/09/transfer/Create</a:Action>') == "Create"
    assert verb_of(b"nothing") == ""
