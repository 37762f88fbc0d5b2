"""The answers of a run without names: texts that still decode, each with its own digest.

A text is taken apart by what it is: JSON value by value, the XML of a connector-space object text by text, the members
of a cloud group column by column. What came back and was no answer is withheld: nothing is judged by it, and nobody can
say what stands in it.
"""

from __future__ import annotations

import json
import re
from dataclasses import replace
from typing import TYPE_CHECKING
from xml.sax.saxutils import escape, unescape

from fixtures.answers import Answer, Answers, digest, identify
from fixtures.reads import TENANT_READS, GraphShape, decode

if TYPE_CHECKING:
    from collections.abc import Callable

    from plugins.redaction import Redactor

    Raw = Callable[[Answer], str | bytes | None]
    """Returns the text an answer came as."""

PRODUCT_WORDS = frozenset(
    {
        "@odata.type", "Attribute", "AttributeInclusionList", "ConnectorTypeName", "Destination", "Direction",
        "FlowType", "InstallationType", "LinkType", "ObjectClasses", "ObjectInclusionList", "ObjectType",
        "ProviderName", "Result", "RunProfileName", "Source", "SourceObjectType", "Status", "StepResult", "StepType",
        "Subtype", "TargetObjectType", "Type", "ValueMergeType",
    }
)  # fmt: skip
"""Properties whose values are words of the product, though a group may have the same name."""
_MEMBERS = frozenset(name for name, read in TENANT_READS.items() if read.shape is GraphShape.MEMBERS)
_ELEMENT = re.compile(r"<(?P<tag>[\w-]+)(?P<about>[^<>]*)>(?P<text>[^<]*)")
_ABOUT = re.compile(r'(?P<name>\b(?:cs-dn|dn|id)=)"(?P<value>[^"]*)"')
_ENTRA_DN = re.compile(r"CN=(\{[0-9A-Fa-f]+\})")
_WORD_OF_THE_PRODUCT = re.compile(r"\s*|true|false|-?\d+")


def redacted_answers(answers: Answers, redactor: Redactor, raw: Raw) -> tuple[Answers, list[str]]:
    """Return the answers without names, and which of them can no longer be judged by, with the reason.

    Tells the redactor the digest of each text before and after.
    """
    found, lost = [], []
    for answer in answers:
        redacted, why = _redacted(answer, redactor, raw(answer))
        found.append(redacted)
        if why:
            lost.append(f"{redacted.provenance.id}: {why}")
        if redacted.provenance.sha256:
            redactor.digests[answer.provenance.sha256] = redacted.provenance.sha256
    return Answers(found), lost


def _redacted(answer: Answer, redactor: Redactor, raw: str | bytes | None) -> tuple[Answer, str]:
    source = answer.provenance
    system, subject = redactor.redact_text(source.system), redactor.redact_text(answer.subject)
    text, why, value = None, "", None
    if raw is not None and answer.ok:
        try:
            text = redacted_text(answer.read, raw, redactor)
            value = decode(answer.read, text)
        except (ValueError, LookupError, TypeError) as error:
            why = f"it cannot be read without its names: {redactor.redact_text(str(error))}"
    about = replace(
        source,
        id=identify(system, answer.read, subject),
        system=system,
        target=redactor.redact_text(source.target),
        request=redactor.redact_text(source.request),
        identity=redactor.redact_text(source.identity),
        sha256=digest(text) if text is not None else "",
    )
    told = redactor.redact_text(answer.error) if answer.error else answer.error
    return Answer(answer.read, subject, answer.outcome, value, told, about, text), why


def redacted_text(read: str, raw: str | bytes, redactor: Redactor) -> str | bytes:
    """Return a text as it was received, without names. Raises ValueError when it is not what the read brings."""
    text = raw.decode() if isinstance(raw, bytes) else raw
    if read in _MEMBERS:
        changed = _members(text, redactor)
    elif text.lstrip().startswith("<"):
        changed = _xml(text, redactor)
    else:
        changed = _json(text, redactor)
    return changed.encode() if isinstance(raw, bytes) else changed


def _json(text: str, redactor: Redactor) -> str:
    """Redact JSON value by value. Windows PowerShell prints nothing for no objects."""
    if not text.strip():
        return text
    value = redactor.redact_json(json.loads(text), PRODUCT_WORDS, ())
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def _members(text: str, redactor: Redactor) -> str:
    """Redact the columns of members: type, id, source anchor, SID. There can be 250,000 of them."""
    tokens = redactor.tokens
    rows = [
        [kind, tokens.guid(identity), anchor and tokens.anchor(anchor), sid and tokens.sid(sid)]
        for kind, identity, anchor, sid in json.loads(text)
    ]
    return json.dumps(rows, ensure_ascii=False, separators=(",", ":"))


def _xml(text: str, redactor: Redactor) -> str:
    """Redact the text of a connector-space object. Nothing is judged in it but references: other values are tokens."""

    def name(found: re.Match[str]) -> str:
        return f'{found["name"]}"{_value(found["value"], redactor)}"'

    def element(found: re.Match[str]) -> str:
        about, inner = found["about"], found["text"]
        if about:
            about = _ABOUT.sub(name, about)
        if inner and not _WORD_OF_THE_PRODUCT.fullmatch(inner):
            inner = _value(inner, redactor, whole=found["tag"] == "value")
        return f"<{found['tag']}{about}>{inner}"

    return _ELEMENT.sub(element, text)


def _value(text: str, redactor: Redactor, *, whole: bool = False) -> str:
    """Redact one value of XML; with `whole` it becomes a token when nothing in it has a form of its own."""
    entra = _ENTRA_DN.fullmatch(text)
    if entra:
        return f"CN={redactor.tokens.braced(entra[1])}"
    plain = unescape(text, {"&quot;": '"', "&apos;": "'"})
    redacted = redactor.redact_text(plain)
    if whole and redacted == plain:
        redacted = redactor.token("text", plain)
    return escape(redacted, {'"': "&quot;"})
