"""Who is in the forest: groups of the sizes that matter, and a few dozen small ones."""

from __future__ import annotations

from lab.world.forest import CONTACTS, DEVICES, GROUPS, Forest, ForestGroup
from lab.world.keys import KeySet

HELPDESK_TIER_2 = GROUPS + 9
_HELPDESK_DEVICE = DEVICES + 7
_SMALL_GROUPS = 30
_FIRST_SMALL = GROUPS + 20

OUT_OF_SCOPE_IN_FIELD = KeySet.of(299_100, 299_200, 299_300)
"""The three service accounts that are members of Field."""
IN_NO_GROUP = KeySet.of(range(296_000, 299_000))
"""Synchronised users that no group lists."""
SMALL = KeySet.of(range(12_000), range(299_000, 299_020))
"""The users of a small forest; the last ones are service accounts."""


def _ranges(*items: int | range) -> KeySet:
    return KeySet.of(*items)


_LARGE_AND_NAMED: tuple[tuple[str, KeySet], ...] = (
    ("All Staff", _ranges(range(250_000))),
    ("Students", _ranges(range(170_000, 290_000))),
    ("Members", _ranges(range(74_990), range(290_000, 290_010))),
    ("Field", _ranges(range(100_000, 159_987), range(290_010, 290_020)) | OUT_OF_SCOPE_IN_FIELD),
    ("Contractors", _ranges(range(200_000, 249_991), range(290_020, 290_030))),
    ("Region", _ranges(range(50_000, 99_990), range(290_030, 290_040))),
    ("Finance", _ranges(range(1_000, 2_190), range(290_040, 290_050))),
    ("Helpdesk", _ranges(range(290_050, 290_088), HELPDESK_TIER_2, _HELPDESK_DEVICE)),
)


def make_forest(users: KeySet | None = None) -> Forest:
    """The forest at the start of a scenario; with `users` one that holds only these, and groups cut down to them.

    The last ten users that a large or named group lists are in no other group but that one.
    """
    forest = Forest(devices=KeySet.of(range(DEVICES, DEVICES + 40)), contacts=KeySet.of(range(CONTACTS, CONTACTS + 25)))
    for number, (name, members) in enumerate(_LARGE_AND_NAMED):
        key = GROUPS + number
        forest.groups[key] = ForestGroup(key, name, members, mail_enabled=name in ("All Staff", "Finance"))
    tier_2 = _ranges(range(290_088, 290_100))
    forest.groups[HELPDESK_TIER_2] = ForestGroup(HELPDESK_TIER_2, "Helpdesk Tier 2", tier_2)
    for number in range(_SMALL_GROUPS):
        key, first = _FIRST_SMALL + number, 3_000 + number * 200
        members = _ranges(range(first, first + 5 + number * 4))
        forest.groups[key] = ForestGroup(key, f"Team {number + 1:02d}", members, mail_enabled=number % 3 == 0)
    if users is not None:
        everybody, forest.users = forest.users, users
        for group in forest.groups.values():
            group.members -= everybody - users
    return forest
