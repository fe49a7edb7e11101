"""The desk: what every listener has at hand. Work that blocks runs in a bounded pool of threads."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine, Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, TypeVar

from slack_sdk.web.async_client import AsyncWebClient

from assistant.core.policy import Actor
from assistant.core.rulebook import Rulebook
from assistant.slack.people import People
from assistant.use_cases.snapshots import Registry

Result = TypeVar("Result")
THREADS = 4
REMEMBERED = 5_000


@dataclass(frozen=True)
class Desk:
    registry: Registry
    rulebook: Rulebook
    client: AsyncWebClient
    people: People
    pool: ThreadPoolExecutor = field(default_factory=lambda: ThreadPoolExecutor(THREADS, "database"))
    after: set[asyncio.Task[None]] = field(default_factory=set)
    """What is still being sent after it was acknowledged."""
    taken: dict[tuple[str, str], None] = field(default_factory=dict)
    """Messages, by channel and ts, that are answered or being answered: Slack sends some again, edited or not."""

    async def run(self, work: Callable[[], Result]) -> Result:
        """Run work that blocks, such as a query, beside the event loop."""
        return await asyncio.get_running_loop().run_in_executor(self.pool, work)

    async def actor(self, user: str, team: str | None) -> Actor:
        return await self.people.actor(self.client, user, team)

    async def with_usergroups(self, actor: Actor, usergroups: Iterable[str]) -> Actor:
        return await self.people.with_usergroups(self.client, actor, usergroups)

    def take(self, channel: str, ts: str) -> bool:
        """Say whether a message is new, and remember it, with the last thousands."""
        if (channel, ts) in self.taken:
            return False
        self.taken[channel, ts] = None
        if len(self.taken) > REMEMBERED:
            del self.taken[next(iter(self.taken))]
        return True

    def later(self, work: Coroutine[Any, Any, None]) -> None:
        """Do something after the acknowledgement; `drain` waits for it."""
        task = asyncio.get_running_loop().create_task(work)
        self.after.add(task)
        task.add_done_callback(self.after.discard)

    async def drain(self, timeout_s: float) -> None:
        """Finish what was acknowledged, then let the threads go."""
        if self.after:
            await asyncio.wait(self.after, timeout=timeout_s)
        self.pool.shutdown(wait=False, cancel_futures=True)

    @staticmethod
    def now() -> datetime:
        return datetime.now(UTC)
