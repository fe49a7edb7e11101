"""Descriptions: what ranks first is what plain BM25 over every component ranks first."""

from __future__ import annotations

import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assistant.core.descriptions import IN_NAME, LENGTH_SHARE, SATURATION, Descriptions
from assistant.core.entries import Component
from assistant.core.words import split, stem

WORDS = ("boats", "tides", "moons", "harbours", "ropes", "sails")
SAID = st.lists(st.sampled_from(WORDS), max_size=5).map(" ".join)


@settings(deadline=None)
@given(
    st.lists(st.tuples(SAID, SAID), min_size=1, max_size=12), st.lists(st.sampled_from(WORDS), min_size=1, max_size=4)
)
def test_as_bm25_ranks(entries: list[tuple[str, str]], asked: list[str]) -> None:
    """The score of each is BM25's, whatever the index leaves out to be quick."""
    components = [
        Component(name=f"{n}-{name.replace(' ', '-')}", description=said or None)
        for n, (name, said) in enumerate(entries)
    ]
    counts = [counted(component) for component in components]
    mean = sum(map(length, counts)) / len(counts)
    scores = {}
    for component, mine in zip(components, counts, strict=True):
        score = 0.0
        for word in dict.fromkeys(map(stem, asked)):
            holders = sum(word in other for other in counts)
            drag = SATURATION * (1 - LENGTH_SHARE + LENGTH_SHARE * length(mine) / mean)
            rarity = math.log(1 + (len(counts) - holders + 0.5) / (holders + 0.5))
            score += rarity * mine.get(word, 0) * (SATURATION + 1) / (mine.get(word, 0) + drag)
        if score:
            scores[component.ref] = score
    found = Descriptions(components).find(asked, limit=len(components))
    assert {each.ref: pytest.approx(each.score) for each in found} == scores


def counted(component: Component) -> dict[str, int]:
    said = dict.fromkeys(map(stem, split(component.description or "")), 1)
    return said | dict.fromkeys(map(stem, split(component.name)), IN_NAME)


def length(counts: dict[str, int]) -> int:
    return sum(counts.values())


def test_common_words_are_bounded() -> None:
    """Words that thousands hold are still answered, by what holds two of them."""
    many = [Component(name=f"boat-{n}", description="A tide." if n % 100 == 7 else None) for n in range(3_000)]
    found = Descriptions(many).find(["boats", "tides"], limit=3)
    assert [each.held for each in found] == [("boats", "tides")] * 3
    assert found[0].ref.name == "boat-1007"
