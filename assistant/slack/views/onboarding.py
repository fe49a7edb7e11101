"""The onboarding form."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import Any

from assistant.core.entries import Team
from assistant.core.outcomes import Registered
from assistant.core.questionnaire import choices, questions
from assistant.core.rulebook import Fact, Rulebook
from assistant.core.wording import word
from assistant.core.wording.phrases import owner_label
from assistant.slack.text import clip, escape
from assistant.slack.views.inputs import (
    ACK_LIMIT,
    ENTERED,
    PLAIN_LIST,
    VALUE_LIMIT,
    Block,
    input_block,
    option,
    plain_text,
    text_input,
)
from assistant.slack.views.messages import blocks_of
from assistant.use_cases.onboarding import Form, Near

ONBOARDING = "onboarding"
OWNER_TYPED = "owner-typed"
FACT = "fact."
"""Before the name of a fact in a block_id."""
RADIO_LIMIT = 10


def onboarding_view(
    form: Form, teams: Iterable[Team], rulebook: Rulebook, near: Near | None = None, *, listed: bool = True
) -> dict[str, Any]:
    """Return the form with what was entered so far. `near`: names that are close, shown before anything is saved."""
    ordered = sorted(teams, key=lambda team: team.label.casefold())
    blocks: list[Block] = _near(form, near) if near else []
    blocks += [
        input_block("name", "Name", text_input(form.name, "gift-card-ledger", limit=255), optional=False),
        *_owner(form, ordered, listed=listed and len(ordered) <= PLAIN_LIST),
        input_block(
            "new_team",
            "Or a new team",
            text_input(form.new_team, "The team's name, when it is not in the list", limit=255),
        ),
        input_block("kind", "Kind", text_input(form.kind, "service, library, database, queue, pipeline …", limit=100)),
        input_block(
            "description",
            "What it is for, in a sentence",
            text_input(form.description, "Keeps the balance of gift cards.", limit=1000),
        ),
        input_block("repo", "Repository", text_input(form.repo, "https://…", limit=500)),
    ]
    name = form.name or "it"
    for fact in questions(rulebook):
        blocks.append(_question(fact, form.answers.get(fact.name), name))
    confirmed = form.name if near else form.confirmed
    return {
        "type": "modal",
        "callback_id": ONBOARDING,
        "title": plain_text("Register a component", 24),
        "submit": plain_text("Register", 24),
        "close": plain_text("Cancel", 24),
        "private_metadata": json.dumps({"confirmed": confirmed}, ensure_ascii=False),
        "blocks": blocks,
    }


def loading_view() -> dict[str, Any]:
    """Return what stands in the form's place for the moment until it is made."""
    text = plain_text("Loading the form. If nothing follows, close this and type /onboard again.", 3000)
    return {
        "type": "modal",
        "title": plain_text("Register a component", 24),
        "close": plain_text("Cancel", 24),
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
        blocks.append({"type": "context", "elements": [plain_text(hint, 200)]})
    return {"type": "modal", "title": plain_text("Registered", 24), "close": plain_text("Done", 24), "blocks": blocks}


def form_of(values: Mapping[str, str], private_metadata: str) -> Form:
    """Read a submitted form back."""
    metadata = json.loads(private_metadata or "{}")
    answers = {name.removeprefix(FACT): value for name, value in values.items() if name.startswith(FACT)}
    fields = {name: value for name, value in values.items() if not name.startswith(FACT)}
    return Form(**fields, answers=answers, confirmed=str(metadata.get("confirmed", "")))


def team_options(teams: Iterable[Team]) -> list[Block]:
    """Return teams as the options of a select; a name that is longer than Slack's value is left out."""
    return [option(team.label, team.name) for team in teams if len(team.name) <= VALUE_LIMIT][:PLAIN_LIST]


def _near(form: Form, near: Near) -> list[Block]:
    names = [f"*{escape(card.component.name)}* ({escape(owner_label(card))})" for card in near.cards]
    text = (
        f"Close to what is registered already: {', '.join(names)}.\n"
        f"If *{escape(clip(form.name, 100))}* is another component, register it; nothing was saved yet."
    )
    return [{"type": "section", "text": {"type": "mrkdwn", "text": clip(text, 3000), "verbatim": True}}]


def _owner(form: Form, teams: list[Team], *, listed: bool) -> list[Block]:
    options = team_options(teams)
    if not options:
        return []
    chosen = next((each for each in team_options([t for t in teams if t.name == form.owner])), None)
    element: Block = {"action_id": ENTERED, "placeholder": plain_text("Choose a team", 150)}
    if listed:
        element |= {"type": "static_select", "options": options}
    else:
        element |= {"type": "external_select", "action_id": OWNER_TYPED, "min_query_length": 1}
    if chosen:
        element["initial_option"] = chosen
    return [input_block("owner", "Team that owns it", element)]


def _question(fact: Fact, answer: str | None, name: str) -> Block:
    label = fact.question(name)
    options = [option(text, value) for value, text in choices(fact)]
    element: Block = {"type": "radio_buttons", "action_id": ENTERED, "options": options}
    if len(options) > RADIO_LIMIT:
        element = {"type": "static_select", "action_id": ENTERED, "options": options[-PLAIN_LIST:]}
    chosen = next((each for each in options if each["value"] == answer), None)
    if chosen:
        element["initial_option"] = chosen
    block = input_block(FACT + fact.name, label, element)
    if fact.help:
        block["hint"] = plain_text(fact.help, 2000)
    return block
