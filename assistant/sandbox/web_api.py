"""The Web API: the methods that the bot calls, each as strict as Slack's.

Methods, errors and tiers are from https://docs.slack.dev/reference/methods. A method that the bot does not call is not
here; a test compares.
"""

from __future__ import annotations

import math
import secrets
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

from assistant.blockkit import BlockFault, message_faults, view_faults
from assistant.sandbox.payloads import kept_blocks
from assistant.sandbox.workspace import (
    APP,
    BOT_ID,
    BOT_USER,
    DOMAIN,
    TEAM,
    TEAM_NAME,
    Channel,
    Json,
    Message,
    Person,
    View,
    Workspace,
)

TEXT_LIMIT = 40_000


class RefusalError(Exception):
    """A method answers {"ok": false, "error": …}, and says more in further fields."""

    def __init__(self, code: str, fields: Json | None = None) -> None:
        super().__init__(code)
        self.answer: Json = {"ok": False, "error": code, **(fields or {})}


def refused_blocks(code: str, faults: Iterable[BlockFault]) -> RefusalError:
    """Return the refusal of blocks or a view, with a JSON pointer to each fault."""
    return RefusalError(code, {"response_metadata": {"messages": [str(fault) for fault in faults]}})


@dataclass(frozen=True)
class Method:
    """A method: who answers, the scopes and the arguments that it needs, and how often a minute it may be called."""

    answer: Callable[[Json], Json]
    scopes: tuple[str, ...]
    needs: tuple[str, ...]
    a_minute: int


@dataclass
class Trigger:
    """Permission to open one modal, once and soon, for whoever acted."""

    user: str
    issued: float
    is_used: bool = False


@dataclass
class ResponseUrl:
    """Permission to answer an interaction: five times in half an hour."""

    user: str
    channel: str
    thread_ts: str | None
    message: tuple[str, str] | None
    """The message that was clicked, by channel and ts."""
    issued: float
    uses: int = 0


@dataclass
class Rates:
    """How often each method was called, as a bucket that fills with time. Slack does not publish its bursts."""

    now: Callable[[], float]
    is_on: bool = True
    buckets: dict[tuple[str, str], tuple[float, float]] = field(default_factory=dict)

    def wait_s(self, name: str, place: str, a_minute: int, burst: int) -> int:
        """Count a call, and return 0; or the seconds to wait, when it is one too many."""
        if not self.is_on:
            return 0
        now = self.now()
        left, then = self.buckets.get((name, place), (float(burst), now))
        left = min(float(burst), left + (now - then) * a_minute / 60)
        if left < 1:
            self.buckets[name, place] = (left, now)
            return math.ceil((1 - left) * 60 / a_minute)
        self.buckets[name, place] = (left - 1, now)
        return 0


POSTS_IN_A_BURST = 10
"""chat.postMessage takes about one a second for a channel, and short bursts."""


