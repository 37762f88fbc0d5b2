from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone
from enum import IntEnum
from typing import Any
from uuid import UUID

import pytest

from lab.powershell.clr import Boxed, Collection, LocalZone, NetObject, Version
from lab.powershell.json51 import NonStringKey, convert_to_json


class Colour(IntEnum):
    Red = 0
    Blue = 2


ZONE = LocalZone(timezone(timedelta(hours=2)))
NOON = datetime.fromisoformat("2018-06-13T12:00:00.123456")


def written(value: object, depth: int = 2) -> str:
    return convert_to_json(value, depth=depth, compress=True, zone=ZONE)


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (None, "null"),
        (True, "true"),
        (7, "7"),
        (1800000.0, "1800000"),
        (0.5, "0.5"),
        (1e20, "1E+20"),
        ("a'b<c>&\"\\\r\n\t\x01\u2028ä", '"a\\u0027b\\u003cc\\u003e\\u0026\\"\\\\\\r\\n\\t\\u0001\\u2028ä"'),
        (UUID("B891884F-051E-4A83-95AF-2544101C9083"), '"b891884f-051e-4a83-95af-2544101c9083"'),
        (Colour.Blue, "2"),
        (NOON.replace(tzinfo=UTC), '"\\/Date(1528891200123)\\/"'),
        (NOON.replace(tzinfo=ZONE), '"\\/Date(1528884000123)\\/"'),
        (NOON, '"\\/Date(1528884000123)\\/"'),
        (Version((2, 6, 84, 0)), '{"Major":2,"Minor":6,"Build":84,"Revision":0,"MajorRevision":0,"MinorRevision":0}'),
        (b"\x01\xff", "[1,255]"),
        ([], "[]"),
        ({"a": {}}, '{"a":{}}'),
        (Boxed("x", {"PSPath": "p"}), '{"value":"x","PSPath":"p"}'),
        (Boxed("x", {}), '"x"'),
    ],
)
def test_a_value_is_written_as_5_1_writes_it(value: object, text: str) -> None:
    assert written(value) == text


def test_a_time_span_is_an_object_of_its_properties() -> None:
    assert written(timedelta(minutes=30)) == (
        '{"Ticks":18000000000,"Days":0,"Hours":0,"Milliseconds":0,"Minutes":30,"Seconds":0,'
        '"TotalDays":0.020833333333333332,"TotalHours":0.5,"TotalMilliseconds":1800000,'
        '"TotalMinutes":30,"TotalSeconds":1800}'
    )
    assert '"Ticks":-900000050000,"Days":-1,"Hours":-1,"Milliseconds":-5,"Minutes":0,' in written(
        timedelta(days=-1, hours=-1, milliseconds=-5),
    )


def _nested(levels: int) -> dict[str, Any]:
    return {"down": _nested(levels - 1)} if levels else {"end": 1}


@pytest.mark.parametrize(
    ("value", "depth", "text"),
    [
        (_nested(2), 2, '{"down":{"down":{"end":1}}}'),
        (_nested(3), 2, '{"down":{"down":{"down":"System.Collections.Hashtable"}}}'),
        ([_nested(2)], 2, '[{"down":{"down":"System.Collections.Hashtable"}}]'),
        ({"a": {"b": {"c": [1, 2, 3]}}}, 2, '{"a":{"b":{"c":"1 2 3"}}}'),
        ({"a": NetObject(("N.Thing", "System.Object"), {"b": 1})}, 1, '{"a":{"b":1}}'),
        ({"a": [NetObject(("N.Thing", "System.Object"))]}, 1, '{"a":["N.Thing"]}'),
        ({"a": [NetObject.custom({"b": 1, "c": None})]}, 1, '{"a":["@{b=1; c=}"]}'),
        ({"a": [timedelta(minutes=30)]}, 1, '{"a":["00:30:00"]}'),
        ({"a": [NOON.replace(tzinfo=UTC)]}, 1, '{"a":["\\/Date(1528891200123)\\/"]}'),
    ],
)
def test_beyond_the_depth_a_value_becomes_its_text(value: object, depth: int, text: str) -> None:
    assert written(value, depth) == text


def test_the_long_form_aligns_values_under_their_opening_bracket() -> None:
    value = {"Name": "x, y: {z}", "Empty": [], "None": {}, "Deep": {"List": [1, {"a": None}]}}
    lines = convert_to_json(value, depth=4, compress=False, zone=ZONE).split("\r\n")
    assert lines == [
        "{",
        '    "Name":  "x, y: {z}",',
        '    "Empty":  [',
        "",
        "              ],",
        '    "None":  {',
        "",
        "             },",
        '    "Deep":  {',
        '                 "List":  [',
        "                              1,",
        "                              {",
        '                                  "a":  null',
        "                              }",
        "                          ]",
        "             }",
        "}",
    ]


def test_a_collection_of_its_own_type_is_an_array() -> None:
    assert written(Collection.list_of(["a", "b"], "System.String")) == '["a","b"]'


def test_a_key_that_is_no_text_is_refused() -> None:
    with pytest.raises(NonStringKey):
        written({1: 2})
