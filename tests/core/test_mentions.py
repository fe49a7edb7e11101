"""Which names in a message are meant: corrected, excluded, listed, joined, or beside what is asked."""

from __future__ import annotations

import pytest
from registries import HARBOUR, snapshot

from assistant.core.questions import read


def meant(text: str) -> list[str]:
    return [ref.name for mention in read(text, snapshot(HARBOUR)).mentions for ref in mention.refs]


def offered(text: str) -> list[str]:
    return [ref.name for mention in read(text, snapshot(HARBOUR)).mentions for ref in mention.nearest]


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("who owns tide-clock, sorry, fog-horn", ["fog-horn"]),
        ("I said kelp earlier but meant fog-horn. whose is it", ["fog-horn"]),
        ("apart from kelp, who owns fog-horn?", ["fog-horn"]),
        ("fog-horn, not to be confused with kelp: who has it", ["fog-horn"]),
        ("forget what I asked about kelp. who owns tide-clock?", ["tide-clock"]),
        ("kelp went down with the last deploy. who owns tide-clock?", ["tide-clock"]),
        ("who has kelp, and who has the fog horn", ["kelp", "fog-horn"]),
        ("one ticket for kelp, one for fog-horn. whose are they", ["kelp", "fog-horn"]),
        ("who owns kelp / fog-horn / tide-clock", ["kelp", "fog-horn", "tide-clock"]),
        ("who owns these:\n- kelp\n- fog-horn", ["kelp", "fog-horn"]),
        ("fog-horn, that kelp-green thing, who owns it", ["fog-horn"]),
        ("does quayside own the tide clock?", ["tide-clock"]),
        ("the crane on the barge, whose is it?", ["crane-on-barge"]),
        ("who owns the fog — horn", ["fog-horn"]),
        ("who owns src/harbour/kelp.go:14", ["kelp"]),
        ("fog-horn-7d9f8b6c5d-x2x9p keeps restarting, whose is it", ["fog-horn"]),
        ("timeout from tide-clock:8443, who do we call", ["tide-clock"]),
        ("who owns kelp, kelp and fog-horn", ["kelp", "fog-horn"]),
        ("who owns kelp, fgo-horn", ["kelp", "fog-horn"]),
        ("1. kelp\n2. fog-horn\nwho owns these?", ["kelp", "fog-horn"]),
        ("who owns kelp... no, fog-horn", ["fog-horn"]),
        ("isn't kelp owned by pilots?", ["kelp"]),
        ("don't forget kelp, who owns it?", ["kelp"]),
        ('who reads "ERROR fog-horn did not sound at noon"', ["fog-horn"]),
    ],
)
def test_what_is_meant(text: str, names: list[str]) -> None:
    """Of the names in a message those are answered that it asks about, and no others."""
    assert meant(text) == names


def test_a_list_with_something_unknown() -> None:
    """What nobody registered is not passed over in a list: it is said to be unknown beside the answers."""
    mentions = read("who owns kelp, lobster-pots and fog-horn?", snapshot(HARBOUR)).mentions
    assert [(m.mention, [ref.name for ref in m.refs]) for m in mentions] == [
        ("kelp", ["kelp"]),
        ("lobster-pots", []),
        ("fog-horn", ["fog-horn"]),
    ]


@pytest.mark.parametrize(
    ("text", "near"),
    [
        ("who owns the rusty kelp farm", "kelp"),
        ("toaster kelp??? who", "kelp"),
        ("who owns yelp", "kelp"),
        ("whose is the kelp database?", "kelp"),
    ],
)
def test_what_is_near(text: str, near: str) -> None:
    """A name with more to it, or a letter off that no keyboard explains, is not answered: what is near is offered."""
    assert meant(text) == []
    assert near in offered(text)


@pytest.mark.parametrize("text", ["who owns kepl", "who owns kel p?", "whose is keop"])
def test_short_slips_of_the_keyboard(text: str) -> None:
    """Letters swapped, split, or hit beside the right one are understood in short names too."""
    assert meant(text) == ["kelp"]


def test_a_part_that_is_one() -> None:
    """What is a database itself is meant by its name and the word."""
    assert meant("who owns the customs-ledger database?") == ["customs-ledger"]
