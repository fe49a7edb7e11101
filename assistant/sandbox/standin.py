"""The stand-in: what people do in the workspace, what the app is told of it, and what they see then.

Every way to act stands here once. The page, the terminal and the tests call the same.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Mapping
from copy import deepcopy
from typing import Any

from assistant.blockkit import message_faults
from assistant.sandbox import faults, payloads
from assistant.sandbox.delivery import AttemptError, Delivery, SignedPosts, SocketMode
from assistant.sandbox.record import Entry, Record
from assistant.sandbox.relay import Relay
from assistant.sandbox.web_api import RefusalError, ResponseUrl, WebApi, refused_blocks, take_message, take_view
from assistant.sandbox.workspace import BOT_USER, Channel, Json, Message, View, Workspace, elements_of

TROUBLE = "We had some trouble connecting. Try again?"
REQUIRED = "Please complete this required field."


class StandIn:
    """A workspace with one app in it. `base_url` is known once a server serves it."""

    def __init__(self, workspace: Workspace, manifest: Json, request_url: str | None = None) -> None:
        """`request_url`: where the app takes signed posts; None: it connects over Socket Mode."""
        self.workspace = workspace
        self.manifest = manifest
        self.record = Record()
        self.faults = faults.Faults()
        self.api = WebApi(workspace, manifest["oauth_config"]["scopes"]["bot"], time.monotonic)
        self.sockets = SocketMode(self.record, self.touch)
        self.transport = SignedPosts(request_url) if request_url else self.sockets
        self.delivery = Delivery(self.transport, self.record, self.faults, self.touch)
        self.relay: Relay | None = None
        self.base_url = ""
        self.ahead_s = 0.0  # of this machine's clock
        self.revision = 0
        self._touched = asyncio.Event()

    @property
    def connected(self) -> bool:
        """Whether the app is there."""
        return self.transport.is_connected

    def touch(self) -> None:
        """Say that something changed, to whoever waits in `changed`."""
        self.revision += 1
        self._touched.set()
        self._touched = asyncio.Event()

    async def changed(self, after: int, timeout_s: float) -> int:
        """Return the revision once it is past one, or as it is after a while."""
        if self.revision <= after:
            try:
                await asyncio.wait_for(self._touched.wait(), timeout_s)
            except TimeoutError:
                return self.revision
        return self.revision

    # Writing

    async def say(
        self,
        user: str,
        channel_id: str,
        typed: str,
        thread_ts: str | None = None,
        *,
        encoded: bool = False,
        attachments: list[Json] | None = None,
    ) -> Message:
        """Write a message. The app is told when it is named where it is, or written to directly."""
        channel = self.workspace.channels[channel_id]
        text = typed if encoded else self.workspace.encode(typed)
        message = Message(channel_id, self.workspace.ts(), user, text, thread_ts=thread_ts)
        message.attachments = attachments or []
        self.workspace.add(message)
        self.touch()
        author = self.workspace.people[user]
        if channel.person:
            self._tell("message.im", payloads.direct_message(message, author))
        elif f"<@{BOT_USER}>" in text or f"<@{BOT_USER}|" in text:
            if BOT_USER in channel.members:
                self._tell("app_mention", payloads.mention(message, author))
            else:
                self._explain(user, channel, f"assistant isn't in #{channel.name}. Type /invite @assistant here.")
        return message

    async def edit(self, user: str, channel_id: str, ts: str, typed: str) -> None:
        """Change what somebody wrote. A mention that is edited arrives again."""
        message = self.workspace.messages[channel_id, ts]
        before = message.public()
        message.text, message.edited = self.workspace.encode(typed), True
        self.touch()
        channel, author = self.workspace.channels[channel_id], self.workspace.people[user]
        if channel.person:
            self._tell("message.im", payloads.changed_message(message, before, author, self.workspace.ts()))
        elif f"<@{BOT_USER}>" in message.text and BOT_USER in channel.members:
            self._tell("app_mention", payloads.mention(message, author))

    async def command(self, user: str, channel_id: str, line: str) -> Json:
        """Type a slash command, and return what it was acknowledged with. Its failure is told to whoever typed it."""
        name, _, typed = line.strip().partition(" ")
        channel = self.workspace.channels[channel_id]
        if name == "/invite":
            self._explain(user, channel, self._invited(typed, channel))
            return {}
        offered = [] if self.workspace.people[user].is_external else self.manifest["features"]["slash_commands"]
        known = {each["command"]: each for each in offered}
        if name not in known:
            these = f" These are: {', '.join(sorted([*known, '/invite']))}." if known else ""
            self._explain(user, channel, f"{name} is not a valid command.{these}")
            return {}
        text = typed.strip()
        if known[name].get("should_escape"):
            text = self.workspace.encode(text, labels=True)
        url = self._response_url(user, channel_id)
        trigger = self.api.new_trigger(user)
        payload = payloads.command(self.workspace.people[user], channel, name, text, trigger, url)
        try:
            ack = await self.delivery.interact("slash_commands", name, payload, accepts_payload=True)
            if ack:
                take_message(ack)
        except AttemptError as error:
            reason = "operation_timeout" if str(error) in ("timeout", "http_timeout") else "dispatch_failed"
            self._explain(user, channel, f"{name} failed with the error “{reason}”.")
            return {}
        except RefusalError as refusal:
            self._refused(ack, refusal)
            self._explain(user, channel, f"{name} failed with the error “{refusal}”.")
            return ack
        if ack:
            only_for = None if ack.get("response_type") == "in_channel" else user
            blocks = payloads.kept_blocks(ack)
            text = ack.get("text") or ""
            message = Message(channel_id, self.workspace.ts(), BOT_USER, text, blocks, only_for=only_for)
            self.workspace.add(message)
            self.touch()
        return ack

    def _invited(self, typed: str, channel: Channel) -> str:
        """Let the assistant into a channel, and return what is said of it."""
        if typed.strip().casefold() != "@assistant":
            return "Only @assistant can be invited here: /invite @assistant."
        if BOT_USER in channel.members:
            return f"assistant is in #{channel.name} already."
        channel.members.add(BOT_USER)
        return f"assistant is in #{channel.name} now."

    # Pressing

    async def click(
        self,
        user: str,
        *,
        action_id: str,
        block_id: str,
        message: Message | None = None,
        view: View | None = None,
        value: str | None = None,
        values: Mapping[str, Any] | None = None,
    ) -> str | None:
        """Press a button, Enter in a field that tells, or an option of a menu, by its `value`.

        Return None, or a sentence when the app did not take it.
        """
        blocks = message.blocks if message else view.body["blocks"] if view else []
        element = next((e for b, e in elements_of(blocks) if (b, e["action_id"]) == (block_id, action_id)), None)
        if element is None:
            return "That button is no longer there."
        try:
            action = payloads.action_of(element, block_id, self.workspace.ts(), value)
        except ValueError:
            return "That choice is no longer there."
        fields: Json = {"trigger_id": self.api.new_trigger(user), "actions": [action]}
        if message:
            channel = self.workspace.channels[message.channel]
            fields |= payloads.of_message(message, channel)
            url = self._response_url(user, channel.id, message)
            fields["response_url"] = url
        elif view:
            filled_in = dict(values or {})
            if value is not None and element["type"] in payloads.STATE_KEYS:
                filled_in[block_id] = value
            fields |= payloads.of_view(view, filled_in)
        return await self._interact("block_actions", user, fields)

    async def shortcut(self, user: str, channel_id: str, ts: str, callback_id: str) -> str | None:
        """Choose a shortcut in a message's menu. Return None, or a sentence when the app did not take it."""
        message = self.workspace.messages[channel_id, ts]
        channel = self.workspace.channels[channel_id]
        if self.workspace.people[user].is_external:
            return "Shortcuts are for people of this company only."
        fields = {
            "callback_id": callback_id,
            "trigger_id": self.api.new_trigger(user),
            "response_url": self._response_url(user, channel_id),
            "action_ts": self.workspace.ts(),
            "message_ts": ts,
            "channel": {"id": channel.id, "name": channel.name},
            "message": message.public(),
        }
        return await self._interact("message_action", user, fields)

    async def _interact(self, kind: str, user: str, fields: Json) -> str | None:
        payload = payloads.interaction(kind, self.workspace.people[user], **fields)
        try:
            await self.delivery.interact("interactive", kind, payload, accepts_payload=False)
        except AttemptError:
            return TROUBLE
        return None

    # Forms and App Home

    async def submit(self, user: str, view_id: str, values: Mapping[str, Any]) -> Json:
        """Submit a form, filled in by block_id.

        Return {"errors": {block_id: sentence}} for faults beside their fields, {"failed": sentence} when the app did
        not take it, and {} when the form was closed or another view stands in its place.
        """
        view = self.workspace.views.get(view_id)
        if view is None:
            return {"failed": "That form is no longer open."}
        shown = deepcopy(view.body)
        shown["state"] = {"values": payloads.filled(view, values)}
        if empty := payloads.left_empty(shown):
            return {"errors": dict.fromkeys(empty, REQUIRED)}  # Slack's clients see to it, and tell the app nothing
        fields = {"trigger_id": self.api.new_trigger(user), "view": shown, "response_urls": []}
        payload = payloads.interaction("view_submission", self.workspace.people[user], **fields)
        try:
            ack = await self.delivery.interact("interactive", "view_submission", payload, accepts_payload=True)
        except AttemptError:
            return {"failed": TROUBLE}
        try:
            return self._submitted(view, ack)
        except RefusalError as refusal:
            self._refused(ack, refusal)
            return {"failed": TROUBLE}

    def _submitted(self, view: View, ack: Json) -> Json:
        if self.workspace.modals.get(view.user) is not view:
            return {}  # closed meanwhile: another form may be open by now
        match ack.get("response_action"):
            case "errors":
                errors = ack.get("errors") or {}
                fields = {block["block_id"] for block in view.body["blocks"] if block["type"] == "input"}
                if not errors or not errors.keys() <= fields:
                    raise RefusalError("invalid_errors")
                return {"errors": dict(errors)}
            case "update":
                take_view(ack.get("view"), "modal")
                self.workspace.keep_view(view.user, ack["view"], view)
            case "clear":
                self.workspace.close_modal(view.user)
            case None if not ack:
                self.workspace.close_modal(view.user)
            case other:
                raise RefusalError(f"unknown response_action {other}")
        self.touch()
        return {}

    async def suggest(self, user: str, view_id: str, block_id: str, action_id: str, typed: str) -> list[Json]:
        """Type into a select that asks the app, and return the options that it offers."""
        view = self.workspace.views.get(view_id)
        if view is None:
            return []
        fields = {"container": {"type": "view", "view_id": view.id}, "view": view.body, "value": typed}
        fields |= {"action_id": action_id, "block_id": block_id}
        payload = payloads.interaction("block_suggestion", self.workspace.people[user], **fields)
        try:
            ack = await self.delivery.interact("interactive", "block_suggestion", payload, accepts_payload=True)
        except AttemptError:
            return []
        options: list[Json] = ack.get("options") or []
        select = {"type": "static_select", "action_id": action_id, "options": options}
        label = {"type": "plain_text", "text": "Options"}
        if options and (wrong := message_faults([{"type": "input", "label": label, "element": select}])):
            self._refused(ack, refused_blocks("invalid_options", wrong))
            return []
        return options

    async def open_home(self, user: str, tab: str = "home") -> None:
        """Open the app's page, at one of its tabs."""
        self._tell("app_home_opened", payloads.home_opened(self.workspace, user, tab))

    def close(self, user: str) -> None:
        """Close the form that somebody has open."""
        self.workspace.close_modal(user)
        self.touch()

    def reload(self, user: str) -> None:
        """Load the page anew: what was shown to one person alone is gone."""
        self.workspace.forget_ephemerals(user)
        self.touch()

    # Faults

    def fault(self, line: str) -> str:
        """Ask for a fault, and return a sentence. Raises ValueError with what is allowed."""
        fault = faults.parse(line)
        targets = {faults.ANY, *self.api.methods}
        if fault.kind in ("slow", "error", "reset"):
            targets.add("response_url")
        if fault.target not in targets:
            raise ValueError(f"{fault.target} can't {fault.kind}. These can: {', '.join(sorted(targets))}.")
        self.record.add(time.time(), "fault", fault.kind, {"line": line})
        if not fault.is_immediate:
            self.faults.add(fault)
            self.touch()
            return f"Asked for: {line}."
        struck = list(self.sockets.sockets)
        for socket in struck:
            if fault.kind == "refresh":
                self.delivery.later(self.sockets.refresh(socket))
            elif fault.kind == "close":
                self.delivery.later(socket.websocket.close())
            elif self.relay and fault.kind == "end":
                self.relay.end(socket.port)
            elif self.relay and fault.kind == "drop":
                self.relay.reset(socket.port)
            elif self.relay:
                self.relay.freeze(socket.port)
        self.touch()
        return f"{fault.kind} struck {len(struck)} connection{'' if len(struck) == 1 else 's'}."

    # Means

    def _tell(self, subscription: str, inner: Json) -> None:
        """Send an event that the app has subscribed to."""
        if subscription in self.manifest["settings"]["event_subscriptions"]["bot_events"]:
            self.delivery.event(payloads.event(self.workspace, inner))

    def _response_url(self, user: str, channel: str, message: Message | None = None) -> str:
        clicked = (message.channel, message.ts) if message else None
        thread = message.thread_ts if message else None
        name = self.api.new_response_url(ResponseUrl(user, channel, thread, clicked, self.api.now()))
        return f"{self.base_url}/response/{name}"

    def _explain(self, user: str, channel: Channel, sentence: str) -> None:
        """Have Slack itself say something to one person."""
        told = Message(channel.id, self.workspace.ts(), user, sentence, only_for=user, from_system=True)
        self.workspace.add(told)
        self.touch()

    def _refused(self, ack: Json, refusal: RefusalError) -> None:
        """Note on the record that what an acknowledgement carried was refused."""
        entry: Entry | None = next((each for each in reversed(self.record.entries) if each.answer is ack), None)
        if entry:
            entry.note = str(refusal.answer)
