"""Worlds to test on."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from lab.world.scenarios import make_world

if TYPE_CHECKING:
    from lab.world.server import SyncServer
    from lab.world.world import World


@pytest.fixture
def world() -> World:
    """The default scenario."""
    return make_world()


@pytest.fixture
def old(world: World) -> SyncServer:
    return world.servers["old"]


@pytest.fixture
def new(world: World) -> SyncServer:
    return world.servers["new"]
