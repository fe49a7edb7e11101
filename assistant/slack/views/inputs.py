"""Parts of forms. A block_id is the field's name, so that a fault about a field stands beside it."""

from __future__ import annotations

import json
from typing import Any

from assistant.core.entries import Ref
from assistant.slack.text import clip

Block = dict[str, Any]

ENTERED = "entered"
PLAIN_LIST = 100
"""Options of a plain list; Slack takes no more, and in a larger workspace people type to search."""
SUGGESTED = 30
"""Options that are offered while somebody types: an answer of 100 would not fit into a frame of Socket Mode."""
ACK_LIMIT = 16_000
"""Bytes of an acknowledgement. Slack is reported to close a socket on a frame over 20,480."""
OPTION_LIMIT = 75
VALUE_LIMIT = 150


def input_block(block_id: str, label: str, element: Block, *, optional: bool = True) -> Block:
    label_object = plain_text(label, 2000)
    return {"type": "input", "block_id": block_id, "label": label_object, "element": element, "optional": optional}


def text_input(initial: str, placeholder: str, *, limit: int, multiline: bool = False) -> Block:
    element: Block = {
        "type": "plain_text_input",
        "action_id": ENTERED,
        "max_length": limit,
        "placeholder": plain_text(placeholder, 150),
    }
    if multiline:
        element["multiline"] = True
    if initial:
        element["initial_value"] = initial[:limit]
    return element


def select(placeholder: str, options: list[Block], typed: str) -> Block:
    """Return a list to choose from; where `options` are none, or more than a list takes, one that searches: `typed`."""
    element: Block = {"action_id": ENTERED, "placeholder": plain_text(placeholder, 150)}
    if 0 < len(options) <= PLAIN_LIST:
        return element | {"type": "static_select", "options": options}
    return element | {"type": "external_select", "action_id": typed, "min_query_length": 1}


def suggestions(options: list[Block]) -> list[Block]:
    """Return as many options, best first, as one acknowledgement can carry."""
    options = options[:SUGGESTED]
    while len(json.dumps(options)) > ACK_LIMIT:
        options.pop()
    return options


def loading_view() -> dict[str, Any]:
    """Return what stands in a form's place for the moment until it is made."""
    text = plain_text("One moment. If nothing follows, close this and try again.", 3000)
    return {
        "type": "modal",
        "title": plain_text("Assistant", 24),
        "close": plain_text("Cancel", 24),
        "blocks": [{"type": "section", "text": text}],
    }


def option(label: str, value: str) -> Block:
    return {"text": plain_text(label, OPTION_LIMIT), "value": value}


def plain_text(text: str, limit: int) -> Block:
    return {"type": "plain_text", "text": clip(text, limit), "emoji": False}


def kept(ref: Ref) -> str:
    """Return what a form keeps: which component it is about."""
    return json.dumps({"ref": str(ref)}, ensure_ascii=False)


def ref_in(private_metadata: str) -> Ref:
    return Ref.parse(json.loads(private_metadata)["ref"])
