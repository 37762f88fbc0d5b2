"""What real servers answered, asked of the lab: same verbs, same fragments in, same shape of envelope out."""

from __future__ import annotations

import re
from collections import Counter
from typing import TYPE_CHECKING

import pytest
from lxml import etree

from lab.powershell.seam import Output, Pipeline
from lab.wsman.quotas import Quotas
from lab.wsman.service import WSManService
from tests.lab_wsman import recordings
from tests.lab_wsman.engine import Recorder

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable

    from lab.powershell.seam import Record

pytestmark = pytest.mark.skipif(
    recordings.archive() is None,
    reason=f"recordings of real servers: {recordings.VARIABLE} names no folder with {recordings.SDIST}",
)

NAMES = sorted(recordings.load()) or ["none"]


class OneObject:
    """An endpoint where every pipeline gives one string."""

    def open(self, _purpose: str, _configuration_name: str, _user: str) -> OneObject:
        return self

    async def invoke(self, _pipeline: Pipeline) -> AsyncIterator[Record]:
        yield Output("x")

    def close(self) -> None:
        pass


DEVIATIONS = {
    "test_psrp_disconnect_runspaces": "this server opened its first pool over three Receives",
    "test_psrp_key_exchange_timeout": "one answer was emptied by hand",
    "test_psrp_run_protocol_version_2.1": "Server 2008 R2 does not describe the shell in its CreateResponse",
    "test_psrp_with_jea_configuration": "this server opened the pool over three Receives",
}
"""Recordings with one answer that the lab does not give in this shape, and why."""


async def replay(name: str) -> list[tuple[recordings.Exchange, etree._Element]]:
    """Ask the lab what the recorded client asked; ids that a server chose are exchanged for the lab's."""
    service = WSManService("old", lambda: "SRV-OLD", OneObject(), Quotas(), Recorder())
    answered: list[tuple[recordings.Exchange, etree._Element]] = []
    chosen: dict[bytes, bytes] = {}
    for exchange in recordings.load()[name]:
        request = re.sub(rb"<wsman:OperationTimeout>PT\d+S<", b"<wsman:OperationTimeout>PT0.2S<", exchange.request)
        for theirs, ours in chosen.items():
            request = request.replace(theirs, ours)
        reply = await service.handle(request, "CONTOSO\\admin", "127.0.0.1")
        answer = etree.fromstring(reply.body)
        for path in (".//{*}Selector", ".//{*}CommandResponse/{*}CommandId"):
            recorded, here = exchange.response.findtext(path), answer.findtext(path)
            if recorded and here:
                chosen[recorded.encode()] = here.encode()
        answered.append((exchange, answer))
    service.close()
    return answered


def comparable(exchange: recordings.Exchange, answer: etree._Element) -> bool:
    """Faults and the output of commands depend on what the commands did; the rest must match."""
    if exchange.action == "Receive" and b"DesiredStream CommandId" in exchange.request:
        states = [envelope.find(".//{*}CommandState") for envelope in (exchange.response, answer)]
        return all(state is not None and str(state.get("State")).endswith("/Done") for state in states)
    return exchange.response.find(".//{*}Fault") is None


@pytest.mark.parametrize("name", NAMES)
async def test_the_lab_answers_in_the_shape_that_real_servers_answered(
    name: str, record_property: Callable[[str, object], None]
) -> None:
    matched, missed = Counter[str](), []
    for exchange, answer in await replay(name):
        if comparable(exchange, answer):
            if recordings.shape(exchange.response) == recordings.shape(answer):
                matched[exchange.action] += 1
            else:
                missed.append(f"{exchange.action}: {etree.tostring(answer).decode()[-600:]}")
    record_property("matched", dict(matched))

    assert len(missed) == (1 if name in DEVIATIONS else 0), missed
    assert sum(matched.values()) > 0
