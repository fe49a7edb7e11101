"""Delivery: how what people do reaches the app, over Socket Mode or as signed posts, and when it is sent again."""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import json
import secrets
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Literal, Protocol
from urllib.parse import urlencode

import aiohttp
from starlette.websockets import WebSocket, WebSocketDisconnect

from assistant.sandbox.faults import Faults
from assistant.sandbox.record import Record
from assistant.sandbox.workspace import APP, Json

Kind = Literal["events_api", "slash_commands", "interactive"]
FRAME_LIMIT = 20_480
"""Bytes of a frame from the app; Slack is reported to close the socket on a longer one."""
SIGNING_SECRET = "sandbox-signing-secret"  # noqa: S105  it signs nothing but this stand-in's posts


@dataclass
class Timing:
    """Slack's clocks in seconds, which tests can compress."""

    ack_s: float = 3.0
    retries_s: tuple[float, ...] = (0.0, 60.0, 300.0)
    """How long after a failure an event is sent again: at once, after a minute, and after five."""


@dataclass
class Envelope:
    """One attempt at a delivery. `failed` says why an earlier one did not do."""

    kind: Kind
    payload: Json
    accepts_payload: bool
    attempt: int = 0
    failed: str = ""


class Transport(Protocol):
    """A way to the app: what it acknowledged with, {} for a bare acknowledgement; AttemptError when it did not."""

    async def send(self, envelope: Envelope, within_s: float) -> Json: ...

    @property
    def is_connected(self) -> bool: ...


class AttemptError(Exception):
    """The app did not take it. The text is the reason, as Slack names it."""


