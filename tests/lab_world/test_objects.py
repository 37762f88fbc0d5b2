from __future__ import annotations

import time
from base64 import b64decode
from typing import TYPE_CHECKING
from uuid import uuid4
from xml.etree import ElementTree as ET

import pytest

from lab.world.errors import SyncError
from lab.world.keys import KeySet
from lab.world.population import OUT_OF_SCOPE_IN_FIELD

from .helpers import fault, key_of, switch, there

if TYPE_CHECKING:
    from lab.world.model import CsObject
    from lab.world.server import SyncServer
    from lab.world.world import World

ENTRA = "contoso.onmicrosoft.com - AAD"


def entra_object(world: World, server: SyncServer, name: str) -> CsObject:
    return there(server.cs_object_by_dn(ENTRA, world.forest.object(key_of(world, name)).entra_dn))


def ad_object(world: World, server: SyncServer, name: str) -> CsObject:
    return there(server.cs_object_by_dn("contoso.com", world.forest.group_named(name).dn))


def references(element: ET.Element, path: str, operation: str | None = None) -> set[str | None]:
    return {
        value.findtext("dn")
        for value in element.findall(f".//{path}//dn-attr[@name='member']/dn-value")
        if operation is None or value.get("operation") == operation
    }


def test_statistics_list_groups_by_size_and_page(world: World, new: SyncServer) -> None:
    rows = new.group_statistics("contoso.com", 49_999, 0, 100)
    assert [(row.display_name, row.count) for row in rows[:3]] == [
        ("All Staff", 250_000),
        ("Students", 120_000),
        ("Members", 75_000),
    ]
    assert [row.row_no for row in rows] == list(range(1, 7))
    assert new.group_statistics("contoso.com", 49_999, 2, 1) == [rows[2]]
    on_entra = new.group_statistics(new.entra_connector.identifier, 55_000, 0, 100)
    assert [row.count for row in on_entra] == [250_000, 120_000, 75_000, 59_997]
    assert there(world.forest.by_entra_dn(on_entra[3].rdn)).name == "Field"


def test_an_object_is_found_by_id_and_by_name_and_leads_through_the_metaverse(world: World, new: SyncServer) -> None:
    on_ad = ad_object(world, new, "Finance")
    assert there(new.cs_object(on_ad.object_id)).distinguished_name == on_ad.distinguished_name
    joined = there(new.mv_object(on_ad.connected_mv_object_id))
    by_connector = {item.connector_name: item for item in joined.lineage}
    assert by_connector["contoso.com"].connected_cs_object_id == on_ad.object_id
    on_entra = there(new.cs_object(by_connector[ENTRA].connected_cs_object_id))
    assert on_entra.distinguished_name == by_connector[ENTRA].connected_cs_object_dn
    assert on_entra.connected_mv_object_id == on_ad.connected_mv_object_id
    assert {item.name for item in joined.attributes} >= {"sourceAnchor", "memberCount"}


def test_objects_that_do_not_exist_are_not_found(world: World, new: SyncServer, old: SyncServer) -> None:
    assert new.cs_object(uuid4()) is None
    assert new.mv_object(uuid4()) is None
    service_account = world.forest.object(299_100)
    assert new.cs_object_by_dn(ENTRA, service_account.entra_dn) is None
    assert new.cs_object_by_dn("contoso.com", service_account.dn) is None
    assert old.cs_object_by_dn(ENTRA, world.forest.object(key_of(world, "Field")).entra_dn) is None
    with pytest.raises(SyncError):
        new.cs_object_by_dn("nowhere", service_account.dn)


def test_ids_differ_between_servers(world: World, old: SyncServer, new: SyncServer) -> None:
    assert ad_object(world, old, "Finance").object_id != ad_object(world, new, "Finance").object_id


def test_a_pending_group_shows_its_members_as_adds_and_as_it_will_be(world: World, new: SyncServer) -> None:
    found = entra_object(world, new, "Contractors")
    root = ET.fromstring(found.serialized_xml)
    expected = {world.forest.object(key).entra_dn for key in world.forest.group_named("Contractors").members}
    assert root.tag == "cs-objects"
    assert there(root.find("cs-object")).get("cs-dn") == found.distinguished_name
    assert there(root.find(".//unapplied-export/delta")).get("operation") == "add"
    assert references(root, "unapplied-export", "add") == expected
    assert references(root, "unapplied-export-hologram") == expected
    assert root.find(".//synchronized-hologram") is None


