"""Socket Mode: what Slack sends over a WebSocket, and a new WebSocket whenever one ends, is asked to, or falls silent.

slack_sdk's client is not used: when a connection fails it tries the same address for ever, which Slack gave it for one
connection, and it has stayed deaf with a session that was closed
(https://github.com/slackapi/python-slack-sdk/issues/1922). Here nothing outlives its connection.
"""

from __future__ import annotations

import asyncio
import json
import secrets
import time
from collections.abc import Coroutine
from contextlib import AsyncExitStack, suppress
from dataclasses import dataclass, field
from typing import Any, NoReturn

import aiohttp
import structlog
from slack_bolt.async_app import AsyncApp
from slack_bolt.request.async_request import AsyncBoltRequest
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from assistant.errors import SlackUnreachableError
from assistant.slack.calls import TOKEN_REFUSALS, Calls, code_of
from assistant.slack.metrics import Metrics
from assistant.slack.tokens import token_refused

PING_S = 5.0
"""A connection that is silent for this long is pinged, and given up when it stays silent for half as long again."""
ATTEMPT_S = 5.0
"""How long Slack may take from being asked for an address until it greets."""
CLOSE_S = 1.0
"""Slack may leave TCP open after a closing handshake, and a network that is gone answers no closing frame."""
LINGER_S = 30.0
"""How long a connection that Slack will end is listened to, beside the one that replaces it."""
FRAME_LIMIT = 20_480
"""Bytes of a frame; Slack is reported to close the connection on a longer one."""
_RENEWALS = ("warning", "refresh_requested")
_REASONS = (*_RENEWALS, "link_disabled", "too_many_websockets")
"""Why Slack ends a connection. One that it wants renewed still brings what is on its way."""
_REFUSALS = TOKEN_REFUSALS | {"missing_scope", "no_permission"}
_LOST = (aiohttp.ClientError, OSError, TimeoutError)

log = structlog.get_logger()
_chance = secrets.SystemRandom()


@dataclass(frozen=True)
class Patience:
    """How often, and how fast, a connection is made anew: after delays that double, each with chance in it."""

    first_delay_s: float = 0.5
    longest_delay_s: float = 6.0
    attempts: int = 30
    """Failures in a row after which a fresh process is the better try: two to five minutes."""
    steady_s: float = 10.0
    """A connection that lasts this long ends a row of failures; a shorter one is one of them."""

    def delay_s(self, failures: int) -> float:
        longest: float = min(self.longest_delay_s, self.first_delay_s * 2**failures)
        return longest * _chance.uniform(0.5, 1.0)


class _NotGreetedError(Exception):
    """Slack opened a connection only to end it. The text is the reason."""


@dataclass(eq=False)
class _Connection:
    """One WebSocket, with a session of its own."""

    session: aiohttp.ClientSession
    websocket: aiohttp.ClientWebSocketResponse
    replaced: asyncio.Future[str] = field(default_factory=lambda: asyncio.get_running_loop().create_future())
    """Why another connection is wanted, once one is."""
    heard_at: float = field(default_factory=time.monotonic)

    def replace(self, why: str) -> None:
        if not self.replaced.done():
            self.replaced.set_result(why)

    async def close(self) -> None:
        with suppress(*_LOST):
            async with asyncio.timeout(CLOSE_S):
                await self.websocket.close()
        await self.session.close()


