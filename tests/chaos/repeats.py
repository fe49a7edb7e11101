"""Repeats: everything is delivered several times, in any order, to any replica, and has one effect.

Real are the listeners, the inbox, the use cases and the database; each replica has its own connections, memory and
snapshots. Bolt, the network and Slack are not there: posts are taken in the process, and counted.
"""

from __future__ import annotations

import asyncio
import gc
import random
from collections import Counter
from collections.abc import Awaitable, Callable, Sequence
from typing import Any, NamedTuple, cast

from postgres import PostgresServer
from slack_sdk.web.async_client import AsyncWebClient
from slack_server import ANA, BEN

from assistant.core.entries import Ref
from assistant.core.messages import Act, Propose, Save
from assistant.core.proposals import Change
from assistant.sandbox import payloads
from assistant.sandbox.web_api import user_object
from assistant.sandbox.workspace import BOT_USER, TEAM, Json, Message, fernwood
from assistant.settings import packaged_rulebook
from assistant.slack.desk import Desk
from assistant.slack.metrics import Metrics
from assistant.slack.people import People
from assistant.slack.reception import listener
from assistant.slack.routes import ROUTES
from assistant.slack.views.acts import action_id, value
from assistant.storage.repository import open_repository
from assistant.use_cases.rulebooks import Rulebooks
from assistant.use_cases.snapshots import Registry
from chaos.databases import Database, catalog, effects, filled
from chaos.figures import Figure, none_of

AT_ONCE = 16
COMPONENTS = 1_000
EQUAL_CLICKS = 50
Listener = Callable[..., Awaitable[Any]]


class Response(NamedTuple):
    """What Slack answers to a call."""

    data: Json


class Posts:
    """Slack as far as listeners call it: it knows the people, and counts answers by their threads."""

    def __init__(self) -> None:
        self.answers: Counter[str] = Counter()
        self.people = fernwood().people

    async def users_info(self, *, user: str) -> Response:
        return Response({"ok": True, "user": user_object(self.people[user])})

    async def chat_postMessage(self, *, thread_ts: str, **_: Any) -> None:  # noqa: N802  Slack's name
        await asyncio.sleep(0)
        self.answers[thread_ts] += 1

    async def views_update(self, **_: Any) -> None:
        """What clicks lead to is looked up in the database."""


class Replica:
    """What one process of the bot would be, without its transport."""

    def __init__(self, url: str, posts: Posts) -> None:
        client = cast(AsyncWebClient, posts)
        people = People(TEAM, None, BOT_USER, [BEN])
        registry = Registry(open_repository(url))
        self.desk = Desk(registry, Rulebooks(packaged_rulebook(), None), client, people, Metrics())
        self._listeners: dict[str, Listener] = {route.name: listener(route, self.desk) for route in ROUTES}

    async def take(self, body: Json) -> bool:
        """Deliver something, and say whether it was acknowledged."""
        acknowledged = []

        async def ack(**content: Any) -> None:
            acknowledged.append(content)

        async def listen() -> None:
            self.desk.metrics.received(body["type"], again=False)
            name = body["event"]["type"] if "event" in body else body["actions"][0]["action_id"].partition(":")[0] + ":"
            await self._listeners[name](body, ack)

        await asyncio.create_task(listen())  # as the transports do: the desk waits for the task at the end
        return bool(acknowledged)

    async def end(self) -> None:
        await self.desk.drain(30)
        self.desk.pool.shutdown()


def repeated(
    database: Database, postgres: PostgresServer | None = None, inputs: int = 100_000, clicks: int = 20
) -> list[Figure]:
    """Deliver each event one to four times, and each of some clicks fifty times; one process on SQLite, three else."""
    where = ("in process", database)
    with filled(database, COMPONENTS, postgres) as url:
        return asyncio.run(_repeat(url, where, 1 if database == "SQLite" else 3, inputs, clicks))


