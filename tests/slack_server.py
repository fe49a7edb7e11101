"""The least of Slack that end-to-end tests need: Web API, both transports and response_urls on a loopback port.

Tests are plain functions and play the people; the bot is a process of its own with SLACK_API_URL set to `url`.
Shapes are from https://docs.slack.dev (apis/events-api/using-socket-mode, reference/interaction-payloads) and from
the payloads in slackapi/bolt-python's scenario tests. Blocks and views that break a limit are refused, with a JSON
pointer to the fault; a response_url wears out; a long frame closes the socket; scopes are those of manifest.yaml. There
are no rate limits and no faults.
"""

import asyncio
import hashlib
import hmac
import itertools
import json
import socket
import threading
import time
import uuid
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future
from copy import deepcopy
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Any, Literal, Self, TypeAlias, TypeVar
from urllib.parse import urlencode, urlsplit

import yaml
from aiohttp import ClientError, ClientSession, WSCloseCode, WSMsgType, web

from assistant.blockkit import BlockFault, message_faults, view_faults

Json: TypeAlias = dict[str, Any]
T = TypeVar("T")
Transport: TypeAlias = Literal["socket", "http"]

TEAM, DOMAIN, APP = "T0ACME", "acme", "A0ASSISTANT"
BOT_USER, BOT_ID = "U0ASSISTANT", "B0ASSISTANT"
BOT_TOKEN, APP_TOKEN, SECRET = "xoxb-test", "xapp-test", "signing-secret-test"
GENERAL, PAYMENTS, PARTNERS, ELSEWHERE = "C0GENERAL", "C0PAYMENTS", "C0PARTNERS", "C0ELSEWHERE"
ANA, BEN, GUEST, STRANGER, OTHER_BOT, GONE = "U0ANA", "U0BEN", "U0GUEST", "U0STRANGER", "U0OTHERBOT", "U0GONE"

MANIFEST = Path(__file__).parents[1] / "manifest.yaml"
# What Slack itself asks for (https://docs.slack.dev/reference/methods); kept apart from the product's own table.
SCOPES = {
    "chat.postEphemeral": "chat:write",
    "chat.postMessage": "chat:write",
    "chat.update": "chat:write",
    "usergroups.users.list": "usergroups:read",
    "users.info": "users:read",
}
TRIGGER_LIFETIME_S = 3.0
RESPONSES = 5  # posts that one response_url takes, in half an hour
RESPONSE_LIFETIME_S = 1_800.0
FRAME_LIMIT = 20_480  # bytes of a frame from the bot; a longer one closes the socket
ACTION_FIELDS = ("type", "action_id", "text", "value", "style")  # of an element, repeated in a click on it
# Where each kind of element keeps its answer in view.state.values; kinds that are not here hold no state.
STATE_KEYS = {
    "plain_text_input": "value",
    "number_input": "value",
    "datepicker": "selected_date",
    "static_select": "selected_option",
    "external_select": "selected_option",
    "radio_buttons": "selected_option",
    "checkboxes": "selected_options",
    "multi_static_select": "selected_options",
    "multi_external_select": "selected_options",
}


@dataclass(frozen=True)
class Person:
    id: str
    name: str
    real_name: str
    team: str = TEAM
    flags: Json = field(default_factory=dict)  # is_restricted, is_stranger, is_bot, deleted, is_admin


@dataclass(frozen=True)
class Channel:
    id: str
    name: str
    has_bot: bool = True
    is_shared: bool = False  # with another company (Slack Connect)


PEOPLE = (
    Person(ANA, "ana", "Ana Ruiz"),
    Person(BEN, "ben", "Ben Ode"),
    Person(GUEST, "guest", "Gus Guest", flags={"is_restricted": True}),
    Person(STRANGER, "stranger", "Sam Stranger", team="T0GLOBEX", flags={"is_stranger": True}),
    Person(OTHER_BOT, "otherbot", "Other Bot", flags={"is_bot": True}),
    Person(GONE, "gone", "Gil Gone", flags={"deleted": True}),
    Person(BOT_USER, "assistant", "Assistant", flags={"is_bot": True}),
)
CHANNELS = (
    Channel(GENERAL, "general"),
    Channel(PAYMENTS, "payments"),
    Channel(PARTNERS, "partners", is_shared=True),
    Channel(ELSEWHERE, "elsewhere", has_bot=False),
)


