"""What saving does in the world, and what an import leaves out because of it."""

from __future__ import annotations

from copy import deepcopy
from datetime import timedelta

import pytest

from lab.world.errors import SyncError
from lab.world.saving import purge_runs, remove_connector, save_connector, save_rule
from lab.world.scenarios import make_world
from lab.world.synchronise import import_ad


def test_a_saved_standard_rule_stays_a_standard_rule() -> None:
    server = make_world().servers["new"]
    known = next(rule for rule in server.rules if rule.is_standard_rule)
    edited = deepcopy(known)
    edited.is_standard_rule, edited.immutable_tag, edited.description = False, None, "edited"
    kept = save_rule(server, edited)
    assert (kept.is_standard_rule, kept.immutable_tag, kept.description) == (True, known.immutable_tag, "edited")
    assert (kept.version, server.rules.count(kept), server.rules_changed) == (known.version + 1, 1, True)


def test_a_removed_connector_takes_its_override_along_and_leaves_its_rules() -> None:
    server = make_world().servers["new"]
    connector, rules = server.ad_connector, len(server.rules)
    server.set_override(connector.identifier, full_import=True)
    remove_connector(server, connector)
    assert (server.overrides, len(server.rules)) == ([], rules)
    with pytest.raises(SyncError):
        save_rule(server, next(rule for rule in server.rules if rule.connector == connector.identifier))


def test_a_connector_that_is_not_known_is_added() -> None:
    server = make_world().servers["new"]
    other = deepcopy(server.ad_connector)
    other.identifier, other.name = type(other.identifier)(int=1), "fabrikam.com"
    assert save_connector(server, other) in server.connectors
    assert len(server.connectors) == 3


def test_a_purge_keeps_the_runs_since_a_moment() -> None:
    server = make_world().servers["new"]
    since = server.now() - timedelta(hours=1)
    purge_runs(server, since)
    assert server.runs
    assert min(run.start_date for run in server.runs) >= since


@pytest.mark.parametrize("kind", ["user", "group", "contact", "computer"])
def test_an_import_leaves_out_an_object_type_that_is_not_selected(kind: str) -> None:
    server = make_world("version-swing").servers["new"]
    before = len(server.ad.everything)
    server.ad_connector.object_inclusion_list.remove(kind)
    import_ad(server)
    assert len(server.ad.everything) < before


def test_an_import_of_a_domain_that_is_not_selected_brings_nothing() -> None:
    server = make_world("version-swing").servers["new"]
    server.ad_connector.partitions[0].selected = False
    import_ad(server)
    assert not server.ad.everything
