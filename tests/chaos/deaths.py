"""Deaths: the bot is killed, told to stop, and rolled over, while a crowd asks and clicks."""

from __future__ import annotations

import asyncio
import random
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from postgres import PostgresServer
from slack_server import SlackServer, Transport, free_port, port_of

from chaos.bots import Bot, all_of
from chaos.crowd import QUESTIONS, Crowd, Kind, Tally, at_the_same_time, notices_posted, settle
from chaos.databases import Database, Effects, catalog, filled, settled_effects
from chaos.figures import Figure, none_of
from chaos.proxy import Proxy

KINDS: tuple[Kind, ...] = (*QUESTIONS, "mention", "propose", *QUESTIONS, *QUESTIONS, "propose", *QUESTIONS, "save")
"""Mostly events, whose answers are counted; and clicks, whose effects are."""
RETRIES_S = (0.2, 5.0, 46.0, 46.0, 46.0)
"""More often than Slack sends again, because here a bot dies every few seconds; a claim is free after 45 s."""
SETTLING_S = 150.0
COMPONENTS = 2_000
A_SECOND = 40.0


End = Callable[[Bot, SlackServer], set[str]]
"""Ends a bot, and returns the threads in flight at that moment, whose answers may therefore come once more."""


def killed(
    over: Transport,
    database: Database,
    postgres: PostgresServer | None = None,
    times: int = 30,
    kinds: tuple[Kind, ...] = KINDS,
    retries_s: tuple[float, ...] = RETRIES_S,
) -> list[Figure]:
    """Kill the bot in the middle of its work, and start it again, so many times."""
    return _ending(f"{times} × kill -9", over, database, postgres, times, kinds, retries_s, _kill)


def stopped(
    over: Transport,
    database: Database,
    postgres: PostgresServer | None = None,
    times: int = 20,
    kinds: tuple[Kind, ...] = KINDS,
    retries_s: tuple[float, ...] = RETRIES_S,
) -> list[Figure]:
    """Tell the bot to stop in the middle of its work, and start it again, so many times."""
    return _ending(f"{times} × SIGTERM", over, database, postgres, times, kinds, retries_s, _stop)


def rolled(postgres: PostgresServer, times: int = 10, a_second: float = 20.0) -> list[Figure]:
    """Stop and start two replicas behind a proxy in turns, as a rolling update does, so many times."""
    with SlackServer(timeout_s=60, over="http") as slack, filled("PostgreSQL", COMPONENTS, postgres) as url:
        slack.standin.delivery.timing.retries_s = RETRIES_S
        crowd = Crowd(slack, catalog(COMPONENTS))
        bots = [Bot(slack, url, free_port()) for _ in range(2)]
        proxy = Proxy(port_of(slack.request_url), [bot.port for bot in bots])
        with all_of(bots), proxied(slack, proxy):
            with crowd.acting(a_second, KINDS):
                for number in range(times):
                    bot = bots[number % 2]
                    _stop(bot, slack)
                    bot.start()
                    time.sleep(1.0)
            tallied = settle(crowd, SETTLING_S)
            found = settled_effects(url, SETTLING_S)
        what = f"{times} rolling restarts of 2 replicas"
        others = {f"{status}: {n}" for status, n in proxy.statuses.items() if status != 200}
        through = none_of(f"{what}: not 200", ("http", "PostgreSQL"), f"{proxy.statuses.total()} requests", others)
        return [through, *_figures(what, ("http", "PostgreSQL"), crowd, tallied, Counter(), found)]


@contextmanager
def proxied(slack: SlackServer, proxy: Proxy) -> Iterator[None]:
    """Have a proxy listen where Slack posts to."""
    stopping = slack.look(asyncio.Event)
    serving = slack.begin(proxy.serve(stopping))
    try:
        slack.wait_until_connected()
        yield
    finally:
        slack.look(stopping.set)
        serving.result(10)


def _kill(bot: Bot, slack: SlackServer) -> set[str]:
    return at_the_same_time(slack, bot.kill)


def _stop(bot: Bot, slack: SlackServer) -> set[str]:
    status = bot.stop()
    assert status == 0, f"SIGTERM ended the bot with {status}:\n{''.join(bot.log[-20:])}"
    return set()


def _ending(
    what: str,
    over: Transport,
    database: Database,
    postgres: PostgresServer | None,
    times: int,
    kinds: tuple[Kind, ...],
    retries_s: tuple[float, ...],
    end: End,
) -> list[Figure]:
    chance = random.Random(times)  # noqa: S311  the same moments every time
    struck = Counter[str]()
    with SlackServer(timeout_s=60, over=over) as slack, filled(database, COMPONENTS, postgres) as url:
        slack.standin.delivery.timing.retries_s = retries_s
        crowd = Crowd(slack, catalog(COMPONENTS))
        with Bot(slack, url) as bot:
            with crowd.acting(A_SECOND, kinds):
                for _ in range(times):
                    time.sleep(chance.uniform(0.5, 1.5))
                    struck.update(end(bot, slack))
                    bot.start()
            tallied = settle(crowd, SETTLING_S)
            found = settled_effects(url, SETTLING_S)
        return _figures(what, (over, database), crowd, tallied, struck, found)


def _figures(
    what: str, where: tuple[str, str], crowd: Crowd, tallied: Tally, struck: Counter[str], found: Effects
) -> list[Figure]:
    written = f"{len(crowd.threads)} events"
    again = tallied.answers.total() - len(tallied.answers)
    clicked = f"{len(crowd.saved)} saved, {len(crowd.proposed)} suggested"
    without = {str(ref) for ref in crowd.saved} - found.stated.keys()
    without |= {str(ref) for ref in crowd.proposed} - found.proposed.keys()
    silent = without - {str(ref) for ref in crowd.told()}
    told = notices_posted(crowd.slack)
    notices = f"{found.notices} notices"
    return [
        none_of(f"{what}: acknowledged and lost", where, written, tallied.lost),
        none_of(f"{what}: never answered", where, written, set(crowd.threads) - tallied.answers.keys()),
        none_of(
            f"{what}: posted more often than once, and once for each death in flight",
            where,
            f"{struck.total()} in flight at a death, {again} posts more than one",
            (thread for thread, n in tallied.answers.items() if n > 1 + struck[thread]),
        ),
        none_of(
            f"{what}: clicks with neither effect nor sentence",
            where,
            f"{clicked}, {len(without)} told of trouble",
            silent,
        ),
        none_of(f"{what}: effects twice", where, clicked, found.repeated),
        none_of(f"{what}: notices never posted", where, notices, map(str, found.numbers - told.keys())),
        none_of(f"{what}: notices posted more than twice", where, notices, (str(n) for n in told if told[n] > 2)),
    ]
