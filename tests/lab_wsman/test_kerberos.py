"""Kerberos, as production uses it, against a private KDC on 127.0.0.1."""

from __future__ import annotations

import importlib.util
import os
import shutil
import socket
import subprocess
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import pytest_asyncio

from lab.wsman.server import SyncServerListener
from tests.lab_wsman.conftest import USERS, Certificate, Lab
from tests.lab_wsman.engine import EchoEndpoints, Recorder

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator

REALM = "CONTOSO.COM"
PATH = os.pathsep.join([os.environ.get("PATH", ""), "/usr/sbin", "/sbin"])
PROGRAMS = {name: shutil.which(name, path=PATH) for name in ("krb5kdc", "kdb5_util", "kadmin.local")}
MISSING = [
    *(name for name, path in PROGRAMS.items() if path is None),
    *(f"Python module {name}" for name in ("gssapi", "krb5") if importlib.util.find_spec(name) is None),
]

pytestmark = pytest.mark.skipif(bool(MISSING), reason=f"Kerberos not run, missing: {', '.join(MISSING)}")


@dataclass(frozen=True)
class Realm:
    """A KDC with one user and the keys of one host."""

    folder: Path
    keytab: Path


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def write_configuration(folder: Path, port: int) -> None:
    modules = next(iter(Path(PROGRAMS["krb5kdc"] or "").parents[1].glob("lib/*/krb5/plugins/kdb")), Path("/nowhere"))
    (folder / "krb5.conf").write_text(
        f"""[libdefaults]
 default_realm = {REALM}
 dns_lookup_kdc = false
 dns_canonicalize_hostname = false
 rdns = false
[realms]
 {REALM} = {{
  kdc = 127.0.0.1:{port}
 }}
[domain_realm]
 localhost = {REALM}
[dbmodules]
 db_module_dir = {modules}
"""
    )
    (folder / "kdc.conf").write_text(
        f"""[kdcdefaults]
 kdc_listen = 127.0.0.1:{port}
 kdc_tcp_listen = 127.0.0.1:{port}
[realms]
 {REALM} = {{
  database_name = {folder}/principal
  key_stash_file = {folder}/stash
  acl_file = {folder}/acl
  kdc_listen = 127.0.0.1:{port}
  kdc_tcp_listen = 127.0.0.1:{port}
 }}
"""
    )


def wait_for(port: int) -> None:
    for _ in range(100):
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.05)
    pytest.fail("the KDC did not start within 5 s")


@pytest.fixture(scope="module")
def realm(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Realm]:
    folder = tmp_path_factory.mktemp("kdc")
    port, keytab = free_port(), folder / "host.keytab"
    write_configuration(folder, port)
    changes = {
        "KRB5_CONFIG": str(folder / "krb5.conf"),
        "KRB5_KDC_PROFILE": str(folder / "kdc.conf"),
        "KRB5CCNAME": f"FILE:{folder}/ccache",
    }
    environment = os.environ | changes

    def run(program: str, *arguments: str) -> None:
        subprocess.run(
            [str(PROGRAMS[program]), *arguments], env=environment, check=True, capture_output=True, timeout=30
        )

    run("kdb5_util", "create", "-s", "-P", "master", "-r", REALM)
    run("kadmin.local", "-q", f"addprinc -pw {USERS['reader']} reader")
    run("kadmin.local", "-q", "addprinc -randkey host/localhost")
    run("kadmin.local", "-q", f"ktadd -k {keytab} host/localhost")
    kdc = subprocess.Popen([str(PROGRAMS["krb5kdc"]), "-n"], env=environment, stderr=subprocess.DEVNULL)
    with pytest.MonkeyPatch.context() as patch:
        for name, value in changes.items():
            patch.setenv(name, value)
        try:
            wait_for(port)
            yield Realm(folder, keytab)
        finally:
            kdc.terminate()
            kdc.wait(5)


@pytest_asyncio.fixture
async def kerberos_lab(realm: Realm, certificate: Certificate) -> AsyncIterator[Lab]:
    endpoints, log = EchoEndpoints(), Recorder()
    listener = SyncServerListener("old", endpoints, USERS, log, certificate.load(), keytab=realm.keytab)
    await listener.start()
    yield Lab(listener, endpoints, log, certificate.ca_file)
    await listener.stop()


DOOR = {"auth": "kerberos", "username": f"reader@{REALM}", "password": USERS["reader"]}


@pytest.mark.parametrize(
    "door",
    [
        pytest.param({}, id="https with channel binding"),
        pytest.param({"ssl": False}, id="http sealed"),
        pytest.param({"auth": "negotiate"}, id="negotiate takes Kerberos first"),
    ],
)
async def test_pypsrp_gets_in_with_a_ticket(kerberos_lab: Lab, door: dict[str, Any]) -> None:
    pipeline = await kerberos_lab.invoke(
        lambda ps: ps.add_cmdlet("Write-Output").add_parameter("InputObject", "grüß"), **(DOOR | door)
    )

    assert pipeline.output == ["grüß"]
    assert [user for _, _, user in kerberos_lab.endpoints.opened] == ["reader"]
    assert [(a["identity"], a["asked"], a["outcome"]) for a in kerberos_lab.log.of("authentication")] == [
        (f"reader@{REALM}", "Negotiate kerberos", "ok")
    ]


async def test_a_wrong_kerberos_password_never_reaches_the_server(kerberos_lab: Lab) -> None:
    with pytest.raises(Exception, match=r"Decrypt integrity check failed|Preauthentication failed"):
        await kerberos_lab.invoke(lambda ps: ps.add_cmdlet("Get-Anything"), **(DOOR | {"password": "wrong"}))

    assert kerberos_lab.log.of("authentication") == []


async def test_ntlm_still_works_beside_kerberos(kerberos_lab: Lab) -> None:
    pipeline = await kerberos_lab.invoke(
        lambda ps: ps.add_cmdlet("Write-Output").add_parameter("InputObject", "x"), auth="ntlm"
    )

    assert pipeline.output == ["x"]
