"""Reception: from a request to its acknowledgement and its answer, in time, once, and whatever fails on the way."""

from __future__ import annotations

import asyncio
import json
import secrets
import traceback
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import Any, Literal, get_args

import aiohttp
import structlog
from slack_bolt.request.async_request import AsyncBoltRequest
from slack_bolt.response import BoltResponse
from slack_sdk.errors import SlackApiError

from assistant.core.answers import Fault, Invalid
from assistant.core.policy import Actor, Where, authorize
from assistant.core.wording import word
from assistant.errors import DatabaseUnreachableError, RepeatedError
from assistant.slack import payloads
from assistant.slack.calls import code_of
from assistant.slack.delivery import (
    LATER,
    Destination,
    InAck,
    InHome,
    InThread,
    InView,
    Outcome,
    ToAsker,
    ack_of,
    reply,
    send,
)
from assistant.slack.desk import Desk
from assistant.slack.limits import report
from assistant.slack.listeners.clicks import NOT_SHOWN, place
from assistant.slack.metrics import Metrics
from assistant.slack.views.inputs import ACK_LIMIT
from assistant.slack.views.naming import result_view

log = structlog.get_logger()

Kind = Literal["event", "command", "action", "options", "view", "shortcut"]


@dataclass(frozen=True)
class Route:
    """One trigger: how its payload is read, and who answers. `name` is exact, or a prefix of button ids."""

    kind: Kind
    name: str
    read: Callable[[payloads.Body], Any]
    handle: Callable[[Any, Actor, Desk], Awaitable[Outcome]]
    is_question: bool = False
    """Somebody asks something; the other triggers go on from an answer."""
    writes: bool = False
    """It changes the registry."""


ACK_S = 2.1
"""After this, what is not done yet is acknowledged all the same: Slack waits three seconds, and some have gone by."""
RETRIES_S = (2.0, 8.0, 20.0)
"""Pauses before an answer is sent again that Slack did not take, where its question was acknowledged already."""
_AWAY = "The registry can't be reached just now, and nothing was saved. Ask again in a minute."
_FAILED_IN_A_WRITE = "Something failed here. Ask in a minute whether this was saved."
_AWAY_IN_A_WRITE = "The registry can't be reached just now. Ask in a minute whether this was saved."

UNACKNOWLEDGED = BoltResponse(status=503, body="")
"""Has Bolt leave a request without its acknowledgement, so that Slack sends it again. Bolt acknowledges all else."""


def entrance(metrics: Metrics) -> Callable[..., Awaitable[None]]:
    """Return Bolt's first middleware: it has every line that is logged within a request name it, and takes its time."""
    for to in get_args(Destination):
        metrics.sent.labels(to.__name__, "failed")  # there from the start, or the first would be no rise to Prometheus

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


def listener(route: Route, desk: Desk) -> Callable[..., Awaitable[BoltResponse | None]]:
    """Return what Bolt calls with a request for a route. Slack is answered when it returns, and not before."""
    desk.metrics.failures.labels(route.name)  # as above

    async def listen(body: dict[str, Any], ack: Any) -> BoltResponse | None:
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

    return listen


async def _on_event(route: Route, body: dict[str, Any], desk: Desk) -> bool:
    """Take care of an event, once. False: Slack is to deliver it again.

    What takes longer than Slack waits is acknowledged all the same, and goes on in memory.
    """
    if _is_for_nobody(route, body):
        return True
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


def _is_for_nobody(route: Route, body: dict[str, Any]) -> bool:
    """Say whether an event asks for no answer, and so must not take a message's place, of which another one tells."""
    try:
        return route.read(body) is None
    except payloads.MALFORMED:
        return False  # what it is not, is said where it is answered


async def _answer_event(
    route: Route, body: dict[str, Any], keys: Sequence[str], acknowledged: asyncio.Event, desk: Desk
) -> bool:
    """Answer an event. Where Slack does not take the answer it delivers the event again, unless it was acknowledged."""
    _, outcome = await _guarded(route, body, desk)
    verdict = await desk.inbox.confirm(keys)
    if verdict != "new":
        return verdict == "done"
    for pause_s in (*RETRIES_S, None):
        if await _delivered(outcome, desk):
            await desk.inbox.finish(keys)
            return True
        if not acknowledged.is_set():
            break
        if pause_s is None or desk.stopping.is_set():
            log.error("a question that was acknowledged got no answer")
            break
        with suppress(TimeoutError):
            await asyncio.wait_for(desk.stopping.wait(), pause_s)
    await desk.inbox.release(keys)
    return False


