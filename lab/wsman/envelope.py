"""SOAP envelopes: reading requests, writing answers [MS-WSMV, recordings in psrp §2]."""

from __future__ import annotations

import re
import uuid
from dataclasses import dataclass
from xml.sax.saxutils import escape, quoteattr

from lxml import etree

from lab.wsman import faults
from lab.wsman.uris import ADDRESSING, ANONYMOUS, ENUMERATION, SHELL, SOAP, TRANSFER, WSMAN, WSMAN_FAULT, WSMV

DEFAULT_MAX_ENVELOPE_SIZE = 153_600
DEFAULT_OPERATION_TIMEOUT = 60.0

_DURATION = re.compile(r"P(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?(?:(\d+(?:\.\d+)?)S)?)?")
_XML_LANG = "{http://www.w3.org/XML/1998/namespace}lang"
_OPEN = (
    f'<s:Envelope xml:lang="en-US" xmlns:s="{SOAP}" xmlns:a="{ADDRESSING}" xmlns:x="{TRANSFER}" '
    f'xmlns:n="{ENUMERATION}" xmlns:w="{WSMAN}" xmlns:rsp="{SHELL}" xmlns:p="{WSMV}"><s:Header>'
)


class MalformedEnvelope(Exception):  # noqa: N818 - an answer (HTTP 400), not a failure of ours
    """The body is no SOAP envelope, so there is no MessageID that an answer could relate to."""


@dataclass(frozen=True, slots=True)
class Request:
    """One WS-Man request.

    Attributes:
        operation_timeout: OperationTimeout as sent, "" when absent.
        max_envelope_size: Bytes of the longest answer that the client takes.
        body: First child of the SOAP body, or None.

    """

    action: str
    message_id: str
    resource_uri: str
    to: str
    session_id: str
    selectors: dict[str, str]
    options: dict[str, str]
    operation_timeout: str
    max_envelope_size: int
    locale: str
    data_locale: str
    body: etree._Element | None

    @property
    def shell_id(self) -> str | None:
        """Selector ShellId in upper case, as the service keeps it."""
        shell_id = self.selectors.get("ShellId")
        return shell_id.upper() if shell_id else None

    @property
    def timeout(self) -> float:
        """OperationTimeout in seconds; raises the fault for a text that is no duration or negative."""
        if not self.operation_timeout:
            return DEFAULT_OPERATION_TIMEOUT
        seconds = parse_duration(self.operation_timeout)
        if seconds is None:
            raise faults.invalid_timeout(self.operation_timeout)
        return seconds


def read_request(data: bytes) -> Request:
    """Read an envelope; entities and document types are refused.

    Raises:
        MalformedEnvelope: no XML, no SOAP envelope, no MessageID.

    """
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False)
    try:
        root = etree.fromstring(data, parser)
    except etree.XMLSyntaxError as error:
        raise MalformedEnvelope(str(error)) from error
    if root.getroottree().docinfo.internalDTD is not None or root.tag != f"{{{SOAP}}}Envelope":
        raise MalformedEnvelope("not a SOAP 1.2 envelope")
    header = root.find(f"{{{SOAP}}}Header")
    message_id = _text(header, ADDRESSING, "MessageID")
    if header is None or not message_id:
        raise MalformedEnvelope("no MessageID")
    body = root.find(f"{{{SOAP}}}Body")
    size = _text(header, WSMAN, "MaxEnvelopeSize")
    return Request(
        action=_text(header, ADDRESSING, "Action"),
        message_id=message_id,
        resource_uri=_text(header, WSMAN, "ResourceURI"),
        to=_text(header, ADDRESSING, "To"),
        session_id=_text(header, WSMV, "SessionId"),
        selectors=_named(header, "SelectorSet", "Selector"),
        options=_named(header, "OptionSet", "Option"),
        operation_timeout=_text(header, WSMAN, "OperationTimeout"),
        max_envelope_size=int(size) if size.isdigit() else DEFAULT_MAX_ENVELOPE_SIZE,
        locale=_lang(header, WSMAN, "Locale"),
        data_locale=_lang(header, WSMV, "DataLocale"),
        body=body[0] if body is not None and len(body) else None,
    )


def write_response(message_id: str, action: str, body: str = "") -> bytes:
    """An answer to the request with this MessageID; `body` is ready-made XML using the prefixes s a x n w rsp p."""
    return (
        f"{_OPEN}<a:Action>{action}</a:Action><a:MessageID>uuid:{_new_id()}</a:MessageID>"
        f"<p:ActivityId>{_new_id()}</p:ActivityId><a:To>{ANONYMOUS}</a:To>"
        f"<a:RelatesTo>{escape(message_id)}</a:RelatesTo></s:Header><s:Body>{body}</s:Body></s:Envelope>"
    ).encode()


def write_fault(message_id: str, fault: faults.WSManFault, machine: str) -> bytes:
    """The fault as an answer to the request with this MessageID, spoken by `machine`."""
    message = escape(fault.message)
    open_fault = f'<f:WSManFault xmlns:f="{WSMAN_FAULT}" Code="{fault.code}" Machine={quoteattr(machine)}>'
    if fault.provider is not None:
        message = (
            f"<f:ProviderFault provider={quoteattr(fault.provider.name)} path={quoteattr(fault.provider.path)}>"
            f"{open_fault}<f:Message>{message}</f:Message></f:WSManFault></f:ProviderFault>"
        )
    detail = f"<w:FaultDetail>{fault.detail}</w:FaultDetail>" if fault.detail else ""
    side = "Receiver" if fault.receiver else "Sender"
    return write_response(
        message_id,
        fault.action,
        f"<s:Fault><s:Code><s:Value>s:{side}</s:Value><s:Subcode><s:Value>{fault.subcode}</s:Value></s:Subcode>"
        f'</s:Code><s:Reason><s:Text xml:lang="en-US">{escape(fault.reason)}</s:Text></s:Reason>'
        f"<s:Detail>{detail}{open_fault}<f:Message>{message}</f:Message></f:WSManFault></s:Detail></s:Fault>",
    )


def parse_duration(text: str) -> float | None:
    """Seconds of an ISO 8601 duration of days and smaller, or None if it is none or negative."""
    match = _DURATION.fullmatch(text)
    if match is None or not any(match.groups()):
        return None
    days, hours, minutes, seconds = (float(part or 0) for part in match.groups())
    return ((days * 24 + hours) * 60 + minutes) * 60 + seconds


def _new_id() -> str:
    return str(uuid.uuid4()).upper()


def _text(header: etree._Element | None, namespace: str, name: str) -> str:
    element = header.find(f"{{{namespace}}}{name}") if header is not None else None
    return (element.text or "").strip() if element is not None else ""


def _lang(header: etree._Element, namespace: str, name: str) -> str:
    element = header.find(f"{{{namespace}}}{name}")
    return str(element.get(_XML_LANG, "en-US")) if element is not None else "en-US"


def _named(header: etree._Element, set_name: str, name: str) -> dict[str, str]:
    path = f"{{{WSMAN}}}{set_name}/{{{WSMAN}}}{name}"
    return {str(element.get("Name", "")): (element.text or "") for element in header.findall(path)}
