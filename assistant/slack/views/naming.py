"""The form that asks of which component a name is another name."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any

from assistant.core.entries import Component
from assistant.core.messages import Message
from assistant.core.wording.phrases import name_of
from assistant.slack.text import clip, escape
from assistant.slack.views.inputs import VALUE_LIMIT, Block, input_block, option, plain_text, select
from assistant.slack.views.messages import blocks_of

NAMING = "naming"
COMPONENT = "component"
COMPONENT_TYPED = "component-typed"


def naming_view(name: str, options: list[Block]) -> dict[str, Any]:
    """Return the form for a name, with the components to choose from; where they are many, people type to search."""
    text = f"“{escape(clip(name, 100))}” will be another name of it, for everyone."
    chosen = select("Choose a component", options, COMPONENT_TYPED)
    return {
        "type": "modal",
        "callback_id": NAMING,
        "title": plain_text("Another name", 24),
        "submit": plain_text("Add the name", 24),
        "close": plain_text("Cancel", 24),
        "private_metadata": json.dumps({"name": name}, ensure_ascii=False),
        "blocks": [
            {"type": "section", "text": {"type": "mrkdwn", "text": text, "verbatim": True}},
            input_block(COMPONENT, "Which component is it?", chosen, optional=False),
        ],
    }


def component_options(components: Iterable[Component]) -> list[Block]:
    """Return components as the options of a select; a path that is longer than Slack's value is left out."""
    return [option(name_of(each), each.ref.path) for each in components if len(each.ref.path) <= VALUE_LIMIT]


def name_in(private_metadata: str) -> str:
    return str(json.loads(private_metadata or "{}").get("name", ""))


def result_view(message: Message, title: str = "Assistant") -> dict[str, Any]:
    """Return what stands in a form's place afterwards."""
    return {
        "type": "modal",
        "title": plain_text(title, 24),
        "close": plain_text("Done", 24),
        "blocks": blocks_of(message, private=False),
    }
