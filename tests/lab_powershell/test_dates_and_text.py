from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import pytest

from lab.powershell.clr import LocalZone, NetObject
from lab.powershell.dates import format_date, parse_date
from lab.powershell.text import double_text, time_span_text, to_text, wildcard

ZONE = LocalZone(timezone(timedelta(hours=-5)))
MOMENT = datetime.fromisoformat("2024-03-09T16:05:07.120")


@pytest.mark.parametrize(
    ("moment", "form", "text"),
    [
        (MOMENT.replace(tzinfo=ZONE), "o", "2024-03-09T16:05:07.1200000-05:00"),
        (MOMENT.replace(tzinfo=UTC), "o", "2024-03-09T16:05:07.1200000Z"),
        (MOMENT, "o", "2024-03-09T16:05:07.1200000"),
        (MOMENT, "s", "2024-03-09T16:05:07"),
        (MOMENT, "G", "3/9/2024 4:05:07 PM"),
        (MOMENT, "F", "Saturday, March 9, 2024 4:05:07 PM"),
        (MOMENT.replace(tzinfo=ZONE), "U", "Saturday, March 9, 2024 9:05:07 PM"),
        (MOMENT, "yyyyMMdd-HHmmss.fff", "20240309-160507.120"),
        (MOMENT, "d MMM yy h:m tt", "9 Mar 24 4:5 PM"),
        (MOMENT, "%d", "9"),
        (MOMENT, "'at' HH\\h", "at 16h"),
        (MOMENT.replace(tzinfo=ZONE), "HH:mm zzz", "16:05 -05:00"),
        (MOMENT, "ss.FFFFFFF", "07.12"),
    ],
)
def test_a_date_is_formatted_as_net_formats_it(moment: datetime, form: str, text: str) -> None:
    assert format_date(moment, form, ZONE) == text


def test_an_unknown_single_letter_format_is_refused() -> None:
    with pytest.raises(ValueError, match="x"):
        format_date(MOMENT, "x", ZONE)


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("2024-03-09T16:05:07.1234567Z", datetime(2024, 3, 9, 16, 5, 7, 123456, tzinfo=UTC)),
        ("2024-03-09", datetime.fromisoformat("2024-03-09")),
        ("3/9/2024 4:05:07 PM", datetime.fromisoformat("2024-03-09T16:05:07")),
        ("03/09/2024 16:05:07", datetime.fromisoformat("2024-03-09T16:05:07")),
    ],
)
def test_a_date_is_read_in_iso_and_invariant_forms(text: str, moment: datetime) -> None:
    assert parse_date(text) == moment


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (None, ""),
        (True, "True"),
        (1.0, "1"),
        (MOMENT, "03/09/2024 16:05:07"),
        (timedelta(days=7), "7.00:00:00"),
        (timedelta(minutes=-30, milliseconds=-5), "-00:30:00.0050000"),
        ([1, "a", None], "1 a "),
        ({"a": 1}, "System.Collections.Hashtable"),
        (NetObject(("N.Thing", "System.Object")), "N.Thing"),
        (NetObject.custom({"a": [1, 2]}), "@{a=1 2}"),
    ],
)
def test_a_value_becomes_text_as_powershell_converts_it(value: object, text: str) -> None:
    assert to_text(value) == text


def test_long_spans_and_odd_doubles_have_their_own_forms() -> None:
    assert time_span_text(timedelta(days=1, hours=2)) == "1.02:00:00"
    assert [double_text(number) for number in (float("nan"), float("-inf"), 1e-7, 123456.789)] == [
        "NaN",
        "-Infinity",
        "1E-07",
        "123456.789",
    ]


@pytest.mark.parametrize(
    ("pattern", "name", "fits"),
    [
        ("Get-*", "get-date", True),
        ("?et", "Get", True),
        ("[a-c]x", "Bx", True),
        ("[a-c]x", "dx", False),
        ("a`*", "a*", True),
        ("a`*", "ab", False),
        ("1.2", "1x2", False),
    ],
)
def test_a_wildcard_pattern_means_what_it_means_in_powershell(pattern: str, name: str, fits: bool) -> None:
    assert (wildcard(pattern).match(name) is not None) is fits
