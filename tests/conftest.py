"""What holds for every test of the product, on a busy machine as on an idle one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hypothesis import HealthCheck, settings

if TYPE_CHECKING:
    import pytest

LONGEST = "test_walk.py"
"""More than a minute each: whoever begins with one of these last works on alone."""

settings.register_profile("busy", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("busy")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Put the longest tests first; everything else stays in its order, so that fixtures of modules are shared."""
    items.sort(key=lambda item: item.path.name != LONGEST)
