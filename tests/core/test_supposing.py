"""Facts that a question states itself."""

from __future__ import annotations

import pytest
from registries import rulebook

from assistant.core.catalog import FactValue
from assistant.core.supposing import stated_in, supposes
from assistant.core.words import tokenize


@pytest.mark.parametrize(
    ("text", "facts"),
    [
        (
            "which model for a shared kiln that the clay team runs?",
            {"lifecycle": "shared", "ownership": "external-team"},
        ),
        ("a dedicated kiln which we run", {"lifecycle": "application-bound", "ownership": "developers"}),
        ("should the kiln be shared?", {}),
        ("is the kiln shared or dedicated?", {}),
        ("the kiln is not shared", {}),
        ("what if the kiln became shared", {"lifecycle": "shared"}),
        ("which model should the kiln use", {}),
    ],
)
def test_what_a_question_states(text: str, facts: dict[str, FactValue]) -> None:
    """What is said of a thing is known; what is asked, denied, or left open between two is not."""
    assert stated_in(tokenize(text), rulebook()) == facts


@pytest.mark.parametrize(("text", "is_supposed"), [("what if it were shared", True), ("for a shared kiln", False)])
def test_what_is_supposed(text: str, is_supposed: bool) -> None:
    """`What if` asks what would be, and not what is."""
    assert supposes(tokenize(text)) is is_supposed
