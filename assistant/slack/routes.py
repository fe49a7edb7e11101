"""Routes: everything that Slack can send and what it leads to, a line each. The manifest declares exactly these."""

from __future__ import annotations

import asyncio
import json
import re
import secrets
import traceback
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal

import structlog
from slack_bolt.async_app import AsyncApp
from slack_bolt.error import BoltUnhandledRequestError
from slack_bolt.request.async_request import AsyncBoltRequest
from slack_bolt.response import BoltResponse
from slack_sdk.errors import SlackApiError

from assistant.core.answers import Fault, Invalid
from assistant.core.policy import Actor, authorize
from assistant.errors import DatabaseUnreachableError, RepeatedError
from assistant.slack import payloads
from assistant.slack.calls import code_of
from assistant.slack.delivery import (
    LATER,
    Destination,
    InAck,
    InHome,
    InThread,
    Outcome,
    Reply,
    ToAsker,
    ack_of,
    reply,
    send,
)
from assistant.slack.desk import Desk
from assistant.slack.limits import report
from assistant.slack.listeners import asking, deciding, naming, onboarding
from assistant.slack.listeners.clicks import place
from assistant.slack.metrics import Metrics
from assistant.slack.views.home import ASK
from assistant.slack.views.inputs import ACK_LIMIT
from assistant.slack.views.naming import COMPONENT, COMPONENT_TYPED, NAMING
from assistant.slack.views.onboarding import ONBOARDING, OWNER_TYPED

log = structlog.get_logger()

Kind = Literal["event", "command", "action", "options", "view", "shortcut"]


@dataclass(frozen=True)
class Route:
    """One trigger: how its payload is read, and who answers. `name` is exact, or a prefix of button ids."""

    kind: Kind
    name: str
    read: Callable[[payloads.Body], Any]
    handle: Callable[[Any, Actor, Desk], Awaitable[Outcome]]


WHO_OWNS_THIS = "who-owns-this"

ROUTES = (
    Route("event", "app_mention", payloads.asked, asking.on_asked),
    Route("event", "message", payloads.asked, asking.on_asked),
    Route("event", "app_home_opened", payloads.home_opened, asking.on_home_opened),
    Route("command", "/who-owns", payloads.command, asking.on_command),
    Route("command", "/which-model", payloads.command, asking.on_command),
    Route("command", "/assistant", payloads.command, asking.on_command),
    Route("command", "/onboard", payloads.command, onboarding.on_command),
    Route("shortcut", WHO_OWNS_THIS, payloads.shortcut, asking.on_shortcut),
    Route("action", ASK, payloads.click, asking.on_home_asked),
    Route("action", "pick:", payloads.click, asking.on_picked),
    Route("action", "settle:", payloads.click, asking.on_settled),
    Route("action", "save:", payloads.click, asking.on_saved),
    Route("action", "adopt:", payloads.click, deciding.on_adopted),
    Route("action", "take-back:", payloads.click, deciding.on_taken_back),
    Route("action", "answer-again:", payloads.click, deciding.on_answering_again),
    Route("action", "keep:", payloads.click, deciding.on_kept),
    Route("action", "later:", payloads.click, deciding.on_put_off),
    Route("action", "look-at:", payloads.click, deciding.on_looked_at),
    Route("action", "propose:", payloads.click, deciding.on_proposed),
    Route("action", "accept:", payloads.click, deciding.on_accepted),
    Route("action", "decline:", payloads.click, deciding.on_declined),
    Route("action", "withdraw:", payloads.click, deciding.on_withdrawn),
    Route("action", "record:", payloads.click, deciding.on_record_wanted),
    Route("action", "share:", payloads.click, asking.on_shared),
    Route("action", "call-it:", payloads.click, naming.on_called),
    Route("action", "leave:", payloads.click, naming.on_left),
    Route("action", "again:", payloads.click, asking.on_reconsidered),
    Route("action", "name:", payloads.click, naming.on_name_wanted),
    Route("action", "forget:", payloads.click, naming.on_forgotten),
    Route("action", "register:", payloads.click, onboarding.on_register),
    Route("options", OWNER_TYPED, payloads.typing, onboarding.on_typing),
    Route("options", COMPONENT_TYPED, payloads.typing, naming.on_typing),
    Route("view", NAMING, payloads.submission, naming.on_named),
    Route("view", ONBOARDING, payloads.submission, onboarding.on_submitted),
)


