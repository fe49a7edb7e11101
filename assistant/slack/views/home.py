"""App Home: a box to ask in, and under it the homepage, or an answer with the way back."""

from __future__ import annotations

from typing import Any

from assistant.core.messages import GoHome, Message
from assistant.slack.views.acts import action_id, value
from assistant.slack.views.inputs import plain_text
from assistant.slack.views.messages import blocks_of

ASK = "ask"
BACK = 1_000
"""The number of the button that leads back, behind those of any answer."""


def home_view(message: Message, *, is_homepage: bool = False) -> dict[str, Any]:
    """Return App Home with the homepage under the box, or with an answer and a button that leads back."""
    box = {
        "type": "input",
        "block_id": ASK,
        "dispatch_action": True,
        "label": {"type": "plain_text", "text": "Ask who owns it, or which model it should use"},
        "element": {
            "type": "plain_text_input",
            "action_id": ASK,
            "max_length": 300,
            "placeholder": {"type": "plain_text", "text": "who owns checkout-api?"},
            "dispatch_action_config": {"trigger_actions_on": ["on_enter_pressed"]},
        },
    }
    if is_homepage:
        return {"type": "home", "blocks": [box, *blocks_of(message, private=False)]}
    back = {
        "type": "button",
        "action_id": action_id(GoHome(), BACK),
        "text": plain_text("Back to the overview", 75),
        "value": value(GoHome()),
    }
    shown = [{"type": "divider"}, *blocks_of(message, private=False), {"type": "divider"}]
    return {"type": "home", "blocks": [box, *shown, {"type": "actions", "elements": [back]}]}
