"""The crowd: many people who ask, click and open at a steady rate, and a tally of what became of it."""

from __future__ import annotations

import asyncio
import json
import random
import time
from collections import Counter, deque
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Literal, NamedTuple

from generated import misspelt
from slack_server import BEN, GENERAL, SlackServer

from assistant.core.catalog import Catalog
from assistant.core.entries import Ref
from assistant.core.messages import Act, Propose, Save
from assistant.core.proposals import Change
from assistant.sandbox import payloads
from assistant.sandbox.delivery import AttemptError
from assistant.sandbox.payloads import kept_blocks
from assistant.sandbox.record import Entry
from assistant.sandbox.web_api import ResponseUrl
from assistant.sandbox.workspace import BOT_USER, Channel, Json, Message, Person, elements_of
from assistant.slack.views.acts import action_id, value

Kind = Literal["mention", "misspelt", "unknown", "direct", "command", "save", "propose", "home"]
QUESTIONS: tuple[Kind, ...] = ("mention", "misspelt", "unknown", "direct")
EVERYTHING: tuple[Kind, ...] = (
    *QUESTIONS,
    "command",
    *QUESTIONS,
    "home",
    *QUESTIONS,
    "command",
    *QUESTIONS,
    "home",
    "save",
)
"""Sixteen questions, two commands, twice App Home, and one click that saves a fact for everyone."""
PEOPLE = 50
AGAIN_S = 0.5


