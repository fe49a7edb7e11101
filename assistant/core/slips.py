"""Texts within a few slips of the keyboard, found without comparing all of them.

Every text is cut into pieces, one more than the slips that it may hold, so that at least one piece survives them. Only
texts that share a piece at about its place are compared (Li, Deng, Wang and Feng, “Pass-Join”, VLDB 2011).
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable
from itertools import groupby, pairwise
from operator import itemgetter

from rapidfuzz import process
from rapidfuzz.distance import OSA

SWAPS = 1
"""Two letters that are swapped count as one slip, and may spoil two pieces where they stand on a border."""


def slips_allowed(length: int) -> int:
    """Return how many slips a text of a length may hold: one from four letters on, two from eight, three from 15."""
    return 0 if length < 4 else 1 if length < 8 else 2 if length < 15 else 3


class Slips:
    """An index over texts. Built whole, never changed."""

    def __init__(self, texts: Iterable[str]) -> None:
        self._by_length: dict[int, list[tuple[int, int, dict[str, list[str]]]]] = {}
        for length, alike in groupby(sorted(texts, key=len), len):
            texts_alike = list(alike)
            for start, size in _cuts(length):
                holders: dict[str, list[str]] = defaultdict(list)
                for text in texts_alike:
                    holders[text[start : start + size]].append(text)
                self._by_length.setdefault(length, []).append((start, size, holders))

    def near(self, text: str, limit: int, most: int | None = None) -> list[tuple[str, int]]:
        """Return the texts within `most` slips (by default as many as its length allows), each with its slips.

        The nearest come first, at most `limit` of them. Complete for texts in which at most one pair is swapped.
        """
        allowed = slips_allowed(len(text)) if most is None else min(most, slips_allowed(len(text)))
        if not allowed:
            return []
        near = self._sharing_a_piece(text, allowed)
        hits = process.extract(text, near, scorer=OSA.distance, score_cutoff=allowed, limit=None)
        return sorted(((found, int(distance)) for found, distance, _ in hits), key=itemgetter(1, 0))[:limit]

    def _sharing_a_piece(self, text: str, allowed: int) -> set[str]:
        near: set[str] = set()
        for length in range(len(text) - allowed, len(text) + allowed + 1):
            pieces = self._by_length.get(length, ())
            longer, last = len(text) - length, len(pieces) - 1
            for number, (start, size, holders) in enumerate(pieces):
                # What stands before a piece that survived holds at most `number` slips, what stands behind it the rest.
                first = start + max(-number, longer - (last - number), -start)
                for at in range(first, start + min(number, longer + last - number) + 1):
                    near.update(holders.get(text[at : at + size], ()))
        return near


def _cuts(length: int) -> list[tuple[int, int]]:
    """Return where a text of a length is cut: starts and sizes of pieces that are about equally long."""
    fitting = [slips_allowed(other) for other in range(length, length + 4) if other - length <= slips_allowed(other)]
    count = max(1, min(length, max(fitting, default=0) + SWAPS + 1))
    borders = [length * number // count for number in range(count + 1)]
    return [(start, end - start) for start, end in pairwise(borders)]


_ROWS = ("qwertyuiop", "asdfghjkl", "zxcvbnm")
_PLACES = {letter: (row, at + row / 2) for row, letters in enumerate(_ROWS) for at, letter in enumerate(letters)}


def is_likely_slip(typed: str, meant: str) -> bool:
    """Say whether a text that is one slip from another is one of the keyboard, and hardly another word.

    Then two letters are swapped, one inside is left out, or one was hit beside the one that was meant; never the first.
    """
    if sorted(typed) == sorted(meant):
        return True
    differing = [at for at in range(min(len(typed), len(meant))) if typed[at] != meant[at]]
    at = differing[0] if differing else min(len(typed), len(meant))
    if at == 0:
        return False
    if len(typed) < len(meant):
        return at < len(typed)
    if len(typed) > len(meant):
        return any(_are_neighbours(typed[at], beside) for beside in (typed[at - 1], *typed[at + 1 : at + 2]))
    return _are_neighbours(typed[at], meant[at])


def _are_neighbours(one: str, other: str) -> bool:
    """Say whether two letters are beside each other on a keyboard."""
    if one not in _PLACES or other not in _PLACES:
        return False
    (row, at), (other_row, other_at) = _PLACES[one], _PLACES[other]
    return abs(row - other_row) <= 1 and abs(at - other_at) <= 1


def is_slip_of_word(one: str, other: str) -> bool:
    """Say whether one word is another with a few slips. Numbers are never slips, and in short words little is."""
    if not (one.isalpha() and other.isalpha()):
        # `alhpa3` is a slip; in `mcp23p08` a letter tells one model from another.
        letters = [re.sub(r"\d", "", word) for word in (one, other)]
        shorter, numbers_differ = min(map(len, letters)), re.sub(r"\D", "", one) != re.sub(r"\D", "", other)
        if shorter < 4 or numbers_differ:
            return one.removeprefix("v") == other.removeprefix("v")
        one, other = letters
        if shorter == 4:
            return OSA.distance(one, other) == 1 and is_likely_slip(one, other)
    distance = OSA.distance(one, other)
    if max(len(one), len(other)) < 4:
        return distance == 1 and (len(one) != len(other) or sorted(one) == sorted(other))
    return distance <= slips_allowed(max(len(one), len(other)))
