"""Questions: mentions, direct messages, commands, the shortcut, App Home, and the buttons of their answers."""

from __future__ import annotations

import structlog

from assistant.core.answers import Answer, Invalid, Pick
from assistant.core.entries import Ref
from assistant.core.forms import Intent
from assistant.core.messages import Reconsider, Save, Settle, Share
from assistant.core.policy import Actor
from assistant.core.words import fold
from assistant.errors import DatabaseUnreachableError
from assistant.slack.delivery import InAck, InThread, Outcome, Reply, ToAsker, ToChannel, reply
from assistant.slack.desk import Desk
from assistant.slack.listeners import naming
from assistant.slack.listeners.clicks import EXPIRED, NOT_SHOWN, act_of, place
from assistant.slack.payloads import Asked, Click, Command, Shortcut
from assistant.use_cases.asking import EXPECTED, ask, pick, settle, subject
from assistant.use_cases.conflicts import conflicts_if_asked
from assistant.use_cases.learning import answer_to, choose, name_to_count, reconsider, unfound_if_asked
from assistant.use_cases.ruling import map_if_asked
from assistant.use_cases.stating import save_facts

log = structlog.get_logger()


async def on_asked(asked: Asked, actor: Actor, desk: Desk) -> Outcome:
    thread = asked.thread if asked.direct else asked.thread or asked.ts
    to = InThread(asked.channel, thread, asked.user, live=asked.thread is not None)
    before = desk.discussed(asked.channel, thread)
    if asked.direct:
        answer = await answer_alone(asked.text, actor, desk, None, before)
    else:  # everybody reads it, and what one of them chose before is no answer for all
        answer = await desk.run(lambda: ask(asked.text, desk.registry.snapshot(), desk.rulebook, None, before).answer)
        _count(answer, None, desk)
    desk.discuss(asked.channel, thread, subject(answer))
    return reply(answer, to)


async def on_command(command: Command, actor: Actor, desk: Desk) -> Outcome:
    return reply(await answer_alone(command.text, actor, desk, EXPECTED[command.name]), InAck())


async def on_shortcut(shortcut: Shortcut, actor: Actor, desk: Desk) -> Outcome:
    if not shortcut.text.strip():
        return reply(
            Invalid("That message has no text to read. Ask with the component's name."), ToAsker(shortcut.response_url)
        )
    answer = await desk.run(lambda: ask(shortcut.text, desk.registry.snapshot(), desk.rulebook, "owner").answer)
    return reply(answer, ToAsker(shortcut.response_url))


async def on_picked(click: Click, actor: Actor, desk: Desk) -> Outcome:
    act = act_of(click, Pick)
    if act is None:
        return reply(Invalid(EXPIRED), place(click))
    now = desk.now()
    answer = await desk.write(lambda: choose(act, actor, desk.registry, desk.rulebook, now))
    if click.channel and not click.ephemeral:
        desk.discuss(click.channel, click.thread, subject(answer))
    return Outcome((Reply(answer, place(click)), *await naming.offer(act, click, actor, desk)))


async def on_reconsidered(click: Click, actor: Actor, desk: Desk) -> Outcome:
    act = act_of(click, Reconsider)
    if act is None:
        return reply(Invalid(EXPIRED), place(click))
    if click.channel:
        desk.drop(click.channel, click.thread)
    return reply(await desk.write(lambda: reconsider(act.pick, actor, desk.registry, desk.rulebook)), place(click))


async def on_settled(click: Click, actor: Actor, desk: Desk) -> Outcome:
    act = act_of(click, Settle)
    if act is None:
        return reply(Invalid(EXPIRED), place(click))
    answer = await desk.run(lambda: settle(act, desk.registry.snapshot(), desk.rulebook, actor.name))
    return reply(answer, place(click))


async def on_saved(click: Click, actor: Actor, desk: Desk) -> Outcome:
    act = act_of(click, Save)
    if act is None:
        return reply(Invalid(EXPIRED), place(click))
    actor = await desk.beside_owners(actor, act.change.ref)
    now = desk.now()
    answer = await desk.write(lambda: save_facts(act.change, actor, desk.registry, desk.rulebook, now))
    return reply(answer, place(click))


async def on_shared(click: Click, actor: Actor, desk: Desk) -> Outcome:
    act = act_of(click, Share)
    if act is None or click.response_url is None:
        return reply(Invalid(EXPIRED), place(click))
    if click.channel and (unshown := NOT_SHOWN.get(await desk.read_by(click.channel))):
        return reply(Invalid(unshown), place(click))
    answer = await desk.run(lambda: pick(act.pick, desk.registry.snapshot(), desk.rulebook, "", act.assumed))
    return reply(answer, ToChannel(click.response_url, actor.name, click.thread))


async def answer_alone(
    text: str, actor: Actor, desk: Desk, expect: Intent | None = None, before: Ref | None = None
) -> Answer:
    """Answer what only the asker sees."""
    registry, today = desk.registry, desk.now().date()
    if expect is None and (listed := await desk.write(lambda: unfound_if_asked(text, actor, registry))):
        return listed
    if expect is None and (drawn := await desk.run(lambda: map_if_asked(text, registry, desk.rulebook, today))):
        return drawn
    if expect is None and (contradicting := await desk.run(lambda: conflicts_if_asked(text, registry))):
        return contradicting
    answer = await desk.run(
        lambda: answer_to(text, actor, registry.snapshot(), desk.rulebook, registry.learned, expect, before)
    )
    _count(answer, expect, desk)
    return answer


def _count(answer: Answer, expect: Intent | None, desk: Desk) -> None:
    """Count a name that nobody could find, behind the answer; where that fails, it was asked for once more in vain."""
    name = name_to_count(answer, expect)
    if name is not None:
        desk.later(_counted(name, desk))


async def _counted(name: str, desk: Desk) -> None:
    now = desk.now()
    try:
        await desk.write(lambda: desk.registry.learned.count_unfound(name, fold(name), now))
    except DatabaseUnreachableError:
        log.warning("a name that was not found could not be counted")