@dataclass
class Call:
    """One Web API call, or one post to a response_url (method "response_url"), with what was answered."""

    method: str
    args: Json  # blocks, view, attachments and metadata decoded
    token: str = ""
    answer: Json = field(default_factory=dict)
    message: Json | None = None  # what people see because of it; `channel` and `ephemeral` beside Slack's own fields
    taken: bool = False  # by wait_for


@dataclass
class Delivery:
    """One Socket Mode envelope; `ack` is the payload that the bot acknowledged it with, {} for a bare ack."""

    envelope: Json
    ack: Json | None = None


class RefusalError(Exception):
    """The method answers {"ok": false, "error": …}, and says which parts of its arguments it refuses."""

    def __init__(self, error: str, faults: Iterable[BlockFault] = (), fields: Json | None = None) -> None:
        super().__init__(error)
        messages = [str(fault) for fault in faults]
        self.fields = (fields or {}) | ({"response_metadata": {"messages": messages}} if messages else {})


class SlackServer:
    """A workspace with one app in it. Everything that waits raises AssertionError with all that was recorded."""

    def __init__(self, timeout_s: float = 5.0, over: Transport = "socket") -> None:
        self.timeout_s = timeout_s
        self.over = over
        self.request_url = f"http://127.0.0.1:{free_port()}/slack/events"  # where the bot listens, over HTTP
        self.people = {person.id: person for person in PEOPLE}
        self.channels = {channel.id: channel for channel in CHANNELS}
        self.usergroups: dict[str, list[str]] = {}
        self.scopes = set(yaml.safe_load(MANIFEST.read_text())["oauth_config"]["scopes"]["bot"])
        self.recorded: list[Call] = []
        self.deliveries: list[Delivery] = []
        self.views: dict[str, Json] = {}  # as they stand now
        self.homes: dict[str, Json] = {}  # by user
        self.messages: dict[tuple[str, str], Json] = {}  # by channel and ts
        self._triggers: dict[str, float | None] = {}  # when it was issued; None once used
        self._response_urls: dict[str, Json] = {}  # the message that each was issued for, when, and how often used
        self._sockets: list[web.WebSocketResponse] = []
        self._numbers = itertools.count(1)
        self._changed = threading.Condition(threading.RLock())
        self._methods: dict[str, Callable[[Json], Json]] = {
            "auth.test": self._auth_test,
            "chat.postEphemeral": self._post_ephemeral,
            "chat.postMessage": self._post_message,
            "chat.update": self._update_message,
            "usergroups.users.list": self._usergroup,
            "users.info": self._user,
            "views.open": self._open_view,
            "views.publish": self._publish_view,
            "views.update": self._update_view,
        }

    # ---- the server: a thread with an event loop of its own

    def __enter__(self) -> Self:
        self._loop = asyncio.new_event_loop()
        started: Future[int] = Future()
        self._stop = asyncio.Event()
        self._thread = threading.Thread(target=lambda: self._loop.run_until_complete(self._serve(started)))
        self._thread.start()
        self.port = started.result(10)
        self.url = f"http://127.0.0.1:{self.port}/api/"
        self.environment = {"SLACK_API_URL": self.url, "SLACK_BOT_TOKEN": BOT_TOKEN, "SLACK_APP_TOKEN": APP_TOKEN}
        if self.over == "http":
            del self.environment["SLACK_APP_TOKEN"]
            port = str(urlsplit(self.request_url).port)
            self.environment |= {"SLACK_SIGNING_SECRET": SECRET, "PORT": port, "ASSISTANT_HOST": "127.0.0.1"}
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._loop.call_soon_threadsafe(self._stop.set)
        self._thread.join(10)
        self._loop.close()

    async def _serve(self, started: "Future[int]") -> None:
        app = web.Application()
        app.router.add_route("*", "/api/{method}", self._on_api)
        app.router.add_post("/response/{id}", self._on_response)
        app.router.add_get("/socket", self._on_socket)
        runner = web.AppRunner(app, access_log=None, shutdown_timeout=1)
        try:
            await runner.setup()
            await web.TCPSite(runner, "127.0.0.1", 0).start()
            started.set_result(runner.addresses[0][1])
            await self._stop.wait()
            for socket in list(self._sockets):
                await socket.close(code=WSCloseCode.GOING_AWAY)
        except Exception as error:
            if started.done():
                raise
            started.set_exception(error)
        finally:
            await runner.cleanup()

    async def _on_api(self, request: web.Request) -> web.Response:
        args: Json = dict(request.query)
        if request.content_type == "application/json":
            args |= await request.json()
        else:
            args |= await request.post()
        token = str(args.pop("token", "")) or request.headers.get("Authorization", "").removeprefix("Bearer ")
        for name in args.keys() & {"blocks", "view", "attachments", "metadata"}:
            args[name] = json.loads(args[name]) if isinstance(args[name], str) else args[name]
        call = Call(request.match_info["method"], args, token)
        with self._changed:
            try:
                call.answer = {"ok": True} | self._answered(call)
            except RefusalError as refusal:
                call.answer = {"ok": False, "error": str(refusal)} | refusal.fields
            self.recorded.append(call)
            self._changed.notify_all()
        return web.json_response(call.answer)

    def _answered(self, call: Call) -> Json:
        opens_socket = call.method == "apps.connections.open"
        if not opens_socket and call.method not in self._methods:
            raise RefusalError("unknown_method")
        if call.token != (APP_TOKEN if opens_socket else BOT_TOKEN):
            raise RefusalError("invalid_auth" if call.token else "not_authed")
        if opens_socket:
            return {"url": f"ws://127.0.0.1:{self.port}/socket?ticket={uuid.uuid4()}&app_id={APP}"}
        if (needed := SCOPES.get(call.method)) and needed not in self.scopes:
            raise RefusalError("missing_scope", fields={"needed": needed, "provided": ",".join(sorted(self.scopes))})
        answer = deepcopy(self._methods[call.method](call.args))
        call.message = answer.pop("shown", None)
        return answer

    async def _on_response(self, request: web.Request) -> web.Response:
        args = await request.json()
        with self._changed:
            origin = self._response_urls.get(request.match_info["id"])
            if origin is None:
                return web.json_response({"ok": False, "error": "invalid_url"}, status=404)
            if origin["uses"] >= RESPONSES or time.monotonic() - origin["issued"] > RESPONSE_LIFETIME_S:
                # Slack answers 404; it does not document the name of the error.
                return web.json_response({"ok": False, "error": "used_url"}, status=404)
            origin["uses"] += 1
            origin = origin["message"]
            try:
                takes_blocks(args)
            except RefusalError as refusal:
                self.recorded.append(Call("response_url", args, answer={"ok": False, "error": str(refusal)}))
                self._changed.notify_all()
                return web.Response(text=str(refusal), status=400)
            call = Call("response_url", args, answer={"ok": True})
            if args.get("delete_original"):
                self.messages.pop((origin["channel"], origin["ts"]), None)
            elif args.get("replace_original"):
                call.message = deepcopy(self._show(origin["channel"], args, origin))
            else:
                ephemeral = args.get("response_type", "ephemeral") == "ephemeral"
                call.message = deepcopy(self._show(origin["channel"], args, ephemeral=ephemeral))
            self.recorded.append(call)
            self._changed.notify_all()
        return web.Response(text="ok")

    async def _on_socket(self, request: web.Request) -> web.WebSocketResponse:
        socket = web.WebSocketResponse(timeout=1, max_msg_size=FRAME_LIMIT)
        await socket.prepare(request)
        debug = {"host": "applink-test", "build_number": 10, "approximate_connection_time": 18060}
        hello = {"type": "hello", "num_connections": 1, "debug_info": debug, "connection_info": {"app_id": APP}}
        await socket.send_json(hello)
        with self._changed:
            self._sockets.append(socket)
            self._changed.notify_all()
        try:
            async for frame in socket:
                if frame.type is WSMsgType.TEXT:
                    self._on_ack(json.loads(frame.data))
        finally:
            with self._changed:
                self._sockets.remove(socket)
                self._changed.notify_all()
        return socket

    def _on_ack(self, ack: Json) -> None:
        with self._changed:
            for delivery in self.deliveries:
                if delivery.envelope["envelope_id"] == ack["envelope_id"] and delivery.ack is None:
                    delivery.ack = ack.get("payload") or {}
            self._changed.notify_all()

    # ---- Web API methods

    def _auth_test(self, args: Json) -> Json:
        who = {"team": "Acme", "team_id": TEAM, "user": "assistant", "user_id": BOT_USER, "bot_id": BOT_ID}
        return who | {"url": f"https://{DOMAIN}.slack.com/", "is_enterprise_install": False}

    def _user(self, args: Json) -> Json:
        person = self.people.get(args.get("user", ""))
        if person is None:
            raise RefusalError("user_not_found")
        flags = ("deleted", "is_admin", "is_owner", "is_restricted", "is_ultra_restricted", "is_bot", "is_app_user")
        profile = {"real_name": person.real_name, "display_name": person.name, "email": f"{person.name}@acme.example"}
        user = {"id": person.id, "team_id": person.team, "name": person.name, "real_name": person.real_name}
        return {"user": user | {"profile": profile} | dict.fromkeys(flags, False) | person.flags}

    def _usergroup(self, args: Json) -> Json:
        if args.get("usergroup") not in self.usergroups:
            raise RefusalError("no_such_subteam")
        return {"users": self.usergroups[args["usergroup"]]}

    def _destination(self, args: Json) -> str:
        if not (args.get("text") or args.get("blocks") or args.get("attachments")):
            raise RefusalError("no_text")
        takes_blocks(args)
        asked = str(args.get("channel", ""))
        if asked in self.people or "U" + asked.removeprefix("D") in self.people:
            return "D" + asked[1:]
        for channel in self.channels.values():
            if asked.removeprefix("#") in (channel.id, channel.name):
                if not channel.has_bot:
                    raise RefusalError("not_in_channel")
                return channel.id
        raise RefusalError("channel_not_found")

    def _show(self, channel: str, args: Json, old: Json | None = None, ephemeral: bool = False) -> Json:
        """Put a message of the bot before people: a new one, or in the place of `old`."""
        old = old or {"channel": channel, "ts": self._ts(), "ephemeral": ephemeral}
        if args.get("thread_ts"):
            old["thread_ts"] = args["thread_ts"]
        body = {"text": args.get("text", ""), "blocks": with_block_ids(args.get("blocks") or [])}
        author = {"type": "message", "user": BOT_USER, "bot_id": BOT_ID, "app_id": APP, "team": TEAM}
        message = self.messages[channel, old["ts"]] = old | author | body
        return message

    def _post_message(self, args: Json) -> Json:
        shown = self._show(self._destination(args), args)
        return {"channel": shown["channel"], "ts": shown["ts"], "message": public(shown), "shown": shown}

    def _post_ephemeral(self, args: Json) -> Json:
        shown = self._show(self._destination(args), args, ephemeral=True)
        return {"message_ts": shown["ts"], "shown": shown}

    def _update_message(self, args: Json) -> Json:
        old = self.messages.get((self._destination(args), str(args.get("ts"))))
        if old is None or old["ephemeral"]:
            raise RefusalError("message_not_found")
        shown = self._show(old["channel"], args, old)
        answer = {"channel": shown["channel"], "ts": shown["ts"], "text": shown["text"]}
        return answer | {"message": public(shown), "shown": shown}

    def _open_view(self, args: Json) -> Json:
        trigger = args.get("trigger_id", "")
        issued = self._triggers.get(trigger, 0.0)
        if issued is None:
            raise RefusalError("exchanged_trigger_id")
        if time.monotonic() - issued > TRIGGER_LIFETIME_S or trigger not in self._triggers:
            raise RefusalError("expired_trigger_id")
        self._triggers[trigger] = None
        takes_view(args["view"])
        return {"view": self._keep_view(args["view"])}

    def _update_view(self, args: Json) -> Json:
        old = self.views.get(args.get("view_id", ""))
        if old is None:
            raise RefusalError("not_found")
        if args.get("hash") not in (None, old["hash"]):
            raise RefusalError("hash_conflict")
        takes_view(args["view"])
        return {"view": self._keep_view(args["view"], old["id"])}

    def _publish_view(self, args: Json) -> Json:
        takes_view(args["view"])
        old = self.homes.get(args.get("user_id", ""), {})
        self.homes[args["user_id"]] = self._keep_view(args["view"], old.get("id"))
        return {"view": self.homes[args["user_id"]]}

    def _keep_view(self, sent: Json, view_id: str | None = None) -> Json:
        view_id = view_id or f"V0{next(self._numbers):06d}"
        given: Json = {"private_metadata": "", "callback_id": "", "external_id": "", "title": None, "submit": None}
        given |= {"close": None, "clear_on_close": False, "notify_on_close": False} | sent
        given["blocks"] = with_block_ids(sent.get("blocks") or [])
        ours = {"id": view_id, "team_id": TEAM, "app_id": APP, "bot_id": BOT_ID, "app_installed_team_id": TEAM}
        ours |= {"root_view_id": view_id, "hash": f"{time.time():.0f}.{uuid.uuid4().hex[:8]}"}
        view = self.views[view_id] = given | ours | {"previous_view_id": None, "state": {"values": {}}}
        return view

    # ---- what people do

    def mention(self, user: str, text: str, channel: str = GENERAL, thread_ts: str | None = None) -> str:
        """Mention the bot in a channel, which is put before the text unless it is there; the message's ts."""
        text = text if f"<@{BOT_USER}>" in text else f"<@{BOT_USER}> {text}"
        return self.message(user, text, channel, thread_ts, type="app_mention")

    def direct_message(self, user: str, text: str, thread_ts: str | None = None) -> str:
        """Write to the bot directly; the message's ts."""
        return self.message(user, text, "D" + user[1:], thread_ts)

    def message(self, user: str, text: str, channel: str, thread_ts: str | None = None, **fields: Any) -> str:
        """Any message event; further fields are put into it as they are (subtype, bot_id, type, ts …)."""
        ts, team = self._ts(), self.people[user].team
        event: Json = {"client_msg_id": str(uuid.uuid4()), "type": "message", "user": user, "text": text, "ts": ts}
        event |= {"team": team, "channel": channel, "event_ts": ts}
        if team != TEAM:
            event |= {"user_team": team, "source_team": team}
        if thread_ts:
            event["thread_ts"] = thread_ts
        event |= fields
        if event["type"] == "message":
            event["channel_type"] = "im" if channel.startswith("D") else "channel"
        self.event(event)
        return str(event["ts"])

    def home_opened(self, user: str) -> None:
        """Open the app's Home tab."""
        event = {"type": "app_home_opened", "user": user, "channel": "D" + user[1:], "tab": "home"}
        home = {"view": self.homes[user]} if user in self.homes else {}
        self.event(event | {"event_ts": self._ts()} | home)

    def event(self, event: Json, event_id: str | None = None, retry_attempt: int = 0) -> Delivery:
        """Deliver an Events API event; the same event_id with a retry_attempt is a re-delivery. Waits for no ack."""
        channel = self.channels.get(str(event.get("channel")))
        me: Json = {"enterprise_id": None, "team_id": TEAM, "user_id": BOT_USER, "is_bot": True}
        payload: Json = {
            "token": "verification",
            "team_id": TEAM,
            "context_team_id": TEAM,
            "context_enterprise_id": None,
        }
        payload |= {"api_app_id": APP, "event": event, "type": "event_callback", "event_time": int(time.time())}
        payload |= {"event_id": event_id or f"Ev0{next(self._numbers):06d}", "event_context": f"4-{uuid.uuid4().hex}"}
        payload |= {"authorizations": [me | {"is_enterprise_install": False}]}
        payload |= {"is_ext_shared_channel": channel is not None and channel.is_shared}
        retry = {"retry_attempt": retry_attempt, "retry_reason": "timeout" if retry_attempt else ""}
        return self.deliver("events_api", payload, accepts_response_payload=False, **retry)

    def command(self, command: str, text: str, user: str = ANA, channel: str = GENERAL) -> Json:
        """Run a slash command; what the bot acknowledged it with."""
        person = self.people[user]
        payload = {"token": "verification", "team_id": person.team, "team_domain": DOMAIN, "channel_id": channel}
        payload |= {"channel_name": self._channel(channel)["name"], "user_id": user, "user_name": person.name}
        payload |= {"command": command, "text": text, "api_app_id": APP, "is_enterprise_install": "false"}
        payload |= {"response_url": self._response_url({"channel": channel, "ts": self._ts(), "ephemeral": True})}
        ack = self._acked("slash_commands", payload | {"trigger_id": self._trigger()})
        takes_blocks(ack)
        return ack

    def click(
        self, user: str, source: Call | Json, target: str, option: str | None = None, channel: str = GENERAL
    ) -> Json:
        """Press the button with this action_id or text, or choose the menu's option with this text; the ack.

        The source is a recorded call, a view, or what a command was acknowledged with (seen in `channel`). `option`
        says which of several: a button's value, or the value or text of an option of a menu.
        """
        shown = seen(source)
        action = {**found(shown["blocks"], target, option), "action_ts": self._ts()}
        if shown.get("type") in ("modal", "home"):
            container = {"type": "view", "view_id": shown["id"]}
            where: Json = {"view": self.views[shown["id"]]}
        else:
            if "ts" not in shown:
                shown = shown | {"channel": channel, "ts": self._ts(), "ephemeral": True}
            where = {"channel": self._channel(shown["channel"]), "response_url": self._response_url(shown)}
            container = {"type": "message", "message_ts": shown["ts"], "channel_id": shown["channel"]}
            container |= {"is_ephemeral": shown["ephemeral"]}
            if "thread_ts" in shown:
                container |= {"thread_ts": shown["thread_ts"]}
            if not shown["ephemeral"]:
                where |= {"message": public(shown), "state": {"values": {}}}
        return self._interact("block_actions", user, {"container": container, "actions": [action]} | where)

    def enter(self, user: str, view: Call | Json, block_id: str, typed: str) -> Json:
        """Type into a field of a view that tells the app when Enter is pressed; the ack."""
        view = self.views[seen(view)["id"]]
        element = next(block["element"] for block in view["blocks"] if block.get("block_id") == block_id)
        action = {"type": element["type"], "action_id": element["action_id"], "block_id": block_id, "value": typed}
        container = {"type": "view", "view_id": view["id"]}
        payload = {"container": container, "view": view, "actions": [action | {"action_ts": self._ts()}]}
        return self._interact("block_actions", user, payload)

    def shortcut(self, user: str, callback_id: str, message: str | Json | None = None, channel: str = GENERAL) -> Json:
        """Use a shortcut: on a message (its text, or its fields), else a global one; the ack."""
        payload: Json = {"callback_id": callback_id, "action_ts": self._ts()}
        if message is None:
            return self._interact("shortcut", user, payload)
        full = {"type": "message", "user": BEN, "ts": self._ts(), "team": TEAM, "client_msg_id": str(uuid.uuid4())}
        full |= {"text": message} if isinstance(message, str) else public(message)
        origin = {"channel": channel, "ts": self._ts(), "ephemeral": True}
        payload |= {"message": full, "message_ts": full["ts"], "channel": self._channel(channel)}
        return self._interact("message_action", user, payload | {"response_url": self._response_url(origin)})

    def submit(self, user: str, view: Call | Json, values: Json | None = None) -> Json:
        """Submit a modal, filled in by block_id; the ack. A view in it (update, push) can be submitted next.

        A value is a text, an option's value or text, or a whole option (an external_select's, from `suggest`);
        fields that are not named keep what they were opened with.
        """
        view = self.views[seen(view)["id"]]
        state = {"values": filled(view["blocks"], values or {})}
        ack = deepcopy(self._interact("view_submission", user, {"view": view | {"state": state}, "response_urls": []}))
        if "view" in ack:
            takes_view(ack["view"])
            ack["view"] = self._keep_view(ack["view"], view["id"] if ack["response_action"] == "update" else None)
        return ack

    def suggest(self, user: str, view: Call | Json, action_id: str, block_id: str, typed: str) -> list[Json]:
        """Type into an external_select; the options offered, of all groups."""
        view = self.views[seen(view)["id"]]
        payload = {"container": {"type": "view", "view_id": view["id"]}, "view": view, "value": typed}
        ack = self._interact("block_suggestion", user, payload | {"action_id": action_id, "block_id": block_id})
        groups: list[Json] = ack.get("option_groups") or [ack]
        return [option for group in groups for option in group.get("options", [])]

    # ---- what the bot did

    def calls(self, method: str) -> list[Call]:
        """All calls of a method so far, oldest first."""
        with self._changed:
            return [call for call in self.recorded if call.method == method]

    @property
    def responses(self) -> list[Call]:
        """All posts to response_urls so far, oldest first."""
        return self.calls("response_url")

    def wait_for(
        self, method: str, predicate: Callable[[Call], bool] | None = None, timeout_s: float | None = None
    ) -> Call:
        """The oldest call of a method ("response_url" too) that satisfies and that no wait_for has returned."""

        def call() -> Call | None:
            fresh = (call for call in self.calls(method) if not call.taken)
            return next((call for call in fresh if predicate is None or predicate(call)), None)

        taken: Call = self._wait(call, f"no call of {method} that satisfies", timeout_s)
        taken.taken = True
        return taken

    def wait_until_connected(self, timeout_s: float = 20.0) -> None:
        """Return once the bot has a Socket Mode connection; everything people do waits for that too."""
        if self.over == "http":
            deadline = time.monotonic() + timeout_s
            while not listens(self.request_url):
                assert time.monotonic() < deadline, f"the bot did not listen at {self.request_url}"
                time.sleep(0.05)
            return
        self._wait(lambda: bool(self._sockets), "the bot did not connect", timeout_s)

    def wait_for_ack(self, delivery: Delivery, timeout_s: float | None = None) -> Json:
        """The payload that an envelope was acknowledged with, {} for a bare ack."""
        self._wait(lambda: delivery.ack is not None, f"no ack of {delivery.envelope['type']}", timeout_s)
        return delivery.ack or {}

    def disconnect(self) -> None:
        """Ask the bot to reconnect, as Slack does every few hours; a connection that is still there is closed."""
        self.wait_until_connected()
        socket = self._sockets[-1]
        frame = {"type": "disconnect", "reason": "refresh_requested", "debug_info": {"host": "applink-test"}}
        asyncio.run_coroutine_threadsafe(socket.send_json(frame), self._loop).result(self.timeout_s)
        with self._changed:
            if not self._changed.wait_for(lambda: socket not in self._sockets, timeout=1):
                asyncio.run_coroutine_threadsafe(socket.close(), self._loop)
        self._wait(lambda: socket not in self._sockets, "the connection stayed", None)

    # ---- means

    def deliver(self, kind: str, payload: Json, accepts_response_payload: bool = True, **fields: Any) -> Delivery:
        """Send an envelope as it is over the newest connection, or post its payload with a signature."""
        self.wait_until_connected()
        envelope: Json = {"envelope_id": str(uuid.uuid4()), "payload": deepcopy(payload), "type": kind}
        envelope |= {"accepts_response_payload": accepts_response_payload} | fields
        delivery = Delivery(envelope)
        with self._changed:
            self.deliveries.append(delivery)
            if self.over == "http":
                asyncio.run_coroutine_threadsafe(self._post(delivery), self._loop)
                return delivery
            sent = self._sockets[-1].send_json(envelope)
        asyncio.run_coroutine_threadsafe(sent, self._loop).result(self.timeout_s)
        return delivery

    async def _post(self, delivery: Delivery) -> None:
        """Post what an envelope carries as Slack does without Socket Mode; its answer is the acknowledgement."""
        envelope, payload = delivery.envelope, delivery.envelope["payload"]
        headers = {"Content-Type": "application/x-www-form-urlencoded"}
        if envelope["type"] == "events_api":
            headers["Content-Type"], body = "application/json", json.dumps(payload)
            if envelope.get("retry_attempt"):
                headers |= {"X-Slack-Retry-Num": str(envelope["retry_attempt"]), "X-Slack-Retry-Reason": "http_timeout"}
        else:
            body = urlencode(payload if envelope["type"] == "slash_commands" else {"payload": json.dumps(payload)})
        headers |= signed(body, SECRET)
        try:
            async with ClientSession() as session, session.post(self.request_url, data=body, headers=headers) as answer:
                text = await answer.text()
        except ClientError:
            return
        if answer.status == 200:
            with self._changed:
                delivery.ack = json.loads(text) if text else {}
                self._changed.notify_all()

    def _acked(self, kind: str, payload: Json, accepts_response_payload: bool = True) -> Json:
        return self.wait_for_ack(self.deliver(kind, payload, accepts_response_payload))

    def _interact(self, kind: str, user: str, payload: Json) -> Json:
        person = self.people[user]
        who = {"id": user, "username": person.name, "name": person.name, "team_id": person.team}
        common: Json = {"type": kind, "user": who, "api_app_id": APP, "token": "verification", "enterprise": None}
        common |= {"team": {"id": TEAM, "domain": DOMAIN}, "is_enterprise_install": False}
        if kind != "block_suggestion":
            common["trigger_id"] = self._trigger()
        return self._acked("interactive", common | payload, kind in ("view_submission", "block_suggestion"))

    def _channel(self, channel: str) -> Json:
        known = self.channels.get(channel)
        return {"id": channel, "name": known.name if known else "directmessage"}

    def _ts(self) -> str:
        return f"{int(time.time())}.{next(self._numbers):06d}"

    def _trigger(self) -> str:
        trigger = f"{next(self._numbers)}.{TEAM}.{uuid.uuid4().hex}"
        with self._changed:
            self._triggers[trigger] = time.monotonic()
        return trigger

    def _response_url(self, origin: Json) -> str:
        key = uuid.uuid4().hex
        with self._changed:
            self._response_urls[key] = {"message": dict(origin), "uses": 0, "issued": time.monotonic()}
        return f"http://127.0.0.1:{self.port}/response/{key}"

    def _wait(self, condition: Callable[[], T | None], complaint: str, timeout_s: float | None) -> T:
        timeout_s = self.timeout_s if timeout_s is None else timeout_s
        with self._changed:
            result = self._changed.wait_for(condition, timeout_s)
            assert result, f"{complaint} within {timeout_s:g} s.\n{self.dump()}"
            return result

    def dump(self) -> str:
        """All that was recorded, for people who read a failure."""
        with self._changed:
            sent = [f"  {d.envelope['type']} {json.dumps(d.envelope['payload'])} -> {d.ack}" for d in self.deliveries]
            done = [f"  {c.method} {json.dumps(c.args)} -> {json.dumps(c.answer)}" for c in self.recorded]
            lines = [line if len(line) < 1500 else line[:1500] + "…" for line in (*sent, "The bot called:", *done)]
        return "\n".join([f"{len(self._sockets)} connections. People did, and the bot acknowledged with:", *lines])


