"""The inbox: each event is taken care of once, however often Slack delivers it, and to whichever process."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from typing import TypeVar

import structlog

from assistant.errors import DatabaseUnreachableError
from assistant.storage.deliveries import Deliveries, Verdict

log = structlog.get_logger()

Result = TypeVar("Result")
REMEMBERED = 5_000
PATIENCE_S = 0.3
"""How long an event waits for its row. A question can be answered while nobody can write."""


class Inbox:
    """Remembers what this process has taken, and has a row for what any process has.

    Where the database does not answer soon, an event counts as new: better answered twice than never. A thread of its
    own writes the rows, so that a database that is slow to write leaves the others to read.
    """

    def __init__(self, deliveries: Deliveries, now: Callable[[], datetime]) -> None:
        self._deliveries = deliveries
        self._now = now
        self._pool = ThreadPoolExecutor(1, "deliveries")
        self._taken: dict[str, Verdict] = {}

    async def take(self, keys: Sequence[str]) -> Verdict:
        """Say whether an event is new, and is the caller's then; else whether somebody is busy with it, or done."""
        for key in keys:
            if key in self._taken:
                return self._taken[key]
        self._remember(keys, "busy")
        verdict = await self._soon(lambda: self._deliveries.claim(keys, self._now())) or "new"
        if verdict != "new":
            self._forget(keys)
        return verdict

    async def finish(self, keys: Sequence[str]) -> None:
        """Say that an event was taken care of."""
        self._remember(keys, "done")
        await self._soon(lambda: self._deliveries.finish(keys, self._now()))

    async def release(self, keys: Sequence[str]) -> None:
        """Have an event taken again when it is delivered again."""
        self._forget(keys)
        await self._soon(lambda: self._deliveries.release(keys))

    async def _soon(self, work: Callable[[], Result]) -> Result | None:
        """Write a row, and wait a little for it; None when that takes longer, or fails."""
        writing = asyncio.get_running_loop().run_in_executor(self._pool, work)
        try:
            return await asyncio.wait_for(asyncio.shield(writing), PATIENCE_S)
        except (TimeoutError, DatabaseUnreachableError):
            writing.add_done_callback(lambda done: done.exception())  # seen, so that nobody complains of it
            log.warning("an event has no row: if it is delivered again, it may be answered again")
            return None

    def _remember(self, keys: Sequence[str], verdict: Verdict) -> None:
        for key in keys:
            self._taken[key] = verdict
        while len(self._taken) > REMEMBERED:
            del self._taken[next(iter(self._taken))]

    def _forget(self, keys: Sequence[str]) -> None:
        for key in keys:
            self._taken.pop(key, None)