class Crowd:
    """Acts in the workspace of a stand-in, on its loop. Every message has a thread of its own, which names it."""

    def __init__(self, slack: SlackServer, catalog: Catalog, seed: int = 7) -> None:
        self.slack = slack
        self.chance = random.Random(seed)  # noqa: S311  the same crowd every time
        self.refs = list(catalog.components)
        self.chance.shuffle(self.refs)
        self.saved: dict[Ref, str] = {}
        """Components whose fact was to be saved by a click that the bot acknowledged, with where its answer goes."""
        self.proposed: dict[Ref, str] = {}
        self.threads: list[str] = []
        self._unchanged: Iterator[Ref] = iter(self.refs)
        workspace = slack.workspace
        people = [Person(f"U0P{number:04d}", f"person{number}", f"Person {number}") for number in range(PEOPLE)]
        workspace.people |= {each.id: each for each in people}
        self.people = [each.id for each in people]
        members = {BOT_USER, BEN, *self.people}
        workspace.channels[GENERAL].members |= members
        for team in catalog.teams.values():
            name = (team.slack_channel or "").removeprefix("#")
            workspace.channels[f"C0{name.upper()}"] = Channel(f"C0{name.upper()}", name, set(members))
        slack.standin.api.rates.is_on = False  # the bot's own pace is measured, and the faults that are asked for
        slack.standin.record.entries = deque()  # all of them, not the last thousands

    @contextmanager
    def acting(self, a_second: float, kinds: tuple[Kind, ...] = EVERYTHING) -> Iterator[None]:
        """Have the crowd act at a steady rate meanwhile, whatever the bot does; what it began is waited for."""
        ending = asyncio.Event()
        acting = self.slack.begin(self._act(a_second, kinds, ending))
        try:
            yield
        finally:
            self.slack.look(ending.set)
            acting.result(120)

    def act_once(self, kind: Kind, times: int = 1) -> Future[None]:
        """Have something done so many times at once."""

        async def acted() -> None:
            await asyncio.gather(*(self._do(kind) for _ in range(times)))

        return self.slack.begin(acted())

    async def _act(self, a_second: float, kinds: tuple[Kind, ...], ending: asyncio.Event) -> None:
        loop = asyncio.get_running_loop()
        begun, done = loop.time(), 0
        doing: set[asyncio.Task[None]] = set()
        while not ending.is_set():
            await asyncio.sleep(max(0.0, begun + done / a_second - loop.time()))
            task = loop.create_task(self._do(kinds[done % len(kinds)]))
            doing.add(task)
            task.add_done_callback(doing.discard)
            done += 1
        await asyncio.gather(*doing)

    async def _do(self, kind: Kind) -> None:
        standin = self.slack.standin
        user = self.chance.choice(self.people)
        name = self.chance.choice(self.refs).name
        match kind:
            case "mention":
                await self._write(user, GENERAL, f"<@{BOT_USER}> who owns {name}?")
            case "misspelt":
                await self._write(user, GENERAL, f"<@{BOT_USER}> who owns {misspelt(name, self.chance)}?")
            case "unknown":
                await self._write(user, GENERAL, f"<@{BOT_USER}> who owns {name[::-1]}?")
            case "direct":
                await self._write(user, standin.workspace.direct(user).id, f"which model should {name} use?")
            case "command":
                await standin.command(user, GENERAL, f"/who-owns {name}")
            case "home":
                await standin.open_home(user)
            case "save":
                ref = next(self._unchanged)
                if url := await self._click(BEN, Save(Change(ref, {"lifecycle": "shared"}))):
                    self.saved[ref] = url
            case "propose":
                ref = next(self._unchanged)
                if url := await self._click(user, Propose(Change(ref, {"lifecycle": "shared"}))):
                    self.proposed[ref] = url

    async def deliver_mention(self) -> None:
        """Deliver a mention once, and return when it is acknowledged."""
        standin = self.slack.standin
        user, name = self.chance.choice(self.people), self.chance.choice(self.refs).name
        message = Message(GENERAL, standin.workspace.ts(), user, f"<@{BOT_USER}> who owns {name}?")
        message.thread_ts = self._thread()
        event = payloads.event(standin.workspace, payloads.mention(message, standin.workspace.people[user]))
        await standin.delivery.interact("events_api", "app_mention", event, accepts_payload=False)

    async def _write(self, user: str, channel: str, text: str) -> None:
        await self.slack.standin.say(user, channel, text, self._thread(), encoded=True)

    def _thread(self) -> str:
        self.threads.append(f"1600000000.{len(self.threads):06d}")
        return self.threads[-1]

    def told(self) -> set[Ref]:
        """Return the components about which those who clicked were told something afterwards, good or bad."""
        urls = self.slack.standin.api.response_urls
        told = self.slack.look(lambda: {name for name, url in urls.items() if url.uses})
        clicked = self.saved | self.proposed
        return {ref for ref, url in clicked.items() if url.rpartition("/")[2] in told}

    async def _click(self, user: str, act: Act) -> str | None:
        """Press a button; while that is not acknowledged it comes again for a minute, as it may over Socket Mode."""
        payload = click(self.slack, user, act)
        for _ in range(int(60 / AGAIN_S)):
            try:
                await self.slack.standin.delivery.interact(
                    "interactive", "block_actions", payload, accepts_payload=False
                )
            except AttemptError:
                await asyncio.sleep(AGAIN_S)
            else:
                return str(payload["response_url"])
        return None


def click(slack: SlackServer, user: str, act: Act) -> Json:
    """Return the payload of a click on the button of an act, in a message that one person sees."""
    standin = slack.standin
    now = standin.api.now()
    url = f"{standin.base_url}/response/{standin.api.new_response_url(ResponseUrl(user, GENERAL, None, None, now))}"
    button = {"type": "button", "action_id": action_id(act, 0), "value": value(act)}
    return payloads.interaction(
        "block_actions",
        standin.workspace.people[user],
        trigger_id=standin.api.new_trigger(user),
        response_url=url,
        actions=[payloads.action_of(button, "b0", standin.workspace.ts())],
        container={
            "type": "message",
            "message_ts": standin.workspace.ts(),
            "channel_id": GENERAL,
            "is_ephemeral": True,
        },
    )


@dataclass(frozen=True)
class Tally:
    """What became of the messages that were written, by their threads, from the stand-in's record."""

    acknowledged: set[str] = field(default_factory=set)
    answers: Counter[str] = field(default_factory=Counter)
    """Posts that Slack took, those for one person included."""
    answered_s: dict[str, float] = field(default_factory=dict)
    """From when an event was delivered first until Slack had taken its first answer."""
    acknowledged_s: list[float] = field(default_factory=list)
    """How long each acknowledgement took, of everything that was delivered."""

    @property
    def lost(self) -> set[str]:
        """What was acknowledged and has no answer."""
        return self.acknowledged - self.answers.keys()

    @property
    def doubled(self) -> set[str]:
        return {thread for thread, times in self.answers.items() if times > 1}

    @property
    def tripled(self) -> set[str]:
        return {thread for thread, times in self.answers.items() if times > 2}


