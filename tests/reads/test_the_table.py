"""The table of reads is the only way to send anything."""

from __future__ import annotations

import dataclasses
from typing import Any

import pytest
import tree_sitter_powershell
from tree_sitter import Language, Parser

from fixtures.jea import FOLDER, files
from fixtures.jea.source import cmdlets
from fixtures.reads import SERVER_READS, TENANT_READS, RefusedError, Statement, allowed_commands, statement
from fixtures.reads.pipeline import Command
from fixtures.reads.table import check, check_url

GUID = "b891884f-051e-4a83-95af-2544101c9083"
ARGUMENTS: dict[str, str | int] = {
    "connector": "contoso.onmicrosoft.com - AAD",
    "minimum": 49999,
    "start": 0,
    "identifier": GUID,
    "dn": r"CN=Staff\, all,OU=Groups,DC=contoso,DC=com",
    "since": "2026-03-01T08:00:00.000Z",
    "engine": r"C:\Program Files\Microsoft Azure AD Sync\Bin\miiserver.exe",
    "engine_configuration": r"C:\Program Files\Microsoft Azure AD Sync\Bin\miiserver.exe.config",
}
GRAPH = "https://graph.microsoft.com"
SUBJECTS = {"": "", "SID": "S-1-5-21-1-2-3-1104", "Entra id": GUID}


@pytest.mark.parametrize("jea", [False, True])
@pytest.mark.parametrize("name", SERVER_READS)
def test_every_read_can_be_bound_and_passes_the_check(name: str, jea: bool) -> None:
    bound = statement(SERVER_READS[name], ARGUMENTS, jea=jea)
    check(bound)
    assert str(bound).startswith("Get-")


def test_only_cmdlets_that_read_can_be_sent() -> None:
    verbs = {name.partition("-")[0] for name in allowed_commands()}
    assert verbs == {"Get", "Select", "Where", "ConvertTo"}


@pytest.mark.parametrize(
    "commands",
    [
        (Command("Set-ADSyncScheduler", (("SyncCycleEnabled", False),)),),
        (Command("Get-ADSyncScheduler", ()),),
        (Command("Get-ADSyncCSObject", (("Identifier", GUID),)), Command("Remove-ADSyncRule", ())),
        (Command("Invoke-Expression", (("Command", "Get-Date"),)),),
    ],
)
def test_a_statement_that_is_not_in_the_table_is_refused(commands: tuple[Command, ...]) -> None:
    with pytest.raises(RefusedError):
        check(Statement("group_references", commands))


def test_a_statement_of_the_table_with_one_value_changed_is_refused() -> None:
    bound = statement(SERVER_READS["rules"], {}, jea=False)
    last = dataclasses.replace(bound.commands[-1], parameters=(("Depth", 7), ("Compress", True)))
    with pytest.raises(RefusedError):
        check(dataclasses.replace(bound, commands=(*bound.commands[:-1], last)))


@pytest.mark.parametrize(
    ("name", "argument", "value"),
    [
        ("group_object", "identifier", "not a guid"),
        ("group_object", "identifier", GUID + "'; Remove-Item x"),
        ("connector_statistics", "connector", "x'; Stop-Service ADSync; '"),
        ("connector_statistics", "connector", "$(Get-Process)"),
        ("connector_statistics", "connector", "*"),
        ("group_statistics", "connector", "contoso.co[a-z]"),
        ("product_version", "engine", r"C:\Program[ ]Files\miiserver.exe"),
        ("group_object_by_dn", "dn", "Staff"),
        ("group_object_by_dn", "dn", "CN=a\nb"),
        ("group_statistics", "minimum", -1),
        ("group_statistics", "minimum", "1"),
        ("events_adsync", "since", "yesterday"),
        ("product_version", "engine", r"\\other\share\miiserver.exe"),
    ],
)
def test_an_argument_that_does_not_look_like_its_kind_is_refused(name: str, argument: str, value: Any) -> None:
    with pytest.raises(RefusedError, match=argument):
        statement(SERVER_READS[name], {**ARGUMENTS, argument: value}, jea=False)


@pytest.mark.parametrize("name", TENANT_READS)
def test_every_graph_request_passes_the_check(name: str) -> None:
    read = TENANT_READS[name]
    check_url(GRAPH, "GET", read.url(GRAPH, SUBJECTS[read.subject]))


@pytest.mark.parametrize(
    ("method", "url"),
    [
        ("POST", f"{GRAPH}/v1.0/organization"),
        ("DELETE", f"{GRAPH}/v1.0/groups/{GUID}"),
        ("GET", f"{GRAPH}/v1.0/users"),
        ("GET", f"{GRAPH}/v1.0/organization"),
        ("GET", f"{GRAPH}/v1.0/groups/{GUID}/owners"),
        ("GET", f"{GRAPH}.example.com/v1.0/organization"),
        ("GET", f"{GRAPH}/v1.0/groups?$filter=onPremisesSecurityIdentifier eq 'x'"),
        ("GET", f"{GRAPH}/v1.0/groups/{GUID}/members?$top=1"),
        ("GET", "https://elsewhere/v1.0/groups/" + GUID + "/members?$skiptoken=x"),
    ],
)
def test_any_other_graph_request_is_refused(method: str, url: str) -> None:
    with pytest.raises(RefusedError):
        check_url(GRAPH, method, url)


def test_a_later_page_of_members_is_allowed() -> None:
    check_url(GRAPH, "GET", f"{GRAPH}/v1.0/groups/{GUID}/members?$top=999&$skiptoken=abc")
    check_url(GRAPH, "GET", f"{GRAPH}/v1.0/groups/{GUID}/members?%24top=999&%24skiptoken=abc")


def test_a_subject_that_is_none_is_refused() -> None:
    with pytest.raises(RefusedError):
        TENANT_READS["members"].url(GRAPH, "../users")


@pytest.mark.parametrize("name", files())
def test_the_shipped_jea_files_are_the_generated_ones(name: str) -> None:
    assert (FOLDER / name).read_text(encoding="utf-8") == files()[name]


@pytest.mark.parametrize("name", files())
def test_the_shipped_jea_files_parse_as_powershell(name: str) -> None:
    parser = Parser(Language(tree_sitter_powershell.language()))
    assert not parser.parse(files()[name].encode()).root_node.has_error


def test_the_role_capability_names_no_wildcard_and_no_cmdlet_that_writes() -> None:
    assert all("\\" in name and "*" not in name for name in cmdlets())
    assert not any("AADConnector" in name for name in cmdlets())
    assert {name.partition("\\")[2].partition("-")[0] for name in cmdlets()} == {"Get", "Select", "Where", "ConvertTo"}


def test_what_jea_offers_is_what_the_table_asks_there() -> None:
    own = {name.partition("\\")[2] for name in cmdlets()} | {
        read.function.name for read in SERVER_READS.values() if read.function
    }
    for read in SERVER_READS.values():
        if read.on_jea:
            assert {step.cmdlet for step in read.pipeline_on(jea=True)} <= own
