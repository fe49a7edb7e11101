"""Troubles: Slack takes nothing for now, fails, answers with a page or late, or takes a post and breaks off."""

from __future__ import annotations

from typing import NamedTuple

from postgres import PostgresServer
from slack_server import SlackServer, Transport

from chaos.bots import Bot
from chaos.crowd import Crowd, notices_posted, settle
from chaos.databases import Database, catalog, filled, settled_effects
from chaos.figures import Figure, none_of

COMPONENTS = 1_000
RETRIES_S = (0.2, 2.0, 4.0)
SETTLING_S = 180.0


class Trouble(NamedTuple):
    """A fault of the stand-in, and how many notices, and messages, it strikes."""

    what: str
    line: str
    notices: int
    events: int


TROUBLES = (
    Trouble("429 storm", "limit chat.postMessage 1", 20, 20),
    Trouble("HTTP 500", "error chat.postMessage 500", 20, 20),
    Trouble("an HTML page with 200", "error chat.postMessage 200", 20, 20),
    Trouble("reset after it was processed", "reset chat.postMessage", 20, 20),
    Trouble("answers after 10 s", "slow chat.postMessage 10", 4, 10),
)
IN_SECONDS = (
    Trouble("429 storm", "limit chat.postMessage 1", 2, 3),
    Trouble("an HTML page with 200", "error chat.postMessage 200", 0, 3),
    Trouble("reset after it was processed", "reset chat.postMessage", 0, 3),
)
"""Those that end sooner than a notice is tried again."""


def troubled(
    over: Transport,
    database: Database,
    postgres: PostgresServer | None = None,
    troubles: tuple[Trouble, ...] = TROUBLES,
) -> list[Figure]:
    """Have each trouble strike as many posts as there are notices, then as many as there are questions."""
    found: list[Figure] = []
    where = (over, database)
    for trouble in troubles:
        with SlackServer(timeout_s=30, over=over) as slack, filled(database, COMPONENTS, postgres) as url:
            slack.standin.delivery.timing.retries_s = RETRIES_S
            crowd = Crowd(slack, catalog(COMPONENTS))
            with Bot(slack, url) as bot:
                if trouble.notices:
                    slack.fault(f"{trouble.line} {trouble.notices}")
                    crowd.act_once("propose", trouble.notices).result(60)
                slack.wait_until_healed(120)  # each notice is struck once, before time passes for any
                effects = settled_effects(url, SETTLING_S, hastened=True)
                slack.fault(f"{trouble.line} {trouble.events}")
                crowd.act_once("mention", trouble.events).result(60)
                tallied = settle(crowd, 60)
                is_alive = bot.is_alive
            posted = notices_posted(slack)
        notices, events = f"{effects.notices} notices", f"{len(crowd.threads)} events"
        twice, answered_twice = sum(n > 1 for n in posted.values()), len(tallied.doubled)
        found += [
            none_of(f"{trouble.what}: notices lost", where, notices, map(str, effects.numbers - posted.keys())),
            none_of(
                f"{trouble.what}: notices posted more than twice",
                where,
                f"{notices}, {twice} twice",
                (str(number) for number, times in posted.items() if times > 2),
            ),
            none_of(f"{trouble.what}: events acknowledged and lost", where, events, tallied.lost),
            none_of(
                f"{trouble.what}: answered more than twice", where, f"{events}, {answered_twice} twice", tallied.tripled
            ),
            none_of(f"{trouble.what}: processes that died", where, "1 process", [] if is_alive else ["the bot"]),
        ]
    return found
