"""The stand-in for tests: plain functions play the people, in a thread beside the stand-in's event loop."""

from __future__ import annotations

import asyncio
import json
import secrets
import socket
import threading
from collections.abc import Callable, Coroutine
from concurrent.futures import Future
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from types import TracebackType
from typing import Any, Literal, Self, TypeAlias, TypeVar
from urllib.parse import urlsplit

import yaml

from assistant.sandbox import payloads
from assistant.sandbox.record import Entry
from assistant.sandbox.server import environment, served
from assistant.sandbox.standin import StandIn
from assistant.sandbox.workspace import BOT_USER, Json, Message, View, elements_of, fernwood

T = TypeVar("T")
Transport: TypeAlias = Literal["socket", "http"]
Source: TypeAlias = Entry | Message | View | Json

MANIFEST = Path(__file__).parents[1] / "manifest.yaml"
GENERAL, PAYMENTS, PARTNERS, ELSEWHERE = "C0GENERAL", "C0PAYMENTS", "C0PARTNERS", "C0RANDOM"
ANA, BEN, KOFI, GUEST, STRANGER = "U0ANA", "U0BEN", "U0KOFI", "U0GUS", "U0SAM"
OTHER_BOT, GONE = "U0DEPLOYBOT", "U0GIL"


class SlackServer:
    """A workspace with one app in it. Everything that waits raises AssertionError with all that was recorded."""

    def __init__(self, timeout_s: float = 5.0, over: Transport = "socket") -> None:
        self.timeout_s = timeout_s
        self.over = over
        self._taken: set[int] = set()

    # The server: a thread with an event loop of its own

    def __enter__(self) -> Self:
        started = threading.Event()
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=lambda: self._loop.run_until_complete(self._serve(started)))
        self._thread.start()
        if not started.wait(10):
            raise AssertionError("the stand-in did not start")
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._loop.call_soon_threadsafe(self._stop.set)
        self._thread.join(10)
        self._loop.close()

    async def _serve(self, started: threading.Event) -> None:
        self._stop = asyncio.Event()
        self.request_url = f"http://127.0.0.1:{free_port()}/slack/events"  # where the bot takes posts, over HTTP
        manifest = yaml.safe_load(MANIFEST.read_text())
        self.standin = StandIn(fernwood(), manifest, self.request_url if self.over == "http" else None)
        self.workspace = self.standin.workspace
        async with served(self.standin):
            self.url = f"{self.standin.base_url}/api/"
            self.environment = environment(self.standin)
            self.bot_token, self.app_token = self.standin.api.bot_token, self.standin.api.app_token
            started.set()
            await self._stop.wait()

    def run(self, work: Coroutine[Any, Any, T]) -> T:
        """Do something on the stand-in's loop, and return what comes of it."""
        return self.begin(work).result(self.timeout_s + 5)

    def begin(self, work: Coroutine[Any, Any, T]) -> Future[T]:
        """Do something while the test goes on."""
        return asyncio.run_coroutine_threadsafe(work, self._loop)

    def look(self, at: Callable[[], T]) -> T:
        """Read something that the stand-in's loop changes."""

        async def looked() -> T:
            return at()

        return self.run(looked())

    # What people do

    def mention(self, user: str, text: str, channel: str = GENERAL, thread_ts: str | None = None) -> str:
        """Name the assistant in a channel, before the text; the message's ts."""
        return self.say(user, f"<@{BOT_USER}> {text}", channel, thread_ts)

    def direct_message(self, user: str, text: str, thread_ts: str | None = None) -> str:
        """Write to the assistant; the message's ts."""
        return self.say(user, text, self.look(lambda: self.workspace.direct(user).id), thread_ts)

    def say(self, user: str, text: str, channel: str, thread_ts: str | None = None, **more: Any) -> str:
        """Write what an event carries, in Slack's own encoding; the message's ts."""
        self.wait_until_connected()
        return self.run(self.standin.say(user, channel, text, thread_ts, encoded=True, **more)).ts

    def event(self, inner: Json) -> Json:
        """Deliver any event, and return it as it was wrapped."""
        wrapped = payloads.event(self.workspace, inner)
        self.look(lambda: self.standin.delivery.event(wrapped))
        return wrapped

    def home_opened(self, user: str) -> None:
        self.run(self.standin.open_home(user))

    def command(self, command: str, text: str, user: str = ANA, channel: str = GENERAL) -> Json:
        """Type a slash command; what it was acknowledged with."""
        self.wait_until_connected()
        return self.run(self.standin.command(user, channel, f"{command} {text}"))

    def click(self, user: str, source: Source, target: str, values: Json | None = None) -> None:
        """Press the button, or the option of a menu, with this id or label, which must be taken.

        `values`: what stands in its form then.
        """
        shown = self.shown(source)
        block_id, element, value = found(shown, target)
        where: Any = {"view": shown, "values": values} if isinstance(shown, View) else {"message": shown}
        ids = {"block_id": block_id, "action_id": element["action_id"], "value": value}
        failed = self.run(self.standin.click(user, **ids, **where))
        assert failed is None, f"{failed}\n{self.dump()}"

    def enter(self, user: str, source: Source, block_id: str, typed: str) -> None:
        """Type into a field of a view that tells the app when Enter is pressed."""
        view = self.shown(source)
        assert isinstance(view, View)
        pressed = self.standin.click(user, view=view, value=typed, block_id=block_id, action_id=block_id)
        assert self.run(pressed) is None, self.dump()

    def shortcut(self, user: str, callback_id: str, text: str, attachments: list[Json] | None = None) -> None:
        """Use the shortcut on a message that somebody wrote."""
        ts = self.say(BEN, text, GENERAL, attachments=attachments)
        assert self.run(self.standin.shortcut(user, GENERAL, ts, callback_id)) is None, self.dump()

    def submit(self, user: str, values: Json | None = None) -> Json:
        """Submit the form that somebody has open, filled in by block_id; what it was acknowledged with."""
        view = self.modal(user)
        outcome = self.run(self.standin.submit(user, view.id, values or {}))
        assert "failed" not in outcome, f"{outcome}\n{self.dump()}"
        return self.calls("view_submission")[-1].answer or {}

    def suggest(self, user: str, block_id: str, action_id: str, typed: str) -> list[Json]:
        """Type into a select of the form that somebody has open; the options offered."""
        return self.run(self.standin.suggest(user, self.modal(user).id, block_id, action_id, typed))

    def modal(self, user: str) -> View:
        """The form that somebody has open."""
        return self._wait(lambda: self.workspace.modals.get(user), f"{user} has no form open", None)

    def shown(self, source: Source) -> Message | View:
        """What people see because of a call, or of a command's acknowledgement."""
        if isinstance(source, Entry):
            source = source.shown
        if isinstance(source, Message | View):
            return source
        assert isinstance(source, dict), f"nothing to click in {source}"
        text = source["text"]
        return self.look(lambda: [m for m in self.workspace.messages.values() if m.text == text and m.only_for][-1])

    # What the bot did

    def calls(self, name: str) -> list[Entry]:
        """All calls of a method, and all deliveries of a kind, so far, oldest first."""
        return self.look(lambda: [replace(entry) for entry in self.standin.record.named(name)])

    def wait_for(
        self, name: str, predicate: Callable[[Entry], bool] | None = None, timeout_s: float | None = None
    ) -> Entry:
        """The oldest answered call ("response_url" too) that satisfies and that no wait_for has returned."""

        def call() -> Entry | None:
            answered = (entry for entry in self.standin.record.named(name) if entry.seconds is not None)
            fresh = (entry for entry in answered if entry.number not in self._taken)
            return next((entry for entry in fresh if predicate is None or predicate(entry)), None)

        taken = self._wait(call, f"no call of {name} that satisfies", timeout_s)
        self._taken.add(taken.number)
        return taken

    def acknowledged(self, name: str = "app_mention") -> Entry:
        """The newest delivery of a kind, once the bot has acknowledged it."""

        def newest() -> Entry | None:
            entries = self.standin.record.named(name)
            return entries[-1] if entries and entries[-1].answer is not None else None

        return self._wait(newest, f"no {name} was acknowledged", None)

    def wait_until_connected(self, timeout_s: float = 20.0) -> None:
        """Return once the bot is there; what people do waits for that too."""
        self._wait(lambda: self.standin.connected, "the bot did not connect", timeout_s)

    def fault(self, line: str) -> None:
        """Have something go wrong; see assistant/sandbox/faults.py."""
        self.look(lambda: self.standin.fault(line))

    def wait_until_healed(self, timeout_s: float) -> None:
        """Return once every fault that was asked for has struck as often as it should."""
        self._wait(lambda: not self.standin.faults.waiting, "a fault did not strike", timeout_s)

    def _wait(self, condition: Callable[[], T | None], complaint: str, timeout_s: float | None) -> T:
        within_s = self.timeout_s if timeout_s is None else timeout_s

        async def waited() -> T | None:
            deadline = self._loop.time() + within_s
            while not (result := condition()) and (left := deadline - self._loop.time()) > 0:
                await self.standin.changed(self.standin.revision, min(left, 0.2))
            return result

        result = self.begin(waited()).result(within_s + 5)
        assert result, f"{complaint} within {within_s:g} s.\n{self.dump()}"
        return result

    def dump(self) -> str:
        """All that was recorded, for people who read a failure."""
        lines = [
            f"  {e.direction} {e.name} {json.dumps(e.body)[:700]} -> {json.dumps(e.answer)[:500]} {e.note}"
            for e in self.look(lambda: list(self.standin.record.entries))
        ]
        return "\n".join(["Recorded:", *lines])


def found(shown: Message | View, target: str) -> tuple[str, Json, str | None]:
    """The one thing to press that has this action_id or label, its block_id, and of a menu the option's value."""
    blocks = shown.body["blocks"] if isinstance(shown, View) else shown.blocks
    there: list[tuple[str, Json, str | None, str | None]] = []
    for block_id, element in elements_of(blocks):
        if element["type"] == "overflow":
            there += [(block_id, element, each["value"], each["text"]["text"]) for each in element["options"]]
        else:
            there.append((block_id, element, None, element.get("text", {}).get("text")))
    fitting = [(b, e, value) for b, e, value, label in there if target in (e["action_id"], label)]
    labels = [(e["action_id"], label) for _, e, _, label in there]
    assert len(fitting) == 1, f"{len(fitting)} things to click are {target!r}; there are {labels}"
    return fitting[0]


def free_port() -> int:
    """A port that nobody listens on, below those that the system gives to connections: they would take it meanwhile."""
    while True:
        port = 15_000 + secrets.randbelow(17_000)
        with socket.socket() as probe, suppress(OSError):
            probe.bind(("127.0.0.1", port))
            return port


def port_of(url: str) -> int:
    return urlsplit(url).port or 0
