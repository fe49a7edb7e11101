"""Slack's limits on Block Kit, as one checker. It knows the blocks and elements that this product uses, and no others.

Limits are from https://docs.slack.dev/reference/block-kit and https://docs.slack.dev/reference/views.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from itertools import chain
from typing import Any

MESSAGE_BLOCKS = 50
VIEW_BLOCKS = 100


@dataclass(frozen=True)
class BlockFault:
    """One thing that Slack would refuse, and where: a JSON pointer (RFC 6901) such as `/blocks/0/text/text`."""

    pointer: str
    problem: str

    def __str__(self) -> str:
        return f"[ERROR] {self.problem} [json-pointer:{self.pointer}]"


Check = Callable[[Any, str], Iterator[BlockFault]]


def message_faults(blocks: Any) -> tuple[BlockFault, ...]:
    """Return everything in a message's blocks that Slack would refuse; () when it takes them."""
    found = _list(_one_of(BLOCKS), MESSAGE_BLOCKS, least=0)(blocks, "/blocks")
    return tuple(chain(found, _repeated_ids(blocks, "/blocks")))


def view_faults(view: Any) -> tuple[BlockFault, ...]:
    """Return everything in a modal or an App Home that Slack would refuse; () when it takes the view."""
    found = tuple(chain(_one_of(VIEWS)(view, "/view"), _repeated_ids(_child(view, "blocks"), "/view/blocks")))
    blocks = _child(view, "blocks")
    asks = isinstance(blocks, list) and any(_child(block, "type") == "input" for block in blocks)
    if asks and _child(view, "type") == "modal" and "submit" not in view:
        found += (BlockFault("/view", "missing required field: submit"),)
    return found


def _string(limit: int, least: int = 1) -> Check:
    def check(value: Any, at: str) -> Iterator[BlockFault]:
        if not isinstance(value, str):
            yield BlockFault(at, "must be a string")
        elif len(value) < least:
            yield BlockFault(at, f"must be more than {least - 1} characters")
        elif len(value) > limit:
            yield BlockFault(at, f"must be less than {limit + 1} characters")

    return check


def _flag(value: Any, at: str) -> Iterator[BlockFault]:
    if not isinstance(value, bool):
        yield BlockFault(at, "must be a boolean")


def _number(least: int, most: int) -> Check:
    def check(value: Any, at: str) -> Iterator[BlockFault]:
        if not isinstance(value, int) or isinstance(value, bool):
            yield BlockFault(at, "must be an integer")
        elif not least <= value <= most:
            yield BlockFault(at, f"must be between {least} and {most}")

    return check


def _word(*allowed: str) -> Check:
    def check(value: Any, at: str) -> Iterator[BlockFault]:
        if value not in allowed:
            yield BlockFault(at, f"must be one of: {', '.join(allowed)}")

    return check


def _list(item: Check, most: int, least: int = 1) -> Check:
    def check(value: Any, at: str) -> Iterator[BlockFault]:
        if not isinstance(value, list):
            yield BlockFault(at, "must be an array")
            return
        if len(value) < least:
            yield BlockFault(at, f"no less than {least} items allowed")
        if len(value) > most:
            yield BlockFault(at, f"no more than {most} items allowed")
        for position, each in enumerate(value):
            yield from item(each, f"{at}/{position}")

    return check


def _object(required: Mapping[str, Check], optional: Mapping[str, Check] | None = None) -> Check:
    checks = {**required, **(optional or {})}

    def check(value: Any, at: str) -> Iterator[BlockFault]:
        if not isinstance(value, dict):
            yield BlockFault(at, "must be an object")
            return
        for name in required.keys() - value.keys():
            yield BlockFault(at, f"missing required field: {name}")
        for name, child in value.items():
            if name in checks:
                yield from checks[name](child, f"{at}/{name}")
            elif name != "type":
                yield BlockFault(f"{at}/{name}", f"invalid additional property: {name}")

    return check


def _one_of(kinds: Mapping[str, Check]) -> Check:
    """Check an object by what its `type` names."""

    def check(value: Any, at: str) -> Iterator[BlockFault]:
        kind = _child(value, "type")
        if not isinstance(kind, str) or kind not in kinds:
            yield BlockFault(f"{at}/type", f"unsupported type: {kind}")
        else:
            yield from kinds[kind](value, at)

    return check


def _plain(limit: int) -> Check:
    return _one_of({"plain_text": _object({"text": _string(limit)}, {"emoji": _flag})})


def _mrkdwn(limit: int) -> Check:
    return _one_of({"mrkdwn": _object({"text": _string(limit)}, {"verbatim": _flag})})