ASKING = (asking.on_asked, asking.on_command, asking.on_shortcut, asking.on_home_asked)
"""Listeners to a question that somebody asks; the others go on from an answer."""

ACK_S = 2.4
"""Slack waits three seconds for an acknowledgement."""
RETRIES_S = (2.0, 8.0, 20.0)
"""Pauses before an answer is sent again that Slack did not take, where its question was acknowledged already."""
_AWAY = "The registry can't be reached just now, and nothing was saved. Ask again in a minute."
_AWAY_IN_A_WRITE = "The registry can't be reached just now. Ask in a minute whether this was saved."

UNACKNOWLEDGED = BoltResponse(status=503, body="")
"""Has Bolt leave a request without its acknowledgement, so that Slack sends it again. Bolt acknowledges all else."""


def entrance(metrics: Metrics) -> Callable[..., Awaitable[None]]:
    """Return Bolt's first middleware: it has every line that is logged within a request name it, and takes its time."""

    async def on_request(
        body: dict[str, Any],
        request: AsyncBoltRequest,
        next: Callable[[], Awaitable[None]],  # noqa: A002  Bolt's name
    ) -> None:
        origin = payloads.origin(body)
        structlog.contextvars.clear_contextvars()
        structlog.contextvars.bind_contextvars(request=secrets.token_hex(4), **origin)
        metrics.received(origin.get("payload", "other"), again="x-slack-retry-num" in request.headers)
        await next()

    return on_request


def bind(app: AsyncApp, desk: Desk) -> None:
    """Give every route to Bolt, and acknowledge without a word whatever else Slack sends."""
    for route in ROUTES:
        name = re.compile(re.escape(route.name)) if route.name.endswith(":") else route.name
        getattr(app, route.kind)(name)(_listener(route, desk))

    @app.error
    async def on_error(error: Exception) -> BoltResponse | None:
        if isinstance(error, BoltUnhandledRequestError):
            return BoltResponse(status=200, body="")
        log.error("a request failed before it reached a listener", **_described(error))
        return BoltResponse(status=500, body="")


def _listener(route: Route, desk: Desk) -> Callable[..., Awaitable[BoltResponse | None]]:
    async def listener(body: dict[str, Any], ack: Any) -> BoltResponse | None:
        if desk.stopping.is_set():
            return UNACKNOWLEDGED
        desk.track(asyncio.current_task())
        structlog.contextvars.bind_contextvars(route=route.name)

        async def acknowledge(**content: Any) -> None:
            await ack(**content)
            desk.metrics.acknowledged()

        if route.kind != "event":
            await _on_interaction(route, body, desk, acknowledge)
        elif not await _on_event(route, body, desk):
            return UNACKNOWLEDGED
        else:
            await acknowledge()
        return None

    return listener


async def _on_event(route: Route, body: dict[str, Any], desk: Desk) -> bool:
    """Take care of an event, once. False: Slack is to deliver it again.

    What takes longer than Slack waits is acknowledged all the same, and goes on in memory.
    """
    keys = payloads.delivery_keys(body)
    verdict = await desk.inbox.take(keys)
    if verdict != "new":
        return verdict == "done"
    acknowledged = asyncio.Event()
    work = desk.later(_answer_event(route, body, keys, acknowledged, desk))
    await asyncio.wait({work}, timeout=ACK_S)
    if work.done():
        return work.result()
    acknowledged.set()
    return True


async def _answer_event(
    route: Route, body: dict[str, Any], keys: Sequence[str], acknowledged: asyncio.Event, desk: Desk
) -> bool:
    """Answer an event. Where Slack does not take the answer it delivers the event again, unless it was acknowledged."""
    _, outcome = await _guarded(route, body, desk)
    for pause_s in (*RETRIES_S, None):
        if await _delivered(outcome, desk):
            await desk.inbox.finish(keys)
            return True
        if not acknowledged.is_set() or pause_s is None:
            break
        await asyncio.sleep(pause_s)
    await desk.inbox.release(keys)
    return False


async def _on_interaction(route: Route, body: dict[str, Any], desk: Desk, ack: Any) -> None:
    """Do what somebody asked for, acknowledge it with the true result, and send what there is besides.

    What takes longer than Slack waits is acknowledged without it, and the result comes by the response_url.
    """
    work = desk.later(_guarded(route, body, desk))
    if route.kind in ("command", "action", "shortcut"):
        await asyncio.wait({work}, timeout=ACK_S)
        if not work.done():
            await ack()
            payload, outcome = await work
            desk.later(_delivered(_responding(outcome, payload), desk))
            return
    _, outcome = await work
    report("an acknowledgement", outcome.ack)
    await ack(**outcome.ack)
    desk.later(_delivered(outcome, desk))


