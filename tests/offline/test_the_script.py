"""The collector script: a real grammar reads it, and nothing in it changes a server."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
import tree_sitter_powershell
from tree_sitter import Language, Node, Parser

from fixtures.environment import load
from fixtures.offline.pipelines import LEFT_OUT, block_text
from fixtures.offline.script import collector_script, is_asked
from fixtures.reads import SERVER_READS, allowed_commands

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).resolve().parents[2]
HELPERS = {"Join-Path", "Get-Location", "Get-Date", "ConvertTo-Json", "ConvertFrom-Json", "Import-Module", "Write-Host"}
"""Cmdlets of Windows PowerShell that the frame uses: they touch nothing."""
STATIC_CALLS = {
    "[DateTime]::UtcNow", "[Environment]::MachineName", "[Guid]::Empty", "[Math]::Max", "[Math]::Min",
    "[BitConverter]::ToString", "[regex]::Matches", "[string]::Join", "[StringComparison]::OrdinalIgnoreCase",
    "[System.StringComparer]::OrdinalIgnoreCase", "[System.Threading.Thread]::Sleep",
    "[System.Text.UTF8Encoding]::new", "[System.Security.Cryptography.SHA256]::Create",
    "[System.Collections.Generic.List[object]]::new", "[System.Collections.Generic.List[string]]::new",
    "[System.Collections.Generic.HashSet[string]]::new",
    "[System.Security.Principal.WindowsIdentity]::GetCurrent", "[System.Reflection.Assembly]::LoadWithPartialName",
    "[System.IO.Directory]::Exists", "[System.IO.Directory]::CreateDirectory", "[System.IO.File]::WriteAllBytes",
    "[System.IO.Compression.ZipFile]::CreateFromDirectory",
}  # fmt: skip
"""Members of .NET the frame uses. The last four write the output folder and its zip, and nothing else."""
NEWER_THAN_5_1 = r"\?\?|\?\.|&&|\|\||-Parallel\b|-AsHashtable\b|-AsArray\b|\bclean\s*\{|\? [^:]+ : "


def _environment(folder: Path) -> Path:
    path = folder / "environment.toml"
    path.write_text(
        """[plan]
kind = "v2-endpoint"
old_exit = "staging"
rollback = "endpoint"
[servers.old]
purpose = "old"
computer_name = "SYNC01"
source = "collected"
path = "old.zip"
[servers.new]
purpose = "new"
computer_name = "SYNC02"
source = "collected"
path = "new.zip"
[tenant]
id = "11111111-1111-1111-1111-111111111111"
client_id = "22222222-2222-2222-2222-222222222222"
authentication = "workload-identity"
token_file = "token"
[groups]
over = 40000
prove = [{ dn = "CN=O'Neill's,OU=Groups,DC=contoso,DC=com" }]
[policy]
event_window_hours = 24
"""
    )
    return path


@pytest.fixture
def tree() -> Node:
    return _parsed(collector_script())


def _parsed(text: str) -> Node:
    return Parser(Language(tree_sitter_powershell.language())).parse(text.encode()).root_node


def _nodes(node: Node, kind: str) -> Iterator[Node]:
    if node.type == kind:
        yield node
    for child in node.children:
        yield from _nodes(child, kind)


def _text(node: Node) -> str:
    return (node.text or b"").decode()


def test_the_script_is_powershell(tree: Node) -> None:
    assert not tree.has_error


def test_a_script_for_an_environment_is_powershell_and_names_its_groups(tmp_path: Path) -> None:
    text = collector_script(load(_environment(tmp_path)))
    assert not _parsed(text).has_error
    assert "[string[]]$GroupDN = @('CN=O''Neill''s,OU=Groups,DC=contoso,DC=com')" in text
    assert "[int]$Over = 40000" in text
    assert "[int]$EventHours = 25" in text


def test_every_command_is_a_read_or_a_helper_or_the_scripts_own(tree: Node) -> None:
    own = {_text(name) for name in _nodes(tree, "function_name")}
    called = {_text(name) for name in _nodes(tree, "command_name")}
    assert called - own <= (allowed_commands() | HELPERS)
    assert {name.partition("-")[0] for name in own} == {"Get", "Read", "ConvertFrom"}


def test_what_is_called_by_variable_is_only_a_block_of_the_table(tree: Node) -> None:
    invoked = [_text(node) for node in _nodes(tree, "command") if _text(node).startswith(("&", "."))]
    assert invoked == ["& $reads[$Read] @Arguments 2>&1"]


def test_no_verb_of_a_cmdlet_changes_anything(tree: Node) -> None:
    verbs = {_text(name).partition("-")[0] for name in _nodes(tree, "command_name") if "-ADSync" in _text(name)}
    assert verbs == {"Get"}
    assert "AADConnector" not in collector_script().replace("Get-ADSyncAADConnector", "").replace("AadConnector", "")


def test_members_of_dotnet_are_the_listed_ones() -> None:
    text = collector_script()
    used = set(re.findall(r"\[[A-Za-z][\w.]*(?:\[\w+\])?\]::\w+", text))
    assert used == STATIC_CALLS


def test_files_are_written_below_the_output_folder_only() -> None:
    written = re.findall(r"(?:WriteAllBytes|CreateDirectory|CreateFromDirectory)\((.+)\)", collector_script())
    assert len(written) == 4
    assert all(call.startswith(("(Join-Path -Path $OutputFolder ", "$OutputFolder,")) for call in written)


def test_no_form_is_newer_than_windows_powershell_5_1() -> None:
    code = re.sub(r"'(?:[^']|'')*'|#.*|<#.*?#>", "", collector_script(), flags=re.DOTALL)
    assert not re.search(NEWER_THAN_5_1, code)
    assert collector_script().isascii()


def test_the_blocks_are_the_table_of_reads() -> None:
    text = collector_script()
    asked = [read for read in SERVER_READS.values() if is_asked(read)]
    assert all(
        f"    '{read.name}' = {{ {block_text(read)} }}\r\n" in text for read in asked if read.name not in LEFT_OUT
    )


def test_nothing_is_left_to_fill_in() -> None:
    assert not re.findall(r"#[A-Z]+#", collector_script())


def test_the_option_writes_the_script_and_says_what_to_do(tmp_path: Path) -> None:
    out, environment = tmp_path / "out.ps1", _environment(tmp_path)
    command = [sys.executable, "-m", "pytest", f"--collect-script={out}", f"--environment={environment}"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=300, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    assert 'source = "collected"' in done.stdout
    assert out.read_bytes().startswith(b"\xef\xbb\xbf#Requires -Version 5.1\r\n")


def test_a_gate_and_a_script_are_not_asked_for_together(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "pytest", f"--collect-script={tmp_path / 'out.ps1'}", "--gate", "deployed"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=300, check=False)
    assert done.returncode == 4
    assert not (tmp_path / "out.ps1").exists()