class SocketMode:
    """Takes what Slack sends, acknowledges what the app took, and stays connected."""

    def __init__(
        self, app: AsyncApp, app_token: str, api_url: str, metrics: Metrics, patience: Patience = Patience()
    ) -> None:
        self.connected = asyncio.Event()
        """Set with the first connection."""
        self._app = app
        self._token = app_token
        self._client = AsyncWebClient(base_url=api_url, retry_handlers=[Calls(api_url, metrics)])
        self._patience = patience
        self._open: list[_Connection] = []
        self._reading: set[asyncio.Task[None]] = set()
        self._taking: set[asyncio.Task[None]] = set()
        self._elsewhere = 0

    @property
    def connections(self) -> int:
        """How many connections there are: none, one, or while one replaces another two."""
        return len(self._open)

    @property
    def silent_s(self) -> float:
        """Seconds since Slack was last heard; infinite when nothing is connected."""
        return time.monotonic() - max((each.heard_at for each in self._open), default=float("-inf"))

    async def run(self) -> NoReturn:
        """Stay connected until cancelled.

        Raises ConfigurationError when Slack refuses the token, and SlackUnreachableError when patience ends.
        """
        failures = 0
        try:
            while True:
                begun_at, at_least_s = time.monotonic(), 0.0
                try:
                    why = await (await self._connect()).replaced
                except SlackApiError as error:
                    why = code_of(error)
                    if why in _REFUSALS:
                        raise token_refused("SLACK_APP_TOKEN", why) from None
                    at_least_s = _retry_after_s(error)
                except _NotGreetedError as error:
                    why = str(error)
                except _LOST as error:
                    why = type(error).__name__
                failures = 1 if time.monotonic() - begun_at >= self._patience.steady_s else failures + 1
                if failures >= self._patience.attempts:
                    raise SlackUnreachableError(
                        f"Socket Mode failed {failures} times in a row, at last with {why}: "
                        "check the network and https://slack-status.com, and start again."
                    )
                delay_s = max(at_least_s, self._patience.delay_s(failures - 1))
                say = log.info if why in _RENEWALS else log.warning
                say("a new connection is needed", why=why, failures=failures, in_s=round(delay_s, 1))
                await asyncio.sleep(delay_s)
        finally:
            for reading in self._reading:
                reading.cancel()
            await asyncio.gather(*self._reading, return_exceptions=True)

    async def _connect(self) -> _Connection:
        """Return a connection that Slack has greeted, and read from it in the background."""
        async with asyncio.timeout(ATTEMPT_S):
            address = await self._client.apps_connections_open(app_token=self._token)
            async with AsyncExitStack() as failing:
                session = await failing.enter_async_context(aiohttp.ClientSession())
                websocket = await session.ws_connect(
                    address["url"],
                    autoping=False,  # so that pongs are heard
                    heartbeat=PING_S,
                    timeout=aiohttp.ClientWSTimeout(ws_close=CLOSE_S),
                    proxy=self._client.proxy,
                )
                hello = _message((await websocket.receive()).data)
                if hello.get("type") != "hello":
                    raise _NotGreetedError(_reason(hello))
                failing.pop_all()  # the session lives as long as its connection
        connection = _Connection(session, websocket)
        self._open.append(connection)
        _begin(self._read(connection), self._reading)
        self._compare(hello.get("num_connections"))
        self.connected.set()
        log.info("connected")
        return connection

    def _compare(self, counted: object) -> None:
        """Log when Slack counts connections that are not this process's, and so sends them a part of what people do."""
        elsewhere = counted - len(self._open) if isinstance(counted, int) else 0
        if elsewhere > 0 and elsewhere != self._elsewhere:
            log.warning("Slack has more connections of this app, and sends to each of them", elsewhere=elsewhere)
        self._elsewhere = elsewhere

    async def _read(self, connection: _Connection) -> None:
        """Take what arrives, until the connection ends or has lingered long enough."""
        try:
            async with asyncio.timeout(None) as limit:
                async for frame in connection.websocket:
                    connection.heard_at = time.monotonic()
                    if frame.type is aiohttp.WSMsgType.PING:
                        await connection.websocket.pong(frame.data)
                    message = _message(frame.data) if frame.type is aiohttp.WSMsgType.TEXT else {}
                    if message.get("type") == "disconnect":
                        connection.replace(_reason(message))
                        if _reason(message) not in _RENEWALS:
                            break
                        limit.reschedule(asyncio.get_running_loop().time() + LINGER_S)
                    elif isinstance(message.get("payload"), dict):
                        _begin(self._take(message, connection), self._taking)
        except _LOST as error:
            connection.replace(type(error).__name__)
        finally:
            self._open.remove(connection)
            fault = connection.websocket.exception()
            connection.replace(type(fault).__name__ if fault else f"closed with {connection.websocket.close_code}")
            await connection.close()

    async def _take(self, envelope: dict[str, Any], connection: _Connection) -> None:
        """Have the app take an envelope, and acknowledge it, over another connection when its own has ended."""
        again = envelope.get("retry_attempt")
        headers: dict[str, Any] = {"x-slack-retry-num": str(again)} if again else {}
        try:
            request = AsyncBoltRequest(mode="socket_mode", body=envelope["payload"], headers=headers)
            response = await self._app.async_dispatch(request)
        except Exception as error:  # noqa: BLE001  Bolt falls over a payload that lacks what it looks for
            log.error("a payload could not be read", request=secrets.token_hex(4), error=type(error).__name__)
            return
        if response.status != 200:
            return  # Slack sends it again
        ack = {"envelope_id": envelope.get("envelope_id")}
        frame = json.dumps({**ack, "payload": json.loads(response.body)} if response.body else ack)
        if len(frame) > FRAME_LIMIT:
            log.error("an acknowledgement is too long, and goes without its content", bytes=len(frame))
            frame = json.dumps(ack)
        for each in (connection, *self._open):
            with suppress(*_LOST):
                await each.websocket.send_str(frame)
                return
        log.warning("an acknowledgement found no connection")


def _message(data: Any) -> dict[str, Any]:
    """Return the JSON object that a frame holds; {} when it holds none."""
    try:
        message = json.loads(data)
    except (ValueError, TypeError):
        return {}
    return message if isinstance(message, dict) else {}


def _reason(message: dict[str, Any]) -> str:
    reason = message.get("reason")
    return reason if reason in _REASONS else "no reason given"


def _retry_after_s(error: SlackApiError) -> float:
    """Return how long Slack, or a proxy before it, asks to be left alone; five minutes at most."""
    asked = str(error.response.headers.get("Retry-After", ""))
    return min(float(asked), 300.0) if asked.isdecimal() else 0.0


def _begin(work: Coroutine[Any, Any, None], among: set[asyncio.Task[None]]) -> None:
    """Do something in the background; the event loop alone would not keep it."""
    task = asyncio.get_running_loop().create_task(work)
    among.add(task)
    task.add_done_callback(among.discard)
