from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from pypsrp.exceptions import AuthenticationError
from requests import ConnectionError as NotConnected

from tests.lab_wsman.waiting import until

if TYPE_CHECKING:
    from tests.lab_wsman.conftest import Lab

DOORS = [
    pytest.param({"auth": "basic"}, id="https basic"),
    pytest.param({"auth": "negotiate"}, id="https negotiate with channel binding"),
    pytest.param({"auth": "ntlm"}, id="https ntlm with channel binding"),
    pytest.param({"auth": "negotiate", "encryption": "always"}, id="https negotiate sealed"),
    pytest.param({"auth": "negotiate", "ssl": False}, id="http negotiate sealed"),
    pytest.param({"auth": "ntlm", "ssl": False}, id="http ntlm sealed"),
]


@pytest.mark.parametrize("door", DOORS)
async def test_pypsrp_gets_in_by_every_door(lab: Lab, door: dict[str, Any]) -> None:
    pipeline = await lab.invoke(lambda ps: ps.add_cmdlet("Write-Output").add_parameter("InputObject", "grüß"), **door)

    assert pipeline.output == ["grüß"]
    assert [(a["identity"], a["outcome"]) for a in lab.log.of("authentication")] == [("CONTOSO\\admin", "ok")]


@pytest.mark.parametrize("door", DOORS)
async def test_a_wrong_password_is_refused_after_one_attempt(lab: Lab, door: dict[str, Any]) -> None:
    with pytest.raises(AuthenticationError):
        await lab.invoke(lambda ps: ps.add_cmdlet("Get-Lines"), password="wrong", **door)

    attempts = lab.log.of("authentication")
    assert [(a["identity"], a["outcome"]) for a in attempts] == [("CONTOSO\\admin", "denied")]
    assert lab.log.of("wsman") == []


@pytest.mark.parametrize("door", DOORS)
async def test_an_unknown_user_is_refused_after_one_attempt(lab: Lab, door: dict[str, Any]) -> None:
    with pytest.raises(AuthenticationError):
        await lab.invoke(lambda ps: ps.add_cmdlet("Get-Lines"), username="nobody", **door)

    assert [(a["identity"], a["outcome"]) for a in lab.log.of("authentication")] == [("nobody", "denied")]


async def test_a_domain_user_is_known_by_the_bare_name_too(lab: Lab) -> None:
    for door in ({"auth": "basic"}, {"auth": "negotiate"}):
        await lab.invoke(lambda ps: ps.add_cmdlet("Get-Anything"), username="ADMIN", **door)

    assert {user for _, _, user in lab.endpoints.opened} == {"CONTOSO\\admin"}


async def test_negotiate_without_channel_binding_is_refused_over_https(lab: Lab) -> None:
    with pytest.raises(AuthenticationError):
        await lab.invoke(lambda ps: ps.add_cmdlet("Get-Lines"), auth="negotiate", negotiate_send_cbt=False)

    assert [a["outcome"] for a in lab.log.of("authentication")] == ["denied"]


async def test_plain_messages_over_http_are_refused_before_any_attempt(lab: Lab) -> None:
    for auth in ("basic", "negotiate"):
        with pytest.raises(AuthenticationError):
            await lab.invoke(lambda ps: ps.add_cmdlet("Get-Lines"), auth=auth, ssl=False, encryption="never")

    assert lab.log.of("authentication") == []


async def test_what_a_connection_proved_is_forgotten_with_it(lab: Lab) -> None:
    await lab.invoke(lambda ps: ps.add_cmdlet("Get-Anything"), auth="negotiate")

    await until(lambda: not lab.listener._https._states)
    assert lab.listener._https._states == {}


async def test_an_unreachable_server_resets_connections(lab: Lab) -> None:
    lab.reachable[0] = False
    for ssl, auth in ((True, "basic"), (False, "negotiate")):
        with pytest.raises(NotConnected):
            await lab.invoke(lambda ps: ps.add_cmdlet("Get-Lines"), ssl=ssl, auth=auth)

    assert lab.log.entries == []
