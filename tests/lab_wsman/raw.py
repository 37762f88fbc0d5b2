"""Envelopes by hand, for what an ordinary client would not send."""

from __future__ import annotations

import base64
import re
import struct
import uuid
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import requests
from psrpcore import ClientPowerShell, ClientRunspacePool

if TYPE_CHECKING:
    from tests.lab_wsman.conftest import Lab

SHELL = "http://schemas.microsoft.com/wbem/wsman/1/windows/shell"
TRANSFER = "http://schemas.xmlsoap.org/ws/2004/09/transfer"
RESOURCE = "http://schemas.microsoft.com/powershell/Microsoft.PowerShell"
FRAGMENT = struct.Struct(">QQBI")


def fragments(answer: str) -> list[bytes]:
    return [base64.b64decode(text) for text in re.findall(r"<rsp:Stream [^>]*>([^<]*)</rsp:Stream>", answer)]


def messages(parts: list[bytes]) -> list[tuple[int, bytes]]:
    """Message type and body of every message that starts in the fragments."""
    found = []
    for part in parts:
        _, _, flags, length = FRAGMENT.unpack_from(part)
        assert length == len(part) - FRAGMENT.size
        if flags & 1:
            found.append((struct.unpack_from("<I", part, 25)[0], part[61:]))
    return found


@dataclass
class RawClient:
    """Basic over HTTPS, one shell."""

    lab: Lab
    user: tuple[str, str] = ("reader", "R3ader-pass")
    shell_id: str = field(default_factory=lambda: str(uuid.uuid4()).upper())

    def __post_init__(self) -> None:
        self.session = requests.Session()
        self.session.auth = self.user
        self.session.verify = self.lab.ca_file
        self.session.trust_env = False
        self.pool = ClientRunspacePool(runspace_pool_id=uuid.UUID(self.shell_id))

    def envelope(
        self, action: str, body: str = "", *, message_id: str = "", timeout: str = "PT5S", size: int = 512_000
    ) -> str:
        message_id = message_id or f"uuid:{uuid.uuid4()}"
        return (
            '<s:Envelope xmlns:s="http://www.w3.org/2003/05/soap-envelope" '
            'xmlns:a="http://schemas.xmlsoap.org/ws/2004/08/addressing" '
            'xmlns:w="http://schemas.dmtf.org/wbem/wsman/1/wsman.xsd" '
            f'xmlns:rsp="{SHELL}"><s:Header><a:Action>{action}</a:Action><a:MessageID>{message_id}</a:MessageID>'
            f"<w:ResourceURI>{RESOURCE}</w:ResourceURI><w:OperationTimeout>{timeout}</w:OperationTimeout>"
            f"<w:MaxEnvelopeSize>{size}</w:MaxEnvelopeSize><w:SelectorSet>"
            f'<w:Selector Name="ShellId">{self.shell_id}</w:Selector></w:SelectorSet></s:Header>'
            f"<s:Body>{body}</s:Body></s:Envelope>"
        )

    def post(self, envelope: str) -> requests.Response:
        url = f"https://localhost:{self.lab.listener.https_port}/wsman"
        headers = {"Content-Type": "application/soap+xml;charset=UTF-8"}
        return self.session.post(url, data=envelope.encode(), headers=headers, timeout=30)

    def create(self) -> requests.Response:
        self.pool.open()
        payload = base64.b64encode(self._outgoing()).decode()
        body = (
            f'<rsp:Shell ShellId="{self.shell_id}"><rsp:InputStreams>stdin pr</rsp:InputStreams>'
            "<rsp:OutputStreams>stdout</rsp:OutputStreams>"
            f'<creationXml xmlns="http://schemas.microsoft.com/powershell">{payload}</creationXml></rsp:Shell>'
        )
        return self.post(self.envelope(f"{TRANSFER}/Create", body))

    def open(self) -> None:
        assert self.create().status_code == 200
        for _ in range(2):
            assert self.receive().status_code == 200

    def command(self, name: str, **parameters: object) -> str:
        pipeline = ClientPowerShell(self.pool)
        self.pool.state = type(self.pool.state).Opened
        pipeline.add_command(name).add_parameters(**parameters)
        pipeline.start()
        command_id = str(pipeline.pipeline_id).upper()
        payload = base64.b64encode(self._outgoing()).decode()
        body = (
            f'<rsp:CommandLine CommandId="{command_id}"><rsp:Command/>'
            f"<rsp:Arguments>{payload}</rsp:Arguments></rsp:CommandLine>"
        )
        answer = self.post(self.envelope(f"{SHELL}/Command", body))
        assert answer.status_code == 200, answer.text
        return command_id

    def receive_envelope(self, command_id: str = "", **changes: object) -> str:
        attribute = f' CommandId="{command_id}"' if command_id else ""
        body = f"<rsp:Receive><rsp:DesiredStream{attribute}>stdout</rsp:DesiredStream></rsp:Receive>"
        return self.envelope(f"{SHELL}/Receive", body, **changes)  # type: ignore[arg-type]

    def receive(self, command_id: str = "", **changes: object) -> requests.Response:
        return self.post(self.receive_envelope(command_id, **changes))

    def signal(self, command_id: str, code: str) -> requests.Response:
        body = f'<rsp:Signal CommandId="{command_id}"><rsp:Code>{code}</rsp:Code></rsp:Signal>'
        return self.post(self.envelope(f"{SHELL}/Signal", body))

    def delete(self) -> requests.Response:
        return self.post(self.envelope(f"{TRANSFER}/Delete"))

    def _outgoing(self) -> bytes:
        payload = self.pool.data_to_send()
        assert payload is not None
        return payload.data
