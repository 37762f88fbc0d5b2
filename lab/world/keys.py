"""Sets of object keys kept as ranges: 250,000 members cost as little as one."""

from __future__ import annotations

from bisect import bisect_right
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

Span = tuple[int, int]
"""A half-open range of keys: first, one past the last."""


def _merge(spans: Iterable[Span]) -> tuple[Span, ...]:
    """Sort half-open spans and join those that touch."""
    merged: list[Span] = []
    for start, stop in sorted(spans):
        if start >= stop:
            continue
        if merged and start <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(stop, merged[-1][1]))
        else:
            merged.append((start, stop))
    return tuple(merged)


class KeySet:
    """An immutable set of integers, stored as sorted disjoint ranges; iterates in ascending order."""

    __slots__ = ("_length", "_spans")

    _spans: tuple[Span, ...]
    _length: int

    def __init__(self, spans: Iterable[Span] = ()) -> None:
        self._spans = _merge(spans)
        self._length = sum(stop - start for start, stop in self._spans)

    @classmethod
    def of(cls, *items: int | range | KeySet) -> KeySet:
        """The union of single keys, ranges (step 1) and other sets.

        Raises:
            ValueError: a range does not count up by one.
        """
        spans: list[Span] = []
        for item in items:
            if isinstance(item, KeySet):
                spans.extend(item.spans)
            elif isinstance(item, range):
                if item.step != 1:
                    raise ValueError(f"a range of keys counts up by one, not by {item.step}")
                spans.append((item.start, item.stop))
            else:
                spans.append((item, item + 1))
        return cls(spans)

    @property
    def spans(self) -> tuple[Span, ...]:
        """The half-open ranges as pairs, ascending and apart from one another."""
        return self._spans

    @property
    def ranges(self) -> tuple[range, ...]:
        """The ranges as Python ranges, ascending and apart from one another."""
        return tuple(range(start, stop) for start, stop in self._spans)

    def __len__(self) -> int:
        return self._length

    def __iter__(self) -> Iterator[int]:
        for start, stop in self._spans:
            yield from range(start, stop)

    def __contains__(self, key: object) -> bool:
        if not isinstance(key, int):
            return False
        place = bisect_right(self._spans, key, key=lambda span: span[0]) - 1
        return place >= 0 and key < self._spans[place][1]

    def __or__(self, other: KeySet) -> KeySet:
        return KeySet((*self._spans, *other.spans))

    def __and__(self, other: KeySet) -> KeySet:
        common: list[Span] = []
        mine, theirs = list(self._spans), list(other.spans)
        i = j = 0
        while i < len(mine) and j < len(theirs):
            start, stop = max(mine[i][0], theirs[j][0]), min(mine[i][1], theirs[j][1])
            if start < stop:
                common.append((start, stop))
            if mine[i][1] <= theirs[j][1]:
                i += 1
            else:
                j += 1
        return KeySet(common)

    def __sub__(self, other: KeySet) -> KeySet:
        left: list[Span] = []
        theirs = other.spans
        j = 0
        for first, stop in self._spans:
            start = first
            while j < len(theirs) and theirs[j][1] <= start:
                j += 1
            k = j
            while k < len(theirs) and theirs[k][0] < stop:
                left.append((start, theirs[k][0]))
                start = theirs[k][1]
                k += 1
            left.append((start, stop))
        return KeySet(left)

    def __eq__(self, other: object) -> bool:
        return self._spans == other.spans if isinstance(other, KeySet) else NotImplemented

    def __hash__(self) -> int:
        return hash(self._spans)

    def __repr__(self) -> str:
        return f"KeySet({', '.join(f'{start}..{stop - 1}' for start, stop in self._spans)})"

    def first(self, count: int = 1) -> KeySet:
        """The lowest `count` keys (fewer when the set is smaller)."""
        taken: list[Span] = []
        for start, stop in self._spans:
            if count <= 0:
                break
            taken.append((start, min(stop, start + count)))
            count -= stop - start
        return KeySet(taken)

    def last(self, count: int = 1) -> KeySet:
        """The highest `count` keys (fewer when the set is smaller)."""
        return self - self.first(max(0, len(self) - count))


EMPTY = KeySet()
"""No keys at all."""
