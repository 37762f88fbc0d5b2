"""What answers in the place of WinRM: proxies, web servers, faults in other languages. Each has one outcome."""

from __future__ import annotations

import threading
import tomllib
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
import tomli_w

from fixtures.answers import Answer, Outcome
from fixtures.environment import load
from fixtures.reads import SERVER_READS, statement
from fixtures.wire.identities import Identities
from fixtures.wire.psrp import Question, ServerWire

if TYPE_CHECKING:
    from collections.abc import Iterator

SAMPLE = Path(__file__).parents[2] / "docs" / "environment.toml"
PAGE = b"<!DOCTYPE html><html><body>Bad <b>Gateway</body></html>"
SOAP = "application/soap+xml;charset=UTF-8"
_S = "http://www.w3.org/2003/05/soap-envelope"


@dataclass
class Reply:
    status: int
    body: bytes = b""
    headers: list[tuple[str, str]] = field(default_factory=list)


def fault(code: int, text: str) -> bytes:
    detail = (
        f'<f:WSManFault xmlns:f="http://schemas.microsoft.com/wbem/wsman/1/wsmanfault" Code="{code}" Machine="SYNC02">'
        f"<f:Message>{text}</f:Message></f:WSManFault>"
    )
    return (
        f'<s:Envelope xmlns:s="{_S}" xml:lang="de-DE"><s:Body><s:Fault>'
        "<s:Code><s:Value>s:Sender</s:Value><s:Subcode><s:Value>w:X</s:Value></s:Subcode></s:Code>"
        f'<s:Reason><s:Text xml:lang="de-DE">{text}</s:Text></s:Reason><s:Detail>{detail}</s:Detail>'
        "</s:Fault></s:Body></s:Envelope>"
    ).encode()


@contextmanager
def web_server(reply: Reply) -> Iterator[tuple[int, list[str]]]:
    """A server that always gives one answer: its port, and the paths it was asked for."""
    asked: list[str] = []

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            asked.append(self.path)
            self.rfile.read(int(self.headers.get("Content-Length") or 0))
            self.send_response(reply.status)
            for name, value in [*reply.headers, ("Content-Length", str(len(reply.body)))]:
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(reply.body)

        do_GET = do_POST  # noqa: N815 - the name is the library's

        def log_message(self, *_: object) -> None:
            """Stay silent."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            yield server.server_address[1], asked
        finally:
            server.shutdown()
            thread.join(10)


def ask(folder: Path, port: int, monkeypatch: pytest.MonkeyPatch) -> Answer:
    monkeypatch.setenv("SWING_GATE_NEW", "not a password")
    text = tomllib.loads(SAMPLE.read_text(encoding="utf-8"))
    text["servers"]["new"].update(
        host="127.0.0.1", port=port, transport="http", authentication="ntlm", password="env:SWING_GATE_NEW"
    )
    path = folder / "environment.toml"
    path.write_text(tomli_w.dumps(text))
    environment = load(path)
    read = SERVER_READS["service"]
    with ServerWire(environment.servers["new"], environment, Identities()) as wire:
        return wire.ask([Question(read, statement(read, {}, jea=False))])[0]


@pytest.mark.parametrize(
    ("reply", "outcome", "said"),
    [
        (Reply(500, PAGE, [("Content-Type", "text/html")]), Outcome.UNREACHABLE, "Code: 500"),
        (Reply(502, PAGE, [("Content-Type", "text/html")]), Outcome.UNREACHABLE, "Code: 502"),
        (Reply(503, b"", [("Retry-After", "1")]), Outcome.UNREACHABLE, "Code: 503"),
        (Reply(404, PAGE), Outcome.UNREACHABLE, "Code: 404"),
        (Reply(407, PAGE, [("Proxy-Authenticate", 'Basic realm="proxy"')]), Outcome.UNREACHABLE, "Code: 407"),
        (Reply(500), Outcome.UNREACHABLE, "Code: 500"),
        (Reply(200, PAGE, [("Content-Type", "text/html")]), Outcome.UNREACHABLE, "before any sign-in"),
        (Reply(200, b"", [("Content-Type", SOAP)]), Outcome.UNREACHABLE, "before any sign-in"),
        (Reply(401), Outcome.AUTHENTICATION, "did not response with one of"),
        (Reply(401, b"", [("WWW-Authenticate", "Kerberos")]), Outcome.AUTHENTICATION, "'Kerberos'"),
        (
            Reply(401, b"", [("WWW-Authenticate", name) for name in ("Negotiate", "Kerberos", "NTLM", "Basic")]),
            Outcome.AUTHENTICATION,
            "Failed to authenticate",
        ),
        (Reply(500, fault(5, "Zugriff verweigert"), [("Content-Type", SOAP)]), Outcome.DENIED, "Zugriff verweigert"),
        (Reply(500, fault(2150859236, "zu viele"), [("Content-Type", SOAP)]), Outcome.UNREACHABLE, "zu viele"),
        (Reply(500, fault(2150858770, "nicht erreichbar"), [("Content-Type", SOAP)]), Outcome.FAILED, "2150858770"),
        (
            Reply(500, f'<s:Envelope xmlns:s="{_S}"><s:Body/></s:Envelope>'.encode(), [("Content-Type", SOAP)]),
            Outcome.FAILED,
            "No details",
        ),
    ],
    ids=lambda value: f"{value.status}" if isinstance(value, Reply) else str(value),
)
def test_what_is_no_winrm_has_one_outcome(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, reply: Reply, outcome: Outcome, said: str
) -> None:
    with web_server(reply) as (port, asked):
        answer = ask(tmp_path, port, monkeypatch)
    assert asked
    assert answer.outcome is outcome
    assert said in str(answer.error)


def test_nobody_is_signed_in_to_because_a_server_sends_there(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    trap = Reply(401, b"", [("WWW-Authenticate", "NTLM")])
    with web_server(trap) as (elsewhere, lured):
        moved = Reply(301, b"", [("Location", f"http://127.0.0.1:{elsewhere}/wsman")])
        with web_server(moved) as (port, asked):
            answer = ask(tmp_path, port, monkeypatch)
    assert len(asked) == 1
    assert lured == []
    assert answer.outcome is Outcome.UNREACHABLE
    assert "sends elsewhere, which is not followed" in str(answer.error)
