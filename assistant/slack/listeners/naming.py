"""Other names: the offer after a choice, and what becomes of it."""

from __future__ import annotations

from assistant.core.answers import Invalid, Left, Pick
from assistant.core.messages import CallIt, Leave
from assistant.core.policy import Actor
from assistant.slack.delivery import InThread, Outcome, Reply, ToAsker, reply
from assistant.slack.desk import Desk
from assistant.slack.listeners.clicks import EXPIRED, act_of, place
from assistant.slack.payloads import Click
from assistant.use_cases.naming import call_it, offer_alias


async def offer(act: Pick, click: Click, actor: Actor, desk: Desk) -> tuple[Reply, ...]:
    """Return the offer to whoever chose, for them alone; nothing where they may not, or where it makes no sense."""
    if act.ref.kind != "component" or click.response_url is None:
        return ()
    actor = await desk.beside_owners(actor, act.ref)
    offered = await desk.run(lambda: offer_alias(act, actor, desk.registry))
    if offered is None:
        return ()
    if click.channel is None or click.ephemeral:
        return (Reply(offered, ToAsker(click.response_url)),)
    return (Reply(offered, InThread(click.channel, click.thread, click.user, live=click.thread is not None)),)


async def on_called(click: Click, actor: Actor, desk: Desk) -> Outcome:
    act = act_of(click, CallIt)
    if act is None:
        return reply(Invalid(EXPIRED), place(click))
    actor = await desk.beside_owners(actor, act.ref)
    now = desk.now()
    return reply(await desk.run(lambda: call_it(act, actor, desk.registry, now)), place(click))


async def on_left(click: Click, actor: Actor, desk: Desk) -> Outcome:
    act = act_of(click, Leave)
    return reply(Left(act.name) if act else Invalid(EXPIRED), place(click))
