"""Finding a component by what it is for, where nobody says its name: “the thing that checks for broken links”.

Ranked by BM25 (Robertson and Zaragoza, “The Probabilistic Relevance Framework”, 2009) over the words of names, aliases,
descriptions, kinds and tags, each by its stem.
"""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property

from assistant.core.catalog import Component, Ref
from assistant.core.slips import Slips
from assistant.core.words import split, stem

SATURATION, LENGTH_SHARE = 1.2, 0.5
"""BM25's k1 and b: how little a word that is repeated adds, and how much a long description counts against it."""
IN_NAME = 2
"""How often a word of a name counts: what a thing is called says more of it than what is said of it."""
TELLING = 1.6
"""How much more than another one the best has to score, for that one not to be offered beside it."""


@dataclass(frozen=True)
class Described:
    """A component that words describe, and which of the words it holds."""

    ref: Ref
    held: tuple[str, ...]
    score: float


class Descriptions:
    """An index over what components are for. It is made when it is first asked."""

    def __init__(self, components: Sequence[Component]) -> None:
        self._components = components

    def find(self, words: Iterable[str], limit: int) -> tuple[Described, ...]:
        """Return the components that hold most of what these words tell, the best first."""
        scores: dict[int, float] = defaultdict(float)
        held: dict[int, list[str]] = defaultdict(list)
        for word in dict.fromkeys(words):
            holders = self._holders_of(stem(word))
            rarity = math.log(1 + (len(self._components) - len(holders) + 0.5) / (len(holders) + 0.5))
            for number, count in holders.items():
                scores[number] += rarity * count * (SATURATION + 1) / (count + self._drag(number))
                held[number].append(word)
        best = sorted(scores, key=lambda number: (-scores[number], self._components[number].ref))[:limit]
        return tuple(Described(self._components[n].ref, tuple(held[n]), scores[n]) for n in best)

    def _holders_of(self, word: str) -> dict[int, int]:
        """Return who holds a word, and how often; of a word that nobody holds, the nearest."""
        if word not in self._postings:
            word = next((near for near, _ in self._slips.near(word, limit=1)), word)
        return self._postings.get(word, {})

    def _drag(self, number: int) -> float:
        return SATURATION * (1 - LENGTH_SHARE + LENGTH_SHARE * self._lengths[number] / self._mean_length)

    @cached_property
    def _texts(self) -> list[Counter[str]]:
        texts = []
        for component in self._components:
            description = " ".join((component.description or "", component.kind or "", *component.tags))
            said = Counter(map(stem, split(description)))
            for word in split(" ".join((component.name, *component.aliases, component.title or ""))):
                said[stem(word)] += IN_NAME
            texts.append(said)
        return texts

    @cached_property
    def _postings(self) -> dict[str, dict[int, int]]:
        postings: dict[str, dict[int, int]] = defaultdict(dict)
        for number, said in enumerate(self._texts):
            for word, count in said.items():
                postings[word][number] = count
        return dict(postings)

    @cached_property
    def _lengths(self) -> list[int]:
        return [said.total() for said in self._texts]

    @cached_property
    def _mean_length(self) -> float:
        return max(1.0, math.fsum(self._lengths) / max(1, len(self._lengths)))

    @cached_property
    def _slips(self) -> Slips:
        return Slips(self._postings)
