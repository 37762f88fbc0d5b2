"""CLIXML in the details where psrpcore writes it differently from Windows [psrp §1, recordings]."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any
from xml.etree import ElementTree as ET
from xml.sax.saxutils import escape

from psrpcore.types import ErrorCategory, PSRPMessageType, serialize

if TYPE_CHECKING:
    from psrpcore import ServerRunspacePool

_ESCAPED = re.compile("_(?=[xX])|[\x00-\x1f\x7f-\x9f\ud800-\udfff\U00010000-\U0010ffff]")
_BEYOND = re.compile("[\ud800-\udfff\U00010000-\U0010ffff]")
_UNDERSCORE = re.compile("_(?=[xX])")
_CONTROLS = {chr(code): f"_x{code:04X}_" for code in (*range(0x20), *range(0x7F, 0xA0))}
_LONG = 10_000
"""Characters from which a pass per control character is cheaper than a call per match."""
_ELLIPSIS_AFTER = 40
_ELLIPSIS_KEEPS = 15


def escape_text(text: str) -> str:
    """`_xHHHH_` for control characters, surrogates and the underscore that would start such an escape."""
    if len(text) >= _LONG:
        text = _UNDERSCORE.sub("_x005F_", text)
        for control, escaped in _CONTROLS.items():
            text = text.replace(control, escaped)
        return text if text.isascii() else _BEYOND.sub(_code_units, text)
    return _ESCAPED.sub(_code_units, text)


def dump(value: Any, message_type: PSRPMessageType | None, pool: ServerRunspacePool) -> bytes:  # noqa: ANN401
    """The CLIXML of any value psrpcore can serialise; a plain string takes the short way, whatever its length."""
    if type(value) is str and message_type is PSRPMessageType.PipelineOutput:
        return f"<S>{escape(escape_text(value))}</S>".encode()
    if value is None:
        return b"<Nil />"
    # The cipher has no public name; serialize cannot do without it.
    cipher = pool._cipher  # noqa: SLF001
    element = serialize(value, cipher, our_capability=pool.our_capability, their_capability=pool.their_capability)
    _as_windows(element)
    return bytes(ET.tostring(element, encoding="utf-8"))


def _as_windows(element: ET.Element) -> None:
    for child in element.iter("Obj"):
        text = child.find("ToString")
        if text is not None:
            child.remove(text)
            text.text = escape_text(text.text or "")
            # Windows writes ToString right after the type names, psrpcore after the properties.
            child.insert(1 if len(child) and child[0].tag in {"TN", "TNRef"} else 0, text)
    for properties in element.iter("MS"):
        _category_message(properties)


def _category_message(properties: ET.Element) -> None:
    parts = {name[14:]: part for part in properties if (name := part.get("N", "")).startswith("ErrorCategory_")}
    message = parts.get("Message")
    if message is None:
        return
    category = ErrorCategory(int(_content(parts.get("Category")) or 0)).name
    target, target_type, activity, reason = (
        _ellipsize(_content(parts.get(name))) for name in ("TargetName", "TargetType", "Activity", "Reason")
    )
    message.text = f"{category}: ({target}:{target_type}) [{activity}], {reason}"


def _content(part: ET.Element | None) -> str:
    return (part.text or "") if part is not None else ""


def _ellipsize(text: str) -> str:
    if len(text) <= _ELLIPSIS_AFTER:
        return text
    return f"{text[:_ELLIPSIS_KEEPS]}...{text[-_ELLIPSIS_KEEPS:]}"


def _code_units(match: re.Match[str]) -> str:
    units = match.group().encode("utf-16-be", "surrogatepass")
    return "".join(f"_x{units[i]:02X}{units[i + 1]:02X}_" for i in range(0, len(units), 2))
