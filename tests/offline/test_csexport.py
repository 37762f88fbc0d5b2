"""csexport's XML as a stream: what is counted, what is named, and what is refused."""

from __future__ import annotations

import tracemalloc
from typing import TYPE_CHECKING

import pytest

from fixtures.offline.csexport import CsExportError, pending_objects, read_pending_exports
from fixtures.offline.pending import MOST_NAMED, ExportClass, Operation

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

ENTRA = "contoso.onmicrosoft.com - AAD"


def _file(folder: Path, objects: Iterable[str], head: str = '<?xml version="1.0" encoding="UTF-8"?>\n') -> Path:
    path = folder / "export.xml"
    with path.open("w", encoding="utf-8") as file:
        file.write(f"{head}<cs-objects>\n")
        file.writelines(objects)
        file.write("</cs-objects>\n")
    return path


def _user(number: int, operation: str = "update", change: str = "", connector: str = ENTRA) -> str:
    told = {"update": "modify"}.get(operation, operation)
    delta = (
        f'<unapplied-export><delta operation="{operation}" dn="CN={{{number:04X}}}">{change}</delta></unapplied-export>'
    )
    return (
        f'<cs-object cs-dn="CN={{{number:04X}}}" id="{{00000000-0000-0000-0000-{number:012X}}}" object-type="user">'
        f"<ma-name>{connector}</ma-name><connector>1</connector>"
        f"<export-delta-operation>{told}</export-delta-operation>{delta}</cs-object>\n"
    )


def _name(value: str = "Ada", operation: str = "update") -> str:
    return (
        f'<attr name="displayName" operation="{operation}" type="string" multivalued="false">'
        f'<value operation="add">{value}</value><value operation="delete">Old</value></attr>'
    )


def test_objects_are_counted_by_connector_and_operation(tmp_path: Path) -> None:
    rows = [_user(1, "add", '<attr name="mail"><value>a@contoso.com</value></attr>'), _user(2, change=_name())]
    found = read_pending_exports(_file(tmp_path, [*rows, _user(3, "delete"), _user(4, "delete")]))
    assert found.by_operation == {
        (ENTRA, Operation.ADD): 1,
        (ENTRA, Operation.UPDATE): 1,
        (ENTRA, Operation.DELETE): 2,
    }
    assert (found.objects, found.pending, found.connectors) == (4, 4, (ENTRA,))
    assert [deleted.dn for deleted in found.deletes] == ["CN={0003}", "CN={0004}"]


def test_a_class_is_connector_type_operation_and_attributes(tmp_path: Path) -> None:
    mail = '<attr name="mail" operation="add"><value>x</value></attr>'
    found = read_pending_exports(_file(tmp_path, [_user(1, change=_name()), _user(2, change=mail + _name("Bob"))]))
    assert found.by_class == {
        ExportClass(ENTRA, "user", Operation.UPDATE, ("displayName",)): 1,
        ExportClass(ENTRA, "user", Operation.UPDATE, ("displayName", "mail")): 1,
    }
    assert found.attributes[ENTRA, "user", "displayName", Operation.UPDATE] == 2
    assert found.attributes[ENTRA, "user", "mail", Operation.ADD] == 1


def test_members_that_come_and_go_are_counted_per_group(tmp_path: Path) -> None:
    values = (
        '<dn-value operation="add"><dn>CN={01}</dn></dn-value>' * 3
        + '<dn-value operation="delete"><dn>x</dn></dn-value>'
    )
    group = (
        '<cs-object cs-dn="CN={47}" id="{A}" object-type="group"><ma-name>E</ma-name><unapplied-export>'
        f'<delta operation="update" dn="CN={{47}}"><dn-attr name="member" operation="update">{values}</dn-attr></delta>'
        "</unapplied-export></cs-object>"
    )
    (delta,) = read_pending_exports(_file(tmp_path, [group])).member_deltas
    assert (delta.connector, delta.dn, delta.added, delta.removed, delta.replaced) == ("E", "CN={47}", 3, 1, False)


def test_a_member_list_sent_whole_is_said_to_replace(tmp_path: Path) -> None:
    group = (
        '<cs-object cs-dn="g" id="" object-type="group"><unapplied-export><delta operation="update">'
        '<dn-attr name="member" operation="replace"><dn-value><dn>a</dn></dn-value></dn-attr></delta>'
        "</unapplied-export></cs-object>"
    )
    (delta,) = read_pending_exports(_file(tmp_path, [group])).member_deltas
    assert (delta.added, delta.removed, delta.replaced) == (1, 0, True)


def test_what_identifies_an_object_may_stand_in_elements(tmp_path: Path) -> None:
    told = (
        "<cs-object><cs-dn>CN={0007}</cs-dn><id>{ABCDEF00-0000-0000-0000-000000000007}</id>"
        f"<object-type>contact</object-type><ma-name>{ENTRA}</ma-name><unapplied-export>"
        "<delta><operation>add</operation></delta></unapplied-export></cs-object>"
    )
    (found,) = pending_objects(_file(tmp_path, [told]))
    assert (found.dn, found.object_type, found.connector) == ("CN={0007}", "contact", ENTRA)
    assert (found.id, found.operation) == ("abcdef00-0000-0000-0000-000000000007", Operation.ADD)


