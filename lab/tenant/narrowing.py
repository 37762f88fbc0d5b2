"""Short cuts for filters: find the few objects that can match without computing 300,000 of them."""

from __future__ import annotations

from base64 import b64decode
from typing import TYPE_CHECKING
from uuid import UUID

from lab.tenant.directory import Source
from lab.tenant.filters import Comparison, Expression, Inclusion, Logical, Not
from lab.tenant.predicates import leaf_passes
from lab.world.forest import ENTRA_IDS, OBJECT_GUIDS
from lab.world.keys import EMPTY, KeySet

if TYPE_CHECKING:
    from lab.tenant import filters
    from lab.tenant.schema import EntityType
    from lab.world.tenant import Tenant

_GUID_BYTES = 16


def narrow(expression: Expression, source: Source, of: EntityType, tenant: Tenant) -> tuple[Source, bool]:
    """Return a smaller collection that holds every match, and whether all of its synchronised part matches.

    An equality on id, SID or immutable id names its object; a filter on values that all synchronised objects share is
    decided once.
    """
    decided = _decide(expression, of, tenant)
    if decided is not None:
        return Source(source.keys if decided else EMPTY, source.cloud), True
    keys = _candidates(expression, tenant)
    return (source, False) if keys is None else (Source(source.keys & keys, source.cloud), False)


def _decide(node: Expression, of: EntityType, tenant: Tenant) -> bool | None:
    """Return the answer for all synchronised objects at once, or None when it depends on the object."""
    match node:
        case Logical():
            left, right = _decide(node.left, of, tenant), _decide(node.right, of, tenant)
            absorbing = node.operator == "or"
            if absorbing in (left, right):
                return absorbing
            return None if left is None or right is None else not absorbing
        case Not():
            inner = _decide(node.inner, of, tenant)
            return None if inner is None else not inner
        case Comparison() | Inclusion():
            prop = of.properties.get("/".join(node.path))
            if prop is not None and prop.constant:
                return leaf_passes(node, prop.read(None, tenant))
    return None


def _candidates(node: Expression, tenant: Tenant) -> KeySet | None:
    match node:
        case Logical(operator="and"):
            left, right = _candidates(node.left, tenant), _candidates(node.right, tenant)
            if left is None or right is None:
                return right if left is None else left
            return left & right
        case Logical():
            left, right = _candidates(node.left, tenant), _candidates(node.right, tenant)
            return None if left is None or right is None else left | right
        case Comparison(path=(name,), operator="eq", value=str()):
            return _named(name, (node.value,), tenant)
        case Inclusion(path=(name,)):
            return _named(name, node.values, tenant)
    return None


def _named(name: str, values: tuple[filters.Literal, ...], tenant: Tenant) -> KeySet | None:
    texts = [value for value in values if isinstance(value, str)]
    if len(texts) < len(values):
        return None
    match name:
        case "id":
            found = [_key_of_id(text) for text in texts]
        case "onPremisesSecurityIdentifier":
            found = [_key_of_sid(text, tenant) for text in texts]
        case "onPremisesImmutableId":
            found = [_key_of_anchor(text) for text in texts]
        case _:
            return None
    return KeySet.of(*(key for key in found if key is not None))


def _key_of_id(text: str) -> int | None:
    try:
        return ENTRA_IDS.key(UUID(text))
    except ValueError:
        return None


def _key_of_sid(text: str, tenant: Tenant) -> int | None:
    """Return the key behind a SID, also of an object the forest has lost and the tenant still holds."""
    domain, _, first = tenant.object(0).sid.rpartition("-")
    head, _, rid = text.upper().rpartition("-")
    return int(rid) - int(first) if head == domain and rid.isdecimal() else None


def _key_of_anchor(text: str) -> int | None:
    try:
        raw = b64decode(text, validate=True)
    except ValueError:
        return None
    return OBJECT_GUIDS.key(UUID(bytes_le=raw)) if len(raw) == _GUID_BYTES else None