class Delivery:
    """Delivers events until they are acknowledged or tried often enough, and everything else once."""

    def __init__(self, transport: Transport, record: Record, faults: Faults, changed: Callable[[], None]) -> None:
        self.transport = transport
        self.timing = Timing()
        self._record = record
        self._faults = faults
        self._changed = changed
        self._tasks: set[asyncio.Task[None]] = set()
        self._held: list[Json] = []

    async def interact(self, kind: Kind, name: str, payload: Json, *, accepts_payload: bool) -> Json:
        """Deliver a command or an interaction, and return its acknowledgement. Raises AttemptError without one."""
        return await self._attempt(Envelope(kind, payload, accepts_payload), name)

    def event(self, payload: Json) -> None:
        """Deliver an event in the background, again and again as Slack does."""
        if self._faults.take("reorder"):
            self._held.append(payload)
            self.later(self._release_held(1.0))
            return
        self.later(self._deliver(payload))
        if self._faults.take("duplicate"):
            self.later(self._deliver(payload))
        if self._held:
            self.later(self._release_held(0.05))

    async def stop(self) -> None:
        for task in list(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    def later(self, work: Awaitable[None]) -> None:
        """Do something in the background, until `stop`."""
        task = asyncio.ensure_future(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _release_held(self, after_s: float) -> None:
        await asyncio.sleep(after_s)
        held, self._held = self._held, []
        for payload in held:
            self.later(self._deliver(payload))

    async def _deliver(self, payload: Json) -> None:
        envelope = Envelope("events_api", payload, accepts_payload=False)
        for attempt in range(len(self.timing.retries_s) + 1):
            if attempt:
                await asyncio.sleep(self.timing.retries_s[attempt - 1])
            envelope.attempt = attempt
            try:
                await self._attempt(envelope, payload["event"]["type"])
                return
            except AttemptError as error:
                envelope.failed = str(error)

    async def _attempt(self, envelope: Envelope, name: str) -> Json:
        note = f"attempt {envelope.attempt + 1}, {envelope.failed}" if envelope.attempt else ""
        entry = self._record.add(time.time(), "to app", name, envelope.payload, note)
        self._changed()
        begun = time.monotonic()
        try:
            entry.answer = await self.transport.send(envelope, self.timing.ack_s)
        except AttemptError as error:
            entry.note = f"{entry.note} not acknowledged: {error}".strip()
            raise
        finally:
            entry.seconds = time.monotonic() - begun
            self._changed()
        return entry.answer


@dataclass(eq=False)
class Socket:
    """A connection of the app. `port` is the relay's, by which a fault finds it."""

    websocket: WebSocket
    port: int


@dataclass
class SocketMode:
    """Socket Mode: several connections, each envelope to any one of them.

    https://docs.slack.dev/apis/events-api/using-socket-mode
    """

    record: Record
    changed: Callable[[], None]
    sockets: list[Socket] = field(default_factory=list)
    _waiting: dict[str, asyncio.Future[Json]] = field(default_factory=dict)
    _connected: asyncio.Event = field(default_factory=asyncio.Event)

    @property
    def is_connected(self) -> bool:
        return bool(self.sockets)

    async def send(self, envelope: Envelope, within_s: float) -> Json:
        if envelope.kind == "events_api":
            await self._connected.wait()  # an event waits for a connection; whoever clicks does not
        if not self.sockets:
            raise AttemptError("not_connected")
        socket = secrets.choice(self.sockets)
        envelope_id = secrets.token_hex(16)
        frame: Json = {
            "envelope_id": envelope_id,
            "payload": envelope.payload,
            "type": envelope.kind,
            "accepts_response_payload": envelope.accepts_payload,
        }
        if envelope.kind == "events_api":
            frame |= {"retry_attempt": envelope.attempt, "retry_reason": envelope.failed}
        acknowledged = self._waiting[envelope_id] = asyncio.get_running_loop().create_future()
        try:
            await socket.websocket.send_json(frame)
            return await asyncio.wait_for(acknowledged, within_s)
        except (TimeoutError, WebSocketDisconnect, RuntimeError):
            raise AttemptError("timeout") from None
        finally:
            del self._waiting[envelope_id]

    async def serve(self, websocket: WebSocket) -> None:
        """Greet a connection, and read acknowledgements until it ends."""
        await websocket.accept()
        socket = Socket(websocket, websocket.client.port if websocket.client else 0)
        debug = {"host": "applink-sandbox", "build_number": 1, "approximate_connection_time": 18_060}
        await websocket.send_json(
            {
                "type": "hello",
                "num_connections": len(self.sockets) + 1,
                "debug_info": debug,
                "connection_info": {"app_id": APP},
            }
        )
        self._enter(socket)
        try:
            while True:
                text = await websocket.receive_text()
                if len(text.encode()) > FRAME_LIMIT:
                    self._note("closed", {"bytes": len(text.encode())}, f"a frame over {FRAME_LIMIT} bytes")
                    await websocket.close(1009)
                    return
                self._acknowledge(text)
        except (WebSocketDisconnect, RuntimeError):
            return
        finally:
            self._leave(socket)

    async def refresh(self, socket: Socket) -> None:
        """Ask for a new connection as Slack does every few hours, and close this one a little later."""
        debug = {"host": "applink-sandbox"}
        self._leave(socket)
        await socket.websocket.send_json({"type": "disconnect", "reason": "refresh_requested", "debug_info": debug})
        await asyncio.sleep(1.0)
        try:
            await socket.websocket.close()
        except RuntimeError:
            return  # it was closed meanwhile

    def _acknowledge(self, text: str) -> None:
        try:
            frame = json.loads(text)
            acknowledged = self._waiting.get(frame["envelope_id"])
        except (ValueError, KeyError, TypeError):
            self._note("misread", {"text": text[:500]}, "no acknowledgement")
            return
        if acknowledged and not acknowledged.done():
            acknowledged.set_result(frame.get("payload") or {})

    def _enter(self, socket: Socket) -> None:
        self.sockets.append(socket)
        self._connected.set()
        self._note("connected", {"connections": len(self.sockets)})

    def _leave(self, socket: Socket) -> None:
        if socket in self.sockets:
            self.sockets.remove(socket)
            if not self.sockets:
                self._connected.clear()
            self._note("disconnected", {"connections": len(self.sockets)})

    def _note(self, name: str, body: Json, note: str = "") -> None:
        self.record.add(time.time(), "socket", name, body, note)
        self.changed()


class SignedPosts:
    """The Events API and its like: each payload is posted to the app's address, signed.

    https://docs.slack.dev/apis/events-api and /authentication/verifying-requests-from-slack
    """

    def __init__(self, request_url: str) -> None:
        self.request_url = request_url
        self.secret = SIGNING_SECRET
        self.is_connected = False

    async def send(self, envelope: Envelope, within_s: float) -> Json:
        headers = {"Content-Type": "application/x-www-form-urlencoded"}
        if envelope.kind == "events_api":
            headers["Content-Type"] = "application/json"
            body = json.dumps(envelope.payload)
        elif envelope.kind == "slash_commands":
            body = urlencode(envelope.payload)
        else:
            body = urlencode({"payload": json.dumps(envelope.payload)})
        if envelope.attempt:
            headers |= {"X-Slack-Retry-Num": str(envelope.attempt), "X-Slack-Retry-Reason": envelope.failed}
        headers |= signed(body, self.secret)
        timeout = aiohttp.ClientTimeout(total=within_s)
        try:
            async with (
                aiohttp.ClientSession(timeout=timeout) as session,
                session.post(self.request_url, data=body, headers=headers) as response,
            ):
                text = await response.text()
        except TimeoutError:
            raise AttemptError("http_timeout") from None
        except aiohttp.ClientError:
            raise AttemptError("connection_failed") from None
        # An event is taken with any status of success, and all else with 200 alone.
        if response.status != 200 and not (envelope.kind == "events_api" and 200 <= response.status < 300):
            raise AttemptError("http_error")
        if not text.strip():
            return {}
        try:
            answer = json.loads(text)
        except ValueError:
            answer = {"text": text}
        return answer if isinstance(answer, dict) else {"text": text}


def signed(body: str, secret: str, at: int | None = None) -> dict[str, str]:
    """Return the headers by which Slack proves that a post is its own; `at` is in seconds since the epoch."""
    timestamp = str(at or int(time.time()))
    digest = hmac.new(secret.encode(), f"v0:{timestamp}:{body}".encode(), hashlib.sha256).hexdigest()
    return {"X-Slack-Request-Timestamp": timestamp, "X-Slack-Signature": f"v0={digest}"}
