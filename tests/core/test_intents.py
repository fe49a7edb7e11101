"""What is asked for, in sentences that no list holds."""

from __future__ import annotations

from functools import cache

import pytest
from registries import HARBOUR, snapshot

from assistant.core.forms import Intent
from assistant.core.questions import Reading, read


@cache
def reading(text: str) -> Reading:
    return read(text, snapshot(HARBOUR))


def meant(text: str) -> list[str]:
    return [ref.name for mention in reading(text).mentions for ref in mention.refs]


@pytest.mark.parametrize(
    ("text", "intent", "names"),
    [
        ("what would be a sensible ownership setup for tide-clock", "model", ["tide-clock"]),
        (
            "would berth-api be better off with a team of its own or shared among several owners?",
            "model",
            ["berth-api"],
        ),
        ("any advice for fog horn?", "model", ["fog-horn"]),
        ("who ought to hold the berth-web in the long run", "model", ["berth-web"]),
        ("*should* the pilots own kelp?", "model", ["kelp"]),
        ("which things do the dockers have in their care", "team", ["quayside"]),
        ("pilots: what's all on their list?", "team", ["pilots"]),
        ("do the quayside crew run anything", "team", ["quayside"]),
        ("if the dockers went on strike, which services would stand still", "team", ["quayside"]),
        ("whats on the plate of the quaysied crew", "team", ["quayside"]),
        ("fog-horn blares all night, who is on duty?", "contact", ["fog-horn"]),
        ("git address of kelp", "contact", ["kelp"]),
        ("which room is right for the tide clock?", "contact", ["tide-clock"]),
        ("is kelp registered with you?", "owner", ["kelp"]),
        ("whois moorings", "owner", ["berth-api"]),
        ("kelp - pilots or beacon?", "owner", ["kelp"]),
        ("I need somebody for the fog horn", "owner", ["fog-horn"]),
        ("wich team is the ownr of tide-clock", "owner", ["tide-clock"]),
        ("point me to whoever is responsible for the seedless onboarding desk", "owner", ["seedless-onboarding-desk"]),
    ],
)
def test_what_is_asked_for(text: str, intent: Intent, names: list[str]) -> None:
    """The sense of a sentence decides, whatever its words; a name is never taken for what is asked."""
    assert (reading(text).intent, meant(text)) == (intent, names)


@pytest.mark.parametrize(
    "text",
    [
        "kelp tastes of nothing, lol",
        "closed the berth-api ticket, thanks everyone",
        "who has time to hold this rope",
        "never mind, found my kelpie",
        "thanks, pilots team!",
        "thanks kelp people for the quick fix",
    ],
)
def test_what_asks_nothing(text: str) -> None:
    """A statement with the name of something in it states no owner, and everyday words are no names."""
    assert not (reading(text).intent == "owner" and meant(text))


@pytest.mark.parametrize(
    ("text", "help_wanted"),
    [
        ("what kinds of questions may I ask?", True),
        ("explain what you're for", True),
        ("tide-clock is broken. help! who owns it", False),
    ],
)
def test_the_manual_is_for_those_who_ask_for_it(text: str, help_wanted: bool) -> None:
    """Whoever asks how to ask gets help; a cry for help beside a question gets its answer."""
    assert (reading(text).intent == "help") is help_wanted