async def _repeat(url: str, where: tuple[str, str], processes: int, inputs: int, clicks: int) -> list[Figure]:
    chance = random.Random(inputs)  # noqa: S311  the same order every time
    posts = Posts()
    replicas = [Replica(url, posts) for _ in range(processes)]
    refs = list(catalog(COMPONENTS).components)
    events = _events(refs, inputs, chance)
    gc.freeze()  # as the bot does once it has started, so that its collections do not look at what stays
    again = await _deliver(events, replicas, chance)
    threads = {event["event"]["thread_ts"] for event in events}
    wrong = [f"{thread}: {posts.answers[thread]}" for thread in threads if posts.answers[thread] != 1]
    saved, proposed = refs[:clicks], refs[clicks : 2 * clicks]
    clicked = [_click(BEN, Save(_change(ref)), str(ref)) for ref in saved]
    clicked += [_click(ANA, Propose(_change(ref)), str(ref)) for ref in proposed]
    equal = [each for each in clicked for _ in range(EQUAL_CLICKS)]
    others = [each | {"trigger_id": f"{each['trigger_id']}.{n}"} for each in clicked for n in range(EQUAL_CLICKS)]
    await _deliver([*equal, *others], replicas, chance)
    for replica in replicas:
        await replica.end()
    found = effects(url)
    counted = Counter({str(ref): found.stated[str(ref)] for ref in saved})
    counted |= {str(ref): found.proposed[str(ref)] for ref in proposed}
    missed = [f"{ref}: {times}" for ref, times in counted.items() if times != 1]
    missed += [] if found.notices == clicks else [f"{found.notices} notices"]
    on = f"{processes} replica{'s' * (processes > 1)}"
    return [
        none_of(
            f"1 to 4 deliveries, any order, {on}: not answered once",
            where,
            f"{len(events)} deliveries of {len(threads)} events, {again} more where none was acknowledged",
            wrong,
        ),
        none_of(
            f"{EQUAL_CLICKS} equal clicks at once, {on}: not one effect",
            where,
            f"{clicks} buttons that save, {clicks} that suggest, each clicked {EQUAL_CLICKS} times anew as well",
            missed,
        ),
    ]


async def _deliver(bodies: Sequence[Json], replicas: Sequence[Replica], chance: random.Random) -> int:
    """Deliver everything, some at once, and again later what was not acknowledged; return how often that was."""
    waiting = list(bodies)
    chance.shuffle(waiting)
    again = 0

    async def deliver() -> None:
        nonlocal again
        while waiting:
            body = waiting.pop()
            if not await chance.choice(replicas).take(body):
                again += 1
                waiting.insert(0, body)
                await asyncio.sleep(0.001)

    await asyncio.gather(*(deliver() for _ in range(AT_ONCE)))
    return again


def _events(refs: Sequence[Ref], inputs: int, chance: random.Random) -> list[Json]:
    workspace = fernwood()
    author = workspace.people[ANA]
    events: list[Json] = []
    while len(events) < inputs:
        thread = f"1600000000.{len(events):06d}"
        text = f"<@{BOT_USER}> who owns {chance.choice(refs).name}?"
        message = Message("C0GENERAL", workspace.ts(), ANA, text, thread_ts=thread)
        event = payloads.event(workspace, payloads.mention(message, author))
        events += [event] * min(chance.randint(1, 4), inputs - len(events))
    return events


def _change(ref: Ref) -> Change:
    return Change(ref, {"lifecycle": "shared"})


def _click(user: str, act: Act, trigger_id: str) -> Json:
    """Return a click in a form that is closed by now: its answer goes nowhere, its effect stands."""
    button = {"type": "button", "action_id": action_id(act, 0), "value": value(act)}
    actions = [payloads.action_of(button, "b0", "1.1")]
    view = {"id": "V0", "type": "modal"}
    return payloads.interaction(
        "block_actions", fernwood().people[user], trigger_id=trigger_id, actions=actions, view=view, container={}
    )
