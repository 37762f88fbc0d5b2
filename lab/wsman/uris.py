"""Names of WS-Man: namespaces, actions, resources [MS-WSMV 2.2.1, psrp §1]."""

from __future__ import annotations

from enum import StrEnum

ADDRESSING = "http://schemas.xmlsoap.org/ws/2004/08/addressing"
ANONYMOUS = f"{ADDRESSING}/role/anonymous"
CONFIG = "http://schemas.microsoft.com/wbem/wsman/1/config"
ENUMERATION = "http://schemas.xmlsoap.org/ws/2004/09/enumeration"
FAULT_DETAIL = "http://schemas.dmtf.org/wbem/wsman/1/wsman/faultDetail"
POWERSHELL = "http://schemas.microsoft.com/powershell"
SHELL = "http://schemas.microsoft.com/wbem/wsman/1/windows/shell"
SHELL_COMMAND = f"{SHELL}/Command"
SOAP = "http://www.w3.org/2003/05/soap-envelope"
TRANSFER = "http://schemas.xmlsoap.org/ws/2004/09/transfer"
WSMAN = "http://schemas.dmtf.org/wbem/wsman/1/wsman.xsd"
WSMAN_FAULT = "http://schemas.microsoft.com/wbem/wsman/1/wsmanfault"
WSMV = "http://schemas.microsoft.com/wbem/wsman/1/wsman.xsd"


class Action(StrEnum):
    """What a request may ask; the value is the whole action URI."""

    GET = f"{TRANSFER}/Get"
    CREATE = f"{TRANSFER}/Create"
    DELETE = f"{TRANSFER}/Delete"
    ENUMERATE = f"{ENUMERATION}/Enumerate"
    COMMAND = f"{SHELL}/Command"
    CONNECT = f"{SHELL}/Connect"
    DISCONNECT = f"{SHELL}/Disconnect"
    RECEIVE = f"{SHELL}/Receive"
    RECONNECT = f"{SHELL}/Reconnect"
    SEND = f"{SHELL}/Send"
    SIGNAL = f"{SHELL}/Signal"

    @property
    def response(self) -> str:
        """The action URI of the answer."""
        return f"{self.value}Response"

    @property
    def verb(self) -> str:
        """The last word of the URI, as a log shows it."""
        return self.value.rsplit("/", 1)[1]


class CommandState(StrEnum):
    """State of a command in a ReceiveResponse."""

    DONE = f"{SHELL}/CommandState/Done"
    RUNNING = f"{SHELL}/CommandState/Running"


class SignalCode(StrEnum):
    """Signals a client sends to a command."""

    TERMINATE = f"{SHELL}/signal/Terminate"
    CTRL_C = f"{SHELL}/signal/ctrl_c"
    POWERSHELL_CTRL_C = "powershell/signal/ctrl_c"
