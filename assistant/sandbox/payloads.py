"""What Slack sends to an app, with the fields that it sends.

Shapes are from https://docs.slack.dev (apis/events-api, interactivity, reference/interaction-payloads) and from the
sample payloads of Slack's own libraries.
"""

from __future__ import annotations

import secrets
import time
from collections.abc import Mapping
from copy import deepcopy
from typing import Any

from assistant.sandbox.workspace import (
    APP,
    BOT_USER,
    DOMAIN,
    TEAM,
    Channel,
    Json,
    Message,
    Person,
    View,
    Workspace,
    elements_of,
    with_block_ids,
)

VERIFICATION = "verification-token"
EVENTS = ("app_home_opened", "app_mention", "message")
STATE_KEYS = {
    "plain_text_input": "value",
    "static_select": "selected_option",
    "external_select": "selected_option",
    "radio_buttons": "selected_option",
}
"""Where each kind of element keeps its answer in view.state.values."""
ACTION_FIELDS = ("type", "action_id", "block_id", "text", "value", "style")


def event(workspace: Workspace, inner: Json) -> Json:
    """Return an event as the Events API wraps it."""
    channel = workspace.channels.get(str(inner.get("channel")))
    authorization = {"enterprise_id": None, "team_id": TEAM, "user_id": BOT_USER, "is_bot": True}
    return {
        "token": VERIFICATION,
        "team_id": TEAM,
        "context_team_id": TEAM,
        "context_enterprise_id": None,
        "api_app_id": APP,
        "event": inner,
        "type": "event_callback",
        "event_id": f"Ev{workspace.number():09d}",
        "event_time": int(time.time()),
        "authorizations": [authorization | {"is_enterprise_install": False}],
        "is_ext_shared_channel": bool(channel and channel.shared),
        "event_context": f"4-{secrets.token_hex(12)}",
    }


def mention(message: Message, author: Person) -> Json:
    """Return the event of a message that names the assistant, in a channel where it is."""
    return {"type": "app_mention"} | _written(message, author)


def direct_message(message: Message, author: Person) -> Json:
    """Return the event of a message that was written to the assistant."""
    return {"type": "message"} | _written(message, author) | {"channel_type": "im"}


def changed_message(message: Message, before: Json, author: Person, ts: str) -> Json:
    """Return the event of a message to the assistant that was edited. `ts` names the edit."""
    edited = {"user": author.id, "ts": ts}
    return {
        "type": "message",
        "subtype": "message_changed",
        "message": message.public() | {"edited": edited},
        "previous_message": before,
        "channel": message.channel,
        "hidden": True,
        "ts": ts,
        "event_ts": ts,
        "channel_type": "im",
    }


def _written(message: Message, author: Person) -> Json:
    told: Json = {
        "user": author.id,
        "ts": message.ts,
        "client_msg_id": secrets.token_hex(16),
        "text": message.text,
        "team": author.team,
        "channel": message.channel,
        "event_ts": message.ts,
    }
    if author.bot:
        profile = {"id": f"B{author.id[1:]}", "name": author.name, "app_id": f"A{author.id[1:]}"}
        told |= {"bot_id": profile["id"], "bot_profile": profile | {"deleted": False, "team_id": author.team}}
        del told["client_msg_id"]
    if author.is_external:
        told |= {"user_team": author.team, "source_team": author.team}
    if message.thread_ts:
        told["thread_ts"] = message.thread_ts
    if message.attachments:
        told["attachments"] = deepcopy(message.attachments)
    if message.edited:
        told["edited"] = {"user": author.id, "ts": message.ts}
    return told


def home_opened(workspace: Workspace, user: str, tab: str) -> Json:
    opened: Json = {"type": "app_home_opened", "user": user, "channel": workspace.direct(user).id, "tab": tab}
    if tab == "home" and user in workspace.homes:
        opened["view"] = deepcopy(workspace.homes[user].body)
    return opened | {"event_ts": workspace.ts()}


