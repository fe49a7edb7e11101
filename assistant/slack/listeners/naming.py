"""Other names: the offer after a choice, and what becomes of it."""

from __future__ import annotations

from assistant.core.answers import Invalid, Pick
from assistant.core.entries import Ref
from assistant.core.messages import CallIt, Forget, Leave, NameIt, plain
from assistant.core.outcomes import AliasChanged, Left
from assistant.core.policy import Actor
from assistant.core.wording import word
from assistant.slack.delivery import InThread, Outcome, Reply, ToAsker, reply
from assistant.slack.desk import Desk
from assistant.slack.limits import report
from assistant.slack.listeners.clicks import EXPIRED, act_of, place
from assistant.slack.payloads import Click, Submission, Typing
from assistant.slack.views.inputs import SUGGESTED, suggestions
from assistant.slack.views.naming import COMPONENT, component_options, name_in, naming_view, result_view
from assistant.use_cases.learning import forget
from assistant.use_cases.naming import call_it, matching_components, offer_alias


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
    return reply(await desk.write(lambda: call_it(act, actor, desk.registry, now)), place(click))


async def on_name_wanted(click: Click, actor: Actor, desk: Desk) -> Outcome:
    act = act_of(click, NameIt)
    if act is None:
        return reply(Invalid(EXPIRED), place(click))
    components = (await desk.run(desk.registry.snapshot)).catalog.components.values()
    options = component_options(sorted(components, key=lambda each: each.ref))
    if not options:
        return reply(Invalid("Nothing is registered yet that it could be another name of."), place(click))
    view = naming_view(act.name, options)
    report("views.open", {"view": view})
    await desk.client.views_open(trigger_id=click.trigger_id, view=view)
    return Outcome()


async def on_typing(typing: Typing, actor: Actor, desk: Desk) -> Outcome:
    found = await desk.run(lambda: matching_components(typing.typed, desk.registry.snapshot(), SUGGESTED))
    return Outcome(ack={"options": suggestions(component_options(found))})


async def on_named(submission: Submission, actor: Actor, desk: Desk) -> Outcome:
    chosen = Ref.parse(f"component:{submission.values.get(COMPONENT, '')}")
    act = CallIt(chosen, name_in(submission.private_metadata))
    actor = await desk.beside_owners(actor, act.ref)
    now = desk.now()
    answer = await desk.write(lambda: call_it(act, actor, desk.registry, now))
    if isinstance(answer, AliasChanged):
        return Outcome(ack={"response_action": "update", "view": result_view(word(answer), "Another name")})
    return Outcome(ack={"response_action": "errors", "errors": {COMPONENT: plain(word(answer))}})


async def on_forgotten(click: Click, actor: Actor, desk: Desk) -> Outcome:
    act = act_of(click, Forget)
    if act is None:
        return reply(Invalid(EXPIRED), place(click))
    return reply(await desk.write(lambda: forget(act.name, actor, desk.registry)), place(click))


async def on_left(click: Click, actor: Actor, desk: Desk) -> Outcome:
    act = act_of(click, Leave)
    return reply(Left(act.name) if act else Invalid(EXPIRED), place(click))
