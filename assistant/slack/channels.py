"""Channels: those that the assistant is in, asked of Slack and remembered for some minutes."""

from __future__ import annotations

import time

from slack_sdk.web.async_client import AsyncWebClient

from assistant.slack import payloads
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

    async def find(self, client: AsyncWebClient, destination: str) -> Channel | None:
        """Return a channel by `#name` or id; None when the assistant is not in it."""
        wanted = destination.removeprefix("#").casefold()
        age_s = time.monotonic() - self._asked_at
        if age_s > (REMEMBERED_S if wanted in self._known else MISSED_S):
            self._known = await self._ask(client)
            self._asked_at = time.monotonic()
        return self._known.get(wanted)

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
