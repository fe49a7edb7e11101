"""Fuzz: whatever is posted, signed as Slack signs, the bot lives on, and tells nobody where it failed."""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import io
import json
import logging
import os
import resource
import subprocess
import sys
import time
from collections import Counter
from typing import Any, cast

import aiohttp
import structlog
from postgres import PostgresServer
from slack_bolt.async_app import AsyncApp
from slack_sdk.web.async_client import AsyncWebClient
from slack_server import BEN, SlackServer
from starlette.applications import Starlette

from assistant.sandbox.delivery import SIGNING_SECRET
from assistant.sandbox.workspace import BOT_USER, TEAM, Json
from assistant.settings import packaged_rulebook
from assistant.slack.desk import Desk
from assistant.slack.metrics import Metrics
from assistant.slack.people import People
from assistant.slack.reception import entrance
from assistant.slack.routes import bind
from assistant.slack.socket import SocketMode
from assistant.slack.web import PATH, events_route
from assistant.storage.repository import open_repository
from assistant.use_cases.rulebooks import Rulebooks
from assistant.use_cases.snapshots import Registry
from chaos.bots import Bot
from chaos.databases import filled
from chaos.figures import Figure, at_most, none_of
from chaos.mutations import Mutations, Posted
from chaos.repeats import Posts, Response

COMPONENTS = 300
AT_ONCE = 8
MEMORY_MB = 300
NOWHERE = "http://127.0.0.1:9/"


def signed(body: bytes, secret: str = SIGNING_SECRET, at: int | None = None) -> dict[str, str]:
    """Return the headers by which Slack proves that a post is its own, whatever bytes it holds."""
    timestamp = str(at or int(time.time()))
    digest = hmac.new(secret.encode(), f"v0:{timestamp}:".encode() + body, hashlib.sha256).hexdigest()
    return {"X-Slack-Request-Timestamp": timestamp, "X-Slack-Signature": f"v0={digest}"}


def over_http(postgres: PostgresServer, count: int = 20_000) -> list[Figure]:
    """Post mutated and broken bodies to the bot as its own process."""
    where = ("http", "PostgreSQL")
    statuses: Counter[int] = Counter()
    traces: set[str] = set()
    with SlackServer(timeout_s=30, over="http") as slack, filled("PostgreSQL", COMPONENTS, postgres) as url:
        slack.standin.api.rates.is_on = False
        with Bot(slack, url) as bot:
            mutations = Mutations(count, slack.standin.base_url + "/response/none")
            asyncio.run(_post_all(slack.request_url, mutations, count, statuses, traces))
            shown = slack.look(
                lambda: [str(entry.body) for entry in slack.standin.record.entries if entry.direction == "from app"]
            )
            is_alive, memory_mb, log = bot.is_alive and bot.is_ready, bot.memory_mb, list(bot.log)
    traces |= {text[:80] for text in (*shown, *log) if _is_trace(text)}
    posted = f"{count} requests"
    answered = ", ".join(f"{n} × {status}" for status, n in sorted(statuses.items()))
    return [
        none_of("mutated bodies: 5xx or no answer", where, f"{posted}: {answered}", _bad(statuses)),
        none_of("mutated bodies: processes that died", where, posted, [] if is_alive else ["the bot"]),
        none_of("mutated bodies: stack traces told or logged", where, posted, traces),
        at_most("mutated bodies: memory", where, posted, MEMORY_MB, memory_mb, "MB"),
    ]


def _bad(statuses: Counter[int]) -> list[str]:
    return [f"{n} × {status}" for status, n in statuses.items() if status >= 500 or status == 0]


def _is_trace(text: str) -> bool:
    return "Traceback" in text or 'File "' in text or '.py", line' in text


async def _post_all(url: str, mutations: Mutations, count: int, statuses: Counter[int], traces: set[str]) -> None:
    left = iter(range(count))
    async with aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=15)) as session:

        async def post() -> None:
            for _ in left:
                each = mutations.next()
                headers = {"Content-Type": each.content_type} | signed(each.body)
                try:
                    async with session.post(url, data=io.BytesIO(each.body), headers=headers) as response:
                        text = await response.text(errors="replace")
                        statuses[response.status] += 1
                except (aiohttp.ClientError, TimeoutError):
                    statuses[0] += 1
                    continue
                if _is_trace(text):
                    traces.add(text[:80])

        await asyncio.gather(*(post() for _ in range(AT_ONCE)))


