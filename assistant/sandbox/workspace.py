"""The stand-in's workspace: people, channels, messages and views, and what each person would see of them."""

from __future__ import annotations

import itertools
import re
import time
from collections.abc import Iterable, Iterator, Mapping
from copy import deepcopy
from dataclasses import dataclass, field
from typing import Any, Literal

Json = dict[str, Any]

TEAM, TEAM_NAME, DOMAIN = "T0FERNWOOD", "Fernwood", "fernwood"
APP, BOT_USER, BOT_ID = "A0ASSISTANT", "U0ASSISTANT", "B0ASSISTANT"


@dataclass(frozen=True)
class Person:
    """Somebody, or something, with an account. `team` is another company's for whoever is not of this one."""

    id: str
    name: str
    real_name: str
    team: str = TEAM
    guest: bool = False
    admin: bool = False
    bot: bool = False
    deleted: bool = False
    is_stranger: bool = False
    """Of another company, and in no channel that is shared with this one."""
    enterprise: str | None = None

    @property
    def is_external(self) -> bool:
        """Whether they are of another company (Slack Connect)."""
        return self.team != TEAM


@dataclass
class Channel:
    """A place to write in. `shared` names the company that reads along; `person` is who a direct message is with."""

    id: str
    name: str
    members: set[str] = field(default_factory=set)
    shared: str | None = None
    archived: bool = False
    person: str | None = None
    called_before: tuple[str, ...] = ()

    @property
    def kind(self) -> Literal["channel", "im"]:
        return "im" if self.person else "channel"


@dataclass
class Message:
    """What stands in a channel. `only_for`: an ephemeral one, and who sees it; `shown`: whether they do."""

    channel: str
    ts: str
    user: str
    text: str
    blocks: list[Json] = field(default_factory=list)
    thread_ts: str | None = None
    only_for: str | None = None
    shown: bool = True
    edited: bool = False
    attachments: list[Json] = field(default_factory=list)
    from_system: bool = False
    """Said by Slack itself, such as that a command failed."""

    def public(self) -> Json:
        """Return the message as apps are shown it."""
        told: Json = {"type": "message", "user": self.user, "text": self.text, "ts": self.ts, "team": TEAM}
        if self.user == BOT_USER:
            told |= {"bot_id": BOT_ID, "app_id": APP, "blocks": deepcopy(self.blocks)}
        if self.thread_ts:
            told["thread_ts"] = self.thread_ts
        if self.attachments:
            told["attachments"] = deepcopy(self.attachments)
        return told


@dataclass
class View:
    """A modal that is open for one person, or somebody's App Home. `body` is as apps are shown it."""

    id: str
    user: str
    body: Json

    @property
    def hash(self) -> str:
        return str(self.body["hash"])

    @property
    def is_home(self) -> bool:
        return bool(self.body["type"] == "home")


