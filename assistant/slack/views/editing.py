"""The form in which a component's fields are changed, and the question before it is retired."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from assistant.core.editing import TEXT_LIMIT, EditForm, Retiring
from assistant.core.entries import Ref
from assistant.core.wording.editing import edit_intro, edit_rest, field_label, retiring_message
from assistant.slack.views.inputs import ENTERED, Block, input_block, kept, option, plain_text, text_input
from assistant.slack.views.messages import blocks_of

EDITING = "editing"
RETIRING = "retiring"
STAGES = ("experimental", "production", "deprecated")
NOT_STATED = "not-stated"
_PLACEHOLDERS = {
    "title": "Checkout API",
    "kind": "service, library, database, queue, pipeline …",
    "description": "What it is for, in a sentence",
    "repo": "https://…",
    "runbook": "https://…",
    "oncall": "@payments-oncall, or an address",
    "slack_channel": "#checkout",
}


def edit_view(form: EditForm) -> dict[str, Any]:
    """Return the form, filled in. What stood there when it was opened goes along, as marks."""
    opened = {"ref": str(form.card.component.ref), "opened": dict(form.opened)}
    return {
        "type": "modal",
        "callback_id": EDITING,
        "title": plain_text("Edit", 24),
        **({"submit": plain_text("Save" if form.may_edit else "Suggest", 24)} if form.values else {}),
        "close": plain_text("Cancel", 24),
        "private_metadata": json.dumps(opened, ensure_ascii=False),
        "blocks": [
            *blocks_of(edit_intro(form), private=False),
            *(_input(name, text, form.opened[name]) for name, text in form.values.items()),
            *blocks_of(edit_rest(form), private=False),
        ],
    }


def _input(name: str, text: str, opened: str) -> Block:
    """Return a field. Its action_id names what stood there: Slack keeps what was typed while that stays the same."""
    if name == "stage":
        options = [option("Not stated", NOT_STATED), *(option(stage.capitalize(), stage) for stage in STAGES)]
        chosen = next((each for each in options if each["value"] == text), options[0])
        element: Block = {"type": "static_select", "options": options, "initial_option": chosen}
    else:
        element = text_input(text, _PLACEHOLDERS[name], limit=TEXT_LIMIT)
    if name == "description":
        element["multiline"] = True
    return input_block(name, field_label(name), element | {"action_id": f"{ENTERED}-{opened}"})


def entered_in(values: Mapping[str, str], private_metadata: str) -> tuple[Ref, dict[str, str], dict[str, str]]:
    """Read a form back: the component, what was entered, and the marks of what had stood there."""
    metadata = json.loads(private_metadata)
    entered = {name: "" if text == NOT_STATED else text for name, text in values.items()}
    return Ref.parse(metadata["ref"]), entered, metadata["opened"]


def retire_view(asked: Retiring) -> dict[str, Any]:
    return {
        "type": "modal",
        "callback_id": RETIRING,
        "title": plain_text("Retire", 24),
        "submit": plain_text("Retire", 24),
        "close": plain_text("Cancel", 24),
        "private_metadata": kept(asked.card.component.ref),
        "blocks": blocks_of(retiring_message(asked), private=False),
    }