class WebApi:
    """Answers a method for a token. `shown` of an answer is what people see because of it, and stays here."""

    def __init__(self, workspace: Workspace, scopes: Iterable[str], now: Callable[[], float]) -> None:
        self.workspace = workspace
        self.scopes = set(scopes)
        self.now = now
        self.rates = Rates(lambda: self.now())
        self.trigger_lifetime_s = 3.0
        self.response_lifetime_s = 1_800.0
        self.triggers: dict[str, Trigger] = {}
        self.response_urls: dict[str, ResponseUrl] = {}
        # Of this run alone: nobody who does not read the bot's environment can act as it.
        self.bot_token, self.app_token = (f"{kind}-{secrets.token_hex(16)}" for kind in ("xoxb", "xapp"))
        self.tickets: set[str] = set()
        self.socket_url = ""
        self.methods = {
            "apps.connections.open": Method(self._open_connection, ("connections:write",), (), 50),
            "auth.test": Method(self._auth_test, (), (), 600),
            "chat.postEphemeral": Method(self._post_ephemeral, ("chat:write",), ("channel", "user"), 100),
            "chat.postMessage": Method(self._post_message, ("chat:write",), ("channel",), 600),
            "conversations.info": Method(self._conversation, ("channels:read", "groups:read"), ("channel",), 50),
            "conversations.list": Method(self._all_conversations, ("channels:read", "groups:read"), (), 20),
            "usergroups.list": Method(self._usergroups, ("usergroups:read",), (), 20),
            "usergroups.users.list": Method(self._usergroup, ("usergroups:read",), ("usergroup",), 20),
            "users.conversations": Method(self._conversations, ("channels:read", "groups:read"), (), 50),
            "users.info": Method(self._user, ("users:read",), ("user",), 100),
            "users.list": Method(self._all_users, ("users:read",), (), 20),
            "views.open": Method(self._open_view, (), ("trigger_id", "view"), 100),
            "views.publish": Method(self._publish_view, (), ("user_id", "view"), 100),
            "views.update": Method(self._update_view, (), ("view",), 100),
        }

    def call(self, name: str, token: str, args: Json) -> Json:
        """Answer a call. Raises RefusalError for what Slack would refuse."""
        method = self.methods.get(name)
        if method is None:
            raise RefusalError("unknown_method", {"req_method": name})
        if not token:
            raise RefusalError("not_authed")
        if token not in (self.bot_token, self.app_token):
            raise RefusalError("invalid_auth")
        if (token == self.app_token) != (name == "apps.connections.open"):
            raise RefusalError("not_allowed_token_type")
        lacking = [scope for scope in method.scopes if scope not in self.scopes]
        if lacking and token == self.bot_token:
            provided = ",".join(sorted(self.scopes))
            raise RefusalError("missing_scope", {"needed": ",".join(lacking), "provided": provided})
        wait_s = self.rates.wait_s(name, "", method.a_minute, method.a_minute)
        if name == "chat.postMessage" and not wait_s:
            channel = self.workspace.find_channel(str(args.get("channel")))
            wait_s = self.rates.wait_s(name, channel.id if channel else "nowhere", 60, POSTS_IN_A_BURST)
        if wait_s:
            raise RefusalError("ratelimited", {"retry_after": wait_s})
        missing = [f"[ERROR] missing required field: {need}" for need in method.needs if not args.get(need)]
        if missing:
            raise RefusalError("invalid_arguments", {"response_metadata": {"messages": missing}})
        return {"ok": True} | method.answer(args)

    def granted(self, token: str) -> set[str]:
        """Return the scopes of a token, which Slack names in the head of each answer to it; none for an unknown one."""
        return {self.bot_token: self.scopes, self.app_token: {"connections:write"}}.get(token, set())

    # What interactions hand out

    def new_trigger(self, user: str) -> str:
        trigger_id = f"{self.workspace.number()}.{TEAM}.{secrets.token_hex(16)}"
        self.triggers[trigger_id] = Trigger(user, self.now())
        return trigger_id

    def new_response_url(self, url: ResponseUrl) -> str:
        """Keep a permission to answer, and return its secret name."""
        name = secrets.token_urlsafe(24)
        self.response_urls[name] = url
        return name

    def respond(self, name: str, body: Json) -> Message | None:
        """Do what a post to a response_url asks for. Raises RefusalError when it is worn out, or for bad blocks."""
        url = self.response_urls.get(name)
        if url is None or url.uses >= 5 or self.now() - url.issued > self.response_lifetime_s:
            raise RefusalError("used_url" if url else "invalid_url")
        url.uses += 1
        old = self.workspace.messages.get(url.message) if url.message else None
        if body.get("delete_original"):
            if old:
                del self.workspace.messages[old.channel, old.ts]
            if not body.get("text") and not body.get("blocks"):
                return None
            old = None
        take_message(body)
        if old and body.get("replace_original"):
            old.text, old.blocks = body.get("text") or "", kept_blocks(body)
            return old
        is_public = body.get("response_type") == "in_channel"
        thread_ts = body.get("thread_ts") or (None if is_public else url.thread_ts)
        return self._show(url.channel, body, thread_ts, only_for=None if is_public else url.user)

    # Methods

    def _open_connection(self, args: Json) -> Json:
        ticket = secrets.token_urlsafe(16)
        self.tickets.add(ticket)
        return {"url": f"{self.socket_url}?ticket={ticket}&app_id={APP}"}

    def _auth_test(self, args: Json) -> Json:
        who = {"team": TEAM_NAME, "team_id": TEAM, "user": "assistant", "user_id": BOT_USER, "bot_id": BOT_ID}
        return who | {"url": f"https://{DOMAIN}.slack.com/", "is_enterprise_install": False}

    def _conversations(self, args: Json) -> Json:
        mine = [each for each in self.workspace.channels.values() if BOT_USER in each.members and not each.person]
        shown = [each for each in mine if not (each.archived and args.get("exclude_archived"))]
        return _page("channels", map(channel_object, shown), args)

    def _all_conversations(self, args: Json) -> Json:
        shown = [each for each in self.workspace.channels.values() if not each.person]
        return _page("channels", map(channel_object, shown), args)

    def _all_users(self, args: Json) -> Json:
        return _page("members", map(user_object, self.workspace.people.values()), args)

    def _conversation(self, args: Json) -> Json:
        channel = self.workspace.channels.get(args["channel"])
        if channel is None:
            raise RefusalError("channel_not_found")
        return {"channel": channel_object(channel) | {"is_member": BOT_USER in channel.members}}

    def _user(self, args: Json) -> Json:
        person = self.workspace.people.get(args["user"])
        if person is None:
            raise RefusalError("user_not_found")
        return {"user": user_object(person)}

    def _usergroups(self, args: Json) -> Json:
        groups = self.workspace.usergroups.items()
        with_users = str(args.get("include_users")).casefold() in ("1", "true")
        return {"usergroups": [{"id": group} | ({"users": users} if with_users else {}) for group, users in groups]}

    def _usergroup(self, args: Json) -> Json:
        if args["usergroup"] not in self.workspace.usergroups:
            raise RefusalError("no_such_subteam")
        return {"users": self.workspace.usergroups[args["usergroup"]]}

    def _post_message(self, args: Json) -> Json:
        channel = self._destination(args)
        message = self._show(channel.id, args, args.get("thread_ts"))
        return {"channel": channel.id, "ts": message.ts, "message": message.public(), "shown": message}

    def _post_ephemeral(self, args: Json) -> Json:
        channel = self._destination(args)
        user = str(args["user"])
        if user not in channel.members:
            raise RefusalError("user_not_in_channel")
        thread = args.get("thread_ts")
        # https://docs.slack.dev/reference/methods/chat.postEphemeral: in a thread only when that is active already.
        shown = thread is None or self.workspace.replies(channel.id, str(thread)) > 0
        message = self._show(channel.id, args, thread, only_for=user, shown=shown)
        return {"message_ts": message.ts, "shown": message}

    def _destination(self, args: Json) -> Channel:
        channel = self.workspace.find_channel(str(args["channel"]))
        if channel is None or (channel.person and self.workspace.people[channel.person].is_external):
            raise RefusalError("channel_not_found")
        if channel.archived:
            raise RefusalError("is_archived")
        if BOT_USER not in channel.members:
            raise RefusalError("not_in_channel")
        take_message(args)
        return channel

    def _show(
        self, channel: str, args: Json, thread_ts: str | None, only_for: str | None = None, *, shown: bool = True
    ) -> Message:
        text = args.get("text") or ""
        return self.workspace.add(
            Message(channel, self.workspace.ts(), BOT_USER, text, kept_blocks(args), thread_ts, only_for, shown)
        )

    def _open_view(self, args: Json) -> Json:
        trigger = self.triggers.get(str(args["trigger_id"]))
        if trigger is None:
            raise RefusalError("invalid_trigger_id")
        if trigger.is_used:
            raise RefusalError("exchanged_trigger_id")
        if self.now() - trigger.issued > self.trigger_lifetime_s:
            raise RefusalError("expired_trigger_id")
        take_view(args["view"], "modal")
        trigger.is_used = True
        return self._kept_view(self.workspace.keep_view(trigger.user, args["view"]))

    def _update_view(self, args: Json) -> Json:
        view = self.workspace.views.get(str(args.get("view_id")))
        if view is None or view.is_home:
            raise RefusalError("not_found")
        _unchanged(view, args)
        take_view(args["view"], "modal")
        return self._kept_view(self.workspace.keep_view(view.user, args["view"], view))

    def _publish_view(self, args: Json) -> Json:
        user = str(args["user_id"])
        if user not in self.workspace.people:
            raise RefusalError("invalid_arguments", {"response_metadata": {"messages": ["invalid `user_id`"]}})
        old = self.workspace.homes.get(user)
        if old:
            _unchanged(old, args)
        take_view(args["view"], "home")
        return self._kept_view(self.workspace.keep_view(user, args["view"], old))

    @staticmethod
    def _kept_view(view: View) -> Json:
        return {"view": view.body, "shown": view}