async def _on_interaction(route: Route, body: dict[str, Any], desk: Desk, ack: Any) -> None:
    """Do what somebody asked for, acknowledge it with the true result, and send what there is besides.

    What takes longer than Slack waits is acknowledged without it, and the result comes by the response_url.
    """
    if route.kind == "action" and not desk.inbox.is_first(body.get("trigger_id")):
        await ack()
        return
    work = desk.later(_guarded(route, body, desk))
    if route.kind in ("command", "action", "shortcut"):
        await asyncio.wait({work}, timeout=ACK_S)
        if not work.done():
            desk.later(_respond(work, desk))
            await ack()
            return
    _, outcome = await work
    desk.nudged.set()
    report("an acknowledgement", outcome.ack)
    await ack(**outcome.ack)
    desk.later(_delivered(outcome, desk))


async def _respond(work: asyncio.Task[tuple[Any, Outcome]], desk: Desk) -> None:
    """Send what comes too late for the acknowledgement."""
    payload, outcome = await work
    await _delivered(_responding(outcome, payload), desk)


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
        actor = replace(actor, where=await _read_by(payload, desk))
        if isinstance(payload, payloads.Click):
            actor = replace(actor, delivery=f"click:{payload.trigger_id}")
        unshown, to = NOT_SHOWN.get(actor.where), _asker(payload)
        outcome = reply(Invalid(unshown), to) if unshown and to else await route.handle(payload, actor, desk)
        if route.is_question:
            desk.metrics.question(outcome.replies[0].answer)
        return payload, _acknowledging(outcome, payload)
    except RepeatedError:
        assert isinstance(payload, payloads.Click), "only clicks name what brought a change about"
        return payload, reply(Invalid("That was done already. Ask again to see what holds now."), place(payload))
    except Exception as error:  # noqa: BLE001  whatever failed, somebody waits for a sentence
        reference = secrets.token_hex(3)
        desk.metrics.failures.labels(route.name).inc()
        log.error("an answer failed", reference=reference, **described(error))
        away = isinstance(error, DatabaseUnreachableError)
        sentence = (_AWAY_IN_A_WRITE if away else _FAILED_IN_A_WRITE) if route.writes else _AWAY if away else None
        fault = Fault(reference, sentence) if sentence else Fault(reference)
        return payload, _acknowledging(_failed(payload, fault), payload)


async def _read_by(payload: Any, desk: Desk) -> Where:
    """Return who reads what is said in answer to a payload: a channel, or whoever asked."""
    match payload:
        case payloads.Asked():
            return "direct" if payload.direct else "shared" if payload.shared else "own"
        case payloads.Click(channel=str(channel), ephemeral=False):
            return await desk.read_by(channel)
        case _:
            return "direct"


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
    if isinstance(payload, payloads.Submission):
        if not payload.fields:
            return Outcome(ack={"response_action": "update", "view": result_view(word(fault))})
        error = f"{fault.sentence} Reference {fault.reference}."
        return Outcome(ack={"response_action": "errors", "errors": {payload.fields[0]: error}})
    to = _asker(payload)
    return reply(fault, to) if to else Outcome()


def _asker(payload: Any) -> Destination | None:
    """Return where whoever asked sees what is for them alone."""
    match payload:
        case payloads.Asked():
            return InThread(payload.channel, payload.thread, payload.user, live=payload.thread is not None)
        case payloads.Command():
            return InAck()
        case payloads.Click(response_url=str(url)) | payloads.Shortcut(response_url=url):
            return ToAsker(url)
        case payloads.Click(view=str(view)):
            return InView(view)
        case payloads.Click() | payloads.HomeOpened():
            return InHome(payload.user)
        case _:
            return None


async def _delivered(outcome: Outcome, desk: Desk) -> bool:
    """Send the replies. False: Slack took none of them and may take them later."""
    taken = True
    for each in outcome.replies:
        to = type(each.to).__name__
        try:
            await send(each, desk.client)
            desk.metrics.answered(to)
        except Exception as error:  # noqa: BLE001  the effect stands, and there is nowhere left to say more
            log.error("an answer could not be sent", to=to, **described(error))
            desk.metrics.sent.labels(to, "failed").inc()
            taken = not _passes(error)
    return taken


def _passes(error: Exception) -> bool:
    """Say whether an answer may be taken later that was not now: it did not reach Slack, or a page answered for it."""
    if isinstance(error, SlackApiError):
        code = code_of(error)
        return code in LATER or code.startswith("HTTP ")
    return isinstance(error, aiohttp.ClientError | OSError)


def described(error: BaseException) -> dict[str, Any]:
    """Describe an exception for the log: its type and where it happened, never its text, which may hold a message."""
    frames = traceback.extract_tb(error.__traceback__)
    where = [f"{frame.filename.rsplit('/', 1)[-1]}:{frame.lineno} {frame.name}" for frame in frames[-6:]]
    described = {"error": type(error).__name__, "where": where}
    code = getattr(getattr(error, "response", None), "data", None)
    if isinstance(code, dict) and isinstance(code.get("error"), str):
        described["slack_error"] = code["error"]
    return described
