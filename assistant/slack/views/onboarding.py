"""The onboarding form. A block_id is the field's name, so that a fault about a field stands beside it."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import Any

from assistant.core.answers import Registered
from assistant.core.catalog import Team
from assistant.core.questionnaire import choices, questions
from assistant.core.rulebook import Fact, Rulebook
from assistant.core.wording import word
from assistant.slack.text import clip, escape
from assistant.slack.views.messages import blocks_of
from assistant.use_cases.onboarding import Form, Near

Block = dict[str, Any]

ONBOARDING = "onboarding"
OWNER_TYPED = "owner-typed"
ENTERED = "entered"
FACT = "fact."
"""Before the name of a fact in a block_id."""
PLAIN_LIST = 100
"""Teams in a plain list; Slack takes no more options, and a larger workspace types to search."""
SUGGESTED = 30
"""Teams that are offered while somebody types: an answer of 100 would not fit into a frame of Socket Mode."""
ACK_LIMIT = 16_000
"""Bytes of an acknowledgement. Slack is reported to close a socket on a frame over 20,480."""
OPTION_LIMIT = 75
RADIO_LIMIT = 10


def onboarding_view(
    form: Form, teams: Iterable[Team], rulebook: Rulebook, near: Near | None = None, *, listed: bool = True
) -> dict[str, Any]:
    """Return the form with what was entered so far. `near`: names that are close, shown before anything is saved."""
    ordered = sorted(teams, key=lambda team: team.label.casefold())
    blocks: list[Block] = _near(form, near) if near else []
    blocks += [
        _input("name", "Name", _text(form.name, "gift-card-ledger", limit=255), optional=False),
        *_owner(form, ordered, listed=listed and len(ordered) <= PLAIN_LIST),
        _input(
            "new_team", "Or a new team", _text(form.new_team, "The team's name, when it is not in the list", limit=255)
        ),
        _input("kind", "Kind", _text(form.kind, "service, library, database, queue, pipeline …", limit=100)),
        _input(
            "description",
            "What it is for, in a sentence",
            _text(form.description, "Keeps the balance of gift cards.", limit=1000),
        ),
        _input("repo", "Repository", _text(form.repo, "https://…", limit=500)),
    ]
    name = form.name or "it"
    for fact in questions(rulebook):
        blocks.append(_question(fact, form.answers.get(fact.name), name))
    confirmed = form.name if near else form.confirmed
    return {
        "type": "modal",
        "callback_id": ONBOARDING,
        "title": _plain("Register a component", 24),
        "submit": _plain("Register", 24),
        "close": _plain("Cancel", 24),
        "private_metadata": json.dumps({"confirmed": confirmed}, ensure_ascii=False),
        "blocks": blocks,
    }


def loading_view() -> dict[str, Any]:
    """Return what stands in the form's place for the moment until it is made."""
    text = _plain("Loading the form. If nothing follows, close this and type /onboard again.", 3000)
    return {
        "type": "modal",
        "title": _plain("Register a component", 24),
        "close": _plain("Cancel", 24),
        "blocks": [{"type": "section", "text": text}],
    }


def near_view(form: Form, teams: Iterable[Team], rulebook: Rulebook, near: Near) -> dict[str, Any]:
    """Return the form with the near names, as an acknowledgement can carry it: without the list where that is long."""
    teams = list(teams)
    view = onboarding_view(form, teams, rulebook, near)
    if len(json.dumps(view)) > ACK_LIMIT:
        return onboarding_view(form, teams, rulebook, near, listed=False)
    return view


def registered_view(answer: Registered) -> dict[str, Any]:
    """Return what stands in the form's place once it is saved."""
    blocks = [block for block in blocks_of(word(answer), private=False) if block["type"] != "actions"]
    if answer.recommendation.decision.model is None:
        hint = "The message that was just sent asks for what is missing."
        blocks.append({"type": "context", "elements": [_plain(hint, 200)]})
    return {"type": "modal", "title": _plain("Registered", 24), "close": _plain("Done", 24), "blocks": blocks}


def form_of(values: Mapping[str, str], private_metadata: str) -> Form:
    """Read a submitted form back."""
    metadata = json.loads(private_metadata or "{}")
    answers = {name.removeprefix(FACT): value for name, value in values.items() if name.startswith(FACT)}
    fields = {name: value for name, value in values.items() if not name.startswith(FACT)}
    return Form(**fields, answers=answers, confirmed=str(metadata.get("confirmed", "")))


def team_options(teams: Iterable[Team]) -> list[Block]:
    """Return teams as the options of a select; a name that is longer than Slack's value is left out."""
    return [_option(team.label, team.name) for team in teams if len(team.name) <= 150][:PLAIN_LIST]


def suggestions(teams: Iterable[Team]) -> list[Block]:
    """Return as many teams, best first, as one acknowledgement can carry."""
    options = team_options(teams)[:SUGGESTED]
    while len(json.dumps(options)) > ACK_LIMIT:
        options.pop()
    return options


def _near(form: Form, near: Near) -> list[Block]:
    names = [
        f"*{escape(card.component.name)}* ({escape(card.owners[0].label) if card.owners else 'nobody yet'})"
        for card in near.cards
    ]
    text = (
        f"Close to what is registered already: {', '.join(names)}.\n"
        f"If *{escape(clip(form.name, 100))}* is another component, register it; nothing was saved yet."
    )
    return [{"type": "section", "text": {"type": "mrkdwn", "text": clip(text, 3000), "verbatim": True}}]


def _owner(form: Form, teams: list[Team], *, listed: bool) -> list[Block]:
    options = team_options(teams)
    if not options:
        return []
    chosen = next((option for option in team_options([t for t in teams if t.name == form.owner])), None)
    element: Block = {"action_id": ENTERED, "placeholder": _plain("Choose a team", 150)}
    if listed:
        element |= {"type": "static_select", "options": options}
    else:
        element |= {"type": "external_select", "action_id": OWNER_TYPED, "min_query_length": 1}
    if chosen:
        element["initial_option"] = chosen
    return [_input("owner", "Team that owns it", element)]


def _question(fact: Fact, answer: str | None, name: str) -> Block:
    label = fact.ask.replace("{component}", name).replace("{application}", "the application it serves")
    options = [_option(text, value) for value, text in choices(fact)]
    element: Block = {"type": "radio_buttons", "action_id": ENTERED, "options": options}
    if len(options) > RADIO_LIMIT:
        element = {"type": "static_select", "action_id": ENTERED, "options": options[-PLAIN_LIST:]}
    chosen = next((option for option in options if option["value"] == answer), None)
    if chosen:
        element["initial_option"] = chosen
    block = _input(FACT + fact.name, label, element)
    if fact.help:
        block["hint"] = _plain(fact.help, 2000)
    return block


def _input(block_id: str, label: str, element: Block, *, optional: bool = True) -> Block:
    label_object = _plain(label, 2000)
    return {"type": "input", "block_id": block_id, "label": label_object, "element": element, "optional": optional}


def _text(initial: str, placeholder: str, *, limit: int) -> Block:
    element: Block = {
        "type": "plain_text_input",
        "action_id": ENTERED,
        "max_length": limit,
        "placeholder": _plain(placeholder, 150),
    }
    if initial:
        element["initial_value"] = initial[:limit]
    return element


def _option(label: str, value: str) -> Block:
    return {"text": _plain(label, OPTION_LIMIT), "value": value}


def _plain(text: str, limit: int) -> Block:
    return {"type": "plain_text", "text": clip(text, limit), "emoji": False}
