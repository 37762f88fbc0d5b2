"""The WS-Man service of one server: one verb, one method [MS-WSMV 3.1.4; psrp §1, §5]."""

from __future__ import annotations

import base64
import time
import uuid
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from lab.powershell.seam import EndpointDenied, EndpointUnknown
from lab.wsman import documents, faults
from lab.wsman.envelope import parse_duration, read_request, write_fault, write_response
from lab.wsman.journal import now
from lab.wsman.replay import Replay
from lab.wsman.shells import Shell, ShellTable
from lab.wsman.uris import CONFIG, POWERSHELL, SHELL, SHELL_COMMAND, Action, CommandState, SignalCode

if TYPE_CHECKING:
    from collections.abc import Callable

    from lab.powershell.seam import Endpoints
    from lab.wsman.envelope import Request
    from lab.wsman.journal import RequestLog
    from lab.wsman.quotas import Quotas

_ENVELOPE_OVERHEAD = 2_048


@dataclass(frozen=True, slots=True)
class Reply:
    """An HTTP status with a SOAP envelope."""

    status: int
    body: bytes


@dataclass
class WSManService:
    """What an authenticated client of one server can do.

    Attributes:
        purpose: "old" or "new": whose endpoints answer.
        cbt_hardening_level: Strict or Relaxed, as the configuration shows it.
        computer_name: Machine named in faults; asked every time, because an alias may move.

    """

    purpose: str
    computer_name: Callable[[], str]
    endpoints: Endpoints
    quotas: Quotas
    log: RequestLog
    cbt_hardening_level: str = "Strict"
    shells: ShellTable = field(init=False)

    def __post_init__(self) -> None:
        self.shells = ShellTable(self.quotas)
        self._replay = Replay[Reply]()

    async def handle(self, data: bytes, user: str, client_ip: str) -> Reply:
        """Answer one envelope; the same MessageID of the same user gets the same answer again.

        Raises:
            MalformedEnvelope: there is nothing to relate an answer to.

        """
        request = read_request(data)
        return await self._replay.answer(
            f"{user}\n{request.message_id}", lambda: self._answer(request, user, client_ip)
        )

    def close(self) -> None:
        """Close every shell."""
        self.shells.close()
        self._replay.close()

    async def _answer(self, request: Request, user: str, client_ip: str) -> Reply:
        started = now()
        outcome = "ok"
        try:
            body = await self._dispatch(request, user, client_ip)
            reply = Reply(200, write_response(request.message_id, Action(request.action).response, body))
        except faults.WSManFault as fault:
            outcome = f"fault {fault.code}"
            reply = Reply(500, write_fault(request.message_id, fault, self.computer_name()))
        verb = Action(request.action).verb if request.action in list(Action) else request.action
        asked = f"{verb} {request.resource_uri.rsplit('/', 1)[-1]}"
        self.log.record(
            kind="wsman", system=self.purpose, identity=user, asked=asked, started=started, ended=now(), outcome=outcome
        )
        return reply

    async def _dispatch(self, request: Request, user: str, client_ip: str) -> str:
        timeout = request.timeout
        if request.action == Action.CREATE:
            return self._create(request, user, client_ip)
        if request.action == Action.ENUMERATE:
            return self._enumerate(request, user)
        if request.action == Action.GET and request.resource_uri == CONFIG:
            return documents.config_document(self.quotas, self.cbt_hardening_level)
        shell = self.shells.get(request.shell_id, user)
        if request.action == Action.RECEIVE:
            return await self._receive(request, shell, timeout)
        verbs: dict[str, Callable[[Request, Shell], str]] = {
            Action.COMMAND: self._command,
            Action.SEND: self._send,
            Action.SIGNAL: self._signal,
            Action.DELETE: self._delete,
            Action.GET: self._get,
            Action.CONNECT: self._connect,
            Action.DISCONNECT: self._disconnect,
            Action.RECONNECT: self._reconnect,
        }
        verb = verbs.get(request.action)
        if verb is None:
            raise faults.unknown_action()
        return verb(request, shell)

    def _delete(self, _request: Request, shell: Shell) -> str:
        self.shells.remove(shell)
        return ""

    def _get(self, _request: Request, shell: Shell) -> str:
        return documents.shell_document(shell, usage=True)

    def _disconnect(self, _request: Request, shell: Shell) -> str:
        shell.state = "Disconnected"
        return ""

    def _reconnect(self, _request: Request, shell: Shell) -> str:
        shell.state = "Connected"
        return ""

    def _create(self, request: Request, user: str, client_ip: str) -> str:
        if not request.resource_uri.startswith(f"{POWERSHELL}/"):
            raise faults.unknown_configuration(request.resource_uri, self.computer_name())
        name = request.resource_uri.rsplit("/", 1)[-1]
        self.shells.check_quota(user)
        body = request.body
        if body is None:
            raise faults.invalid_parameter()
        try:
            runspace = self.endpoints.open(self.purpose, name, user)
        except EndpointUnknown:
            raise faults.unknown_configuration(name, self.computer_name()) from None
        except EndpointDenied:
            raise faults.access_denied() from None
        wanted = parse_duration(body.findtext(f"{{{SHELL}}}IdleTimeOut") or "") or self.quotas.idle_timeout
        shell = Shell(
            shell_id=str(body.get("ShellId") or uuid.uuid4()).upper(),
            resource_uri=request.resource_uri,
            owner=user,
            client_ip=client_ip,
            locale=request.locale,
            data_locale=request.data_locale,
            idle_timeout=max(wanted, self.quotas.minimum_idle_timeout),
            runspace=runspace,
            input_streams=body.findtext(f"{{{SHELL}}}InputStreams") or "stdin",
            output_streams=body.findtext(f"{{{SHELL}}}OutputStreams") or "stdout",
        )
        shell.receive(body.findtext(f"{{{POWERSHELL}}}creationXml"), None)
        self.shells.add(shell)
        return documents.created_document(shell, request.to)

    def _command(self, request: Request, shell: Shell) -> str:
        if request.body is None:
            raise faults.invalid_parameter()
        payload = request.body.findtext(f"{{{SHELL}}}Arguments")
        command = shell.open_command(request.body.get("CommandId"), payload, self.quotas)
        return f"<rsp:CommandResponse><rsp:CommandId>{command.id}</rsp:CommandId></rsp:CommandResponse>"

    def _send(self, request: Request, shell: Shell) -> str:
        stream = request.body.find(f"{{{SHELL}}}Stream") if request.body is not None else None
        if stream is None:
            raise faults.invalid_parameter()
        shell.receive(stream.text, stream.get("CommandId"))
        return "<rsp:SendResponse/>"

    def _signal(self, request: Request, shell: Shell) -> str:
        if request.body is None:
            raise faults.invalid_parameter()
        command_id = str(request.body.get("CommandId", ""))
        code = (request.body.findtext(f"{{{SHELL}}}Code") or "").strip()
        if code == SignalCode.TERMINATE:
            shell.terminate(command_id)
        elif code in {SignalCode.CTRL_C, SignalCode.POWERSHELL_CTRL_C}:
            shell.command(command_id).stop()
        else:
            raise faults.invalid_parameter()
        return "<rsp:SignalResponse/>"

    def _connect(self, request: Request, shell: Shell) -> str:
        body = request.body
        if body is not None and (command_id := body.get("CommandId")):
            shell.command(str(command_id))
            return "<rsp:ConnectResponse/>"
        payload = body.findtext(f"{{{POWERSHELL}}}connectXml") if body is not None else None
        answer = base64.b64encode(shell.connect(payload)).decode()
        return (
            f"<rsp:ConnectResponse><rsp:InputStreams>{shell.input_streams}</rsp:InputStreams>"
            f"<rsp:OutputStreams>{shell.output_streams}</rsp:OutputStreams>"
            f'<connectResponseXml xmlns="{POWERSHELL}">{answer}</connectResponseXml></rsp:ConnectResponse>'
        )

    def _enumerate(self, request: Request, user: str) -> str:
        if request.resource_uri == SHELL:
            shells = self.shells.of(user)
            return documents.enumeration_document([documents.shell_document(s, usage=True) for s in shells])
        if request.resource_uri == SHELL_COMMAND:
            selector = request.body.find(".//{*}Selector[@Name='ShellId']") if request.body is not None else None
            shell = self.shells.get(selector.text if selector is not None else None, user)
            return documents.enumeration_document([documents.command_document(c) for c in shell.commands.values()])
        raise faults.unknown_action()

    async def _receive(self, request: Request, shell: Shell, timeout: float) -> str:  # noqa: ASYNC109 - OperationTimeout
        desired = request.body.find(f"{{{SHELL}}}DesiredStream") if request.body is not None else None
        if desired is None:
            raise faults.invalid_parameter()
        command_id = desired.get("CommandId")
        command = shell.command(str(command_id)) if command_id else None
        channel = command.channel if command is not None else shell.pool.channel
        if command is not None and command.done_delivered:
            raise faults.command_not_found()
        shell.pending += 1
        try:
            fragments = await channel.receive(request.max_envelope_size - _ENVELOPE_OVERHEAD, timeout)
        finally:
            shell.pending -= 1
            shell.touched = time.monotonic()
        attributes = f' CommandId="{command_id}"' if command_id else ""
        streams = "".join(
            f'<rsp:Stream Name="stdout"{attributes}>{base64.b64encode(fragment).decode()}</rsp:Stream>'
            for fragment in fragments
        )
        if command is not None and channel.exhausted:
            command.done_delivered = True
            streams += (
                f'<rsp:CommandState CommandId="{command_id}" State="{CommandState.DONE}">'
                "<rsp:ExitCode>0</rsp:ExitCode></rsp:CommandState>"
            )
        return f"<rsp:ReceiveResponse>{streams}</rsp:ReceiveResponse>"
