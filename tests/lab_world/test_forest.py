from __future__ import annotations

from uuid import uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lab.world.forest import CONTACTS, DEVICES, GROUPS
from lab.world.population import HELPDESK_TIER_2, OUT_OF_SCOPE_IN_FIELD, make_forest

FOREST = make_forest()
KEYS = st.one_of(
    st.integers(0, 299_999),
    st.sampled_from(sorted(FOREST.groups)),
    st.integers(DEVICES, DEVICES + 39),
    st.integers(CONTACTS, CONTACTS + 24),
)


@given(KEYS)
def test_every_name_of_an_object_leads_back_to_it(key: int) -> None:
    named = FOREST.object(key)
    assert FOREST.by_dn(named.dn.upper()) == named
    assert FOREST.by_guid(named.object_guid) == named
    assert FOREST.by_anchor(named.source_anchor) == named
    assert FOREST.by_entra_dn(named.entra_dn.lower().replace("cn=", "CN=")) == named
    assert FOREST.by_entra_id(named.entra_id) == named
    assert FOREST.by_sid(named.sid) == named


@given(KEYS)
def test_the_name_on_the_entra_connector_is_the_hex_of_the_source_anchor(key: int) -> None:
    named = FOREST.object(key)
    assert bytes.fromhex(named.entra_dn[4:-1]).decode() == named.source_anchor


def test_names_that_belong_to_nobody_lead_nowhere() -> None:
    assert FOREST.by_dn("CN=Nobody,OU=People,DC=contoso,DC=com") is None
    assert FOREST.by_dn("CN=Ada Abara 000000,OU=Service Accounts,DC=contoso,DC=com") is None
    assert FOREST.by_guid(uuid4()) is None
    assert FOREST.by_anchor("not base64!") is None
    assert FOREST.by_entra_dn("CN={zz}") is None
    assert FOREST.by_sid("S-1-5-21-1-2-3-1100") is None


def test_an_object_that_left_the_forest_is_not_found_but_can_be_named() -> None:
    forest = make_forest()
    named = forest.object(298_000)
    forest.users -= forest.users.__class__.of(298_000)
    assert forest.by_dn(named.dn) is None
    assert forest.by_guid(named.object_guid) is None
    assert forest.object(298_000) == named
    assert forest.key_of_entra_dn(named.entra_dn) == 298_000


def test_a_sid_has_the_same_number_in_text_and_bytes() -> None:
    named = FOREST.object(GROUPS)
    assert int.from_bytes(named.sid_bytes[-4:], "little") == int(named.sid.rsplit("-", 1)[1])
    assert len(named.sid_bytes) == 8 + 5 * 4


@pytest.mark.parametrize(
    ("name", "count"),
    [
        ("All Staff", 250_000),
        ("Students", 120_000),
        ("Members", 75_000),
        ("Field", 60_000),
        ("Contractors", 50_001),
        ("Region", 50_000),
        ("Finance", 1_200),
        ("Helpdesk", 40),
    ],
)
def test_the_groups_have_the_sizes_that_matter(name: str, count: int) -> None:
    assert len(FOREST.group_named(name).members) == count


def test_helpdesk_holds_a_group_and_a_device_and_field_three_service_accounts() -> None:
    helpdesk = FOREST.group_named("Helpdesk").members
    assert HELPDESK_TIER_2 in helpdesk
    assert {FOREST.object(key).kind for key in helpdesk} == {"user", "group", "device"}
    assert FOREST.group_named("Field").members & FOREST.service_accounts == OUT_OF_SCOPE_IN_FIELD
    others = [group for group in FOREST.groups.values() if group.display_name != "Field"]
    assert not any(group.members & FOREST.service_accounts for group in others)
