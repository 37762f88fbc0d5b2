"""Rendered pages of users, kept compressed: a group that is read at every gate is written once.

Everything Graph says about a synchronised user but its errors is computed from the user's key, so a page is a pure
function of its keys, the chosen properties and the caller's roles.
"""

from __future__ import annotations

import zlib
from collections import OrderedDict
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable

MAXIMUM = 1_000
"""Pages kept; a page of 999 members with its identifiers takes some 50 KB."""

CHANGING = frozenset({"onPremisesProvisioningErrors"})
"""Properties of a user that the world can change."""


class PageCache:
    """The pages used last, compressed as clients take them."""

    def __init__(self) -> None:
        self._pages: OrderedDict[Hashable, bytes] = OrderedDict()

    def packed(self, key: Hashable, write: Callable[[], bytes]) -> bytes:
        """Return the compressed page; `write` is called for one that is not kept."""
        page = self._pages.pop(key, None)
        if page is None:
            page = pack(write())
            if len(self._pages) >= MAXIMUM:
                self._pages.popitem(last=False)
        self._pages[key] = page
        return page


def pack(body: bytes) -> bytes:
    """Return a body as gzip, quickly rather than small."""
    return zlib.compress(body, level=1, wbits=31)


def unpack(body: bytes) -> bytes:
    """Return what was packed."""
    return zlib.decompress(body, wbits=31)
