"""An environment file is read, or refused by a sentence a person can act on."""

from __future__ import annotations

from pathlib import Path

import pytest

from fixtures.environment import SecretError, UnusableFileError, load

GOOD = """\
[servers.old]
purpose = "old"
host = "sync01.contoso.com"
username = 'CONTOSO\\reader'
password = "env:OLD"
computer_name = "SYNC01"

[servers.new]
purpose = "new"
host = "sync02.contoso.com"
username = 'CONTOSO\\reader'
password = "env:NEW"
computer_name = "SYNC02"

[tenant]
id = "00000000-0000-0000-0000-000000000001"
client_id = "00000000-0000-0000-0000-000000000002"
authentication = "secret"
client_secret = "env:GRAPH"

[plan]
kind = "v2-endpoint"

[groups]
over = 50000
prove = [
  { dn = "CN=Staff,OU=Groups,DC=contoso,DC=com" },
]

[[attestations]]
name = "backup"
author = "a person"
made_at = 2026-03-01T08:00:00Z
expires_at = 2026-03-08T08:00:00Z
statement = "It was restored once."
"""


def written(folder: Path, text: str) -> Path:
    path = folder / "environment.toml"
    path.write_text(text)
    return path


def refused(folder: Path, old: str, new: str) -> list[str]:
    assert old in GOOD
    with pytest.raises(UnusableFileError) as raised:
        load(written(folder, GOOD.replace(old, new, 1)))
    return raised.value.problems


def test_a_good_file_is_read(tmp_path: Path) -> None:
    environment = load(written(tmp_path, GOOD))
    assert environment.old.target == "sync01.contoso.com:5986"
    assert environment.new.name == "new"
    assert environment.new.configuration_name == "SwingGate"
    assert environment.tenant.graph_url == "https://graph.microsoft.com"
    assert environment.groups.prove[0].key == "CN=Staff,OU=Groups,DC=contoso,DC=com"
    assert environment.policy.budget_of("anything").deletes == 0


@pytest.mark.parametrize(
    ("old", "new", "line", "parts"),
    [
        ('purpose = "old"', 'purpose = "pilot"', 2, ("servers.old.purpose", "'pilot'", "'old', 'new' or 'standby'")),
        (
            'computer_name = "SYNC01"',
            'computer_name = "S"\nhots = "x"',
            7,
            ("servers.old.hots", "means nothing here", "host"),
        ),
        (
            'computer_name = "SYNC01"',
            'computer_name = "S"\nport = 99999',
            7,
            ("servers.old.port", "99999", "less than or equal to 65535"),
        ),
        ('computer_name = "SYNC02"', "", 8, ("servers.new.computer_name", "found nothing", "missing")),
        ('kind = "v2-endpoint"', 'kind = "swing"', 22, ("plan.kind", "'swing'", "'version-swing'")),
        ('id = "00000000-0000-0000-0000-000000000001"', 'id = "contoso"', 16, ("tenant.id", "'contoso'", "a GUID")),
        ("over = 50000", 'over = "many"', 25, ("groups.over", "'many'", "a whole number")),
        ("over = 50000", "over = 300000", 25, ("groups.over", "300000", "less than or equal to 250000")),
        ('{ dn = "CN=Staff,OU=Groups,DC=contoso,DC=com" }', '{ dn = "Staff" }', 27, ("groups.prove[0].dn", "'Staff'")),
        ('{ dn = "CN=Staff,OU=Groups,DC=contoso,DC=com" }', "{ }", 27, ("groups.prove[0]", "exactly one of dn")),
        ("made_at = 2026-03-01T08:00:00Z", "made_at = 2026-03-01T08:00:00", 33, ("attestations[0].made_at", "zone")),
        ("2026-03-08", "2026-02-08", 30, ("attestations[0]", "expires_at is not later")),
        ('purpose = "new"', 'purpose = "old"', 1, ("more than one server has the purpose old",)),
        ('"v2-endpoint"', '"v2-endpoint"\nexpected_active = "x"', 1, ("plan.expected_active is 'x'", "old, new")),
        ("[plan]", "[endpoint]\nmember_limit = 250001\n\n[plan]", 21, ("endpoint", "50,001 to 250,000")),
    ],
)
def test_a_mistake_is_told_by_line_key_what_was_found_and_what_is_accepted(
    tmp_path: Path, old: str, new: str, line: int, parts: tuple[str, ...]
) -> None:
    (problem,) = refused(tmp_path, old, new)
    assert f"environment.toml:{line}: " in problem
    for part in parts:
        assert part in problem


def test_every_mistake_is_told_at_once(tmp_path: Path) -> None:
    problems = refused(tmp_path, 'host = "sync01.contoso.com"', "hots = 1\nport = 0")
    assert len(problems) == 3


