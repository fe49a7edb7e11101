"""App Home: it is opened, somebody asks in its box, and goes back or through a list."""

from __future__ import annotations

from assistant.core.answers import Invalid
from assistant.core.messages import GoHome
from assistant.core.policy import Actor
from assistant.slack.delivery import InHome, Outcome, reply
from assistant.slack.desk import Desk
from assistant.slack.listeners.asking import answer_alone
from assistant.slack.listeners.clicks import EXPIRED, act_of
from assistant.slack.payloads import Click, HomeOpened
from assistant.use_cases.home import homepage


async def on_opened(opened: HomeOpened, actor: Actor, desk: Desk) -> Outcome:
    return await _home(actor, desk)


async def on_wanted(click: Click, actor: Actor, desk: Desk) -> Outcome:
    act = act_of(click, GoHome)
    return await _home(actor, desk, act) if act else reply(Invalid(EXPIRED), InHome(click.user))


async def on_asked(click: Click, actor: Actor, desk: Desk) -> Outcome:
    return reply(await answer_alone(click.value, actor, desk), InHome(click.user))


async def _home(actor: Actor, desk: Desk, page: GoHome | None = None) -> Outcome:
    """Show the homepage to somebody, once it is known which teams' usergroups they are in."""
    teams = await desk.run(lambda: tuple(desk.registry.catalog().teams))
    actor = await desk.beside_owners(actor, None, teams)
    today = desk.now().date()
    found = await desk.run(lambda: homepage(actor, desk.registry, desk.rulebook, today, page=page))
    return reply(found, InHome(actor.id))