def signed(body: str, secret: str, at: int | None = None) -> dict[str, str]:
    """Return the headers by which Slack proves that a post is its own."""
    timestamp = str(at or int(time.time()))
    digest = hmac.new(secret.encode(), f"v0:{timestamp}:{body}".encode(), hashlib.sha256).hexdigest()
    return {"X-Slack-Request-Timestamp": timestamp, "X-Slack-Signature": f"v0={digest}"}


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def listens(url: str) -> bool:
    try:
        socket.create_connection(("127.0.0.1", urlsplit(url).port or 0), timeout=1).close()
    except OSError:
        return False
    return True


def takes_blocks(message: Json) -> None:
    """Refuse a message whose blocks break a limit."""
    if faults := message_faults(message.get("blocks") or []):
        raise RefusalError("invalid_blocks", faults)


def takes_view(view: Json) -> None:
    """Refuse a modal or an App Home that breaks a limit."""
    if faults := view_faults(view):
        raise RefusalError("invalid_arguments", faults)


def public(message: Json) -> Json:
    """A message as Slack shows it to apps."""
    return {name: value for name, value in message.items() if name not in ("channel", "ephemeral")}


def seen(source: Call | Json) -> Json:
    """The message or view that a call, a view or an ack put before people."""
    if isinstance(source, Call):
        source = source.message or source.answer.get("view") or {}
    assert "blocks" in source, f"nothing to click in {source}"
    return source | {"blocks": with_block_ids(source["blocks"])}


