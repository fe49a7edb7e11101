"""Finding the component or team that a mention means.

A mention is matched in steps, strictest first, and the first step that holds anything decides: the exact name; another
name of it; the same letters; another form of the same words; a slip of the keyboard; some of its words. The last two
are guesses: they answer only if nothing else holds the same, else they offer choices.
"""

from __future__ import annotations

import math
import re
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, replace
from enum import IntEnum
from typing import NamedTuple

from rapidfuzz import fuzz, process
from rapidfuzz.distance import OSA

from assistant.core.catalog import Ref
from assistant.core.words import SHORT_FORMS, abbreviates, repository_name, singular, split

MENTION_LIMIT = 120
"""Characters of a mention that are compared; a name has at most 255, and nobody types those."""
CHOICES = 8
NEAREST = 3
NEAREST_CUTOFF = 62.0
WHOLE = 0.999
GUESS_FLOOR = 0.4
"""The share of a name's weight that a mention has to carry, for its words to stand for the name."""

GENERIC = frozenset(
    """
    api app application apps bot cli code codebase component components crd crds dashboard feature folks
    function job lib library module package people pipeline plugin project projects repo repos repository
    resource server service services site squad stuff subsystem system team teams thing tool tools website
    worker workers
    """.split()
)
"""Words that say what sort of thing is meant. In a question they stand beside a name ("the router service")."""


KINDS = GENERIC | frozenset(
    "broker bucket cache cluster data database db gateway infrastructure queue redis store topic".split()
)
"""Words for a kind of thing: alone they name no particular one ("our database")."""


class Step(IntEnum):
    """How a mention was matched, the surest first."""

    NAME = 0
    OTHER_NAME = 1
    LETTERS = 2
    FORM = 3
    TYPO = 4
    INITIALS = 5
    WORDS = 6
    NONE = 9


@dataclass(frozen=True)
class Match:
    """What a mention means. One ref: found. Several: they fit equally well. None: `nearest` are the closest names."""

    mention: str
    step: Step = Step.NONE
    refs: tuple[Ref, ...] = ()
    nearest: tuple[Ref, ...] = ()
    key: str = ""
    """The name, alias or title that matched."""

    @property
    def sure(self) -> bool:
        return self.step <= Step.FORM


class _Key(NamedTuple):
    """One of the names of an entry."""

    ref: Ref
    text: str
    words: tuple[str, ...]
    is_name: bool


