"""What is meant where its name is not said."""

from __future__ import annotations

import pytest
from registries import HARBOUR, snapshot

from assistant.core.entries import Ref
from assistant.core.match import Match
from assistant.core.questions import read


def mentions(text: str, before: str | None = None) -> tuple[Match, ...]:
    ref = Ref.component(before) if before else None
    return read(text, snapshot(HARBOUR), before=ref).mentions


@pytest.mark.parametrize(
    ("text", "before"),
    [
        ("not the berth api but the web one, who owns it?", None),
        ("no, the web one", "berth-api"),
        ("i meant the web thing, whose is that", "berth-api"),
    ],
)
def test_the_other_one(text: str, before: str | None) -> None:
    """What is put in the place of something else has its name but for a word, said now or asked about before."""
    [match] = mentions(text, before)
    assert [ref.name for ref in match.refs] == ["berth-web"]


@pytest.mark.parametrize(
    "text",
    [
        "who looks after the machine that tells skippers when the water is high",
        "skippers need the high water machine, whose is it",
    ],
)
def test_a_description_with_or_without_that(text: str) -> None:
    """What a description says is found, or offered where it is not said to be one."""
    [match] = mentions(text)
    assert "tide-clock" in [ref.name for ref in (*match.refs, *match.nearest)]


def test_words_of_names_alone_describe_nothing() -> None:
    """Another thing with words of known names is no description of one of them."""
    [match] = mentions("who owns the berth crane tide")
    assert match.refs == ()