def test_a_synchronised_group_shows_what_entra_holds_and_nothing_pending(world: World, new: SyncServer) -> None:
    root = ET.fromstring(entra_object(world, new, "Finance").serialized_xml)
    expected = {world.forest.object(key).entra_dn for key in world.forest.group_named("Finance").members}
    assert references(root, "synchronized-hologram") == expected
    assert root.find(".//unapplied-export") is None


def test_a_changed_group_shows_adds_and_deletes(world: World, new: SyncServer) -> None:
    finance = world.forest.group_named("Finance")
    gone, come = finance.members.first(), KeySet.of(298_500)
    finance.members = finance.members - gone | come
    world.complete_cycle(new)
    root = ET.fromstring(entra_object(world, new, "Finance").serialized_xml)
    assert there(root.find(".//unapplied-export/delta")).get("operation") == "update"
    assert references(root, "unapplied-export", "add") == {world.forest.object(298_500).entra_dn}
    assert references(root, "unapplied-export", "delete") == {world.forest.object(1_000).entra_dn}
    assert len(references(root, "synchronized-hologram")) == 1_200


def test_the_ad_object_lists_every_member_with_its_guid(world: World, new: SyncServer) -> None:
    root = ET.fromstring(ad_object(world, new, "Field").serialized_xml)
    values = root.findall(".//dn-attr[@name='member']/dn-value")
    anchors = {value.findtext("anchor") for value in values}
    assert len(values) == 60_000
    assert {world.forest.object(key).source_anchor for key in OUT_OF_SCOPE_IN_FIELD} <= anchors
    assert world.forest.by_dn(there(values[0].findtext("dn"))) == world.forest.by_anchor(
        there(values[0].findtext("anchor"))
    )


def test_a_quarter_million_members_are_written_in_under_one_and_a_half_seconds(world: World, new: SyncServer) -> None:
    found = entra_object(world, new, "All Staff")
    started = time.process_time()
    text = found.serialized_xml
    assert time.process_time() - started < 1.5
    assert text.count("<dn-value") == 500_000


def test_holograms_of_pending_objects_can_be_left_out(world: World, new: SyncServer) -> None:
    new.options.export_holograms = False
    assert "unapplied-export-hologram" not in entra_object(world, new, "Field").serialized_xml


def test_attributes_list_references_only_when_the_lever_says_so(world: World, new: SyncServer) -> None:
    found = entra_object(world, new, "Helpdesk")
    member = next(item for item in found.attributes if item.name == "member")
    assert len(member.values) == 40
    fault(world, "references-only-in-xml")
    assert "member" not in {item.name for item in found.attributes}


def test_security_identifiers_are_there_on_both_sides(world: World, new: SyncServer) -> None:
    group = world.forest.object(key_of(world, "Helpdesk"))
    on_entra = {item.name: item for item in entra_object(world, new, "Helpdesk").attributes}
    on_ad = {item.name: item for item in ad_object(world, new, "Helpdesk").attributes}
    assert b64decode(on_entra["onPremiseSecurityIdentifier"].values[0]) == group.sid_bytes
    assert b64decode(on_ad["objectSid"].values[0]) == group.sid_bytes


def test_a_user_to_be_deleted_is_still_an_object_of_the_entra_connector(world: World, new: SyncServer) -> None:
    fault(world, "deletes-3")
    found = there(new.cs_object_by_dn(ENTRA, world.forest.object(298_999).entra_dn))
    assert not found.is_connector
    root = ET.fromstring(found.serialized_xml)
    assert there(root.find(".//unapplied-export/delta")).get("operation") == "delete"
    assert there(root.find(".//export-delta-operation")).text == "delete"


def test_a_refused_user_has_an_export_error(world: World, new: SyncServer) -> None:
    switch(world)
    fault(world, "member-filtered-though-in-scope")
    refused = next(iter(world.tenant.rejected))
    found = there(new.cs_object_by_dn(ENTRA, world.forest.object(refused).entra_dn))
    assert found.is_connector
    assert found.has_export_error
    assert there(found.export_error).error_name == "AttributeValueMustBeUnique"
