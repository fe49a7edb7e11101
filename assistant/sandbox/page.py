"""The page: the workspace as a browser shows it to one person, and what that person can do there.

The server renders, and the script puts what changed in its place. A place is a channel's name, `@assistant` for the
direct messages with the assistant, or `@home` for its App Home.
"""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from jinja2 import ChainableUndefined, Environment, PackageLoader
from markupsafe import Markup, escape
from starlette.datastructures import MutableHeaders
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import JSONResponse, Response, StreamingResponse
from starlette.routing import BaseRoute, Mount, Route
from starlette.staticfiles import StaticFiles
from starlette.types import ASGIApp, Receive, Scope, Send
from starlette.types import Message as AsgiMessage

from assistant.sandbox import faults
from assistant.sandbox.acts import ACTS, Act, WrongError
from assistant.sandbox.mrkdwn import render, typed
from assistant.sandbox.record import Entry
from assistant.sandbox.standin import StandIn
from assistant.sandbox.workspace import BOT_USER, TEAM_NAME, Channel, Json, Message, Person

HOME, DIRECT = "@home", "@assistant"
HEADERS = {
    "Content-Security-Policy": "default-src 'self'; base-uri 'none'; frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-store",
}
BODY_LIMIT = 1_000_000
HUES = 8
LOG_ROWS = 200
TOGETHER_S = 300
"""Messages of one author within so long stand under one name."""
INVITE = {"command": "/invite", "usage_hint": "@assistant", "description": "Add the assistant to this channel"}


def routes(standin: StandIn) -> list[BaseRoute]:
    """Return the page's routes."""
    page = _Page(standin)
    inside = [
        Route("/", page.shell),
        Route("/client/screen", page.screen),
        Route("/client/changes", page.changes),
        Route("/client/log", page.log),
        Route("/client/log/{number}", page.exchange),
        Route("/client/{act}", page.act, methods=["POST"]),
        Mount("/static", StaticFiles(directory=Path(__file__).parent / "static")),
    ]
    return [Mount("/", routes=inside, middleware=[Middleware(_WithHeaders)])]


class _WithHeaders:
    """Sets the headers that keep every request on this machine, and the page out of other sites."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def with_headers(message: AsgiMessage) -> None:
            if message["type"] == "http.response.start":
                MutableHeaders(scope=message).update(HEADERS)
            await send(message)

        await self.app(scope, receive, with_headers)


@dataclass(frozen=True)
class _Row:
    """A message in a list. `day` stands above the first of a day; `follows`: the author's name stands above already."""

    message: Message
    author: Person
    at: datetime
    day: str
    follows: bool
    replies: list[Message]


