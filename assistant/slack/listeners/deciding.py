"""Decisions: a recommended model is chosen, or written down to be copied."""

from __future__ import annotations

from assistant.core.answers import Invalid
from assistant.core.messages import Adopt, CopyRecord, TakeBack
from assistant.core.policy import Actor
from assistant.slack.delivery import InHome, Outcome, ToAsker, reply
from assistant.slack.desk import Desk
from assistant.slack.listeners.clicks import EXPIRED, act_of, place
from assistant.slack.payloads import Click
from assistant.use_cases.deciding import adopt, decision_record, take_back


async def on_adopted(click: Click, actor: Actor, desk: Desk) -> Outcome:
    act = act_of(click, Adopt)
    if act is None:
        return reply(Invalid(EXPIRED), place(click))
    actor = await desk.beside_owners(actor, act.ref)
    now = desk.now()
    return reply(await desk.run(lambda: adopt(act, actor, desk.registry, desk.rulebook, now)), place(click))


async def on_taken_back(click: Click, actor: Actor, desk: Desk) -> Outcome:
    act = act_of(click, TakeBack)
    if act is None:
        return reply(Invalid(EXPIRED), place(click))
    actor = await desk.beside_owners(actor, act.ref)
    now = desk.now()
    return reply(await desk.run(lambda: take_back(act, actor, desk.registry, desk.rulebook, now)), place(click))


async def on_record_wanted(click: Click, actor: Actor, desk: Desk) -> Outcome:
    act = act_of(click, CopyRecord)
    if act is None:
        return reply(Invalid(EXPIRED), place(click))
    today = desk.now().date()
    answer = await desk.run(lambda: decision_record(act.ref, desk.registry.snapshot(), desk.rulebook, today))
    return reply(answer, ToAsker(click.response_url) if click.response_url else InHome(click.user))
