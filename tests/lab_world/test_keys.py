from __future__ import annotations

from itertools import pairwise
from uuid import UUID, uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lab.world.ids import IdSpace
from lab.world.keys import EMPTY, KeySet

KEYS = st.sets(st.integers(0, 300), max_size=80)


def key_set(keys: set[int]) -> KeySet:
    return KeySet.of(*keys)


@given(KEYS)
def test_a_key_set_holds_what_it_was_given_in_ascending_order(keys: set[int]) -> None:
    made = key_set(keys)
    assert list(made) == sorted(keys)
    assert len(made) == len(keys)
    assert all((key in made) == (key in keys) for key in range(-1, 302))


@given(KEYS, KEYS)
def test_union_intersection_and_difference_are_those_of_sets(left: set[int], right: set[int]) -> None:
    assert set(key_set(left) | key_set(right)) == left | right
    assert set(key_set(left) & key_set(right)) == left & right
    assert set(key_set(left) - key_set(right)) == left - right


@given(KEYS, KEYS)
def test_equal_sets_are_equal_and_hash_alike_however_they_were_made(left: set[int], right: set[int]) -> None:
    one, other = key_set(left) | key_set(right), key_set(left | right)
    assert one == other
    assert hash(one) == hash(other)


@given(KEYS)
def test_ranges_are_disjoint_and_apart(keys: set[int]) -> None:
    ranges = key_set(keys).ranges
    assert all(before.stop < after.start for before, after in pairwise(ranges))
    assert all(len(item) for item in ranges)


@given(KEYS, st.integers(0, 100))
def test_first_and_last_take_that_many_from_either_end(keys: set[int], count: int) -> None:
    ordered = sorted(keys)
    assert list(key_set(keys).first(count)) == ordered[:count]
    assert list(key_set(keys).last(count)) == ordered[max(0, len(ordered) - count) :]


def test_a_quarter_million_keys_are_one_range() -> None:
    large = KeySet.of(range(250_000))
    assert len(large) == 250_000
    assert large.ranges == (range(250_000),)
    assert 249_999 in large
    assert 250_000 not in large


def test_a_range_with_a_step_is_refused() -> None:
    with pytest.raises(ValueError, match="counts up by one"):
        KeySet.of(range(0, 10, 2))


def test_the_empty_set_is_false_and_other_things_are_not_in_a_set() -> None:
    assert not EMPTY
    assert "1" not in KeySet.of(1)


@given(st.integers(0, 2**40), st.text(max_size=10))
def test_an_identifier_leads_back_to_its_key(key: int, salt: str) -> None:
    space = IdSpace(salt)
    made = space.uuid(key)
    assert made.version == 4
    assert space.key(made) == key
    assert UUID(bytes_le=space.bytes_le(key)) == made


def test_a_foreign_identifier_leads_nowhere() -> None:
    space = IdSpace("a")
    assert space.key(IdSpace("b").uuid(7)) is None
    assert all(space.key(uuid4()) is None for _ in range(100))
