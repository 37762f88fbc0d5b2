"""The wire as recordings of real servers show it (reference psrp §1)."""

from __future__ import annotations

import asyncio
import re
import uuid
from typing import TYPE_CHECKING, TypeVar

import pytest
from psrpcore.types import PSRPMessageType
from pypsrp.exceptions import WSManFaultError
from pypsrp.powershell import PowerShell, RunspacePool

from lab.wsman.quotas import Quotas
from tests.lab_wsman.raw import SHELL, RawClient, fragments, messages
from tests.lab_wsman.waiting import PATIENCE, until

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.lab_wsman.conftest import Lab

Result = TypeVar("Result")
BOM = b"\xef\xbb\xbf"


def code_of(answer: str) -> str:
    return str(re.findall(r'WSManFault [^>]*Code="(\d+)"', answer)[0])


async def in_thread(run: Callable[[], Result]) -> Result:
    return await asyncio.to_thread(run)


async def test_a_pool_opens_over_two_receives(lab: Lab) -> None:
    def run() -> list[list[tuple[int, bytes]]]:
        client = RawClient(lab)
        client.create()
        return [messages(fragments(client.receive().text)) for _ in range(2)]

    first, second = await in_thread(run)

    assert [kind for kind, _ in first] == [PSRPMessageType.SessionCapability, PSRPMessageType.ApplicationPrivateData]
    assert [kind for kind, _ in second] == [PSRPMessageType.RunspacePoolState]
    assert all(body.startswith(BOM) for _, body in first + second)
    assert b'<I32 N="RunspaceState">2</I32>' in second[0][1]


async def test_the_session_capability_names_no_pool(lab: Lab) -> None:
    def run() -> list[bytes]:
        client = RawClient(lab)
        client.create()
        return fragments(client.receive().text)

    capability, private_data = await in_thread(run)

    assert capability[29:45] == bytes(16)
    assert private_data[29:45] != bytes(16)


async def test_a_long_message_comes_in_full_fragments_four_to_an_answer(lab: Lab) -> None:
    def run() -> list[str]:
        client = RawClient(lab)
        client.open()
        command_id = client.command("Get-Text", Length=300_000)
        answers: list[str] = []
        while not answers or "CommandState/Done" not in answers[-1]:
            answers.append(client.receive(command_id).text)
        return answers

    answers = await in_thread(run)

    parts = [fragments(answer) for answer in answers]
    assert [len(part) for part in parts] == [4, 4, 3]
    assert {len(fragment) for fragment in parts[0] + parts[1]} == {32_768}
    assert PSRPMessageType.PipelineState in [kind for kind, _ in messages(parts[-1])]


async def test_an_answer_fits_the_envelope_that_the_client_takes(lab: Lab) -> None:
    def run() -> int:
        client = RawClient(lab)
        client.open()
        command_id = client.command("Get-Lines", Count=20_000)
        return max(len(client.receive(command_id, size=size).content) for size in (60_000, 60_000))

    assert await in_thread(run) <= 60_000


async def test_a_repeated_message_id_gets_the_same_answer(lab: Lab) -> None:
    def run() -> tuple[str, str, str]:
        client = RawClient(lab)
        client.open()
        command_id = client.command("Get-Lines", Count=10_000)
        envelope = client.receive_envelope(command_id)
        return client.post(envelope).text, client.post(envelope).text, client.receive(command_id).text

    first, again, other = await in_thread(run)

    assert first == again
    assert fragments(first) != fragments(other)


async def test_a_repeat_of_a_pending_receive_joins_it(lab: Lab) -> None:
    client = RawClient(lab)
    await in_thread(client.open)
    command_id = await in_thread(lambda: client.command("Start-Sleep", Seconds=0.5))
    envelope = client.receive_envelope(command_id)

    first = asyncio.create_task(in_thread(lambda: client.post(envelope)))
    await asyncio.sleep(0.1)
    other = RawClient(lab, shell_id=client.shell_id)
    second = await in_thread(lambda: other.post(envelope))

    assert second.text == (await first).text
    assert len(fragments(second.text)) == 2


