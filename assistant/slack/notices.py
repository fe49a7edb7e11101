"""Sending notices: one at a time, at Slack's pace, until each has arrived, could not, or may have arrived twice."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import aiohttp
import structlog
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from assistant.core.notices import Notice, is_person
from assistant.core.policy import authorize
from assistant.errors import DatabaseUnreachableError
from assistant.slack.calls import TOKEN_REFUSALS, code_of
from assistant.slack.delivery import LATER, RATE_LIMITED, post
from assistant.slack.desk import Desk
from assistant.slack.rounds import regularly
from assistant.storage.notices import Taken
from assistant.use_cases.notifying import message_of

log = structlog.get_logger()

LOOK_S = 1.0
"""How often a sender looks for notices that other processes wrote."""
PACE = timedelta(seconds=1.1)
"""Between two posts in a channel: Slack takes one a second (https://docs.slack.dev/apis/web-api/rate-limits)."""
POSTING = timedelta(seconds=15)
"""What has to be left of a lease to post: Slack may take ten seconds."""
BACK_OFF = timedelta(seconds=15)
"""How long a notice waits that has surely not arrived."""
DOUBT = timedelta(minutes=5)
"""How long a notice waits that may have arrived: once it is posted again, it is not tried a third time."""
BROKEN = timedelta(minutes=5)
"""How long a notice waits where nobody can be told anything until somebody mends the app."""
GIVEN_UP = timedelta(days=3)

_UNREACHABLE = {
    "channel_not_found": "it was not found; invite the assistant there",
    "not_in_channel": "the assistant is not in it; invite it",
    "is_archived": "it is archived",
    "restricted_action": "only some may post there",
    "messages_tab_disabled": "the app takes no direct messages",
}
_MENDED_BY_THE_OPERATOR = TOKEN_REFUSALS | {"missing_scope", "no_permission", "access_denied", "org_login_required"}
_DOUBTFUL = ("internal_error", "fatal_error", "request_timeout")
"""Refusals after which something may have been posted all the same."""


class _UnreachableError(Exception):
    """Whom a notice is for can't get it. The text says why, as a part of a sentence."""


class NoticeSender:
    """Sends what others are to be told. Any number of processes may do so beside one another."""

    def __init__(self, desk: Desk, client: AsyncWebClient) -> None:
        """`client` must not retry: after a connection broke, its retry would post once more than is known here."""
        self._desk = desk
        self._client = client
        self._notices = desk.registry.notices
        self._free: dict[str, datetime] = {}
        """From when on a channel can be posted to, by what is not waiting for its turn yet."""
        self._turns: set[int] = set()
        """Notices that were put off until it is their turn in their channel."""

    async def run(self) -> None:
        """Send until the desk is told to stop; what is left then is sent by whoever starts next."""
        await regularly(self._desk, "sending notices", LOOK_S, self.send_next, self._desk.nudged)

    async def send_next(self) -> bool:
        """Send the notice that is due; False when there is none."""
        now = self._desk.now()
        taken = await self._desk.run_patiently(lambda: self._notices.take(now))
        if taken is None:
            return False
        free = self._free.get(taken.notice.to, now)
        has_its_turn = taken.id in self._turns
        self._turns.discard(taken.id)
        if free > now and not has_its_turn:
            self._turns.add(taken.id)
            self._free[taken.notice.to] = free + PACE
            await self._put_off(taken, free)
        elif taken.unknown > 1 or now - taken.written_at > GIVEN_UP:
            await self._give_up(taken, "it came to nothing too often, or for too long")
        else:
            self._free = {to: at for to, at in self._free.items() if at > now}
            self._free[taken.notice.to] = max(free, now + PACE)
            await self._send(taken)
        return True

    async def _send(self, taken: Taken) -> None:
        """Send a notice, and keep what came of it."""
        try:
            message = await self._desk.run_patiently(lambda: self._message(taken.notice))
            if message is not None:
                await self._check(taken.notice.to)
        except (DatabaseUnreachableError, SlackApiError, aiohttp.ClientError, TimeoutError, OSError) as error:
            await self._refused(taken, error) if isinstance(error, SlackApiError) else await self._put_off(taken)
            return
        except _UnreachableError as error:
            await self._tell_somebody_else(taken, str(error))
            return
        if self._desk.now() > taken.until - POSTING:
            await self._put_off(taken, self._desk.now())  # somebody else may take it any moment
            return
        try:
            if message is not None:
                await post(message, taken.notice.to, self._client)
        except SlackApiError as error:
            await self._refused(taken, error)
        except (aiohttp.ClientConnectorError, aiohttp.ConnectionTimeoutError):
            await self._put_off(taken)
        except (aiohttp.ClientError, TimeoutError, OSError) as error:
            await self._doubt(taken, type(error).__name__)
        else:
            await self._said(lambda: self._notices.sent(taken, self._desk.now()), taken)

    def _message(self, notice: Notice) -> Any:
        return message_of(notice, self._desk.registry, self._desk.rulebook, self._desk.now())

    async def _check(self, to: str) -> None:
        """Raise _UnreachableError where nothing of the registry may be shown, or nothing can be posted."""
        if is_person(to):
            if not authorize(await self._desk.actor(to, None), "ask").allowed:
                raise _UnreachableError("they are no full member of the workspace, or not any more")
            return
        channel = await self._desk.channels.find(self._client, to)
        if channel is None:
            raise _UnreachableError(_UNREACHABLE["not_in_channel"])
        if channel.shared:
            raise _UnreachableError("another company reads it too")

    async def _refused(self, taken: Taken, error: SlackApiError) -> None:
        """Do what a refusal asks for: wait, tell somebody else, or give up."""
        code, wait = code_of(error), _wait_of(error)
        if wait is not None or code in RATE_LIMITED:
            until = self._desk.now() + (wait or BACK_OFF)
            self._free[taken.notice.to] = until + PACE
            self._turns.add(taken.id)
            await self._put_off(taken, until)
        elif code in _MENDED_BY_THE_OPERATOR:
            remedy = "Install the app again from its manifest, copy its bot token, and start anew"
            log.error("notices wait until somebody mends the app", slack_error=code, remedy=remedy)
            await self._put_off(taken, self._desk.now() + BROKEN)
        elif code in _DOUBTFUL:
            await self._doubt(taken, code)
        elif code in LATER or code.startswith("HTTP"):
            await self._put_off(taken)
        else:
            await self._tell_somebody_else(taken, _UNREACHABLE.get(code, f"Slack refused it ({code})"))

    async def _tell_somebody_else(self, taken: Taken, why: str) -> None:
        if not taken.notice.instead:
            await self._give_up(taken, why)
            return
        whom = "an owner in person, who" if is_person(taken.notice.to) else f"{taken.notice.to}, which"
        remark = taken.notice.remark or f"This is for {whom} could not be reached: {why}."
        await self._said(lambda: self._notices.redirect(taken, remark, self._desk.now()), taken)

    async def _give_up(self, taken: Taken, why: str) -> None:
        log.error("a notice reaches nobody", notice=taken.id, about=taken.notice.about.kind, why=why)
        await self._said(lambda: self._notices.give_up(taken, self._desk.now()), taken)

    async def _doubt(self, taken: Taken, why: str) -> None:
        log.warning("it is not known whether a notice arrived", notice=taken.id, before=taken.unknown, why=why)
        until = self._desk.now() + DOUBT
        await self._said(lambda: self._notices.put_off(taken, until, taken.unknown + 1), taken)

    async def _put_off(self, taken: Taken, until: datetime | None = None) -> None:
        later = until or self._desk.now() + BACK_OFF
        await self._said(lambda: self._notices.put_off(taken, later, taken.unknown), taken)

    async def _said(self, say: Callable[[], None], taken: Taken) -> None:
        """Keep what came of a notice, though the database is away for a while: else it would be sent again."""
        while True:
            try:
                return await self._desk.run_patiently(say)
            except DatabaseUnreachableError:
                if self._desk.now() > taken.until or self._desk.stopping.is_set():
                    raise
            await asyncio.sleep(LOOK_S)


def _wait_of(error: SlackApiError) -> timedelta | None:
    """Return how long Slack asks to wait; None when it asks for nothing."""
    response: Any = error.response
    status = getattr(response, "status_code", None) or getattr(response, "status", 0)
    asked = str(response.headers.get("Retry-After", "")) if status == 429 else ""
    return timedelta(seconds=float(asked)) if asked.isdecimal() else timedelta(seconds=1) if status == 429 else None