class Workspace:
    """Everything in it, by id. It knows no transport and no clock but for naming messages by time."""

    def __init__(self, people: Iterable[Person], channels: Iterable[Channel]) -> None:
        self.people = {person.id: person for person in people}
        self.channels = {channel.id: channel for channel in channels}
        self.usergroups: dict[str, list[str]] = {}
        self.messages: dict[tuple[str, str], Message] = {}
        self.modals: dict[str, View] = {}
        """The modal that each person has open, by person."""
        self.homes: dict[str, View] = {}
        self.views: dict[str, View] = {}
        self._numbers = itertools.count(1)

    def number(self) -> int:
        return next(self._numbers)

    def ts(self) -> str:
        """Return a new name for a message; they sort as they were made."""
        return f"{int(time.time())}.{self.number():06d}"

    # Places

    def direct(self, user: str) -> Channel:
        """Return the direct messages between somebody and the assistant."""
        channel_id = "D" + user[1:]
        if channel_id not in self.channels:
            self.channels[channel_id] = Channel(channel_id, "directmessage", {user, BOT_USER}, person=user)
        return self.channels[channel_id]

    def find_channel(self, wanted: str) -> Channel | None:
        """Return the channel that an app names: by id, by name, or by the person whose direct messages it means."""
        if wanted in self.people:
            return self.direct(wanted)
        if wanted in self.channels:
            return self.channels[wanted]
        name = wanted.removeprefix("#")
        return next((each for each in self.channels.values() if each.name == name and not each.person), None)

    def channels_of(self, user: str) -> list[Channel]:
        """Return the channels that somebody is in, by name."""
        mine = (each for each in self.channels.values() if user in each.members and not each.person)
        return sorted(mine, key=lambda channel: (channel.id != "C0GENERAL", channel.name))

    # Messages

    def add(self, message: Message) -> Message:
        self.messages[message.channel, message.ts] = message
        return message

    def seen_in(self, channel: str, user: str) -> list[Message]:
        """Return what somebody sees in a channel itself, oldest first."""
        return [each for each in self._visible(channel, user) if each.thread_ts in (None, each.ts)]

    def thread(self, channel: str, ts: str, user: str) -> list[Message]:
        """Return what somebody sees in a thread, its first message included."""
        return [each for each in self._visible(channel, user) if ts in (each.ts, each.thread_ts)]

    def replies(self, channel: str, ts: str) -> int:
        return sum(
            1
            for each in self.messages.values()
            if each.channel == channel and each.thread_ts == ts and each.ts != ts and each.only_for is None
        )

    def _visible(self, channel: str, user: str) -> Iterator[Message]:
        for each in self.messages.values():
            if each.channel == channel and each.only_for in (None, user) and each.shown:
                yield each

    def forget_ephemerals(self, user: str) -> None:
        """Reload: what was for one person alone is gone."""
        for key in [key for key, each in self.messages.items() if each.only_for == user]:
            del self.messages[key]

    # Views

    def keep_view(self, user: str, given: Mapping[str, Any], old: View | None = None) -> View:
        """Put a view before somebody: a new one, or in the place of an old one, with a new hash."""
        view_id = old.id if old else f"V{self.number():08d}"
        number = self.number()
        body: Json = {
            "id": view_id,
            "team_id": TEAM,
            "type": given["type"],
            "blocks": with_block_ids(given.get("blocks") or []),
            "private_metadata": given.get("private_metadata", ""),
            "callback_id": given.get("callback_id", ""),
            "state": {"values": {}},
            "hash": f"{int(time.time())}.{number:08x}",
            "title": given.get("title") or {"type": "plain_text", "text": "View Title", "emoji": True},
            "clear_on_close": False,
            "notify_on_close": False,
            "close": given.get("close"),
            "submit": given.get("submit"),
            "previous_view_id": None,
            "root_view_id": view_id,
            "app_id": APP,
            "external_id": "",
            "app_installed_team_id": TEAM,
            "bot_id": BOT_ID,
        }
        view = old or View(view_id, user, body)
        view.body = body
        self.views[view.id] = view
        (self.homes if view.is_home else self.modals)[user] = view
        return view

    def close_modal(self, user: str) -> None:
        view = self.modals.pop(user, None)
        if view:
            self.views.pop(view.id, None)

    # Text

    def encode(self, typed: str, *, labels: bool = False) -> str:
        """Return what somebody typed as an event carries it: escaped, with ids for people and channels, and links.

        https://docs.slack.dev/messaging/formatting-message-text#retrieving-messages. `labels` adds the names, as
        commands carry them with `should_escape`.
        """
        by_name = {person.name.casefold(): person for person in self.people.values()}
        by_channel = {channel.name.casefold(): channel for channel in self.channels.values() if not channel.person}

        def found(match: re.Match[str]) -> str:
            mark, name = match["mark"], (match["name"] or "").casefold()
            if match["url"]:
                return f"<{_escaped(match['url'])}>"
            if mark == "@" and name in by_name:
                return f"<@{by_name[name].id}{'|' + by_name[name].name if labels else ''}>"
            if mark == "#" and name in by_channel:
                return f"<#{by_channel[name].id}|{by_channel[name].name if labels else ''}>"
            if mark == "@" and name in ("here", "channel", "everyone"):
                return f"<!{name}>"
            return match[0]

        encoded, end = "", 0
        for match in _LINK_OR_NAME.finditer(typed):
            encoded += _escaped(typed[end : match.start()]) + found(match)
            end = match.end()
        return encoded + _escaped(typed[end:])


_LINK_OR_NAME = re.compile(
    r"""(?<![\w/@\#])(?:
        (?P<url>https?://[^\s<>`|]*[^\s<>`|.,;:!?)\]'"])
        | (?P<mark>[@\#])(?P<name>[\w-]+(?:\.[\w-]+)*)
    )""",
    re.VERBOSE,
)


def _escaped(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def with_block_ids(blocks: Iterable[Json]) -> list[Json]:
    """Return blocks as Slack keeps them: each with a block_id."""
    return [{"block_id": f"b{number}"} | deepcopy(block) for number, block in enumerate(blocks)]


def elements_of(blocks: Iterable[Json]) -> Iterator[tuple[str, Json]]:
    """Return what can be pressed or filled in, each with its block_id, in reading order."""
    for block in blocks:
        for element in (block.get("accessory"), *block.get("elements", ()), block.get("element")):
            if element and "action_id" in element:
                yield block["block_id"], element


def fernwood() -> Workspace:
    """Return the workspace of the demonstration: an invented company, with everybody whom the bot must tell apart."""
    people = (
        Person("U0ANA", "ana", "Ana Ruiz"),
        Person("U0BEN", "ben", "Ben Ode", admin=True),
        Person("U0KOFI", "kofi", "Kofi Mensah"),
        Person("U0GUS", "gus", "Gus Guest", guest=True),
        Person("U0SAM", "sam", "Sam Stranger", team="T0GLOBEX"),
        Person("U0DEPLOYBOT", "deploybot", "Deploy Bot", bot=True),
        Person("U0GIL", "gil", "Gil Gone", deleted=True),
        Person(BOT_USER, "assistant", "Assistant", bot=True),
    )
    members = {person.id for person in people if not person.is_external and not person.deleted}
    channels = (
        Channel("C0GENERAL", "general", set(members)),
        Channel("C0PAYMENTS", "payments", set(members)),
        Channel("C0PARTNERS", "partners-globex", {*members, "U0SAM"}, shared="Globex"),
        Channel("C0RANDOM", "random", members - {BOT_USER}),
    )
    return Workspace(people, channels)