def test_a_plain_password_is_refused_and_not_shown(tmp_path: Path) -> None:
    (problem,) = refused(tmp_path, '"env:OLD"', '"hunter2"')
    assert "environment.toml:5: servers.old.password" in problem
    assert "hunter2" not in problem
    assert "7 characters" in problem
    assert "env:NAME" in problem


def test_a_plain_client_secret_with_a_colon_is_refused(tmp_path: Path) -> None:
    (problem,) = refused(tmp_path, '"env:GRAPH"', '"abc:def~x"')
    assert "abc:def" not in problem
    assert "keyring:SERVICE/USER" in problem


def test_basic_authentication_over_http_is_refused(tmp_path: Path) -> None:
    (problem,) = refused(
        tmp_path, 'host = "sync01.contoso.com"', 'host = "h"\ntransport = "http"\nauthentication = "basic"'
    )
    assert "in clear" in problem


def test_germany_is_refused_with_the_reason(tmp_path: Path) -> None:
    (problem,) = refused(tmp_path, 'authentication = "secret"', 'authentication = "secret"\ncloud = "germany"')
    assert "environment.toml:19: tenant.cloud: found 'germany'" in problem
    assert "never had the V2 endpoint" in problem
    assert "us-gov-l4" in problem


def test_a_file_that_is_no_toml_is_told_by_line(tmp_path: Path) -> None:
    with pytest.raises(UnusableFileError, match=r"environment.toml:1: not TOML: Expected ']'"):
        load(written(tmp_path, "[servers\n"))


@pytest.mark.parametrize(
    ("old", "new", "line", "hint"),
    [
        ('"v2-endpoint"', "v2-endpoint", "22: kind: not TOML", "a text stands in quotes"),
        ("'CONTOSO\\reader'", '"CONTOSO\\gate"', "4: username: not TOML", "double quotes"),
        ('"SYNC01"', '"SYNC01"\ncomputer_name = "S"', "7: computer_name: not TOML", "the key stands twice"),
        ('"SYNC01"', '"SYNC01', "6: computer_name: not TOML", "the closing quote is missing"),
    ],
)
def test_a_slip_of_the_pen_is_told_by_line_key_and_a_hint(
    tmp_path: Path, old: str, new: str, line: str, hint: str
) -> None:
    (problem,) = refused(tmp_path, old, new)
    assert f"environment.toml:{line}" in problem
    assert problem.endswith(hint)


def test_a_line_that_is_no_toml_is_not_shown_because_a_secret_may_stand_in_it(tmp_path: Path) -> None:
    (problem,) = refused(tmp_path, '"env:OLD"', "hunter2")
    assert "environment.toml:5: password: not TOML" in problem
    assert "hunter2" not in problem


@pytest.mark.parametrize(
    ("new", "told"),
    [
        ('over = "50000"', "found the text '50000', in quotes; accepted: a whole number"),
        ("over = true", "found true; accepted: a whole number"),
    ],
)
def test_a_number_in_quotes_is_refused(tmp_path: Path, new: str, told: str) -> None:
    (problem,) = refused(tmp_path, "over = 50000", new)
    assert problem.endswith(told)


@pytest.mark.parametrize("value", ['"off"', '"false"', "0"])
def test_a_switch_is_true_or_false_and_nothing_that_could_be_read_as_such(tmp_path: Path, value: str) -> None:
    (problem,) = refused(tmp_path, 'computer_name = "SYNC01"', f'computer_name = "S"\nchannel_binding = {value}')
    assert problem.endswith("accepted: true or false")


def test_an_account_with_a_backslash_that_became_something_else_is_refused(tmp_path: Path) -> None:
    (problem,) = refused(tmp_path, "'CONTOSO\\reader'", '"CONTOSO\\reader"')
    assert "environment.toml:4: servers.old.username" in problem
    assert "single quotes" in problem


def test_a_misspelt_key_is_told_with_the_closest_ones(tmp_path: Path) -> None:
    (problem,) = refused(tmp_path, "username = ", "user_name = ")
    assert problem.endswith("closest: username, service_name")


def test_a_missing_file_is_told(tmp_path: Path) -> None:
    with pytest.raises(UnusableFileError, match="cannot be read"):
        load(tmp_path / "nowhere.toml")


def test_a_secret_file_that_others_can_read_is_refused(tmp_path: Path) -> None:
    secret = tmp_path / "old.password"
    secret.write_text("x")
    secret.chmod(0o644)
    (problem,) = refused(tmp_path, '"env:OLD"', '"file:old.password"')
    assert "environment.toml:5: servers.old.password" in problem
    assert "mode 0644" in problem


