"""The desk: what every listener has at hand. Work that blocks runs in a bounded pool of threads."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine, Iterable
from concurrent.futures import ThreadPoolExecutor
from contextvars import ContextVar, copy_context
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import cached_property, partial
from typing import Any, TypeVar

from slack_sdk.web.async_client import AsyncWebClient

from assistant.core.entries import Ref
from assistant.core.policy import Actor, Where
from assistant.core.rulebook import Rulebook
from assistant.errors import DatabaseSlowError
from assistant.slack.channels import Channels
from assistant.slack.inbox import Inbox
from assistant.slack.metrics import Metrics
from assistant.slack.people import People
from assistant.use_cases.rulebooks import Rulebooks
from assistant.use_cases.snapshots import Registry
from assistant.use_cases.stating import usergroups_of

Result = TypeVar("Result")
THREADS = 4
ANSWER_S = 1.9
"""How long the database may take over an answer. Slack waits three seconds, in which an honest sentence has to come."""
REMEMBERED = 5_000
DISCUSSED = timedelta(hours=1)

_waited_s: ContextVar[float] = ContextVar("waited_s", default=0.0)
"""How long one request has waited for the database by now: to Slack several short waits are one long one."""


@dataclass(frozen=True)
class Desk:
    registry: Registry
    rulebooks: Rulebooks
    client: AsyncWebClient
    people: People
    metrics: Metrics
    kinds: tuple[str, ...] = ()
    """The kinds of parts that onboarding offers."""
    channels: Channels = field(default_factory=Channels)
    pool: ThreadPoolExecutor = field(default_factory=lambda: ThreadPoolExecutor(THREADS, "database"))
    writer: ThreadPoolExecutor = field(default_factory=lambda: ThreadPoolExecutor(1, "writing"))
    """A thread for what people change: one writes at a time anyway, and where nobody can, the others still read."""
    behind: ThreadPoolExecutor = field(default_factory=lambda: ThreadPoolExecutor(1, "behind"))
    """A thread for what nobody waits for."""
    working: set[asyncio.Task[Any]] = field(default_factory=set)
    """What is being answered, and what is still being sent after it was acknowledged."""
    stopping: asyncio.Event = field(default_factory=asyncio.Event)
    nudged: asyncio.Event = field(default_factory=asyncio.Event)
    """Set when there may be notices to send, or it is time to stop."""
    subjects: dict[tuple[str, str | None], tuple[Ref, datetime]] = field(default_factory=dict)
    """What each conversation, a thread or a direct message, was last about, and when."""

    @cached_property
    def inbox(self) -> Inbox:
        return Inbox(self.registry.deliveries, self.now)

    @property
    def rulebook(self) -> Rulebook:
        """The rulebook that applies now."""
        return self.rulebooks.current()

    async def run(self, work: Callable[[], Result]) -> Result:
        """Run work that reads, such as a query, beside the event loop.

        Raises DatabaseSlowError where all of a request's work takes long.
        """
        return await self._run_in(self.pool, work)

    async def write(self, work: Callable[[], Result]) -> Result:
        """Run work that changes something. What has begun is not stopped, and may be saved though it took too long."""
        return await self._run_in(self.writer, work)

    @staticmethod
    async def _run_in(pool: ThreadPoolExecutor, work: Callable[[], Result]) -> Result:
        loop = asyncio.get_running_loop()
        before_s, begun_at = _waited_s.get(), loop.time()
        try:
            return await asyncio.wait_for(_begin(pool, work), ANSWER_S - before_s)
        except TimeoutError:
            raise DatabaseSlowError("The database does not answer in time.") from None
        finally:
            _waited_s.set(before_s + loop.time() - begun_at)

    async def run_patiently(self, work: Callable[[], Result]) -> Result:
        """Run work that blocks and for which nobody waits, however long it takes."""
        return await _begin(self.behind, work)

    async def actor(self, user: str, team: str | None) -> Actor:
        return await self.people.actor(self.client, user, team)

    async def beside_owners(self, actor: Actor, ref: Ref | None, teams: Iterable[str] = ()) -> Actor:
        """Return an actor that knows whether it is in a usergroup of the teams that own a component, or of others."""
        usergroups = await self.run(lambda: usergroups_of(ref, teams, self.registry))
        return await self.people.with_usergroups(self.client, actor, usergroups)

    async def read_by(self, channel: str) -> Where:
        """Return who reads a channel."""
        return await self.channels.read_by(self.client, channel)

    async def administrators(self) -> tuple[str, ...]:
        """Return the people who administer the registry, by id."""
        return await self.people.administrators(self.client)

    def discussed(self, channel: str, thread: str | None) -> Ref | None:
        """Return the component that a conversation was about within the last hour: what `it` means there."""
        about, at = self.subjects.get((channel, thread), (None, self.now()))
        return about if self.now() - at < DISCUSSED else None

    def discuss(self, channel: str, thread: str | None, about: Ref | None) -> None:
        """Remember what a conversation is about, with the last thousands."""
        if about is None:
            return
        self.subjects.pop((channel, thread), None)
        self.subjects[channel, thread] = about, self.now()
        if len(self.subjects) > REMEMBERED:
            del self.subjects[next(iter(self.subjects))]

    def drop(self, channel: str, thread: str | None) -> None:
        """Forget what a conversation is about."""
        self.subjects.pop((channel, thread), None)

    def track(self, task: asyncio.Task[Any] | None) -> None:
        """Have `drain` wait for a task."""
        if task is not None:
            self.working.add(task)
            task.add_done_callback(self.working.discard)

    def later(self, work: Coroutine[Any, Any, Result]) -> asyncio.Task[Result]:
        """Do something beside what goes on; `drain` waits for it."""
        task = asyncio.get_running_loop().create_task(work)
        self.track(task)
        return task

    async def drain(self, timeout_s: float) -> None:
        """Take nothing more, and finish what was taken: its answer, its acknowledgement, and what follows that."""
        self.stopping.set()
        self.nudged.set()
        deadline = asyncio.get_running_loop().time() + timeout_s
        while self.working and (left := deadline - asyncio.get_running_loop().time()) > 0:
            await asyncio.wait(self.working, timeout=left)

    @staticmethod
    def now() -> datetime:
        return datetime.now(UTC)


def _begin(pool: ThreadPoolExecutor, work: Callable[[], Result]) -> asyncio.Future[Result]:
    """Begin work in a thread, in the context of the request, so that what it logs names the request."""
    return asyncio.get_running_loop().run_in_executor(pool, partial(copy_context().run, work))
