"""Boxes over facts: what a rule's cells allow, exactly.

Rules cut every fact into finitely many pieces: the values of a choice, yes and no, and for a number the thresholds that
cells name and the ranges between them. Within a piece no rule tells two values apart, so that a question about all
values is one about pieces.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from assistant.core.entries import FactValue
from assistant.core.rulebook import Fact, When, holds, representatives

Box = Mapping[str, int]
"""By fact, the pieces that are allowed, a bit each; a fact that is not in it may have any value."""


class TooMuchWorkError(Exception):
    """A question about boxes would take longer than it may."""


class Work:
    """How much may still be done: boxes that are looked at."""

    def __init__(self, limit: int) -> None:
        self._left = limit

    def spend(self, boxes: int) -> None:
        """Raises TooMuchWorkError when nothing is left."""
        self._left -= boxes
        if self._left < 0:
            raise TooMuchWorkError


@dataclass(frozen=True)
class Space:
    """The facts of a rulebook, cut into the pieces that some cells tell apart."""

    facts: tuple[Fact, ...]
    cells: tuple[When, ...]

    @cached_property
    def pieces(self) -> Mapping[str, tuple[FactValue, ...]]:
        """A value of each piece, by fact."""
        return {fact.name: tuple(representatives(fact, self.cells)) for fact in self.facts}

    def box(self, when: When) -> Box | None:
        """Return the box of these cells; None where a cell allows nothing."""
        box = {}
        for name, cell in when.items():
            allowed = [holds(cell, value) for value in self.pieces[name]]
            if not any(allowed):
                return None
            if not all(allowed):
                box[name] = sum(1 << at for at, is_allowed in enumerate(allowed) if is_allowed)
        return box

    def example(self, box: Box) -> dict[str, FactValue]:
        """Return facts that lie in a box: the first piece of every fact that it narrows."""
        return {name: self.pieces[name][(mask & -mask).bit_length() - 1] for name, mask in box.items()}

    def everything(self, name: str) -> int:
        return (1 << len(self.pieces[name])) - 1


def both(one: Box, other: Box) -> Box | None:
    """Return what lies in two boxes; None where nothing does."""
    common = {**one, **other}
    for name in one.keys() & other.keys():
        common[name] = one[name] & other[name]
        if not common[name]:
            return None
    return common


def uncovered(space: Space, box: Box, covers: Iterable[Box], work: Work) -> Box | None:
    """Return a part of a box that no cover holds; None where they hold all of it.

    It branches on the fact that most covers narrow, and takes pieces together that the same covers allow. Raises
    TooMuchWorkError.
    """

    def search(within: Box, rest: Sequence[Box]) -> Box | None:
        work.spend(1 + len(rest))
        if not rest:
            return within
        counts: dict[str, int] = {}
        for cover in rest:
            if not cover:
                return None
            for name in cover:
                counts[name] = counts.get(name, 0) + 1
        fact = max(sorted(counts), key=counts.__getitem__)
        allowed = within.get(fact, space.everything(fact))
        alike: dict[tuple[int, ...], int] = {}
        for at in range(len(space.pieces[fact])):
            if allowed >> at & 1:
                kept = tuple(n for n, cover in enumerate(rest) if fact not in cover or cover[fact] >> at & 1)
                alike[kept] = alike.get(kept, 0) | 1 << at
        for kept, mask in sorted(alike.items(), key=lambda each: len(each[0])):
            further = [{name: bits for name, bits in rest[n].items() if name != fact} for n in kept]
            if (found := search({**within, fact: mask}, further)) is not None:
                return found
        return None

    beyond = (_beyond(cover, box) for cover in covers)
    return search(box, [cover for cover in beyond if cover is not None])


def _beyond(cover: Box, box: Box) -> Box | None:
    """Return what a cover narrows within a box; None where it holds nothing of it."""
    narrowed = {}
    for name, mask in cover.items():
        within = box.get(name)
        if within is None or within & ~mask:
            narrowed[name] = mask
        if within is not None and not within & mask:
            return None
    return narrowed
