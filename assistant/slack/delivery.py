"""Delivery: where an answer goes, and the one function that sends it."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from slack_sdk.web.async_client import AsyncWebClient
from slack_sdk.webhook.async_client import AsyncWebhookClient

from assistant.core.answers import Answer, Fault, Invalid, Refusal
from assistant.core.home import Homepage
from assistant.core.messages import Message
from assistant.core.wording import word
from assistant.slack.limits import report
from assistant.slack.views.home import home_view
from assistant.slack.views.messages import blocks_of, text_of
from assistant.slack.views.naming import result_view


@dataclass(frozen=True)
class InThread:
    """The thread that asked. What is for the asker alone goes to them, in the channel."""

    channel: str
    thread: str | None
    user: str
    live: bool = False
    """The thread was there before the question, so that what is shown in it for one person is seen."""


@dataclass(frozen=True)
class InAck:
    """The answer to a command, seen by whoever typed it."""


@dataclass(frozen=True)
class InPlace:
    """The message whose button was clicked becomes the outcome; an error stands beside it. `ephemeral`: one sees it."""

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
    thread: str | None = None


@dataclass(frozen=True)
class InHome:
    user: str


@dataclass(frozen=True)
class InView:
    """A form whose button was clicked: it becomes the outcome."""

    view: str


Destination = InThread | InAck | InPlace | ToAsker | ToChannel | InHome | InView


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


RATE_LIMITED = ("ratelimited", "rate_limited")
LATER = (*RATE_LIMITED, "service_unavailable", "internal_error", "fatal_error")
"""Refusals that say nothing about the message: Slack may take it later."""


RESPONSE_PAUSES_S = (1.0, 4.0)
"""Pauses before a response_url is tried again that did not take an answer."""


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
        case InThread(channel, thread, user, live) if message.private:
            blocks = blocks_of(message, private=True)
            thread = thread if live else None
            report("chat.postEphemeral", {"blocks": blocks})
            await client.chat_postEphemeral(channel=channel, user=user, text=text, blocks=blocks, thread_ts=thread)
        case InThread(channel, thread):
            await post(message, channel, client, thread)
        case InPlace(response_url, ephemeral):
            blocks = blocks_of(message, private=ephemeral or message.private)
            aside = message.private and (not ephemeral or isinstance(each.answer, Invalid | Refusal | Fault))
            how = {"response_type": "ephemeral"} if aside else {"replace_original": True}
            await _respond(response_url, {"text": text, "blocks": blocks, **how})
        case ToAsker(response_url):
            blocks = blocks_of(message, private=True)
            await _respond(response_url, {"text": text, "blocks": blocks, "response_type": "ephemeral"})
        case ToChannel(response_url, by, thread):
            shared = replace(message, context=(*message.context, (f"Shared by {by}.",)))
            body = {"text": text, "blocks": blocks_of(shared, private=False), "response_type": "in_channel"}
            await _respond(response_url, {**body, "replace_original": False, "thread_ts": thread})
            await _respond(response_url, {"delete_original": True})
        case InHome(user):
            view = home_view(message, is_homepage=isinstance(each.answer, Homepage))
            report("views.publish", {"view": view})
            await client.views_publish(user_id=user, view=view)
        case InView(view_id):
            view = result_view(message)
            report("views.update", {"view": view})
            await client.views_update(view_id=view_id, view=view)


async def post(message: Message, channel: str, client: AsyncWebClient, thread: str | None = None) -> None:
    """Post a message for everybody who reads a channel."""
    blocks = blocks_of(message, private=False)
    report("chat.postMessage", {"blocks": blocks})
    await client.chat_postMessage(
        channel=channel,
        thread_ts=thread,
        text=text_of(message),
        blocks=blocks,
        unfurl_links=False,
        unfurl_media=False,
    )


async def _respond(response_url: str, body: dict[str, Any]) -> None:
    report("response_url", body)
    wanted = {name: value for name, value in body.items() if value is not None}
    for pause_s in (*RESPONSE_PAUSES_S, None):
        response = await AsyncWebhookClient(response_url).send_dict(
            {**wanted, "unfurl_links": False, "unfurl_media": False}
        )
        if response.status_code == 200:
            return
        if pause_s is None or (response.status_code != 429 and response.status_code < 500):
            # The address stays out of the message: it is a secret.
            raise ConnectionError(f"a response_url answered {response.status_code}")
        await asyncio.sleep(pause_s)
