"""A repeated MessageID gets the answer of the first one, also while that is still being made [psrp §1].

A client whose read timed out asks again with the same envelope on a new connection. Without this the fragments that
went into the lost answer would be gone.
"""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from typing import TYPE_CHECKING, Generic, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine

Answer = TypeVar("Answer")

KEPT = 32
"""Answers kept per server; a client repeats only its latest request."""


class Replay(Generic[Answer]):
    """Answers by key, made once."""

    def __init__(self) -> None:
        self._answers: OrderedDict[str, asyncio.Task[Answer]] = OrderedDict()

    async def answer(self, key: str, make: Callable[[], Coroutine[None, None, Answer]]) -> Answer:
        """The kept or pending answer, or a new one; a client that leaves does not stop its making."""
        task = self._answers.get(key)
        if task is None:
            task = asyncio.create_task(make())
            self._answers[key] = task
            self._forget_old()
        return await asyncio.shield(task)

    def close(self) -> None:
        """Forget all; answers in the making are cancelled."""
        for task in self._answers.values():
            task.cancel()
        self._answers.clear()

    def _forget_old(self) -> None:
        done = [key for key, task in self._answers.items() if task.done()]
        for key in done[: max(0, len(done) - KEPT)]:
            del self._answers[key]
