"""Routes: everything that Slack can send and what it leads to, a line each. The manifest declares exactly these."""

from __future__ import annotations

import re
from typing import Any

import structlog
from slack_bolt.async_app import AsyncApp
from slack_bolt.error import BoltUnhandledRequestError
from slack_bolt.response import BoltResponse

from assistant.slack import payloads
from assistant.slack.desk import Desk
from assistant.slack.listeners import asking, deciding, editing, home, naming, onboarding, proposing, transferring
from assistant.slack.reception import Route, described, listener
from assistant.slack.views.acts import MENU
from assistant.slack.views.editing import EDITING, RETIRING
from assistant.slack.views.home import ASK
from assistant.slack.views.naming import COMPONENT_TYPED, NAMING
from assistant.slack.views.onboarding import ONBOARDING, OWNER_TYPED, PART_TYPED, STEP
from assistant.slack.views.proposing import DECLINING
from assistant.slack.views.transferring import DISPUTING, TRANSFERRING

log = structlog.get_logger()

WHO_OWNS_THIS = "who-owns-this"
REGISTER_THIS = "register-this"

ROUTES = (
    Route("event", "app_mention", payloads.asked, asking.on_asked, is_question=True),
    Route("event", "message", payloads.asked, asking.on_asked, is_question=True),
    Route("event", "app_home_opened", payloads.home_opened, home.on_opened),
    Route("command", "/who-owns", payloads.command, asking.on_command, is_question=True),
    Route("command", "/which-model", payloads.command, asking.on_command, is_question=True),
    Route("command", "/assistant", payloads.command, asking.on_command, is_question=True),
    Route("command", "/onboard", payloads.command, onboarding.on_command),
    Route("shortcut", WHO_OWNS_THIS, payloads.shortcut, asking.on_shortcut, is_question=True),
    Route("shortcut", REGISTER_THIS, payloads.shortcut, onboarding.on_shortcut),
    Route("action", ASK, payloads.click, home.on_asked, is_question=True),
    Route("action", "pick:", payloads.click, asking.on_picked),
    Route("action", "settle:", payloads.click, asking.on_settled),
    Route("action", "save:", payloads.click, asking.on_saved, writes=True),
    Route("action", "adopt:", payloads.click, deciding.on_adopted, writes=True),
    Route("action", "take-back:", payloads.click, deciding.on_taken_back, writes=True),
    Route("action", "answer-again:", payloads.click, deciding.on_answering_again),
    Route("action", "keep:", payloads.click, deciding.on_kept, writes=True),
    Route("action", "later:", payloads.click, deciding.on_put_off, writes=True),
    Route("action", "look-at:", payloads.click, deciding.on_looked_at),
    Route("action", "propose:", payloads.click, proposing.on_proposed, writes=True),
    Route("action", "accept:", payloads.click, proposing.on_accepted, writes=True),
    Route("action", "decline:", payloads.click, proposing.on_declining),
    Route("action", "withdraw:", payloads.click, proposing.on_withdrawn, writes=True),
    Route("action", "confirm:", payloads.click, deciding.on_confirmed, writes=True),
    Route("action", "record:", payloads.click, deciding.on_record_wanted),
    Route("action", "share:", payloads.click, asking.on_shared),
    Route("action", "call-it:", payloads.click, naming.on_called, writes=True),
    Route("action", "leave:", payloads.click, naming.on_left),
    Route("action", "again:", payloads.click, asking.on_reconsidered),
    Route("action", "name:", payloads.click, naming.on_name_wanted),
    Route("action", "edit:", payloads.click, editing.on_edit),
    Route("action", "retire:", payloads.click, editing.on_retire),
    Route("action", "history:", payloads.click, editing.on_history_wanted),
    Route("action", "undo:", payloads.click, editing.on_undone, writes=True),
    Route("action", "transfer:", payloads.click, transferring.on_transfer),
    Route("action", "claim:", payloads.click, transferring.on_claimed, writes=True),
    Route("action", "dispute:", payloads.click, transferring.on_dispute),
    Route("action", "forget:", payloads.click, naming.on_forgotten, writes=True),
    Route("action", "home:", payloads.click, home.on_wanted),
    Route("action", "register:", payloads.click, onboarding.on_register),
    Route("action", "continue:", payloads.click, onboarding.on_continued),
    Route("action", "discard:", payloads.click, onboarding.on_discarded),
    Route("action", "why:", payloads.click, onboarding.on_why),
    Route("action", STEP, payloads.click, onboarding.on_stepped, writes=True),
    Route("options", OWNER_TYPED, payloads.typing, onboarding.on_typing),
    Route("options", PART_TYPED, payloads.typing, naming.on_typing),
    Route("options", COMPONENT_TYPED, payloads.typing, naming.on_typing),
    Route("view", DECLINING, payloads.submission, proposing.on_declined, writes=True),
    Route("view", NAMING, payloads.submission, naming.on_named, writes=True),
    Route("view", EDITING, payloads.submission, editing.on_edited, writes=True),
    Route("view", RETIRING, payloads.submission, editing.on_retired, writes=True),
    Route("view", TRANSFERRING, payloads.submission, transferring.on_transferred, writes=True),
    Route("view", DISPUTING, payloads.submission, transferring.on_disputed, writes=True),
    Route("view", ONBOARDING, payloads.submission, onboarding.on_submitted, writes=True),
)


def bind(app: AsyncApp, desk: Desk) -> None:
    """Give every route to Bolt, and acknowledge without a word whatever else Slack sends."""
    buttons = {}
    for route in ROUTES:
        name = re.compile(re.escape(route.name)) if route.name.endswith(":") else route.name
        answers = listener(route, desk)
        getattr(app, route.kind)(name)(answers)
        if route.kind == "action":
            buttons[route.name] = answers

    @app.action(re.compile(f"{MENU}:"))
    async def on_chosen(body: dict[str, Any], ack: Any) -> BoltResponse | None:
        """What is chosen in a menu goes the way of the button that does the same."""
        answers = buttons.get(payloads.pressed(body)[0])
        return await (answers(body, ack) if answers else ack())

    @app.error
    async def on_error(error: Exception) -> BoltResponse | None:
        if isinstance(error, BoltUnhandledRequestError):
            return BoltResponse(status=200, body="")
        log.error("a request failed before it reached a listener", **described(error))
        return BoltResponse(status=400 if isinstance(error, payloads.MALFORMED) else 500, body="")
