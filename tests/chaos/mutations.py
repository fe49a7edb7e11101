"""Mutations: what Slack posts, with something wrong in it, from a missing key to bytes that are no text."""

from __future__ import annotations

import json
import random
from copy import deepcopy
from typing import Any, NamedTuple
from urllib.parse import quote_plus, urlencode

from slack_server import ANA, BEN, GENERAL

from assistant.core.entries import Ref
from assistant.core.messages import Propose, Save
from assistant.core.proposals import Change
from assistant.sandbox import payloads
from assistant.sandbox.workspace import BOT_USER, Json, Message, Person, View, fernwood
from assistant.slack.views.acts import action_id, value
from assistant.slack.views.naming import NAMING
from assistant.slack.views.onboarding import ONBOARDING, OWNER_TYPED

NASTY: tuple[Any, ...] = (
    None,
    True,
    0,
    -1,
    10**40,
    1e308,
    "",
    " ",
    "\0",
    "a\0b",
    "\ud800",
    "\u202e\u200b",
    "<!channel>",
    "x" * 5_000,
    "`*_~" * 200,
    "../../etc/passwd",
    "http://127.0.0.1:9/",
    [],
    {},
    [[]],
    [None],
    {"": {}},
    {"id": None},
    {"text": {"text": []}},
)
BODY_LIMIT = 1_048_576
DEEP = 50_000
FORM, JSON = "application/x-www-form-urlencoded", "application/json"


class Posted(NamedTuple):
    """What is posted to the bot."""

    body: bytes
    content_type: str
    payload: Json | None
    """What is in the body, where that is a payload."""


