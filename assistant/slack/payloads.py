"""Slack's payloads as values. The only code that indexes Slack's dicts."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

Body = Mapping[str, Any]

MALFORMED = (AttributeError, LookupError, TypeError, ValueError, RecursionError)
"""What reading a body raises that is not as Slack makes it, here as in Bolt."""


@dataclass(frozen=True)
class Asked:
    """A mention or a direct message. `shared`: another company reads the channel."""

    user: str
    team: str | None
    channel: str
    ts: str
    thread: str | None
    """The thread that it was written in, if any."""
    text: str
    direct: bool
    shared: bool


@dataclass(frozen=True)
class Command:
    name: str
    text: str
    user: str
    team: str | None
    trigger_id: str
    response_url: str


@dataclass(frozen=True)
class Click:
    """A button, or the ask box. `response_url` is None where there is no message: in App Home and in a form, `view`."""

    user: str
    team: str | None
    action_id: str
    value: str
    trigger_id: str
    response_url: str | None
    ephemeral: bool
    channel: str | None = None
    thread: str | None = None
    view: str | None = None
    ts: str | None = None
    """The message that holds the button."""
    hash: str = ""
    """The state of the form that holds it."""
    private_metadata: str = ""
    values: Mapping[str, str] = field(default_factory=dict)
    """What stands in the form, as in a submission."""
    emptied: frozenset[str] = frozenset()
    """The fields that must not be empty, and that Slack calls empty: a button is pressed all the same."""


@dataclass(frozen=True)
class Shortcut:
    user: str
    team: str | None
    text: str
    response_url: str
    trigger_id: str


@dataclass(frozen=True)
class Typing:
    """What somebody has typed into a select that asks the app for its options."""

    user: str
    team: str | None
    typed: str
    private_metadata: str = ""


@dataclass(frozen=True)
class Submission:
    """A form. `values` by block_id: text, or the value of what was chosen; empty where nothing was.

    `fields`: the block_ids of all that can be filled in.
    """

    user: str
    team: str | None
    form: str
    private_metadata: str
    values: Mapping[str, str] = field(default_factory=dict)
    fields: tuple[str, ...] = ()


@dataclass(frozen=True)
class OpenedView:
    """A form that Slack has just opened. `hash` names its state, so that a newer one is not overwritten."""

    id: str
    hash: str


@dataclass(frozen=True)
class Channel:
    """A channel that the assistant is in. `shared`: another company reads it."""

    id: str
    name: str
    shared: bool


@dataclass(frozen=True)
class Listed:
    """A channel or a person on a list of all. `gone`: archived, or no longer of this company."""

    id: str
    name: str
    gone: bool
    called_before: tuple[str, ...] = ()


@dataclass(frozen=True)
class HomeOpened:
    user: str
    team: str | None


_NAMING = {
    "workspace": re.compile("[A-Z0-9]{1,32}"),
    "event_id": re.compile("[A-Za-z0-9]{1,32}"),
    "payload": re.compile("block_actions|block_suggestion|command|event_callback|message_action|view_submission"),
}


def origin(body: Body) -> dict[str, str]:
    """Read what names a request in a log: its workspace, its event's id, and the kind of payload.

    A body may be malformed, and what a log must not hold stand anywhere in it: only what looks as it should is taken.
    """
    team = body.get("team")
    named = {
        "workspace": body.get("team_id") or (team.get("id") if isinstance(team, dict) else None),
        "event_id": body.get("event_id"),
        "payload": body.get("type") or ("command" if "command" in body else None),
    }
    return {name: value for name, value in named.items() if isinstance(value, str) and _NAMING[name].fullmatch(value)}


_WRITTEN = (None, "file_share", "thread_broadcast")
"""Subtypes of messages that a person wrote; others are joins, edits, deletions and the like."""


def asked(body: Body) -> Asked | None:
    """Read a mention or a direct message; None for joins, deletions, bots and what the assistant said itself."""
    event = body["event"]
    if event.get("subtype") not in _WRITTEN or event.get("bot_id") or not event.get("user"):
        return None
    direct = event["channel"].startswith("D")
    # In a direct message a mention can arrive twice, as app_mention too; in a channel only app_mention is for us.
    if direct != (event["type"] == "message"):
        return None
    return Asked(
        user=event["user"],
        team=event.get("user_team") or event.get("team") or body.get("team_id"),
        channel=event["channel"],
        ts=event["ts"],
        thread=event.get("thread_ts"),
        text=event.get("text") or "",
        direct=direct,
        shared=bool(body.get("is_ext_shared_channel")),
    )


def delivery_keys(body: Body) -> tuple[str, ...]:
    """Return what names an event, and of a message where it stands: Slack may tell of one in several events."""
    event = body.get("event") or {}
    keys = [f"event:{body['event_id']}"] if body.get("event_id") else []
    if event.get("type") in ("message", "app_mention") and event.get("channel") and event.get("ts"):
        keys.append(f"message:{event['channel']}:{event['ts']}")
    return tuple(key for key in keys if key.isascii() and key.isprintable())  # as Slack's ids are, and databases take


def command(body: Body) -> Command:
    return Command(
        name=body["command"],
        text=body.get("text") or "",
        user=body["user_id"],
        team=body.get("team_id"),
        trigger_id=body["trigger_id"],
        response_url=body["response_url"],
    )


def pressed(body: Body) -> tuple[str, str]:
    """Return the id and the value of what was pressed; of a menu, those that the chosen option carries."""
    action = body["actions"][0]
    if action.get("type") != "overflow":
        return action["action_id"], action.get("value") or ""
    name, mark, carried = action["selected_option"]["value"].partition(":")
    return name + mark, carried


def click(body: Body) -> Click:
    action_id, value = pressed(body)
    container, view = body.get("container") or {}, body.get("view") or {}
    return Click(
        user=body["user"]["id"],
        team=body["user"].get("team_id"),
        action_id=action_id,
        value=value,
        trigger_id=body["trigger_id"],
        response_url=body.get("response_url"),
        ephemeral=bool(container.get("is_ephemeral")),
        channel=container.get("channel_id") or None,  # local-slack leaves it blank in App Home
        thread=container.get("thread_ts"),
        view=view.get("id") if view.get("type") == "modal" else None,
        ts=container.get("message_ts"),
        hash=view.get("hash") or "",
        private_metadata=view.get("private_metadata") or "",
        values=_values(view),
        emptied=_emptied(view),
    )


def shortcut(body: Body) -> Shortcut:
    return Shortcut(
        user=body["user"]["id"],
        team=body["user"].get("team_id"),
        text=_text_of(body["message"]),
        response_url=body["response_url"],
        trigger_id=body["trigger_id"],
    )


def _text_of(message: Body) -> str:
    """Return what a message says; alerts often have no text of their own, only attachments or blocks."""
    if message.get("text"):
        return str(message["text"])
    parts = [part.get(key) for part in message.get("attachments") or () for key in ("title", "text", "fallback")]
    parts += [(block.get("text") or {}).get("text") for block in message.get("blocks") or () if block.get("text")]
    return "\n".join(dict.fromkeys(filter(None, parts)))


def typing(body: Body) -> Typing:
    return Typing(
        user=body["user"]["id"],
        team=body["user"].get("team_id"),
        typed=body.get("value") or "",
        private_metadata=(body.get("view") or {}).get("private_metadata") or "",
    )


def submission(body: Body) -> Submission:
    view = body["view"]
    return Submission(
        user=body["user"]["id"],
        team=body["user"].get("team_id"),
        form=view["callback_id"],
        private_metadata=view.get("private_metadata") or "",
        values=_values(view),
        fields=tuple(block["block_id"] for block in view["blocks"] if block["type"] == "input"),
    )


def _values(view: Body) -> dict[str, str]:
    """Read what stands in the fields of a form, by block_id.

    What a field began with counts where the form tells nothing of it, and where it must not be empty: Slack's clients
    let nobody send that (slackapi/bolt-js#1267), but a view that took another's place may tell of the earlier one's
    fields (#625), or of nothing in one that was filled in for people (#1258).
    """
    told = (view.get("state") or {}).get("values") or {}
    values = {}
    for block in view.get("blocks") or ():
        if block["type"] == "input":
            entered = next(iter((told.get(block["block_id"]) or {}).values()), None)
            value = _entered(entered, "selected_option", "value") if entered else ""
            is_blank = bool(entered and entered.get("value"))  # spaces, which are no oversight
            if not value and not is_blank and (entered is None or not block.get("optional")):
                value = _entered(block["element"], "initial_option", "initial_value")
            values[block["block_id"]] = value
    return values


def _emptied(view: Body) -> frozenset[str]:
    """Return the fields that must be filled in and that Slack calls empty."""
    told = (view.get("state") or {}).get("values") or {}
    asked = [block for block in view.get("blocks") or () if block["type"] == "input" and not block.get("optional")]
    entered = {block["block_id"]: next(iter((told.get(block["block_id"]) or {}).values()), None) for block in asked}
    return frozenset(name for name, each in entered.items() if each and not _entered(each, "selected_option", "value"))


def _entered(element: Body, option: str, text: str) -> str:
    chosen = element.get(option)
    return (chosen["value"] if chosen else element.get(text) or "").strip()


def opened_view(response: Body) -> OpenedView:
    """Read what views.open answers."""
    return OpenedView(response["view"]["id"], response["view"]["hash"])


def home_opened(body: Body) -> HomeOpened | None:
    event = body["event"]
    return HomeOpened(event["user"], body.get("team_id")) if event.get("tab") == "home" else None


def channels(response: Body) -> tuple[list[Channel], str | None]:
    """Read users.conversations: a page of channels, and where the next begins."""
    found = [Channel(each["id"], each.get("name") or "", _is_shared(each)) for each in response.get("channels") or ()]
    return found, (response.get("response_metadata") or {}).get("next_cursor") or None


def listed(response: Body) -> tuple[list[Listed], str | None]:
    """Read conversations.list or users.list: a page, and where the next begins."""
    found = [
        Listed(
            each["id"],
            each.get("name") or "",
            bool(each.get("is_archived") or each.get("deleted")),
            tuple(each.get("previous_names") or ()),
        )
        for each in response.get("channels") or response.get("members") or ()
    ]
    return found, (response.get("response_metadata") or {}).get("next_cursor") or None


def usergroups(response: Body) -> dict[str, frozenset[str]]:
    """Read usergroups.list: who is in each."""
    return {each["id"]: frozenset(each.get("users") or ()) for each in response.get("usergroups") or ()}


def is_shared(response: Body) -> bool:
    """Read conversations.info: whether another company reads the channel, or is invited to."""
    return _is_shared(response["channel"])


def _is_shared(channel: Body) -> bool:
    return bool(channel.get("is_ext_shared") or channel.get("is_pending_ext_shared"))


def person(response: Body) -> dict[str, Any]:
    """Read users.info: id, name, `team`, whether it is a living person of some company, and whether a guest."""
    user = response["user"]
    profile = user.get("profile") or {}
    return {
        "id": user["id"],
        "name": profile.get("display_name")
        or user.get("real_name")
        or profile.get("real_name")
        or user.get("name")
        or user["id"],
        "team": user.get("team_id"),
        "enterprise": (user.get("enterprise_user") or {}).get("enterprise_id"),
        "alive": not any(user.get(mark) for mark in ("deleted", "is_bot", "is_stranger", "is_workflow_bot")),
        "guest": bool(user.get("is_restricted") or user.get("is_ultra_restricted")),
    }
