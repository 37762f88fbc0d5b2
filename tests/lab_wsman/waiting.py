"""To wait for what the lab does on its own time, for as long as a busy machine may need."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

PATIENCE = 30.0
"""Seconds."""


async def until(condition: Callable[[], object]) -> None:
    """Return once the condition holds. Raises TimeoutError after all patience."""
    async with asyncio.timeout(PATIENCE):
        while not condition():  # noqa: ASYNC110 - what is waited for sets no event
            await asyncio.sleep(0.01)
