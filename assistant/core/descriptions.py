"""Finding a component by what it is for, where nobody says its name: “the thing that checks for broken links”.

Ranked by BM25 (Robertson and Zaragoza, “The Probabilistic Relevance Framework”, 2009) over the words of names, aliases,
descriptions, kinds and tags, each by its stem, and counted once: descriptions are a sentence long.
"""

from __future__ import annotations

import math
from array import array
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from assistant.core.entries import Component, Ref
from assistant.core.slips import Slips
from assistant.core.words import split, stem

SATURATION, LENGTH_SHARE = 1.2, 0.5
"""BM25's k1 and b: how little a word that counts twice adds, and how much a long description counts against it."""
IN_NAME = 2
"""How often a word of a name counts: what a thing is called says more of it than what is said of it."""
TELLING = 1.6
"""How much more than another one the best has to score, for that one not to be offered beside it."""
CANDIDATES = 1_000
"""Components that are scored; where the words are so common that more hold them, the first are."""


@dataclass(frozen=True)
class Described:
    """A component that words describe, and which of the words it holds."""

    ref: Ref
    held: tuple[str, ...]
    score: float


class Descriptions:
    """An index over what components are for. Built whole, never changed."""

    def __init__(self, components: Sequence[Component]) -> None:
        self._components = components
        self._named: dict[str, array[int]] = defaultdict(_numbers)
        self._said: dict[str, array[int]] = defaultdict(_numbers)
        self._lengths = _numbers()
        for number, component in enumerate(components):
            names = _stems(component.name, *component.aliases, component.title or "")
            others = _stems(component.description or "", component.kind or "", *component.tags) - names
            for word in names:
                self._named[word].append(number)
            for word in others:
                self._said[word].append(number)
            self._lengths.append(IN_NAME * len(names) + len(others))
        self._mean_length = max(1.0, sum(self._lengths) / max(1, len(components)))
        self._slips = Slips(self._named.keys() | self._said.keys())

    def find(self, words: Iterable[str], limit: int) -> tuple[Described, ...]:
        """Return the components that hold most of what these words tell, the best first."""
        stems = {key: word for word in words for key in [self._known(stem(word))]}
        stems = {word: key for key, word in stems.items()}  # each stem once, by a word that has it
        holders = {word: (self._named.get(key, _NONE), self._said.get(key, _NONE)) for word, key in stems.items()}
        rarity = {word: self._rarity(sum(map(len, each))) for word, each in holders.items()}
        found = []
        for number in self._candidates([(*one, *other) for one, other in holders.values() if one or other]):
            held = {w: IN_NAME if _holds(one, number) else 1 for w, (one, other) in holders.items()
                    if _holds(one, number) or _holds(other, number)}  # fmt: skip
            score = math.fsum(rarity[w] * n * (SATURATION + 1) / (n + self._drag(number)) for w, n in held.items())
            found.append(Described(self._components[number].ref, tuple(held), score))
        return tuple(sorted(found, key=lambda each: (-each.score, each.ref))[:limit])

    @staticmethod
    def _candidates(holders: list[tuple[int, ...]]) -> list[int]:
        """Return who holds the rarest of several words; of words that are all common, who holds two."""
        ordered = sorted(holders, key=len)
        chosen: set[int] = set()
        for each in ordered:
            if len(chosen) + len(each) > CANDIDATES:
                break
            chosen.update(each)
        if not chosen and ordered:
            chosen = set(ordered[0]).intersection(*ordered[1:2])
        return sorted(chosen)[:CANDIDATES]

    def _known(self, key: str) -> str:
        """Return a word, or where nobody holds it the nearest that somebody does."""
        if key in self._named or key in self._said:
            return key
        return next((near for near, _ in self._slips.near(key, limit=1)), key)

    def _rarity(self, holders: int) -> float:
        return math.log(1 + (len(self._components) - holders + 0.5) / (holders + 0.5))

    def _drag(self, number: int) -> float:
        return SATURATION * (1 - LENGTH_SHARE + LENGTH_SHARE * self._lengths[number] / self._mean_length)


def _numbers() -> array[int]:
    return array("I")


_NONE = _numbers()


def _stems(*texts: str) -> set[str]:
    return {stem(word) for text in texts for word in split(text)}


def _holds(numbers: array[int], number: int) -> bool:
    at = bisect_left(numbers, number)
    return at < len(numbers) and numbers[at] == number
