"""Redaction: no name is left, the same name is the same token everywhere, and everything else stays readable."""

from __future__ import annotations

import base64
import json
import re
import struct
from typing import TYPE_CHECKING, Any
from uuid import UUID

import jsonschema
import pytest
from hypothesis import given
from hypothesis import strategies as st

from fixtures.reads.references import dn_of
from fixtures.reads.sid import read_sid
from plugins.redaction import Redactor
from plugins.redaction_tokens import ENTRA_CONNECTOR, SYNC_ACCOUNTS
from tests.plugins.conftest import ROOT

if TYPE_CHECKING:
    from tests.plugins.conftest import House

SCHEMA = json.loads((ROOT / "reports" / "schema" / "verdict.schema.json").read_text(encoding="utf-8"))
NAMES = {
    "AADC-OLD": "host",
    "contoso.com": "domain",
    "CONTOSO": "netbios",
    "Staff": "name",
    "<img onerror=x>": "name",
    "svc-reader": "user",
}
REDACTOR = Redactor(b"k" * 16, NAMES, frozenset({"2.5.79.0"}))
GUID = UUID("3f2504e0-4f89-11d3-9a0c-0305e82c3301")
SID = "S-1-5-21-1004336348-1177238915-682003330-512"
OTHER_SID = "S-1-5-21-1004336348-1177238915-682003330-10001100"
TOKEN_OF_A_GUID = r"00000000-[0-9a-f]{4}-8[0-9a-f]{3}-8[0-9a-f]{3}-[0-9a-f]{12}"

FOUND = {
    "a computer": ("AADC-OLD is active", r"host-\w{10} is active"),
    "a computer in other letters": ("aadc-old is active", r"host-\w{10} is active"),
    "a host in its domain": ("AADC-OLD.contoso.com:5986", r"host-\w{10}\.domain-\w{10}:5986"),
    "an account": ("CONTOSO\\svc-reader", r"netbios-\w{10}\\user-\w{10}"),
    "a UPN": ("ada@contoso.com wrote", r"user-\w{10}@domain-\w{10} wrote"),
    "a DN in a sentence": (
        "CN=Staff,OU=Groups,DC=contoso,DC=com has 12 members",
        r"CN=name-\w{10},OU=ou-\w{10},DC=domain-\w{10} has 12 members",
    ),
    "a DN with commas and signs": (
        r"CN=Smith\, Ada = x,OU=A\,B,DC=contoso,DC=com",
        r"CN=name-\w{10},OU=ou-\w{10},DC=domain-\w{10}",
    ),
    "a domain alone as DN": ("DC=contoso,DC=com", r"DC=domain-\w{10}"),
    "a name that is markup": ("<img onerror=x> has no members", r"name-\w{10} has no members"),
    "a SID": (f"its SID is {SID}.", r"its SID is S-1-5-21-\d+-\d+-\d+-512\."),
    "a GUID": (f"/groups/{GUID}/members", rf"/groups/{TOKEN_OF_A_GUID}/members"),
    "an address": ("127.0.0.1:5986 and [fe80::1]:443", r"ip-\w{10}:5986 and \[ip-\w{10}\]:443"),
    "a name in the line of a request": (
        f"GET /v1.0/groups?$filter=onPremisesSecurityIdentifier%20eq%20%27{SID}%27",
        r"GET /v1\.0/groups\?\$filter=onPremisesSecurityIdentifier eq 'S-1-5-21-\d+-\d+-\d+-512'",
    ),
    "a tenant's domain": ("contoso.onmicrosoft.com - AAD", r"domain-\w{10}\.onmicrosoft\.com - AAD"),
    "an account of a sync server": (
        "Sync_AADC-OLD_ebe306f16a34@contoso.onmicrosoft.com",
        r"Sync_host-\w{10}_[0-9a-f]{12}@domain-\w{10}\.onmicrosoft\.com",
    ),
    "an application of a sync server": (
        "ConnectSyncProvisioning_AADC-OLD_ebe306f16a34 has it",
        r"ConnectSyncProvisioning_host-\w{10}_[0-9a-f]{12} has it",
    ),
    "an account in Active Directory": ("CONTOSO\\MSOL_ebe306f16a34", r"netbios-\w{10}\\MSOL_[0-9a-f]{12}"),
    "an unknown host in a known domain": ("ask dc01.contoso.com.", r"ask host-\w{10}\.domain-\w{10}\."),
}
LEFT = (
    "the build is 2.5.79.0",
    "Get-ADSyncScheduler | Select-Object SyncCycleEnabled",
    r"HKLM:\SYSTEM\CurrentControlSet\Services\ADSync\Parameters",
    f"Get-ADSyncConnector -Identifier {ENTRA_CONNECTOR}",
    "read at 2026-11-20T06:45:12Z, 06:45:12",
    "In from AD - Staffing",
    "12 of the staff",
    "a" * 64,
)


