"""Questions: mentions, direct messages, commands, the shortcut, App Home, and the buttons of their answers."""

from __future__ import annotations

from assistant.core.answers import Answer, Invalid, Pick
from assistant.core.catalog import Ref
from assistant.core.forms import Intent
from assistant.core.messages import Save, Settle, Share
from assistant.core.policy import Actor
from assistant.slack.delivery import InAck, InHome, InThread, Outcome, Reply, ToAsker, ToChannel, reply
from assistant.slack.desk import Desk
from assistant.slack.listeners import naming
from assistant.slack.listeners.clicks import EXPIRED, act_of, place
from assistant.slack.payloads import Asked, Click, Command, HomeOpened, Shortcut
from assistant.use_cases.asking import EXPECTED, ask, pick, settle, subject
from assistant.use_cases.stating import save_facts

_SHARED = "This channel is shared with another company, so registry entries aren't shown here. Ask in a direct message."


async def on_asked(asked: Asked, actor: Actor, desk: Desk) -> Outcome:
    thread = asked.thread if asked.direct else asked.thread or asked.ts
    to = InThread(asked.channel, thread, asked.user, live=asked.thread is not None)
    if asked.shared:
        return reply(Invalid(_SHARED), to)
    answer = await _ask(asked.text, desk, before=desk.discussed(asked.channel, thread))
    desk.discuss(asked.channel, thread, subject(answer))
    return reply(answer, to)


async def on_command(command: Command, actor: Actor, desk: Desk) -> Outcome:
    return reply(await _ask(command.text, desk, EXPECTED[command.name]), InAck())


async def on_shortcut(shortcut: Shortcut, actor: Actor, desk: Desk) -> Outcome:
    if not shortcut.text.strip():
        return reply(
            Invalid("That message has no text to read. Ask with the component's name."), ToAsker(shortcut.response_url)
        )
    return reply(await _ask(shortcut.text, desk, "owner"), ToAsker(shortcut.response_url))


async def on_home_opened(opened: HomeOpened, actor: Actor, desk: Desk) -> Outcome:
    return reply(await _ask("", desk), InHome(opened.user))


async def on_home_asked(click: Click, actor: Actor, desk: Desk) -> Outcome:
    return reply(await _ask(click.value, desk), InHome(click.user))


async def on_picked(click: Click, actor: Actor, desk: Desk) -> Outcome:
    act = act_of(click, Pick)
    if act is None:
        return reply(Invalid(EXPIRED), place(click))
    because = f"{actor.name} chose {act.ref.name}."
    answer = await desk.run(lambda: pick(act, desk.registry.snapshot(), desk.rulebook, because))
    if click.channel and not click.ephemeral:
        desk.discuss(click.channel, click.thread, subject(answer))
    return Outcome((Reply(answer, place(click)), *await naming.offer(act, click, actor, desk)))


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
    actor = await desk.beside_owners(actor, act.ref)
    now = desk.now()
    answer = await desk.run(lambda: save_facts(act.ref, act.facts, actor, desk.registry, desk.rulebook, now))
    return reply(answer, place(click))


async def on_shared(click: Click, actor: Actor, desk: Desk) -> Outcome:
    act = act_of(click, Share)
    if act is None or click.response_url is None:
        return reply(Invalid(EXPIRED), place(click))
    answer = await desk.run(lambda: pick(act.pick, desk.registry.snapshot(), desk.rulebook, "", act.assumed))
    return reply(answer, ToChannel(click.response_url, actor.name, click.thread))


async def _ask(text: str, desk: Desk, expect: Intent | None = None, before: Ref | None = None) -> Answer:
    return await desk.run(lambda: ask(text, desk.registry.snapshot(), desk.rulebook, expect, before).answer)
