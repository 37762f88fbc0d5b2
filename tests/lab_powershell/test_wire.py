from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone
from typing import Any
from uuid import UUID
from xml.etree import ElementTree as ET

import psrpcore.types._serializer as serializer
import pytest

from lab.powershell.adsync.objects import keyed_parameters, list_of
from lab.powershell.clr import Boxed, Byte, Int64, Lazy, LocalZone, NetObject, Version
from lab.powershell.wire import to_wire
from lab.world.model import ConfigurationParameter, SynchronizationPolicyType

SUMMER = LocalZone(timezone(timedelta(hours=2)))
GREENWICH = LocalZone(UTC)


def clixml(value: object) -> str:
    cipher: Any = None
    return ET.tostring(serializer.serialize(to_wire(value), cipher), encoding="unicode")


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (None, "<Nil />"),
        (True, "<B>true</B>"),
        (5, "<I32>5</I32>"),
        (5_000_000_000, "<I64>5000000000</I64>"),
        (Int64(5), "<I64>5</I64>"),
        (Byte(4), "<By>4</By>"),
        (0.5, "<Db>0.5</Db>"),
        ("a\r\nb", "<S>a_x000D__x000A_b</S>"),
        (UUID(int=1), "<G>00000000-0000-0000-0000-000000000001</G>"),
        (timedelta(minutes=30), "<TS>PT30M</TS>"),
        (timedelta(days=7), "<TS>P7D</TS>"),
        (Version((2, 6, 84, 0)), "<Version>2.6.84.0</Version>"),
        (b"ab", "<BA>YWI=</BA>"),
        (datetime(2018, 6, 13, 23, 46, 28, 5160, tzinfo=UTC), "<DT>2018-06-13T23:46:28.00516Z</DT>"),
        (datetime(2018, 6, 13, 23, 46, 28, tzinfo=SUMMER), "<DT>2018-06-13T23:46:28+02:00</DT>"),
        (datetime(2018, 6, 13, 23, 46, 28, tzinfo=GREENWICH), "<DT>2018-06-13T23:46:28+00:00</DT>"),
        (datetime.fromisoformat("2018-06-13T23:46:28"), "<DT>2018-06-13T23:46:28</DT>"),
    ],
)
def test_a_primitive_is_sent_as_itself(value: object, text: str) -> None:
    assert clixml(value) == text


def test_an_enumeration_by_itself_is_an_object_with_number_and_name() -> None:
    text = clixml(SynchronizationPolicyType.Delta)
    assert "<I32>1</I32>" in text
    assert "<ToString>Delta</ToString>" in text
    assert (
        "<T>Microsoft.IdentityManagement.PowerShell.ObjectModel.SynchronizationPolicyType</T><T>System.Enum</T>" in text
    )


def _thing(**properties: object) -> NetObject:
    return NetObject(("N.Thing", "System.Object"), properties)


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (SynchronizationPolicyType.Initial, '<S N="P">Initial</S>'),
        (_thing(inner=1), '<S N="P">N.Thing</S>'),
        (NetObject.custom({"a": 1, "b": "x"}), '<S N="P">@{a=1; b=x}</S>'),
        (timedelta(hours=1), '<TS N="P">PT1H</TS>'),
        (Lazy(lambda: "late"), '<S N="P">late</S>'),
    ],
)
def test_a_property_that_is_an_object_is_sent_as_its_text(value: object, text: str) -> None:
    assert f"<Props>{text}</Props>" in clixml(_thing(P=value))


def test_a_list_of_objects_keeps_its_type_and_holds_texts() -> None:
    text = clixml(_thing(P=list_of([ConfigurationParameter("a", "b")], "ConfigurationParameter")))
    assert "<T>System.Collections.Generic.List`1[[Microsoft.IdentityManagement.PowerShell.ObjectModel.Config" in text
    assert "<LST><S>Microsoft.IdentityManagement.PowerShell.ObjectModel.ConfigurationParameter</S></LST>" in text


def test_a_keyed_collection_is_a_type_of_its_own() -> None:
    text = clixml(_thing(P=keyed_parameters([])))
    assert "ObjectModel.ParameterKeyedCollection</T><T>System.Collections.ObjectModel.KeyedCollection`2" in text
    assert "<LST />" in text


def test_selected_properties_are_note_properties_without_the_deserialized_prefix() -> None:
    text = clixml(NetObject.custom({"Name": "x"}, selected_from="N.Thing"))
    assert text == (
        '<Obj RefId="0"><TN RefId="0"><T>Selected.N.Thing</T><T>System.Management.Automation.PSCustomObject</T>'
        '<T>System.Object</T></TN><MS><S N="Name">x</S></MS><ToString>@{Name=x}</ToString></Obj>'
    )


def test_a_boxed_value_carries_its_notes_and_not_its_script_properties() -> None:
    assert clixml(Boxed("x", {"PSPath": "p"}, {"Script": "s"})) == (
        '<Obj RefId="0"><S>x</S><MS><S N="PSPath">p</S></MS></Obj>'
    )
