"""A configuration folder and a policy in the place of a server: the facts of the live read, and what is lacking."""

from __future__ import annotations

import os
import shutil
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from fixtures.answers import Outcome
from fixtures.environment import UnusableFileError
from fixtures.environment.systems import Server
from fixtures.facts.member_limit import member_limit
from fixtures.facts.pair import Migration
from fixtures.facts.parity import Comparison
from fixtures.facts.parity.connectors import read_connector_settings
from fixtures.facts.rule_body import namesakes, unread
from fixtures.facts.rules import read_rules
from fixtures.facts.server import ServerFacts
from fixtures.offline.configuration import open_configuration
from fixtures.offline.lacks import HELD
from fixtures.offline.policy import read_policy
from fixtures.offline.wire import UnusableSourceError
from fixtures.reads import SERVER_READS, decode, statement
from fixtures.wire.psrp import Question
from tests.offline.conftest import read

if TYPE_CHECKING:
    from collections.abc import Iterator

    from fixtures.answers import Answers
    from fixtures.offline.held import Export
    from tests.offline.conftest import Sources

SAMPLE = "SWING_GATE_SERVER_CONFIGURATION"
_WHEN = "2026-11-20T08:00:00Z"


@pytest.fixture(scope="module")
def folder(sources: Sources, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return sources.export("configuration", "new", tmp_path_factory.mktemp("brought") / "configuration")


@pytest.fixture(scope="module")
def policy(sources: Sources, tmp_path_factory: pytest.TempPathFactory) -> Path:
    to = tmp_path_factory.mktemp("brought") / "Exported-SynchronizationPolicy-1.JSON"
    return sources.export("policy", "new", to, whole="yes")


@pytest.fixture
def copy(folder: Path, tmp_path: Path) -> Path:
    shutil.copytree(folder, tmp_path / "configuration")
    return tmp_path / "configuration"


def _brought(sources: Sources, source: str, path: Path, **about: Any) -> tuple[ServerFacts, Answers]:
    files = {"new": {"source": source, "path": str(path), **about}}
    environment = sources.environment(files)
    answers = read(environment)
    return ServerFacts("new", answers, environment), answers


def _live(sources: Sources) -> tuple[ServerFacts, Answers]:
    environment = sources.environment()
    answers = read(environment)
    return ServerFacts("new", answers, environment), answers


def _differences(live: Any, brought: Any, path: str = "") -> Iterator[str]:
    """Where two JSON values differ; what is null or absent in the file is named too."""
    if isinstance(live, dict) and isinstance(brought, dict):
        for key, value in live.items():
            yield from _differences(value, brought.get(key), f"{path}.{key}")
    elif isinstance(live, list) and isinstance(brought, list) and len(live) == len(brought):
        for one, other in zip(live, brought, strict=True):
            yield from _differences(one, other, path)
    elif live != brought:
        yield path


def _in_order(value: Any) -> Any:
    return sorted(value, key=lambda row: row.get("Identifier") or row["Name"]) if isinstance(value, list) else value


def test_a_folder_gives_the_facts_of_the_live_read(sources: Sources, folder: Path) -> None:
    live, _ = _live(sources)
    brought, _ = _brought(sources, "configuration", folder)
    assert brought.rules == live.rules
    assert sorted(brought.connectors, key=str) == sorted(live.connectors, key=str)
    assert brought.parameters == live.parameters
    assert brought.limit == live.limit
    assert (brought.local_staging, brought.computer_name) == (live.local_staging, live.computer_name)
    assert (brought.account, brought.configured_build) == (live.account, live.configured_build)


def test_a_folder_gives_the_answers_of_the_live_read_except_the_listed(sources: Sources, folder: Path) -> None:
    _, live = _live(sources)
    _, brought = _brought(sources, "configuration", folder)
    held = {answer.read for answer in brought.server("new") if answer.ok}
    assert held == HELD["configuration"]
    differ = {
        f"{name}{path}"
        for name in held
        for path in _differences(_in_order(live.server("new").get(name)), _in_order(brought.server("new").get(name)))
    }
    assert differ == {
        "rules.IsLegacyCustomRule",
        "rules.JoinFilter.JoinHash",
        "rules.AttributeFlowMappings.AlwaysFlow",
        "connectors.Partitions.Parameters",
        "connectors.Partitions.PreferredDCs",
        "connectors.Partitions.Type",
        "connectors.Partitions.ConnectorPartitionScope.IsDefault",
        "connector_settings.GlobalParameters.DefaultValue",
        "connector_settings.GlobalParameters.InputType",
        "connector_settings.GlobalParameters.Scope",
        "connector_settings.RunProfiles.RunSteps.PageSize",
        "connector_settings.RunProfiles.RunSteps.Timeout",
        "connector_settings.ObjectInclusionList",
        "connector_settings.Partitions.Parameters",
        "connector_settings.Partitions.PreferredDCs",
        "connector_settings.Partitions.Type",
        "connector_settings.Partitions.ConnectorPartitionScope.IsDefault",
    }


def test_what_a_folder_cannot_tell_names_the_folder(sources: Sources, folder: Path) -> None:
    _, brought = _brought(sources, "configuration", folder)
    for answer in brought.server("new"):
        assert answer.ok or answer.outcome is Outcome.NOT_OFFERED, answer
        assert answer.ok or str(answer.error).startswith("the configuration folder configuration: "), answer
    found = brought.find("new", "scheduler")
    assert str(found.error).endswith("Get-ADSyncScheduler is not part of it")


def test_a_folder_says_when_and_where_it_was_written(sources: Sources, folder: Path) -> None:
    _, brought = _brought(sources, "configuration", folder, exported_by="CONTOSO\\ada")
    about = brought.find("new", "rules").provenance
    assert about.identity == "CONTOSO\\ada, on CONTOSO-SYNC02"
    assert abs(about.ended_at.timestamp() - time.time()) < 600
    assert "SHA-256 over all files" in about.request


def test_a_policy_gives_the_rules_of_the_live_read(sources: Sources, policy: Path) -> None:
    live, _ = _live(sources)
    brought, answers = _brought(sources, "policy", policy, exported_at=_WHEN, exported_by="ada")
    assert brought.rules == live.rules
    assert brought.limit == live.limit
    assert {answer.read for answer in answers.server("new") if answer.ok} == HELD["policy"]
    assert answers.find("new", "rules").provenance.ended_at.isoformat() == "2026-11-20T08:00:00+00:00"


def test_a_policy_gives_the_partition_filters_of_the_live_read(sources: Sources, policy: Path) -> None:
    _, live = _live(sources)
    partitions = [
        (one["DN"], one["ConnectorPartitionScope"])
        for row in live.server("new").get("connectors")
        if row["Type"] == "AD"
        for one in row["Partitions"]
    ]
    (directory,) = read_policy(policy.read_bytes()).directories
    assert [
        (one.distinguished_name, list(one.container_inclusions), list(one.container_exclusions))
        for one in directory.partition_filters
    ] == [(dn, scope["ContainerInclusionList"], scope["ContainerExclusionList"]) for dn, scope in partitions]


def test_a_policy_that_only_names_its_standard_rules_says_so(sources: Sources, tmp_path: Path) -> None:
    path = sources.export("policy", "new", tmp_path / "Applied-SynchronizationPolicy-1.JSON")
    found = read_policy(path.read_bytes())
    assert "Out to AAD - Group Join" in found.named_only
    assert {rule["IsStandardRule"] for rule in found.rules} == {False}
    _, answers = _brought(sources, "policy", path, exported_at=_WHEN, exported_by="ada")
    rules = answers.find("new", "rules")
    assert rules.outcome is Outcome.NOT_OFFERED
    assert f"holds of {len(found.named_only)} standard rules" in str(rules.error)
    assert "bring the configuration folder" in str(rules.error)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_a_policy_is_read_in_every_encoding_that_windows_saves_it_in(policy: Path, encoding: str) -> None:
    text = policy.read_text(encoding="utf-8-sig")
    assert read_policy(text.encode(encoding)) == read_policy(policy.read_bytes())


def test_rules_are_read_in_utf_16(folder: Path, copy: Path) -> None:
    for file in copy.rglob("Sync*.xml"):
        file.write_bytes(file.read_text(encoding="utf-8").encode("utf-16"))
    assert _read(_open(copy), "rules") == _read(_open(folder), "rules")


def test_a_policy_without_a_time_is_refused_in_the_environment(sources: Sources, policy: Path) -> None:
    with pytest.raises(UnusableFileError, match="needs exported_at"):
        sources.environment({"new": {"source": "policy", "path": str(policy)}})


@pytest.mark.parametrize("text", [b"", b"[]", b"{}", b'{"azureDirectoryPolicy": {}}', b'{"a": ', b"\xff\xfe{", b"\x80"])
def test_what_is_no_policy_is_refused(text: bytes) -> None:
    with pytest.raises(UnusableSourceError):
        read_policy(text)


def _open(path: Path) -> Export:
    return open_configuration(path, Server(purpose="new", source="configuration", path=path, computer_name="X"))


def _read(source: Export, name: str) -> Any:
    row = SERVER_READS[name]
    return decode(name, source.find(Question(row, statement(row, {}, jea=False))).text)


def _change(path: Path, pattern: str, *changes: tuple[str, str]) -> None:
    for file in path.rglob(pattern):
        text = file.read_text()
        for old, new in changes:
            text = text.replace(old, new)
        file.write_text(text)


def test_booleans_in_any_case_and_guids_in_upper_case_are_the_same(folder: Path, copy: Path) -> None:
    _change(copy, "Sync*.xml", ("<disabled>False<", "<disabled>false<"), ("<disabled>True<", "<disabled>TRUE<"))
    _change(copy, "Sync*.xml", ("{b891884f-051e-4a83-95af-2544101c9083}", "{B891884F-051E-4A83-95AF-2544101C9083}"))
    assert _read(_open(copy), "rules") == _read(_open(folder), "rules")


def test_elements_that_are_missing_are_empty(copy: Path) -> None:
    _change(copy, "Sync*.xml", ("<description />", ""), ("<relationshipCriteria />", ""))
    _change(copy, "Connector_*.xml", ("<description />", ""), ("<subtype />", ""))
    source = _open(copy)
    assert _read(source, "rules")
    assert len(_read(source, "connectors")) == 2


@pytest.mark.parametrize(
    ("change", "why"),
    [
        (("<direction>Outbound<", "<direction>Sideways<"), "'Sideways' is not known"),
        (("<disabled>False</disabled>", ""), "rule '.+': without disabled"),
        (("<precedence>", "<precedence-once>"), "not whole XML"),
        (("</synchronizationRule>", ""), "not whole XML"),
        (("synchronizationRule>", "rule>"), "its root is rule"),
        (("<synchronizationRule>", "<!DOCTYPE x []><synchronizationRule>"), "a document type is declared"),
    ],
)
def test_a_file_that_cannot_be_is_refused_by_name(copy: Path, change: tuple[str, str], why: str) -> None:
    _change(copy, "Sync*.xml", change)
    with pytest.raises(UnusableSourceError, match=why):
        _open(copy)


def test_a_folder_without_its_settings_is_refused(copy: Path) -> None:
    (copy / "GlobalSettings" / "MV.xml").unlink()
    with pytest.raises(UnusableSourceError, match=r"GlobalSettings/MV\.xml is missing"):
        _open(copy)


def test_no_password_and_no_watermark_is_kept(copy: Path) -> None:
    secret = '<parameter name="password" use="connectivity" encrypted="1">hidden</parameter>'
    _change(copy, "Connector_*.xml", ("</parameter-values>", f"{secret}</parameter-values>"))
    _change(copy, "Connector_*.xml", ("<custom-data>", "<custom-data><water-mark>hidden</water-mark>"))
    assert "hidden" not in repr(_open(copy).objects)


def test_a_large_schema_costs_little(copy: Path) -> None:
    filler = "<dsml:attribute ref='#a' />" * 70_000
    _change(copy, "Connector_*.xml", ('no-objectclass-validation="true" />', f'x="1">{filler}</dsml:directory-schema>'))
    started = time.process_time()
    _open(copy)
    assert time.process_time() - started < 3


def test_two_folders_are_enough_to_compare_everything_that_stands_in_them(
    sources: Sources, folder: Path, tmp_path: Path
) -> None:
    other = sources.export("configuration", "old", tmp_path / "old")
    files = {
        "new": {"source": "configuration", "path": str(folder)},
        "old": {"source": "configuration", "path": str(other)},
    }
    environment = sources.environment(files)
    comparison = Comparison(Migration(environment, read(environment), "deployed", datetime.now(UTC)))
    kinds = ("partition", "object type", "attribute", "run profile")
    assert not comparison.same_build
    assert not comparison.forests
    assert [difference for kind in kinds for difference in comparison.scope(kind)] == []
    assert comparison.object_types
    assert comparison.without_object_types == ()


@pytest.mark.skipif(SAMPLE not in os.environ, reason=f"{SAMPLE} names no exported configuration folder")
def test_a_real_export_is_read_and_limits_groups_to_50000_members() -> None:
    source = _open(Path(os.environ[SAMPLE]))
    assert len(_read(source, "connectors")) == 2
    assert _read(source, "global_parameters")
    found = member_limit(read_rules(_read(source, "rules")))
    assert not found.unreadable
    rules = read_rules(_read(source, "rules"))
    assert [
        unread(mapping.expression) for rule in rules for mapping in rule.mappings if unread(mapping.expression)
    ] == []
    assert {rule.is_standard for rule in rules} == {True}
    assert len({rule.precedence for rule in rules}) == len(rules)
    assert namesakes(rules) == ()
    settings = read_connector_settings(_read(source, "connector_settings"))
    assert set(settings) == {"Microsoft Entra ID", "forest contoso.com"}
    assert {(limit.place, limit.literal) for limit in found.limits} == {
        ("the member flow", 50_000),
        ("the scope filter", 50_000),
    }
