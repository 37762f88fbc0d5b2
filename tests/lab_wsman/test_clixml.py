from __future__ import annotations

import re
from xml.etree import ElementTree as ET

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from psrpcore import ServerRunspacePool
from psrpcore.types import (
    NETException,
    PSNoteProperty,
    PSObject,
    PSRPMessageType,
    deserialize,
)

from lab.wsman.clixml import dump, escape_text
from lab.wsman.records import warning
from tests.lab_wsman.engine import error_record

POOL = ServerRunspacePool()


def read(data: bytes) -> object:
    return deserialize(ET.fromstring(data), POOL._cipher)


@settings(deadline=None, max_examples=60)
@given(st.text())
def test_any_string_reads_back_as_it_was(text: str) -> None:
    assert read(dump(text, PSRPMessageType.PipelineOutput, POOL)) == text


@settings(deadline=None, max_examples=60)
@given(st.text())
def test_long_and_short_strings_are_escaped_alike(text: str) -> None:
    times = 10_000 // max(1, len(text)) + 1

    assert escape_text(text + " ") * times == escape_text((text + " ") * times)


@pytest.mark.parametrize(
    ("text", "escaped"),
    [("a_b", "a_b"), ("_x000A_", "_x005F_x000A_"), ("\r\n", "_x000D__x000A_"), ("\U0001f600", "_xD83D__xDE00_")],
)
def test_strings_are_escaped_as_windows_does(text: str, escaped: str) -> None:
    assert escape_text(text) == escaped


def test_to_string_is_escaped_and_stands_before_the_properties() -> None:
    value = PSObject()
    value.PSObject.type_names = ["Contoso.Thing"]
    value.PSObject.to_string = "two\nlines"
    value.PSObject.adapted_properties = [PSNoteProperty("Name", "thing")]

    assert dump(value, PSRPMessageType.PipelineOutput, POOL) == (
        b'<Obj RefId="0"><TN RefId="0"><T>Contoso.Thing</T></TN><ToString>two_x000A_lines</ToString>'
        b'<Props><S N="Name">thing</S></Props></Obj>'
    )


@pytest.mark.parametrize(
    ("target", "message"),
    [
        ("x", "ParserError: (x:String) [], ParseException"),
        (
            "Set-Item -Path WSMan:\\localhost\\Service\\AllowUnencrypted -Value $false",
            "ParserError: (Set-Item -Path ...d -Value $false:String) [], ParseException",
        ),
        (
            "The path at 'C:\\Windows' is a directory, src must be a file",
            "ParserError: (The path at 'C:... must be a file:String) [], ParseException",
        ),
    ],
)
def test_error_category_message_has_the_form_of_windows(target: str, message: str) -> None:
    data = dump(error_record("m", "E", target), PSRPMessageType.ErrorRecord, POOL).decode()

    assert re.findall('<S N="ErrorCategory_Message">([^<]*)</S>', data) == [message]


def test_a_warning_has_a_to_string() -> None:
    assert b"<ToString>careful</ToString>" in dump(warning("careful"), PSRPMessageType.WarningRecord, POOL)


def test_an_exception_of_the_engine_keeps_its_message() -> None:
    record = read(dump(NETException(Message="a\x00b"), PSRPMessageType.PipelineOutput, POOL))

    assert record.Message == "a\x00b"  # type: ignore[attr-defined]
