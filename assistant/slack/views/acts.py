"""Buttons: what a click does, as Slack carries it. The ids are spelt here and nowhere else."""

from __future__ import annotations

import json
from typing import Any, Literal

from pydantic import TypeAdapter

from assistant.core.answers import Pick
from assistant.core.messages import (
    Accept,
    Act,
    Adopt,
    AnswerAgain,
    CallIt,
    Claim,
    Confirm,
    Continue,
    CopyRecord,
    Decline,
    Discard,
    Dispute,
    Edit,
    Forget,
    GoHome,
    Keep,
    Later,
    Leave,
    LookAt,
    NameIt,
    Propose,
    Reconsider,
    Register,
    Retire,
    Save,
    Settle,
    Share,
    ShowHistory,
    TakeBack,
    Transfer,
    Undo,
    Why,
    Withdraw,
)

ActName = Literal[
    "pick",
    "settle",
    "save",
    "share",
    "adopt",
    "take-back",
    "answer-again",
    "keep",
    "later",
    "look-at",
    "propose",
    "accept",
    "decline",
    "withdraw",
    "confirm",
    "record",
    "register",
    "continue",
    "discard",
    "why",
    "call-it",
    "edit",
    "transfer",
    "claim",
    "dispute",
    "retire",
    "history",
    "undo",
    "leave",
    "again",
    "name",
    "forget",
    "home",
]

_TYPES: dict[ActName, type[Act]] = {
    "pick": Pick,
    "settle": Settle,
    "save": Save,
    "share": Share,
    "adopt": Adopt,
    "take-back": TakeBack,
    "answer-again": AnswerAgain,
    "keep": Keep,
    "later": Later,
    "look-at": LookAt,
    "propose": Propose,
    "accept": Accept,
    "decline": Decline,
    "withdraw": Withdraw,
    "confirm": Confirm,
    "record": CopyRecord,
    "register": Register,
    "continue": Continue,
    "discard": Discard,
    "why": Why,
    "call-it": CallIt,
    "edit": Edit,
    "transfer": Transfer,
    "claim": Claim,
    "dispute": Dispute,
    "retire": Retire,
    "history": ShowHistory,
    "undo": Undo,
    "leave": Leave,
    "again": Reconsider,
    "name": NameIt,
    "forget": Forget,
    "home": GoHome,
}
MENU = "more"
"""Before the position in the action_id of a menu, in which each option carries its act."""
_NAMES: dict[type[Act], ActName] = {kind: name for name, kind in _TYPES.items()}
_ADAPTERS: dict[ActName, TypeAdapter[Any]] = {name: TypeAdapter(kind) for name, kind in _TYPES.items()}


def action_id(act: Act, number: int) -> str:
    """Return the action_id of the button at a position of a message: `pick:0`."""
    return f"{_NAMES[type(act)]}:{number}"


def act_name(identifier: str) -> str:
    return identifier.partition(":")[0]


def value(act: Act) -> str:
    """Return an act as a button's value, without what is as it would be anyway: Slack takes 2,000 characters."""
    dumped = _ADAPTERS[_NAMES[type(act)]].dump_python(act, mode="json", exclude_defaults=True)
    return json.dumps(dumped, ensure_ascii=False, separators=(",", ":"))


def option_value(act: Act) -> str:
    """Return an act as the value of a menu's option, with the name that a button has in its action_id."""
    return f"{_NAMES[type(act)]}:{value(act)}"


def decode(identifier: str, carried: str) -> Act:
    """Read an act back. Raises ValueError when it is not one that this product wrote."""
    name = act_name(identifier)
    if name not in _ADAPTERS:
        raise ValueError(f"unknown button {name[:40]!r}")
    act: Act = _ADAPTERS[name].validate_json(carried)
    return act
