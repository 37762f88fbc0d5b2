"""Whatever one property of an answer becomes, its reader still reads it or says what it expected: nothing else."""

from __future__ import annotations

import copy
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest

from fixtures.facts.connectors import read_connectors, read_statistics
from fixtures.facts.events import read_events
from fixtures.facts.groups import group_counts
from fixtures.facts.member_limit import member_limit
from fixtures.facts.parity.connectors import read_connector_settings
from fixtures.facts.rule_body import body, copies, namesakes
from fixtures.facts.rules import read_rules
from fixtures.facts.runs import read_runs
from fixtures.facts.scheduler import read_overrides, read_parameters, read_scheduler
from fixtures.facts.windows_json import UnreadableFactError

from .healthy import NOW, healthy

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

Path = tuple[str | int, ...]

ODD: tuple[Any, ...] = (
    None, "", "x", [], {}, [None], [[]], {"value": [], "Count": 0}, {"value": None}, 0, -1, 2.5, 10**30, float("inf"),
    True, "True", "/Date(-62135596800000)/", "/Date(253402300799999)/", "/Date(9999999999999999)/",
    "0001-01-01T00:00:00+14:00", "System.Object[]", {"Ticks": 10**30}, {"Ticks": None}, "\u201cquoted\u201d", "\ud800",
    "b891884f-051e-4a83-95af-2544101c9083", "{B891884F-051E-4A83-95AF-2544101C9083}",
)  # fmt: skip
"""Values that Windows PowerShell 5.1, a truncated answer or another build can put where something else was."""


def rules(value: object) -> None:
    found = read_rules(value)
    member_limit(found)
    namesakes(found)
    copies(found)
    for rule in found:
        body(rule)


def scheduler(value: Any) -> None:
    read_scheduler(value).last_start(NOW)


def runs(value: object) -> None:
    for zone in (timedelta(), timedelta(hours=-12)):
        read_runs(value, zone, NOW, (), NOW)


def connectors(value: object) -> None:
    for connector in read_connectors(value):
        _ = connector.modified, connector.export_type, connector.is_entra, connector.tenant_domain


READERS: dict[str, Callable[[Any], object]] = {
    "rules": rules,
    "scheduler": scheduler,
    "runs": runs,
    "connectors": connectors,
    "overrides": read_overrides,
    "global_parameters": read_parameters,
    "connector_settings": read_connector_settings,
    "connector_statistics": lambda value: read_statistics("contoso.com", value),
    "group_statistics": group_counts,
    "events_adsync": read_events,
}


def paths(value: Any, here: Path = ()) -> Iterator[Path]:
    """Every place in a value; of a list only the first two items."""
    yield here
    inner = value.items() if isinstance(value, dict) else enumerate(value[:2]) if isinstance(value, list) else ()
    for key, item in inner:
        yield from paths(item, (*here, key))


def put(value: Any, path: Path, odd: object) -> Any:
    if not path:
        return odd
    changed = copy.deepcopy(value)
    holder = changed
    for key in path[:-1]:
        holder = holder[key]
    holder[path[-1]] = odd
    return changed


@pytest.mark.parametrize("read", READERS)
def test_an_odd_value_is_read_or_named_and_nothing_else_happens(read: str) -> None:
    world = healthy("deployed")
    values = [value for (_, name, _), value in world.items() if name == read]
    assert values
    refused = []
    for path in paths(values[0]):
        for odd in ODD:
            try:
                READERS[read](put(values[0], path, odd))
            except UnreadableFactError as error:
                refused.append(str(error))
    assert refused
    assert all(refused)