async def test_a_command_stays_until_terminate(lab: Lab) -> None:
    lab.listener.service.quotas = Quotas(commands_per_shell=2)

    def run() -> list[str]:
        client = RawClient(lab)
        client.open()
        ids = [client.command("Get-Lines", Count=1) for _ in range(2)]
        for command_id in ids:
            assert "CommandState/Done" in client.receive(command_id).text
        with pytest.raises(AssertionError) as refused:
            client.command("Get-Lines", Count=1)
        assert client.signal(ids[0], f"{SHELL}/signal/Terminate").status_code == 200
        client.command("Get-Lines", Count=1)
        return [code_of(str(refused.value)), code_of(client.receive(ids[0]).text), code_of(client.receive(ids[1]).text)]

    assert await in_thread(run) == ["2150859241", "2150858843", "2150858843"]


async def test_delete_aborts_a_hung_receive(lab: Lab) -> None:
    client, other = RawClient(lab), RawClient(lab)
    other.shell_id = client.shell_id
    await in_thread(client.open)
    command_id = await in_thread(lambda: client.command("Wait-Forever"))

    hung = asyncio.create_task(in_thread(lambda: client.receive(command_id)))
    await until(lambda: lab.listener.service.shells.of("reader")[0].pending)
    deleted = await in_thread(other.delete)
    answer = await asyncio.wait_for(hung, PATIENCE)

    assert deleted.status_code == 200
    assert (answer.status_code, code_of(answer.text)) == (500, "995")
    assert lab.endpoints.runspaces[0].stopped == ["Wait-Forever"]
    assert lab.endpoints.runspaces[0].closed


async def test_an_idle_receive_ends_with_the_operation_timeout(lab: Lab) -> None:
    def run() -> tuple[str, str]:
        client = RawClient(lab)
        client.open()
        return code_of(client.receive(timeout="PT0.3S").text), code_of(client.receive(timeout="PT-1S").text)

    assert await in_thread(run) == ("2150858793", "2150858767")


async def test_a_shell_that_is_gone_is_named_by_invalid_selectors(lab: Lab) -> None:
    def run() -> list[str]:
        client = RawClient(lab)
        client.open()
        stranger = RawClient(lab, user=("CONTOSO\\admin", "Sw1ng-Gate!"), shell_id=client.shell_id)
        answers = [stranger.receive().text]
        client.delete()
        answers.append(client.receive().text)
        return answers

    for answer in await in_thread(run):
        assert code_of(answer) == "2150858843"
        assert "w:InvalidSelectors" in answer


@pytest.mark.parametrize(("name", "code"), [("Nowhere", 2150858811), ("Forbidden", 5)])
async def test_a_configuration_may_be_unknown_or_denied(lab: Lab, name: str, code: int) -> None:
    def run() -> int:
        with pytest.raises(WSManFaultError) as refused, lab.pool(name):
            pass
        return int(refused.value.code)

    assert await in_thread(run) == code
    assert lab.endpoints.opened == [("old", name, "CONTOSO\\admin")]


async def test_the_configuration_name_and_the_user_reach_the_endpoints(lab: Lab) -> None:
    await lab.invoke(
        lambda ps: ps.add_cmdlet("Get-Anything"),
        configuration_name="SwingGate",
        username="reader",
        password="R3ader-pass",
    )

    assert lab.endpoints.opened == [("old", "SwingGate", "reader")]


async def test_a_user_may_open_thirty_shells(lab: Lab) -> None:
    def run() -> int:
        clients = [RawClient(lab) for _ in range(30)]
        for client in clients:
            assert client.create().status_code == 200
        refused = code_of(RawClient(lab).create().text)
        clients[0].delete()
        assert RawClient(lab).create().status_code == 200
        assert RawClient(lab, user=("CONTOSO\\admin", "Sw1ng-Gate!")).create().status_code == 200
        return int(refused)

    assert await in_thread(run) == 2150859173