def in_process(count: int = 100_000) -> list[Figure]:
    """Put mutated payloads to the routes, Bolt and listeners, one after the other, in a process of their own.

    Half come over HTTP and half over Socket Mode; the transports' own code is part of it, sockets are not, and Slack is
    not either.
    """
    where = ("both, in process", "SQLite")
    with SlackServer(timeout_s=30) as slack, filled("SQLite", COMPONENTS) as url:
        command = [sys.executable, "-m", "chaos.fuzz", str(count), url, slack.url, slack.bot_token]
        environment = os.environ | {"PYTHONPATH": os.pathsep.join(sys.path)}
        done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr[-3000:]
    found: Json = json.loads(done.stdout)
    payloads = f"{count} payloads"
    return [
        none_of("mutated payloads: crashes", where, payloads, found["crashes"]),
        none_of("mutated payloads: 5xx", where, f"{payloads}: {found['statuses']}", found["bad"]),
        none_of("mutated payloads: stack traces told", where, payloads, found["traces"]),
        at_most("mutated payloads: memory", where, payloads, MEMORY_MB, found["memory_mb"], "MB"),
    ]


class _Taking(Posts):
    """Slack as far as listeners call it. What is told to people is looked at."""

    def __init__(self) -> None:
        super().__init__()
        self.told: set[str] = set()

    async def users_info(self, *, user: Any) -> Any:
        return await super().users_info(user=user if user in self.people else BEN)

    async def chat_postMessage(self, **message: Any) -> None:  # noqa: N802  Slack's name
        self._look(message)

    async def chat_postEphemeral(self, **message: Any) -> None:  # noqa: N802  Slack's name
        self._look(message)

    async def views_publish(self, **view: Any) -> None:
        self._look(view)

    async def views_update(self, **view: Any) -> None:
        self._look(view)

    async def views_open(self, **view: Any) -> Any:
        self._look(view)
        return Response({"ok": True, "view": {"id": "V1", "hash": "1"}})

    def _look(self, sent: Json) -> None:
        if _is_trace(text := str(sent)):
            self.told.add(text[:80])


class _Socket:
    """A connection as far as it takes acknowledgements."""

    def __init__(self) -> None:
        self.acknowledged = 0
        self.websocket = self

    async def send_str(self, frame: str) -> None:
        self.acknowledged += 1


async def _fuzz(count: int, url: str, api_url: str, token: str) -> Json:
    slack = _Taking()
    metrics = Metrics()
    registry = Registry(open_repository(url))
    people = People(TEAM, None, BOT_USER, [BEN])
    desk = Desk(registry, Rulebooks(packaged_rulebook(), None), cast(AsyncWebClient, slack), people, metrics)
    app = AsyncApp(
        client=AsyncWebClient(token=token, base_url=api_url),
        logger=logging.getLogger("bolt"),
        process_before_response=True,
        raise_error_for_unhandled_request=True,
        request_verification_enabled=False,
        before_authorize=entrance(metrics),
    )
    bind(app, desk)
    web = Starlette(routes=[events_route(app, [SIGNING_SECRET])])
    sockets = SocketMode(app, "xapp-1", api_url, metrics)
    socket = _Socket()
    statuses: Counter[int] = Counter()
    crashes: set[str] = set()
    mutations = Mutations(count, NOWHERE)
    for number in range(count):
        each = mutations.next()
        try:
            if number % 2 and each.payload is not None:
                before = socket.acknowledged
                envelope = {"envelope_id": str(number), "payload": each.payload}
                await asyncio.create_task(sockets._take(envelope, cast(Any, socket)))
                statuses[socket.acknowledged - before] += 1
            else:
                statuses[await asyncio.create_task(_posted_to(web, each, slack))] += 1
        except Exception as error:  # noqa: BLE001  that there is none is what is measured
            crashes.add(f"{type(error).__name__} at {number}")
    await desk.drain(30)
    return {
        "crashes": sorted(crashes),
        "statuses": ", ".join(f"{n} × {_NAMED.get(status, status)}" for status, n in sorted(statuses.items())),
        "bad": [f"{n} × {status}" for status, n in statuses.items() if status >= 500],
        "traces": sorted(slack.told),
        "memory_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
    }


_NAMED = {0: "left unacknowledged", 1: "acknowledged"}


async def _posted_to(web: Starlette, each: Posted, slack: _Taking) -> int:
    """Put a post to the application, and return the status of its answer."""
    headers = {"content-type": each.content_type} | signed(each.body)
    scope = {
        "type": "http",
        "method": "POST",
        "path": PATH,
        "raw_path": PATH.encode(),
        "query_string": b"",
        "headers": [(name.lower().encode(), value.encode()) for name, value in headers.items()],
    }
    sent: list[Any] = []

    async def receive() -> Json:
        return {"type": "http.request", "body": each.body, "more_body": False}

    async def send(message: Any) -> None:
        sent.append(message)

    await web(scope, receive, send)
    slack._look({"body": b"".join(message.get("body", b"") for message in sent).decode(errors="replace")})
    return int(sent[0]["status"])


if __name__ == "__main__":
    logging.basicConfig(level=logging.CRITICAL)
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger("critical"))
    print(json.dumps(asyncio.run(_fuzz(int(sys.argv[1]), *sys.argv[2:]))))
