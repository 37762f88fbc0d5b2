"""Facts as plain data, command lines without secrets, and definitions of checks."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone
from enum import Enum
from types import SimpleNamespace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from plugins.definition import Need, expand
from plugins.document import shown_command
from plugins.plain import LONGEST, moment, plain


class Colour(Enum):
    RED = 1


@dataclass
class Point:
    x: int
    tags: frozenset[str]


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (datetime(2026, 11, 20, 8, 45, 12, 5, tzinfo=timezone(timedelta(hours=2))), "2026-11-20T06:45:12Z"),
        (timedelta(minutes=30), "0:30:00"),
        ({"b", "a"}, ["a", "b"]),
        (Point(1, frozenset({"q", "p"})), {"x": 1, "tags": ["p", "q"]}),
        (Colour.RED, 1),
        (float("nan"), "nan"),
        ({1: (True, None)}, {"1": [True, None]}),
        (b"\x00", "b'\\x00'"),
    ],
)
def test_a_value_becomes_what_json_knows(value: object, expected: object) -> None:
    assert plain(value) == expected


def test_a_long_list_is_cut_with_a_count() -> None:
    assert plain(list(range(LONGEST + 7))) == [*range(LONGEST), "and 7 more"]


def test_a_time_without_a_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="has no zone"):
        moment(datetime(2026, 11, 20))  # noqa: DTZ001 - that is the point


@given(st.recursive(st.none() | st.floats() | st.text() | st.binary() | st.datetimes(timezones=st.just(UTC)),
                    lambda inner: st.lists(inner) | st.dictionaries(st.integers(), inner), max_leaves=20))  # fmt: skip
def test_whatever_comes_out_is_strict_json(value: object) -> None:
    json.dumps(plain(value), allow_nan=False)


@pytest.mark.parametrize(
    ("arguments", "shown"),
    [
        (("--gate", "promote"), ("--gate", "promote")),
        (("--client-secret", "s3cret", "-v"), ("--client-secret", "[hidden]", "-v")),
        (("--password=s3cret",), ("--password=[hidden]",)),
        (("--proxy", "https://user:s3cret@proxy:80"), ("--proxy", "https://user:[hidden]@proxy:80")),
        (("--api-token", "--gate"), ("--api-token", "--gate")),
    ],
)
def test_secrets_are_hidden_from_a_command_line(arguments: tuple[str, ...], shown: tuple[str, ...]) -> None:
    assert shown_command(arguments) == ("pytest", *shown)


ENVIRONMENT = SimpleNamespace(servers={"a": SimpleNamespace(purpose="old"), "b": SimpleNamespace(purpose="new")})


@pytest.mark.parametrize(
    ("name", "subject", "expected"),
    [
        ("rules", "", [Need("a", "rules"), Need("b", "rules")]),
        ("rules", "b", [Need("b", "rules")]),
        ("new.rules", "a", [Need("b", "rules")]),
        ("standby.rules", "", [Need("standby", "rules")]),
        ("tenant.organization", "a", [Need("tenant", "organization")]),
    ],
)
def test_a_name_in_a_marker_means_reads_of_systems(name: str, subject: str, expected: list[Need]) -> None:
    assert list(expand(name, ENVIRONMENT, subject)) == expected