def _text(limit: int) -> Check:
    def check(value: Any, at: str) -> Iterator[BlockFault]:
        return (_plain if _child(value, "type") == "plain_text" else _mrkdwn)(limit)(value, at)

    return check


def _chosen(element: Check) -> Check:
    """Check that what is chosen at first is among the options."""

    def check(value: Any, at: str) -> Iterator[BlockFault]:
        yield from element(value, at)
        options = _child(value, "options")
        if isinstance(options, list) and _child(value, "initial_option") not in [None, *options]:
            yield BlockFault(f"{at}/initial_option", "must be one of the options")

    return check


def _filled(element: Check) -> Check:
    """Check that what stands in a field at first is not longer than what may be typed."""

    def check(value: Any, at: str) -> Iterator[BlockFault]:
        yield from element(value, at)
        initial, most = _child(value, "initial_value"), _child(value, "max_length")
        if isinstance(initial, str) and isinstance(most, int) and len(initial) > most:
            yield BlockFault(f"{at}/initial_value", f"must be less than {most + 1} characters")

    return check


_ID = _string(255)
_OPTION = _object({"text": _plain(75), "value": _string(150)})
_PLACEHOLDER = {"placeholder": _plain(150)}

BUTTON = {
    "button": _object(
        {"action_id": _ID, "text": _plain(75)}, {"value": _string(2_000), "style": _word("primary", "danger")}
    )
}
MENU = {"overflow": _object({"action_id": _ID, "options": _list(_OPTION, 5)})}
INPUTS = {
    "plain_text_input": _filled(
        _object(
            {"action_id": _ID},
            {
                **_PLACEHOLDER,
                "initial_value": _string(3_000, least=0),
                "max_length": _number(1, 3_000),
                "multiline": _flag,
                "dispatch_action_config": _object(
                    {"trigger_actions_on": _list(_word("on_enter_pressed", "on_character_entered"), 2)}
                ),
            },
        )
    ),
    "static_select": _chosen(
        _object({"action_id": _ID, "options": _list(_OPTION, 100)}, {**_PLACEHOLDER, "initial_option": _OPTION})
    ),
    "external_select": _object(
        {"action_id": _ID}, {**_PLACEHOLDER, "min_query_length": _number(0, 1_000), "initial_option": _OPTION}
    ),
    "radio_buttons": _chosen(_object({"action_id": _ID, "options": _list(_OPTION, 10)}, {"initial_option": _OPTION})),
}
ELEMENTS = {**BUTTON, **MENU, **INPUTS}
_BLOCK_ID = {"block_id": _ID}
BLOCKS = {
    "section": _object({"text": _text(3_000)}, {**_BLOCK_ID, "accessory": _one_of(BUTTON)}),
    "actions": _object({"elements": _list(_one_of({**BUTTON, **MENU}), 25)}, _BLOCK_ID),
    "context": _object({"elements": _list(_text(3_000), 10)}, _BLOCK_ID),
    "divider": _object({}, _BLOCK_ID),
    "header": _object({"text": _plain(150)}, _BLOCK_ID),
    "input": _object(
        {"label": _plain(2_000), "element": _one_of(INPUTS)},
        {**_BLOCK_ID, "hint": _plain(2_000), "optional": _flag, "dispatch_action": _flag},
    ),
}
VIEWS = {
    "modal": _object(
        {"title": _plain(24), "blocks": _list(_one_of(BLOCKS), VIEW_BLOCKS, least=0)},
        {
            "submit": _plain(24),
            "close": _plain(24),
            "callback_id": _ID,
            "private_metadata": _string(3_000, least=0),
        },
    ),
    "home": _object({"blocks": _list(_one_of(BLOCKS), VIEW_BLOCKS, least=0)}),
}


def _repeated_ids(blocks: Any, at: str) -> Iterator[BlockFault]:
    """Find block_ids that stand twice, and action_ids that stand twice in one block."""
    if not isinstance(blocks, list):
        return
    yield from _twice(
        "block_id", {f"{at}/{number}/block_id": _child(block, "block_id") for number, block in enumerate(blocks)}
    )
    for number, block in enumerate(blocks):
        elements = _child(block, "elements")
        if isinstance(elements, list):
            ids = {
                f"{at}/{number}/elements/{position}/action_id": _child(element, "action_id")
                for position, element in enumerate(elements)
            }
            yield from _twice("action_id", ids)


def _twice(name: str, ids: Mapping[str, Any]) -> Iterator[BlockFault]:
    given = {pointer: value for pointer, value in ids.items() if isinstance(value, str)}
    counted = Counter(given.values())
    for pointer, value in given.items():
        if counted[value] > 1:
            yield BlockFault(pointer, f"{name} stands more than once")


def _child(value: Any, name: str) -> Any:
    return value.get(name) if isinstance(value, dict) else None
