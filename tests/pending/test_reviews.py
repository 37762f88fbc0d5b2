"""A review: drafted from what waits, signed by somebody, and compared with what waits later."""

from __future__ import annotations

import tomllib
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from fixtures.facts.pending import AnchorChange, PendingClass, PendingFile
from fixtures.facts.review import draft, moved, read_review
from fixtures.facts.windows_json import UnreadableFactError

ENTRA = "contoso.onmicrosoft.com \u2013 AAD"
MADE = "2026-11-20T07:00:00Z"
ADDS = PendingClass(ENTRA, "user", "add", ("displayName", "mail"), 3, ("CN=a", "CN=b", "CN=c"))
UPDATES = PendingClass(ENTRA, "group", "update", ("member",), 2, ('CN="x"', "CN=y\\,z"))
DELETES = PendingClass(ENTRA, "user", "delete", (), 2, ('CN="gone"', "CN=left\\+one"))


def file(*classes: PendingClass, connector: str = ENTRA) -> PendingFile:
    return PendingFile(
        "new", connector, "export.xml", datetime(2026, 11, 20, 7, tzinfo=UTC), (connector,), 0, 0, 0, 0, classes,
        (), (), (), (),
    )  # fmt: skip


def signed(text: str) -> object:
    return tomllib.loads(text.replace('author = ""', 'author = "cio"'))


def test_a_draft_covers_exactly_what_it_was_made_from() -> None:
    waiting = file(ADDS, UPDATES, DELETES)
    review = read_review(signed(draft([waiting], MADE)))

    assert moved(review, waiting) == ()


def test_a_draft_approves_nothing_before_somebody_signs_it() -> None:
    assert read_review(tomllib.loads(draft([file(ADDS)], MADE))).author == ""


@pytest.mark.parametrize(
    ("later", "why"),
    [
        (replace(ADDS, count=4), "of that kind 3 were approved and 0 more are tolerated"),
        (replace(ADDS, attributes=("displayName", "mail", "title")), "a class that nobody approved: 3 x add user"),
        (replace(UPDATES, attributes=("member", "description")), "2 x update group of member, description"),
        (replace(DELETES, named=("CN=other",), count=1), "1 deletes of user that nobody approved, as CN=other"),
        (replace(DELETES, count=3), "1 deletes of user that nobody approved, as one that is not named"),
    ],
)
def test_what_is_new_since_the_draft_is_named(later: PendingClass, why: str) -> None:
    review = read_review(signed(draft([file(ADDS, UPDATES, DELETES)], MADE)))

    assert [why in one.why for one in moved(review, file(later))] == [True]


def test_each_class_uses_the_approval_of_its_own_attributes_first() -> None:
    narrow = replace(ADDS, attributes=("displayName",))
    waiting = file(narrow, ADDS)
    review = read_review(signed(draft([file(ADDS, narrow)], MADE)))

    assert moved(review, waiting) == ()


def test_a_change_of_the_dash_in_a_connector_name_is_no_other_connector() -> None:
    review = read_review(signed(draft([file(ADDS)], MADE)))
    other = replace(ADDS, connector=ENTRA.replace("\u2013", "-").upper())

    assert moved(review, file(other)) == ()


def test_a_changed_anchor_stands_in_the_draft_as_what_cannot_be_approved() -> None:
    waiting = replace(file(ADDS), anchor_changes=(AnchorChange("CN=a", "1", "2"),))

    assert "# cannot be approved: the source anchor of CN=a changes" in draft([waiting], MADE)


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ({"operation": "delete"}, "deletes are approved one by one"),
        ({"count": -1}, "greater than or equal to 0"),
        ({"count": None}, "valid integer"),
        ({"surprise": 1}, "Extra inputs"),
    ],
)
def test_a_review_with_a_mistake_is_refused(change: dict[str, object], why: str) -> None:
    plain = {"connector": ENTRA, "object_type": "user", "operation": "add", "attributes": [], "count": 1}

    with pytest.raises(UnreadableFactError, match=why):
        read_review({"author": "cio", "made_at": MADE, "classes": [plain | change]})