@pytest.mark.parametrize("case", FOUND)
def test_a_name_becomes_a_token_and_the_sentence_around_it_stays(case: str) -> None:
    text, expected = FOUND[case]

    assert re.fullmatch(expected, REDACTOR.redact_text(text))


@pytest.mark.parametrize("text", LEFT)
def test_what_names_nobody_stays(text: str) -> None:
    assert REDACTOR.redact_text(text) == text


def test_the_same_name_is_the_same_token_wherever_it_stands() -> None:
    token = REDACTOR.token("domain", "contoso.com")

    assert REDACTOR.redact_text("AADC-OLD.contoso.com").endswith(f".{token}")
    assert REDACTOR.redact_text("DC=Contoso,DC=com") == f"DC={token}"
    assert REDACTOR.redact_text("Sync_aadc-old_ebe306f16a34").startswith(f"Sync_{REDACTOR.token('host', 'AADC-OLD')}_")
    assert REDACTOR.redact_text("ada@contoso.com").endswith(f"@{token}")
    staff = REDACTOR.token("name", "Staff")
    assert REDACTOR.redact_text("Staff") == staff
    assert staff in REDACTOR.redact_text("CN=Staff,OU=Groups,DC=contoso,DC=com")


def test_an_object_has_one_token_as_guid_as_source_anchor_and_as_dn_of_the_entra_connector() -> None:
    anchor = base64.b64encode(GUID.bytes_le).decode()
    token = REDACTOR.redact_text(str(GUID))
    token_of_the_anchor = base64.b64encode(UUID(token).bytes_le).decode()

    assert REDACTOR.redact_text(str(GUID).upper()) == token.upper()
    assert REDACTOR.redact_text(f"{{{GUID}}}") == f"{{{token}}}"
    assert REDACTOR.redact_text(f"its anchor is {anchor}") == f"its anchor is {token_of_the_anchor}"
    assert REDACTOR.redact_text(f"{dn_of(anchor)} is missing") == f"{dn_of(token_of_the_anchor)} is missing"


def test_a_sid_has_one_token_as_text_in_base64_and_as_numbers() -> None:
    numbers = [int(part) for part in OTHER_SID.split("-")[3:]]
    raw = bytes([1, len(numbers), 0, 0, 0, 0, 0, 5]) + struct.pack(f"<{len(numbers)}I", *numbers)
    token = REDACTOR.redact_text(OTHER_SID)

    assert token != OTHER_SID
    assert read_sid(REDACTOR.redact_text(base64.b64encode(raw).decode())) == token
    assert read_sid(REDACTOR.redact_json(list(raw))) == token
    assert REDACTOR.redact_text(SID).rpartition("-")[0] == token.rpartition("-")[0], "they are of one domain"


def test_the_sid_of_an_object_of_entra_leads_to_the_token_of_the_object() -> None:
    sid = "S-1-12-1-" + "-".join(map(str, struct.unpack("<4I", GUID.bytes_le)))
    parts = REDACTOR.redact_text(sid).split("-")

    assert parts[:4] == ["S", "1", "12", "1"]
    assert str(UUID(bytes_le=struct.pack("<4I", *map(int, parts[4:])))) == REDACTOR.redact_text(str(GUID))


def test_no_two_members_of_a_domain_get_one_token() -> None:
    domain = SID.rpartition("-")[0]
    tokens = {REDACTOR.tokens.sid(f"{domain}-{rid}") for rid in range(900, 21_000)}

    assert len(tokens) == 21_000 - 900


@pytest.mark.parametrize("nobody", ["S-1-5-32-544", "S-1-1-0", ENTRA_CONNECTOR, SYNC_ACCOUNTS, str(UUID(int=0))])
def test_identifiers_that_are_the_same_everywhere_stay(nobody: str) -> None:
    assert REDACTOR.redact_text(f"it is {nobody}.") == f"it is {nobody}."


def test_a_source_anchor_that_is_no_guid_has_one_token_in_graph_and_on_the_entra_connector() -> None:
    assert REDACTOR.redact_text(dn_of("E-4711")) == dn_of(REDACTOR.tokens.anchor("E-4711"))


def test_the_key_decides_about_the_tokens() -> None:
    again, other = Redactor(b"k" * 16, NAMES), Redactor(b"o" * 16, NAMES)

    assert again.redact_text("Staff") == REDACTOR.redact_text("Staff")
    assert other.redact_text("Staff") != REDACTOR.redact_text("Staff")
    assert (again.key_id == REDACTOR.key_id, other.key_id == REDACTOR.key_id) == (True, False)


