"""Who speaks on a connection: Basic per request, Negotiate (NTLM, Kerberos) once per connection [psrp §1]."""

from __future__ import annotations

import base64
import binascii
import logging
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import spnego

from lab.wsman import ntlm
from lab.wsman.journal import RequestLog, now

if TYPE_CHECKING:
    from datetime import datetime

    from spnego.channel_bindings import GssChannelBindings

    from lab.wsman.users import AcceptorFiles, Users

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Policy:
    """How one listener lets clients in.

    Attributes:
        basic: Whether Basic is offered; only under TLS, as AllowUnencrypted=false demands.
        channel_bindings: The TLS channel; None without TLS.
        require_channel_binding: CbtHardeningLevel Strict. Relaxed lets a client pass that sends none.

    """

    users: Users
    files: AcceptorFiles
    basic: bool
    channel_bindings: GssChannelBindings | None
    require_channel_binding: bool = True

    @property
    def challenges(self) -> list[str]:
        """The WWW-Authenticate headers of a 401."""
        return ["Negotiate", "Kerberos", *(['Basic realm="WSMAN"'] if self.basic else [])]


@dataclass(frozen=True, slots=True)
class Answer:
    """What the credentials of a request came to.

    Attributes:
        user: The account, or None for 401.
        challenge: A WWW-Authenticate header to send along.

    """

    user: str | None = None
    challenge: str | None = None


@dataclass
class ConnectionState:
    """Authentication of one TCP connection.

    Attributes:
        context: The security context; sealed messages need it.

    """

    policy: Policy
    system: str
    log: RequestLog
    context: spnego.ContextProxy | None = None
    _user: str | None = None
    _basic_seen: set[str] = field(default_factory=set)

    def authenticate(self, header: str | None) -> Answer:
        """Judge the Authorization header of a request, or what the connection has proved before."""
        if header is None:
            return Answer(self._user)
        scheme, _, credentials = header.partition(" ")
        match scheme.lower():
            case "basic" if self.policy.basic:
                return self._basic(credentials)
            case "negotiate" | "kerberos":
                return self._negotiate(scheme, credentials)
            case _:
                return Answer()

    def _basic(self, credentials: str) -> Answer:
        try:
            presented, _, password = _text(base64.b64decode(credentials, validate=True)).partition(":")
        except binascii.Error:
            return Answer()
        user = self.policy.users.check(presented, password)
        # The header comes with every request; it is one attempt per connection and name as long as it succeeds.
        if user is None or user not in self._basic_seen:
            self._record(now(), presented, "Basic", "denied" if user is None else "ok")
        if user is not None:
            self._basic_seen.add(user)
        return Answer(user)

    def _negotiate(self, scheme: str, credentials: str) -> Answer:
        started = now()
        try:
            token = base64.b64decode(credentials, validate=True)
        except binascii.Error:
            return Answer()
        if self.context is None or self.context.complete:
            self.context = self._new_context(token)
            self._user = None
        type3 = ntlm.find_authenticate(token)
        reply: bytes | None = None
        try:
            with self.policy.files.in_use():
                reply = self.context.step(token)
        except Exception as error:  # noqa: BLE001 - pyspnego, gssapi and struct each raise their own for a bad token
            _log.debug("authentication refused: %s", error)
            return self._refuse(started, token, type3)
        if not self.context.complete:
            return Answer(None, self._challenge(scheme, reply))
        if type3 is not None and not self._binding_accepted(type3):
            return self._refuse(started, token, type3)
        principal = self.context.client_principal or ""
        self._user = self.policy.users.of_principal(principal)
        if self._user is None:
            return self._refuse(started, token, type3)
        protocol = self.context.negotiated_protocol or scheme
        self._record(started, principal, f"Negotiate {protocol}", "ok")
        return Answer(self._user, self._challenge(scheme, reply))

    def _new_context(self, token: bytes) -> spnego.ContextProxy:
        # Clients may send bare NTLM or Kerberos tokens without SPNEGO; the negotiate acceptor takes them too.
        # For NTLM we check the binding ourselves: pyspnego refuses an absent one and lets zeros pass.
        with self.policy.files.in_use():
            return spnego.server(
                protocol="negotiate",
                options=spnego.NegotiateOptions.wrapping_winrm,
                channel_bindings=None if ntlm.is_ntlm(token) else self.policy.channel_bindings,
            )

    def _binding_accepted(self, type3: ntlm.Authenticate) -> bool:
        """Whether a Type-3 message is bound to this channel as far as the policy asks."""
        bindings = self.policy.channel_bindings
        if bindings is None:
            return True
        if type3.channel_bindings is None:
            return not self.policy.require_channel_binding
        return type3.bound_to(bindings)

    def _refuse(self, started: datetime, token: bytes, type3: ntlm.Authenticate | None) -> Answer:
        principal = self.context.client_principal if self.context is not None and self.context.complete else None
        self.context = None
        self._user = None
        if type3 is not None:
            self._record(started, type3.user, "Negotiate ntlm", "denied")
        elif not ntlm.is_ntlm(token):
            self._record(started, principal or "", "Negotiate kerberos", "denied")
        return Answer()

    @staticmethod
    def _challenge(scheme: str, token: bytes | None) -> str | None:
        return f"{scheme} {base64.b64encode(token).decode()}" if token else None

    def _record(self, started: datetime, identity: str, asked: str, outcome: str) -> None:
        self.log.record(
            kind="authentication",
            system=self.system,
            identity=identity,
            asked=asked,
            started=started,
            ended=now(),
            outcome=outcome,
        )


def _text(credentials: bytes) -> str:
    """Clients send UTF-8 or, like requests, Latin-1."""
    try:
        return credentials.decode()
    except UnicodeDecodeError:
        return credentials.decode("latin-1")