async def test_an_idle_shell_is_forgotten(lab: Lab) -> None:
    client = RawClient(lab)
    await in_thread(client.open)
    lab.listener.service.shells.of("reader")[0].idle_timeout = 0.0
    await asyncio.sleep(0.01)

    assert code_of((await in_thread(client.receive)).text) == "2150858843"
    assert lab.endpoints.runspaces[0].closed


async def test_several_shells_work_side_by_side(lab: Lab) -> None:
    results = await asyncio.gather(
        *(lab.invoke(lambda ps: ps.add_cmdlet("Get-Lines").add_parameter("Count", 2_000)) for _ in range(4))
    )

    assert [len(pipeline.output) for pipeline in results] == [2_000] * 4


async def test_a_pool_knows_that_it_is_alive_and_what_the_service_allows(lab: Lab) -> None:
    def run() -> tuple[bool, int, int]:
        with lab.pool() as pool:
            pool.connection.update_max_payload_size()
            return pool.is_alive(), pool.connection.max_envelope_size, pool.get_available_runspaces()

    assert await in_thread(run) == (True, 512_000, 1)


async def test_a_disconnected_pool_is_found_and_taken_over(lab: Lab) -> None:
    def run() -> tuple[str, list[object]]:
        first = lab.connect()
        pool = RunspacePool(first)
        pool.open()
        PowerShell(pool).add_cmdlet("Get-Lines").add_parameter("Count", 3).begin_invoke()
        pool.disconnect()
        with lab.connect() as second:
            (found,) = RunspacePool.get_runspace_pools(second)
            found.connect()
            (pipeline,) = found.create_disconnected_power_shells()
            output = pipeline.connect()  # type: ignore[no-untyped-call]
            found.close()
        return found.id, [pool.id, output]

    taken, (opened, output) = await in_thread(run)

    assert taken == opened
    assert output == ["line 0", "line 1", "line 2"]


async def test_big_endian_pipeline_ids_of_old_clients_are_understood(lab: Lab) -> None:
    def run() -> str:
        client = RawClient(lab)
        client.open()
        outgoing = client._outgoing
        command_id = uuid.uuid4()

        def swapped() -> bytes:
            payload = bytearray(outgoing())
            pipeline_id = uuid.UUID(bytes_le=bytes(payload[45:61]))
            payload[45:61] = pipeline_id.bytes
            return bytes(payload)

        client._outgoing = swapped  # type: ignore[method-assign]
        command = client.command("Get-Lines", Count=2)
        assert command != str(command_id)
        return client.receive(command).text

    answer = await in_thread(run)

    assert len(fragments(answer)) == 3
    assert "CommandState/Done" in answer


@pytest.mark.parametrize(
    "body",
    [
        "no xml",
        "<a/>",
        '<!DOCTYPE a [<!ENTITY b "c">]><s:Envelope xmlns:s="http://www.w3.org/2003/05/soap-envelope">&b;</s:Envelope>',
        '<s:Envelope xmlns:s="http://www.w3.org/2003/05/soap-envelope"><s:Header/></s:Envelope>',
    ],
)
async def test_what_is_no_envelope_is_a_bad_request(lab: Lab, body: str) -> None:
    assert (await in_thread(lambda: RawClient(lab).post(body))).status_code == 400


async def test_a_broken_payload_and_an_unknown_action_get_faults(lab: Lab) -> None:
    def run() -> list[str]:
        client = RawClient(lab)
        client.open()
        command = '<rsp:CommandLine CommandId="{}"><rsp:Arguments>{}</rsp:Arguments></rsp:CommandLine>'
        action = f"{SHELL}/Command"
        return [
            code_of(client.post(client.envelope(action, command.format(uuid.uuid4(), "AAAA"))).text),
            code_of(client.post(client.envelope(action, command.format("x", "AAAA"))).text),
            code_of(client.post(client.envelope(action, command.format(uuid.uuid4(), "*"))).text),
            code_of(client.post(client.envelope(action)).text),
            code_of(client.post(client.envelope("urn:nothing")).text),
        ]

    assert await in_thread(run) == ["87", "87", "87", "87", "2150858753"]
    assert {"wsman"} <= {str(entry["kind"]) for entry in lab.log.entries}