def thread_of(entry: Entry) -> str | None:
    """Return the thread that an event was written in, or an answer went to."""
    told = entry.body.get("event", entry.body)
    thread = told.get("thread_ts") if isinstance(told, dict) else None
    return thread if isinstance(thread, str) else None


def tally(slack: SlackServer) -> Tally:
    """Count what the stand-in has recorded by now."""

    def counted() -> Tally:
        result = Tally()
        delivered_at: dict[str, float] = {}
        for entry in slack.standin.record.entries:
            thread = thread_of(entry)
            if entry.direction == "to app":
                if thread is not None:
                    delivered_at.setdefault(thread, entry.at)
                if entry.answer is None:
                    continue
                result.acknowledged_s.append(entry.seconds or 0.0)
                if thread is not None:
                    result.acknowledged.add(thread)
            elif entry.name in ("chat.postMessage", "chat.postEphemeral") and (entry.answer or {}).get("ok"):
                if thread is None or thread not in delivered_at:
                    continue
                result.answers[thread] += 1
                taken_s = entry.at + (entry.seconds or 0.0) - delivered_at[thread]
                result.answered_s.setdefault(thread, taken_s)
        return result

    return slack.look(counted)


class Said(NamedTuple):
    """The first answer to something that was written or commanded, and how long after its delivery it was there."""

    thread: str | None
    delivered_at: float
    seconds: float
    text: str


def answers_to(slack: SlackServer) -> list[Said]:
    """Return what was said to every message and command, as far as it was."""

    def found() -> list[Said]:
        delivered_at: dict[str, float] = {}
        said: dict[str, Said] = {}
        for entry in slack.standin.record.entries:
            thread, seconds = thread_of(entry), entry.seconds or 0.0
            if entry.direction == "to app" and entry.name.startswith("/") and entry.answer:
                said[f"/{entry.number}"] = Said(None, entry.at, seconds, str(entry.answer))
            elif entry.direction == "to app" and thread:
                delivered_at.setdefault(thread, entry.at)
            elif thread in delivered_at and thread not in said and (entry.answer or {}).get("ok"):
                at = delivered_at[thread]
                said[thread] = Said(thread, at, entry.at + seconds - at, str(entry.body.get("text")))
        return list(said.values())

    return slack.look(found)


def in_flight(slack: SlackServer) -> set[str]:
    """Return the threads whose event is on its way to the bot, or being answered."""
    return {
        thread
        for entry in slack.standin.record.entries
        if entry.direction == "to app" and entry.seconds is None and (thread := thread_of(entry))
    }


def at_the_same_time(slack: SlackServer, work: Callable[[], object]) -> set[str]:
    """Do something at one moment of the stand-in's loop, and return what was in flight then."""

    def done() -> set[str]:
        threads = in_flight(slack)
        work()
        return threads

    return slack.look(done)


def settle(crowd: Crowd, within_s: float) -> Tally:
    """Return the tally once everything that was written is answered and nothing is in flight, or time is up."""
    deadline = time.monotonic() + within_s
    while True:
        result, flying = tally(crowd.slack), crowd.slack.look(lambda: in_flight(crowd.slack))
        if (set(crowd.threads) <= result.answers.keys() and not flying) or time.monotonic() > deadline:
            return result
        time.sleep(0.3)


def notices_posted(slack: SlackServer) -> Counter[int]:
    """Return how often the notice of each suggestion was posted, by the number that its buttons carry."""

    def counted() -> Counter[int]:
        posted = Counter[int]()
        for entry in slack.standin.record.named("chat.postMessage"):
            if not (entry.answer or {}).get("ok"):
                continue
            for _, element in elements_of(kept_blocks(entry.body)):
                if element["action_id"].startswith("accept:"):
                    posted[json.loads(element["value"])["proposal"]] += 1
        return posted

    return slack.look(counted)
