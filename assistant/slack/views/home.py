"""App Home: help, and a box to ask in."""

from __future__ import annotations

from typing import Any

from assistant.core.messages import Message
from assistant.slack.views.messages import blocks_of

ASK = "ask"


def home_view(message: Message) -> dict[str, Any]:
    """Return App Home with an answer under the box; before anything was asked, that is help."""
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
    return {"type": "home", "blocks": [box, {"type": "divider"}, *blocks_of(message, private=False)]}