def _page(what: str, items: Iterable[Json], args: Json) -> Json:
    """Return as much of a list as was asked for, and where the rest begins."""
    found, start, limit = list(items), int(args.get("cursor") or 0), int(args.get("limit") or 100)
    more = str(start + limit) if start + limit < len(found) else ""
    return {what: found[start : start + limit], "response_metadata": {"next_cursor": more}}


def channel_object(channel: Channel) -> Json:
    """Return a channel as users.conversations and conversations.info tell it.

    https://docs.slack.dev/reference/objects/conversation-object
    """
    shared = {"is_shared": bool(channel.shared), "is_ext_shared": bool(channel.shared), "is_org_shared": False}
    kind = {"is_channel": True, "is_group": False, "is_im": False, "is_private": False}
    names = {"name": channel.name, "previous_names": list(channel.called_before)}
    return {"id": channel.id, **names, "is_archived": channel.archived, **kind, **shared}


def user_object(person: Person) -> Json:
    """Return somebody as users.info tells it. https://docs.slack.dev/reference/objects/user-object"""
    profile = {"real_name": person.real_name, "display_name": person.real_name, "team": person.team}
    grid = {"enterprise_user": {"enterprise_id": person.enterprise}} if person.enterprise else {}
    return {
        **grid,
        "id": person.id,
        "team_id": person.team,
        "name": person.name,
        "deleted": person.deleted,
        "real_name": person.real_name,
        "tz": "Europe/London",
        "profile": profile,
        "is_admin": person.admin,
        "is_owner": False,
        "is_restricted": person.guest,
        "is_ultra_restricted": False,
        "is_bot": person.bot,
        "is_app_user": False,
        "is_stranger": person.is_stranger,
        "updated": 0,
    }


def take_view(view: Any, *kinds: str) -> None:
    """Refuse a view that breaks a limit, or is of another kind than stands here."""
    if isinstance(view, dict) and view.get("type") in ("modal", "home") and view["type"] not in kinds:
        message = f"[ERROR] must be one of: {', '.join(kinds)} [json-pointer:/view/type]"
        raise RefusalError("invalid_arguments", {"response_metadata": {"messages": [message]}})
    if faults := view_faults(view):
        raise refused_blocks("invalid_arguments", faults)


def take_message(body: Json) -> None:
    """Refuse a message that says nothing, is too long, or has blocks that break a limit."""
    if not body.get("text") and not body.get("blocks"):
        raise RefusalError("no_text")
    if len(body.get("text") or "") > TEXT_LIMIT:
        raise RefusalError("msg_too_long")
    if faults := message_faults(body.get("blocks") or []):
        raise refused_blocks("invalid_blocks", faults)


def _unchanged(view: View, args: Json) -> None:
    if args.get("hash") not in (None, view.hash):
        raise RefusalError("hash_conflict")
