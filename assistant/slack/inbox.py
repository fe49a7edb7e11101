"""The inbox: each event is taken care of once, however often Slack delivers it, and to whichever process."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from datetime import datetime
from functools import partial
from typing import Literal

import structlog

from assistant.errors import DatabaseUnreachableError
from assistant.storage.deliveries import Deliveries, Verdict

log = structlog.get_logger()

Change = Literal["claim", "finish", "release"]
REMEMBERED = 5_000
PATIENCE_S = 0.3
"""How long an event waits for its row. A question can be answered while nobody can write."""
LATE_S = 0.7
"""How much longer it waits with its answer, where that is there sooner."""


class Inbox:
    """Remembers what this process has taken, and has a row for what any process has.

    Where the database does not answer soon, an event counts as new until its answer is to be sent, and then still:
    better answered twice than never. A thread of its own writes the rows, so that a database that is slow to write
    leaves the others to read; while it writes some, others gather to be written together.
    """

    def __init__(self, deliveries: Deliveries, now: Callable[[], datetime]) -> None:
        self._deliveries = deliveries
        self._now = now
        self._pool = ThreadPoolExecutor(1, "deliveries")
        self._taken: dict[str, Verdict] = {}
        self._waiting: list[tuple[Change, Sequence[str], asyncio.Future[Verdict]]] = []
        self._writing: asyncio.Task[None] | None = None
        self._late: dict[tuple[str, ...], tuple[asyncio.Future[Verdict], float]] = {}

    async def take(self, keys: Sequence[str]) -> Verdict:
        """Say whether an event is new, and is the caller's then; else whether somebody is busy with it, or done."""
        for key in keys:
            if key in self._taken:
                return self._taken[key]
        self._remember(keys, "busy")
        claiming = self._write("claim", keys)
        with ExitStack() as failing:
            failing.callback(self._forget, keys)
            verdict = await _soon(claiming, PATIENCE_S)
            failing.pop_all()
        if verdict is None:
            self._late[tuple(keys)] = claiming, asyncio.get_running_loop().time() + LATE_S
        elif verdict != "new":
            self._forget(keys)
        return verdict or "new"

    async def confirm(self, keys: Sequence[str]) -> Verdict:
        """Say before its answer is sent whether an event is still the caller's: what its row says may come late."""
        if tuple(keys) not in self._late:
            return "new"
        claiming, until = self._late.pop(tuple(keys))
        verdict = await _soon(claiming, until - asyncio.get_running_loop().time()) or "new"
        if verdict != "new":
            self._forget(keys)
        return verdict

    async def finish(self, keys: Sequence[str]) -> None:
        """Say that an event was taken care of."""
        self._remember(keys, "done")
        await _soon(self._write("finish", keys), PATIENCE_S)

    async def release(self, keys: Sequence[str]) -> None:
        """Have an event taken again when it is delivered again."""
        self._forget(keys)
        await _soon(self._write("release", keys), PATIENCE_S)

    def is_first(self, trigger: object) -> bool:
        """Say whether this process has not seen a click before, which Slack may deliver again."""
        key = f"click:{trigger}"
        first = key not in self._taken
        self._remember([key], "done")
        return first or trigger is None

    def _write(self, change: Change, keys: Sequence[str]) -> asyncio.Future[Verdict]:
        writing: asyncio.Future[Verdict] = asyncio.get_running_loop().create_future()
        self._waiting.append((change, keys, writing))
        if self._writing is None or self._writing.done():
            self._writing = asyncio.create_task(self._write_waiting())
        return writing

    async def _write_waiting(self) -> None:
        """Write what waits, all of one kind at once, beginning with what has waited longest."""
        while self._waiting:
            change = self._waiting[0][0]
            together = [each for each in self._waiting if each[0] == change]
            self._waiting = [each for each in self._waiting if each[0] != change]
            work = partial(self._written, change, [keys for _, keys, _ in together])
            try:
                verdicts = await asyncio.get_running_loop().run_in_executor(self._pool, work)
            except Exception as error:  # noqa: BLE001  it is raised where somebody waits for it
                for *_, writing in together:
                    writing.set_exception(error)
            else:
                for (*_, writing), verdict in zip(together, verdicts, strict=True):
                    writing.set_result(verdict)

    def _written(self, change: Change, deliveries: Sequence[Sequence[str]]) -> Sequence[Verdict]:
        if change == "claim":
            return self._deliveries.claim_all(deliveries, self._now())
        keys = [key for each in deliveries for key in each]
        if change == "finish":
            self._deliveries.finish(keys, self._now())
        else:
            self._deliveries.release(keys)
        return ["done"] * len(deliveries)

    def _remember(self, keys: Sequence[str], verdict: Verdict) -> None:
        for key in keys:
            self._taken[key] = verdict
        while len(self._taken) > REMEMBERED:
            del self._taken[next(iter(self._taken))]

    def _forget(self, keys: Sequence[str]) -> None:
        for key in keys:
            self._taken.pop(key, None)


async def _soon(writing: asyncio.Future[Verdict], patience_s: float) -> Verdict | None:
    """Wait a little for a row to be written; None when that takes longer, or fails."""
    try:
        return await asyncio.wait_for(asyncio.shield(writing), patience_s)
    except (TimeoutError, DatabaseUnreachableError):
        writing.add_done_callback(lambda done: done.exception())  # seen, so that nobody complains of it
        log.warning("an event has no row: if it is delivered again, it may be answered again")
        return None
