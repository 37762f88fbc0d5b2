"""Recordings of real Windows servers from the source distribution of pypsrp; the files stay where they are."""

from __future__ import annotations

import os
import re
import tarfile
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from lxml import etree

VARIABLE = "SWING_GATE_PYPSRP_SDIST"
SDIST = "pypsrp-0.9.1.tar.gz"

_EXCHANGE = re.compile(r"^- request: (.*?)^  response: (.*?)(?=^- request: |\Z)", re.DOTALL | re.MULTILINE)
_ENVELOPE = re.compile(r"<s:Envelope.*</s:Envelope>", re.DOTALL)
_FOLD = re.compile(r"\n\s+")


@dataclass(frozen=True)
class Exchange:
    action: str
    request: bytes
    response: etree._Element


def archive() -> Path | None:
    folder = os.environ.get(VARIABLE)
    path = Path(folder, SDIST) if folder else None
    return path if path is not None and path.is_file() else None


@cache
def load() -> dict[str, list[Exchange]]:
    """Exchanges of every recording of a PSRP session or of the service configuration, by name."""
    path = archive()
    if path is None:
        return {}
    found = {}
    with tarfile.open(path) as tar:
        for member in tar:
            name = Path(member.name)
            if "responses" not in name.parts or name.suffix != ".yml" or name.stem == "_template":
                continue
            stream = tar.extractfile(member)
            text = stream.read().decode() if stream is not None else ""
            if "windows/shell/cmd" not in text:  # WinRS, not PSRP
                found[name.stem] = _exchanges(text)
    return found


def _exchanges(text: str) -> list[Exchange]:
    exchanges = []
    for asked, answered in _EXCHANGE.findall(text):
        request, response = _ENVELOPE.search(asked), _ENVELOPE.search(answered)
        if request is None or response is None:
            continue
        # Plain YAML scalars: a line break inside is one blank.
        data = _FOLD.sub(" ", request.group())
        action = re.findall(r"Action [^>]*>([^<]*)<", data)[0]
        element = etree.fromstring(_FOLD.sub(" ", response.group()).encode())
        exchanges.append(Exchange(action.strip().rsplit("/", 1)[-1], data.encode(), element))
    return exchanges


def shape(element: etree._Element) -> object:
    """Names of elements and attributes; equal neighbours count once, so the amount of output does not matter."""
    children: list[object] = []
    for child in element:
        child_shape = shape(child)
        if str(child.tag).endswith("}ActivityId"):  # newer servers only
            continue
        if not children or children[-1] != child_shape:
            children.append(child_shape)
    return (element.tag, tuple(sorted(str(name) for name in element.attrib)), tuple(children))
