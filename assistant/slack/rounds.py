"""Rounds: what is done again and again beside answering, by every replica."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress

import structlog

from assistant.errors import DatabaseUnreachableError
from assistant.slack.desk import Desk
from assistant.use_cases.digest import is_time, send_digest
from assistant.use_cases.reviewing import ask_to_look
from assistant.use_cases.syncing import SyncedFiles

log = structlog.get_logger()

REVIEW_S = 600.0
"""How often decisions are gone through, and it is looked whether it is Monday."""
FILES_S = 2.0
"""How often it is looked whether files have changed."""


async def regularly(
    desk: Desk, what: str, pause_s: float, work: Callable[[], Awaitable[bool]], waking: asyncio.Event | None = None
) -> None:
    """Work until the desk is told to stop, with a pause when there is nothing more to do, and after every failure.

    `waking` ends a pause; without it, only being told to stop does.
    """
    while not desk.stopping.is_set():
        if waking is not None:
            waking.clear()
        try:
            if await work():
                continue
        except DatabaseUnreachableError:
            log.warning("work waits: the database can't be reached", work=what)
        except Exception as error:  # noqa: BLE001  what failed is due again, and what fails twice is given up
            log.error("work failed", work=what, error=type(error).__name__)
        with suppress(TimeoutError):
            await asyncio.wait_for((waking or desk.stopping).wait(), pause_s)


async def ask_to_look_again(desk: Desk) -> None:
    """Have those asked, every few minutes, whose decisions are to be looked at again."""

    async def ask() -> bool:
        administrators = await desk.administrators()
        now = desk.now()
        await desk.run_patiently(lambda: ask_to_look(desk.registry, desk.rulebook, now, administrators))
        return False

    await regularly(desk, "asking about decisions", REVIEW_S, ask)


async def send_digests(desk: Desk, to: Sequence[str]) -> None:
    """Send the digest on Mondays, to channels and people, of whom `admins` are all who administer the registry."""

    async def send() -> bool:
        now = desk.now()
        if is_time(now):
            administrators = await desk.administrators()
            whom = dict.fromkeys(each for one in to for each in (administrators if one == "admins" else (one,)))
            await desk.run_patiently(lambda: send_digest(desk.registry, desk.rulebook, now, list(whom), administrators))
        return False

    await regularly(desk, "the Monday digest", REVIEW_S, send)


async def follow_files(desk: Desk, files: SyncedFiles) -> None:
    """Import files again whenever they have changed."""

    async def look() -> bool:
        now = desk.now()
        outcome = await asyncio.to_thread(files.look, now)  # it may take seconds, in which notices go on
        if outcome is not None:
            desk.metrics.synced.labels(outcome).inc()
        return False

    await regularly(desk, "following files", FILES_S, look)
