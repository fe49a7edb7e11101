"""Sending notices: one at a time, at Slack's pace, until each has arrived, could not, or may have arrived twice."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress
from datetime import datetime, timedelta
from typing import Any

import aiohttp
import structlog
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from assistant.core.notices import Notice
from assistant.errors import DatabaseUnreachableError
from assistant.slack.delivery import post
from assistant.slack.desk import Desk
from assistant.storage.notices import Taken
from assistant.use_cases.notifying import message_of
from assistant.use_cases.reviewing import ask_to_look

log = structlog.get_logger()

LOOK_S = 1.0
"""How often a sender looks for notices that other processes wrote."""
PACE = timedelta(seconds=1.1)
"""Between two posts in a channel: Slack takes one a second (https://docs.slack.dev/apis/web-api/rate-limits)."""
REVIEW_S = 600.0
"""How often decisions are gone through. Whoever changes a fact has that long to decide anew by themselves."""
BACK_OFF = timedelta(seconds=15)
BROKEN = timedelta(minutes=5)
"""How long a notice waits where nobody can be told anything until somebody mends the app."""
GIVEN_UP = timedelta(days=1)

_UNREACHABLE = {
    "channel_not_found": "it was not found; invite the assistant there",
    "not_in_channel": "the assistant is not in it; invite it",
    "is_archived": "it is archived",
    "restricted_action": "only some may post there",
    "user_not_found": "that person was not found",
    "cannot_dm_bot": "that is a bot",
    "messages_tab_disabled": "the app takes no direct messages",
}
_MENDED_BY_THE_OPERATOR = {
    "token_revoked": "SLACK_BOT_TOKEN was revoked; copy a current one from the app's page, and start again",
    "token_expired": "SLACK_BOT_TOKEN has expired; copy a current one from the app's page, and start again",
    "invalid_auth": "Slack refuses SLACK_BOT_TOKEN; copy a current one from the app's page, and start again",
    "account_inactive": "the app was removed from the workspace; install it again",
    "missing_scope": "the app lacks a scope; update its manifest with `assistant manifest`, and install it again",
}
_MAYBE = ("internal_error", "fatal_error", "request_timeout")
"""Refusals after which something may have been posted all the same."""


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
        await _regularly(self._desk, "sending notices", LOOK_S, self.send_next)

    async def send_next(self) -> bool:
        """Send the notice that is due; False when there is none."""
        desk, notices = self._desk, self._notices
        taken = await desk.run_patiently(lambda: notices.take(desk.now()))
        if taken is None:
            return False
        now = desk.now()
        free = self._free.get(taken.notice.to, now)
        has_its_turn = taken.id in self._turns
        self._turns.discard(taken.id)
        if free > now and not has_its_turn:
            self._turns.add(taken.id)
            self._free[taken.notice.to] = free + PACE
            await desk.run_patiently(lambda: notices.put_off(taken.id, free, taken.unknown))
            return True
        if taken.unknown > 1 or now - taken.written_at > GIVEN_UP:
            log.error("a notice is given up", notice=taken.id, about=taken.notice.about.kind, unknown=taken.unknown)
            await desk.run_patiently(lambda: notices.close(taken.id, "failed", now))
            return True
        message = await desk.run_patiently(lambda: message_of(taken.notice, desk.registry, desk.rulebook, now.date()))
        self._free = {to: at for to, at in self._free.items() if at > now}
        self._free[taken.notice.to] = max(free, now + PACE)
        if message is not None:
            try:
                await post(message, taken.notice.to, self._client)
            except SlackApiError as error:
                await self._refused(taken, error)
                return True
            except aiohttp.ClientConnectorError:
                await desk.run_patiently(lambda: notices.put_off(taken.id, desk.now() + BACK_OFF, taken.unknown))
                return True
            except (aiohttp.ClientError, TimeoutError, OSError):
                log.warning("it is not known whether a notice arrived", notice=taken.id, before=taken.unknown)
                await desk.run_patiently(lambda: notices.put_off(taken.id, desk.now() + BACK_OFF, taken.unknown + 1))
                return True
        await desk.run_patiently(lambda: notices.close(taken.id, "sent", desk.now()))
        return True

    async def _refused(self, taken: Taken, error: SlackApiError) -> None:
        """Do what a refusal asks for: wait, tell somebody else, or give up."""
        desk, notices, now = self._desk, self._notices, self._desk.now()
        status, code, wait_s = _refusal(error)
        unknown = taken.unknown
        if status == 429:
            until = now + timedelta(seconds=wait_s)
            self._free[taken.notice.to] = until + PACE
            self._turns.add(taken.id)
        elif code in _MENDED_BY_THE_OPERATOR:
            log.error("notices wait", remedy=_MENDED_BY_THE_OPERATOR[code], slack_error=code)
            until = now + BROKEN
        elif code in _MAYBE or (code is None and status < 500):
            until, unknown = now + BACK_OFF, unknown + 1
        elif code is None or code == "service_unavailable":
            until = now + BACK_OFF
        elif taken.notice.instead and taken.notice.instead != taken.notice.to:
            remark = _remark(taken.notice, code)
            await desk.run_patiently(lambda: notices.redirect(taken.id, taken.notice.instead or "", remark, now))
            return
        else:
            log.error("a notice reaches nobody", notice=taken.id, about=taken.notice.about.kind, slack_error=code)
            await desk.run_patiently(lambda: notices.close(taken.id, "failed", now))
            return
        await desk.run_patiently(lambda: notices.put_off(taken.id, until, unknown))


async def ask_to_look_again(desk: Desk) -> None:
    """Have those asked, every few minutes, whose decisions are to be looked at again."""

    async def ask() -> bool:
        administrators = await desk.administrators()
        await desk.run_patiently(lambda: ask_to_look(desk.registry, desk.rulebook, desk.now(), administrators))
        return False

    await _regularly(desk, "asking about decisions", REVIEW_S, ask)


async def _regularly(desk: Desk, what: str, pause_s: float, work: Callable[[], Awaitable[bool]]) -> None:
    """Work until the desk is told to stop, with a pause when there is nothing more to do, and after every failure."""
    while not desk.stopping.is_set():
        try:
            if await work():
                continue
        except DatabaseUnreachableError:
            log.warning("work waits: the database can't be reached", work=what)
        except Exception as error:  # noqa: BLE001  what failed is due again, and what fails twice is given up
            log.error("work failed", work=what, error=type(error).__name__)
        with suppress(TimeoutError):
            await asyncio.wait_for(desk.stopping.wait(), pause_s)


def _remark(notice: Notice, code: str) -> str:
    reason = _UNREACHABLE.get(code, f"Slack refused it ({code})")
    return f"This is for {notice.to}, which could not be reached: {reason}."


def _refusal(error: SlackApiError) -> tuple[int, str | None, float]:
    """Read a refusal: HTTP's status, Slack's error code if it gave one, and the seconds that it asks to wait."""
    response: Any = error.response
    data = getattr(response, "data", None)
    code = data.get("error") if isinstance(data, dict) else None
    status: int = response.status_code if hasattr(response, "status_code") else response.status
    wait = response.headers.get("Retry-After", "") if status == 429 else ""
    return status, str(code) if code else None, float(wait) if wait.replace(".", "", 1).isdigit() else 1.0
