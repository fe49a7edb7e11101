"""The form that asks why a suggestion is declined."""

from __future__ import annotations

import json
from typing import Any

from assistant.core.messages import Message
from assistant.slack.views.inputs import input_block, plain_text, text_input
from assistant.slack.views.messages import blocks_of

DECLINING = "declining"
REASON = "reason"
REASON_LIMIT = 300


def declining_view(proposal: int, response_url: str | None, *, ephemeral: bool) -> dict[str, Any]:
    """Return the form. It keeps which message, if any, becomes the outcome."""
    kept = {"proposal": proposal, "response_url": response_url, "ephemeral": ephemeral}
    element = text_input("", "Whoever suggested it is told.", limit=REASON_LIMIT, multiline=True)
    return {
        "type": "modal",
        "callback_id": DECLINING,
        "title": plain_text("Decline", 24),
        "submit": plain_text("Decline", 24),
        "close": plain_text("Cancel", 24),
        "private_metadata": json.dumps(kept),
        "blocks": [input_block(REASON, "Why not?", element)],
    }


def declining_of(private_metadata: str) -> tuple[int, str | None, bool]:
    """Read back what the form keeps: the proposal, the message's response_url, and whether one person sees it."""
    kept = json.loads(private_metadata)
    return int(kept["proposal"]), kept["response_url"], bool(kept["ephemeral"])


def late_view(message: Message) -> dict[str, Any]:
    """Return what stands in the form's place where somebody else was faster, or the actor may not."""
    blocks = [block for block in blocks_of(message, private=True) if block["type"] != "actions"]
    return {"type": "modal", "title": plain_text("Decline", 24), "close": plain_text("Done", 24), "blocks": blocks}
