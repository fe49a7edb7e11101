"""Throughput: events by the second of processor time, ours beside the smallest bot that Bolt makes; and the stand-in's.

Processor time is the bot process's own, so that neither the stand-in nor other work on the machine is in it.
"""

from __future__ import annotations

import asyncio
import json
import time

import aiohttp
from slack_server import SlackServer, Transport

from chaos.bots import Bot
from chaos.crowd import Crowd, tally
from chaos.databases import catalog, filled
from chaos.figures import Figure

COMPONENTS = 1_000
IN_FLIGHT = 16
RATIO = 0.5
LOAD_A_SECOND = 40.0
"""The most that any scenario asks of the stand-in, without its bursts."""


def compared(over: Transport, events: int = 1_500) -> list[Figure]:
    """Have both bots take the same mentions in turns, twice each."""
    rates: dict[str, list[float]] = {"ours": [], "hello": []}
    for _ in range(2):
        for name, module in (("ours", ("assistant", "run")), ("hello", ("chaos.hello",))):
            with SlackServer(timeout_s=60, over=over) as slack, filled("SQLite", COMPONENTS) as url:
                crowd = Crowd(slack, catalog(COMPONENTS))
                with Bot(slack, url, module=module) as bot:
                    slack.wait_until_connected()
                    _ask(crowd, events // 10)
                    before_s = bot.cpu_s
                    _ask(crowd, events)
                    rates[name].append(events / (bot.cpu_s - before_s))
    ours, hello = max(rates["ours"]), max(rates["hello"])
    count = f"2 × {events} mentions each, {IN_FLIGHT} in flight"
    measured = f"{ours / hello:.2f} ({ours:.0f} of {hello:.0f} a CPU second)"
    return [
        Figure(
            "events a second per core, beside Bolt's hello",
            over,
            "SQLite",
            count,
            f"≥ {RATIO}",
            measured,
            ours / hello >= RATIO,
            is_timed=True,
        )
    ]


def _ask(crowd: Crowd, events: int) -> None:
    """Ask so many questions, some in flight at once, and return once all are answered."""
    slack, wanted = crowd.slack, len(crowd.threads) + events

    async def ask() -> None:
        left = iter(range(events))

        async def asks() -> None:
            for _ in left:
                await crowd.deliver_mention()

        await asyncio.gather(*(asks() for _ in range(IN_FLIGHT)))

    slack.begin(ask()).result(300)
    deadline = time.monotonic() + 60
    while len(tally(slack).answers) < wanted and time.monotonic() < deadline:
        time.sleep(0.1)
    assert len(tally(slack).answers) == wanted, f"{len(tally(slack).answers)} of {wanted} were answered"


def standin_alone(events: int = 1_000) -> list[Figure]:
    """Have an app that only acknowledges and posts take events as fast as the stand-in sends them."""
    with SlackServer(timeout_s=60) as slack:
        crowd = Crowd(slack, catalog(100))
        begun = time.monotonic()
        asyncio.run(_echo(crowd, events))
        rate = events / (time.monotonic() - begun)
    goal = 3 * LOAD_A_SECOND
    return [
        Figure(
            "the stand-in alone: events and posts",
            "socket",
            "none",
            f"{events} events",
            f"≥ {goal:g} a second",
            f"{rate:.0f} a second",
            rate >= goal,
            is_timed=True,
        )
    ]


async def _echo(crowd: Crowd, events: int) -> None:
    slack = crowd.slack
    headers = {"Authorization": f"Bearer {slack.bot_token}"}
    async with aiohttp.ClientSession() as session:
        opening = {"Authorization": f"Bearer {slack.app_token}"}
        async with session.post(slack.url + "apps.connections.open", headers=opening) as response:
            address = (await response.json())["url"]
        async with session.ws_connect(address) as websocket:
            await websocket.receive()
            asked = asyncio.wrap_future(crowd.act_once("mention", events))
            posting = []

            async def post(thread: str) -> None:
                message = {"channel": "C0GENERAL", "text": "hello", "thread_ts": thread}
                async with session.post(slack.url + "chat.postMessage", json=message, headers=headers) as response:
                    await response.read()

            for _ in range(events):
                envelope = json.loads((await websocket.receive()).data)
                await websocket.send_json({"envelope_id": envelope["envelope_id"]})
                posting.append(asyncio.create_task(post(envelope["payload"]["event"]["thread_ts"])))
            await asyncio.gather(asked, *posting)