class Names:
    """An index over the names of one kind of entry. Built whole from a catalog, never changed."""

    def __init__(self, keys: Iterable[tuple[Ref, str, bool]], addresses: Iterable[tuple[Ref, str]] = ()) -> None:
        self._addresses: dict[str, list[Ref]] = defaultdict(list)
        for ref, address in addresses:
            self._addresses[address_of(address)].append(ref)
        self._keys: list[_Key] = []
        self._exact: dict[str, list[int]] = defaultdict(list)
        self._folds: dict[str, list[int]] = defaultdict(list)
        self._singulars: dict[str, list[int]] = defaultdict(list)
        self._sorted: dict[tuple[str, ...], list[int]] = defaultdict(list)
        self._initials: dict[str, list[int]] = defaultdict(list)
        self._by_word: dict[str, list[int]] = defaultdict(list)
        for ref, text, is_name in keys:
            words = split(text)
            number = len(self._keys)
            self._keys.append(_Key(ref, text, words, is_name))
            self._exact[text].append(number)
            if not words:
                continue
            self._folds["".join(words)].append(number)
            self._singulars["".join(map(singular, words))].append(number)
            if len(words) > 1:
                self._sorted[tuple(sorted(map(singular, words)))].append(number)
            if len(words) > 2:
                self._initials["".join(word[0] for word in words)].append(number)
            for word in set(words):
                self._by_word[word].append(number)
        self._fold_list = list(self._folds)
        self._by_length: dict[int, list[str]] = defaultdict(list)
        for folded in self._fold_list:
            self._by_length[len(folded)].append(folded)
        self._word_list = sorted(self._by_word)
        self._words_by_letter: dict[str, list[str]] = defaultdict(list)
        self._words_by_singular: dict[str, list[str]] = defaultdict(list)
        for word in self._word_list:
            self._words_by_letter[word[0]].append(word)
            self._words_by_singular[singular(word)].append(word)
        entries = max(1, len({key.ref for key in self._keys}))
        self._weights = {
            word: math.log(1 + entries / len({self._keys[n].ref for n in numbers}))
            for word, numbers in self._by_word.items()
        }

    def find(self, mention: str, *, guess: bool = True, generic: bool = True) -> Match:
        """Find what a mention means.

        `guess=False` stops before the steps that are guesses. `generic=False` forbids to leave a generic
        word out, which is right where the mention was typed as one name.
        """
        whole, mention = mention, mention.strip()[:MENTION_LIMIT]
        if found := self._at(self._exact.get(whole, []) or self._exact.get(mention, [])):
            return self._match(whole if whole in self._exact else mention, Step.NAME, found)
        words = split(mention)
        if not words:
            return Match(mention)
        folded = "".join(words)
        if found := self._at(self._folds.get(folded, ())):
            return self._match(mention, Step.LETTERS, found)
        if found := self._at(self._other_forms(words, generic)):
            refs = _refs(found)
            literal = set.intersection(*(set(self._by_word.get(word, ())) for word in words))
            beside = [ref for ref in _refs(self._at(sorted(literal))) if ref not in refs]
            if not beside:
                return self._match(mention, Step.FORM, found)
            if guess:  # `user` is no surer a `users` than a `user-service`
                return Match(mention, Step.WORDS, (*refs, *beside)[:CHOICES], key=found[0].text)
        if not guess:
            return Match(mention)
        if found := self._at(self._misspelt(words, generic)):
            return self._match(mention, Step.TYPO, found)
        if found := self._at(self._initials.get(folded, ()) if len(folded) > 2 else ()):
            return self._match(mention, Step.INITIALS, found)
        held, near = self._by_words(words, generic)
        if held:
            return self._match(mention, Step.WORDS, self._at(held))
        return Match(mention, nearest=_refs(self._at(near))[:NEAREST])

    def with_nearest(self, match: Match) -> Match:
        """Return a match with the names nearest to a mention that was not found: what is offered instead."""
        if match.refs:
            return match
        nearest = dict.fromkeys((*match.nearest, *self.nearest(match.mention.rpartition("/")[2])))
        return replace(match, nearest=tuple(nearest)[:NEAREST])

    def at_address(self, url: str) -> Match | None:
        """Find what is kept at a web address or above it, as a pull request is above its repository's.

        An address of a code host that nobody registered is not found, even where its last part is a name here: the
        same name in another organisation is another thing.
        """
        path = address_of(url)
        while "/" in path:
            if refs := self._addresses.get(path):
                return Match(url[:MENTION_LIMIT], Step.NAME, tuple(refs[:CHOICES]), key=url[:MENTION_LIMIT])
            path = path.rpartition("/")[0]
        name = repository_name(url)
        if name is None:
            return Match(url[:MENTION_LIMIT])
        if not self._addresses:
            return None
        organisation = address_of(url).split("/")[:2]
        if any(address.split("/")[:2] == organisation for address in self._addresses):
            return None
        return Match("/".join(address_of(url).split("/")[1:3])[:MENTION_LIMIT])

    def knows(self, word: str) -> bool:
        """Say whether a word stands in any name."""
        return singular(word) in self._words_by_singular

    def nearest(self, mention: str) -> tuple[Ref, ...]:
        """Return the entries whose names look most like a mention that was not found."""
        words = split(mention[:MENTION_LIMIT])
        near: dict[Ref, None] = {}
        for form in dict.fromkeys(("".join(word for word in words if word not in GENERIC), "".join(words))):
            hits = process.extract(form, self._fold_list, scorer=fuzz.WRatio, score_cutoff=NEAREST_CUTOFF, limit=12)
            near |= dict.fromkeys(_refs(self._keys[self._folds[folded][0]] for folded, _, _ in hits))
            if near:
                break
        return tuple(near)[:NEAREST]

    def _at(self, numbers: Iterable[int]) -> list[_Key]:
        return [self._keys[number] for number in numbers]

    def _match(self, mention: str, step: Step, found: list[_Key]) -> Match:
        """An exact name wins over other names that are written alike."""
        named = [key for key in found if key.is_name]
        if step <= Step.FORM:
            exact = [key for key in named if key.text == mention] or named
            found = exact or found
        if step is Step.NAME and not named:
            step = Step.OTHER_NAME
        refs = _refs(found)
        return Match(mention, step, refs[:CHOICES], key=found[0].text)

    def _other_forms(self, words: tuple[str, ...], generic: bool) -> list[int]:
        """Singular and plural, words in another order, initials, and a generic word beside the name."""
        for form in self._without_generic(words) if generic else [words]:
            if form != words and (found := self._folds.get("".join(form))):
                return found
            if found := self._singulars.get("".join(map(singular, form))):
                return found
        if len(words) > 1 and (found := self._sorted.get(tuple(sorted(map(singular, words))))):
            return found
        return []

    def _without_generic(self, words: tuple[str, ...]) -> list[tuple[str, ...]]:
        forms = [words]
        if len(words) > 1 and words[-1] in GENERIC:
            forms.append(words[:-1])
        if len(words) > 1 and words[0] in GENERIC:
            forms.append(words[1:])
        return forms

    def _misspelt(self, words: tuple[str, ...], generic: bool) -> list[int]:
        """Names within a few slips of the keyboard: one from four letters on, two from eight, three from fifteen."""
        found = self._slips(words)
        if not found and generic and len(words) > 1 and words[-1] in GENERIC:
            found = self._slips(words[:-1])
        return found

    def _slips(self, words: tuple[str, ...]) -> list[int]:
        folded = "".join(words)
        allowed = _slips_allowed(len(folded))
        if not allowed:
            return []
        sizes = range(len(folded) - allowed, len(folded) + allowed + 1)
        near = [name for size in sizes for name in self._by_length.get(size, ())]
        hits = process.extract(folded, near, scorer=OSA.distance, score_cutoff=allowed, limit=4 * CHOICES)
        slips = [
            (distance, number)
            for name, distance, _ in hits
            for number in self._folds[name]
            if self._is_slip(words, self._keys[number].words)
        ]
        least = min((distance for distance, _ in slips), default=0)
        return [number for distance, number in slips if distance <= least + 1]

    def _is_slip(self, typed: tuple[str, ...], name: tuple[str, ...]) -> bool:
        """Say whether a name that is nearly the same letters is nearly the same words.

        Where the words pair up, each has to be near its own: `crd` is no slip for `cli`, whatever stands before it. A
        word that stands in other names is that word, and a word with a digit is a model or a version: no slips either.
        """
        if len(typed) != len(name):
            fewer, more = sorted((typed, name), key=len)
            if any((*more[:at], *more[at + 1 :]) == fewer for at in range(len(more))):
                return False  # a word more is another name: `cluster-api-aws` is no slip for `cluster-api`
            numbered = [word for word in (*typed, *name) if not word.isalpha()]
            return all(word in "".join(typed) and word in "".join(name) for word in numbered)
        pairs = [(one, other) for one, other in zip(typed, name, strict=True) if one != other]
        return all(
            _is_slip_of_word(one, other) and not (one.isalpha() and one in self._by_word) for one, other in pairs
        )

    def _by_words(self, words: tuple[str, ...], generic: bool) -> tuple[list[int], list[int]]:
        """Names that hold every word of the mention, exactly, misspelt or abbreviated, and those that come near.

        One that consists of these words alone wins; else all, the fullest first. Words that more names hold than can
        be offered say nothing, nor do words that are a small part of the only name that holds them.
        """
        if len(set(words)) < len(words) or all(word in KINDS for word in words):
            return [], []
        scores = self._holding(words)
        wanted = tuple(word for word in words if word not in GENERIC)
        if not scores and generic and wanted and len(wanted) < len(words):
            scores = self._holding(wanted)
            kinds = {number for number in scores if GENERIC.intersection(self._keys[number].words)}
            if kinds == scores.keys():
                return [], sorted(kinds)[:NEAREST]  # another kind of thing: an api where an app was asked for
        ordered = sorted(scores, key=lambda number: (-scores[number], self._keys[number].text))
        whole = [number for number in ordered if scores[number] >= WHOLE]
        if len(_refs(self._at(whole))) == 1:
            return whole, []
        holders = len(_refs(self._at(ordered)))
        if holders > CHOICES or (holders == 1 and scores[ordered[0]] < GUESS_FLOOR):
            return [], ordered[:NEAREST]
        return ordered, []

    def _holding(self, words: tuple[str, ...]) -> dict[int, float]:
        """Score the names that hold every one of these words by how much of their weight the words carry."""
        holders: dict[int, set[str]] | None = None
        for word in words:
            stands_for = self._meanings(word)
            mine: dict[int, set[str]] = defaultdict(set)
            for meaning in stands_for:
                for number in self._by_word[meaning]:
                    mine[number].add(meaning)
            if holders is None:
                holders = mine
            else:
                holders = {number: holders[number] | mine[number] for number in holders.keys() & mine.keys()}
            if not holders:
                return {}
        scores = {}
        for number, held in (holders or {}).items():
            key = self._keys[number]
            total = math.fsum(self._weights[word] for word in set(key.words))
            scores[number] = math.fsum(self._weights[word] for word in held) / total
        return scores

    def _meanings(self, word: str) -> set[str]:
        """Return the words of names that a word may stand for."""
        if word in self._by_word:
            return {word, *(w for w in (singular(word), word + "s") if w in self._by_word)}
        found = {other for other in self._words_by_letter.get(word[0], ()) if abbreviates(word, other)}
        found |= {*self._words_by_singular.get(singular(word), ())}
        if (long := SHORT_FORMS.get(word)) in self._by_word:
            found.add(long)
        if not found and len(word) >= 5:
            allowed = 1 if len(word) < 9 else 2
            hits = process.extract(word, self._word_list, scorer=OSA.distance, score_cutoff=allowed, limit=5)
            found = {other for other, _, _ in hits if _is_slip_of_word(word, other)}
        return found


def _slips_allowed(length: int) -> int:
    return 0 if length < 4 else 1 if length < 8 else 2 if length < 15 else 3


def _is_slip_of_word(one: str, other: str) -> bool:
    if not (one.isalpha() and other.isalpha()):
        # `alhpa3` is a slip; in `mcp23p08` a letter tells one model from another.
        letters = [re.sub(r"\d", "", word) for word in (one, other)]
        if min(map(len, letters)) < 5 or re.sub(r"\D", "", one) != re.sub(r"\D", "", other):
            return one.removeprefix("v") == other.removeprefix("v")
        one, other = letters
    distance = OSA.distance(one, other)
    if max(len(one), len(other)) < 4:
        return distance == 1 and (len(one) != len(other) or sorted(one) == sorted(other))
    return distance <= _slips_allowed(max(len(one), len(other)))


def address_of(url: str) -> str:
    """Return an address as it is compared: without scheme, query and the marks that people leave at its end."""
    path = url.partition("://")[2] or url
    return path.partition("?")[0].partition("#")[0].rstrip("/.,").removesuffix(".git").removeprefix("www.").casefold()


def _refs(keys: Iterable[_Key]) -> tuple[Ref, ...]:
    return tuple(dict.fromkeys(key.ref for key in keys))