def test_a_secret_file_is_read_relative_to_the_environment_file(tmp_path: Path) -> None:
    secret = tmp_path / "old.password"
    secret.write_text("correct horse")
    secret.chmod(0o600)
    environment = load(written(tmp_path, GOOD.replace('"env:OLD"', '"file:old.password"')))
    assert environment.old.password is not None
    assert environment.secret(environment.old.password) == b"correct horse"


def test_a_variable_that_is_not_set_is_no_secret(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("OLD", raising=False)
    environment = load(written(tmp_path, GOOD))
    with pytest.raises(SecretError, match="OLD is not set"):
        environment.secret("env:OLD")


def test_the_digest_follows_the_content_and_not_the_layout(tmp_path: Path) -> None:
    one = load(written(tmp_path, GOOD)).digest
    assert load(written(tmp_path, "# a comment\n" + GOOD)).digest == one
    assert load(written(tmp_path, GOOD.replace("50000", "50001", 1))).digest != one


def test_a_national_cloud_brings_its_addresses(tmp_path: Path) -> None:
    text = GOOD.replace('authentication = "secret"', 'authentication = "secret"\ncloud = "us-gov-l5"')
    tenant = load(written(tmp_path, text)).tenant
    assert tenant.graph_url == "https://dod-graph.microsoft.us"
    assert tenant.authority_url == "https://login.microsoftonline.us"
    assert tenant.scope == "https://dod-graph.microsoft.us/.default"


def test_the_environment_cannot_be_changed(tmp_path: Path) -> None:
    environment = load(written(tmp_path, GOOD))
    with pytest.raises(ValueError, match="frozen"):
        setattr(environment.plan, "kind", "in-place")  # noqa: B010 - the type checker knows too


def test_the_example_of_the_docs_is_accepted() -> None:
    environment = load(Path(__file__).parents[2] / "docs" / "environment.toml")

    assert [server.purpose for server in environment.servers.values()] == ["old", "new"]


@pytest.mark.parametrize(
    ("old", "new", "part"),
    [
        ('host = "sync02.contoso.com"', 'host = "SYNC01.contoso.com"', "both have the host sync01.contoso.com"),
        ('computer_name = "SYNC02"', 'computer_name = "sync01"', "both have the computer_name sync01"),
        ("prove = [", 'prove = [\n  { dn = "CN=STAFF,OU=Groups,DC=contoso,DC=com" },', "twice"),
        ("[groups]", "[policy]\nfreshness_hours = 8784\n\n[groups]", "policy.freshness_hours"),
        ("[groups]", "[policy]\nfreshness_hours = -1\n\n[groups]", "policy.freshness_hours"),
        ("[groups]", "[policy]\nfreshness_hours = inf\n\n[groups]", "policy.freshness_hours"),
        ("[groups]", "[policy]\nfreshness_hours = nan\n\n[groups]", "policy.freshness_hours"),
        ("[groups]", "[policy]\nevent_window_hours = 0.001\n\n[groups]", "policy.event_window_hours"),
        ("[groups]", "[policy]\nclock_skew_seconds = 3600\n\n[groups]", "policy.clock_skew_seconds"),
        ("[groups]", "[policy]\nsoak_hours = nan\n\n[groups]", "policy.soak_hours"),
        ("[groups]", "[policy]\nbudget = { deletes = -1 }\n\n[groups]", "policy.budget.deletes"),
        ("[groups]", "[policy]\nbudget = { delete = 9 }\n\n[groups]", "policy.budget.delete"),
        ('computer_name = "SYNC01"', "computer_name = \"SYNC01\"\ninstall_path = 'C:\\[A-Z]*'", "install_path"),
        ('computer_name = "SYNC01"', "computer_name = \"SYNC01\"\ninstall_path = '\\\\x\\share'", "install_path"),
        ('"env:GRAPH"', '"env:GRAPH"\ngraph_url = "https://graph.microsoft.com@evil.example"', "graph_url"),
        ('"env:GRAPH"', '"env:GRAPH"\ngraph_url = "http://graph.microsoft.com"', "graph_url"),
    ],
)
def test_what_would_weaken_or_mislead_the_gate_is_refused(tmp_path: Path, old: str, new: str, part: str) -> None:
    assert part in " ".join(refused(tmp_path, old, new))


@pytest.mark.parametrize(
    ("first", "second"),
    [("2001:db8::1", "2001:DB8:0::1"), ("sync", "SYNC")],
)
def test_one_address_in_two_forms_is_one_server(tmp_path: Path, first: str, second: str) -> None:
    text = GOOD.replace("sync01.contoso.com", first).replace("sync02.contoso.com", second)
    with pytest.raises(UnusableFileError, match="are one"):
        load(written(tmp_path, text))
