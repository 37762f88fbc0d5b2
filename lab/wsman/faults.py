"""Faults as the WinRM service words and numbers them [psrp §2 recordings, §5; wsmerror.h]."""

from __future__ import annotations

from dataclasses import dataclass

from lab.wsman.uris import ADDRESSING, FAULT_DETAIL, WSMAN


@dataclass(frozen=True, slots=True)
class Provider:
    """The plug-in that a fault is attributed to."""

    name: str
    path: str


SHELL_PROVIDER = Provider("Shell provider", r"%systemroot%\system32\WsmSvc.dll")


class WSManFault(Exception):  # noqa: N818 - the name of the element on the wire
    """A request that is answered with HTTP 500 and a SOAP fault.

    Attributes:
        code: Code of the WSManFault element, a Win32 or ERROR_WSMAN number.
        subcode: Qualified name in the Subcode element, prefix w or a.
        message: Text of WSManFault/Message.
        reason: Text of Reason; the message unless Windows words it differently.
        detail: URI of FaultDetail, if any.
        provider: Plug-in that the fault is attributed to, if any.
        receiver: Whether the server (s:Receiver) or the request (s:Sender) is at fault.

    """

    def __init__(
        self,
        code: int,
        subcode: str,
        message: str,
        *,
        reason: str | None = None,
        detail: str | None = None,
        provider: Provider | None = None,
        receiver: bool = False,
    ) -> None:
        super().__init__(f"{code} {subcode}: {message}")
        self.code = code
        self.subcode = subcode
        self.message = message
        self.reason = reason or message
        self.detail = detail
        self.provider = provider
        self.receiver = receiver

    @property
    def action(self) -> str:
        """Action URI of the fault envelope: addressing faults have their own."""
        if self.subcode.startswith("a:"):
            return f"{ADDRESSING}/fault"
        return f"{WSMAN.removesuffix('.xsd')}/fault"


def timed_out() -> WSManFault:
    """Nothing to receive within OperationTimeout; the client just asks again."""
    text = "The WS-Management service cannot complete the operation within the time specified in OperationTimeout.  "
    return WSManFault(2150858793, "w:TimedOut", text, receiver=True)


def shell_not_found() -> WSManFault:
    """The shell is gone or never was: closed, idle for too long, another server behind the address."""
    text = (
        "The WS-Management service cannot process the request because the request contained invalid selectors "
        "for the resource. "
    )
    return WSManFault(
        2150858843,
        "w:InvalidSelectors",
        text,
        detail=f"{FAULT_DETAIL}/UnexpectedSelectors",
        provider=SHELL_PROVIDER,
    )


def command_not_found() -> WSManFault:
    """The shell has no command of this id (any more)."""
    return WSManFault(
        2150858843,
        "w:InvalidSelectors",
        "The Windows Remote Shell received a request to perform an operation on a command identifier that does not "
        "exist. Either the command has completed execution or the client specified an invalid command identifier. ",
        reason="The WS-Management service cannot process the request because the request contained invalid selectors "
        "for the resource. ",
        detail=f"{FAULT_DETAIL}/UnexpectedSelectors",
    )


def unknown_configuration(name: str, computer_name: str) -> WSManFault:
    """No session configuration of this name is registered."""
    return WSManFault(
        2150858811,
        "a:DestinationUnreachable",
        "The WS-Management service cannot process the request. Cannot find the "
        f"{name} session configuration in the WSMan: drive on the {computer_name} computer. ",
        detail=f"{FAULT_DETAIL}/InvalidResourceURI",
    )


def access_denied() -> WSManFault:
    """The identity is known but may not use the configuration."""
    return WSManFault(5, "w:AccessDenied", "Access is denied. ")


def operation_aborted() -> WSManFault:
    """The shell was deleted under a pending request."""
    text = "The I/O operation has been aborted because of either a thread exit or an application request. "
    return WSManFault(995, "w:InternalError", text, receiver=True)


def too_many_shells(limit: int) -> WSManFault:
    """MaxShellsPerUser."""
    return WSManFault(
        2150859173,
        "w:QuotaLimit",
        "The WS-Management service cannot process the request. This user is allowed a maximum number of "
        f"{limit} concurrent shells, which has been exceeded. Close existing shells or raise the quota for this user. ",
    )


def too_many_commands() -> WSManFault:
    """MaxConcurrentCommandsPerShell: commands count until Signal Terminate [pypsrp issue 148]."""
    return WSManFault(
        2150859241,
        "w:InternalError",
        "The WS-Management service cannot process the request. The maximum number of concurrent commands per shell "
        "has been exceeded. Retry the request later or raise the Maximum Commands per Shell quota. ",
        receiver=True,
    )


def invalid_timeout(text: str) -> WSManFault:
    """OperationTimeout is no duration the service accepts."""
    return WSManFault(
        2150858767,
        "a:InvalidMessageInformationHeader",
        "The WS-Management service cannot process the request. The XML contains an invalid timeout field in the SOAP "
        f"header: {text}. ",
        reason="The WS-Management service cannot process the request. The request contains one or more invalid SOAP "
        "headers. ",
    )


def unknown_action() -> WSManFault:
    """The service has no such verb, or not on this resource."""
    return WSManFault(
        2150858753,
        "a:ActionNotSupported",
        "The WS-Management service cannot process the request. The WS-Addressing action URI is invalid. Check the "
        "documentation for information on how to construct an action URI. ",
    )


def invalid_parameter() -> WSManFault:
    """A payload that cannot be understood: no PSRP fragment, broken base64."""
    return WSManFault(87, "w:InvalidParameter", "The parameter is incorrect. ", detail=f"{FAULT_DETAIL}/InvalidValue")


def invalid_xml(reason: str) -> WSManFault:
    """The envelope is not what the schema asks for."""
    return WSManFault(
        2150858791,
        "w:SchemaValidationError",
        f"The SOAP XML in the message does not match the corresponding XML schema definition: {reason}. ",
    )