def command(person: Person, channel: Channel, name: str, text: str, trigger_id: str, response_url: str) -> Json:
    """Return a slash command. Every field is text, as in the form that Slack posts."""
    return {
        "token": VERIFICATION,
        "team_id": person.team,
        "team_domain": DOMAIN,
        "channel_id": channel.id,
        "channel_name": channel.name,
        "user_id": person.id,
        "user_name": person.name,
        "command": name,
        "text": text,
        "api_app_id": APP,
        "is_enterprise_install": "false",
        "response_url": response_url,
        "trigger_id": trigger_id,
    }


def interaction(kind: str, person: Person, **fields: Any) -> Json:
    """Return what every interaction has, and the fields of this one."""
    return {
        "type": kind,
        "user": {"id": person.id, "username": person.name, "name": person.name, "team_id": person.team},
        "api_app_id": APP,
        "token": VERIFICATION,
        "team": {"id": TEAM, "domain": DOMAIN},
        "enterprise": None,
        "is_enterprise_install": False,
        **fields,
    }


def of_message(message: Message, channel: Channel) -> Json:
    """Return where a click in a message happened. What only one person sees is not repeated to the app."""
    container: Json = {
        "type": "message",
        "message_ts": message.ts,
        "channel_id": channel.id,
        "is_ephemeral": message.only_for is not None,
    }
    if message.thread_ts:
        container["thread_ts"] = message.thread_ts
    told: Json = {"container": container, "channel": {"id": channel.id, "name": channel.name}}
    if message.only_for is None:
        told["message"] = message.public()
    return told | {"state": {"values": {}}}


def of_view(view: View, values: Mapping[str, Any]) -> Json:
    """Return where a click in a view happened, with what is filled in."""
    shown = deepcopy(view.body)
    shown["state"] = {"values": filled(view, values)}
    return {"container": {"type": "view", "view_id": view.id}, "view": shown}


def filled(view: View, values: Mapping[str, Any]) -> Json:
    """Return view.state.values of a form filled in with values by block_id; the others keep what they began with.

    A value is a text, or an option: whole, or its value alone where the form lists it. Raises ValueError for a field
    or an option that the form does not have.
    """
    state: Json = {}
    for block_id, element in elements_of(view.body["blocks"]):
        key = STATE_KEYS.get(element["type"])
        if key is None:
            continue
        answer = element.get("initial_value" if key == "value" else "initial_option")
        if block_id in values:
            answer = values[block_id] or None
            if key == "selected_option" and isinstance(answer, str):
                answer = _option(element, answer)
        state.setdefault(block_id, {})[element["action_id"]] = {"type": element["type"], key: answer}
    if unknown := values.keys() - state.keys():
        raise ValueError(f"The form has no field {', '.join(sorted(unknown))}, only {', '.join(state)}.")
    return state


def left_empty(view: Json) -> list[str]:
    """Return the fields of a form that must be filled in and are not, by block_id."""
    required = [block for block in view["blocks"] if block["type"] == "input" and not block.get("optional")]
    answers = {block_id: list(state.values()) for block_id, state in view["state"]["values"].items()}
    return [b["block_id"] for b in required if not any(a.get(STATE_KEYS[a["type"]]) for a in answers[b["block_id"]])]


def kept_blocks(body: Json) -> list[Json]:
    """Return a message's blocks as Slack keeps them."""
    return with_block_ids(body.get("blocks") or [])


def _option(element: Json, wanted: str) -> Json:
    options = element.get("options", [])
    for option in options:
        if wanted in (option["value"], option["text"]["text"]):
            return dict(option)
    offered = ", ".join(option["value"] for option in options)
    raise ValueError(f"{element['action_id']} offers no {wanted}, only {offered}.")


def action_of(element: Json, block_id: str, action_ts: str, value: str | None = None) -> Json:
    """Return an element as the action that a click on it is; of a menu, `value` is the option that was chosen.

    Raises ValueError for an option that the menu does not have.
    """
    action = {name: deepcopy(element[name]) for name in ACTION_FIELDS if name in element}
    if element["type"] == "overflow":
        action["selected_option"] = _option(element, value or "")
    elif value is not None:
        action["value"] = value
    return action | {"block_id": block_id, "action_ts": action_ts}
