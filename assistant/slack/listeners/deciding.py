"""Decisions: a recommended model is chosen, or written down to be copied."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import TypeVar

from assistant.core.answers import Answer, Invalid
from assistant.core.messages import Adopt, CopyRecord, TakeBack
from assistant.core.policy import Actor
from assistant.core.rulebook import Rulebook
from assistant.slack.delivery import InHome, Outcome, ToAsker, reply
from assistant.slack.desk import Desk
from assistant.slack.listeners.clicks import EXPIRED, act_of, place
from assistant.slack.payloads import Click
from assistant.use_cases.deciding import adopt, decision_record, take_back
from assistant.use_cases.snapshots import Registry

Deed = TypeVar("Deed", Adopt, TakeBack)


async def on_adopted(click: Click, actor: Actor, desk: Desk) -> Outcome:
    return await _on_decided(click, actor, desk, Adopt, adopt)


async def on_taken_back(click: Click, actor: Actor, desk: Desk) -> Outcome:
    return await _on_decided(click, actor, desk, TakeBack, take_back)


async def _on_decided(
    click: Click,
    actor: Actor,
    desk: Desk,
    kind: type[Deed],
    do: Callable[[Deed, Actor, Registry, Rulebook, datetime], Answer],
) -> Outcome:
    act = act_of(click, kind)
    if act is None:
        return reply(Invalid(EXPIRED), place(click))
    actor = await desk.beside_owners(actor, act.ref)
    now = desk.now()
    return reply(await desk.run(lambda: do(act, actor, desk.registry, desk.rulebook, now)), place(click))


async def on_record_wanted(click: Click, actor: Actor, desk: Desk) -> Outcome:
    act = act_of(click, CopyRecord)
    if act is None:
        return reply(Invalid(EXPIRED), place(click))
    today = desk.now().date()
    answer = await desk.run(lambda: decision_record(act.ref, desk.registry.snapshot(), desk.rulebook, today))
    return reply(answer, ToAsker(click.response_url) if click.response_url else InHome(click.user))
