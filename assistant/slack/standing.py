"""What of the registry still stands in Slack: its channels, and the people that its teams name."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Iterator

from slack_sdk.http_retry.builtin_async_handlers import AsyncRateLimitErrorRetryHandler
from slack_sdk.web.async_client import AsyncWebClient
from slack_sdk.web.async_slack_response import AsyncSlackResponse

from assistant.core.catalog import Catalog, Place
from assistant.core.entries import Component, Ref, Team
from assistant.core.linting import Doubt
from assistant.slack import payloads
from assistant.slack.payloads import Listed
from assistant.slack.tokens import accepted, answered

PAGE = 1_000
"""As many as Slack lists at once; it takes 20 such calls a minute."""
PATIENCE = 20
"""How often a call waits because Slack asks for it."""


def gone_from_slack(catalog: Catalog, token: str, api_url: str) -> list[Doubt]:
    """Return the channels that are archived, renamed or unknown, and the contacts who have left.

    Raises ConfigurationError where Slack does not answer, or refuses the token.
    """
    return asyncio.run(_compared(catalog, token, api_url))


async def _compared(catalog: Catalog, token: str, api_url: str) -> list[Doubt]:
    client = AsyncWebClient(token, api_url)
    client.retry_handlers.append(AsyncRateLimitErrorRetryHandler(max_retry_count=PATIENCE))

    async def page_of_channels(cursor: str | None) -> AsyncSlackResponse:
        types = "public_channel,private_channel"
        return await answered(client.conversations_list(types=types, limit=PAGE, cursor=cursor), api_url)

    async def page_of_people(cursor: str | None) -> AsyncSlackResponse:
        return await answered(client.users_list(limit=PAGE, cursor=cursor), api_url)

    channels: list[Listed] = []
    people: list[Listed] = []
    for found, page in ((channels, page_of_channels), (people, page_of_people)):
        cursor: str | None = ""
        while cursor is not None:
            response = accepted(await page(cursor or None), "SLACK_BOT_TOKEN")
            listed, cursor = payloads.listed(response.data)  # type: ignore[arg-type]
            found += listed
    return [*_channels(catalog, channels), *_people(catalog, people)]


def _channels(catalog: Catalog, channels: list[Listed]) -> Iterator[Doubt]:
    known = {key: each for each in channels for key in (each.id.casefold(), each.name.casefold())}
    renamed = {name.casefold(): each for each in channels for name in each.called_before}
    for entry in _entries(catalog):
        if not entry.slack_channel:
            continue
        wanted = entry.slack_channel.removeprefix("#").casefold()
        place = _place(catalog, entry.ref, "slack_channel")
        if (found := known.get(wanted)) is not None:
            if found.gone:
                remedy = "Name the channel that took its place."
                yield Doubt("channel gone", entry.ref, f"its channel {entry.slack_channel} is archived", remedy, place)
        elif (found := renamed.get(wanted)) is not None:
            message = f"its channel {entry.slack_channel} is called #{found.name} now"
            yield Doubt("channel renamed", entry.ref, message, f"Write #{found.name}, or its id, {found.id}.", place)
        else:
            message = f"Slack shows no channel {entry.slack_channel}"
            remedy = "Correct it, or invite the assistant where it is private."
            yield Doubt("channel gone", entry.ref, message, remedy, place)


def _people(catalog: Catalog, people: list[Listed]) -> Iterator[Doubt]:
    known = {each.id: each for each in people}
    for team in catalog.teams.values():
        for contact in team.contacts:
            if not re.fullmatch(r"[UW][A-Z0-9]{2,}", contact):
                continue
            found = known.get(contact)
            if found is None or found.gone:
                message = f"its contact {found.name} has left" if found else f"Slack knows no {contact}, its contact"
                place = _place(catalog, team.ref, "contacts")
                yield Doubt("person gone", team.ref, message, "Name somebody else, or the team's usergroup.", place)


def _entries(catalog: Catalog) -> list[Component | Team]:
    components = [component for _, component in sorted(catalog.components.items())]
    return [*(team for _, team in sorted(catalog.teams.items())), *components]


def _place(catalog: Catalog, ref: Ref, field: str) -> Place | None:
    origin = catalog.origin(ref, field)
    return origin.place if origin else None