class Mutations:
    """An endless supply of payloads with something wrong; the same for the same seed."""

    def __init__(self, seed: int, response_url: str) -> None:
        self._chance = random.Random(seed)  # noqa: S311  the same mutations every time
        self._workspace = fernwood()
        self._response_url = response_url

    def next(self) -> Posted:
        chance = self._chance
        if chance.random() < 0.1:
            return self._broken()
        payload = deepcopy(self._payload())
        for _ in range(chance.choice((1, 1, 1, 2, 3, 8))):
            self._mutate(payload)
        return _posted(payload)

    def _payload(self) -> Json:
        """Return a payload as Slack sends it, of any kind."""
        chance, workspace = self._chance, self._workspace
        ana, channel = workspace.people[ANA], workspace.channels[GENERAL]
        text = chance.choice((f"<@{BOT_USER}> who owns ledger?", "which model should orders-kafka use?", "help", "map"))
        message = Message(GENERAL, workspace.ts(), ANA, text, thread_ts=workspace.ts())
        match chance.randrange(8):
            case 0:
                return payloads.event(workspace, payloads.mention(message, ana))
            case 1:
                message.channel = workspace.direct(ANA).id
                return payloads.event(workspace, payloads.direct_message(message, ana))
            case 2:
                return payloads.event(workspace, payloads.home_opened(workspace, ANA, "home"))
            case 3:
                command = chance.choice(("/who-owns", "/which-model", "/onboard", "/assistant"))
                return payloads.command(ana, channel, command, text, workspace.ts(), self._response_url)
            case 4:
                return self._click(workspace.people[chance.choice((ANA, BEN))])
            case 5:
                fields: Json = {"trigger_id": workspace.ts(), "view": self._view(), "response_urls": []}
                return payloads.interaction("view_submission", ana, **fields)
            case 6:
                fields = {"container": {"type": "view", "view_id": "V1"}, "view": self._view(), "value": "pay"}
                fields |= {"action_id": OWNER_TYPED, "block_id": "owner"}
                return payloads.interaction("block_suggestion", ana, **fields)
            case _:
                fields = {"callback_id": "who-owns-this", "trigger_id": "1.1", "response_url": self._response_url}
                fields |= {"channel": {"id": GENERAL}, "message": message.public(), "message_ts": message.ts}
                return payloads.interaction("message_action", ana, **fields)

    def _click(self, person: Person) -> Json:
        change = Change(Ref.component("ledger"), {"lifecycle": self._chance.choice(("shared", "application-bound"))})
        act = self._chance.choice((Save, Propose))(change)
        button = {"type": "button", "action_id": action_id(act, 0), "value": value(act)}
        action = payloads.action_of(button, "b0", self._workspace.ts())
        container = {"type": "message", "message_ts": "1.1", "channel_id": GENERAL, "is_ephemeral": True}
        fields = {"trigger_id": self._workspace.ts(), "response_url": self._response_url, "container": container}
        return payloads.interaction("block_actions", person, actions=[action], **fields)

    def _view(self) -> Json:
        given = {"type": "modal", "callback_id": self._chance.choice((ONBOARDING, NAMING)), "private_metadata": "{}"}
        view: View = self._workspace.keep_view(ANA, given)
        values = {"name": {"name": {"type": "plain_text_input", "value": "night-owl"}}}
        return view.body | {"state": {"values": values}}

    def _mutate(self, payload: Json) -> None:
        """Take something away, put something else there, or put something where nothing was."""
        chance = self._chance
        holder: Any = payload
        while True:
            keys = list(holder) if isinstance(holder, dict) else list(range(len(holder)))
            if not keys:
                return
            key = chance.choice(keys)
            below = holder[key]
            if not (isinstance(below, dict | list) and below and chance.random() < 0.7):
                break
            holder = below
        match 0 if key == "response_url" else chance.randrange(4):  # which must not lead to another machine
            case 0:
                del holder[key]
            case 1 if isinstance(holder, dict):
                holder[str(chance.choice(NASTY))[:50]] = below
            case 2 if isinstance(below, str):
                at = chance.randrange(len(below) + 1)
                holder[key] = below[:at] + str(chance.choice(NASTY)) + below[at:]
            case _:
                holder[key] = deepcopy(chance.choice(NASTY))

    def _broken(self) -> Posted:
        """Return a body that holds no payload."""
        chance = self._chance
        whole = _posted(self._payload())
        match chance.randrange(8):
            case 0:
                return whole._replace(body=whole.body[: chance.randrange(len(whole.body))], payload=None)
            case 1:
                return Posted(whole.body.replace(b"a", b"\xff\xfe", 3), whole.content_type, None)
            case 2:
                return Posted(whole.body.replace(b":", b"\0", 2), whole.content_type, None)
            case 3:
                depth = chance.randrange(500, DEEP)
                return Posted(b'{"event":' * depth + b"1" + b"}" * depth, JSON, None)
            case 4:
                size = chance.choice((900_000, BODY_LIMIT)) if chance.random() < 0.05 else 20_000
                event = {"type": "event_callback", "event": {"type": "message", "text": "x" * size}}
                return Posted(json.dumps(event).encode(), JSON, None)
            case 5:
                return Posted(
                    chance.choice((b"", b"null", b"[]", b"1", b'"x"', b"NaN", b"{", b"\xef\xbb\xbf{}")), JSON, None
                )
            case 6:
                form = chance.choice(
                    ("payload=", "payload=[]", "payload=1", "payload=%00", "payload={", "command=", "a&b&c=%ff")
                )
                return Posted(form.encode(), FORM, None)
            case _:
                return Posted(bytes(chance.randrange(256) for _ in range(200)), chance.choice((FORM, JSON)), None)


def _posted(payload: Json) -> Posted:
    """Return a payload as it is posted: events as JSON, commands as a form, all else as JSON within a form."""
    if "event" in payload or payload.get("type") == "event_callback":
        return Posted(json.dumps(payload).encode(), JSON, payload)
    if "command" in payload:
        fields = {name: quote_plus(str(field).encode(errors="replace")) for name, field in payload.items()}
        body = "&".join(f"{quote_plus(name.encode(errors='replace'))}={field}" for name, field in fields.items())
        return Posted(body.encode(), FORM, payload)
    return Posted(urlencode({"payload": json.dumps(payload)}).encode(), FORM, payload)
