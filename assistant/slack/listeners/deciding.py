"""Decisions and what leads to them: chosen, kept, put off, taken back, written down; and owners that are confirmed."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import TypeVar

from assistant.core.answers import Answer, Invalid
from assistant.core.messages import Adopt, AnswerAgain, Confirm, CopyRecord, Keep, Later, LookAt, TakeBack
from assistant.core.policy import Actor
from assistant.core.rulebook import Rulebook
from assistant.slack.delivery import Destination, InHome, InThread, Outcome, ToAsker, reply
from assistant.slack.desk import Desk
from assistant.slack.listeners.clicks import EXPIRED, act_of, place
from assistant.slack.payloads import Click
from assistant.use_cases.confirming import confirm
from assistant.use_cases.deciding import adopt, decision_record, take_back
from assistant.use_cases.reviewing import answer_again, keep, later, look_again
from assistant.use_cases.snapshots import Registry

Deed = TypeVar("Deed", Adopt, TakeBack, Keep, Later, Confirm)


async def on_adopted(click: Click, actor: Actor, desk: Desk) -> Outcome:
    return await _on_deed(click, actor, desk, Adopt, adopt)


async def on_taken_back(click: Click, actor: Actor, desk: Desk) -> Outcome:
    return await _on_deed(click, actor, desk, TakeBack, take_back)


async def on_kept(click: Click, actor: Actor, desk: Desk) -> Outcome:
    return await _on_deed(click, actor, desk, Keep, keep)


async def on_put_off(click: Click, actor: Actor, desk: Desk) -> Outcome:
    return await _on_deed(click, actor, desk, Later, later)


async def on_confirmed(click: Click, actor: Actor, desk: Desk) -> Outcome:
    return await _on_deed(click, actor, desk, Confirm, confirm)


async def _on_deed(
    click: Click,
    actor: Actor,
    desk: Desk,
    kind: type[Deed],
    do: Callable[[Deed, Actor, Registry, Rulebook, datetime], Answer],
) -> Outcome:
    """Do what only some may do to a component."""
    act = act_of(click, kind)
    if act is None:
        return reply(Invalid(EXPIRED), place(click))
    actor = await desk.beside_owners(actor, act.ref)
    now = desk.now()
    return reply(await desk.write(lambda: do(act, actor, desk.registry, desk.rulebook, now)), place(click))


async def on_answering_again(click: Click, actor: Actor, desk: Desk) -> Outcome:
    act = act_of(click, AnswerAgain)
    if act is None:
        return reply(Invalid(EXPIRED), place(click))
    answer = await desk.run(lambda: answer_again(act, desk.registry, desk.rulebook, actor.name))
    return reply(answer, _below(click))


async def on_looked_at(click: Click, actor: Actor, desk: Desk) -> Outcome:
    """Ask about one of several decisions, below the message that lists them."""
    act = act_of(click, LookAt)
    if act is None:
        return reply(Invalid(EXPIRED), place(click))
    today = desk.now().date()
    return reply(await desk.run(lambda: look_again(act, desk.registry, desk.rulebook, today)), _below(click))


def _below(click: Click) -> Destination:
    """Return where something is said that leaves what everybody reads as it is: in its thread."""
    if click.channel is None or click.ts is None or click.ephemeral:
        return place(click)
    return InThread(click.channel, click.thread or click.ts, click.user)


async def on_record_wanted(click: Click, actor: Actor, desk: Desk) -> Outcome:
    act = act_of(click, CopyRecord)
    if act is None:
        return reply(Invalid(EXPIRED), place(click))
    today = desk.now().date()
    answer = await desk.run(lambda: decision_record(act.ref, desk.registry.snapshot(), desk.rulebook, today))
    return reply(answer, ToAsker(click.response_url) if click.response_url else InHome(click.user))
