"""References of a group out of the text of its connector-space object."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from fixtures.reads import References, anchor_of, decode, dn_of

if TYPE_CHECKING:
    from collections.abc import Iterable


def values(names: Iterable[str], operation: str = "") -> str:
    mark = f' operation="{operation}"' if operation else ""
    return "".join(f"<dn-value{mark}><dn>{dn_of(name)}</dn></dn-value>" for name in names)


def document(sections: str, dn: str = "CN={41}") -> str:
    return f'<cs-objects><cs-object cs-dn="{dn}" id="{{X}}" object-type="group">{sections}</cs-object></cs-objects>'


def hologram(names: Iterable[str], kind: str = "synchronized-hologram") -> str:
    member = f'<dn-attr name="member" multivalued="true">{values(names)}</dn-attr>'
    other = f'<dn-attr name="manager" multivalued="false">{values(["boss"])}</dn-attr>'
    name = '<attr name="displayName"><value>A</value></attr>'
    return f'<{kind}><entry dn="CN={{41}}">{name}{member}{other}</entry></{kind}>'


def delta(
    adds: Iterable[str] = (), deletes: Iterable[str] = (), section: str = "unapplied-export", operation: str = "update"
) -> str:
    member = values(adds, "add") + values(deletes, "delete")
    return (
        f'<{section}><delta operation="update" dn="CN={{41}}">'
        f'<dn-attr name="member" operation="{operation}" multivalued="true">{member}</dn-attr></delta></{section}>'
    )


@pytest.mark.parametrize(
    ("sections", "imported", "exported", "expected"),
    [
        (hologram("ab"), "ab", "ab", "ab"),
        (hologram("ab") + delta("c"), "ab", "ab", "abc"),
        (hologram("ab") + delta("c", "a"), "ab", "ab", "bc"),
        (delta("abc", operation="add"), "", "", "abc"),
        (hologram("ab") + delta("c", section="unconfirmed-export"), "ab", "abc", "abc"),
        (hologram("ab") + delta("", "b", section="escrowed-export") + delta("d"), "ab", "a", "ad"),
        (hologram("ab") + hologram("abc", "pending-import-hologram"), "abc", "abc", "abc"),
        (hologram("ab") + delta("c") + hologram("abc", "unapplied-export-hologram"), "ab", "ab", "abc"),
        (hologram("abc") + delta("bd", operation="replace"), "abc", "abc", "bd"),
        (hologram(""), "", "", ""),
    ],
)
def test_imported_and_pending_references_are_told_apart(
    sections: str, imported: str, exported: str, expected: str
) -> None:
    found = decode("group_references", document(sections))
    assert found.imported == set(imported)
    assert found.exported == set(exported)
    assert found.expected == set(expected)


def test_on_premises_members_are_named_by_their_anchor_and_else_by_dn() -> None:
    text = document(
        '<synchronized-hologram><entry><dn-attr name="member">'
        '<dn-value><dn>CN=Ann,DC=x</dn><anchor encoding="base64">abc==</anchor></dn-value>'
        "<dn-value><dn>CN=Bob,DC=x</dn></dn-value></dn-attr></entry></synchronized-hologram>"
    )
    assert decode("group_members_ad", text).imported == {"abc==", "CN=Bob,DC=x"}


@pytest.mark.parametrize(
    "text",
    [
        "not xml",
        document(hologram("ab"))[:-20],
        "<cs-objects></cs-objects>",
        document("") + document(""),
        document('<synchronized-hologram><dn-attr name="member"><dn-value/></dn-attr></synchronized-hologram>'),
    ],
)
def test_a_text_that_is_not_one_whole_object_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"text|reference"):
        decode("group_references", text)


def test_a_text_with_entities_is_refused() -> None:
    text = '<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]>' + document(
        '<synchronized-hologram><dn-attr name="member"><dn-value><dn>&x;</dn></dn-value></dn-attr>'
        "</synchronized-hologram>"
    )
    with pytest.raises(ValueError, match="a document type is declared"):
        decode("group_references", text)


@pytest.mark.parametrize("anchor", ["SGVsbG8=", "a+/b==", "ü"])
def test_an_anchor_survives_its_dn(anchor: str) -> None:
    assert anchor_of(dn_of(anchor)) == anchor


@pytest.mark.parametrize("dn", ["CN=Ann,DC=contoso,DC=com", "CN={zz}", "CN={ff}"])
def test_a_dn_that_holds_no_anchor_stays_as_it_is(dn: str) -> None:
    assert anchor_of(dn) == dn


def test_a_large_group_is_read_as_a_stream() -> None:
    found = decode("group_references", document(hologram([f"{number:024}" for number in range(60_000)])))
    assert isinstance(found, References)
    assert len(found.imported) == 60_000