async def _guarded(route: Route, body: payloads.Body, desk: Desk) -> tuple[Any, Outcome]:
    """Read, answer and render, or say that it failed: the one boundary behind which nothing is assumed to work."""
    payload = None
    try:
        payload = route.read(body)
        if payload is None:
            return None, Outcome()
        actor = await desk.actor(payload.user, payload.team)
        if not authorize(actor, "ask").allowed:
            return payload, Outcome()
        if isinstance(payload, payloads.Click):
            actor = replace(actor, delivery=f"click:{payload.trigger_id}")
        outcome = await route.handle(payload, actor, desk)
        if route.handle in ASKING:
            desk.metrics.question(outcome.replies[0].answer)
        return payload, _acknowledging(outcome, payload)
    except RepeatedError:
        assert isinstance(payload, payloads.Click), "only clicks name what brought a change about"
        return payload, reply(Invalid("That was done already. Ask again to see what holds now."), place(payload))
    except Exception as error:  # noqa: BLE001  whatever failed, somebody waits for a sentence
        reference = secrets.token_hex(3)
        desk.metrics.failures.labels(route.name).inc()
        log.error("an answer failed", reference=reference, **_described(error))
        fault = Fault(reference)
        if isinstance(error, DatabaseUnreachableError):
            fault = Fault(reference, _AWAY_IN_A_WRITE if route.kind in ("action", "view") else _AWAY)
        return payload, _acknowledging(_failed(payload, fault), payload)


def _acknowledging(outcome: Outcome, payload: Any) -> Outcome:
    """Put a command's answer into its acknowledgement, or behind it where it is too long for one."""
    if not outcome.replies or not isinstance(outcome.replies[0].to, InAck):
        return outcome
    ack = ack_of(outcome.replies[0])
    if len(json.dumps(ack)) <= ACK_LIMIT:
        return replace(outcome, ack=ack)
    return reply(outcome.replies[0].answer, ToAsker(payload.response_url))


def _responding(outcome: Outcome, payload: Any) -> Outcome:
    """Return an outcome whose answer can't ride in the acknowledgement any more."""
    to = ToAsker(payload.response_url)
    return Outcome(tuple(replace(each, to=to) if isinstance(each.to, InAck) else each for each in outcome.replies))


def _failed(payload: Any, fault: Fault) -> Outcome:
    """Return the fault to where the asker sees it. A form keeps what was entered."""
    to: Destination
    match payload:
        case payloads.Asked():
            to = InThread(payload.channel, payload.thread, payload.user, live=payload.thread is not None)
        case payloads.Command():
            to = InAck()
        case payloads.Click(response_url=str(url)) | payloads.Shortcut(response_url=url):
            to = ToAsker(url)
        case payloads.Click() | payloads.HomeOpened():
            to = InHome(payload.user)
        case payloads.Submission():
            error = f"{fault.sentence} Reference {fault.reference}."
            field = COMPONENT if payload.form == NAMING else "name"
            return Outcome(ack={"response_action": "errors", "errors": {field: error}})
        case _:
            return Outcome()
    return Outcome((Reply(fault, to),))


async def _delivered(outcome: Outcome, desk: Desk) -> bool:
    """Send the replies. False: Slack took none of them and may take them later."""
    taken = True
    for each in outcome.replies:
        to = type(each.to).__name__
        try:
            await send(each, desk.client)
            desk.metrics.answered(to)
        except Exception as error:  # noqa: BLE001  the effect stands, and there is nowhere left to say more
            log.error("an answer could not be sent", to=to, **_described(error))
            desk.metrics.sent.labels(to, "failed").inc()
            code = code_of(error) if isinstance(error, SlackApiError) else ""
            taken = code not in LATER and not code.startswith("HTTP 5")
    return taken


def _described(error: BaseException) -> dict[str, Any]:
    """Describe an exception for the log: its type and where it happened, never its text, which may hold a message."""
    frames = traceback.extract_tb(error.__traceback__)
    where = [f"{frame.filename.rsplit('/', 1)[-1]}:{frame.lineno} {frame.name}" for frame in frames[-6:]]
    described = {"error": type(error).__name__, "where": where}
    code = getattr(getattr(error, "response", None), "data", None)
    if isinstance(code, dict) and isinstance(code.get("error"), str):
        described["slack_error"] = code["error"]
    return described
