"""The reads against a lab: what is asked over WS-Man and over HTTPS, and what every kind of failure becomes."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest

from fixtures.answers import MissingAnswer, Outcome, digest
from fixtures.reads import References, decode

if TYPE_CHECKING:
    from pathlib import Path

    from fixtures.answers import Answers
    from tests.reads.conftest import Lab

pytestmark = pytest.mark.timeout(600)

FIXED = (
    "scheduler",
    "run_marks",
    "global_settings",
    "computer_name",
    "adsync_parameters",
    "product_version",
    "service",
)


def admin(text: dict[str, Any], *, configuration: str = "Microsoft.PowerShell", lab: Lab) -> None:
    for name, server in text["servers"].items():
        server["username"] = lab.about["servers"][name]["admin"]["username"]
        server["password"] = lab.secret(f"{name}.admin", lab.about["servers"][name]["admin"]["password"])
        server["configuration_name"] = configuration


def values(answers: Answers, server: str) -> dict[tuple[str, str], Any]:
    return {
        (answer.read, answer.subject): answer.value
        for answer in answers.server(server)
        if answer.ok and not answer.read.startswith("events")
    }


def test_a_whole_promote_run_stays_within_forty_requests_per_server(lab: Lab) -> None:
    answers = lab.collect("promote")
    counts = lab.counts()
    assert counts["old", "wsman"] <= 40
    assert counts["new", "wsman"] <= 40
    assert counts["old", "authentication"] == counts["new", "authentication"] == counts["tenant", "token"] == 1
    assert {answer.outcome for answer in answers} == {Outcome.OK, Outcome.NOT_OFFERED}
    assert all(answer.provenance.attempts == 1 for answer in answers)


def test_the_jea_endpoint_and_the_full_endpoint_give_the_same_answers(lab: Lab) -> None:
    over_jea = lab.collect("promote")
    over_full = lab.collect("promote", change=lambda text: admin(text, lab=lab))
    for server in ("old", "new"):
        jea, full = values(over_jea, server), values(over_full, server)
        assert set(full) - set(jea) == {("import_api_version", ""), ("export_api_version", "")}
        assert {key: full[key] for key in jea} == jea
    assert over_full.server("new").get("export_api_version") == 2
    assert over_jea.server("new").find("export_api_version").outcome is Outcome.NOT_OFFERED


@pytest.mark.parametrize(
    ("transport", "authentication"), [("https", "ntlm"), ("https", "basic"), ("http", "negotiate"), ("http", "ntlm")]
)
def test_every_transport_and_authentication_gives_answers(lab: Lab, transport: str, authentication: str) -> None:
    def change(text: dict[str, Any]) -> None:
        server = text["servers"]["new"]
        server["transport"], server["authentication"] = transport, authentication
        server["port"] = lab.about["servers"]["new"][f"{transport}_port"]

    answers = lab.collect(change=change, wanted={("new", read) for read in FIXED})
    assert {answer.outcome for answer in answers} == {Outcome.OK}


def test_a_wrong_password_is_tried_once_and_is_every_answer_of_that_system(lab: Lab) -> None:
    def change(text: dict[str, Any]) -> None:
        text["servers"]["new"]["username"] = ".\\swing-reader"
        text["servers"]["new"]["password"] = lab.secret("wrong", "not it")

    answers = lab.collect(change=change)
    assert {answer.outcome for answer in answers.server("new")} == {Outcome.AUTHENTICATION}
    assert answers.server("old").find("rules").ok
    assert answers.tenant.find("organization").ok
    attempts = [line for line in lab.log() if line["system"] == "new" and line["kind"] == "authentication"]
    assert len(attempts) == 1


def test_a_refused_domain_account_is_not_tried_on_the_next_server(lab: Lab) -> None:
    def change(text: dict[str, Any]) -> None:
        for server in text["servers"].values():
            server["password"] = lab.secret("wrong", "not it")

    answers = lab.collect(change=change)
    for server in ("old", "new"):
        assert {answer.outcome for answer in answers.server(server)} == {Outcome.AUTHENTICATION}
    assert len([line for line in lab.log() if line["kind"] == "authentication"]) == 1


def test_a_wrong_client_secret_is_tried_once_and_is_every_answer_of_the_tenant(lab: Lab) -> None:
    def change(text: dict[str, Any]) -> None:
        del text["tenant"]["certificate"]
        text["tenant"]["authentication"] = "secret"
        text["tenant"]["client_secret"] = lab.secret("wrong", "not it")

    answers = lab.collect(change=change)
    assert {answer.outcome for answer in answers.tenant} == {Outcome.AUTHENTICATION}
    assert lab.counts()["tenant", "token"] == 1


def test_a_client_secret_signs_in_too(lab: Lab) -> None:
    def change(text: dict[str, Any]) -> None:
        del text["tenant"]["certificate"]
        text["tenant"]["authentication"] = "secret"
        text["tenant"]["client_secret"] = lab.secret("right", lab.about["tenant"]["client_secret"])

    answers = lab.collect(change=change, wanted={("tenant", "organization")})
    assert answers.tenant.get("organization")["id"] == lab.about["tenant"]["tenant_id"]


def test_an_unreachable_server_leaves_the_others_their_answers(lab: Lab) -> None:
    lab.fault("server-unreachable", server="old")
    answers = lab.collect()
    assert {answer.outcome for answer in answers.server("old")} == {Outcome.UNREACHABLE}
    assert answers.server("old").find("group_object").error
    assert answers.server("new").find("rules").ok


def test_an_unreachable_tenant_is_every_answer_of_the_tenant(lab: Lab) -> None:
    lab.fault("tenant-unreachable")
    answers = lab.collect()
    assert {answer.outcome for answer in answers.tenant} == {Outcome.UNREACHABLE}
    assert answers.server("old").find("rules").ok


def test_a_denied_read_is_denied_and_the_others_are_not(lab: Lab) -> None:
    lab.fault("read-denied", server="new", cmdlet="Get-ADSyncRule")
    answers = lab.collect(wanted={("new", "rules"), ("new", "overrides"), ("new", "service")})
    assert answers.server("new").find("rules").outcome is Outcome.DENIED
    assert answers.server("new").find("overrides").ok
    assert answers.server("new").find("service").ok


def test_a_read_that_hangs_times_out_and_the_others_are_read(lab: Lab) -> None:
    lab.fault("read-hangs", server="new", cmdlet="Get-ADSyncRule")
    answers = lab.collect(
        change=lambda text: text["policy"].update(read_limit_seconds=4),
        wanted={("new", "rules"), ("new", "overrides"), ("new", "service"), ("new", "runs")},
    )
    assert answers.server("new").find("rules").outcome is Outcome.TIMED_OUT
    assert {answer.read for answer in answers if not answer.ok} == {"rules"}


def test_a_restricted_remote_server_endpoint_is_named_as_the_cause(lab: Lab) -> None:
    def change(text: dict[str, Any]) -> None:
        text["servers"]["new"]["configuration_name"] = "RestrictedRemoteServer"

    answers = lab.collect(change=change)
    outcomes = {(answer.outcome, "RestrictedRemoteServer" in (answer.error or "")) for answer in answers.server("new")}
    assert outcomes == {(Outcome.NOT_OFFERED, True)}
    assert lab.counts()["new", "wsman"] < 15


def test_a_full_endpoint_refuses_a_reader(lab: Lab) -> None:
    def change(text: dict[str, Any]) -> None:
        text["servers"]["new"]["configuration_name"] = "Microsoft.PowerShell"

    answers = lab.collect(change=change)
    assert {answer.outcome for answer in answers.server("new")} == {Outcome.DENIED}


def test_an_unknown_configuration_is_not_offered(lab: Lab) -> None:
    def change(text: dict[str, Any]) -> None:
        text["servers"]["new"]["configuration_name"] = "Elsewhere"

    answers = lab.collect(change=change, wanted={("new", "rules")})
    assert answers.server("new").find("rules").outcome is Outcome.NOT_OFFERED


def test_a_certificate_that_is_not_trusted_is_not_overlooked(lab: Lab) -> None:
    def change(text: dict[str, Any]) -> None:
        del text["servers"]["new"]["ca_file"]
        del text["tenant"]["ca_file"]

    answers = lab.collect(change=change, wanted={("new", "rules"), ("tenant", "organization")})
    for answer in (answers.server("new").find("rules"), answers.tenant.find("organization")):
        assert answer.outcome is Outcome.UNREACHABLE
        assert "certificate is not trusted" in (answer.error or "")


def test_proxies_and_passwords_of_the_surroundings_are_not_used(
    lab: Lab, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """Credentials and answers go straight between this machine and the systems the environment file names."""
    (tmp_path / ".netrc").write_text("machine 127.0.0.1 login somebody password else\n", encoding="utf-8")
    (tmp_path / ".netrc").chmod(0o600)
    monkeypatch.setenv("NETRC", str(tmp_path / ".netrc"))
    monkeypatch.setenv("HOME", str(tmp_path))
    for name in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
        monkeypatch.setenv(name.lower(), "http://127.0.0.1:9")
    for name in ("REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE", "SSL_CERT_FILE"):
        monkeypatch.setenv(name, str(tmp_path / "nothing.pem"))

    answers = lab.collect(wanted={("new", "service"), ("tenant", "organization")})

    assert answers.server("new").find("service").ok
    assert answers.tenant.find("organization").ok


def test_a_half_switched_export_getter_is_a_value(lab: Lab) -> None:
    lab.fault("registry-and-export-type-disagree", server="new")
    wanted = {("new", read) for read in ("export_api_version", "import_api_version", "service", "rules")}
    answers = lab.collect(change=lambda text: admin(text, lab=lab), wanted=wanted)
    assert (
        "Version mismatch in Registry and AAD Connector" in answers.server("new").get("export_api_version")["mismatch"]
    )
    assert answers.server("new").find("rules").ok


def test_a_cycle_that_starts_while_reading_is_waited_for(lab: Lab) -> None:
    lab.fault("cycle-starts-while-reading", server="new", after=1, times="once", seconds=1)
    answers = lab.collect()
    assert {answer.outcome for answer in answers.server("new")} == {Outcome.OK, Outcome.NOT_OFFERED}
    assert answers.server("new").get("run_marks") == answers.server("new").get("run_marks@end")


def test_cycles_without_end_leave_the_answers_torn(lab: Lab) -> None:
    lab.fault("cycle-starts-while-reading", server="new", after=1, times="forever", seconds=2)
    answers = lab.collect(wanted={("new", "rules"), ("new", "connector_statistics"), ("new", "computer_name")})
    assert answers.server("new").find("rules").outcome is Outcome.TORN
    assert answers.server("new").find("computer_name").ok


def test_a_stopped_service_still_tells_that_it_is_stopped(lab: Lab) -> None:
    lab.post("/step/stop-service", server="old")
    answers = lab.collect()
    assert answers.server("old").get("service")["Status"] == 1
    assert answers.server("old").find("scheduler").outcome is Outcome.FAILED
    assert answers.server("old").find("computer_name").ok


def test_the_clock_of_a_server_is_told(lab: Lab) -> None:
    lab.fault("clock-skew", server="new", seconds=600)
    answers = lab.collect(wanted={("new", "service"), ("old", "service")})
    skew = answers.server("new").find("service").provenance.clock_skew
    assert skew is not None
    assert 590 < skew.total_seconds() < 610
    assert answers.server("old").find("service").provenance.clock_skew == timedelta(0)


def test_throttling_is_waited_for(lab: Lab) -> None:
    lab.fault("throttled", times=2, retry_after=1)
    answer = lab.collect(wanted={("tenant", "organization")}).tenant.find("organization")
    assert answer.ok
    assert answer.provenance.attempts == 3


@pytest.mark.parametrize("kind", ["truncated", "error-500", "error-503", "html", "reset", "empty-body", "bom"])
def test_broken_answers_of_graph_are_asked_for_again(lab: Lab, kind: str) -> None:
    lab.fault("graph-chaos", path="/organization", kind=kind, times=1)
    assert lab.collect(wanted={("tenant", "organization")}).tenant.find("organization").ok


@pytest.mark.parametrize(
    ("kind", "times", "whole"),
    [
        ("empty-page", 1, True),
        ("repeated-page", 1, True),
        ("missing-value", 1, True),
        ("repeated-link", 4, False),
        ("foreign-link", 4, False),
        ("missing-value", 40, False),
    ],
)
def test_members_are_whole_or_there_is_no_answer(lab: Lab, kind: str, times: int, whole: bool) -> None:
    lab.fault("graph-chaos", path="/members?", kind=kind, times=times)
    answers = lab.collect(change=lambda text: text["groups"].pop("over"))
    found = answers.tenant.about("members").values()
    assert len(found) == 2
    if whole:
        assert sorted(len(answer.get()) for answer in found) == [40, 1200]
    else:
        assert Outcome.PARTIAL in {answer.outcome for answer in found}
        assert {len(answer.value) for answer in found if answer.ok} <= {40, 1200}


@pytest.mark.parametrize(
    ("path", "kind", "whole"),
    [
        ("/groups?", "empty-page", True),
        ("/groups?", "repeated-page", True),
        ("/groups?", "missing-value", True),
        ("/groups?", "repeated-link", False),
        ("/applications?", "empty-page", True),
        ("/organization?", "missing-value", True),
    ],
)
def test_a_collection_that_comes_in_pages_is_read_to_its_end(lab: Lab, path: str, kind: str, whole: bool) -> None:
    def change(text: dict[str, Any]) -> None:
        text["groups"] = {"prove": [{"dn": "CN=Finance,OU=Groups,DC=contoso,DC=com"}]}

    plain = lab.collect(change=change).tenant
    lab.fault("graph-chaos", path=path, kind=kind, times=1 if whole else 40)
    disturbed = lab.collect(change=change).tenant
    names = {"/groups?": "group_by_sid", "/applications?": "sync_applications", "/organization?": "organization"}
    before, after = plain.about(names[path]), disturbed.about(names[path])
    assert before
    if whole:
        assert {key: answer.get() for key, answer in after.items()} == {key: one.get() for key, one in before.items()}
    else:
        assert {answer.outcome for answer in after.values()} == {Outcome.PARTIAL}


def test_a_count_that_lags_is_asked_for_again(lab: Lab) -> None:
    lab.fault("graph-chaos", path="/members/$count", kind="stale-count", times=2)
    answers = lab.collect(change=lambda text: text["groups"].pop("over"))
    assert sorted(answer.get() for answer in answers.tenant.about("members_count").values()) == [40, 1200]


def test_a_claims_challenge_is_answered(lab: Lab) -> None:
    lab.fault("graph-chaos", path="/organization", kind="claims-challenge", times=1)
    assert lab.collect(wanted={("tenant", "organization")}).tenant.find("organization").ok


def test_a_path_graph_denies_is_denied(lab: Lab) -> None:
    lab.fault("graph-denied", path="/groups")
    answers = lab.collect()
    assert {answer.outcome for answer in answers.tenant.about("group_by_sid").values()} == {Outcome.DENIED}
    assert answers.tenant.find("organization").ok


def test_groups_the_active_server_can_send_are_read_member_by_member(lab: Lab) -> None:
    answers = lab.collect("promote")
    trails = {
        value["name"]: value
        for value in (answer.value for answer in answers.about("collector", "group_trail").values())
    }
    assert trails["Finance"]["members_needed"]
    assert not trails["All Staff"]["members_needed"]
    assert trails["All Staff"]["ad_count"] == 250_000
    finance = trails["Finance"]
    references = answers.server("old").get("group_references", finance["entra"])
    assert isinstance(references, References)
    members = answers.tenant.get("members", finance["cloud"])
    assert references.exported >= {member.immutable_id for member in members if member.immutable_id}
    assert answers.tenant.get("members_count", finance["cloud"]) == len(members)


def test_a_group_may_be_named_by_sid_or_by_entra_id(lab: Lab) -> None:
    first = lab.collect("promote")
    finance = first.find("collector", "group_trail", "CN=Finance,OU=Groups,DC=contoso,DC=com").value
    helpdesk = first.find("collector", "group_trail", "CN=Helpdesk,OU=Groups,DC=contoso,DC=com").value

    def change(text: dict[str, Any]) -> None:
        text["groups"] = {"prove": [{"sid": finance["sid"]}, {"id": helpdesk["cloud"]}]}

    answers = lab.collect("promote", change=change)
    for key, known in ((finance["sid"], finance), (helpdesk["cloud"], helpdesk)):
        trail = answers.find("collector", "group_trail", key).value
        assert {name: trail[name] for name in ("ad", "entra", "sid", "cloud")} == {
            name: known[name] for name in ("ad", "entra", "sid", "cloud")
        }


def test_a_group_that_does_not_exist_ends_its_trail_with_the_reason(lab: Lab) -> None:
    def change(text: dict[str, Any]) -> None:
        text["groups"] = {"prove": [{"dn": "CN=Nobody,OU=Groups,DC=contoso,DC=com"}, {"sid": "S-1-5-21-1-2-3-4"}]}

    answers = lab.collect("promote", change=change)
    trails = answers.about("collector", "group_trail")
    assert "there is no such object" in trails["CN=Nobody,OU=Groups,DC=contoso,DC=com"].value["why"]
    assert "knows no such group" in trails["S-1-5-21-1-2-3-4"].value["why"]


def test_every_value_comes_again_from_its_text(lab: Lab) -> None:
    found = [answer for answer in lab.collect("promote") if answer.ok]
    assert len(found) > 100
    for answer in found:
        assert answer.raw is not None
        assert digest(answer.raw) == answer.provenance.sha256
        assert decode(answer.read, answer.raw) == answer.value


def test_what_was_not_asked_is_missing(lab: Lab) -> None:
    answers = lab.collect(wanted={("new", "service")})
    with pytest.raises(MissingAnswer, match="new: rules: not asked"):
        answers.server("new").get("rules")


def test_no_password_stands_in_any_answer(lab: Lab) -> None:
    text = "".join(f"{answer} {answer.raw!r}" for answer in lab.collect("promote"))
    for server in lab.about["servers"].values():
        assert server["reader"]["password"] not in text
    assert lab.about["tenant"]["client_secret"] not in text