def test_an_attribute_form_of_the_connector_name_is_read(tmp_path: Path) -> None:
    told = (
        _user(1, "delete").replace(f"<ma-name>{ENTRA}</ma-name>", "").replace("<cs-object ", '<cs-object ma-name="X" ')
    )
    assert read_pending_exports(_file(tmp_path, [told])).connectors == ("X",)


def test_a_changed_source_anchor_is_named_with_both_values(tmp_path: Path) -> None:
    change = (
        '<attr name="sourceAnchor" operation="update"><value operation="delete">b2xk</value>'
        '<value operation="add">bmV3</value></attr>'
    )
    (found,) = read_pending_exports(_file(tmp_path, [_user(5, change=change)])).anchor_changes
    assert (found.dn, found.before, found.after) == ("CN={0005}", "b2xk", "bmV3")


def test_the_anchor_before_is_taken_from_the_hologram(tmp_path: Path) -> None:
    change = '<attr name="sourceAnchor" operation="update"><value>bmV3</value></attr>'
    held = (
        '<synchronized-hologram><entry><attr name="sourceAnchor"><value>b2xk</value></attr></entry>'
        "</synchronized-hologram></cs-object>"
    )
    told = _user(5, change=change).replace("</cs-object>", held)
    (found,) = read_pending_exports(_file(tmp_path, [told])).anchor_changes
    assert (found.before, found.after) == ("b2xk", "bmV3")


def test_a_new_dn_that_holds_another_anchor_is_an_anchor_change_and_a_rename(tmp_path: Path) -> None:
    old, new = b"b2xk".hex().upper(), b"bmV3".hex().upper()
    told = (
        f'<cs-object cs-dn="CN={{{old}}}" id="" object-type="user"><ma-name>E</ma-name><unapplied-export>'
        f'<delta operation="update" dn="CN={{{old}}}" newdn="CN={{{new}}}"/></unapplied-export></cs-object>'
    )
    found = read_pending_exports(_file(tmp_path, [told]))
    assert [(change.before, change.after) for change in found.anchor_changes] == [("b2xk", "bmV3")]
    assert [rename.new_dn for rename in found.renames] == [f"CN={{{new}}}"]


def test_a_consistency_guid_written_for_the_first_time_is_no_anchor_change(tmp_path: Path) -> None:
    change = '<attr name="mS-DS-ConsistencyGuid" operation="add"><value encoding="base64">bmV3</value></attr>'
    assert not read_pending_exports(_file(tmp_path, [_user(5, change=change)])).anchor_changes


def test_objects_without_a_pending_export_are_seen_and_not_counted_as_pending(tmp_path: Path) -> None:
    quiet = '<cs-object cs-dn="a" id="" object-type="user"><ma-name>E</ma-name></cs-object>'
    path = _file(tmp_path, [quiet])
    found = read_pending_exports(path)
    assert (found.objects, found.pending, list(pending_objects(path))) == (1, 0, [])


def test_an_operation_without_a_delta_counts_and_is_said_to_be_undetailed(tmp_path: Path) -> None:
    told = (
        '<cs-object cs-dn="a" id="" object-type="user"><ma-name>E</ma-name>'
        "<export-delta-operation>modify</export-delta-operation></cs-object>"
    )
    found = read_pending_exports(_file(tmp_path, [told]))
    assert (found.count(Operation.UPDATE), found.undetailed) == (1, 1)


def test_utf_16_as_windows_may_write_it_is_read(tmp_path: Path) -> None:
    path = tmp_path / "export.xml"
    path.write_bytes(
        f'<?xml version="1.0" encoding="UTF-16"?><cs-objects>{_user(1, "delete")}</cs-objects>'.encode("utf-16")
    )
    assert read_pending_exports(path).count(Operation.DELETE) == 1


_UNKNOWN = "<cs-object><unapplied-export><delta operation='explode'/></unapplied-export></cs-object>"
_NO_OPERATION = "<cs-object><unapplied-export><delta><attr name='a'/></delta></unapplied-export></cs-object>"


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("<cs-objects><cs-object cs-dn='a'", "not whole XML"),
        ("", "not whole XML"),
        ("<mmsml><directory-entries/></mmsml>", "not csexport's file"),
        ("<!DOCTYPE a [<!ENTITY b 'c'>]><cs-objects/>", "document type"),
        (f"<cs-objects>{_UNKNOWN}</cs-objects>", "'explode' is not known"),
        (f"<cs-objects>{_NO_OPERATION}</cs-objects>", "changes without an operation"),
    ],
)
def test_what_is_no_whole_csexport_file_is_refused(tmp_path: Path, text: str, why: str) -> None:
    path = tmp_path / "export.xml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(CsExportError, match=why):
        read_pending_exports(path)


def test_lists_of_names_end_at_a_stated_length_and_counts_do_not(tmp_path: Path) -> None:
    found = read_pending_exports(_file(tmp_path, (_user(number, "delete") for number in range(MOST_NAMED + 5))))
    assert found.count(Operation.DELETE) == MOST_NAMED + 5
    assert len(found.deletes) == MOST_NAMED
    assert found.capped == {"deletes"}


def test_ten_times_the_objects_take_no_more_memory(tmp_path: Path) -> None:
    def peak(count: int) -> int:
        path = _file(tmp_path, (_user(number, change=_name()) for number in range(count)))
        tracemalloc.start()
        try:
            assert read_pending_exports(path).pending == count
            return tracemalloc.get_traced_memory()[1]
        finally:
            tracemalloc.stop()

    peak(1000)
    assert peak(20_000) < 1.5 * peak(2000)