def test_keys_of_facts_are_redacted_and_words_of_the_suite_are_not() -> None:
    given: Any = {"gate": "promote", "title": "Staff", "facts": {"AADC-OLD": {"gate": "Staff"}}, "n": [1, None, True]}

    redacted = REDACTOR.redact_json(given)

    host, staff = REDACTOR.token("host", "AADC-OLD"), REDACTOR.token("name", "Staff")
    assert redacted == {"gate": "promote", "title": "Staff", "facts": {host: {"gate": staff}}, "n": [1, None, True]}


@given(st.text(max_size=60), st.sampled_from(sorted(NAMES)), st.text(max_size=60))
def test_no_known_name_is_left_as_a_word_in_any_text(before: str, name: str, after: str) -> None:
    redacted = REDACTOR.redact_text(f"{before} {name} {after}")

    assert not re.search(rf"(?<!\w){re.escape(name)}(?!\w)", redacted)


HOSTILE = """
@check("LG-01v2", reads=("tenant.organization", "new.connectors", "new.computer_name"))
def test_groups(result):
    result.failed("Board & Friends", "CN=Board & Friends,OU=G,DC=fabrikam,DC=example has 3 members more",
                  {"NEW": "active", "sid": "%s", "id": "%s"})
""" % (SID, GUID)  # noqa: UP031 - braces stand in the text


def _house(house: House) -> None:
    house.checks(HOSTILE)
    house.answer("new", "computer_name", {"ComputerName": "NEW"})
    house.answer("new", "connectors", [{"Name": "fabrikam.example"}, {"Name": "fabrikam.onmicrosoft.com - AAD"}])
    house.answer(
        "tenant",
        "organization",
        {"value": [{"displayName": "Fabrikam Inc", "verifiedDomains": [{"name": "fabrikam.example"}]}]},
    )


PRIVATE = (
    "fabrikam", "Board &", SID, str(GUID), "old.example", "new.example", "00000000-0000-0000-0000-000000000001",
)  # fmt: skip


def test_the_redacted_copy_names_nobody_and_the_original_stays(house: House) -> None:
    _house(house)
    key = house.pytester.path / "redact.key"
    key.touch(mode=0o600)
    key.write_text("0123456789abcdef")

    assert house.gate("--redact", "--redact-key", "redact.key").ret == 1

    folder = (house.runs / "latest" / "redacted").resolve()
    left = ["ctrf.json", "evidence.zip", "junit.xml", "report.html", "verdict.json"]
    assert sorted(path.name for path in folder.iterdir()) == left
    for path in folder.iterdir():
        text = path.read_text(encoding="utf-8", errors="replace")
        for private in PRIVATE:
            assert private.casefold() not in text.casefold(), (path.name, private)
    assert "Board & Friends" in house.file("verdict.json")
    redacted = json.loads((folder / "verdict.json").read_text(encoding="utf-8"))
    jsonschema.validate(redacted, SCHEMA)
    (row,) = redacted["checks"][0]["rows"]
    assert row["reason"].startswith(f"CN={row['subject']},")
    first = redacted["redacted"]["key_id"]
    house.gate("--redact", "--redact-key", "redact.key")
    again = json.loads((house.runs / "latest" / "redacted" / "verdict.json").read_text(encoding="utf-8"))
    assert again["redacted"]["key_id"] == first
    assert again["checks"][0]["rows"][0]["subject"] == row["subject"]


def test_cross_references_between_checks_and_reads_survive(house: House) -> None:
    _house(house)

    house.gate("--redact")

    document = json.loads((house.runs / "latest" / "redacted" / "verdict.json").read_text(encoding="utf-8"))
    assert set(document["checks"][0]["reads"]) <= {read["id"] for read in document["reads"]}


@pytest.mark.parametrize("content", ["short", None])
def test_a_key_that_is_no_key_is_refused_before_anyone_is_asked(house: House, content: str | None) -> None:
    _house(house)
    if content:
        (house.pytester.path / "redact.key").write_text(content)
        (house.pytester.path / "redact.key").chmod(0o600)

    assert house.gate("--redact", "--redact-key", "redact.key").ret == 4
    assert house.gate("--redact-key", "redact.key").ret == 4
    assert house.asked == []


def test_a_redacted_copy_that_cannot_be_written_is_no_go(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    house.checks('@check("EP-01v1")\ndef test_it(result): result.passed("x", "fine")\n')
    monkeypatch.setattr("plugins.redacted.ctrf_json", lambda _: 1 / 0)

    assert house.gate("--redact").ret == 10
    assert not (house.runs / "latest" / "redacted").exists()
    assert not (house.runs / "latest" / "report.html").exists()