def with_block_ids(blocks: list[Json]) -> list[Json]:
    return [{"block_id": f"block{number}"} | deepcopy(block) for number, block in enumerate(blocks)]


def elements(blocks: list[Json]) -> Iterator[tuple[str, Json]]:
    """The interactive elements, each with its block_id."""
    for block in blocks:
        for element in (*block.get("elements", []), block.get("accessory"), block.get("element")):
            if element and "action_id" in element:
                yield block["block_id"], element


def options_of(element: Json) -> list[Json]:
    grouped = [option for group in element.get("option_groups", []) for option in group["options"]]
    return [*element.get("options", []), *grouped]


def chosen(options: list[Json], wanted: str | None) -> list[Json]:
    return [option for option in options if wanted in (option.get("value"), option["text"]["text"])]


def found(blocks: list[Json], target: str, option: str | None) -> Json:
    """The action that a click on the target is."""
    candidates: list[Json] = []
    for block_id, element in elements(blocks):
        action: Json = {"block_id": block_id} | {k: v for k, v in element.items() if k in ACTION_FIELDS}
        if not options_of(element):
            texts = (element["action_id"], element.get("text", {}).get("text"))
            candidates += [action] if target in texts and option in (None, element.get("value")) else []
            continue
        wanted = option if target == element["action_id"] else target
        candidates += [
            action | ({"selected_options": [o]} if "check" in element["type"] else {"selected_option": o})
            for o in chosen(options_of(element), wanted)
        ]
    there = [
        (e["action_id"], [o["text"]["text"] for o in (options_of(e) or [e]) if "text" in o])
        for _, e in elements(blocks)
    ]
    assert len(candidates) == 1, f"{len(candidates)} things to click are {target!r} {option or ''}; there are {there}"
    return candidates[0]


def filled(blocks: list[Json], values: Json) -> Json:
    """view.state.values of a form filled in with these values, by block_id."""
    state: Json = {}
    for block_id, element in elements(blocks):
        key = STATE_KEYS.get(element["type"])
        if key is None:
            continue
        answer = element.get(key.replace("selected_", "initial_").replace("value", "initial_value"))
        if block_id in values:
            answer = values[block_id]
        if key == "selected_options":
            answer = [as_option(element, one) for one in answer or []]
        elif key == "selected_option" and answer is not None:
            answer = as_option(element, answer)
        state.setdefault(block_id, {})[element["action_id"]] = {"type": element["type"], key: answer}
    assert values.keys() <= state.keys(), f"the form has no {values.keys() - state.keys()}, only {list(state)}"
    return state


def as_option(element: Json, value: str | Json) -> Json:
    if isinstance(value, dict):
        return value
    if "external" in element["type"]:
        return {"text": {"type": "plain_text", "text": value}, "value": value}
    options = chosen(options_of(element), value)
    assert options, f"{element['action_id']} offers no {value!r}, only {[o['value'] for o in options_of(element)]}"
    return options[0]