class _Page:
    def __init__(self, standin: StandIn) -> None:
        self.standin = standin
        self.workspace = standin.workspace
        self.app = standin.manifest["display_information"]["name"]
        features = standin.manifest["features"]
        self.commands = [*features.get("slash_commands", ()), INVITE]
        self.shortcuts = [each for each in features.get("shortcuts", ()) if each.get("type", "message") == "message"]
        # Slack's objects leave out what they do not need, hence the undefined that can be asked further.
        self.templates = Environment(
            loader=PackageLoader("assistant.sandbox"),
            autoescape=True,
            trim_blocks=True,
            lstrip_blocks=True,
            undefined=ChainableUndefined,
        )
        self.templates.filters |= {
            "mrkdwn": lambda text: render(text, self.workspace),
            "typed": lambda text: typed(text, self.workspace),
            "lines": lambda text: Markup("<br>").join(escape(line) for line in str(text).split("\n")),
            "initials": lambda name: "".join(word[0] for word in name.split()[:2]).upper(),
            "hue": lambda person: list(self.workspace.people).index(person.id) % HUES,
            "compact_json": lambda value: json.dumps(value, separators=(",", ":")),
        }
        self.templates.globals |= {
            "workspace": self.workspace,
            "standin": standin,
            "app": self.app,
            "bot": self.workspace.people[BOT_USER],
            "team_name": TEAM_NAME,
            "faults": faults.EXPLAINED,
            "home_place": HOME,
            "direct_place": DIRECT,
            "kind_of": self._kind,
        }

    # What is asked for

    async def shell(self, request: Request) -> Response:
        return Response(self._render("page.html"), media_type="text/html")

    async def screen(self, request: Request) -> Response:
        asked = request.query_params
        person = self._person(asked.get("user", "")) or self._people()[0]
        return JSONResponse(self._screen(person, asked.get("place", ""), asked.get("thread", "")))

    async def changes(self, request: Request) -> Response:
        async def revisions() -> AsyncIterator[str]:
            known = -1
            while not await request.is_disconnected():
                revision = await self.standin.changed(known, 1.0)
                yield f"data: {revision}\n\n" if revision != known else ": nothing new\n\n"
                known = revision

        return StreamingResponse(revisions(), media_type="text/event-stream")

    async def log(self, request: Request) -> Response:
        """Return the newest entries that hold some text."""
        wanted = request.query_params.get("match", "").casefold()
        entries: list[Entry] = []
        for entry in reversed(self.standin.record.entries):
            if len(entries) == LOG_ROWS:
                break
            if not wanted or wanted in self._searched(entry):
                entries.insert(0, entry)
        return JSONResponse({"html": self._render("log.html", entries=entries, clock=_local)})

    async def exchange(self, request: Request) -> Response:
        """Return what was sent and answered in one exchange, to be read."""
        number = request.path_params["number"]
        entry = next((each for each in self.standin.record.entries if str(each.number) == number), None)
        if entry is None:
            return JSONResponse({"failed": "That entry is no longer kept."}, 404)
        return JSONResponse({"body": _pretty(entry.body), "answer": _pretty(entry.answer) if entry.answer else None})

    async def act(self, request: Request) -> Response:
        """Do what a person does. JSON only: a form of another site cannot send it."""
        try:
            if request.headers.get("content-type", "").partition(";")[0] != "application/json":
                raise WrongError("Send JSON.")
            if int(request.headers.get("content-length", "0")) > BODY_LIMIT:
                raise WrongError("That is too large.")
            given = json.loads(await request.body())
            act = ACTS.get(request.path_params["act"])
            person = self._person(given.get("user")) if isinstance(given, dict) else None
            if act is None or person is None:
                raise WrongError("Say what to do, and as whom.")
            return JSONResponse(await act(Act(self.standin, person, given)) or {})
        except ValueError as wrong:
            return JSONResponse({"failed": str(wrong)}, 400)
        except RecursionError:
            return JSONResponse({"failed": "That is nested too deeply."}, 400)

    # What is shown

    def _screen(self, person: Person, place: str, thread: str) -> Json:
        channel = self._channel(person, place)
        place = place if place == HOME and not person.is_external else self._place(channel)
        first = self.workspace.messages.get((channel.id, thread))
        if place == HOME or first is None or first.only_for not in (None, person.id):
            thread = ""
        known: Json = {
            "person": person,
            "place": place,
            "channel": channel,
            "thread": thread,
            "people": self._people(),
            "channels": self.workspace.channels_of(person.id),
            "direct": None if person.is_external else self.workspace.direct(person.id),
            "latest": lambda channel_id: self._latest(person, channel_id),
        }
        rows = [] if place == HOME else list(self._rows(person, self.workspace.seen_in(channel.id, person.id)))
        replies = self.workspace.thread(channel.id, thread, person.id) if thread else []
        home, modal = self.workspace.homes.get(person.id), self.workspace.modals.get(person.id)
        return {
            "revision": self.standin.revision,
            "user": person.id,
            "name": person.name,
            "place": place,
            "thread": thread,
            "channel": channel.id,
            "title": self.app if place.startswith("@") else f"#{channel.name}",
            "closed": "This channel is archived." if channel.archived else "",
            "recorded": self.standin.record.count,
            "known": self._completions(person, known["channels"]),
            "slots": {
                "sidebar": self._render("sidebar.html", **known),
                "banner": self._render("banner.html"),
                "header": self._render("header.html", **known),
                "main": self._render("home.html", home=home, **known)
                if place == HOME
                else self._render("messages.html", rows=rows, in_thread=False, **known),
                "thread": self._render("messages.html", rows=self._rows(person, replies), in_thread=True, **known),
                "modal": self._render("modal.html", view=modal) if modal else "",
            },
        }

    def _render(self, template: str, **known: Any) -> str:
        return self.templates.get_template(template).render(**known)

    def _rows(self, person: Person, messages: list[Message]) -> Iterator[_Row]:
        above: _Row | None = None
        for message in messages:
            at = _local(float(message.ts))
            is_new_day = above is None or above.at.date() != at.date()
            follows = (
                above is not None
                and not is_new_day
                and (above.message.user, above.message.from_system) == (message.user, message.from_system)
                and above.message.only_for is None
                and message.only_for is None
                and not above.replies
                and (at - above.at).total_seconds() < TOGETHER_S
            )
            replies = self.workspace.thread(message.channel, message.ts, person.id)
            replies = [each for each in replies if each.ts != message.ts and each.only_for is None]
            day = ("Today" if at.date() == _local().date() else f"{at:%A, %-d %B}") if is_new_day else ""
            above = _Row(message, self.workspace.people[message.user], at, day, follows, replies)
            yield above

    def _latest(self, person: Person, channel_id: str) -> str:
        """Return the ts of the last message of somebody else that stands in a channel itself."""
        seen = self.workspace.seen_in(channel_id, person.id)
        return next((each.ts for each in reversed(seen) if each.user != person.id), "")

    def _completions(self, person: Person, channels: list[Channel]) -> Json:
        """Return what the composer and the menus can offer a person."""
        offered = [] if person.is_external else self.commands
        return {
            "app": self.app,
            "people": [{"name": each.name, "detail": each.real_name} for each in self._people(bots=True)],
            "channels": [each.name for each in channels],
            "commands": [{name: each.get(name, "") for name in INVITE} for each in offered],
            "shortcuts": [] if person.is_external else self.shortcuts,
        }

    # Who and where

    def _people(self, *, bots: bool = False) -> list[Person]:
        """Return the living, the assistant first where bots are among them."""
        alive = [each for each in self.workspace.people.values() if not each.deleted and (bots or not each.bot)]
        return sorted(alive, key=lambda person: person.id != BOT_USER)

    def _person(self, wanted: object) -> Person | None:
        return next((each for each in self._people() if wanted in (each.id, each.name)), None)

    def _kind(self, person: Person) -> str:
        if not person.is_external:
            return "guest" if person.guest else "administrator" if person.admin else "member"
        company = next((each.shared for each in self.workspace.channels_of(person.id) if each.shared), None)
        return company or "another company"

    def _channel(self, person: Person, place: str) -> Channel:
        """Return the channel of a place, or the first that somebody is in."""
        mine = self.workspace.channels_of(person.id)
        if place in (DIRECT, HOME) and not person.is_external:
            return self.workspace.direct(person.id)
        return next((each for each in mine if place in (each.name, each.id)), None) or mine[0]

    def _place(self, channel: Channel) -> str:
        return DIRECT if channel.person else channel.name

    def _searched(self, entry: Entry) -> str:
        parts = (entry.direction, entry.name, entry.note, json.dumps([entry.body, entry.answer], default=str))
        return " ".join(parts).casefold()


def _local(at: float | None = None) -> datetime:
    """Return a time, or now, in this machine's zone, which is the browser's."""
    return (datetime.now(UTC) if at is None else datetime.fromtimestamp(at, UTC)).astimezone()


def _pretty(value: Any) -> str:
    return json.dumps(value, indent=2, ensure_ascii=False, default=str)
