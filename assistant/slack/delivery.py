"""Delivery: where an answer goes, and the one function that sends it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient
from slack_sdk.webhook.async_client import AsyncWebhookClient

from assistant.core.answers import Answer
from assistant.core.wording import word
from assistant.slack.views.home import home_view
from assistant.slack.views.messages import blocks_of, text_of


@dataclass(frozen=True)
class InThread:
    """The thread that asked. What is for the asker alone goes to them, in the channel."""

    channel: str
    thread: str | None
    user: str


@dataclass(frozen=True)
class InAck:
    """The answer to a command, seen by whoever typed it."""


@dataclass(frozen=True)
class InPlace:
    """The message whose button was clicked becomes the outcome. `ephemeral`: only one person sees it."""

    response_url: str
    ephemeral: bool


@dataclass(frozen=True)
class ToAsker:
    """A message that one person sees, by a response_url."""

    response_url: str


@dataclass(frozen=True)
class ToChannel:
    """What only one person saw, shown to the channel by somebody; theirs goes away."""

    response_url: str
    by: str


@dataclass(frozen=True)
class InHome:
    user: str


@dataclass(frozen=True)
class Notice:
    """A message to the people concerned; to `instead`, saying so, where their channel cannot be reached."""

    channel: str | None
    instead: str


Destination = InThread | InAck | InPlace | ToAsker | ToChannel | InHome | Notice


@dataclass(frozen=True)
class Reply:
    answer: Answer
    to: Destination


@dataclass(frozen=True)
class Outcome:
    """What a listener wants done: an ack with the true result, then replies."""

    replies: tuple[Reply, ...] = ()
    ack: Mapping[str, Any] = field(default_factory=dict)


def reply(answer: Answer, to: Destination) -> Outcome:
    return Outcome((Reply(answer, to),))


_UNREACHABLE = {
    "channel_not_found": "it was not found; invite the assistant there",
    "not_in_channel": "the assistant is not in it; invite it",
    "is_archived": "it is archived",
    "restricted_action": "posting there is restricted",
}


def ack_of(each: Reply) -> dict[str, Any]:
    """Return an answer as a command's acknowledgement carries it."""
    message = word(each.answer)
    return {"response_type": "ephemeral", "text": text_of(message), "blocks": blocks_of(message, private=True)}


async def send(each: Reply, client: AsyncWebClient) -> None:
    """Send one answer to where it goes. Answers in an ack are sent by the ack itself."""
    message = word(each.answer)
    text = text_of(message)
    match each.to:
        case InAck():
            return
        case InThread(channel, _, user) if message.private:
            blocks = blocks_of(message, private=True)
            await client.chat_postEphemeral(channel=channel, user=user, text=text, blocks=blocks)
        case InThread(channel, thread, _):
            await _post(client, channel, text, blocks_of(message, private=False), thread)
        case InPlace(response_url, ephemeral):
            blocks = blocks_of(message, private=ephemeral or message.private)
            await _respond(response_url, text, blocks, replace_original=not message.private)
        case ToAsker(response_url):
            await _respond(response_url, text, blocks_of(message, private=True))
        case ToChannel(response_url, by):
            shared = replace(message, context=(*message.context, (f"Shared by {by}.",)))
            await _respond(response_url, text, blocks_of(shared, private=False), response_type="in_channel")
            await AsyncWebhookClient(response_url).send(delete_original=True)
        case InHome(user):
            await client.views_publish(user_id=user, view=home_view(message))
        case Notice(channel, instead):
            await _notify(client, channel, instead, each.answer)


async def _post(
    client: AsyncWebClient, channel: str, text: str, blocks: list[dict[str, Any]], thread: str | None = None
) -> None:
    await client.chat_postMessage(
        channel=channel, thread_ts=thread, text=text, blocks=blocks, unfurl_links=False, unfurl_media=False
    )


async def _notify(client: AsyncWebClient, channel: str | None, instead: str, answer: Answer) -> None:
    message = word(answer)
    if channel is not None:
        try:
            await _post(client, channel, text_of(message), blocks_of(message, private=False))
        except SlackApiError as error:
            reason = _UNREACHABLE.get(str(error.response.get("error")))
            if reason is None:
                raise
            note = f"This is for {channel}, which could not be reached: {reason}."
            message = replace(message, context=(*message.context, (note,)))
        else:
            return
    await _post(client, instead, text_of(message), blocks_of(message, private=False))


async def _respond(
    response_url: str,
    text: str,
    blocks: list[dict[str, Any]],
    *,
    replace_original: bool = False,
    response_type: str = "ephemeral",
) -> None:
    response = await AsyncWebhookClient(response_url).send(
        text=text,
        blocks=blocks,
        replace_original=replace_original,
        response_type=response_type,
        unfurl_links=False,
        unfurl_media=False,
    )
    if response.status_code != 200:
        # The address stays out of the message: it is a secret.
        raise ConnectionError(f"a response_url answered {response.status_code}")
