from __future__ import annotations

import json
from hashlib import sha256
from typing import TYPE_CHECKING

import pytest

from lab.powershell.endpoints import JEA
from lab.world.windows import NET_KEYS, SCHANNEL_KEYS, TLS_KEYS
from tests.lab_powershell.running import pipeline

if TYPE_CHECKING:
    from tests.lab_powershell.running import Lab, Step

CONFIGURATION = r"C:\Program Files\Microsoft Azure AD Sync\Bin\miiserver.exe.config"
TLS: Step = ("Get-ItemProperty", ("Path", list(TLS_KEYS)), ("ErrorAction", "SilentlyContinue"))
JSON: Step = ("ConvertTo-Json", ("Compress", None))


def selected(*names: str) -> Step:
    return ("Select-Object", ("Property", list(names)))


async def test_keys_that_are_not_there_are_left_out_without_an_error(lab: Lab) -> None:
    del lab.new.registry[NET_KEYS[1]], lab.new.registry[SCHANNEL_KEYS[0]]
    found = await lab.ask(pipeline([TLS, selected("PSPath", "Enabled"), JSON]))
    assert found.errors == []
    rows = json.loads(found.value)
    assert [row["PSPath"].rpartition("\\")[2] for row in rows] == ["v4.0.30319", "Server"]
    assert [row["Enabled"] for row in rows] == [None, 1]


@pytest.mark.parametrize("missing", [(), (NET_KEYS[0],), SCHANNEL_KEYS, TLS_KEYS])
async def test_the_role_function_for_tls_gives_what_the_cmdlet_gives(lab: Lab, missing: tuple[str, ...]) -> None:
    for key in missing:
        del lab.new.registry[key]
    rest = [selected("PSPath", "SystemDefaultTlsVersions", "SchUseStrongCrypto", "Enabled", "DisabledByDefault"), JSON]
    jea = await lab.ask(pipeline([("Get-SwingGateTls",), *rest]), on=JEA, user="reader")
    full = await lab.ask(pipeline([TLS, *rest]))
    assert (jea.values, jea.errors) == (full.values, full.errors)


async def test_the_hash_of_the_configuration_file_follows_its_content(lab: Lab) -> None:
    ask = pipeline([("Get-FileHash", ("Path", CONFIGURATION)), ("Select-Object", ("ExpandProperty", "Hash"))])
    before = await lab.ask(ask)
    lab.new.engine_configuration = '<enforceFIPSPolicy enabled="false"/>'
    after = await lab.ask(ask)
    assert len(before.value) == len(sha256().hexdigest())
    assert before.value != after.value


async def test_a_file_the_world_does_not_know_is_not_hashed(lab: Lab) -> None:
    found = await lab.ask(pipeline([("Get-FileHash", ("Path", r"C:\Windows\notepad.exe"))]))
    assert (found.values, found.errors) == ([], ["FileNotFound,Get-FileHash"])


async def test_the_database_is_what_the_world_says(lab: Lab) -> None:
    lab.new.database.used_mb = 10_240.5
    names = ("IsLocalDBInstalled", "UsedSpaceInMb", "SqlServerName")
    found = await lab.ask(pipeline([("Get-ADSyncDatabaseConfiguration",), selected(*names), JSON]))
    assert json.loads(found.value) == dict(zip(names, (False, 10_240.5, "contoso-sql01"), strict=True))
