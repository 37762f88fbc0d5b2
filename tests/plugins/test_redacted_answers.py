"""Texts without names still decode, and what refers to one another still does."""

from __future__ import annotations

import base64
import json
from uuid import UUID
from xml.sax.saxutils import escape

import pytest

from fixtures.reads import Member, References, decode, dn_of
from plugins.redacted_answers import redacted_text
from plugins.redaction import Redactor

REDACTOR = Redactor(
    b"k" * 16, {"contoso.com": "domain", "Board & <Friends>": "name", "CONTOSO": "netbios", "success": "name"}
)
GUIDS = [UUID(int=number << 64 | 0x8000000000000000) for number in range(1, 40)]
ANCHORS = [base64.b64encode(guid.bytes_le).decode() for guid in GUIDS]
DOMAIN = "S-1-5-21-1004336348-1177238915-682003330"


def _object(references: str) -> str:
    return (
        f'<cs-objects><cs-object cs-dn="{dn_of(ANCHORS[0])}" id="{{{str(GUIDS[1]).upper()}}}" object-type="group">'
        "<ma-name>contoso.onmicrosoft.com - AAD</ma-name><connector>1</connector>"
        f'<synchronized-hologram><entry dn="{dn_of(ANCHORS[0])}"><primary-objectclass>group</primary-objectclass>'
        f'<attr name="displayName" type="string"><value>{escape("Board & <Friends>")}</value></attr>'
        '<attr name="description" type="string"><value>Ada, who left in May</value></attr>'
        '<attr name="mailEnabled" type="boolean"><value>false</value></attr>'
        f'<dn-attr name="member" multivalued="true">{references}</dn-attr></entry></synchronized-hologram>'
        "</cs-object></cs-objects>"
    )


def test_references_of_the_entra_connector_are_those_of_the_members_in_graph() -> None:
    text = _object("".join(f"<dn-value><dn>{dn_of(anchor)}</dn></dn-value>" for anchor in ANCHORS))
    members = [
        Member("user", str(guid), anchor, f"{DOMAIN}-{number}")
        for number, (guid, anchor) in enumerate(zip(GUIDS, ANCHORS, strict=True), 2100)
    ]
    raw = json.dumps([list(member) for member in members]).encode()

    references = decode("group_references", redacted_text("group_references", text, REDACTOR))
    found = decode("members", redacted_text("members", raw, REDACTOR))

    assert isinstance(references, References)
    assert references.imported == {member.immutable_id for member in found}
    assert len(references.imported) == len(ANCHORS)
    assert not references.imported & set(ANCHORS)
    assert {member.type for member in found} == {"user"}
    assert len({member.sid for member in found} - {member.sid for member in members}) == len(members)


def test_references_in_active_directory_keep_their_anchors_beside_their_dns() -> None:
    text = _object(
        "".join(
            f"<dn-value><dn>CN=Ada {number}\\, née &amp; Co,OU=People,DC=contoso,DC=com</dn>"
            f'<anchor encoding="base64">{anchor}</anchor></dn-value>'
            for number, anchor in enumerate(ANCHORS)
        )
    )

    redacted = redacted_text("group_members_ad", text, REDACTOR)

    references = decode("group_members_ad", redacted)
    assert references.imported == {REDACTOR.tokens.anchor(anchor) for anchor in ANCHORS}
    assert isinstance(redacted, str)
    for private in ("Ada", "née", "contoso", "Friends", "May", "People", str(GUIDS[1]).upper()):
        assert private not in redacted, private
    for kept in ("<value>false</value>", "<primary-objectclass>group</primary-objectclass>", 'object-type="group"'):
        assert kept in redacted


def test_words_of_the_product_stay_though_a_group_is_called_so() -> None:
    raw = json.dumps([{"Result": "success", "ConnectorName": "success", "RunProfileName": "Export"}])

    (found,) = json.loads(redacted_text("runs", raw, REDACTOR))

    assert found == {
        "Result": "success",
        "ConnectorName": REDACTOR.token("name", "success"),
        "RunProfileName": "Export",
    }


@pytest.mark.parametrize("raw", ["", "  ", "[]", "{}", "null", b"[]"])
def test_what_is_empty_stays_empty_and_of_its_kind(raw: str | bytes) -> None:
    assert redacted_text("rules", raw, REDACTOR) == raw


@pytest.mark.parametrize(("read", "raw"), [("rules", "[{"), ("members", "[[1]]"), ("members", "{}x")])
def test_a_text_that_is_not_what_the_read_brings_is_refused(read: str, raw: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        redacted_text(read, raw, REDACTOR)
