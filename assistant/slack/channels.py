"""Channels: those that the assistant is in, asked of Slack and remembered for some minutes."""

from __future__ import annotations

import time

from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from assistant.core.policy import Where
from assistant.slack import payloads
from assistant.slack.calls import code_of
from assistant.slack.payloads import Channel

REMEMBERED_S = 300.0
MISSED_S = 10.0
"""How old the list may be when a channel is not on it: somebody may just have invited the assistant there."""
PAGE = 200


class Channels:
    """Knows by name and by id the channels in which the assistant can post, and which of them others read too."""

    def __init__(self) -> None:
        self._known: dict[str, Channel] = {}
        self._asked_at = float("-inf")
        self._read_by: dict[str, tuple[Where, float]] = {}

    async def find(self, client: AsyncWebClient, destination: str) -> Channel | None:
        """Return a channel by `#name` or id; None when the assistant is not in it."""
        wanted = destination.removeprefix("#").casefold()
        age_s = time.monotonic() - self._asked_at
        if age_s > (REMEMBERED_S if wanted in self._known else MISSED_S):
            self._known = await self._ask(client)
            self._asked_at = time.monotonic()
        return self._known.get(wanted)

    async def read_by(self, client: AsyncWebClient, channel: str) -> Where:
        """Return who reads a channel, by its id: one person, this company, another one too, or nobody knows."""
        if channel.startswith("D"):
            return "direct"
        where, until = self._read_by.get(channel, ("unknown", 0.0))
        if time.monotonic() > until:
            try:
                response = await client.conversations_info(channel=channel)
                where = "shared" if payloads.is_shared(response.data) else "own"  # type: ignore[arg-type]
            except SlackApiError as error:
                if code_of(error) not in ("channel_not_found", "missing_scope"):
                    raise
                where = "unknown"  # a private channel that the assistant is not in
            self._read_by[channel] = where, time.monotonic() + (MISSED_S if where == "unknown" else REMEMBERED_S)
        return where

    @staticmethod
    async def _ask(client: AsyncWebClient) -> dict[str, Channel]:
        known: dict[str, Channel] = {}
        cursor: str | None = ""
        while cursor is not None:
            response = await client.users_conversations(
                types="public_channel,private_channel", exclude_archived=True, limit=PAGE, cursor=cursor or None
            )
            channels, cursor = payloads.channels(response.data)  # type: ignore[arg-type]
            for channel in channels:
                known[channel.id.casefold()] = known[channel.name.casefold()] = channel
        return known
