"""What was said about something that is to be registered."""

from __future__ import annotations

import pytest
from registries import HARBOUR, snapshot

from assistant.core.newcomers import New
from assistant.core.questions import read


@pytest.mark.parametrize(
    ("text", "new"),
    [
        ("we've written a new service called `gull-counter`, how do I register it", New("gull-counter")),
        ("please add gull-counter, owner pilots", New("gull-counter", "pilots")),
        ("onboard gull-counter -> quayside crew", New("gull-counter", "quayside")),
        ("create an entry for gull-counter, we (dockers) will run it", New("gull-counter", "quayside")),
        ("gull-counter isn't in your list yet. can you put it in? <#C1|pilots> has it", New("gull-counter", "pilots")),
        ("register gull counter", New("gull counter")),
        ("register gull-counter for the lighthouse-keepers", New("gull-counter", "lighthouse-keepers")),
        ("brand-new tool coming up: gull-counter, under beacon", New("gull-counter", "beacon")),
        ("I want to add a new app. It's called gull-counter", New("gull-counter")),
    ],
)
def test_a_name_and_an_owner(text: str, new: New) -> None:
    """The form opens with what was said: the new name, and the owner by the name under which it is known here."""
    assert read(text, snapshot(HARBOUR)).new == new
